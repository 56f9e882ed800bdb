"""Sectors: who makes the works, and who works together."""

from __future__ import annotations

from aequa.report import formats
from aequa.report.charts.points import Point, points
from aequa.report.figure import (
    Cell,
    Figure,
    Grid,
    Material,
    drawn,
    estimate,
    placed_heads,
    share_cells,
    value,
)
from aequa.report.figure import summary as described
from aequa.report.names import name
from aequa.report.ranking import Ranking, ranking
from aequa.report.sections.issues import crossed, multiples
from aequa.report.sections.years import panels
from aequa.report.stored import Row
from aequa.report.words import say


def sectors(material: Material) -> Figure:
    """Works by sector of their authors' institutions, and how many support a goal."""
    rows = material.stored.rows("sectors")
    if not rows:
        return Figure("sectors", say("Sectors"), tables=("sectors",))
    marks = [_sector(row) for row in rows if row.get("works")]
    desc = described((mark.label, mark.share) for mark in marks)
    lines = tuple(
        (
            Cell(name("sector", row["sector"]), numeric=False, strong=row["sector"] == "unknown"),
            Cell(formats.count(row.get("works")), "#rule-sector"),
            *share_cells(row, "#rule-sector", placed=True),
        )
        for row in rows
    )
    return Figure(
        key="sectors",
        title=say("Sectors"),
        lead=say(
            "Share of each sector's works that support a goal. A work counts in every sector "
            "that its authors' institutions belong to."
        ),
        charts=(
            points("sectors", say("Share of a sector's works that support a goal"), desc, marks),
        ),
        grid=Grid(
            (say("Sector"), say("Works"), say("Supports a goal"), *placed_heads()[1:]), lines
        ),
        basis=_sector_basis(material),
        tables=("sectors",),
    )


def _sector_basis(material: Material) -> str:
    """Works of a known sector, the share of all without one, and what the last column says."""
    row = material.stored.row("sectors", sector="unknown")
    every = material.stored.row("coverage", variable="sector", population="ai")
    total, lost = formats.known(every.get("total")), formats.known(row.get("works"))
    works = formats.missing() if total is None or lost is None else formats.count(total - lost)
    unknown = formats.share(lost / total) if total and lost is not None else formats.missing()
    return say(
        "n = {works} works of a known sector, unknown = {unknown}, 95% interval. May be here too: "
        "works without a known sector.",
        works=works,
        unknown=unknown,
    )


def _sector(row: Row) -> Point:
    label = name("sector", row["sector"])
    return Point(label, value(row, row.get("works")), *estimate(drawn(row)))


def sector_goals(material: Material) -> Figure:
    """Goals by sector."""
    how = Ranking(
        key="sector-goals",
        title=say("Goals by sector"),
        lead=say("Share of a sector's works that support each goal."),
        table="sector_goals",
        column="sector",
        kind="sector",
        rule="sector",
        head=say("Sector"),
        placed=True,
        basis=_sector_basis(material),
    )
    return crossed(material, how, material.stored.rows("sector_goals"))


def collaboration(material: Material) -> Figure:
    """Who works together: sectors in one work, countries in one work."""
    how = Ranking(
        key="collaboration",
        title=say("Who works together"),
        lead=_joint(material),
        table="collaboration",
        column="kind",
        kind="kind",
        rule="collaboration",
        head=say("Kind"),
    )
    return ranking(material, how, material.stored.rows("collaboration"))


def _joint(material: Material) -> str:
    """What the figure counts, and how many works may cross more borders than is known."""
    said = say("Sectors, countries, and North and South in one and the same work.")
    row = material.stored.row("collaboration", kind="international")
    partly, works = formats.known(row.get("partly_unknown")), formats.known(row.get("denominator"))
    if partly is None or not works:
        return said
    more = say(
        "In {partly} of the {works} works with a country ({share}) a further author's country is "
        "unknown, so work across borders is rather undercounted.",
        partly=formats.count(partly),
        works=formats.count(works),
        share=formats.share(partly / works),
    )
    return f"{said} {more}"


def collaboration_years(material: Material) -> Figure:
    """Small multiples of who works together."""
    how = Ranking(
        key="collaboration-years",
        title=say("Working together by year"),
        lead=panels(),
        table="collaboration_years",
        column="kind",
        kind="kind",
        rule="year",
        head=say("Kind"),
    )
    return multiples(material, how)
