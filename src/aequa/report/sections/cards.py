"""The data card and the model card in short: what the page is made of, and by what program."""

from __future__ import annotations

from aequa.report import formats
from aequa.report.accuracy import part
from aequa.report.figure import Material
from aequa.report.names import name
from aequa.report.words import say, say_n

Lines = list[tuple[str, str]]
"""A head and a sentence each."""


def data(material: Material) -> Lines:
    """What was read, which years and languages it is of, and what is not known of it."""
    counts = material.about.get("counts") or {}
    kept = formats.known(counts.get("kept"))
    lines = []
    if kept is not None:
        lines.append(
            (
                say("Works"),
                say(
                    "{read} records were read; {kept} works stayed after {merged} duplicates were "
                    "merged and {rejected} records rejected.",
                    read=formats.count(counts.get("read")),
                    kept=formats.count(kept),
                    merged=formats.count(counts.get("merged")),
                    rejected=formats.count(counts.get("rejected")),
                ),
            )
        )
    return [*lines, *_years(material), *_languages(material), *_licence(material)]


def _years(material: Material) -> Lines:
    rows = material.stored.rows("progress", goal=0)
    years = [int(row["year"]) for row in rows if formats.known(row.get("year")) is not None]
    if not years:
        return []
    text = say("From {first} to {last}.", first=min(years), last=max(years))
    return [(say("Years of the AI works"), text)]


def _languages(material: Material) -> Lines:
    rows = material.stored.rows("languages")
    held = [row for row in rows if formats.known(row.get("share")) is not None]
    if not held:
        return []
    first = max(held, key=lambda row: row["share"])
    return [
        (
            say("Languages"),
            say_n(
                "{n} language; {share} of the texts are in the most frequent one: {name}.",
                "{n} languages; {share} of the texts are in the most frequent one: {name}.",
                len(held),
                n=formats.count(len(held)),
                share=formats.share(first["share"]),
                name=name("language", first["language"]),
            ),
        )
    ]


def _licence(material: Material) -> Lines:
    if not material.stored.tables:
        return []
    return [
        (
            say("Terms of use"),
            say(
                "Counts and shares are facts and free to use (CC0). Titles and phrases come from "
                "the inputs, whose own terms apply."
            ),
        )
    ]


def model(material: Material) -> Lines:
    """The classifier: its version, what it learned from, how well it does, and what it is not for.

    Empty where no model card came with the results.
    """
    card = material.about.get("card") or {}
    if not card:
        return []
    tier = (material.about.get("tiers") or {}).get("tier")
    lines = [(say("Reading of the texts"), str(tier))] if tier else []
    lines += _learned(card.get("training"))
    lines += _does(card)
    return [
        *lines,
        (
            say("Meant for"),
            say(
                "Shares over many works. A single label is an estimate: read the work before you "
                "say something of it, of its authors or of where they work."
            ),
        ),
    ]


def _learned(training: object) -> Lines:
    sources = (
        [row for row in training if isinstance(row, dict)] if isinstance(training, list) else []
    )
    if not sources:
        return []
    rows = sum(formats.known(row.get("rows")) or 0.0 for row in sources)
    return [
        (
            say("Learned from"),
            say(
                "{rows} texts of {sources} sources whose licences allow it.",
                rows=formats.count(rows),
                sources=formats.count(len(sources)),
            ),
        )
    ]


def _does(card: object) -> Lines:
    overall = part(card, "goals_overall", "dev")
    score = formats.known(overall.get("micro_f1"))
    about_ai = formats.known(part(card, "ai").get("f1"))
    if score is None or about_ai is None:
        return []
    return [
        (
            say("Accuracy"),
            say(
                "On annotated works, F1 is {goals} for goals and {ai} for whether a work is about "
                "artificial intelligence. The chapter before gives every label's figures.",
                goals=formats.decimal(score),
                ai=formats.decimal(about_ai),
            ),
        )
    ]
