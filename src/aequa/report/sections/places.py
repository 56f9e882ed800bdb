"""Countries and groups of countries: who makes the works, and how many support a goal."""

from __future__ import annotations

from aequa.report import formats
from aequa.report.charts.bars import Bar, bars
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
    short,
    value,
)
from aequa.report.figure import summary as described
from aequa.report.names import country, messages, name
from aequa.report.ranking import Ranking
from aequa.report.sections.issues import crossed
from aequa.report.sections.unplaced import is_placed, note, placed_basis
from aequa.report.stored import Row
from aequa.report.words import say, say_n

LISTED = 20
"""Countries drawn as bars; the table beside has them all."""


def countries(material: Material) -> Figure:
    """The countries with most works, and how many of their works support a goal."""
    title = say("Countries")
    rows = sorted(
        material.stored.rows("countries"),
        key=lambda row: (-(formats.known(row.get("works_full")) or 0), str(row.get("country"))),
    )
    if not rows:
        return Figure("countries", title, tables=("countries",))
    marks = [_country(row) for row in rows if is_placed(row) and row.get("works_full")][:LISTED]
    desc = described((mark.label, mark.share) for mark in marks)
    heads = (
        say("Country"),
        say("Works, full"),
        say("Works, fractional"),
        say("Share of works"),
        say("Top 10%, full"),
    )
    return Figure(
        key="countries",
        title=title,
        lead=_listed(len(marks)),
        charts=(
            points("countries", say("Share of a country's works that support a goal"), desc, marks),
        ),
        grid=Grid(
            (*heads, say("Supports a goal"), *placed_heads()[1:]),
            tuple(_country_line(material, row) for row in rows if row.get("works_full")),
        ),
        basis=placed_basis(rows),
        tables=("countries", "country_goals"),
        css="long",
    )


def _listed(countries: int) -> str:
    if not countries:
        return say("No work names a country that could be resolved.")
    return say_n(
        "The country with most works, and what share of them gives explicit ground that it "
        "supports a goal. The table has every country with a work.",
        "The {n} countries with most works, and what share of their works gives explicit ground "
        "that it supports a goal. The table has every country with a work.",
        countries,
        n=countries,
    )


def _country(row: Row) -> Point:
    return Point(short(_called(row)), value(row, row.get("works_full")), *estimate(drawn(row)))


def _country_line(material: Material, row: Row) -> tuple[Cell, ...]:
    href = material.works(f"country-{row.get('country')}", "country")
    return (
        Cell(_called(row), numeric=False, strong=not is_placed(row)),
        Cell(formats.count(row.get("works_full")), href),
        Cell(formats.count(row.get("works_fractional"))),
        Cell(formats.share(row.get("share_of_works"))),
        Cell(formats.count(row.get("top10_full"))),
        *share_cells(row, href, placed=True),
    )


def _called(row: Row) -> str:
    return country(str(row["country"])) if is_placed(row) else name("group", "unknown")


def group(material: Material, grouping: str) -> Figure:
    """One way to group countries: who makes the works, and how many of these support a goal."""
    title = name("grouping", grouping)
    key = f"groups-{grouping.replace('_', '-')}"
    rows = sorted(material.stored.rows("groups", grouping=grouping), key=_group_order)
    if not rows:
        return Figure(key, title, tables=("groups",))
    held = [row for row in rows if row.get("works_full")]
    made = [
        Bar(
            name("group", row["group"]),
            formats.share(row.get("share_of_works")),
            (
                (
                    "supports" if is_placed(row) else "neutral",
                    formats.known(row.get("share_of_works")),
                ),
            ),
        )
        for row in held
    ]
    helped = [_group_point(row) for row in held]
    first = described((name("group", row["group"]), row.get("share_of_works")) for row in held)
    second = described((point.label, point.share) for point in helped)
    return Figure(
        key=key,
        title=title,
        lead=note(grouping, rows),
        charts=(
            bars(f"{key}-made", say("{title}: share of works", title=title), first, made),
            points(
                f"{key}-helped",
                say("{title}: share that supports a goal", title=title),
                second,
                helped,
            ),
        ),
        grid=Grid(_group_heads(), tuple(_group_line(row) for row in rows)),
        basis=placed_basis(rows),
        tables=("groups",),
        css="pair slim" if len(held) <= SLIM else "pair",
        captions=(
            say("Share of all AI works (fractional count)"),
            say("Share of the group's works that support a goal"),
        ),
    )


SLIM = 4
"""Groupings of so few groups take half the width, one chart above the other."""


def _group_heads() -> tuple[str, ...]:
    return (
        say("Group"),
        say("Works, full"),
        say("Works, fractional"),
        say("Share of works"),
        say("Supports a goal"),
        *placed_heads()[1:],
    )


def _group_order(row: Row) -> int:
    """The order of the messages, from rich to poor; unlisted groups by name before unknown."""
    listed = list(messages()["group"])
    code = str(row["group"])
    return listed.index(code) if code in listed else -1


def _group_point(row: Row) -> Point:
    return Point(name("group", row["group"]), value(row), *estimate(drawn(row)))


def _group_line(row: Row) -> tuple[Cell, ...]:
    return (
        Cell(name("group", row["group"]), numeric=False, strong=not is_placed(row)),
        Cell(formats.count(row.get("works_full")), "#rule-group"),
        Cell(formats.count(row.get("works_fractional"))),
        Cell(formats.share(row.get("share_of_works"))),
        *share_cells(row, "#rule-group", placed=True),
    )


def group_goals(material: Material) -> Figure:
    """Goals by income group."""
    rows = material.stored.rows("group_goals", grouping="income")
    how = Ranking(
        key="group-goals",
        title=say("Goals by income group"),
        lead=say("Share of a group's works that support each goal."),
        table="group_goals",
        column="group",
        kind="group",
        rule="group",
        head=say("Group"),
        placed=True,
        basis=placed_basis(material.stored.rows("groups", grouping="income")),
    )
    return crossed(material, how, sorted(rows, key=_group_order))
