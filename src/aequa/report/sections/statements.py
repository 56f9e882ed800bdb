"""Short statements on what the page cannot tell, each written from the data."""

from __future__ import annotations

from aequa.report import formats
from aequa.report.accuracy import of_goal, part, unfound
from aequa.report.corrected import caution
from aequa.report.figure import Material
from aequa.report.names import name
from aequa.report.sections.sentences import impact
from aequa.report.stored import Row
from aequa.report.words import say, say_n


def statements(material: Material) -> list[tuple[str, str]]:
    """Short statements, each with its number from the data: a head and a sentence."""
    return [
        (
            say("These works, not all research"),
            say(
                "Every share is of the works that were read. A corpus drawn by venue, keyword or "
                "database is not all research on artificial intelligence, and when its mix changes "
                "from year to year, so may a share."
            ),
        ),
        (say("Labels are estimates"), _labels(material)),
        (say("Label errors"), caution(material)),
        (say("Titles alone"), _titles(material)),
        (say("Unknown countries"), _countries(material)),
        (say("Whose citations"), _impact(material)),
        (say("Small cells"), _cells(material)),
        (
            say("What an interval means"),
            say(
                "A 95% interval covers chance: had the works been drawn again, about 19 of 20 "
                "such intervals would hold the share. That of a corrected share covers the label "
                "errors too, as far as they were counted; that of a share as labelled does not "
                "cover wrong labels. Neither covers works that no source lists."
            ),
        ),
        (
            say("Unknown is not zero"),
            say(
                "A work whose text or affiliations give no answer is left out of the denominator "
                "and counted as unknown."
            ),
        ),
        (
            say("Countries on a map"),
            say(
                "A map shows where authors work, as far as records say, not where works are of "
                "use. It draws no borders."
            ),
        ),
    ]


def _labels(material: Material) -> str:
    card = material.about.get("card") or {}
    scores = [formats.known(of_goal(card, goal).get("f1")) for goal in range(1, 18)]
    held = [score for score in scores if score is not None]
    if not held:
        return say(
            "A program gave the labels; no model card with its accuracy came with these results."
        )
    told = say(
        "A program gave the labels. Over the goals its F1 runs from {least} to {most}; the table "
        "gives precision and recall of each.",
        least=formats.decimal(min(held)),
        most=formats.decimal(max(held)),
    )
    return f"{told} {_unfound(unfound(card))}".strip()


def _unfound(labels: list[tuple[str, str]]) -> str:
    """Labels whose zero is not a zero; empty where there is none."""
    if not labels:
        return ""
    words = [
        say("goal {number} {name}", number=code, name=name(kind, code))
        if kind == "goal"
        else say("the challenge {name}", name=name(kind, code))
        for kind, code in labels
    ]
    return say(
        "Among the judged works it found none of these: {labels}. That few or no works carry such "
        "a label here says nothing.",
        labels=", ".join(words),
    )


def _titles(material: Material) -> str:
    row = material.stored.row("headline", reading="explicit", scope="all")
    works, title_only = formats.known(row.get("denominator")), formats.known(row.get("title_only"))
    if _no_work(row):
        return no_work()
    if not works or title_only is None:
        return say("How many works were judged from their title alone was not recorded.")
    if not title_only:
        return say("Every AI work has an abstract.")
    told = say_n(
        "{n} of {works} AI works ({share}) has no abstract, so that the title alone was judged.",
        "{n} of {works} AI works ({share}) have no abstract, so that the title alone was judged.",
        title_only,
        n=formats.count(title_only),
        works=formats.count(works),
        share=formats.share(min(title_only / works, 1.0)),
    )
    return f"{told} {_title_accuracy(material)}".strip()


def _title_accuracy(material: Material) -> str:
    """What the card says of titles against whole texts; empty where it says nothing."""
    overall = part(material.about.get("card") or {}, "goals_overall")
    text, title = (part(overall, which) for which in ("dev", "dev_titles_only"))
    said = []
    scores = [formats.known(held.get("micro_f1")) for held in (text, title)]
    if None not in scores:
        said.append(
            say(
                "The goals' micro F1 is {title} on titles, {text} on whole texts.",
                title=formats.decimal(scores[1]),
                text=formats.decimal(scores[0]),
            )
        )
    none = [formats.known(held.get("no_goal_assigned")) for held in (text, title)]
    if None not in none:
        said.append(
            say(
                "Of the same judged works the classifier gives no goal to {title} by title, {text} "
                "by whole text.",
                title=formats.share(none[1]),
                text=formats.share(none[0]),
            )
        )
    return " ".join(said)


def _countries(material: Material) -> str:
    row = _coverage(material, "country")
    share = formats.known(row.get("share"))
    if _no_work(material.stored.row("headline", reading="explicit", scope="all")):
        return no_work()
    if share is None:
        return say("The share of works without a known country was not recorded.")
    lost = material.stored.row("countries", country="unknown")
    parts = formats.known(lost.get("share_of_works"))
    if share == 1 and not parts:
        return say("Every author of the AI works has a known country.")
    told = [
        say(
            "{share} of the AI works name no country that could be resolved.",
            share=formats.share(1 - share),
        )
    ]
    if parts is not None and abs(parts - (1 - share)) > CLOSE:
        told.append(
            say(
                "In others some authors' countries are unknown: in all, {share} of the works, "
                "counted in parts, are of unknown country.",
                share=formats.share(parts),
            )
        )
    told.append(
        say(
            "They are a row of their own, Unknown, in the tables of countries and groups. "
            "Institutions of poorer countries are resolved less often, so the South is likely "
            "undercounted."
        )
    )
    return " ".join(told)


CLOSE = 0.0005
"""Shares closer than this read the same."""


def no_work() -> str:
    """What to say of a corpus without any work on AI."""
    return say("No work here is about artificial intelligence.")


def _no_work(row: Row) -> bool:
    """Whether the headline was counted and found no AI work at all."""
    return bool(row) and row.get("denominator") == 0 and row.get("unknown") == 0


def _coverage(material: Material, variable: str) -> Row:
    rows = material.stored.rows("coverage", population="ai")
    named = [row for row in rows if str(row.get("variable", "")).startswith(variable[:5])]
    return next(iter(named), {})


def _impact(material: Material) -> str:
    said = impact(material)
    if _no_work(material.stored.row("headline", reading="explicit", scope="all")):
        return no_work()
    if not said:
        return say("Where the citation impact of the works comes from was not recorded.")
    within = say("Within this corpus means among its own works, not among all works of the world.")
    return f"{said} {within}"


def _cells(material: Material) -> str:
    cells = material.stored.rows("impact_cells")
    small = [row for row in cells if row.get("small")]
    if not cells:
        return say("No cells of field, year and type were recorded for the citation percentiles.")
    works = sum(formats.known(row.get("works")) or 0 for row in small)
    return say_n(
        "{n} of {cells} cells of the same field, year and type holds fewer than 100 works (in all: "
        "{works}): its top 10% and top 1% rest on few works.",
        "{n} of {cells} cells of the same field, year and type hold fewer than 100 works (in all: "
        "{works}): their top 10% and top 1% rest on few works.",
        len(small),
        n=formats.count(len(small)),
        cells=formats.count(len(cells)),
        works=formats.count(works),
    )
