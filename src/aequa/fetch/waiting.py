"""How to wait: ten requests a second at most, longer after each failure, as long as we are told.

The headers are those OpenAlex sends (developers.openalex.org, read 2026-11): the day's credits in
``X-RateLimit-Remaining``, prepaid ones in ``X-RateLimit-Onetime-Remaining``, what a request costs
in ``X-RateLimit-Credits-Used`` or ``-Required``, seconds to midnight UTC in ``X-RateLimit-Reset``.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

FASTEST = 0.1
"""Seconds between the starts of two requests, at least."""
LONGEST = 600.0
"""A server that asks for a longer wait (seconds) is not waited for: the run stops and resumes."""
_BASE, _TOP = 1.0, 60.0
_EPOCH = 1e9
"""A reset beyond this is a time (seconds since 1970), not a duration."""

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Clock:
    """Time and chance, so that tests need neither."""

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    chance: Callable[[], float] = random.random


def back_off(failures: int, chance: float) -> float:
    """Seconds to wait after so many failures in a row: doubling, with half of it left to chance.

    >>> [back_off(failures, 1.0) for failures in (1, 2, 3, 9)]
    [1.0, 2.0, 4.0, 60.0]
    >>> back_off(1, 0.0)
    0.5
    """
    return min(_TOP, _BASE * 2.0 ** (failures - 1)) * (0.5 + chance / 2)


def asked(headers: Headers, now: float) -> float | None:
    """Seconds the server asks to wait in ``Retry-After`` (a number, or an HTTP date), or None.

    >>> asked({"retry-after": "7"}, 0), asked({"retry-after": "soon"}, 0)
    (7.0, None)
    >>> asked({"retry-after": "Thu, 01 Jan 1970 00:01:00 GMT"}, now=45)
    15.0
    """
    raw = headers.get("retry-after", "").strip()
    number = _number(raw)
    if number is not None:
        return number
    try:
        until = parsedate_to_datetime(raw)
    except ValueError:
        return None
    return max(0.0, until.replace(tzinfo=until.tzinfo or UTC).timestamp() - now)


def used_up(headers: Headers, now: float) -> float | None:
    """Seconds until the API answers again when the headers say that its budget is used up.

    None while something is left, or when the headers do not say.

    >>> used_up({"x-ratelimit-remaining": "9", "x-ratelimit-credits-required": "10"}, 0)
    0.0
    >>> used_up({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "3600"}, 0)
    3600.0
    """
    left = _number(headers.get("x-ratelimit-remaining", ""))
    if left is None:
        return None
    left = max(left, _number(headers.get("x-ratelimit-onetime-remaining", "")) or 0.0)
    costs = (headers.get(f"x-ratelimit-credits-{name}", "") for name in ("required", "used"))
    if left >= max(1.0, *(_number(cost) or 0.0 for cost in costs)):
        return None
    reset = _number(headers.get("x-ratelimit-reset", "")) or 0.0
    return max(0.0, reset - now) if reset > _EPOCH else reset


def clock_time(now: float, seconds: float) -> str:
    """The time so many seconds from now, for people.

    >>> clock_time(0, 5400)
    '1970-01-01 01:30 UTC'
    """
    then = datetime.fromtimestamp(now, UTC) + timedelta(seconds=seconds)
    return f"{then:%Y-%m-%d %H:%M} UTC"


def _number(raw: str) -> float | None:
    """A duration or count of at least 0; digits only, so that ``nan`` and ``1e999`` are none."""
    digits = raw.strip()
    whole = digits.replace(".", "", 1)
    return float(digits) if whole.isascii() and whole.isdigit() and len(whole) < 16 else None


class Pace:
    """Holds requests ``FASTEST`` apart."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next = 0.0

    def wait(self) -> None:
        """Sleep until the next request may start."""
        now = self._clock.monotonic()
        if now < self._next:
            self._clock.sleep(self._next - now)
        self._next = max(now, self._next) + FASTEST
