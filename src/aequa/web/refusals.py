"""A problem as a response: JSON for programs, a page in the reader's language for people."""

from __future__ import annotations

import orjson
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response

from aequa.report import words
from aequa.web import assets
from aequa.web.problems import Problem

_PAGE = Markup(
    '<!DOCTYPE html>\n<html lang="{language}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<title>{title}</title>\n<link rel="stylesheet" href="{style}">\n</head>\n<body>\n'
    '<main id="main" class="refusal">\n<h1>{title}</h1>\n<p>{detail}</p>\n'
    '<p><a href="/{language}/">{back}</a></p>\n</main>\n</body>\n</html>\n'
)


def refusal(request: Request, problem: Problem) -> Response:
    """What to answer: problem+json under ``/api`` (RFC 9457), else a page; never a trace."""
    headers = {"Cache-Control": "no-store", **problem.headers}
    if request.url.path.startswith("/api"):
        body = orjson.dumps(problem.document(request.url.path))
        return Response(body, problem.status, headers, "application/problem+json")
    with words.speaking(request.url.path.lstrip("/").partition("/")[0]):
        page = _PAGE.format(
            language=words.language(),
            direction=words.direction(),
            title=_title(problem),
            detail=problem.detail,
            style=assets.href("site.css"),
            back=words.say("Back to the findings"),
        )
    return Response(str(page), problem.status, headers, "text/html; charset=utf-8")


def _title(problem: Problem) -> Markup:
    """What went wrong, in the reader's language where it is one of the usual things."""
    usual = {
        404: words.say("This page does not exist"),
        405: words.say("This cannot be done here"),
        429: words.say("Too many requests: wait a moment, then try again"),
        500: words.say("Something went wrong on the server"),
        503: words.say("This took too long: ask for less, or try again"),
    }
    return escape(usual.get(problem.status, problem.title))
