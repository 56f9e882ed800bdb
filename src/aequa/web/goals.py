"""One goal: what works do for it, year by year, and which goals it moves with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aequa.report import formats
from aequa.report.charts.points import Point, described
from aequa.report.charts.trend import trend
from aequa.report.figure import (
    Cell,
    Figure,
    Grid,
    basis,
    ends,
    estimate,
    share_cells,
    share_heads,
)
from aequa.report.names import country, name
from aequa.report.stored import Row
from aequa.report.words import language, say
from aequa.web.problems import Problem
from aequa.web.site import Site

PARTS = ("supports", "neutral", "hinders_or_mixed")
SCOPES = ("all", "top10", "top1")
MOST = 12
"""Countries that the page of a goal draws."""


def router(site: Site) -> APIRouter:
    """``/{language}/goals/{goal}``."""
    made = APIRouter(include_in_schema=False)

    @made.api_route("/{language}/goals/{goal}", methods=["GET", "HEAD"])
    def page(request: Request, language: str, goal: str) -> Response:
        if goal not in {str(each) for each in range(1, 18)}:
            raise Problem(404, "No such goal")
        return site.page(request, "goal.html.j2", lambda: _page(site, int(goal)))

    return made


def _page(site: Site, goal: int) -> Mapping[str, Any]:
    return {
        "title": f"{goal} {name('goal', goal)}",
        "goal": goal,
        "place": f"goal-{goal}",
        "figures": figures(site, goal),
        "works_href": site_works(site, f"goal-{goal}-any"),
    }


def site_works(site: Site, key: str) -> str:
    """The drill-down behind a key."""
    return site.material.works(key, key.partition("-")[0])


def figures(site: Site, goal: int) -> list[Figure]:
    """Contribution, years, challenges, countries and links of one goal."""
    return [
        _contributions(site, goal),
        _years(site, goal),
        _challenges(site, goal),
        _countries(site, goal),
        _links(site, goal),
    ]


def _contributions(site: Site, goal: int) -> Figure:
    """Each part in each scope, as a point with its interval."""
    rows = [
        row
        for part in ("any", *PARTS)
        for scope in SCOPES
        if (row := site.material.stored.row("goals", goal=goal, contribution=part, scope=scope))
    ]
    marks = [
        Point(
            f"{_part(row)}, {name('scope', row['scope'])}",
            formats.share(row.get("share")),
            *estimate(row),
            css="hinders" if row["contribution"] == "hinders_or_mixed" else "supports",
        )
        for row in rows
        if not row.get("few")
    ]
    lines = (
        (
            Cell(_part(row), numeric=False),
            Cell(name("scope", row["scope"]), numeric=False),
            *share_cells(row, site_works(site, f"goal-{goal}-{row['contribution']}")),
        )
        for row in rows
    )
    title = say("What works do for it")
    return Figure(
        f"goal-{goal}-parts",
        title,
        charts=described(f"goal-{goal}-parts", title, marks),
        grid=Grid((say("Contribution"), say("Scope"), *share_heads()), tuple(lines)),
        basis=f"{say('As labelled.')} {basis(rows)}" if rows else "",
        tables=("goals",),
    )


def _part(row: Row) -> str:
    part = row["contribution"]
    return say("concerns the goal") if part == "any" else name("contribution", part)


def _years(site: Site, goal: int) -> Figure:
    """The share of works that support the goal, year by year."""
    rows = site.material.stored.rows("progress", goal=goal)
    known = sorted((row for row in rows if row.get("year")), key=lambda row: row["year"])
    points = [(row["year"], *estimate(row)) for row in known if not row.get("few")]
    title = say("Share of works that support it, by year")
    lines = (
        (
            Cell(str(row["year"]), numeric=False),
            *share_cells(row, f"{site_works(site, f'goal-{goal}-supports')}&year={row['year']}"),
        )
        for row in known
    )
    chart = (
        trend(f"goal-{goal}-years", title, ends(points), points, label="", goal=goal)
        if points
        else None
    )
    return Figure(
        f"goal-{goal}-years",
        title,
        charts=(chart,) if chart else (),
        grid=Grid((say("Year"), *share_heads()), tuple(lines)),
        basis=f"{say('As labelled.')} {basis(known)}" if known else "",
        tables=("progress",),
    )


def _challenges(site: Site, goal: int) -> Figure:
    rows = [
        row
        for row in site.material.stored.rows("challenge_goals", goal=goal)
        if row.get("challenge") not in {None, "any"}
    ]
    rows.sort(key=lambda row: -(formats.known(row.get("share")) or 0.0))
    title = say("Challenges that its works raise")
    marks = [
        Point(
            name("challenge", row["challenge"]),
            formats.share(row.get("share")),
            *estimate(row),
            css="mixed",
        )
        for row in rows
    ]
    lines = (
        (
            Cell(name("challenge", row["challenge"]), numeric=False),
            *share_cells(
                row,
                f"{site_works(site, f'goal-{goal}-any')}&challenge={row['challenge']}",
            ),
        )
        for row in rows
    )
    return Figure(
        f"goal-{goal}-challenges",
        title,
        charts=described(f"goal-{goal}-challenges", title, marks),
        grid=Grid((say("Challenge"), *share_heads()), tuple(lines)),
        basis=f"{say('As labelled.')} {basis(rows)}" if rows else "",
        tables=("challenge_goals",),
    )


def _countries(site: Site, goal: int) -> Figure:
    """The countries with most works on the goal, by the share of their own works."""
    rows = [
        row
        for row in site.material.stored.rows("country_goals", goal=goal)
        if row.get("country") not in {None, "unknown"}
    ]
    rows.sort(key=lambda row: -(formats.known(row.get("count")) or 0.0))
    shown = [row for row in rows if not row.get("few")][:MOST]
    title = say("Countries with most works on it, by the share of their works")
    marks = [
        Point(country(row["country"]), formats.share(row.get("share")), *estimate(row))
        for row in shown
    ]
    lines = (
        (
            Cell(
                country(row["country"]), f"/{language()}/countries/{row['country']}", numeric=False
            ),
            *share_cells(row, f"{site_works(site, f'goal-{goal}-any')}&country={row['country']}"),
        )
        for row in rows[:60]
    )
    return Figure(
        f"goal-{goal}-countries",
        title,
        charts=described(f"goal-{goal}-countries", title, marks),
        grid=Grid((say("Country"), *share_heads()), tuple(lines)),
        basis=f"{say('As labelled.')} {basis(shown)}" if shown else "",
        tables=("country_goals",),
    )


def _links(site: Site, goal: int) -> Figure:
    """Goals that it moves with beyond chance."""
    named = f"goal:{goal}"
    rows = [
        row
        for row in site.material.stored.rows("goal_links", level="goal", group="all")
        if row.get("holds") and named in {row["source"], row["target"]}
    ]
    lines = []
    for row in sorted(rows, key=lambda row: -abs(row["estimate"])):
        other = row["target"] if row["source"] == named else row["source"]
        number = int(str(other).partition(":")[2])
        low, high = (formats.decimal(row.get(end)) for end in ("low", "high"))
        lines.append(
            (
                Cell(f"{number} {name('goal', number)}", numeric=False),
                Cell(str(row["method"]), numeric=False),
                Cell(formats.decimal(row.get("estimate"))),
                Cell(f"{low} – {high}"),
                Cell(formats.decimal(row.get("q"), 3)),
            )
        )
    heads = (say("Goal"), say("Method"), say("Estimate"), say("95% interval"), say("q"))
    return Figure(
        f"goal-{goal}-links",
        say("Goals that it moves with beyond chance"),
        grid=Grid(heads, tuple(lines)),
        basis=say("From the bundled panel of indicators, not from the works."),
        tables=("goal_links",),
    )
