"""The first page: five findings; and the way to it in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from aequa.report.words import LANGUAGES, say
from aequa.web.problems import Problem
from aequa.web.site import Site

CHAPTERS = {
    "goals": "goals",
    "development": "goals",
    "issues": "issues",
    "interlink": "links",
    "divide": "gap",
    "means": "gap",
    "commons": "gap",
}
"""On which page of the dashboard a chapter of the report is."""


def router(site: Site) -> APIRouter:
    """``/``, ``/{language}/`` and ``/robots.txt``."""
    made = APIRouter(include_in_schema=False)

    @made.api_route("/", methods=["GET", "HEAD"])
    def root(request: Request) -> Response:
        language = preferred(request.headers.get("accept-language", ""))
        return RedirectResponse(
            f"/{language}/", 303, {"Vary": "Accept-Language", "Cache-Control": "no-cache"}
        )

    @made.api_route("/robots.txt", methods=["GET", "HEAD"])
    def robots() -> Response:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    @made.api_route("/{language}", methods=["GET", "HEAD"])
    def without_slash(language: str) -> Response:
        if language not in LANGUAGES:
            raise Problem(404, "No such page")
        return RedirectResponse(f"/{language}/", 308)

    @made.api_route("/{language}/", methods=["GET", "HEAD"])
    def overview(request: Request, language: str) -> Response:
        return site.page(request, "overview.html.j2", lambda: _overview(site))

    return made


def _overview(site: Site) -> Mapping[str, Any]:
    shown = site.content()
    return {
        "title": say("AI research and the Sustainable Development Goals"),
        "description": shown.standfirst,
        "shown": shown,
        "chapter_of": CHAPTERS,
    }


def preferred(told: str) -> str:
    """The language of ``LANGUAGES`` that Accept-Language (RFC 9110) wants most; else English.

    >>> preferred("de;q=0.9, pt-BR;q=0.8, en;q=0.1"), preferred("nonsense;q=x")
    ('pt', 'en')
    """
    best, weight = "en", 0.0
    for one in told.split(",")[:20]:
        tag, _, rest = one.strip().partition(";")
        code = tag.strip().partition("-")[0].lower()
        quality = _quality(rest)
        if code in LANGUAGES and quality > weight:
            best, weight = code, quality
    return best


def _quality(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if not text.strip():
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
