"""The challenges that a country's works raise, beside peers, region and world."""

from __future__ import annotations

from aequa.core.works import CHALLENGES
from aequa.report import formats
from aequa.report.charts.points import described
from aequa.report.figure import Cell, Figure, Grid, Material, Section
from aequa.report.names import name
from aequa.report.sections.country_beside import (
    Beside,
    caveat,
    compared,
    legend,
    peers,
    pooled,
    share_beside,
    shares,
)
from aequa.report.stored import Row
from aequa.report.words import say


def section(material: Material, iso3: str) -> Section:
    """What the country's works are concerned about."""
    return Section(
        key="issues",
        title=say("What its works are concerned about"),
        lead=say(
            "A work on a remedy raises the challenge too, so these shares count attention, not "
            "damage."
        ),
        figures=(any_challenge(material, iso3), challenges(material, iso3)),
    )


def raised(material: Material, one: Beside, challenge: str = "any") -> Row:
    """The share of a place's works that raise a challenge."""
    stored = material.stored
    if one.role == "world":
        return stored.row("challenges", challenge=challenge, scope="all")
    if one.role == "region":
        where = {"grouping": "region", "group": one.code, "challenge": challenge}
        return stored.row("group_challenges", **where)
    return stored.row("country_challenges", country=one.code, challenge=challenge)


def any_challenge(material: Material, iso3: str, key: str = "country-challenged") -> Figure:
    """The share of works that raise any challenge."""
    about = Figure(
        key,
        say("Works that raise a challenge"),
        say("Share of AI works that speak of one challenge or more."),
        tables=("country_challenges", "group_challenges", "challenges"),
    )
    return shares(material, iso3, about, lambda one: raised(material, one))


def challenges(material: Material, iso3: str) -> Figure:
    """Each challenge that the country's works raise, beside the world."""
    own, *_, world = compared(material, iso3)
    rows = {each: raised(material, own, each) for each in CHALLENGES}
    order = sorted(
        (each for each, row in rows.items() if row.get("count")),
        key=lambda each: (-rows[each]["count"], each),
    )
    marks = [
        share_beside(name("challenge", each), rows[each], raised(material, world, each))
        for each in order
    ]
    title = say("Which challenges")
    return Figure(
        key="country-challenges",
        title=title,
        lead=say("Each challenge that a work of the country raises, beside the world."),
        charts=described("country-challenges", title, marks),
        grid=Grid(
            (
                say("Challenge"),
                say("Works"),
                say("Share"),
                say("95% interval"),
                say("Peers together"),
                say("Region"),
                say("World"),
                say("n"),
            ),
            tuple(_line(material, iso3, each) for each in CHALLENGES if rows[each]),
        ),
        basis=caveat(),
        tables=("country_challenges", "group_challenges", "challenges"),
        legend=legend(material, iso3, world=True),
    )


def _line(material: Material, iso3: str, challenge: str) -> tuple[Cell, ...]:
    own, *others = compared(material, iso3)
    row = raised(material, own, challenge)
    near = pooled(
        [raised(material, Beside("peer", one), challenge) for one in peers(material, iso3)]
    )
    region = next((raised(material, one, challenge) for one in others if one.role == "region"), {})
    return (
        Cell(name("challenge", challenge), numeric=False),
        Cell(formats.count(row.get("count")), material.works(f"country-{iso3}", "challenge")),
        Cell(formats.share(row.get("share"))),
        Cell(formats.interval(row.get("low"), row.get("high"))),
        Cell(formats.share(near.get("share"))),
        Cell(formats.share(region.get("share"))),
        Cell(formats.share(raised(material, others[-1], challenge).get("share"))),
        Cell(formats.count(row.get("denominator"))),
    )
