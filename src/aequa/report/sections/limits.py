"""What the page cannot tell: how far labels, countries, languages and intervals can be trusted."""

from __future__ import annotations

from aequa.report import formats
from aequa.report.accuracy import part
from aequa.report.charts.bars import Bar, bars
from aequa.report.figure import Cell, Figure, Grid, Material, Section
from aequa.report.figure import summary as described
from aequa.report.names import name
from aequa.report.ranking import Ranking, descending, ranking
from aequa.report.sections import trust
from aequa.report.stored import Row
from aequa.report.words import say, say_n


def section(material: Material) -> Section:
    """Label accuracy, coverage and languages."""
    return Section(
        key="limits",
        title=say("What this cannot tell you"),
        figures=(
            trust.accuracy(material),
            trust.language_accuracy(material),
            coverage(material),
            origins(material),
            languages(material),
        ),
    )


def coverage(material: Material) -> Figure:
    """For how many AI works each variable is known."""
    title = say("What is known of the works")
    rows = material.stored.rows("coverage")
    shown = [row for row in rows if row.get("population") == "ai"] or list(rows)
    if not rows:
        return Figure("coverage", title, tables=("coverage",))
    marks = [
        Bar(
            name("variable", row["variable"]),
            formats.share(row.get("share")),
            (("neutral", formats.known(row.get("share"))),),
        )
        for row in shown
    ]
    desc = described((name("variable", row["variable"]), row.get("share")) for row in shown)
    return Figure(
        key="coverage",
        title=title,
        lead=say("Share of AI works for which each variable is known."),
        charts=(bars("coverage", title, desc, marks),),
        grid=Grid(
            (say("Variable"), say("Works"), say("Known"), say("Of"), say("Share")),
            tuple(_cover(row) for row in rows),
        ),
        basis=say("A count of all works, so without an interval."),
        tables=("coverage",),
    )


def _cover(row: Row) -> tuple[Cell, ...]:
    population = say("AI works") if row.get("population") == "ai" else say("all works")
    return (
        Cell(name("variable", row["variable"]), numeric=False),
        Cell(population, numeric=False),
        Cell(formats.count(row.get("known"))),
        Cell(formats.count(row.get("total"))),
        Cell(formats.share(row.get("share"))),
    )


def origins(material: Material) -> Figure:
    """Whose word "most cited" is."""
    rows = material.stored.rows("impact_origins")
    lines = tuple(
        (
            Cell(name("origin", row["origin"]), numeric=False),
            Cell(formats.count(row.get("works"))),
            Cell(formats.share(row.get("share"))),
        )
        for row in rows
    )
    return Figure(
        key="impact-origins",
        title=say("Whose word \u201cmost cited\u201d is"),
        lead=say(
            "A source's own percentile or highly cited mark goes first; what it leaves open, and "
            "all other works, are compared with the works of this corpus of the same field, year "
            "and type."
        ),
        grid=Grid((say("Citation impact"), say("AI works"), say("Share")), lines),
        basis=say("A count of all works, so without an interval."),
        tables=("impact_origins", "impact_cells"),
        css="open",
    )


def languages(material: Material) -> Figure:
    """The languages of the texts."""
    how = Ranking(
        key="languages",
        title=say("Languages of the texts"),
        lead=_read(material),
        table="languages",
        column="language",
        kind="language",
        rule="language",
        colour="neutral",
        head=say("Language"),
    )
    return ranking(material, how, descending(material.stored.rows("languages"))[:15])


def _read(material: Material) -> str:
    """How many works are in languages that the classifier was not measured on."""
    tested = part(material.about.get("card") or {}, "languages")
    rows = material.stored.rows("languages")
    others = [
        formats.known(row.get("count")) or 0.0
        for row in rows
        if str(row.get("language")) not in {*tested, "unknown"}
    ]
    if not tested or not rows:
        return say("Of all works, those not about artificial intelligence included.")
    return say_n(
        "{n} work is in a language the classifier was not tested on. It gives it no goal, and it "
        "counts as a work without one.",
        "{n} works are in languages the classifier was not tested on. It gives them no goal, and "
        "they count as works without one.",
        sum(others),
        n=formats.count(sum(others)),
    )
