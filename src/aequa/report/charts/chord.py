"""Goals on a circle, with a band for each link: its width is the strength, its colour the sign."""

from __future__ import annotations

import math
from collections.abc import Mapping

from markupsafe import Markup

from aequa.core.goals import goals
from aequa.report.charts import svg

SIZE = 420.0
_RADIUS, _INNER, _LABEL = 88.0, 80.0, 95.0
_WIDEST = 7.0
Point = tuple[float, float]


def chord(key: str, title: str, desc: str, links: Mapping[tuple[int, int], float]) -> Markup:
    """Links as bands between goals; a link holds an estimate in [−1, 1], a trade-off is dashed."""
    top = max((abs(value) for value in links.values()), default=1.0) or 1.0
    strongest = sorted(links.items(), key=lambda link: abs(link[1]))
    bands = [_band(pair, value, top) for pair, value in strongest]
    body = Markup("").join([*bands, *(_arc(goal.goal, goal.colour) for goal in goals())])
    plane = Markup(
        '<svg x="0" y="0" width="100%" height="{}" viewBox="-105 -105 210 210">{}</svg>'
    ).format(svg.px(SIZE), body)
    return svg.frame(key, title, desc, SIZE, [plane])


def _angle(goal: float) -> float:
    """Where a goal stands, clockwise from the top, in radians."""
    return math.tau * (goal - 1) / len(goals()) - math.pi / 2


def _on(radius: float, goal: float) -> Point:
    angle = _angle(goal)
    return radius * math.cos(angle), radius * math.sin(angle)


def _xy(point: Point) -> str:
    return f"{svg.px(point[0])} {svg.px(point[1])}"


def _band(pair: tuple[int, int], value: float, top: float) -> Markup:
    """A curve that bends towards the middle, so that bands part from each other."""
    one, other = (_on(_INNER, goal) for goal in pair)
    bend = (one[0] + other[0]) * 0.12, (one[1] + other[1]) * 0.12
    css = "synergy" if value > 0 else "tradeoff"
    width = max(0.6, _WIDEST * abs(value) / top)
    return Markup('<path class="{}" d="M{} Q{} {}" stroke-width="{}"/>').format(
        f"tie {css}", _xy(one), _xy(bend), _xy(other), svg.px(width)
    )


def _arc(goal: int, colour: str) -> Markup:
    first, last = (_on(_RADIUS, goal + side) for side in (-0.42, 0.42))
    inner = tuple(_on(_INNER + 1, goal + side) for side in (0.42, -0.42))
    shape = Markup('<path d="M{} A88 88 0 0 1 {} L{} A81 81 0 0 0 {} Z" fill="{}"/>').format(
        _xy(first), _xy(last), _xy(inner[0]), _xy(inner[1]), colour
    )
    x, y = _on(_LABEL, goal)
    return shape + Markup('<text x="{}" y="{}" text-anchor="middle" class="name">{}</text>').format(
        svg.px(x), svg.px(y + 2.5), goal
    )
