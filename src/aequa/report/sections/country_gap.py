"""A country's place in the intelligence gap: rank, pillars, what would raise it, and its data."""

from __future__ import annotations

from collections.abc import Sequence

from aequa.report import formats
from aequa.report.charts.points import Point, described
from aequa.report.figure import Cell, Figure, Grid, Material, Section
from aequa.report.names import country, name
from aequa.report.sections.country_beside import legend, middle, peers, scored_beside
from aequa.report.sections.country_words import indicator, pillar
from aequa.report.stored import Row
from aequa.report.words import say


def section(material: Material, iso3: str) -> Section:
    """The country in the index and its parts, and what it holds of the world's works."""
    return Section(
        key="divide",
        title=say("The intelligence gap"),
        lead=_lead(material, iso3),
        figures=(
            index(material, iso3),
            pillars(material, iso3),
            raises(material, iso3),
            indicators(material, iso3),
            data(material, iso3),
            attention(material, iso3),
        ),
    )


def _lead(material: Material, iso3: str) -> str:
    if not material.stored.row("gap_index", iso3=iso3):
        return unranked(iso3)
    return say(
        "How well a country can take part: attention and investment, data, and what technology "
        "needs to take root. 100 is the best there is."
    )


def unranked(iso3: str) -> str:
    """What to say of a country that the index does not rank."""
    return say(
        "{country} is not ranked: too few of the index's indicators are known of it.",
        country=country(iso3),
    )


def _basis() -> str:
    return say("From the bundled panel, not from the corpus.")


def index(material: Material, iso3: str, key: str = "country-index") -> Figure:
    """Score and rank with intervals, beside the peers."""
    title = say("In the index, beside its peers")
    found = [material.stored.row("gap_index", iso3=one) for one in (iso3, *peers(material, iso3))]
    rows = [row for row in found if row]
    if not material.stored.row("gap_index", iso3=iso3):
        rows = []
    marks = [
        Point(
            country(row["iso3"]),
            say("{score} (rank {ranks})", score=formats.decimal(row["score"], 1), ranks=ranks(row)),
            formats.known(row["score"]),
            formats.known(row.get("score_low")),
            formats.known(row.get("score_high")),
            "supports" if row["iso3"] == iso3 else "neutral",
        )
        for row in rows
    ]
    return Figure(
        key=key,
        title=title,
        lead=say(
            "An interval is where 90% of a thousand ways to build the index put the country. "
            "Intervals that overlap are no order."
        ),
        charts=described(key, title, marks, 100.0, "{:g}".format),
        grid=Grid(
            (
                say("Country"),
                say("Score"),
                say("Rank"),
                say("90% of ranks"),
                say("Indicators"),
                say("Missing"),
            ),
            tuple(_ranked(row) for row in rows),
        ),
        basis=say(
            "{count} countries and territories are ranked. From the bundled panel, not from the "
            "corpus.",
            count=formats.count(len(material.stored.rows("gap_index"))),
        ),
        tables=("gap_index", "gap_peers"),
    )


def ranks(row: Row) -> str:
    """The interval of ranks, or the rank where there is none."""
    low, high = row.get("rank_low"), row.get("rank_high")
    if low is None:
        return formats.count(row["rank"])
    return f"{formats.count(low)}–{formats.count(high)}"


def _ranked(row: Row) -> tuple[Cell, ...]:
    return (
        Cell(country(row["iso3"]), numeric=False),
        Cell(formats.decimal(row["score"], 1)),
        Cell(formats.count(row["rank"])),
        Cell(ranks(row)),
        Cell(formats.count(row["observed"] + row["assumed"])),
        Cell(formats.count(row["missing"])),
    )


def _named(material: Material, table: str, column: str, code: str) -> dict[str, Row]:
    return {str(row["iso3"]): row for row in material.stored.rows(table, **{column: code})}


def pillars(material: Material, iso3: str) -> Figure:
    """Each pillar's score, with the median of the peers."""
    title = say("The pillars of the index")
    near = peers(material, iso3)
    marks: list[Point] = []
    lines: list[tuple[Cell, ...]] = []
    for row in material.stored.rows("gap_pillars", iso3=iso3):
        every = _named(material, "gap_pillars", "pillar", row["pillar"])
        score, share = (formats.known(row.get(one)) for one in ("score", "share"))
        beside = middle(_known(every, near))
        marks.append(scored_beside(pillar(row["pillar"]), score, beside))
        world = formats.decimal(middle(_known(every, list(every))), 1)
        lines.append(
            (
                Cell(pillar(row["pillar"]), numeric=False),
                Cell(formats.decimal(score, 1)),
                Cell(formats.decimal(beside, 1)),
                Cell(world),
                Cell(formats.share(share)),
            )
        )
    return Figure(
        key="country-pillars",
        title=title,
        lead=say("From 0 to 100, the best there is."),
        charts=described("country-pillars", title, marks, 100.0, "{:g}".format),
        grid=Grid(
            (
                say("Pillar"),
                say("Score"),
                say("Median of peers"),
                say("Median of the world"),
                say("Indicators known"),
            ),
            tuple(lines),
        ),
        basis=say("A pillar with too few indicators has no score.") + " " + _basis(),
        tables=("gap_pillars",),
        legend=legend(material, iso3),
    )


def _known(rows: dict[str, Row], countries: Sequence[str]) -> list[float | None]:
    return [formats.known(rows.get(one, {}).get("score")) for one in countries]


