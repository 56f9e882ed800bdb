"""Tables to take along: CSV, Parquet and JSON of everything that is stored."""

from __future__ import annotations

import io

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from aequa.core.results import Table
from aequa.report.exports import csv_lines
from aequa.report.stored import LARGE
from aequa.web.problems import Problem
from aequa.web.replies import answer, reply
from aequa.web.site import Site

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}


def router(site: Site) -> APIRouter:
    """``/tables/NAME.csv``, ``.parquet`` and ``.json``."""
    made = APIRouter(include_in_schema=False)

    @made.api_route("/tables/{file}", methods=["GET", "HEAD"])
    def table(request: Request, file: str) -> Response:
        name, _, kind = file.rpartition(".")
        held = site.material.stored.tables.get(name)
        if held is None or kind not in MEDIA:
            raise Problem(404, "No such table")
        sent = {"Content-Disposition": f'attachment; filename="{file}"'}
        if name in LARGE:
            path = site.directory / "tables" / f"{name}.{kind}"
            if not path.is_file():
                raise Problem(404, "No such table")
            return FileResponse(path, media_type=MEDIA[kind], headers=sent)
        made = site.once(
            request, lambda: reply(content(held, kind), MEDIA[kind], tuple(sent.items()))
        )
        return answer(request, made)

    return made


def content(table: Table, kind: str) -> bytes:
    """A table as a file of a kind of ``MEDIA``."""
    data = table.data
    assert isinstance(data, pa.Table)
    if kind == "csv":
        return "".join(csv_lines(data)).encode()
    if kind == "json":
        about = {"name": table.name, "title": table.title, "note": table.note}
        return orjson.dumps(about | {"rows": data.to_pylist()}, default=str)
    sink = io.BytesIO()
    pq.write_table(data, sink, compression="zstd")
    return sink.getvalue()
