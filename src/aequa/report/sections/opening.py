"""The opening: two readings side by side, what stands against them, and one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aequa.report import corrected as correction
from aequa.report import formats
from aequa.report.accuracy import brief, part
from aequa.report.charts.points import Point, points
from aequa.report.figure import (
    SHARE_HEADS,
    Cell,
    Figure,
    Grid,
    Material,
    basis,
    estimate,
    share_cells,
    summary,
    unknown_share,
)
from aequa.report.names import name
from aequa.report.sections.sentences import READINGS, impact
from aequa.report.stored import Row

SCOPES = ("all", "top10", "top1")


@dataclass(frozen=True)
class Card:
    """One reading: its share over all works, large, and a chart of the three scopes.

    The share is the corrected one where there is one, and ``interval`` says which it is.
    """

    reading: str
    title: str
    meaning: str
    share: str
    interval: str
    basis: str
    href: str
    chart: Markup


def cards(material: Material) -> list[Card]:
    """One card per reading that the headline table has; the first two share one scale."""
    found = [(reading, rows) for reading in READINGS if (rows := _scopes(material, reading))]
    drawn = {reading: _drawn(material, reading, rows) for reading, rows in found}
    reach = [
        bound
        for reading, rows in drawn.items()
        if reading != "hinders"
        for row in rows
        if (bound := formats.known(row.get("high"))) is not None
    ]
    shared = max(reach, default=None)
    return [
        _card(material, rows[0], drawn[reading], None if reading == "hinders" else shared)
        for reading, rows in found
    ]


def _drawn(material: Material, reading: str, rows: Sequence[Row]) -> list[Row]:
    """What the chart shows: every scope corrected, or the large number and then all as labelled."""
    fixed = [_corrected(material, reading, row) for row in rows]
    asked = [row for row in fixed if formats.known(row.get("share")) is not None]
    if asked and all(row.get("corrected") for row in asked):
        return fixed
    first = {**fixed[0], "label": f"{name('scope', fixed[0]['scope'])}, corrected"}
    return [first, *rows] if first.get("corrected") else list(rows)


def _corrected(material: Material, reading: str, row: Row) -> Row:
    """The row with the corrected share, where there is one, in place of the labelled one."""
    found = correction.of(material, reading, scope=row["scope"])
    if formats.known(row.get("share")) is None or not correction.is_corrected(found):
        return row
    return {**row, **correction.renamed(found), "corrected": True}


def table(material: Material) -> Figure:
    """All numbers of the headline."""
    rows = [row for reading in READINGS for row in _scopes(material, reading)]
    lines = tuple(_line(material, row) for row in rows)
    heads = ("Reading", "Scope", *SHARE_HEADS, *correction.HEADS, "Title only", "Small cells")
    return Figure(
        "headline",
        "The same in numbers",
        grid=Grid(heads, lines),
        basis=f"{basis(rows)} {impact(material)}".strip(),
        tables=("headline", "corrected", "impact_origins"),
        css="open",
    )


def _bounds(row: Row) -> str:
    return (
        f"({formats.interval(row.get('low'), row.get('high')).removesuffix(formats.SPACE + '%')})"
    )


def _scopes(material: Material, reading: str) -> list[Row]:
    rows = (material.stored.row("headline", reading=reading, scope=scope) for scope in SCOPES)
    return [row for row in rows if row]


def _card(material: Material, first: Row, drawn: Sequence[Row], top: float | None) -> Card:
    reading = str(first["reading"])
    title = name("reading", reading)
    found = correction.of(material, reading)
    shown = correction.renamed(found) if correction.is_corrected(found) else first
    return Card(
        reading=reading,
        title=title,
        meaning=name("meaning", reading),
        share=formats.share(shown.get("share")),
        interval=correction.explained(first, found),
        basis=f"{_which(drawn)}, n = {formats.count(first.get('denominator'))}, "
        f"unknown = {formats.share(unknown_share(first))}{_beside(material, reading)}",
        href=material.works(f"headline-{reading}", "headline"),
        chart=_chart(reading, title, drawn, top),
    )


def _which(drawn: Sequence[Row]) -> str:
    """Which shares the chart shows."""
    if any(row.get("label") for row in drawn):
        return "Chart: shares as labelled, but for the first"
    fixed = any(row.get("corrected") for row in drawn)
    return "Chart: shares corrected" if fixed else "Chart: shares as labelled"


def _beside(material: Material, reading: str) -> str:
    """What the card of harm must say beside its number."""
    if reading != "hinders":
        return ""
    held = part(material.about.get("card") or {}, "contribution", "hinders_or_mixed")
    sure = f"; label precision / recall {brief(held)}" if held else ""
    return f"{sure}; note the finer scale"


def _chart(reading: str, title: str, rows: Sequence[Row], top: float | None) -> Markup:
    marks = [
        Point(
            row.get("label") or name("scope", row["scope"]),
            f"{formats.share(row.get('share'))}  {_bounds(row)}",
            *estimate(row),
            css="hinders" if reading == "hinders" else "supports",
        )
        for row in rows
    ]
    desc = summary((mark.label, mark.share) for mark in marks)
    return points(f"headline-{reading}", f"{title}: share of works by scope", desc, marks, top)


def _line(material: Material, row: Row) -> tuple[Cell, ...]:
    reading = str(row["reading"])
    return (
        Cell(name("reading", reading), numeric=False),
        Cell(name("scope", row["scope"]), numeric=False),
        *share_cells(row, material.works(f"headline-{reading}", "headline")),
        *correction.cells(correction.of(material, reading, scope=row["scope"])),
        Cell(formats.count(row.get("title_only"))),
        Cell(formats.count(row.get("small_cells"))),
    )