def raises(material: Material, iso3: str, key: str = "country-raises") -> Figure:
    """The indicators that would raise the country's rank most."""
    title = say("What would raise its rank most")
    rows = sorted(material.stored.rows("gap_raises", iso3=iso3), key=lambda row: row["place"])
    marks = [_lifted(row) for row in rows]
    return Figure(
        key=key,
        title=title,
        lead=say(
            "Each alone, raised to the 75th percentile of the peers, with all else and all other "
            "countries as they are. It says what the index reacts to, not what is cheap or wise."
        ),
        charts=described(key, title, marks, 100.0, "{:g}".format),
        grid=Grid(
            (
                say("Indicator"),
                say("Score now"),
                say("Raised to"),
                say("Points of the index"),
                say("Rank now"),
                say("Rank then"),
            ),
            tuple(
                (
                    Cell(_named_of(row), numeric=False),
                    Cell(formats.decimal(row["score"], 1)),
                    Cell(formats.decimal(row["to"], 1)),
                    Cell(formats.decimal(row["index_gain"], 1)),
                    Cell(formats.count(row["rank"])),
                    Cell(formats.count(row["rank_after"])),
                )
                for row in rows
            ),
        ),
        basis=_basis(),
        tables=("gap_raises",),
        legend=(
            ("supports", country(iso3)),
            ("neutral", say("The 75th percentile of its peers")),
        )
        if rows
        else (),
        css="open",
    )


def _lifted(row: Row) -> Point:
    """Where an indicator's score is, and where the 75th percentile of the peers is."""
    now, then = (formats.decimal(row[one], 1) for one in ("score", "to"))
    words = say("{now} (raised to {then})", now=now, then=then)
    return Point(
        _named_of(row),
        words,
        row["score"],
        None,
        None,
        beside=row["to"],
    )


def _named_of(row: Row) -> str:
    return indicator(str(row["indicator"]), str(row["indicator_name"]))


def indicators(material: Material, iso3: str) -> Figure:
    """The values that the country's scores are made of."""
    rows = material.stored.rows("gap_indicators", iso3=iso3)
    return Figure(
        key="country-indicators",
        title=say("What its scores are made of"),
        lead=say(
            "Assumed: the source lists all it knows of and lists nothing of the country, so the "
            "value is taken as 0."
        ),
        grid=Grid(
            (say("Indicator"), say("Pillar"), say("Value"), say("Year"), say("Score"), say("How")),
            tuple(_indicator(row) for row in rows),
        ),
        basis=_basis(),
        tables=("gap_indicators",),
    )


def _indicator(row: Row) -> tuple[Cell, ...]:
    how = {
        "observed": say("observed"),
        "assumed": say("assumed"),
        "imputed": say("imputed"),
        "missing": say("missing"),
    }
    value = formats.known(row.get("value"))
    whole = value is not None and abs(value) >= 100
    return (
        Cell(_named_of(row), numeric=False),
        Cell(pillar(row["pillar"]), numeric=False),
        Cell(formats.count(value) if whole else formats.decimal(value)),
        Cell(str(row["year"]) if row.get("year") else formats.missing()),
        Cell(formats.decimal(row.get("score"), 1)),
        Cell(how.get(str(row["how"]), str(row["how"])), numeric=False),
    )


def data(material: Material, iso3: str) -> Figure:
    """The share of series that apply to the country of which it has a value."""
    title = say("Data that it has")
    rows = material.stored.rows("gap_data", iso3=iso3)
    order = sorted(rows, key=lambda row: row["goal"] or 0)
    marks = [
        Point(
            _goal(row), formats.share(row.get("share")), formats.known(row.get("share")), None, None
        )
        for row in order
    ]
    return Figure(
        key="country-data",
        title=title,
        lead=say(
            "The share of series that apply to the country for which it has a value of the last "
            "five years. What does not apply (fisheries of landlocked countries) is not counted as "
            "missing."
        ),
        charts=described("country-data", title, marks, 1.0),
        grid=Grid(
            (
                say("Goal"),
                say("Share"),
                say("With a value"),
                say("Series"),
                say("Median age, years"),
            ),
            tuple(
                (
                    Cell(_goal(row), numeric=False),
                    Cell(formats.share(row.get("share"))),
                    Cell(formats.count(row.get("series_covered"))),
                    Cell(formats.count(row.get("series_applicable"))),
                    Cell(formats.decimal(row.get("median_age"), 1)),
                )
                for row in order
            ),
        ),
        basis=say("A count of series, so without an interval.") + " " + _basis(),
        tables=("gap_data",),
    )


def _goal(row: Row) -> str:
    goal = row.get("goal")
    return say("All goals") if goal is None else f"{goal} {name('goal', goal)}"


def attention(material: Material, iso3: str) -> Figure:
    """The country's and its peers' works for their people and their need."""
    found = [
        material.stored.row("attention_countries", subject="works", country=one)
        for one in (iso3, *peers(material, iso3))
    ]
    return Figure(
        key="country-attention",
        title=say("Its works, for its people and its need"),
        lead=say(
            "Works are counted in parts that add up to one a work. Need is the people affected: "
            "population × distance to the goals. A ratio of 1 is attention in step with need."
        ),
        grid=Grid(
            (
                say("Country"),
                say("Works"),
                say("Per million people"),
                say("Share of works"),
                say("Share of need"),
                say("Ratio"),
            ),
            tuple(
                (
                    Cell(country(row["country"]), numeric=False),
                    Cell(
                        formats.count(row["amount"]),
                        material.works(f"country-{row['country']}", "country"),
                    ),
                    Cell(formats.decimal(row.get("per_million"))),
                    Cell(formats.share(row.get("share"))),
                    Cell(formats.share(row.get("share_need"))),
                    Cell(formats.decimal(row.get("ratio"))),
                )
                for row in found
                if row
            ),
        ),
        basis=say("Of works whose country is known."),
        tables=("attention_countries",),
        css="open",
    )
