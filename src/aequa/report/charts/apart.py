"""Names in a drawing, kept apart from marks and from one another: what has no room is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

LETTER, LINE = 6.3, 13.0
"""Pixels that a letter is wide and a line is high, at the size of type of the names."""


class Spot(NamedTuple):
    """A round mark in pixels, and the name that may stand beside it; empty for none."""

    x: float
    y: float
    radius: float
    name: str = ""


class Name(NamedTuple):
    """A name that starts at x, its base line at y, in pixels."""

    x: float
    y: float
    text: str


def width(text: str) -> float:
    """Roughly how wide a text is; signs of East Asia are twice as wide.

    >>> round(width("Kenya"), 1), round(width("\u80af\u5c3c\u4e9a"), 1)
    (31.5, 37.8)
    """
    return sum(LETTER * (2 if ord(sign) > 0x2E80 else 1) for sign in text)


def placed(spots: Iterable[Spot], across: float, down: float) -> list[Name]:
    """Names that fit, those of the first spots first: right of their mark, or else left of it.

    >>> [name.text for name in placed([Spot(9, 50, 3, "A"), Spot(12, 50, 3, "B")], 20, 100)]
    []
    >>> placed([Spot(10, 50, 3, "A")], 100, 100)
    [Name(x=17, y=54, text='A')]
    """
    marks = list(spots)
    kept: list[Name] = []
    for spot in (mark for mark in marks if mark.name):
        sides = (spot.x + spot.radius + 4, spot.x - spot.radius - 4 - width(spot.name))
        tried = (Name(x, spot.y + 4, spot.name) for x in sides)
        others = [mark for mark in marks if mark is not spot]
        free = (name for name in tried if _fits(name, across, down) and _free(name, kept, others))
        kept.extend(list(free)[:1])
    return kept


def _fits(name: Name, across: float, down: float) -> bool:
    return name.x >= 0 and name.x + width(name.text) <= across and LINE <= name.y <= down


def _free(name: Name, names: Sequence[Name], marks: Sequence[Spot]) -> bool:
    end = name.x + width(name.text)
    for other in names:
        beside = end < other.x or other.x + width(other.text) < name.x
        if not beside and abs(name.y - other.y) < LINE:
            return False
    return not any(
        name.x - mark.radius < mark.x < end + mark.radius
        and abs(mark.y - name.y + 4) < mark.radius + 4
        for mark in marks
    )
