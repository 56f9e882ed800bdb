"""The gap explorer: the index with a reader's weights, its rank intervals moving along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aequa.core.countries import countries
from aequa.report import formats
from aequa.report.charts.ranks import Ranked, ranks
from aequa.report.names import country
from aequa.report.sections.country_words import pillar
from aequa.report.words import say
from aequa.web.problems import Problem
from aequa.web.site import Site

PILLARS = (
    "attention",
    "data",
    "technology",
    "electricity",
    "connectivity",
    "skills",
    "compute",
    "language",
    "human_capital",
)
TOPS = PILLARS[:3]
"""Of these the index is made; the others make up technology."""
MOST = 10.0
MEANS = ("arithmetic", "geometric")
Row = Mapping[str, Any]


class Asked(NamedTuple):
    """What the sliders say."""

    weights: dict[str, float]
    aggregate: str
    focus: str
    """A country to watch; empty for none"""


def router(site: Site) -> APIRouter:
    """``/{language}/gap/weights``."""
    made = APIRouter(include_in_schema=False)

    @made.api_route("/{language}/gap/weights", methods=["GET", "HEAD"])
    def weights(request: Request, language: str) -> Response:
        return site.page(request, "weights.html.j2", lambda: _page(site, request.query_params))

    return made


def asked(told: Mapping[str, str]) -> Asked:
    """The sliders of a query, checked.

    Raises:
        Problem: a weight is no number from 0 to 10, or all of the index weigh nothing.
    """
    found = {name: _weight(name, told.get(name) or "1") for name in PILLARS}
    if not any(found[name] for name in TOPS):
        raise Problem(400, "All weights are 0", "expected one of the three parts above 0")
    aggregate, focus = told.get("aggregate") or MEANS[0], told.get("focus", "")
    if aggregate not in MEANS:
        raise Problem(400, "aggregate is not valid", f"expected one of {', '.join(MEANS)}")
    if focus and focus not in {one.alpha3 for one in countries()}:
        raise Problem(400, "focus is not valid", "expected an ISO 3166-1 code such as KEN")
    return Asked(found, aggregate, focus)


def _weight(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= MOST:
        raise Problem(400, f"{name} is not valid", f"{name}: expected a number from 0 to {MOST:g}")
    return value


def _page(site: Site, told: Mapping[str, str]) -> Mapping[str, Any]:
    wanted = asked(told)
    usual = {row["iso3"]: row for row in site.material.stored.rows("gap_index")}
    rows = _weighed(site, wanted)
    return {
        "title": say("Weigh the index yourself"),
        "asked": wanted,
        "sliders": [(name, pillar(name), wanted.weights[name]) for name in PILLARS],
        "tops": TOPS,
        "most": MOST,
        "means": [("arithmetic", say("arithmetic mean")), ("geometric", say("geometric mean"))],
        "countries": sorted(((code, country(code)) for code in usual), key=lambda pair: pair[1]),
        "able": rows is not None,
        "lines": [_line(row, usual.get(row["iso3"], {})) for row in rows or ()],
        "focus": _focus(wanted, rows or (), usual),
        "chart": _chart(rows or (), wanted.focus),
    }


def _weighed(site: Site, wanted: Asked) -> list[Row] | None:
    """The ranked countries, best first; None where this server has no engine."""
    if site.engines.reweigh is None:
        return None
    rows = site.engines.reweigh(wanted.weights, wanted.aggregate)
    return [row for row in rows if formats.known(row["score"]) is not None]


def _place(row: Row) -> str:
    """A rank and the ranks between which it lies."""
    if formats.known(row.get("rank")) is None:
        return formats.missing()
    return f"{row['rank']:.0f} ({row['rank_low']:.0f}–{row['rank_high']:.0f})"


def _line(row: Row, usual: Row) -> tuple[str, str, str, str, str]:
    return (
        row["iso3"],
        country(row["iso3"]),
        formats.decimal(row["score"], 1),
        _place(row),
        _place(usual),
    )


def _focus(wanted: Asked, rows: list[Row] | tuple[Row, ...], usual: Mapping[str, Row]) -> str:
    """One sentence on the country that is watched."""
    found = next((row for row in rows if row["iso3"] == wanted.focus), None)
    if found is None:
        return ""
    return say(
        "{country}: place {now} with these weights, {before} with equal ones.",
        country=country(wanted.focus),
        now=_place(found),
        before=_place(usual.get(wanted.focus, {})),
    )


def _chart(rows: list[Row] | tuple[Row, ...], focus: str) -> Any:
    """All countries in order, each with its rank interval."""
    if not rows:
        return ""
    named = {focus} if focus else {row["iso3"] for row in rows[:3]}
    marks = [
        Ranked(
            country(row["iso3"]),
            float(row["rank"]),
            float(row["rank_low"]),
            float(row["rank_high"]),
            named=row["iso3"] in named,
            css="hinders" if row["iso3"] == focus else "",
        )
        for row in rows
    ]
    told = "; ".join(
        f"{mark.label}: {mark.rank:g} ({mark.low:g}–{mark.high:g})" for mark in marks[:20]
    )
    return ranks("weights-ranks", say("Places of all countries with these weights"), told, marks)
