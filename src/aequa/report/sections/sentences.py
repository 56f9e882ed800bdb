"""What the opening says in words, written from the data."""

from __future__ import annotations

from aequa.report import corrected as correction
from aequa.report import formats
from aequa.report.accuracy import harm
from aequa.report.figure import Material
from aequa.report.stored import Row
from aequa.report.words import say, say_n

READINGS = correction.READINGS


def standfirst(material: Material) -> str:
    """What the findings rest on: how many works, and the panel of countries beside them."""
    row = _every(material, "explicit")
    works = formats.known(row.get("denominator"))
    if not works:
        return _small(material, row)
    told = say_n(
        "Five findings from {n} work on artificial intelligence and from a panel of open "
        "indicators of countries. Each stands with its interval and with what it rests on.",
        "Five findings from {n} works on artificial intelligence and from a panel of open "
        "indicators of countries. Each stands with its interval and with what it rests on.",
        works,
        n=formats.count(works),
    )
    return f"{told} {_few(row)}".strip()


def sentence(material: Material) -> str:
    """How many works support a goal, and how many name a field of use, in one sentence.

    Shares corrected for label errors come first where there are such. Where works are too few,
    the sentence says that instead.
    """
    explicit, applied = (_every(material, reading) for reading in READINGS[:2])
    if formats.known(explicit.get("share")) is None or explicit.get("few"):
        return _small(material, explicit)
    works = formats.count(explicit.get("denominator"))
    first = bare(explicit, correction.of(material, "explicit"))
    if formats.known(applied.get("share")) is None:
        return say(
            "Of {works} works on artificial intelligence, {explicit} give explicit ground that "
            "they support a goal.",
            works=works,
            explicit=first,
        )
    return say(
        "Of {works} works on artificial intelligence, {explicit} give explicit ground that they "
        "support a goal, and {applied} name a field in which they are of use.",
        works=works,
        explicit=first,
        applied=said(applied, correction.of(material, "applied")),
    )


def compared(material: Material) -> str:
    """How the most cited tenth differs from all works; nothing where it holds too few works.

    A difference counts only where the two 95% intervals do not overlap. Both are as labelled:
    errors that are alike in both shrink a difference, and never turn it round.
    """
    every = _every(material, "explicit")
    top = material.stored.row("headline", reading="explicit", scope="top10")
    if every.get("few") or top.get("few"):
        return ""
    bounds = [formats.known(row.get(end)) for row in (every, top) for end in ("low", "high")]
    if any(bound is None for bound in bounds):
        return ""
    low, high, top_low, top_high = (bound or 0.0 for bound in bounds)
    share = correction.with_interval(top)
    if top_low > high:
        return say(
            "Among the tenth cited most the explicit share is higher: as labelled, {share}.",
            share=share,
        )
    if top_high < low:
        return say(
            "Among the tenth cited most the explicit share is lower: as labelled, {share}.",
            share=share,
        )
    return say(
        "Among the tenth cited most the explicit share is not clearly different: as labelled, "
        "{share}.",
        share=share,
    )


def _every(material: Material, reading: str) -> Row:
    return material.stored.row("headline", reading=reading, scope="all")


def _few(row: Row) -> str:
    """That there are too few works to speak of shares; empty where there are enough."""
    if not row.get("few"):
        return ""
    return say("They are too few to speak of shares: read the numbers with their intervals.")


def _small(material: Material, explicit: Row) -> str:
    """What to say where there are no works on AI, too few, or none whose goals were judged."""
    works, unknown = (formats.known(explicit.get(name)) for name in ("denominator", "unknown"))
    if works is None or unknown is None:
        return ""
    if works:
        return say_n(
            "Only {n} work on artificial intelligence is judged here: too few to speak of shares.",
            "Only {n} works on artificial intelligence are judged here: too few to speak of "
            "shares.",
            works,
            n=formats.count(works),
        )
    if unknown:
        return say_n(
            "The goals of the {n} work on artificial intelligence are unknown, so there is no "
            "share to show.",
            "The goals of all {n} works on artificial intelligence are unknown, so there is no "
            "share to show.",
            unknown,
            n=formats.count(unknown),
        )
    kept = formats.known((material.about.get("counts") or {}).get("kept"))
    if not kept:
        return say("No work here is about artificial intelligence, so there is no share to show.")
    return say_n(
        "The {n} work here is not about artificial intelligence, so there is no share to show.",
        "None of the {n} works here is about artificial intelligence, so there is no share to "
        "show.",
        kept,
        n=formats.count(kept),
    )


def caution(material: Material) -> str:
    """What the shares above leave uncorrected, and how sure the label of harm is."""
    card = material.about.get("card") or {}
    return f"{correction.caution(material)} {harm(card)}".strip()


def impact(material: Material) -> str:
    """Whose word "most cited" is; empty where it was not recorded."""
    rows = {row["origin"]: row for row in material.stored.rows("impact_origins")}
    if not any(row.get("share") for row in rows.values()):
        return ""
    source, computed, none = (
        formats.share(rows.get(origin, {}).get("share") or 0.0)
        for origin in ("source", "computed", "none")
    )
    return say(
        "Top 10% and top 1% are of the same field, year and type. Of the AI works, the source "
        "states it for {source}, it is compared within this corpus for {computed}, and it is "
        "unknown for {none}.",
        source=source,
        computed=computed,
        none=none,
    )


def bare(labelled: Row, found: Row) -> str:
    """The share that stands above its sentence with its interval, so that it goes without."""
    if not correction.is_corrected(found):
        return formats.share(labelled.get("share"))
    return say("about {share}", share=formats.share(found["corrected"]))


def said(labelled: Row, found: Row) -> str:
    """A share with its interval: the corrected one first where there is one, then the labelled."""
    share, ends = formats.share(labelled.get("share")), _ends(labelled)
    if not correction.is_corrected(found):
        return say("{share} ({ends}, as labelled)", share=share, ends=ends)
    fixed = correction.renamed(found)
    return say(
        "about {share} ({ends}; as labelled {labelled})",
        share=formats.share(fixed["share"]),
        ends=_ends(fixed),
        labelled=share,
    )


def _ends(row: Row) -> str:
    return formats.interval(row.get("low"), row.get("high"))
