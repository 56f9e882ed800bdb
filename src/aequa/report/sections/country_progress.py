"""A country's works by goal: how many support or hinder each, beside peers, region and world."""

from __future__ import annotations

from aequa.core.goals import goals
from aequa.report import formats
from aequa.report.charts.points import described
from aequa.report.figure import Cell, Figure, Grid, Material, Section
from aequa.report.names import country, name
from aequa.report.sections.country_beside import (
    Beside,
    caveat,
    compared,
    legend,
    peers,
    pooled,
    rule,
    share_beside,
    shared,
    shares,
)
from aequa.report.stored import Row
from aequa.report.words import say

SHOWN = 8
"""Goals drawn; the table has all of them."""


def section(material: Material, iso3: str) -> Section:
    """How the country's works serve the goals."""
    return Section(
        key="country-works",
        title=say("What its works do for the goals"),
        lead=rule(material, iso3),
        figures=(
            supporting(material, iso3),
            by_goal(material, iso3),
            hindering(material, iso3),
        ),
    )


def support(material: Material, one: Beside, goal: int = 0) -> Row:
    """The share of a place's works that support a goal; goal 0 is any goal."""
    stored = material.stored
    if one.role == "region":
        if goal:
            return stored.row("group_goals", grouping="region", group=one.code, goal=goal)
        return stored.row("groups", grouping="region", group=one.code)
    if one.role == "world":
        return _of_world(material, goal)
    where = {"country": one.code, "goal": goal, "contribution": "supports"}
    return stored.row("country_contributions", **where)


def hinder(material: Material, one: Beside, goal: int = 0) -> Row:
    """The same for works that hinder it; not known of regions."""
    if one.role == "region":
        return {}
    if one.role == "world":
        if not goal:
            return material.stored.row("headline", reading="hinders", scope="all")
        where = {"goal": goal, "contribution": "hinders_or_mixed", "scope": "all"}
        return material.stored.row("goals", **where)
    where = {"country": one.code, "goal": goal, "contribution": "hinders_or_mixed"}
    return material.stored.row("country_contributions", **where)


def _of_world(material: Material, goal: int) -> Row:
    """Supports or mixed, which are never of one work and goal at once."""
    if not goal:
        return material.stored.row("headline", reading="explicit", scope="all")
    rows = [
        material.stored.row("goals", goal=goal, contribution=each, scope="all")
        for each in ("supports", "mixed")
    ]
    first = rows[0]
    count = sum(formats.known(row.get("count")) or 0.0 for row in rows)
    works, lost = (formats.known(first.get(one)) or 0.0 for one in ("denominator", "unknown"))
    return shared(count, works, lost)


def supporting(material: Material, iso3: str, key: str = "country-supports") -> Figure:
    """The share of works that support any goal."""
    about = Figure(
        key,
        say("Works that support a goal"),
        say("Share of AI works whose text gives explicit ground that they support a goal."),
        tables=("country_contributions", "groups", "headline"),
    )
    return shares(material, iso3, about, lambda one: support(material, one))


def by_goal(material: Material, iso3: str) -> Figure:
    """The goals that the country's works support most, each beside the world."""
    own, *_, world = compared(material, iso3)
    rows = {goal.goal: support(material, own, goal.goal) for goal in goals()}
    order = sorted(
        (goal for goal, row in rows.items() if row.get("count")),
        key=lambda goal: (-rows[goal]["count"], goal),
    )
    marks = [
        share_beside(f"{goal} {name('goal', goal)}", rows[goal], support(material, world, goal))
        for goal in order[:SHOWN]
    ]
    title = say("Goals that they support")
    grid = tuple(_goal(material, iso3, goal) for goal in rows if rows[goal])
    return Figure(
        key="country-goals",
        title=title,
        lead=say(
            "The {count} goals with most works, each beside the world; the table has all goals.",
            count=formats.count(min(len(order), SHOWN)),
        )
        if order
        else "",
        charts=described("country-goals", title, marks),
        grid=Grid(_heads(), grid),
        basis=caveat(),
        tables=("country_contributions", "group_goals", "goals"),
        legend=legend(material, iso3, world=True),
    )


def _heads() -> tuple[str, ...]:
    return (
        say("Goal"),
        say("Support"),
        say("Share"),
        say("95% interval"),
        say("Peers together"),
        say("Region"),
        say("World"),
        say("Hinder"),
        say("n"),
    )


def _goal(material: Material, iso3: str, goal: int) -> tuple[Cell, ...]:
    own, *others = compared(material, iso3)
    row, against = support(material, own, goal), hinder(material, own, goal)
    near = pooled([support(material, Beside("peer", one), goal) for one in peers(material, iso3)])
    region = next((support(material, one, goal) for one in others if one.role == "region"), {})
    href = material.works(f"country-{iso3}", "goal")
    return (
        Cell(f"{goal} {name('goal', goal)}", numeric=False),
        Cell(formats.count(row.get("count")), href),
        Cell(formats.share(row.get("share"))),
        Cell(formats.interval(row.get("low"), row.get("high"))),
        Cell(formats.share(near.get("share"))),
        Cell(formats.share(region.get("share"))),
        Cell(formats.share(support(material, others[-1], goal).get("share"))),
        Cell(formats.count(against.get("count")), href),
        Cell(formats.count(row.get("denominator"))),
    )


def hindering(material: Material, iso3: str) -> Figure:
    """The share of works that hinder any goal."""
    about = Figure(
        "country-hinders",
        say("Works that describe harm to a goal"),
        say(
            "Share of AI works of {country} and others whose text gives ground that they hinder a "
            "goal, or both help and hinder it.",
            country=country(iso3),
        ),
        tables=("country_contributions", "headline"),
    )
    return shares(material, iso3, about, lambda one: hinder(material, one))
