"""The JSON API: the same report for programs, under ``/api/v1``; errors as RFC 9457 has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import quote

import orjson
import pyarrow as pa
from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from aequa.core.countries import countries
from aequa.core.results import Table
from aequa.report.stored import LARGE
from aequa.web.drill import corpus_of, place_of
from aequa.web.filters import CHOICES, LONGEST, Filters, filters
from aequa.web.problems import Problem
from aequa.web.queries import PAGE
from aequa.web.replies import answer, reply
from aequa.web.site import Site

Row = dict[str, Any]
MEDIA = "application/json"
MOST_ROWS = 1000


class ProblemDocument(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    instance: str
    detail: str = ""


class About(BaseModel):
    """The report that is served."""

    version: str | None
    created: str | None
    sample: bool
    digest: str = Field(description="SHA-256 of report.json: changes with everything shown")
    counts: dict[str, int]
    works: int | None = Field(description="Works that can be listed; null where only tables are")
    abstracts_searched: bool = Field(description="False while the index of words is made")


class Rows(BaseModel):
    """Rows of one table."""

    rows: list[Row]


class TableAbout(BaseModel):
    """One table of the report and where it comes from."""

    name: str
    title: str
    note: str
    rows: int
    columns: list[str]
    provenance: Row


class Tables(BaseModel):
    """All tables of the report."""

    tables: list[TableAbout]


class TablePage(BaseModel):
    """A part of one table."""

    name: str
    total: int
    offset: int
    rows: list[Row]


class WorksPage(BaseModel):
    """A page of the works that the filters let through."""

    total: int
    of: int = Field(description="Works without filters")
    works: list[Row]
    next: str | None = Field(description="Address of the next page")
    previous: str | None


class WorkDocument(BaseModel):
    """One work: its record and its labels."""

    work: Row


class CountryDocument(BaseModel):
    """What the tables say of one country."""

    iso3: str
    tables: dict[str, list[Row]]


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {
        "model": ProblemDocument,
        "description": what,
        "content": {"application/problem+json": {}},
    }
    for code, what in (
        (400, "A parameter is not valid"),
        (404, "No such thing"),
        (422, "A parameter is not valid"),
        (429, "Too many requests"),
        (503, "It took too long"),
    )
}


def _choice(name: str) -> Any:
    return Query(description=f"One of {', '.join(CHOICES[name])}", max_length=40)


def router(site: Site) -> APIRouter:
    """All paths under ``/api/v1``."""
    made = APIRouter(prefix="/api/v1", responses=_PROBLEMS)

    def get(path: str, model: type[BaseModel], summary: str) -> Callable[[Any], Any]:
        return made.get(path, response_model=model, summary=summary)

    @get("/about", About, "The report that is served")
    def about(request: Request) -> Response:
        told, corpus = site.material.about, site.corpus
        document = {
            "version": told.get("version"),
            "created": told.get("created"),
            "sample": bool(told.get("sample")),
            "digest": site.digest,
            "counts": told.get("counts") or {},
            "works": corpus.total if corpus else None,
            "abstracts_searched": bool(corpus and corpus.search.ready),
        }
        return _json(request, document)

    @get("/headline", Rows, "The readings and scopes of the first finding")
    def headline(request: Request) -> Response:
        return _json(request, {"rows": _rows(site, "headline")})

    @get("/goals", Rows, "Works by goal, contribution and scope")
    def goals(request: Request) -> Response:
        return _json(request, {"rows": _rows(site, "goals")})

    @get("/countries", Rows, "Works by country")
    def all_countries(request: Request) -> Response:
        return _json(request, {"rows": _rows(site, "countries")})

    @get("/countries/{iso3}", CountryDocument, "What the tables say of one country")
    def country(request: Request, iso3: Annotated[str, Path(pattern="^[A-Z]{3}$")]) -> Response:
        if iso3 not in {one.alpha3 for one in countries()}:
            raise Problem(404, "No such country")
        return _json(request, {"iso3": iso3, "tables": _of_country(site, iso3)})

    _tables(made, site)
    _works(made, site)
    return made


def _tables(made: APIRouter, site: Site) -> None:
    """The network, the gap, and every table."""

    @made.get("/links", response_model=Rows, summary="Links between goals, all countries together")
    def links(request: Request) -> Response:
        return _json(request, {"rows": _rows(site, "goal_links", level="goal", group="all")})

    @made.get(
        "/gap", response_model=Rows, summary="The intelligence-gap index with its rank intervals"
    )
    def gap(request: Request) -> Response:
        return _json(request, {"rows": _rows(site, "gap_index")})

    @made.get("/tables", response_model=Tables, summary="All tables, each with its provenance")
    def tables(request: Request) -> Response:
        held = site.material.stored.tables.values()
        return _json(request, {"tables": [_about(table) for table in held]})

    @made.get("/tables/{name}", response_model=TablePage, summary="Rows of one table")
    def table(
        request: Request,
        name: Annotated[str, Path(max_length=80)],
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 100,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    ) -> Response:
        held = site.material.stored.tables.get(name)
        if held is None or name in LARGE:
            raise Problem(404, "No such table", "expected a name of /api/v1/tables but works")
        data = held.data
        assert isinstance(data, pa.Table)
        rows = data.slice(offset, limit).to_pylist()
        return _json(
            request, {"name": name, "total": data.num_rows, "offset": offset, "rows": rows}
        )


def _works(made: APIRouter, site: Site) -> None:
    """The works, filtered and paged, and one of them."""

    @made.get("/works", response_model=WorksPage, summary="Works, filtered and paged")
    def works(
        request: Request,
        q: Annotated[
            str, Query(max_length=LONGEST, description="Words, in title or abstract")
        ] = "",
        goal: Annotated[str, _choice("goal")] = "",
        contribution: Annotated[str, _choice("contribution")] = "",
        challenge: Annotated[str, _choice("challenge")] = "",
        area: Annotated[str, _choice("area")] = "",
        country: Annotated[
            str, Query(max_length=7, description="ISO 3166-1 alpha-3, or unknown")
        ] = "",
        group: Annotated[str, Query(max_length=60, description="Such as income:low")] = "",
        sector: Annotated[str, _choice("sector")] = "",
        year: Annotated[str, Query(max_length=9, description="2020 or 2015-2020")] = "",
        cited: Annotated[str, _choice("cited")] = "",
        reading: Annotated[str, _choice("reading")] = "",
        ai: Annotated[str, _choice("ai")] = "",
        after: Annotated[str, Query(max_length=9, description="From ``next``")] = "",
        before: Annotated[str, Query(max_length=9, description="From ``previous``")] = "",
    ) -> Response:
        asked = filters(request.query_params)
        found = corpus_of(site).listed(asked, place_of(after), place_of(before), PAGE)
        document = {
            "total": found.total,
            "of": found.of,
            "works": found.rows,
            "next": _page(asked, "after", found.after),
            "previous": _page(asked, "before", found.before),
        }
        ends = (("next", document["next"]), ("prev", document["previous"]))
        told = ", ".join(f'<{address}>; rel="{rel}"' for rel, address in ends if address)
        return _json(request, document, (("Link", told),) if told else ())

    @made.get("/works/{identifier:path}", response_model=WorkDocument, summary="One work")
    def work(request: Request, identifier: Annotated[str, Path(max_length=500)]) -> Response:
        row = corpus_of(site).work(identifier)
        if row is None:
            raise Problem(404, "No such work")
        return _json(request, {"work": row})


def _page(asked: Filters, edge: str, place: int | None) -> str | None:
    if place is None:
        return None
    query = asked.query()
    return f"/api/v1/works?{query}{'&' if query else ''}{edge}={place}"


def _rows(site: Site, name: str, **where: object) -> list[Row]:
    return list(site.material.stored.rows(name, **where))


def _of_country(site: Site, iso3: str) -> dict[str, list[Row]]:
    """The rows of every table that has a column for countries."""
    found = {}
    for name, table in site.material.stored.tables.items():
        columns = table.data.column_names
        column = next((one for one in ("country", "iso3") if one in columns), None)
        if column and name not in LARGE and (rows := _rows(site, name, **{column: iso3})):
            found[name] = rows
    return found


def _about(table: Table) -> Row:
    return {
        "name": table.name,
        "title": table.title,
        "note": table.note,
        "rows": table.data.num_rows,
        "columns": list(table.data.column_names),
        "provenance": asdict(table.provenance),
    }


def _json(
    request: Request, document: Mapping[str, Any], headers: tuple[tuple[str, str], ...] = ()
) -> Response:
    body = orjson.dumps(document, default=str)
    return answer(request, reply(body, MEDIA, headers))


def example(path: str) -> str:
    """An address to try, for the page about the API."""
    return quote(path.replace("{iso3}", "KEN").replace("{name}", "headline"), safe="/{}:?=&")
