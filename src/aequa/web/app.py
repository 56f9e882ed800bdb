"""The dashboard put together: rooms, door and errors. ``create_app`` is all that servers need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aequa import __version__
from aequa.web import (
    api,
    api_docs,
    assets,
    chapters,
    citing,
    compare,
    countries,
    downloads,
    drill,
    goals,
    network,
    start,
    weights,
    work_page,
)
from aequa.web.problems import Problem
from aequa.web.refusals import refusal
from aequa.web.security import Door
from aequa.web.site import Site, linked

ROOMS = (
    downloads,  # before the rooms whose first part of an address is a language
    start,
    chapters,
    goals,
    countries,
    work_page,
    drill,
    compare,
    network,
    weights,
    citing,
    api_docs,
    api,
)


def create_app(site: Site, hosts: frozenset[str] | None = None, rate: float = 0.0) -> FastAPI:
    """The ASGI application of one report.

    ``hosts``: names in the Host header that are answered, None for any; ``rate``: requests a
    second and address, 0 for any.
    """
    site = replace(site, material=replace(site.material, linked=linked))
    app = FastAPI(
        title="aequa",
        version=__version__,
        description="Evidence on AI and the Sustainable Development Goals, of one report.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    for room in ROOMS:
        app.include_router(room.router(site))
    app.include_router(assets.router())
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)
    app.add_middleware(Door, hosts=hosts, rate=rate)
    return app


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return refusal(request, error)


_USUAL: Mapping[int, str] = {404: "No such page", 405: "Not a method of this page"}


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    told = refusal(request, Problem(error.status_code, _USUAL.get(error.status_code, "Refused")))
    for name, value in (error.headers or {}).items():
        told.headers.setdefault(name, value)
    return told


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return refusal(request, Problem(422, "A parameter is not valid", _why(error.errors())))


def _why(found: Any) -> str:
    """The first fault of each parameter, in one line."""
    return "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in found)


async def _unexpected(request: Request, error: Exception) -> Response:
    return refusal(request, Problem(500, "Something went wrong on the server"))
