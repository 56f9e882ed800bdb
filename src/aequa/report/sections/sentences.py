"""What the opening says in words, written from the data."""

from __future__ import annotations

from aequa.report import corrected as correction
from aequa.report import formats
from aequa.report.accuracy import harm
from aequa.report.figure import Material
from aequa.report.stored import Row

READINGS = correction.READINGS


def sentence(material: Material) -> str:
    """One sentence per fact, written from the data; empty where there is no headline.

    A difference counts only where the two 95 % intervals do not overlap. Shares corrected for
    label errors come first where there are such.
    """
    every = {
        reading: material.stored.row("headline", reading=reading, scope="all")
        for reading in READINGS
    }
    explicit = every["explicit"]
    works = formats.known(explicit.get("denominator"))
    if works is None or explicit.get("few") or formats.known(explicit.get("share")) is None:
        return _small(material, explicit)
    shown = [row for row in every.values() if formats.known(row.get("share")) is not None]
    found = [correction.of(material, row["reading"]) for row in shown]
    alike = len({correction.is_corrected(row) for row in found}) == 1
    said = {
        row["reading"]: _said(row, fixed, alike) for row, fixed in zip(shown, found, strict=True)
    }
    text = (
        f"Of {formats.count(explicit.get('denominator'))} works on artificial intelligence, "
        f"{said['explicit']} give explicit ground that they support a goal"
    )
    if "applied" in said:
        text += f", and {said['applied']} name a field in which they are of use"
    if "hinders" in said:
        text += f"; {said['hinders']} give ground that they work against a goal"
    every_one = EVERY[correction.is_corrected(found[0])] if alike else ""
    top = material.stored.row("headline", reading="explicit", scope="top10")
    return f"{text}. {every_one}{_compared(explicit, top)}".strip()


EVERY = {
    True: "All of these are corrected for label errors. ",
    False: "All of these are as labelled: they could not be corrected for label errors. ",
}


def _small(material: Material, explicit: Row) -> str:
    """What to say where there are no works on AI, too few, or none whose goals were judged."""
    works, unknown = (formats.known(explicit.get(name)) for name in ("denominator", "unknown"))
    if works is None or unknown is None:
        return ""
    if works:
        are = "is" if works == 1 else "are"
        return (
            f"Only {formats.plural(works, 'work')} on artificial intelligence {are} judged here: "
            "too few to speak of shares. Read the numbers below with their intervals."
        )
    if unknown:
        return (
            f"The goals of all {formats.plural(unknown, 'work')} on artificial intelligence are "
            "unknown, so there is no share to show."
        )
    kept = formats.known((material.about.get("counts") or {}).get("kept"))
    of = f"None of the {formats.plural(kept, 'work')}" if kept else "No work"
    return f"{of} here is about artificial intelligence, so there is no share to show."


def caution(material: Material) -> str:
    """What the shares above leave uncorrected, and how sure the label of harm is."""
    card = material.about.get("card") or {}
    return f"{correction.caution(material)} {harm(card)}".strip()


ORIGINS = {
    "source": "as the source states it",
    "computed": "compared within this corpus",
    "none": "unknown",
}


def impact(material: Material) -> str:
    """Whose word "most cited" is; empty where it was not recorded."""
    rows = {row["origin"]: row for row in material.stored.rows("impact_origins")}
    shares = ((words, rows.get(origin, {}).get("share")) for origin, words in ORIGINS.items())
    parts = [f"{words} for {formats.share(share)}" for words, share in shares if share]
    if not parts:
        return ""
    return (
        "Top 10 % and top 1 % are of the same field, year and type: "
        f"{', '.join(parts)} of the AI works."
    )


def _compared(every: Row, top: Row) -> str:
    """How the most cited tenth differs from all works; nothing where it holds too few works.

    Both as labelled: errors that are alike in both shrink a difference, and never turn it round.
    """
    if every.get("few") or top.get("few"):
        return ""
    bounds = [formats.known(row.get(end)) for row in (every, top) for end in ("low", "high")]
    if any(bound is None for bound in bounds):
        return ""
    low, high, top_low, top_high = (bound or 0.0 for bound in bounds)
    share = f"as labelled, {correction.with_interval(top)}"
    if top_low > high:
        return f"Among the tenth cited most the explicit share is higher: {share}."
    if top_high < low:
        return f"Among the tenth cited most the explicit share is lower: {share}."
    return f"Among the tenth cited most the explicit share is not clearly different: {share}."


def _said(labelled: Row, found: Row, alike: bool) -> str:
    """A share with its interval, the corrected one first; what it is, unless all are ``alike``."""
    if not correction.is_corrected(found):
        words = "" if alike else ", as labelled and uncorrected,"
        return f"{correction.with_interval(labelled)}{words}"
    first = f"about {correction.with_interval(correction.renamed(found))}"
    share = formats.share(labelled.get("share"))
    return (
        f"{first[:-1]}; as labelled {share})"
        if alike
        else (f"{first}, corrected for label errors (as labelled: {share}),")
    )
