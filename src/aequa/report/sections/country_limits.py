"""What a country's edition cannot tell: few works, unknown places, and what has no interval."""

from __future__ import annotations

from aequa.report import formats
from aequa.report.figure import Material
from aequa.report.names import country
from aequa.report.sections.country_beside import peers
from aequa.report.words import say, say_n


def statements(material: Material, iso3: str) -> list[tuple[str, str]]:
    """Short statements of the country, each a head and a sentence; those of all works follow."""
    return [
        (say("How many works"), _works(material, iso3)),
        (say("Works that may be here too"), _elsewhere(material, iso3)),
        (say("Works made together"), _together()),
        (say("The index and the scores"), _panel(material, iso3)),
    ]


def _works(material: Material, iso3: str) -> str:
    row = material.stored.row("countries", country=iso3)
    works = formats.known(row.get("works_full")) or 0.0
    if not works:
        return say(
            "No work of this corpus has an author in {country}. That says nothing of the research "
            "there: a corpus is drawn by venue, keyword or database.",
            country=country(iso3),
        )
    told = say_n(
        "Every share of {country} rests on {n} work.",
        "Every share of {country} rests on {n} works.",
        works,
        country=country(iso3),
        n=formats.count(works),
    )
    if not row.get("few"):
        return told
    return (
        told
        + " "
        + say("These are too few to speak of shares: intervals are wide, and shares are not drawn.")
    )


def _elsewhere(material: Material, iso3: str) -> str:
    lost = formats.known(material.stored.row("countries", country=iso3).get("unknown"))
    if not lost:
        return say("Every author of the AI works has a known country.")
    return say(
        "{works} AI works have an author of unknown country, who could be of {country}. "
        "Institutions of poorer countries are resolved less often.",
        works=formats.count(lost),
        country=country(iso3),
    )


def _together() -> str:
    return say(
        "A work with authors in several countries counts in each of them, so peers may share works "
        "with the country, and all are part of the world they are compared with."
    )


def _panel(material: Material, iso3: str) -> str:
    row = material.stored.row("gap_index", iso3=iso3)
    if not row:
        return say("{country} is not in the index, and has no peers.", country=country(iso3))
    return say(
        "Rank and scores come from a bundled panel of openly licensed indicators, some of them "
        "years old. Indicators of {country} that are missing: {missing}; assumed: {assumed}. Its "
        "{peers} peers are found by a rule, not chosen.",
        missing=formats.count(row.get("missing")),
        assumed=formats.count(row.get("assumed")),
        country=country(iso3),
        peers=formats.count(len(peers(material, iso3))),
    )
