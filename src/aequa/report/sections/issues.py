"""Conclusion 1, second half: what works against the goals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from aequa.report.accuracy import harm
from aequa.report.charts.matrix import goal_matrix
from aequa.report.charts.trend import trend
from aequa.report.figure import (
    Cell,
    Figure,
    Grid,
    Material,
    Section,
    basis,
    drawn,
    ends,
    share_cells,
    share_heads,
    summary,
)
from aequa.report.formats import known
from aequa.report.links import anchor
from aequa.report.names import name
from aequa.report.ranking import Ranking, descending, ranking
from aequa.report.sections.years import dated, listed, panels, when, year_of, yearly
from aequa.report.stored import Row
from aequa.report.words import say


def section(material: Material) -> Section:
    """Hindered goals, challenges, their years, and where the two meet."""
    return Section(
        key="issues",
        title=say("What works against them"),
        lead=say(
            "Some works describe harm: a goal that AI hinders, or a challenge it raises. A work on "
            "a remedy raises the challenge too, so these shares count attention, not damage. The "
            "table of challenges gives their shares corrected too, or says why not; shares by "
            "year, by goal and of hindered goals are as labelled: they are not corrected for label "
            "errors, which may differ between them."
        ),
        figures=(
            challenges(material),
            hindered(material),
            challenge_years(material),
            challenge_goals(material),
        ),
    )


def challenges(material: Material) -> Figure:
    """Works that raise each challenge."""
    how = Ranking(
        key="challenges",
        title=say("Challenges that works raise"),
        lead=say("Share of AI works that speak of each challenge; a work may raise several."),
        table="challenges",
        column="challenge",
        kind="challenge",
        rule="challenge",
        example=lambda row: f"challenge-{row.get('challenge')}",
        colour="mixed",
        head=say("Challenge"),
        trust="challenges",
        measure="challenge",
    )
    rows = material.stored.rows("challenges", scope="all")
    every = [row for row in rows if row.get("challenge") == "any"]
    each = [row for row in rows if row.get("challenge") != "any"]
    return ranking(material, how, [*every, *descending(each)])


def hindered(material: Material) -> Figure:
    """Works that hinder each goal."""
    sure = harm(material.about.get("card") or {})
    how = Ranking(
        key="hindered",
        title=say("Goals that works hinder"),
        lead=say(
            "Of the works that concern a goal, the share called hinders or mixed: one class, since "
            "mixed alone is almost never given. {sure}",
            sure=sure,
        ).strip(),
        table="hindered",
        column="goal",
        kind="goal",
        rule="goal",
        example=lambda row: f"goal-{row.get('goal')}-hinders_or_mixed",
        colour="hinders",
        head=say("Goal"),
    )
    return ranking(material, how, descending(material.stored.rows("hindered")))


def challenge_years(material: Material) -> Figure:
    """Small multiples of the challenges."""
    return multiples(
        material,
        Ranking(
            key="challenge-years",
            title=say("Challenges by year"),
            lead=panels(),
            table="challenge_years",
            column="challenge",
            kind="challenge",
            rule="year",
            example=lambda row: f"challenge-{row.get('challenge')}",
            head=say("Challenge"),
        ),
    )


def multiples(material: Material, how: Ranking) -> Figure:
    """One small trend per value of a column, from a table with a row per value and year."""
    rows = sorted(
        material.stored.rows(how.table), key=lambda row: (str(row[how.column]), when(row))
    )
    runs = [(code, list(run)) for code, run in groupby(rows, lambda row: row[how.column])]
    charts = []
    for code, run in runs:
        words = name(how.kind, code)
        held = dated(run)
        key, title = anchor(how.key, code), say("{what} by year", what=words)
        charts.append(trend(key, title, ends(held), held, label=words))
    heads = (how.head or how.title, say("Year"), *share_heads())
    return Figure(
        key=how.key,
        title=how.title,
        lead=how.lead,
        charts=tuple(charts),
        grid=Grid(heads, tuple(_year(material, how, row) for row in listed(rows))),
        basis=yearly(rows),
        tables=(how.table,),
        css="multiples",
    )


def _year(material: Material, how: Ranking, row: Row) -> tuple[Cell, ...]:
    href = material.works(how.example(row), how.rule)
    words = Cell(name(how.kind, row[how.column]), numeric=False)
    return (words, Cell(year_of(row)), *share_cells(row, href))


def challenge_goals(material: Material) -> Figure:
    """Where challenges and goals meet in one work."""
    how = Ranking(
        key="challenge-goals",
        title=say("Challenges by goal"),
        lead=say("Of the works that raise a challenge, the share that concerns each goal."),
        table="challenge_goals",
        column="challenge",
        kind="challenge",
        rule="challenge",
        head=say("Challenge"),
    )
    return crossed(material, how, material.stored.rows("challenge_goals"))


def crossed(material: Material, how: Ranking, rows: Sequence[Row]) -> Figure:
    """A matrix of the values of a column by goal."""
    if not rows:
        return Figure(how.key, how.title, how.lead, tables=(how.table,))
    by_code: dict[str, dict[int, float | None]] = {}
    for row in rows:
        cells = by_code.setdefault(str(row[how.column]), {})
        cells[int(row["goal"])] = known(drawn(row).get("share"))
    full = {code: cells for code, cells in by_code.items() if any_known(cells)}
    named = [(name(how.kind, code), cells) for code, cells in (full or by_code).items()]
    desc = say("The largest cell of each row: {cells}", cells=summary(_largest(named)))
    return Figure(
        key=how.key,
        title=how.title,
        lead=how.lead,
        charts=(goal_matrix(how.key, how.title, desc, named),),
        grid=Grid(
            (how.head or how.title, say("Goal"), *how.heads),
            tuple(_cross(material, how, row) for row in rows),
        ),
        basis=how.basis or basis(rows),
        tables=(how.table,),
    )


def any_known(cells: dict[int, float | None]) -> bool:
    """Whether a row of the matrix has a share to show."""
    return any(share is not None for share in cells.values())


def _largest(named: Sequence[tuple[str, dict[int, float | None]]]) -> list[tuple[str, object]]:
    """The goal with the largest share in each row, for the description."""
    best: list[tuple[str, object]] = []
    for label, cells in named:
        goal, share = max(cells.items(), key=lambda cell: (cell[1] or 0.0, -cell[0]))
        best.append((f"{label}, {goal} {name('goal', goal)}", share))
    return best


def _cross(material: Material, how: Ranking, row: Row) -> tuple[Cell, ...]:
    goal = row["goal"]
    return (
        Cell(name(how.kind, row[how.column]), numeric=False),
        Cell(f"{goal} {name('goal', goal)}", numeric=False),
        *share_cells(row, material.works(how.example(row), how.rule), how.placed),
    )
