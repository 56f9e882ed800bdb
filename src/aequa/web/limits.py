"""How often one address may ask: a token bucket for each, in a table that cannot grow for ever."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

ADDRESSES = 10_000
"""Addresses that are remembered; the longest silent is forgotten first."""
BURST = 4.0
"""Seconds' worth of requests that may come at once."""


class Buckets:
    """A bucket a reader: ``rate`` tokens a second flow in, a request takes one.

    >>> clock = iter([0.0, 0.0, 0.0, 0.0, 0.0])
    >>> buckets = Buckets(rate=1, clock=lambda: next(clock))
    >>> [buckets.take("one") for _ in range(5)]
    [0, 0, 0, 0, 1]
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> int:
        """0 where the request may go on, else the whole seconds to wait."""
        now, full = self._clock(), max(self._rate * BURST, 1.0)
        left, seen = self._held.pop(address, (full, now))
        left = min(full, left + (now - seen) * self._rate)
        allowed = left >= 1
        self._held[address] = (left - 1 if allowed else left, now)
        if len(self._held) > ADDRESSES:
            self._held.popitem(last=False)
        return 0 if allowed else math.ceil((1 - left) / self._rate)
