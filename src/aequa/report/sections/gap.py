"""The intelligence gap in figures of countries: an index, its inequality, and the data gap."""

from __future__ import annotations

from aequa.report import formats
from aequa.report.charts.points import Point, described
from aequa.report.figure import Cell, Figure, Grid, Material
from aequa.report.names import country, name
from aequa.report.stored import Row
from aequa.report.words import say

_SHOWN = 10


def _basis(said: str) -> str:
    """What the intervals are, and where the figures are from."""
    panel = say(
        "From the bundled panel, not from the corpus; aequa divide does the same with your own."
    )
    return f"{said} {panel}"


def _resampled() -> str:
    return _basis(say("Intervals by resampling countries."))


def figures(material: Material) -> tuple[Figure, ...]:
    """Index, inequality, its split between groups, and data by group."""
    return index(material), inequality(material), split(material), data(material)


def _mark(label: str, value: str, row: Row, column: str) -> Point:
    share, low, high = (formats.known(row.get(one)) for one in (column, "low", "high"))
    return Point(label, value, share, low, high)


def index(material: Material) -> Figure:
    """The first and last countries with their intervals; all of them in the table."""
    title = say("The intelligence-gap index")
    rows = material.stored.rows("gap_index")
    shown = rows if len(rows) <= 2 * _SHOWN else (*rows[:_SHOWN], *rows[-_SHOWN:])
    marks = [
        Point(
            _called(row),
            say(
                "{score} (rank {ranks})", score=formats.decimal(row["score"], 1), ranks=_ranks(row)
            ),
            row["score"],
            formats.known(row.get("score_low")),
            formats.known(row.get("score_high")),
        )
        for row in shown
    ]
    return Figure(
        key="gap-index",
        title=title,
        lead=say(
            "How well a country can take part: attention and investment, data, and what "
            "technology needs to take root. 100 is the best there is. An interval is where 90% of "
            "a thousand ways to build the index put the country; intervals that overlap are no "
            "order."
        ),
        charts=described("gap-index", title, marks, 100.0, "{:g}".format),
        grid=Grid(
            (
                say("Country"),
                say("Score"),
                say("Rank"),
                say("90% of ranks"),
                say("Indicators"),
                say("Missing"),
            ),
            tuple(_country(row) for row in rows),
        ),
        basis=_basis(
            say(
                "The first and the last {shown} of {all} countries and territories with enough "
                "data.",
                shown=_SHOWN,
                all=len(rows),
            )
        ),
        tables=("gap_index",),
    )


def _called(row: Row) -> str:
    return country(str(row["iso3"]))


def _ranks(row: Row) -> str:
    if row.get("rank_low") is None:
        return str(row["rank"])
    return f"{row['rank_low']}–{row['rank_high']}"


def _country(row: Row) -> tuple[Cell, ...]:
    return (
        Cell(_called(row), numeric=False),
        Cell(formats.decimal(row["score"], 1)),
        Cell(str(row["rank"])),
        Cell(_ranks(row)),
        Cell(formats.count(row["observed"] + row["assumed"])),
        Cell(formats.count(row["missing"])),
    )


def inequality(material: Material) -> Figure:
    """Gini coefficients over people of what the three imbalances are about."""
    title = say("How uneven it is over people")
    rows = material.stored.rows("gap_imbalances", measure="gini", grouping="world", goal=None)
    order = sorted(rows, key=lambda row: -(row.get("value") or 0))
    marks = [
        _mark(row["subject_name"], formats.decimal(row.get("value")), row, "value") for row in order
    ]
    return Figure(
        key="gap-inequality",
        title=title,
        lead=say(
            "Gini coefficients, each country weighted by its people: 0 is equal parts for all, 1 "
            "means that one has everything."
        ),
        charts=described("gap-inequality", title, marks, 1.0, "{:g}".format),
        grid=Grid(
            (
                say("Subject"),
                say("Imbalance"),
                say("Gini"),
                say("95% interval"),
                say("Countries"),
                say("Without data"),
            ),
            tuple(_uneven(row) for row in order),
        ),
        basis=_resampled(),
        tables=("gap_imbalances",),
    )


def _uneven(row: Row) -> tuple[Cell, ...]:
    return (
        Cell(row["subject_name"], numeric=False),
        Cell(name("imbalance", row["imbalance"]), numeric=False),
        Cell(formats.decimal(row.get("value"))),
        Cell(_interval(row)),
        Cell(formats.count(row.get("countries"))),
        Cell(formats.count(row.get("missing"))),
    )


def _interval(row: Row) -> str:
    return "–".join(formats.decimal(row.get(end)) for end in ("low", "high"))


def split(material: Material) -> Figure:
    """How much of the inequality lies between income groups."""
    title = say("Between income groups, or within them")
    rows = material.stored.rows("gap_decomposition", grouping="income", measure="theil_t")
    order = sorted(rows, key=lambda row: -(row.get("between_share") or 0))
    marks = [
        _mark(row["subject_name"], formats.share(row.get("between_share")), row, "between_share")
        for row in order
    ]
    every = material.stored.rows("gap_decomposition", measure="theil_t")
    return Figure(
        key="gap-decomposition",
        title=title,
        lead=say(
            "The share of inequality (Theil’s T over people) that would be left if all countries "
            "of an income group were alike."
        ),
        charts=described("gap-decomposition", title, marks, 1.0),
        grid=Grid(
            (
                say("Subject"),
                say("Grouping"),
                say("Between"),
                say("95% interval"),
                say("Countries"),
            ),
            tuple(_parted(row) for row in every),
        ),
        basis=_resampled(),
        tables=("gap_decomposition",),
    )


def _parted(row: Row) -> tuple[Cell, ...]:
    return (
        Cell(row["subject_name"], numeric=False),
        Cell(name("grouping", row["grouping"]), numeric=False),
        Cell(formats.share(row.get("between_share"))),
        Cell(formats.interval(row.get("low"), row.get("high"))),
        Cell(formats.count(row.get("countries"))),
    )


def data(material: Material) -> Figure:
    """Coverage of the series that apply to a group of countries."""
    title = say("Data that countries have")
    rows = [
        row
        for row in material.stored.rows("gap_coverage", goal=None)
        if row["grouping"] in ("income", "north_south") and row["group"] != "unclassified"
    ]
    marks = [
        _mark(name("group", row["group"]), formats.share(row.get("share")), row, "share")
        for row in rows
    ]
    return Figure(
        key="gap-coverage",
        title=title,
        lead=say(
            "The share of series that apply to a country for which it has a value of the last "
            "five years, weighted by people. What does not apply (fisheries of landlocked "
            "countries) is not counted as missing."
        ),
        charts=described("gap-coverage", title, marks, 1.0),
        grid=Grid(
            (
                say("Group"),
                say("Share"),
                say("95% interval"),
                say("Of all series"),
                say("How made is unknown"),
                say("Countries"),
            ),
            tuple(_covered(row) for row in rows),
        ),
        basis=_basis(
            say(
                "Intervals by resampling countries. The UN’s copy at hand does not say which "
                "values countries made themselves."
            )
        ),
        tables=("gap_coverage",),
    )


def _covered(row: Row) -> tuple[Cell, ...]:
    return (
        Cell(name("group", row["group"]), numeric=False),
        Cell(formats.share(row.get("share"))),
        Cell(formats.interval(row.get("low"), row.get("high"))),
        Cell(formats.share(row.get("share_of_all_series"))),
        Cell(formats.share(row.get("unknown_nature"))),
        Cell(formats.count(row.get("countries"))),
    )
