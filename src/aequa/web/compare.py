"""Two countries or goals side by side: shares with their intervals, and whether these part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aequa.core.countries import countries
from aequa.core.works import CHALLENGES
from aequa.report import formats
from aequa.report.charts.points import Point, described
from aequa.report.figure import estimate
from aequa.report.names import country, name
from aequa.report.sections.country_words import pillar
from aequa.report.words import language, say
from aequa.web.problems import Problem
from aequa.web.site import Site

Row = Mapping[str, Any]
GOALS = tuple(str(one) for one in range(1, 18))


class Side(NamedTuple):
    """One measure of one of the two."""

    value: str
    interval: str
    href: str


class Line(NamedTuple):
    """One measure of both."""

    words: str
    one: Side
    other: Side
    verdict: str
    """Whether the intervals part; empty where there are none"""
    marks: tuple[Any, ...]


def router(site: Site) -> APIRouter:
    """``/{language}/compare?a=KEN&b=GHA`` or ``?a=3&b=13``."""
    made = APIRouter(include_in_schema=False)

    @made.api_route("/{language}/compare", methods=["GET", "HEAD"])
    def compare(request: Request, language: str, a: str = "", b: str = "") -> Response:
        return site.page(request, "compare.html.j2", lambda: _page(site, a, b))

    return made


def _page(site: Site, a: str, b: str) -> Mapping[str, Any]:
    kinds = {_kind(one) for one in (a, b) if one}
    if len(kinds) > 1:
        raise Problem(400, "Two of a kind are compared", "expected two countries or two goals")
    goals = kinds == {"goal"}
    lines = list((_goal_lines if goals else _country_lines)(site, a, b)) if a and b else []
    return {
        "title": say("Compare two goals") if goals else say("Compare two countries"),
        "a": a,
        "b": b,
        "names": (_named(a), _named(b)),
        "hrefs": (_href(a), _href(b)),
        "lines": lines,
        "choices": _choices(goals),
        "is_goals": goals,
    }


def _kind(code: str) -> str:
    """Whether a code is a goal's or a country's.

    Raises:
        Problem: it is neither.
    """
    if code in GOALS:
        return "goal"
    if code in {one.alpha3 for one in countries()}:
        return "country"
    raise Problem(400, "Nothing to compare by that code", "expected a code such as KEN, or 1 to 17")


def _named(code: str) -> str:
    if not code:
        return ""
    return f"{code} {name('goal', int(code))}" if code in GOALS else country(code)


def _href(code: str) -> str:
    return f"/{language()}/{'goals' if code in GOALS else 'countries'}/{code}" if code else ""


def _choices(goals: bool) -> list[tuple[str, str]]:
    codes = GOALS if goals else tuple(one.alpha3 for one in countries())
    named = [(code, _named(code)) for code in codes]
    return named if goals else sorted(named, key=lambda pair: pair[1])


def _country_lines(site: Site, a: str, b: str) -> Iterator[Line]:
    """Works, shares, goals, and the place in the gap index."""
    stored = site.material.stored
    pair = [stored.row("countries", country=code) for code in (a, b)]
    keys = [f"country-{code}" for code in (a, b)]
    yield _counts(site, say("Works on artificial intelligence"), pair, "works_full", keys)
    yield _shares(site, say("Support a goal"), pair, keys)
    for goal in range(1, 18):
        rows = [stored.row("country_goals", country=code, goal=goal) for code in (a, b)]
        if any(rows):
            yield _shares(site, f"{goal} {name('goal', goal)}", rows, keys, f"&goal={goal}")
    ranks = [stored.row("gap_index", iso3=code) for code in (a, b)]
    yield _ranks(say("Place in the gap index"), ranks)
    for each in ("attention", "data", "technology"):
        scores = [stored.row("gap_pillars", iso3=code, pillar=each) for code in (a, b)]
        sides = [Side(formats.decimal(row.get("score"), 1), "", "") for row in scores]
        words = say("{pillar}, 0 to 100", pillar=pillar(each))
        yield Line(words, sides[0], sides[1], "", ())


def _goal_lines(site: Site, a: str, b: str) -> Iterator[Line]:
    """Each contribution in each scope, and the challenges."""
    stored, keys = site.material.stored, [f"goal-{code}-any" for code in (a, b)]
    for part in ("any", "supports", "neutral", "hinders_or_mixed"):
        words = say("concerns the goal") if part == "any" else name("contribution", part)
        for scope in ("all", "top10"):
            rows = [
                stored.row("goals", goal=int(code), contribution=part, scope=scope)
                for code in (a, b)
            ]
            parts = [f"goal-{code}-{part}" for code in (a, b)]
            yield _shares(site, f"{words}, {name('scope', scope)}", rows, parts)
    for challenge in CHALLENGES:
        rows = [
            stored.row("challenge_goals", goal=int(code), challenge=challenge) for code in (a, b)
        ]
        if any(rows):
            words = name("challenge", challenge)
            yield _shares(site, words, rows, keys, f"&challenge={challenge}")


def _counts(site: Site, words: str, rows: Sequence[Row], column: str, keys: list[str]) -> Line:
    sides = [
        Side(formats.count(row.get(column) or 0), "", _works(site, key))
        for row, key in zip(rows, keys, strict=True)
    ]
    return Line(words, sides[0], sides[1], "", ())


def _shares(site: Site, words: str, rows: Sequence[Row], keys: list[str], more: str = "") -> Line:
    """A share of both, and whether their intervals part."""
    sides = [
        Side(
            say("too few works") if row.get("few") else formats.share(row.get("share")),
            "" if row.get("few") else formats.interval(row.get("low"), row.get("high")),
            _works(site, key) + more,
        )
        for row, key in zip(rows, keys, strict=True)
    ]
    known = [None if row.get("few") else _ends(row) for row in rows]
    marks = [
        Point(say("first"), sides[0].value, *estimate(dict(rows[0]))),
        Point(say("second"), sides[1].value, *estimate(dict(rows[1])), css="mixed"),
    ]
    drawn = described(f"compare-{abs(hash(words)) % 10**6}", words, marks) if all(known) else ()
    return Line(words, sides[0], sides[1], verdict(known[0], known[1]), drawn)


def _ends(row: Row) -> tuple[float, float] | None:
    low, high = formats.known(row.get("low")), formats.known(row.get("high"))
    return None if low is None or high is None else (low, high)


def verdict(one: tuple[float, float] | None, other: tuple[float, float] | None) -> str:
    """Which is higher, where the two intervals do not overlap.

    >>> verdict((0.1, 0.2), (0.15, 0.3)), verdict((0.1, 0.2), (0.3, 0.4))
    ('not clearly different', 'the second is higher')
    """
    if one is None or other is None:
        return ""
    if one[0] > other[1]:
        return say("the first is higher")
    if other[0] > one[1]:
        return say("the second is higher")
    return say("not clearly different")


def _ranks(words: str, rows: Sequence[Row]) -> Line:
    sides = [
        Side(
            formats.count(row.get("rank")),
            f"{row['rank_low']:.0f}–{row['rank_high']:.0f}" if row else "",
            "",
        )
        for row in rows
    ]
    held = [(-float(row["rank_high"]), -float(row["rank_low"])) if row else None for row in rows]
    return Line(words, sides[0], sides[1], verdict(held[0], held[1]), ())


def _works(site: Site, key: str) -> str:
    return site.material.works(key, key.partition("-")[0])
