"""Tables as CSV that a spreadsheet can open without running anything.

A text cell that a spreadsheet would take for a formula gets a leading apostrophe (OWASP, "CSV
Injection"). Numbers stay numbers, negative ones too; missing values are empty cells. The form is
RFC 4180: UTF-8, comma, CRLF.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from aequa.core.aside import aside
from aequa.core.cells import defused
from aequa.core.results import Filed, Table


def cell(value: Any) -> str:
    """One cell as text; lists of plain values are joined by ``; ``, other nesting is JSON.

    >>> cell([3, 13]), cell(None), cell(-0.5), cell(True)
    ('3; 13', '', '-0.5', 'true')
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list) and not any(isinstance(part, list | dict) for part in value):
        return defused("; ".join(str(part) for part in value if part is not None))
    if isinstance(value, list | dict):
        return defused(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str))
    return defused(str(value))


def write_csv(table: Table, path: Path) -> None:
    """Write ``table`` to ``path`` aside, then rename; the header is the column names."""
    with aside(path) as beside, beside.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(csv_lines(table.data))


def csv_lines(data: pa.Table | Filed) -> Iterator[str]:
    """The same as text, in parts."""
    part = io.StringIO(newline="")
    writer = csv.writer(part, lineterminator="\r\n")
    writer.writerow([defused(name) for name in data.column_names])
    for batch in data.to_batches(max_chunksize=10_000):
        columns = [[cell(value) for value in _shortest(column)] for column in batch.columns]
        writer.writerows(zip(*columns, strict=True))
        yield part.getvalue()
        part.seek(0)
        part.truncate()
    yield part.getvalue()


def _shortest(column: pa.Array) -> list[Any]:
    """Values, single precision as the shortest decimal that names it: 0.98, not 0.9800000190734863.

    >>> _shortest(pa.array([0.98], pa.float32()))
    [0.98]
    """
    if column.type == pa.float32():
        column = column.cast(pa.string()).cast(pa.float64())
    return list(column.to_pylist())
