"""What must hold for a parser and any input at all; every breach is an ``AssertionError``.

1. It ends, within ``SECONDS`` of processor time and with at most ``MEMORY`` more than before.
2. It raises nothing but the kinds its target names (``InputError`` after the readable records).
3. Every item is a ``Work`` or a ``Reject``; their numbers are 1, 2, 3, …
4. A ``Work`` has an identifier with a known scheme, a title or an abstract, no empty text, and
   fits the Arrow schema of the corpus; a ``Reject`` says why, in one line that a terminal can
   show, with an excerpt of at most 200 characters.
5. No record vanishes. Of a mark (see ``fuzz.marked``) that stands in two fields of the input whose
   names and delimiters are whole, the mark shows in a ``Work`` or in a ``Reject``; or an item
   between its neighbours is a ``Reject`` or a ``Work`` with a note on damage; or the reader ends
   with an error that says the rest is not read, and the mark stands behind all that was read.
6. It gives the same items when the bytes come in small pieces.
"""

from __future__ import annotations

import re
import resource
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

from aequa.core.errors import AequaError
from aequa.core.works import ID_SCHEMES, Reject, Work, to_batch
from fuzz.marked import MARK

SECONDS = 8.0
"""Processor time for one input (the slowest are half a megabyte)."""
MEMORY = 300 << 20
"""Bytes by which one input may raise the process's peak."""
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_DAMAGE = re.compile(
    r"'?(?:record|row|entry|header|title|abstract|authorships|keywords): "
    r"|'?(?:year|cited_by): found .*[^\W\d_]{3}.*, expected "
)
"""Notes that tell of damage; words where a number belongs say that the cells have moved."""


class Outcome(NamedTuple):
    """What a parser made of an input."""

    items: list[Work | Reject]
    error: AequaError | None = None


class TimeoutBreach(BaseException):
    """No parser can swallow it: it is no ``Exception``."""


def check_items(items: Sequence[Work | Reject], is_stored: bool = True) -> None:
    """Properties 3 and 4; whether they can be stored takes time and need not be seen each time."""
    numbers = [item.record for item in items]
    assert numbers == list(range(1, len(items) + 1)), f"numbers {numbers[:20]}"
    works = []
    for item in items:
        if isinstance(item, Work):
            _check_work(item)
            works.append(item)
        else:
            assert isinstance(item, Reject), f"found a {type(item).__name__}"
            check_reject(item)
    if is_stored:
        to_batch(works)


def check_reject(item: Reject) -> None:
    """A reject says why, and can be shown."""
    assert item.reason, "a reject without a reason"
    assert len(item.excerpt) <= 200, "a long excerpt"
    shown = (item.reason, item.excerpt, item.file)
    assert not any(map(_UNSHOWN.search, shown)), f"control characters in {shown!r:.300}"


def _check_work(work: Work) -> None:
    assert work.title or work.abstract, "neither title nor abstract"
    assert work.ids, "no identifier"
    assert all(name.partition(":")[0] in ID_SCHEMES for name in work.ids), f"ids {work.ids}"
    texts = [work.title, work.abstract, work.venue, work.field, work.language, work.type]
    assert "" not in [*texts, *work.keywords, *work.ids], "an empty text"
    assert work.percentile is None or 0 <= work.percentile <= 1, f"percentile {work.percentile}"
    assert work.cited_by is None or work.cited_by >= 0, f"cited by {work.cited_by}"


def check_marks(wanted: Sequence[tuple[int, str]], outcome: Outcome) -> tuple[int, int]:
    """Property 5 for marks with their places; how many there are, and how many under a note."""
    if not wanted:
        return 0, 0
    shown: dict[str, int] = {}
    for number, item in enumerate(outcome.items):
        for found in MARK.findall(repr(item)):
            shown.setdefault(found.lower(), number)
    missing = [at for at, (_, name) in enumerate(wanted) if name not in shown]
    for at in missing:
        before = [shown[name] for _, name in wanted[:at] if name in shown]
        after = [shown[name] for _, name in wanted[at + 1 :] if name in shown]
        told = outcome.error is not None and max(after, default=-1) <= max(before, default=-1)
        ends = max(before, default=0), min(after, default=len(outcome.items))
        near = outcome.items[min(ends) : max(ends) + 1]
        assert told or any(map(_tells, near)), f"{wanted[at][1]} vanished"
    return len(wanted), len(missing)


def _tells(item: Work | Reject) -> bool:
    return isinstance(item, Reject) or any(map(_DAMAGE.match, item.repairs))


@contextmanager
def bounded() -> Iterator[None]:
    """Property 1: stops what runs too long."""
    signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def peak() -> int:
    """The most memory this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def _stop(number: int, frame: FrameType | None) -> None:
    raise TimeoutBreach(f"took over {SECONDS} s")
