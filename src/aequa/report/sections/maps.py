"""Countries on a map: where the works come from, and the index of the gap."""

from __future__ import annotations

import math
from collections.abc import Sequence

from aequa.report import formats
from aequa.report.charts.atlas import Key, Spot, atlas
from aequa.report.figure import Cell, Figure, Grid, Material, short
from aequa.report.names import country
from aequa.report.sections.unplaced import is_placed, unplaced
from aequa.report.stored import Row
from aequa.report.words import say, say_n

TOLD = 12
"""Countries that a description names; the table beside the chart has all."""
STEPS = (20, 40, 60, 80, 100)
"""Upper ends of the map's classes of the index."""


def convention() -> str:
    """What the maps say of borders and names."""
    return say(
        "The map draws no borders and takes no position on the status of any territory; names are "
        "the United Nations' short names (compare the UN's guidelines for maps, "
        "ST/AI/189/Add.25/Rev.1). Areas are true (Equal Earth projection); coastlines: Natural "
        "Earth."
    )


def works(material: Material) -> Figure:
    """Where the works come from: one symbol per country with a work."""
    key, title = "map-works", say("Where the works come from")
    rows = made(material)
    if not rows:
        return Figure(key, title, tables=("countries",))
    top = max(row["works_fractional"] for row in rows)
    spots = [
        Spot(
            row["country"],
            short(country(row["country"])),
            _counted(row["works_fractional"]),
            row["works_fractional"] / top,
        )
        for row in rows
    ]
    return Figure(
        key,
        title,
        charts=(atlas(key, title, _told(spots), spots, _legend(top)),),
        grid=Grid(
            (say("Country"), say("Works, fractional"), say("Share of works")),
            tuple(_line(material, row) for row in rows),
        ),
        basis=f"{_placed(material)} {convention()}",
        tables=("countries",),
    )


def made(material: Material) -> list[Row]:
    """Known countries with a work, the largest first."""
    rows = [
        row
        for row in material.stored.rows("countries")
        if is_placed(row) and (formats.known(row.get("works_fractional")) or 0.0) > 0
    ]
    return sorted(rows, key=lambda row: (-row["works_fractional"], row["country"]))


def _counted(number: float) -> str:
    return say_n("{n} work", "{n} works", number, n=formats.count(number))


def _told(spots: Sequence[Spot]) -> str:
    words = "; ".join(f"{spot.label}: {spot.value}" for spot in spots[:TOLD])
    if len(spots) <= TOLD:
        return f"{words}."
    more = len(spots) - TOLD
    return say_n("{first}; and {n} more.", "{first}; and {n} more.", more, first=words, n=more)


def _line(material: Material, row: Row) -> tuple[Cell, ...]:
    href = material.works(f"country-{row['country']}", "country")
    return (
        Cell(country(row["country"]), numeric=False),
        Cell(formats.count(row["works_fractional"]), href),
        Cell(formats.share(row.get("share_of_works"))),
    )


def _placed(material: Material) -> str:
    """How many works have a country, and that the others are not on the map."""
    every = material.stored.rows("countries")
    lost = unplaced(every)
    total = sum(formats.known(row.get("works_fractional")) or 0.0 for row in every)
    return say(
        "n = {works} works, counted in parts by their authors' countries; unknown = {lost}, not "
        "on the map. A count, so without an interval.",
        works=formats.count(total * (1 - (lost or 0.0))),
        lost=formats.missing() if lost is None else formats.share(lost),
    )


def _legend(top: float) -> tuple[Key, ...]:
    """Two round numbers of works and the smallest mark.

    >>> [key.text for key in _legend(2600)]
    ['2,000 works', '200 works', '1 work']
    """
    power = 10.0 ** math.floor(math.log10(max(top, 1.0)))
    large = next(size * power for size in (5, 2, 1) if size * power <= max(top, 1.0))
    sizes = dict.fromkeys((large, max(large / 10, 1.0), 1.0))
    return tuple(Key(_counted(size), size / max(top, 1.0)) for size in sizes)


def sentence(material: Material, five: str) -> str:
    """Whose works they are: the five leading countries, and the bounds of the South's part."""
    rows = material.stored.rows("groups", grouping="north_south")
    south = next((row for row in rows if row.get("group") == "South"), {})
    least, lost = formats.known(south.get("share_of_works")), unplaced(rows)
    if least is None or lost is None:
        return say(
            "Five countries make {five} of the works whose country is known, each work counted in "
            "parts.",
            five=five,
        )
    return say(
        "Five countries make {five} of the works whose country is known; the South makes at least "
        "{least} and at most {most} of all works, since {lost} are of unknown country.",
        five=five,
        least=formats.share(least),
        most=formats.share(min(least + lost, 1.0)),
        lost=formats.share(lost),
    )


def gap(material: Material) -> Figure:
    """The index on the map: one mark of equal size per country, darker for a higher score."""
    key, title = "map-gap", say("The index on the map")
    rows = [row for row in material.stored.rows("gap_index") if _score(row) is not None]
    if not rows:
        return Figure(key, title, tables=("gap_index",))
    spots = [
        Spot(
            row["iso3"],
            short(country(row["iso3"])),
            formats.decimal(row["score"], 1),
            0.035,
            f"step {_class(row['score'])}",
        )
        for row in rows
    ]
    first = (0, *STEPS[:-1])
    keys = [
        Key(f"{low}–{high}", 0.035, f"step {_class(high - 1)}")
        for low, high in zip(first, STEPS, strict=True)
    ]
    return Figure(
        key,
        title,
        lead=say(
            "Every country has a mark of the same size, so that small island states count as much "
            "to the eye as large ones."
        ),
        charts=(atlas(key, title, _told(spots), spots, keys, names=0),),
        grid=Grid(
            (say("Country"), say("Score"), say("Lowest"), say("Highest")),
            tuple(_scored(row) for row in rows),
        ),
        basis=say(
            "n = {n} countries and territories with enough data; lowest and highest are the 90% "
            "interval over ways to build the index.",
            n=formats.count(len(rows)),
        )
        + f" {convention()}",
        tables=("gap_index",),
    )


def _score(row: Row) -> float | None:
    return formats.known(row.get("score"))


def _class(score: float) -> str:
    """One of five classes of colour.

    >>> _class(0), _class(59), _class(100)
    ('heat1', 'heat3', 'heat6')
    """
    place = min(int(score // 20), 4)
    return ("heat1", "heat2", "heat3", "heat5", "heat6")[place]


def _scored(row: Row) -> tuple[Cell, ...]:
    return (
        Cell(country(row["iso3"]), numeric=False),
        *(Cell(formats.decimal(row.get(end), 1)) for end in ("score", "score_low", "score_high")),
    )
