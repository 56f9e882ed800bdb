"""Marks: words that occur once in a file, so that a record that vanishes is missed."""

from __future__ import annotations

import re
from random import Random

MARK = re.compile(r"zq\d{6}qz", re.I)
MARK_BYTES = re.compile(rb"zq\d{6}qz", re.I)


def mark(rng: Random) -> str:
    """A new mark.

    >>> bool(MARK.fullmatch(mark(Random(1))))
    True
    """
    return f"Zq{rng.randrange(10**6):06d}qZ"


def renewed(data: bytes, rng: Random) -> bytes:
    """The same bytes with other marks, equal ones staying equal: a copy of records is no twin."""
    fresh: dict[bytes, bytes] = {}

    def other(found: re.Match[bytes]) -> bytes:
        return fresh.setdefault(found.group().lower(), mark(rng).encode())

    return MARK_BYTES.sub(other, data)
