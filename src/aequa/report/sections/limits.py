"""What the page cannot tell: how far labels, countries, languages and intervals can be trusted."""

from __future__ import annotations

from aequa.report import formats
from aequa.report.accuracy import of_goal, part
from aequa.report.charts.bars import Bar, bars
from aequa.report.figure import Cell, Figure, Grid, Material, Section
from aequa.report.figure import summary as described
from aequa.report.names import name
from aequa.report.ranking import Ranking, descending, ranking
from aequa.report.sections import trust
from aequa.report.stored import Row


def section(material: Material) -> Section:
    """Label accuracy, coverage and languages."""
    return Section(
        key="limits",
        title="What this cannot tell you",
        figures=(
            trust.accuracy(material),
            trust.language_accuracy(material),
            coverage(material),
            languages(material),
        ),
    )


def statements(material: Material) -> list[tuple[str, str]]:
    """Short statements, each with its number from the data: a head and a sentence."""
    return [
        ("Labels are estimates", _labels(material)),
        ("Titles alone", _titles(material)),
        ("Unknown countries", _countries(material)),
        ("Small cells", _cells(material)),
        (
            "What an interval means",
            f"A 95{formats.SPACE}% interval covers chance: had the works been drawn again, about "
            "19 of 20 such intervals would hold the true share. It does not cover wrong labels, "
            "nor works that no source lists.",
        ),
        (
            "Unknown is not zero",
            "A work whose text or affiliations give no answer is left out of the denominator and "
            "counted as unknown.",
        ),
    ]


def _labels(material: Material) -> str:
    card = material.about.get("card") or {}
    scores = [formats.known(of_goal(card, goal).get("f1")) for goal in range(1, 18)]
    held = [score for score in scores if score is not None]
    if not held:
        return "A program gave the labels; no model card with its accuracy came with these results."
    return (
        f"A program gave the labels. Over the goals its F1 runs from {formats.decimal(min(held))} "
        f"to {formats.decimal(max(held))}; the table gives precision and recall of each."
    )


def _titles(material: Material) -> str:
    row = material.stored.row("headline", reading="explicit", scope="all")
    works, title_only = formats.known(row.get("denominator")), formats.known(row.get("title_only"))
    if not works or title_only is None:
        return "How many works were judged from their title alone was not recorded."
    return (
        f"{formats.count(title_only)} of {formats.count(works)} works "
        f"({formats.share(min(title_only / works, 1.0))}) have no abstract and were judged from "
        "their title alone. A title says less, so shares of such works can be off either way."
        f"{_title_accuracy(material)}"
    )


def _title_accuracy(material: Material) -> str:
    """What the card says of titles against whole texts; empty where it says nothing."""
    card = material.about.get("card") or {}
    text, title = (
        formats.known(part(card, "goals_overall", which).get("micro_f1"))
        for which in ("dev", "dev_titles_only")
    )
    if text is None or title is None:
        return ""
    return (
        f" The goals' micro F1 is {formats.decimal(title)} on titles, "
        f"{formats.decimal(text)} on whole texts."
    )


def _countries(material: Material) -> str:
    row = _coverage(material, "country")
    share = formats.known(row.get("share"))
    if share is None:
        return "The share of works without a known country was not recorded."
    return (
        f"{formats.share(1 - share)} of the AI works name no country that could be resolved; "
        "they are a row of their own, Unknown, in the tables of countries and groups."
    )


def _coverage(material: Material, variable: str) -> Row:
    rows = material.stored.rows("coverage", population="ai")
    named = [row for row in rows if str(row.get("variable", "")).startswith(variable[:5])]
    return next(iter(named), {})


def _cells(material: Material) -> str:
    cells = material.stored.rows("impact_cells")
    small = [row for row in cells if row.get("small")]
    if not cells:
        return "No cells of field, year and type were recorded for the citation percentiles."
    works = sum(formats.known(row.get("works")) or 0 for row in small)
    return (
        f"{formats.count(len(small))} of {formats.count(len(cells))} cells of the same field, "
        f"year and type hold fewer than 100 works ({formats.count(works)} works in all): their "
        "top 10 % and top 1 % rest on few works."
    )


def coverage(material: Material) -> Figure:
    """For how many AI works each variable is known."""
    title = "What is known of the works"
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
        lead="Share of AI works for which each variable is known.",
        charts=(bars("coverage", title, desc, marks),),
        grid=Grid(
            ("Variable", "Works", "Known", "Of", "Share"), tuple(_cover(row) for row in rows)
        ),
        basis="A count of all works, so without an interval.",
        tables=("coverage",),
    )


def _cover(row: Row) -> tuple[Cell, ...]:
    population = "AI works" if row.get("population") == "ai" else "all works"
    return (
        Cell(name("variable", row["variable"]), numeric=False),
        Cell(population, numeric=False),
        Cell(formats.count(row.get("known"))),
        Cell(formats.count(row.get("total"))),
        Cell(formats.share(row.get("share"))),
    )


def languages(material: Material) -> Figure:
    """The languages of the texts."""
    how = Ranking(
        key="languages",
        title="Languages of the texts",
        lead="Labels are least certain in the languages with fewest works.",
        table="languages",
        column="language",
        kind="language",
        rule="language",
        colour="neutral",
        head="Language",
    )
    return ranking(material, how, descending(material.stored.rows("languages"))[:15])
