"""What panels print for a year."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa

EARLIEST, LATEST = 1500, 2199

_YEAR = re.compile(r"(?:yr|fy|cy|ay)?\s?(\d{4})(?:\.0+)?(?:\s*\[yr\d{4}\])?")
_SPAN = re.compile(r"(?:fy\s?)?(\d{4})\s?[/–-]\s?(\d{2}|\d{4})")
_DATE = re.compile(r"(\d{4})-\d{1,2}-\d{1,2}(?:[T ].*)?|\d{1,2}[/.]\d{1,2}[/.](\d{4})")


def year_of(text: str) -> tuple[int, bool] | None:
    """The year a text names and whether it is the first of two; None where it names none.

    A date counts for its year, FY2020 for 2020, and two years in sequence (2019/20) for the first.

    >>> year_of("2020.0"), year_of("FY2020"), year_of("2019/20"), year_of("01/01/1960")
    ((2020, False), (2020, False), (2019, True), (1960, False))
    >>> year_of("20"), year_of("2019/25")
    (None, None)
    """
    bare = text.strip().casefold()
    if found := _YEAR.fullmatch(bare):
        return _inside(int(found[1]), False)
    if found := _DATE.fullmatch(text.strip()):
        return _inside(int(found[1] or found[2]), False)
    if (found := _SPAN.fullmatch(bare)) and (int(found[1]) + 1) % 100 == int(found[2]) % 100:
        return _inside(int(found[1]), True)
    return None


def _inside(year: int, is_span: bool) -> tuple[int, bool] | None:
    return (year, is_span) if EARLIEST <= year <= LATEST else None


def years(texts: pa.Array) -> tuple[npt.NDArray[np.int64], pa.Array, tuple[str, ...]]:
    """The year of each row (0 where there is none), the reasons where not, and notes."""
    encoded = texts.fill_null("").dictionary_encode()
    shown = encoded.dictionary.to_pylist()
    read = [year_of(text) for text in shown]
    reasons = [
        None if found else f"year: found {text[:80]!r}, expected a year such as 2020"
        for text, found in zip(shown, read, strict=True)
    ]
    at = np.asarray(encoded.indices)
    spans = [text for text, found in zip(shown, read, strict=True) if found and found[1]]
    notes = (f"years such as {spans[0]!r} count for the first of the two",) if spans else ()
    values = np.array([found[0] if found else 0 for found in read], np.int64)
    return values[at], pa.array(reasons, pa.string()).take(pa.array(at)), notes
