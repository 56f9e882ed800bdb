"""Two kinds crossed: one cell per pair, darker for a larger share, in seven steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from aequa.core.goals import goals
from aequa.report.charts import svg
from aequa.report.formats import share, tick

STEPS = 6
ROW = 48.0
CELL = 24.0


def goal_matrix(
    key: str,
    title: str,
    desc: str,
    rows: Sequence[tuple[str, Mapping[int, float | None]]],
) -> Markup:
    """Rows by goals 1 to 17; a cell without a share is left open with a stroke across."""
    top, _ = svg.scale([value for _, cells in rows for value in cells.values()])
    pieces = [_header()]
    for place, (label, cells) in enumerate(rows):
        pieces.extend(_row(label, cells, 26 + place * ROW, top))
    end = 26 + ROW * len(rows)
    pieces.append(_legend(end + 6, top))
    return svg.frame(key, title, desc, end + 44, pieces)


def step(value: float, top: float) -> int:
    """Which of the steps 0 to 6 a share falls in; only zero is 0.

    The steps widen with the square of their number, so that small shares differ too.

    >>> step(0, 0.36), step(0.009, 0.36), step(0.36, 0.36)
    (0, 1, 6)
    """
    return 0 if value <= 0 else min(STEPS, int((value / top) ** 0.5 * STEPS - 1e-9) + 1)


def bound(place: int, top: float) -> float:
    """The largest share of a step.

    >>> bound(1, 0.36), bound(6, 0.36)
    (0.01, 0.36)
    """
    return round((place / STEPS) ** 2 * top, 10)


def _header() -> Markup:
    width = 1 / len(goals())
    pieces = []
    for place, goal in enumerate(goals()):
        ink = "#000" if svg.luminance(goal.colour) > 0.179 else "#fff"
        pieces.append(svg.rect(svg.at(place * width), 0, svg.at(width), 18, "cell", goal.colour))
        pieces.append(
            Markup('<text x="{}" y="13" text-anchor="middle" class="number" fill="{}">').format(
                svg.at((place + 0.5) * width), ink
            )
            + Markup("{}</text>").format(goal.goal)
        )
    return Markup("").join(pieces)


def _row(label: str, cells: Mapping[int, float | None], y: float, top: float) -> Iterator[Markup]:
    yield svg.text(0, y + 14, label, "label")
    width = 1 / len(goals())
    for place, goal in enumerate(goals()):
        value = cells.get(goal.goal)
        css = "none" if value is None else f"heat{step(value, top)}"
        yield svg.rect(svg.at(place * width), y + 20, svg.at(width), CELL, f"cell {css}")
        if value is None:
            yield svg.text(svg.at((place + 0.5) * width), y + 36, "–", "tick", "middle")


def _legend(y: float, top: float) -> Markup:
    width = 1 / (STEPS + 1)
    cells = [
        svg.rect(svg.at(place * width), y, svg.at(width), 8, f"cell heat{place}")
        for place in range(STEPS + 1)
    ]
    labels = [
        svg.text(svg.at((place + 1) * width), y + 24, _upto(place, top), "tick", "end")
        for place in range(STEPS + 1)
    ]
    return Markup("").join([*cells, *labels])


def _upto(place: int, top: float) -> str:
    """The label below a step of the legend: zero, or its upper end."""
    return share(0) if place == 0 else tick(float(f"{bound(place, top):.2g}"))
