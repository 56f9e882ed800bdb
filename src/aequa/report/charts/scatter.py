"""Two measures of the same things against each other, with names where there is room."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aequa.report.charts import apart, svg

SIZE = 380.0
DRAWN = 760.0
_LEFT = 0.045
_BOTTOM = 36.0
_TOP = 22.0


@dataclass(frozen=True)
class Dot:
    """One thing: its two measures, and both in words."""

    label: str
    x: float
    y: float
    told: str
    css: str = "supports"


@dataclass(frozen=True)
class Scale:
    """An axis from ``low`` to ``high`` with its marks; ``log`` where equal steps are ratios."""

    title: str
    low: float
    high: float
    marks: tuple[tuple[float, str], ...]
    log: bool = False

    def at(self, value: float) -> float:
        """Where a value lies, in [0, 1].

        >>> Scale("", 1, 100, (), log=True).at(10), Scale("", 0, 10, ()).at(20)
        (0.5, 1.0)
        """
        if self.log:
            floor = math.log(self.low)
            share = (math.log(max(value, self.low)) - floor) / (math.log(self.high) - floor)
        else:
            share = (value - self.low) / (self.high - self.low)
        return min(max(share, 0.0), 1.0)


def scatter(
    key: str, title: str, desc: str, dots: Sequence[Dot], across: Scale, up: Scale
) -> Markup:
    """A dot per thing; names stand beside the first dots, as far as they do not overlap."""
    pieces = [*_grid(across, up), *(_dot(dot, across, up) for dot in dots)]
    pieces += _names(dots, across, up)
    return svg.frame(key, title, desc, SIZE, pieces)


def _x(share: float) -> float:
    return _LEFT + (0.985 - _LEFT) * share


def _y(share: float) -> float:
    return SIZE - _BOTTOM - (SIZE - _BOTTOM - _TOP) * share


def _grid(across: Scale, up: Scale) -> Iterator[Markup]:
    yield svg.text(0, 12, up.title, "axis")
    yield svg.text("100%", SIZE - 3, across.title, "axis", "end")
    for value, words in up.marks:
        y = _y(up.at(value))
        yield svg.line(svg.at(_LEFT), y, "100%", y, "grid")
        yield svg.text(svg.at(_LEFT - 0.01), y + 4, words, "tick", "end")
    for place, (value, words) in enumerate(across.marks, 1):
        x = svg.at(_x(across.at(value)))
        anchor = "end" if place == len(across.marks) else "middle"
        yield svg.line(x, _TOP, x, SIZE - _BOTTOM, "grid")
        yield svg.text(x, SIZE - _BOTTOM + 15, words, "tick", anchor)


def _dot(dot: Dot, across: Scale, up: Scale) -> Markup:
    x, y = _x(across.at(dot.x)), _y(up.at(dot.y))
    return svg.disc(x, y / SIZE, 4.5, f"dot {dot.css}", f"{dot.label}: {dot.told}")


def _names(dots: Sequence[Dot], across: Scale, up: Scale) -> Iterator[Markup]:
    """Names right of the upright axis."""
    left = _LEFT * DRAWN
    marks = [
        apart.Spot(_x(across.at(dot.x)) * DRAWN - left, _y(up.at(dot.y)), 5, dot.label)
        for dot in dots
    ]
    for name in apart.placed(marks, DRAWN - left, SIZE - _BOTTOM):
        yield svg.text(svg.at((name.x + left) / DRAWN), name.y, name.text, "place")
