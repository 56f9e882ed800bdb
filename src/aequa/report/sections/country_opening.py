"""The opening of a country's edition: five findings, each a number, an interval and a sentence."""

from __future__ import annotations

from collections.abc import Callable

from aequa.core.goals import goals
from aequa.core.works import CHALLENGES
from aequa.report import formats
from aequa.report.figure import Material, drawn
from aequa.report.names import country, name
from aequa.report.sections import country_gap as gap
from aequa.report.sections import country_links as links
from aequa.report.sections.country_beside import Beside, middle, peers, versus
from aequa.report.sections.country_issues import any_challenge, raised
from aequa.report.sections.country_progress import support, supporting
from aequa.report.sections.country_words import indicator
from aequa.report.sections.findings import Finding
from aequa.report.stored import Row
from aequa.report.words import say, say_n


def findings(material: Material, iso3: str) -> tuple[Finding, ...]:
    """The five, in the order of the chapters; one that is not known of the country says so."""
    return (
        progress(material, iso3),
        issues(material, iso3),
        interlinkages(material, iso3),
        rank(material, iso3),
        lift(material, iso3),
    )


def works(material: Material, iso3: str) -> float:
    """How many AI works of the corpus have an author in the country."""
    row = material.stored.row("countries", country=iso3)
    return formats.known(row.get("works_full")) or 0.0


def nothing(iso3: str) -> str:
    """What to say where the corpus has no work of the country."""
    return say(
        "No work of this corpus has an author in {country}, so there is no share to show.",
        country=country(iso3),
    )


def few(row: Row, iso3: str) -> str:
    """What to say where the shares of a country rest on too few works."""
    number = formats.known(row.get("denominator")) or 0.0
    return say_n(
        "Only {n} work of {country} is judged here: too few to speak of a share.",
        "Only {n} works of {country} are judged here: too few to speak of a share.",
        number,
        n=formats.count(number),
        country=country(iso3),
    )


def _share(row: Row) -> tuple[str, str]:
    """The number and its interval; the count of works where they are too few for a share."""
    if not row or formats.known(row.get("share")) is None:
        return formats.missing(), ""
    if row.get("few"):
        of = formats.count(row.get("denominator"))
        return formats.count(row.get("count")), say(
            "of {works} works: too few for a share", works=of
        )
    ends = formats.interval(row.get("low"), row.get("high"))
    return formats.share(row.get("share")), say("95% interval {ends}, as labelled", ends=ends)


def _told(row: Row, iso3: str, sentence: Callable[[], str]) -> str:
    if not row or not formats.known(row.get("denominator")):
        return nothing(iso3)
    return few(row, iso3) if row.get("few") else sentence()


def progress(material: Material, iso3: str) -> Finding:
    """The share of its works that support a goal, and which goal most."""
    own, world = Beside("own", iso3), Beside("world", "world")
    row = support(material, own)
    number, interval = _share(row)
    return Finding(
        topic=say("Progress and development"),
        chapter="country-works",
        number=number,
        interval=interval,
        sentence=_told(
            row, iso3, lambda: _supported(material, iso3, row, support(material, world))
        ),
        href=material.works(f"country-{iso3}", "country"),
        figure=supporting(material, iso3, "finding-progress"),
    )


def _supported(material: Material, iso3: str, row: Row, world: Row) -> str:
    own = Beside("own", iso3)
    counts = {one.goal: support(material, own, one.goal).get("count") or 0.0 for one in goals()}
    most = max(counts, key=lambda goal: (counts[goal], -goal))
    first = say(
        "{share} of the {works} AI works of {country} give explicit ground that they support a "
        "goal.",
        share=formats.share(row["share"]),
        works=formats.count(row["denominator"]),
        country=country(iso3),
    )
    more = ""
    if counts[most]:
        more = say_n(
            "Most often it is goal {goal}, {name}, in {n} work.",
            "Most often it is goal {goal}, {name}, in {n} works.",
            counts[most],
            goal=most,
            name=name("goal", most),
            n=formats.count(counts[most]),
        )
    return " ".join(part for part in (first, versus(row, world), more) if part)


def issues(material: Material, iso3: str) -> Finding:
    """The share of its works that raise a challenge, and which most."""
    own, world = Beside("own", iso3), Beside("world", "world")
    row = raised(material, own)
    number, interval = _share(row)
    return Finding(
        topic=say("Issues"),
        chapter="issues",
        number=number,
        interval=interval,
        sentence=_told(row, iso3, lambda: _raised(material, iso3, row, raised(material, world))),
        href=material.works(f"country-{iso3}", "country"),
        figure=any_challenge(material, iso3, "finding-issues"),
    )


def _raised(material: Material, iso3: str, row: Row, world: Row) -> str:
    own = Beside("own", iso3)
    counts = {each: raised(material, own, each).get("count") or 0.0 for each in CHALLENGES}
    most = max(counts, key=lambda each: counts[each])
    first = say(
        "{share} of the AI works of {country} speak of a challenge that artificial intelligence "
        "raises.",
        share=formats.share(drawn(row)["share"]),
        country=country(iso3),
    )
    more = ""
    if counts[most]:
        more = say_n(
            "Most often it is {challenge}, in {n} work.",
            "Most often it is {challenge}, in {n} works.",
            counts[most],
            challenge=name("challenge", most),
            n=formats.count(counts[most]),
        )
    return " ".join(part for part in (first, versus(row, world), more) if part)


