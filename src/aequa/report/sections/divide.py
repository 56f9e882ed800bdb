"""Conclusion 2: the intelligence gap, between goals, countries, groups and sectors."""

from __future__ import annotations

from itertools import groupby

from aequa.report import corrected as correction
from aequa.report import formats
from aequa.report.charts.lorenz import lorenz
from aequa.report.charts.points import Point
from aequa.report.charts.points import described as plotted
from aequa.report.figure import (
    Cell,
    Figure,
    Grid,
    Material,
    Section,
    estimate,
)
from aequa.report.figure import summary as described
from aequa.report.names import name
from aequa.report.ranking import Ranking, descending, ranking
from aequa.report.sections import gap, need, places, sectors
from aequa.report.sections.unplaced import unplaced
from aequa.report.stored import Row
from aequa.report.words import say

GROUPINGS = ("income", "north_south", "region", "ldc", "lldc", "sids")


def section(material: Material) -> Section:
    """Attention, concentration, countries, groups, sectors and co-authorship."""
    groups = [places.group(material, grouping) for grouping in GROUPINGS]
    return Section(
        key="divide",
        number="2",
        title=say("The intelligence gap"),
        lead=say(
            "Who makes this research, and which goals it attends to. A work with authors in "
            "several countries counts once for each in full counting, and in parts that add up to "
            "one in fractional counting. Shares by goal, country, group and sector are as "
            "labelled: they are not corrected for label errors, which may differ between them. "
            "{sure}",
            sure=correction.supports(material.about.get("card") or {}),
        ).strip(),
        figures=(
            attention(material),
            concentration(material),
            curves(material),
            places.countries(material),
            *(figure for figure in groups if figure.charts),
            places.group_goals(material),
            sectors.sectors(material),
            sectors.sector_goals(material),
            sectors.collaboration(material),
            sectors.collaboration_years(material),
            *need.figures(material),
            *gap.figures(material),
        ),
    )


def attention(material: Material) -> Figure:
    """How the works share out over the goals, each work counted once in all."""
    how = Ranking(
        key="attention",
        title=say("Attention per goal"),
        lead=say("A work on several goals is split among them, so that the shares add up to one."),
        table="attention",
        column="goal",
        kind="goal",
        rule="goal",
        example=lambda row: f"goal-{row.get('goal')}-any",
        colour="goal",
        head=say("Goal"),
    )
    return ranking(material, how, descending(material.stored.rows("attention")))


def concentration(material: Material) -> Figure:
    """Gini coefficients and the share of the five largest countries."""
    title = say("How uneven it is")
    rows = material.stored.rows("concentration")
    if not rows:
        return Figure("concentration", title, tables=("concentration",))
    marks = [
        Point(
            name("measure", row["measure"]),
            formats.decimal(row.get("value")),
            *estimate({**row, "share": row.get("value")}),
        )
        for row in rows
    ]
    return Figure(
        key="concentration",
        title=title,
        lead=say(
            "A Gini coefficient of 0 means equal parts; 1 means that one has all. Countries and "
            "territories without a work count too."
        ),
        charts=plotted("concentration", title, marks, 1.0, "{:g}".format),
        grid=Grid(
            (say("Measure"), say("Value"), say("95% interval"), say("n")),
            tuple(map(_measure, rows)),
        ),
        basis=say(
            "n = goals or countries compared, unknown = {lost} of the works, left out of the "
            "measures of countries; 95% interval.",
            lost=_lost(material),
        ),
        tables=("concentration",),
    )


def _lost(material: Material) -> str:
    """The share of works of unknown country, as printed."""
    lost = unplaced(material.stored.rows("countries"))
    return formats.missing() if lost is None else formats.share(lost)


def _measure(row: Row) -> tuple[Cell, ...]:
    low, high = (formats.decimal(row.get(end)) for end in ("low", "high"))
    return (
        Cell(name("measure", row["measure"]), numeric=False),
        Cell(formats.decimal(row.get("value")), "#rule-countries"),
        Cell(f"{low}–{high}"),
        Cell(formats.count(row.get("n"))),
    )


def curves(material: Material) -> Figure:
    """Lorenz curves of goals and countries."""
    title = say("From the least to the most attended")
    rows = [row for row in material.stored.rows("lorenz") if _drawn(row)]
    rows.sort(key=lambda row: (row["population"], row["x"], row["y"]))
    runs = {
        str(kind): [(row["x"], row["y"]) for row in run]
        for kind, run in groupby(rows, lambda row: row["population"])
    }
    named = {name("population", kind): ends for kind, ends in runs.items()}
    halves = (
        (say("{population}, the lower half", population=kind), _at_half(ends))
        for kind, ends in named.items()
    )
    return Figure(
        key="lorenz",
        title=title,
        lead=say("The lower a curve hangs below the diagonal, the more uneven the shares."),
        charts=(lorenz("lorenz", title, described(halves), named),) if rows else (),
        grid=Grid(
            (say("Population"), say("Least served share"), say("Share of works")),
            tuple(map(_ends, rows)),
        ),
        basis=say("n = one point per goal or country, unknown countries left out; no interval."),
        tables=("lorenz",),
        css="square",
    )


def _drawn(row: Row) -> bool:
    return formats.known(row.get("x")) is not None and formats.known(row.get("y")) is not None


def _at_half(ends: list[tuple[float, float]]) -> float:
    """The curve's height at the last point up to one half."""
    return max((y for x, y in ends if x <= 0.5), default=0.0)


def _ends(row: Row) -> tuple[Cell, ...]:
    return (
        Cell(name("population", row["population"]), numeric=False),
        Cell(formats.share(row["x"])),
        Cell(formats.share(row["y"])),
    )
