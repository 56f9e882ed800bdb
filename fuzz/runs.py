"""One parser under test, and what a run found."""

from __future__ import annotations

import sys
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from time import process_time
from typing import NamedTuple

from fuzz.damage import damaged
from fuzz.properties import MEMORY, TimeoutBreach, bounded, peak
from fuzz.targets import TARGETS

_POOL = 300
"""Clean files that the changes start from, per parser."""
_LOOK, _LARGE = 50, 10_000
"""How often memory is looked at, and the size of an input after which it always is."""


class Tally(NamedTuple):
    """What a run over one parser found."""

    parser: str
    inputs: int
    per_second: int
    """Inputs per second of processor time."""
    marks: int
    """Records that had to come out."""
    noted: int
    """Of them, those that a reject or a note on damage stands for."""
    slowest: float
    grown: int
    """The most MiB by which one input raised the peak of memory."""
    crashes: dict[str, int]


class Run:
    """One parser under test: runs inputs, keeps those that break a property."""

    def __init__(self, name: str, seed: int, folder: Path) -> None:
        self._name = name
        self._folder = folder
        self._target = TARGETS[name]
        self.pool = self._target.samples(Random(f"{name} {seed}"), _POOL)
        self._slowest, self._grown, self._peak = 0.0, 0, peak()
        self._start = process_time()
        self._crashes: Counter[str] = Counter()
        self.inputs = self._marks = self._noted = 0

    def draw(self, rng: Random, start: bytes = b"") -> bytes:
        """A damaged file, made from ``start`` or any clean one."""
        return damaged(start or rng.choice(self.pool), rng, self._target.tokens, self.pool)

    def one(self, data: bytes) -> None:
        """Check one input."""
        self.inputs += 1
        start = process_time()
        try:
            with bounded():
                marks, noted = self._target.check(data)
            self._marks += marks
            self._noted += noted
            if self.inputs % _LOOK == 0 or len(data) > _LARGE:
                self._weigh()
        except (Exception, TimeoutBreach) as error:
            self._keep(data, error)
        self._slowest = max(self._slowest, process_time() - start)

    def _weigh(self) -> None:
        before, self._peak = self._peak, peak()
        grown = self._peak - before
        self._grown = max(self._grown, grown)
        assert grown < MEMORY, f"memory grew by {grown >> 20} MiB"

    def _keep(self, data: bytes, error: BaseException) -> None:
        place = traceback.extract_tb(error.__traceback__)[-1]
        key = f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}"
        self._crashes[key] += 1
        if self._crashes[key] <= 3:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{self._name}-{self.inputs}"
            path.write_bytes(data)
            print(f"{path}: {key}: {str(error)[:200]!r}", file=sys.stderr, flush=True)

    def tally(self) -> Tally:
        """The figures so far."""
        speed = round(self.inputs / max(process_time() - self._start, 1e-9))
        found = (self._name, self.inputs, speed, self._marks, self._noted)
        return Tally(*found, self._slowest, self._grown >> 20, dict(self._crashes))
