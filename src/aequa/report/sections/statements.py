"""Short statements on what the page cannot tell, each written from the data."""

from __future__ import annotations

from aequa.report import formats
from aequa.report.accuracy import of_goal, part, unfound
from aequa.report.corrected import caution
from aequa.report.figure import Material
from aequa.report.names import name
from aequa.report.sections.sentences import impact
from aequa.report.stored import Row


def statements(material: Material) -> list[tuple[str, str]]:
    """Short statements, each with its number from the data: a head and a sentence."""
    return [
        (
            "These works, not all research",
            "Every share is of the works that were read. A corpus drawn by venue, keyword or "
            "database is not all research on artificial intelligence, and when its mix changes "
            "from year to year, so may a share.",
        ),
        ("Labels are estimates", _labels(material)),
        ("Label errors", caution(material)),
        ("Titles alone", _titles(material)),
        ("Unknown countries", _countries(material)),
        ("Whose citations", _impact(material)),
        ("Small cells", _cells(material)),
        (
            "What an interval means",
            f"A 95{formats.SPACE}% interval covers chance: had the works been drawn again, about "
            "19 of 20 such intervals would hold the share. That of a corrected share covers the "
            "label errors too, as far as they were counted; that of a share as labelled does not "
            "cover wrong labels. Neither covers works that no source lists.",
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
        f"{_unfound(unfound(card))}"
    )


def _unfound(labels: list[tuple[str, str]]) -> str:
    """Labels whose zero is not a zero; empty where there is none."""
    if not labels:
        return ""
    words = " and ".join(
        f"goal {code} {name(kind, code)}" if kind == "goal" else f"the challenge {name(kind, code)}"
        for kind, code in labels
    )
    return (
        f" Of {words} it found none among the judged works: that few or no works carry the label "
        "here says nothing."
    )


def _titles(material: Material) -> str:
    row = material.stored.row("headline", reading="explicit", scope="all")
    works, title_only = formats.known(row.get("denominator")), formats.known(row.get("title_only"))
    if _no_work(row):
        return NO_WORK
    if not works or title_only is None:
        return "How many works were judged from their title alone was not recorded."
    if not title_only:
        return "Every AI work has an abstract."
    have = "has" if title_only == 1 else "have"
    return (
        f"{formats.count(title_only)} of {formats.plural(works, 'AI work')} "
        f"({formats.share(min(title_only / works, 1.0))}) {have} no abstract, so that the title "
        f"alone was judged.{_title_accuracy(material)}"
    )


def _title_accuracy(material: Material) -> str:
    """What the card says of titles against whole texts; empty where it says nothing."""
    overall = part(material.about.get("card") or {}, "goals_overall")
    text, title = (part(overall, which) for which in ("dev", "dev_titles_only"))
    scores = [formats.known(held.get("micro_f1")) for held in (text, title)]
    said = ""
    if None not in scores:
        said = (
            f" The goals' micro F1 is {formats.decimal(scores[1])} on titles, "
            f"{formats.decimal(scores[0])} on whole texts."
        )
    none = [formats.known(held.get("no_goal_assigned")) for held in (text, title)]
    if None in none:
        return said
    return (
        f"{said} Of the same judged works the classifier gives no goal to "
        f"{formats.share(none[1])} by title, {formats.share(none[0])} by whole text."
    )


def _countries(material: Material) -> str:
    row = _coverage(material, "country")
    share = formats.known(row.get("share"))
    if _no_work(material.stored.row("headline", reading="explicit", scope="all")):
        return NO_WORK
    if share is None:
        return "The share of works without a known country was not recorded."
    lost = material.stored.row("countries", country="unknown")
    parts = formats.known(lost.get("share_of_works"))
    if share == 1 and not parts:
        return "Every author of the AI works has a known country."
    more = ""
    if parts is not None and abs(parts - (1 - share)) > CLOSE:
        more = (
            " In others some authors' countries are unknown: in all, "
            f"{formats.share(parts)} of the works, counted in parts, are of unknown country."
        )
    return (
        f"{formats.share(1 - share)} of the AI works name no country that could be resolved.{more} "
        "They are a row of their own, Unknown, in the tables of countries and groups. Institutions "
        "of poorer countries are resolved less often, so the South is likely undercounted."
    )


CLOSE = 0.0005
"""Shares closer than this read the same."""
NO_WORK = "No work here is about artificial intelligence."


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
        return NO_WORK
    if not said:
        return "Where the citation impact of the works comes from was not recorded."
    return f"{said} Within this corpus means among its own works, not among all works of the world."


def _cells(material: Material) -> str:
    cells = material.stored.rows("impact_cells")
    small = [row for row in cells if row.get("small")]
    if not cells:
        return "No cells of field, year and type were recorded for the citation percentiles."
    works = sum(formats.known(row.get("works")) or 0 for row in small)
    return (
        f"{formats.count(len(small))} of {formats.plural(len(cells), 'cell')} of the same field, "
        f"year and type {'holds' if len(small) == 1 else 'hold'} fewer than 100 works "
        f"({formats.plural(works, 'work')} in all): their top 10 % and top 1 % rest on few works."
    )