def interlinkages(material: Material, iso3: str) -> Finding:
    """The goal it is furthest from, and what moves with that goal over all countries."""
    known = links.scored(material, iso3)
    order = links.furthest(material, iso3)
    far = order[0] if order else None
    near = [
        one
        for row in material.stored.rows("goal_scores", goal=far)
        if row["iso3"] in peers(material, iso3)
        and (one := formats.known(row.get("score"))) is not None
    ]
    among = (
        say(
            "of 100; peers from {low} to {high}",
            low=formats.decimal(min(near), 0),
            high=formats.decimal(max(near), 0),
        )
        if near
        else say("of 100")
    )
    return Finding(
        topic=say("Interlinkages"),
        chapter="interlink",
        number=formats.decimal(known[far], 0) if far else formats.missing(),
        interval=among if far else "",
        sentence=_furthest(material, iso3, far, known) if far else _unscored(iso3),
        href="",
        figure=links.lowest(material, iso3),
    )


def _unscored(iso3: str) -> str:
    return say("No goal score is known of {country}.", country=country(iso3))


def _furthest(material: Material, iso3: str, far: int, known: dict[int, float]) -> str:
    rank_of, of = links.standing(material, far, known[far])
    held = links.of_goal(material, far)
    first = say(
        "{country} is furthest from goal {goal}, {name}: rank {rank} of {of} countries.",
        country=country(iso3),
        goal=far,
        name=name("goal", far),
        rank=formats.count(rank_of),
        of=formats.count(of),
    )
    if not held:
        none = say("No other goal moves with it beyond common trend and chance.")
        return f"{first} {none}"
    more = say_n(
        "Over all countries {n} other goal moves with it beyond common trend and chance.",
        "Over all countries {n} other goals move with it beyond common trend and chance.",
        len(held),
        n=formats.count(len(held)),
    )
    return f"{first} {more}"


def rank(material: Material, iso3: str) -> Finding:
    """Its rank in the index of the gap, with the interval, beside its peers."""
    row = material.stored.row("gap_index", iso3=iso3)
    count = len(material.stored.rows("gap_index"))
    return Finding(
        topic=say("The intelligence gap"),
        chapter="divide",
        number=formats.count(row["rank"]) if row else formats.missing(),
        interval=say("90% interval of ranks {ranks}", ranks=gap.ranks(row)) if row else "",
        sentence=_ranked(material, iso3, row, count) if row else gap.unranked(iso3),
        href="",
        figure=gap.index(material, iso3, "finding-gap"),
    )


def _ranked(material: Material, iso3: str, row: Row, count: int) -> str:
    near = [material.stored.row("gap_index", iso3=one) for one in peers(material, iso3)]
    beside = middle([formats.known(one.get("score")) for one in near])
    first = say(
        "{country} has {score} of 100 points in the intelligence-gap index, rank {rank} of {count} "
        "countries and territories.",
        country=country(iso3),
        score=formats.decimal(row["score"], 1),
        rank=formats.count(row["rank"]),
        count=formats.count(count),
    )
    more = ""
    if beside is not None:
        points = formats.decimal(beside, 1)
        more = say("The median of its peers is {points} points.", points=points)
    return f"{first} {more}".strip()


def lift(material: Material, iso3: str) -> Finding:
    """What would raise its rank most."""
    row = material.stored.row("gap_raises", iso3=iso3, place=1)
    return Finding(
        topic=say("What would help most"),
        chapter="divide",
        number=f"+{formats.decimal(row['index_gain'], 1)}" if row else formats.missing(),
        interval=say("points of the index, all else unchanged; no interval") if row else "",
        sentence=_lifted(row, iso3) if row else _unlifted(material, iso3),
        href="",
        figure=gap.raises(material, iso3, "finding-raise"),
    )


def _lifted(row: Row, iso3: str) -> str:
    if row["rank_after"] == row["rank"]:
        return say(
            "{indicator}: were {country} at the 75th percentile of its peers, its rank would still "
            "be {rank}. This says what the index reacts to, not what is cheap or wise.",
            indicator=indicator(row["indicator"], row["indicator_name"]),
            country=country(iso3),
            rank=formats.count(row["rank"]),
        )
    return say(
        "{indicator}: were {country} at the 75th percentile of its peers, its rank would go from "
        "{rank} to {after}. This says what the index reacts to, not what is cheap or wise.",
        indicator=indicator(row["indicator"], row["indicator_name"]),
        country=country(iso3),
        rank=formats.count(row["rank"]),
        after=formats.count(row["rank_after"]),
    )


def _unlifted(material: Material, iso3: str) -> str:
    if not material.stored.row("gap_index", iso3=iso3):
        return gap.unranked(iso3)
    return say(
        "{country} stands at or above the 75th percentile of its peers in all that is known of it.",
        country=country(iso3),
    )
