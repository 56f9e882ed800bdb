"""Horizontal bars, whole or in parts, each with its 95% interval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aequa.core.goals import goals
from aequa.report.charts import svg
from aequa.report.formats import tick

ROW = 42.0


@dataclass(frozen=True)
class Bar:
    """One row: shares in [0, 1] or None where not known."""

    label: str
    value: str
    """The number as printed at the row's right end."""
    parts: tuple[tuple[str, float | None], ...]
    """CSS class (or ``goal`` for the goal's own colour) and share, from left to right."""
    low: float | None = None
    high: float | None = None
    goal: int | None = None


def bars(key: str, title: str, desc: str, rows: Sequence[Bar]) -> Markup:
    """A bar chart whose axis starts at zero and ends above the largest value or interval."""
    totals = (sum(share or 0 for _, share in row.parts) for row in rows)
    top, marks = svg.scale([*totals, *(row.high for row in rows)])
    height = ROW * len(rows)
    pieces = [svg.axis(top, marks, 0, height, [tick(mark) for mark in marks])]
    for place, row in enumerate(rows):
        pieces.extend(_row(row, place * ROW, top))
    return svg.frame(key, title, desc, height + 20, pieces)


def _row(row: Bar, y: float, top: float) -> Iterator[Markup]:
    yield svg.heading(row.goal, row.label, y + 4)
    yield svg.text("100%", y + 16, row.value, "value", "end")
    start = 0.0
    for css, share in row.parts:
        if share:
            yield _part(css, row.goal, start / top, share / top, y + 24)
            start += share
    if row.low is not None and row.high is not None:
        yield svg.whisker(row.low / top, row.high / top, y + 29)


def _part(css: str, goal: int | None, start: float, share: float, y: float) -> Markup:
    fill = goals()[goal - 1].colour if css == "goal" and goal else ""
    return svg.rect(svg.at(start), y, svg.at(min(share, 1 - start)), 10, f"bar {css}", fill)
