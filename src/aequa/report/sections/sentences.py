"""What the opening says in words, written from the data."""

from __future__ import annotations

from aequa.report import formats
from aequa.report.accuracy import harm, uncorrected
from aequa.report.figure import Material
from aequa.report.stored import Row

READINGS = ("explicit", "applied", "hinders")


def sentence(material: Material) -> str:
    """One sentence per fact, written from the data; empty where there is no headline.

    A difference counts only where the two 95 % intervals do not overlap.
    """
    every = {
        reading: material.stored.row("headline", reading=reading, scope="all")
        for reading in READINGS
    }
    explicit, applied, hinders = (every[reading] for reading in READINGS)
    works = formats.known(explicit.get("denominator"))
    if works is None or explicit.get("few") or formats.known(explicit.get("share")) is None:
        return _small(material, explicit)
    text = (
        f"Of {formats.count(explicit.get('denominator'))} works on artificial intelligence, "
        f"{_with_interval(explicit)} give explicit ground that they support a goal"
    )
    if formats.known(applied.get("share")) is not None:
        text += f", and {_with_interval(applied)} name a field in which they are of use"
    if formats.known(hinders.get("share")) is not None:
        text += f"; {_with_interval(hinders)} give ground that they work against a goal"
    top = material.stored.row("headline", reading="explicit", scope="top10")
    return f"{text}. {_compared(explicit, top)}".strip()


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
    return f"{uncorrected(card)} {harm(card)}".strip()


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
    """How the most cited tenth differs from all works; nothing where it holds too few works."""
    if every.get("few") or top.get("few"):
        return ""
    bounds = [formats.known(row.get(end)) for row in (every, top) for end in ("low", "high")]
    if any(bound is None for bound in bounds):
        return ""
    low, high, top_low, top_high = (bound or 0.0 for bound in bounds)
    share = _with_interval(top)
    if top_low > high:
        return f"Among the tenth cited most the explicit share is higher: {share}."
    if top_high < low:
        return f"Among the tenth cited most the explicit share is lower: {share}."
    return f"Among the tenth cited most the explicit share is not clearly different: {share}."


def _with_interval(row: Row) -> str:
    return (
        f"{formats.share(row.get('share'))} ({formats.interval(row.get('low'), row.get('high'))})"
    )
