"""Conclusion 1, first half: how AI research helps the goals."""

from __future__ import annotations

from aequa.report import corrected as correction
from aequa.report import formats
from aequa.report.accuracy import brief, harm, of_goal, trust_head
from aequa.report.charts.bars import Bar, bars
from aequa.report.figure import (
    Cell,
    Figure,
    Grid,
    Material,
    Section,
    basis,
    share_cells,
    share_heads,
    summary,
)
from aequa.report.names import name
from aequa.report.ranking import Ranking, descending, ranking
from aequa.report.sections.years import goal_name, years
from aequa.report.stored import Row
from aequa.report.words import say

ORDER = ("supports", "neutral", "hinders_or_mixed")
"""Parts of a bar from left to right: from help to harm; works that do both are part of the harm."""
COLOURS = {"hinders_or_mixed": "hinders"}
EVERY = range(1, 18)


def section(material: Material) -> Section:
    """Contribution by goal, the years, and the fields of use."""
    figures = (contributions(material), years(material), areas(material))
    return Section(
        key="goals",
        number="1",
        title=say("How AI helps the goals"),
        lead=say(
            "Each work may concern several goals, and to each of them it may contribute in its own "
            "way. A bar adds up the works that concern a goal, by what they do for it. Bars show "
            "shares as labelled; their tables give them corrected too, or say why not. {years}",
            years=_years(material),
        ),
        figures=figures,
        missing=say("How the goals move one another is not yet built: aequa interlink."),
    )


def _years(material: Material) -> str:
    """What the shares by year leave uncorrected, and how sure the label is."""
    sure = correction.supports(material.about.get("card") or {})
    said = say(
        "Shares by year are as labelled: they are not corrected for label errors, which may differ "
        "between them."
    )
    return f"{said} {sure}".strip()


def contributions(material: Material) -> Figure:
    """One bar per goal, in parts by contribution, with the interval of all four together."""
    title = say("What AI works do for each goal")
    every = [
        material.stored.row("goals", goal=goal, contribution="any", scope="all") for goal in EVERY
    ]
    found = [row for row in every if row]
    if not found:
        return Figure("progress", title, tables=("goals",))
    marks = [_stack(material, row) for row in found]
    desc = summary((goal_name(row["goal"]), row.get("share")) for row in found)
    return Figure(
        key="progress",
        title=title,
        lead=say(
            "Share of AI works that concern a goal. Whiskers are the interval of the whole bar. "
            "{sure}",
            sure=harm(material.about.get("card") or {}),
        ).strip(),
        charts=(bars("progress", title, desc, marks),),
        grid=Grid(_heads(), tuple(_line(material, row) for row in found)),
        basis=basis(found),
        tables=("goals", "corrected"),
        legend=tuple((COLOURS.get(part, part), name("contribution", part)) for part in ORDER),
    )


def _heads() -> tuple[str, ...]:
    parts = (name("contribution", part).capitalize() for part in ORDER)
    return (
        say("Goal"),
        *parts,
        say("All works"),
        *share_heads()[1:],
        *correction.heads(),
        say("Top 10%, interval"),
        say("Top 1%, interval"),
        trust_head(),
    )


def _part(material: Material, goal: int, contribution: str, scope: str = "all") -> Row:
    return material.stored.row("goals", goal=goal, contribution=contribution, scope=scope)


def _stack(material: Material, row: Row) -> Bar:
    goal = row["goal"]
    parts = tuple(
        (COLOURS.get(part, part), formats.known(_part(material, goal, part).get("share")))
        for part in ORDER
    )
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
    tops = [_top(_part(material, goal, "any", scope)) for scope in ("top10", "top1")]
    trust = Cell(brief(of_goal(material.about.get("card") or {}, goal)))
    every = share_cells(row, material.works(f"goal-{goal}-any", "goal"))
    beside = correction.cells(correction.of(material, "goal", goal))
    return (Cell(goal_name(goal), numeric=False), *parts, *every, *beside, *tops, trust)


def _count(material: Material, goal: int, part: str) -> Cell:
    count = formats.known(_part(material, goal, part).get("count"))
    href = material.works(f"goal-{goal}-{part}", "goal") if count else None
    return Cell(formats.count(count), href)


def _top(row: Row) -> Cell:
    if formats.known(row.get("share")) is None:
        return Cell(formats.missing())
    interval = formats.interval(row.get("low"), row.get("high"))
    return Cell(f"{formats.share(row['share'])} ({interval})")


def areas(material: Material) -> Figure:
    """The applied reading by field of use."""
    how = Ranking(
        key="areas",
        title=say("Fields of use"),
        lead=say(
            "The applied reading: the fields in which works say they are of use. A work may "
            "name several."
        ),
        table="areas",
        column="area",
        kind="area",
        rule="area",
        example=lambda row: f"area-{row.get('area')}",
        head=say("Field of use"),
        trust="areas",
        measure="area",
    )
    return ranking(material, how, descending(material.stored.rows("areas", scope="all")))
