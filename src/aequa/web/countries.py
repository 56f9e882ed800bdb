"""Countries: the list to find one in, and the page of each, against its peers."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aequa.core.countries import countries as all_countries
from aequa.report import country as one
from aequa.report import formats
from aequa.report.names import country
from aequa.report.words import say
from aequa.web.problems import Problem
from aequa.web.site import Site


class Line(NamedTuple):
    """One country in the list."""

    code: str
    name: str
    works: str
    rank: str
    letter: str


def router(site: Site) -> APIRouter:
    """``/{language}/countries`` and ``/{language}/countries/{iso3}``."""
    made = APIRouter(include_in_schema=False)

    @made.api_route("/{language}/countries", methods=["GET", "HEAD"])
    def listed(request: Request, language: str, q: str = "") -> Response:
        return site.page(request, "countries.html.j2", lambda: _listed(site, q))

    @made.api_route("/{language}/countries/{iso3}", methods=["GET", "HEAD"])
    def page(request: Request, language: str, iso3: str) -> Response:
        if iso3 != iso3.upper():
            return RedirectResponse(f"/{language}/countries/{iso3.upper()}", 308)
        return site.page(request, "country.html.j2", lambda: _page(site, iso3))

    return made


def _listed(site: Site, asked: str) -> Mapping[str, Any]:
    every = lines(site)
    wanted = folded(asked)
    found = [line for line in every if wanted in folded(line.name) or wanted == line.code.lower()]
    found.sort(key=lambda line: _far(line, wanted))
    return {"title": say("Countries"), "asked": asked, "found": found, "all": len(every)}


def _far(line: Line, wanted: str) -> int:
    """Whole names and codes first, then names that begin so, then all others."""
    named = folded(line.name)
    if not wanted or wanted in (named, line.code.lower()):
        return 0
    return 1 if named.startswith(wanted) else 2


def lines(site: Site) -> list[Line]:
    """Every country, by its name in the language that is spoken."""
    works = {row["country"]: row for row in site.material.stored.rows("countries")}
    ranks = {row["iso3"]: row for row in site.material.stored.rows("gap_index")}
    found = []
    for code in (each.alpha3 for each in all_countries()):
        held, rank = works.get(code, {}), ranks.get(code)
        place = (
            f"{formats.count(rank['rank'])} ({rank['rank_low']}–{rank['rank_high']})"
            if rank
            else formats.missing()
        )
        named = country(code)
        first = folded(named)[:1].upper()
        found.append(Line(code, named, formats.count(held.get("works_full") or 0), place, first))
    return sorted(found, key=lambda line: folded(line.name))


def folded(text: str) -> str:
    """A text for comparing: lower case, without accents.

    >>> folded("Côte d’Ivoire")
    'cote d’ivoire'
    """
    apart = unicodedata.normalize("NFD", text.casefold().strip())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _page(site: Site, iso3: str) -> Mapping[str, Any]:
    if iso3 not in {each.alpha3 for each in all_countries()}:
        raise Problem(404, "No such country")
    shown = site.content(iso3)
    return {
        "title": country(iso3),
        "description": shown.standfirst,
        "iso3": iso3,
        "place": iso3,
        "shown": shown,
        "works": one.examples(site.material.stored, iso3)[:10],
    }
