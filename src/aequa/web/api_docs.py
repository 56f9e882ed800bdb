"""The page about the API, made on the server from its OpenAPI document; no script is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aequa.report.words import say
from aequa.web.api import example
from aequa.web.site import Site


def router(site: Site) -> APIRouter:
    """``/{language}/api``."""
    made = APIRouter(include_in_schema=False)

    @made.api_route("/{language}/api", methods=["GET", "HEAD"])
    def page(request: Request, language: str) -> Response:
        return site.page(request, "api.html.j2", lambda: _page(request.app.openapi()))

    return made


def _page(document: Mapping[str, Any]) -> Mapping[str, Any]:
    operations = [
        {
            "path": path,
            "summary": told["get"].get("summary", ""),
            "parameters": [_parameter(one) for one in told["get"].get("parameters", ())],
            "example": example(path),
        }
        for path, told in document["paths"].items()
        if "get" in told
    ]
    return {"title": say("For programs (API)"), "operations": operations}


def _parameter(one: Mapping[str, Any]) -> tuple[str, str, str]:
    schema = one.get("schema", {})
    bounds = ", ".join(f"{key} {schema[key]}" for key in ("minimum", "maximum") if key in schema)
    return one["name"], one.get("description", ""), bounds
