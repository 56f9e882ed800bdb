"""Style, script and icon: a closed set of files, named with their digest so that they never age."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aequa.web.problems import Problem
from aequa.web.replies import Reply, answer, reply

MEDIA = {
    "site.css": "text/css; charset=utf-8",
    "app.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
FOREVER = "public, max-age=31536000, immutable"


def href(file: str) -> str:
    """The address of a file, with the first letters of its digest."""
    return f"/static/{_digest(file)}/{file}"


@cache
def file_reply(file: str) -> Reply:
    """The content of a file as it is sent; ``site.css`` begins with the report's style."""
    text = files("aequa.web").joinpath("static").joinpath(file).read_text(encoding="utf-8")
    if file == "site.css":
        style = files("aequa.report").joinpath("templates/style.css").read_text(encoding="utf-8")
        text = f"{style}\n{text}"
    return reply(text.encode(), MEDIA[file])


@cache
def _digest(file: str) -> str:
    return sha256(file_reply(file).body).hexdigest()[:12]


def router() -> APIRouter:
    """``/static/DIGEST/FILE``."""
    made = APIRouter(include_in_schema=False)

    @made.api_route("/static/{digest}/{file}", methods=["GET", "HEAD"])
    def static(request: Request, digest: str, file: str) -> Response:
        if file not in MEDIA:
            raise Problem(404, "No such file")
        fresh = digest == _digest(file)
        return answer(request, file_reply(file), FOREVER if fresh else "no-cache")

    return made
