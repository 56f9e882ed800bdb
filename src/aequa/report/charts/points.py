"""Estimates as points on one common axis, each with its 95% interval."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aequa.report.charts import svg
from aequa.report.formats import tick

ROW = 42.0


@dataclass(frozen=True)
class Point:
    """One estimate: a share in [0, 1] or None where not known."""

    label: str
    value: str
    share: float | None
    low: float | None
    high: float | None
    css: str = "supports"
    beside: float | None = None
    """What it is to be compared with: a neutral dot under its own."""


def points(
    key: str,
    title: str,
    desc: str,
    rows: Sequence[Point],
    top: float | None = None,
    mark: Callable[[float], str] = tick,
) -> Markup:
    """A dot plot from zero to ``top``, or to just above the largest interval.

    ``mark`` writes the numbers of the axis, as percentages where nothing else is said.
    """
    reach = [bound for row in rows for bound in (row.share, row.high, row.beside)]
    top, marks = svg.scale([*reach, top])
    height = ROW * len(rows)
    pieces = [svg.axis(top, marks, 0, height, [mark(place) for place in marks])]
    for line, row in enumerate(rows):
        pieces.extend(_row(row, line * ROW, top))
    return svg.frame(key, title, desc, height + 20, pieces)


def described(
    key: str,
    title: str,
    rows: Sequence[Point],
    top: float | None = None,
    mark: Callable[[float], str] = tick,
) -> tuple[Markup, ...]:
    """The dot plot with its labels and values as its description; nothing where there is no row."""
    desc = "; ".join(f"{row.label}: {row.value}" for row in rows) + "."
    return (points(key, title, desc, rows, top, mark),) if rows else ()


def _row(row: Point, y: float, top: float) -> Iterator[Markup]:
    yield svg.line(0, y + 28, "100%", y + 28, "track")
    yield svg.text(0, y + 16, row.label, "label")
    yield svg.text("100%", y + 16, row.value, "value", "end")
    if row.beside is not None:
        yield _dot(row.beside / top, y, "neutral")
    if row.share is None:
        return
    if row.low is not None and row.high is not None:
        yield svg.whisker(row.low / top, row.high / top, y + 28, f"whisker {row.css}")
    yield _dot(row.share / top, y, row.css)


def _dot(share: float, y: float, css: str) -> Markup:
    return Markup('<circle cx="{}" cy="{}" r="5" class="dot {}"/>').format(
        svg.at(share), svg.px(y + 28), css
    )
