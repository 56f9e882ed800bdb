"""The report's chapters as pages: goals, issues, interlinkages, the gap, limits, methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aequa.report.page import methods_of
from aequa.report.sections import opening
from aequa.report.words import say
from aequa.web.site import Site
from aequa.web.start import CHAPTERS

Values = Mapping[str, Any]


def router(site: Site) -> APIRouter:
    """One page for each of them."""
    made = APIRouter(include_in_schema=False)
    pages: dict[str, tuple[str, Callable[[Site], Values]]] = {
        page: ("chapter.html.j2", partial(_chapter, page=page)) for page in _titles()
    }
    pages["limits"] = ("limits.html.j2", _limits)
    pages["methods"] = ("methods_page.html.j2", _methods)
    for page, (template, values) in pages.items():
        made.add_api_route(f"/{{language}}/{page}", _view(site, template, values), methods=["GET"])
        made.add_api_route(f"/{{language}}/{page}", _view(site, template, values), methods=["HEAD"])
    return made


def _view(
    site: Site, template: str, values: Callable[[Site], Values]
) -> Callable[[Request, str], Response]:
    def view(request: Request, language: str) -> Response:
        return site.page(request, template, lambda: values(site))

    return view


def _titles() -> dict[str, str]:
    return {
        "goals": say("How AI works help the goals"),
        "issues": say("What works against the goals"),
        "links": say("Goals that pull each other along"),
        "gap": say("The intelligence gap"),
    }


def _chapter(site: Site, page: str) -> Values:
    shown = site.content()
    parts = [section for section in shown.chapters if CHAPTERS.get(section.key) == page]
    return {
        "title": _titles()[page],
        "page": page,
        "shown": shown,
        "parts": parts,
        "readings": opening.note(site.material),
        "headline": opening.table(site.material),
    }


def _limits(site: Site) -> Values:
    shown = site.content()
    return {"title": shown.limits.title, "shown": shown}


def _methods(site: Site) -> Values:
    return {"title": say("Methods and data"), **methods_of(site.material)}
