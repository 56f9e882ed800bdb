"""The corpus for other programs: CSV for spreadsheets, JSON lines for scripts.

In CSV, lists and structs are JSON in a cell, unknown is an empty cell, and text that a spreadsheet
would take for a formula (it starts with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return)
gets an apostrophe in front, so that nothing executes where the file is opened.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq

from aequa.core.aside import aside
from aequa.core.cells import defused
from aequa.core.errors import SpecError

_BATCH = 1_000


def export(works: Path, out: Path) -> None:
    """Convert a Parquet file to ``.csv`` or ``.jsonl`` (``.parquet`` is a copy) by suffix.

    Works through any Parquet file in batches, writes aside as ``.tmp`` and renames on success.

    Raises:
        SpecError: the suffix of ``out`` is none of these.
    """
    suffix = out.suffix.lower()
    if suffix not in {".csv", ".jsonl", ".parquet"}:
        raise SpecError(f"{out}: cannot write '{out.suffix}', choose .parquet, .csv or .jsonl")
    out.parent.mkdir(parents=True, exist_ok=True)
    with aside(out) as beside:
        if suffix == ".parquet":
            shutil.copyfile(works, beside)
        else:
            _write(works, beside, _csv if suffix == ".csv" else _jsonl)


def _write(works: Path, beside: Path, form: Callable[[pq.ParquetFile], Iterator[bytes]]) -> None:
    with pq.ParquetFile(works) as file, beside.open("wb") as stream:
        for block in form(file):
            stream.write(block)


def _jsonl(file: pq.ParquetFile) -> Iterator[bytes]:
    for batch in file.iter_batches(_BATCH, use_threads=False):
        yield b"".join(
            orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in batch.to_pylist()
        )


def _csv(file: pq.ParquetFile) -> Iterator[bytes]:
    names = file.schema_arrow.names
    yield _block([names])
    for batch in file.iter_batches(_BATCH, use_threads=False):
        columns = (batch.column(name).to_pylist() for name in names)
        yield _block([[cell(value) for value in row] for row in zip(*columns, strict=True)])


def _block(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def cell(value: Any) -> str:
    """One value as the text of a CSV cell (module rule).

    >>> cell(None), cell(True), cell(["a", "b"]), cell("=1+1"), cell(-0.5)
    ('', 'true', '["a","b"]', "'=1+1", '-0.5')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return defused(value)
    return orjson.dumps(value).decode()
