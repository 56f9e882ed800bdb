"""Two readings side by side and what stands against them: the first chapter's own opening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aequa.report import corrected as correction
from aequa.report import formats
from aequa.report.accuracy import brief, part
from aequa.report.charts.points import Point, points
from aequa.report.figure import (
    Cell,
    Figure,
    Grid,
    Material,
    basis,
    estimate,
    share_cells,
    share_heads,
    summary,
    unknown_share,
)
from aequa.report.names import name
from aequa.report.sections.sentences import READINGS, compared, impact
from aequa.report.stored import Row
from aequa.report.words import say

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
    scope = name("scope", fixed[0]["scope"])
    first = {**fixed[0], "label": say("{scope}, corrected", scope=scope)}
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
    heads = (
        *(say("Reading"), say("Scope")),
        *(*share_heads(), *correction.heads()),
        *(say("Title only"), say("Small cells")),
    )
    return Figure(
        "headline",
        say("The readings in numbers"),
        grid=Grid(heads, lines),
        basis=f"{basis(rows)} {impact(material)}".strip(),
        tables=("headline", "corrected", "impact_origins"),
    )


def _bounds(row: Row) -> str:
    return f"({formats.interval(row.get('low'), row.get('high'))})"


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
        basis=" ".join(
            part for part in (_which(drawn), _size(first), _beside(material, reading)) if part
        ),
        href=material.works(f"headline-{reading}", "headline"),
        chart=_chart(reading, title, drawn, top),
    )


def note(material: Material) -> str:
    """What holds for all shares of the readings, and how the most cited works differ."""
    rows = [correction.of(material, reading) for reading in READINGS]
    held = [material.stored.row("headline", reading=reading, scope="all") for reading in READINGS]
    fixed = [
        correction.is_corrected(row)
        for row, shown in zip(rows, held, strict=True)
        if formats.known(shown.get("share")) is not None
    ]
    if not fixed:
        return ""
    every = ""
    if all(fixed):
        every = say("All of these are corrected for label errors.")
    elif not any(fixed):
        every = say("All of these are as labelled: they could not be corrected for label errors.")
    return f"{every} {compared(material)}".strip()


def _size(first: Row) -> str:
    return say(
        "n = {works}, unknown = {unknown}.",
        works=formats.count(first.get("denominator")),
        unknown=formats.share(unknown_share(first)),
    )


def _which(drawn: Sequence[Row]) -> str:
    """Whether the chart is of corrected shares, of labelled ones, or of both."""
    fixed = [bool(row.get("corrected")) for row in drawn]
    if all(fixed):
        return say("Chart: shares corrected for label errors.")
    if any(fixed):
        return say("Chart: shares as labelled, but for the first.")
    return say("Chart: shares as labelled.")


def _beside(material: Material, reading: str) -> str:
    """What a reader of the third card must know: how sure its label is, and its own scale."""
    if reading != "hinders":
        return ""
    held = part(material.about.get("card") or {}, "contribution", "hinders_or_mixed")
    if not held:
        return say("Note the finer scale.")
    return say("Label precision / recall {both}. Note the finer scale.", both=brief(held))


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
    told = say("{reading}: share of works by scope", reading=title)
    return points(f"headline-{reading}", told, desc, marks, top)


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
