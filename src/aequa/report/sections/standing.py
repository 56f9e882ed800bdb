"""How much of the index's order is one, and countries by two measures at once."""

from __future__ import annotations

import math

from aequa.report import formats
from aequa.report.charts.ranks import Ranked, ranks
from aequa.report.charts.scatter import Dot, Scale, scatter
from aequa.report.figure import Cell, Figure, Grid, Material, short
from aequa.report.names import country
from aequa.report.sections.maps import STEPS, TOLD, made
from aequa.report.stored import Row
from aequa.report.words import say


def order(material: Material) -> Figure:
    """All ranks with their intervals: how much of the index's order is one."""
    key, title = "gap-ranks", say("How much of the order is one")
    rows = [
        row
        for row in material.stored.rows("gap_index")
        if all(formats.known(row.get(end)) for end in ("rank", "rank_low", "rank_high"))
    ]
    if not rows:
        return Figure(key, title, tables=("gap_index",))
    rows = sorted(rows, key=lambda row: (row["rank"], row["iso3"]))
    every = max(len(rows) // 14, 1)
    marks = [
        Ranked(
            short(country(row["iso3"]), 22),
            row["rank"],
            row["rank_low"],
            row["rank_high"],
            named=place % every == 0,
        )
        for place, row in enumerate(rows)
    ]
    wide = sorted(row["rank_high"] - row["rank_low"] + 1 for row in rows)[len(rows) // 2]
    told = say(
        "{first} is first and {last} last; half of the intervals are at least {wide} ranks wide.",
        first=marks[0].label,
        last=marks[-1].label,
        wide=formats.count(wide),
    )
    return Figure(
        key,
        title,
        lead=say(
            "A line spans the ranks that a country takes in 90% of a thousand ways to build the "
            "index; its dot is the rank told. Half of the lines are at least {wide} ranks long: "
            "countries whose lines overlap have no order.",
            wide=formats.count(wide),
        ),
        charts=(ranks(key, title, told, marks),),
        grid=Grid(
            (say("Country"), say("Rank"), say("Lowest"), say("Highest")),
            tuple(_ranked(row) for row in rows),
        ),
        basis=say("n = {n} countries and territories; 90% interval.", n=formats.count(len(rows))),
        tables=("gap_index",),
    )


def _ranked(row: Row) -> tuple[Cell, ...]:
    numbers = (row["rank"], row["rank_low"], row["rank_high"])
    return (
        Cell(country(row["iso3"]), numeric=False),
        *(Cell(formats.count(number)) for number in numbers),
    )


def means_and_works(material: Material) -> Figure:
    """A country's part of the works against its score in the index."""
    key, title = "works-gap", say("Means and works")
    scores = {
        row["iso3"]: row
        for row in material.stored.rows("gap_index")
        if formats.known(row.get("score"))
    }
    rows = [
        row
        for row in made(material)
        if row["country"] in scores and formats.known(row.get("share_of_works"))
    ]
    if not rows:
        return Figure(key, title, tables=("countries", "gap_index"))
    dots = [
        Dot(
            short(country(row["country"]), 22),
            row["share_of_works"],
            scores[row["country"]]["score"],
            f"{formats.share(row['share_of_works'])}, "
            f"{formats.decimal(scores[row['country']]['score'], 1)}",
        )
        for row in rows
    ]
    desc = "; ".join(f"{dot.label}: {dot.told}" for dot in dots[:TOLD]) + "."
    up = Scale(
        say("Score of the index"), 0, 100, tuple((float(mark), str(mark)) for mark in (0, *STEPS))
    )
    chart = scatter(key, title, desc, dots, _ratio(rows[-1]["share_of_works"]), up)
    return Figure(
        key,
        title,
        lead=say(
            "Each dot is a country with a work and a score: its part of all works, on a scale of "
            "ratios, and its score in the index. Few works can mean few that the sources list."
        ),
        charts=(chart,),
        grid=Grid(
            (say("Country"), say("Share of works"), say("Score"), say("Lowest"), say("Highest")),
            tuple(_both(material, row, scores[row["country"]]) for row in rows),
        ),
        basis=say(
            "n = {n} countries; score with its 90% interval in the table, shares are counts.",
            n=formats.count(len(rows)),
        ),
        tables=("countries", "gap_index"),
    )


def _ratio(least: float) -> Scale:
    """An axis of shares from a power of ten below the least one to all."""
    low = 10.0 ** math.floor(math.log10(least))
    marks = [low]
    while marks[-1] < 0.99:
        marks.append(marks[-1] * 10)
    return Scale(
        say("Share of all works"),
        low,
        1.0,
        tuple((mark, formats.tick(mark)) for mark in marks),
        log=True,
    )


def _both(material: Material, row: Row, scored: Row) -> tuple[Cell, ...]:
    href = material.works(f"country-{row['country']}", "country")
    return (
        Cell(country(row["country"]), numeric=False),
        Cell(formats.share(row["share_of_works"]), href),
        *(
            Cell(formats.decimal(scored.get(end), 1))
            for end in ("score", "score_low", "score_high")
        ),
    )
