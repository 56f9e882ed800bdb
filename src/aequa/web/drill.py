"""From a number to its works: the list with its filters, and one work with its labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
import pyarrow as pa
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from aequa.core.countries import countries
from aequa.core.groups import groupings, groups
from aequa.report import formats
from aequa.report.exports import csv_lines
from aequa.report.names import country, name
from aequa.report.words import LANGUAGES, language, say, speaking
from aequa.web.filters import CHOICES, Filters, filters
from aequa.web.problems import Problem
from aequa.web.queries import Corpus, Listed, Row
from aequa.web.site import Site

MOST = 10_000
"""Works of one download."""


class Line(NamedTuple):
    """One work as the list prints it."""

    title: str
    href: str
    where: str
    evidence: str
    goals: tuple[tuple[int, str, str], ...]
    """Goal, contribution, and both in words"""


class Choice(NamedTuple):
    """One filter of the form."""

    key: str
    label: str
    options: tuple[tuple[str, str], ...]


def corpus_of(site: Site) -> Corpus:
    """The works of the report.

    Raises:
        Problem: the folder holds only tables.
    """
    if site.corpus is None:
        raise Problem(
            404, "No works in this report", "expected works.parquet and labels.parquet beside it"
        )
    return site.corpus


def router(site: Site) -> APIRouter:
    """``/{language}/works`` and its downloads."""
    made = APIRouter(include_in_schema=False)

    @made.api_route("/{language}/works", methods=["GET", "HEAD"])
    def listed(request: Request, language: str) -> Response:
        kept = site.corpus is None or site.corpus.search.ready or not request.query_params.get("q")
        return site.page(request, "works_list.html.j2", lambda: _page(site, request), keep=kept)

    @made.api_route("/{language}/works.{kind}", methods=["GET", "HEAD"])
    def download(request: Request, language: str, kind: str) -> Response:
        if kind not in {"csv", "jsonl"} or language not in LANGUAGES:
            raise Problem(404, "No such file")
        asked = filters(request.query_params)
        batches = corpus_of(site).parts(asked, MOST)
        text = _csv(batches) if kind == "csv" else _lines(batches)
        media = "text/csv; charset=utf-8" if kind == "csv" else "application/jsonl"
        sent = {"Content-Disposition": f'attachment; filename="works.{kind}"'}
        return StreamingResponse(text, media_type=media, headers=sent)

    return made


def _csv(batches: Iterator[pa.RecordBatch]) -> Iterator[str]:
    for place, batch in enumerate(batches):
        first, *rest = csv_lines(pa.Table.from_batches([batch]))
        yield first if place == 0 else first.partition("\r\n")[2]
        yield from rest


def _lines(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    for batch in batches:
        yield from (orjson.dumps(row, default=str) + b"\n" for row in batch.to_pylist())


def place_of(text: str | None) -> int | None:
    """The place in the list that ``after`` or ``before`` names.

    Raises:
        Problem: it is no place.
    """
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Problem(400, "after and before are places in the list", "expected a whole number")
    return int(text)


def _page(site: Site, request: Request) -> Mapping[str, Any]:
    corpus, told = corpus_of(site), request.query_params
    asked = filters(told)
    found = corpus.listed(asked, place_of(told.get("after")), place_of(told.get("before")))
    return {
        "title": say("Works"),
        "asked": asked,
        "lines": [line(row) for row in found.rows],
        "shares": told_of(found),
        "chips": _chips(asked),
        "choices": choices(language()),
        "open": bool(asked.asked()),
        "titles_only": bool(asked.q) and not corpus.search.ready,
        "failed": corpus.search.failed,
        "next": _href("after", asked, found.after),
        "previous": _href("before", asked, found.before),
        "most": formats.count(MOST),
        "query": asked.query(),
    }


def told_of(found: Listed) -> str:
    """How many works there are, of how many."""
    share = found.total / found.of if found.of else None
    return say(
        "{total} of {of} works ({share}).",
        total=formats.count(found.total),
        of=formats.count(found.of),
        share=formats.share(share),
    )


def _href(edge: str, asked: Filters, place: int | None) -> str:
    if place is None:
        return ""
    query = asked.query()
    return f"/{language()}/works?{query}{'&' if query else ''}{edge}={place}"


def line(row: Row) -> Line:
    """A row of the list as it is printed."""
    cited = row["cited_by"]
    parts = [
        str(row["year"]) if row["year"] else "",
        row["venue"] or "",
        say("cited {n} times", n=formats.count(cited)) if cited is not None else "",
        ", ".join(country(code) for code in (row["countries"] or ())[:4] if code),
    ]
    goals = row["goals"] or ()
    phrases = [phrase for goal in goals for phrase in (goal["evidence"] or ())[:1]]
    return Line(
        row["title"] or say("(no title)"),
        f"/{language()}/works/{quote(row['id'], safe='')}",
        " · ".join(part for part in parts if part),
        phrases[0] if phrases else "",
        tuple((one["goal"], one["contribution"], goal_words(one)) for one in goals),
    )


def goal_words(one: Mapping[str, Any]) -> str:
    """A goal and what a work does for it, in words."""
    return f"{one['goal']} {name('goal', one['goal'])}: {name('contribution', one['contribution'])}"


def _chips(asked: Filters) -> list[tuple[str, str]]:
    """Each filter that is set, in words, and the address without it."""
    labels = {one.key: one for one in choices(language())}
    found = []
    for key, value in asked.asked().items():
        held = labels.get(key)
        shown = dict(held.options).get(value, value) if held else value
        without = asked.query(**{key: ""} | ({"contribution": ""} if key == "goal" else {}))
        found.append(
            (
                f"{held.label if held else say('Words')}: {shown}",
                f"/{language()}/works{'?' + without if without else ''}",
            )
        )
    return found


@cache
def choices(spoken: str) -> tuple[Choice, ...]:
    """The filters of the form with their choices, in a language."""
    with speaking(spoken):
        return (
            Choice("goal", say("Goal"), _goals()),
            Choice("contribution", say("Contribution"), _named("contribution")),
            Choice("challenge", say("Challenge"), _named("challenge")),
            Choice("area", say("Field of use"), _named("area")),
            Choice("country", say("Country"), _countries()),
            Choice("group", say("Group of countries"), _groups()),
            Choice("sector", say("Sector"), _named("sector")),
            Choice(
                "cited",
                say("Cited"),
                (("top10", name("scope", "top10")), ("top1", name("scope", "top1"))),
            ),
            Choice("reading", say("Reading"), _named("reading")),
            Choice(
                "ai",
                say("On artificial intelligence"),
                (("yes", say("yes")), ("no", say("no")), ("any", say("all works"))),
            ),
        )


def _goals() -> tuple[tuple[str, str], ...]:
    return tuple((goal, f"{goal} {name('goal', int(goal))}") for goal in CHOICES["goal"])


def _named(kind: str) -> tuple[tuple[str, str], ...]:
    special = {"against": say("hinders or mixed"), "any": say("any"), "none": say("none")}
    return tuple((code, special.get(code) or name(kind, code)) for code in CHOICES[kind])


def _countries() -> tuple[tuple[str, str], ...]:
    named = [(one.alpha3, country(one.alpha3)) for one in countries()]
    return tuple(sorted(named, key=lambda pair: pair[1]))


def _groups() -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for one in groupings():
        held: Sequence[str] = sorted(set(groups(one.grouping).values()))
        found += [
            (f"{one.grouping}:{group}", f"{name('grouping', one.grouping)}: {_group(one, group)}")
            for group in held
        ]
    return tuple(found)


def _group(one: Any, group: str) -> str:
    return name(one.grouping, group)
