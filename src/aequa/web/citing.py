"""A page for every figure: the figure, how to cite it, and its pictures to take along.

A figure is at ``/{language}/figures/{place}/{key}``: its place is ``report``, a country's code or
``goal-3``. Its pictures are at the same address with ``.svg`` and ``.png``, its citation ``.bib``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aequa.core.countries import countries
from aequa.report import pictures
from aequa.report.charts import standalone
from aequa.report.figure import Figure
from aequa.report.names import country, name
from aequa.report.sections.methods import spec_digest
from aequa.report.words import LANGUAGES, say
from aequa.web import goals
from aequa.web.problems import Problem
from aequa.web.replies import Reply, answer, reply
from aequa.web.site import Site

KINDS = ("svg", "png", "bib")
REPORT = "report"


def router(site: Site) -> APIRouter:
    """Figures by their place and key."""
    made = APIRouter(include_in_schema=False)

    @made.api_route("/{language}/figures/{place}/{file}", methods=["GET", "HEAD"])
    def figure(request: Request, language: str, place: str, file: str) -> Response:
        if language not in LANGUAGES:
            raise Problem(404, "No such figure")
        key, _, kind = file.rpartition(".")
        if kind in KINDS and key:
            return answer(request, site.once(request, lambda: _file(site, place, key, kind)))
        return site.page(request, "cite.html.j2", lambda: _page(site, place, file))

    return made


def figures(site: Site, place: str) -> Sequence[Figure]:
    """All figures of a place.

    Raises:
        Problem: there is no such place.
    """
    if place == REPORT:
        return site.content().figures()
    if place in {each.alpha3 for each in countries()}:
        return site.content(place).figures()
    kind, _, goal = place.partition("-")
    if kind == "goal" and goal in {str(each) for each in range(1, 18)}:
        return goals.figures(site, int(goal))
    raise Problem(404, "No such figure")


def _file(site: Site, place: str, key: str, kind: str) -> Reply:
    sent = (("Content-Disposition", f'attachment; filename="{place}-{key}.{kind}"'),)
    if kind == "bib":
        text = bibtex(site, place, _named(figures(site, place), key))
        return reply(text.encode(), "application/x-bibtex; charset=utf-8", sent)
    found = [each for each in figures(site, place) if key in pictures.pictures(each)]
    if not found:
        raise Problem(404, "No such figure")
    drawn = pictures.document(found[0], key, site.material.about)
    if kind == "svg":
        return reply(drawn.encode(), "image/svg+xml", sent)
    if not standalone.writes_text():
        raise Problem(404, "No font on this server")
    return reply(standalone.png(drawn), "image/png", sent)


def _named(held: Sequence[Figure], key: str) -> Figure:
    found = next((figure for figure in held if figure.key == key), None)
    if found is None:
        raise Problem(404, "No such figure")
    return found


def _page(site: Site, place: str, key: str) -> Mapping[str, Any]:
    found = _named(figures(site, place), key)
    return {
        "title": found.title,
        "figure_shown": found,
        "place": place,
        "citation": citation(site, place, found),
        "bibtex": bibtex(site, place, found),
        "digests": digests(site, found),
    }


def digests(site: Site, figure: Figure) -> list[tuple[str, str]]:
    """The tables that a figure rests on, each with the digest of its provenance."""
    tables = site.material.stored.tables
    return [(one, spec_digest(tables[one])) for one in figure.tables if one in tables]


def citation(site: Site, place: str, figure: Figure) -> str:
    """The words to cite a figure by: title, program, version, date and digests; no address."""
    about = site.material.about
    rests = ", ".join(f"{one} {digest}" for one, digest in digests(site, figure))
    return say(
        "“{title}” ({subject}). Figure made by aequa {version} on {date}, from the tables: "
        "{tables}. Report {digest}.",
        title=figure.title,
        subject=_subject(place),
        version=about.get("version") or "?",
        date=about.get("created") or "?",
        tables=rests or say("none"),
        digest=site.digest[:12],
    )


def _subject(place: str) -> str:
    if place == REPORT:
        return say("all works of the report")
    kind, _, goal = place.partition("-")
    return f"{goal} {name('goal', int(goal))}" if kind == "goal" else country(place)


def bibtex(site: Site, place: str, figure: Figure) -> str:
    """The same as a BibTeX entry of type ``misc``."""
    about = site.material.about
    year = str(about.get("created") or "")[:4]
    rests = "; ".join(f"{one} {digest}" for one, digest in digests(site, figure))
    fields = {
        "title": f"{{{_plain(figure.title)}}}",
        "author": "{{aequa}}",
        "year": f"{{{year}}}",
        "howpublished": f"{{aequa {_plain(str(about.get('version') or ''))}, {_plain(place)}}}",
        "note": f"{{Report {site.digest[:12]}; tables: {_plain(rests)}}}",
    }
    lines = ",\n".join(f"  {field} = {value}" for field, value in fields.items() if value != "{}")
    return f"@misc{{aequa-{place}-{figure.key}-{site.digest[:8]},\n{lines}\n}}\n"


def _plain(text: str) -> str:
    r"""A text for BibTeX: what it would take for itself is escaped.

    >>> _plain("95% of {a}_b")
    '95\\% of \\{a\\}\\_b'
    """
    return "".join(f"\\{sign}" if sign in "%{}_&$#" else sign for sign in text)
