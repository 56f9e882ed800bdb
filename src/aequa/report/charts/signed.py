"""A matrix of signed links between goals: blue pulls along, orange holds back; marks say it too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from aequa.core.goals import goals
from aequa.report.charts import svg

Pair = tuple[int, int]
STEPS = 6
ROW = 22.0
_HEAD = 18.0


def signed_matrix(
    key: str, title: str, desc: str, cells: Mapping[Pair, float | None], sure: frozenset[Pair]
) -> Markup:
    """Goals by goals: an estimate in [−1, 1] per (row, column), None where it is not known.

    Pairs of ``sure`` are outlined; the diagonal is left empty.
    """
    top = max((abs(value) for value in cells.values() if value is not None), default=1.0) or 1.0
    pieces = [_header()]
    for place, goal in enumerate(goals()):
        pieces.extend(_row(goal.goal, _HEAD + 4 + place * ROW, cells, sure, top))
    return svg.frame(key, title, desc, _HEAD + 4 + ROW * len(goals()), pieces)


def shade(value: float, top: float) -> str:
    """The class of a cell: its sign, and one of six steps up to ``top``.

    >>> shade(0.5, 0.5), shade(-0.01, 0.6), shade(0.0, 0.6)
    ('heat6', 'cold1', 'heat0')
    """
    step = min(STEPS, int(abs(value) / top * STEPS - 1e-9) + 1) if value else 0
    return f"{'cold' if value < 0 else 'heat'}{step}"


def _left(place: int) -> float:
    """Where a column begins, as a share of the width; the first holds the goals' numbers."""
    return (place + 1) / (len(goals()) + 1)


def _header() -> Markup:
    return Markup("").join(
        _number(goal.goal, goal.colour, place, 0) for place, goal in enumerate(goals())
    )


def _number(goal: int, colour: str, place: int, y: float) -> Markup:
    width = 1 / (len(goals()) + 1)
    ink = "#000" if svg.luminance(colour) > 0.179 else "#fff"
    middle = svg.at(_left(place) + width / 2)
    return svg.rect(svg.at(_left(place)), y, svg.at(width), ROW - 4, "cell", colour) + Markup(
        '<text x="{}" y="{}" text-anchor="middle" class="number" fill="{}">{}</text>'
    ).format(middle, svg.px(y + 13), ink, goal)


def _row(
    goal: int, y: float, cells: Mapping[Pair, float | None], sure: frozenset[Pair], top: float
) -> Iterator[Markup]:
    width = svg.at(1 / (len(goals()) + 1))
    yield _number(goal, goals()[goal - 1].colour, -1, y)
    for place, other in enumerate(goals()):
        if other.goal == goal:
            continue
        value = cells.get((goal, other.goal))
        css = "none" if value is None else shade(value, top)
        outline = " sure" if (goal, other.goal) in sure else ""
        yield svg.rect(svg.at(_left(place)), y, width, ROW - 2, f"cell {css}{outline}")
        middle = svg.at(_left(place) + 0.5 / (len(goals()) + 1))
        mark = "–" if value is None else "" if not outline else "+" if value > 0 else "−"
        if mark:
            yield svg.text(middle, y + 15, mark, "sign" if outline else "tick", "middle")
