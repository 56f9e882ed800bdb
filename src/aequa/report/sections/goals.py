"""Conclusion 1, first half: how AI research helps the goals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from aequa.report import formats
from aequa.report.accuracy import TRUST, brief, of_goal
from aequa.report.charts.bars import Bar, bars
from aequa.report.charts.trend import Year, trend
from aequa.report.figure import Cell, Figure, Grid, Material, Section, basis, share_cells, summary
from aequa.report.names import name
from aequa.report.ranking import Ranking, descending, ranking
from aequa.report.stored import Row

ORDER = ("supports", "mixed", "neutral", "hinders")
"""Parts of a bar from left to right: from help to harm."""
EVERY = range(1, 18)
PANELS = (
    "Every panel has its own scale: compare shapes within a panel, and levels by the numbers. "
    "Wide bands are cut at the edge; years with fewer than 30 works are in the table only."
)


def section(material: Material) -> Section:
    """Contribution by goal, the years, and the fields of use."""
    figures = (contributions(material), years(material), areas(material))
    return Section(
        key="goals",
        number="1",
        title="How AI helps the goals",
        lead="Each work may concern several goals, and to each of them it may contribute in its "
        "own way. A bar adds up the works that concern a goal, by what they do for it.",
        figures=figures,
        missing="How the goals move one another is not yet built: aequa interlink.",
    )


def contributions(material: Material) -> Figure:
    """One bar per goal, in parts by contribution, with the interval of all four together."""
    title = "What AI works do for each goal"
    every = [
        material.stored.row("goals", goal=goal, contribution="any", scope="all") for goal in EVERY
    ]
    found = [row for row in every if row]
    if not found:
        return Figure("progress", title, tables=("goals",))
    marks = [_stack(material, row) for row in found]
    desc = summary((_goal(row["goal"]), row.get("share")) for row in found)
    return Figure(
        key="progress",
        title=title,
        lead="Share of AI works that concern a goal. Whiskers are the interval of the whole bar.",
        charts=(bars("progress", title, desc, marks),),
        grid=Grid(_heads(), tuple(_line(material, row) for row in found)),
        basis=basis(found),
        tables=("goals",),
        legend=tuple((part, name("contribution", part)) for part in ORDER),
    )


def _heads() -> tuple[str, ...]:
    parts = (name("contribution", part).capitalize() for part in ORDER)
    return (
        "Goal",
        *parts,
        "All works",
        "Share",
        "95 % interval",
        "n",
        "Unknown",
        "Top 10 %",
        "Top 1 %",
        TRUST,
    )


def _part(material: Material, goal: int, contribution: str, scope: str = "all") -> Row:
    return material.stored.row("goals", goal=goal, contribution=contribution, scope=scope)


def _stack(material: Material, row: Row) -> Bar:
    goal = row["goal"]
    parts = tuple((part, formats.known(_part(material, goal, part).get("share"))) for part in ORDER)
    return Bar(
        label=name("goal", goal),
        value=formats.share(row.get("share")),
        parts=parts,
        low=formats.known(row.get("low")),
        high=formats.known(row.get("high")),
        goal=goal,
    )


def _line(material: Material, row: Row) -> tuple[Cell, ...]:
    goal = row["goal"]
    parts = [_count(material, goal, part) for part in ORDER]
    tops = [
        Cell(formats.share(_part(material, goal, "any", scope).get("share")))
        for scope in ("top10", "top1")
    ]
    trust = Cell(brief(of_goal(material.about.get("card") or {}, goal)))
    every = share_cells(row, material.works(f"goal-{goal}-any", "goal"))
    return (Cell(_goal(goal), numeric=False), *parts, *every, *tops, trust)


def _count(material: Material, goal: int, part: str) -> Cell:
    count = formats.known(_part(material, goal, part).get("count"))
    href = material.works(f"goal-{goal}-{part}", "goal") if count else None
    return Cell(formats.count(count), href)


def _goal(goal: object) -> str:
    return f"{goal} {name('goal', goal)}"


def years(material: Material) -> Figure:
    """Small multiples: the share of works per year that support each goal; first all goals."""
    title = "Progress by year"
    rows = sorted(material.stored.rows("progress"), key=lambda row: (row["goal"], when(row)))
    runs = [(goal, list(run)) for goal, run in groupby(rows, lambda row: row["goal"])]
    return Figure(
        key="years",
        title=title,
        lead=f"Share of each year's AI works that supports the goal, with its 95 % band. {PANELS}",
        charts=tuple(_panel(goal, run) for goal, run in runs),
        grid=Grid(("Goal", "Year", *_SHARES), tuple(_year(material, row) for row in rows)),
        basis=basis(rows, "works a year") if rows else "",
        tables=("progress",),
        css="multiples",
    )


_SHARES = ("Works", "Share", "95 % interval", "n", "Unknown")


def _panel(goal: int, run: Sequence[Row]) -> Markup:
    label = name("goal", goal) if goal else "Any goal"
    held = dated(run)
    desc = summary((str(point[0]), point[1]) for point in (*held[:1], *held[-1:]))
    return trend(f"years-{goal}", f"{label} by year", desc, held, label=label, goal=goal or None)


def dated(rows: Sequence[Row]) -> list[Year]:
    """Yearly shares as the trend chart takes them.

    Works without a year have no place there. Years with too few works would set the scale by
    their wide intervals; they are left to the table, unless there is no other year.
    """
    firm = [row for row in rows if not row.get("few") and row.get("year") is not None]
    return [
        (
            int(row["year"]),
            formats.known(row.get("share")),
            formats.known(row.get("low")),
            formats.known(row.get("high")),
        )
        for row in firm or rows
        if row.get("year") is not None
    ]


def when(row: Row) -> int:
    """Sorts rows by year, those without one last."""
    return 9999 if row.get("year") is None else int(row["year"])


def _year(material: Material, row: Row) -> tuple[Cell, ...]:
    goal = row["goal"]
    key = f"goal-{goal}-supports" if goal else "headline-explicit"
    return (
        Cell(_goal(goal) if goal else "Any goal", numeric=False),
        Cell(year_of(row)),
        *share_cells(row, material.works(key, "year")),
    )


def year_of(row: Row) -> str:
    """The year as printed."""
    return "unknown" if row.get("year") is None else str(row["year"])


def areas(material: Material) -> Figure:
    """The applied reading by field of use."""
    how = Ranking(
        key="areas",
        title="Fields of use",
        lead="The applied reading: the fields in which works say they are of use. A work may "
        "name several.",
        table="areas",
        column="area",
        kind="area",
        rule="area",
        example=lambda row: f"area-{row.get('area')}",
        head="Field of use",
        trust="areas",
    )
    return ranking(material, how, descending(material.stored.rows("areas", scope="all")))
