"""Shares by year: small multiples, one panel per goal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from aequa.report import formats
from aequa.report.charts.trend import Year, trend
from aequa.report.figure import (
    Cell,
    Figure,
    Grid,
    Material,
    basis,
    ends,
    share_cells,
    share_heads,
)
from aequa.report.names import name
from aequa.report.stored import Row
from aequa.report.words import say


def panels() -> str:
    """What must be known to read small multiples."""
    return say(
        "Every panel has its own scale: compare shapes within a panel, and levels by the numbers. "
        "Wide bands are cut at the edge; years with fewer than 30 works are in the table only, "
        "unless there are no others."
    )


def years(material: Material) -> Figure:
    """Small multiples: the share of works per year that support each goal; first all goals."""
    title = say("Progress by year")
    rows = sorted(material.stored.rows("progress"), key=lambda row: (row["goal"], when(row)))
    runs = [(goal, list(run)) for goal, run in groupby(rows, lambda row: row["goal"])]
    return Figure(
        key="years",
        title=title,
        lead=say(
            "Share of each year's AI works that supports the goal, with its 95% band. {panels}",
            panels=panels(),
        ),
        charts=tuple(_panel(goal, run) for goal, run in runs),
        grid=Grid(
            (say("Goal"), say("Year"), *share_heads()),
            tuple(_year(material, row) for row in listed(rows)),
        ),
        basis=yearly(rows),
        tables=("progress",),
        css="multiples",
    )


YEARS = 25
"""Years whose numbers the page lists, the latest ones; the CSV tables have them all."""


def listed(rows: Sequence[Row]) -> list[Row]:
    """The rows of the latest ``YEARS`` years, and those without a year."""
    first = _first(rows)
    return [row for row in rows if row.get("year") is None or row["year"] >= first]


def _first(rows: Sequence[Row]) -> int:
    years = sorted({row["year"] for row in rows if row.get("year") is not None})
    return int(years[-YEARS:][0]) if years else 0


def yearly(rows: Sequence[Row]) -> str:
    """The line under yearly shares; it says from which year on the page lists the numbers."""
    if not rows:
        return ""
    cut = len(listed(rows)) < len(rows)
    more = say("Years before {year} are listed in the CSV table only.", year=_first(rows))
    return f"{basis(rows, say('works a year'))} {more if cut else ''}".strip()


def _panel(goal: int, run: Sequence[Row]) -> Markup:
    label = name("goal", goal) if goal else say("Any goal")
    held = dated(run)
    words = say("{what} by year", what=label)
    return trend(f"years-{goal}", words, ends(held), held, label=label, goal=goal or None)


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
        Cell(goal_name(goal) if goal else say("Any goal"), numeric=False),
        Cell(year_of(row)),
        *share_cells(row, material.works(key, "year")),
    )


def year_of(row: Row) -> str:
    """The year as printed."""
    return say("unknown") if row.get("year") is None else str(row["year"])


def goal_name(goal: object) -> str:
    """A goal as tables print it: its number and its name."""
    return f"{goal} {name('goal', goal)}"
