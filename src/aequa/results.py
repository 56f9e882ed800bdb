"""A folder of results: each table as CSV, other files beside, and ``result.json`` about all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aequa.core.aside import aside
from aequa.core.provenance import digest
from aequa.core.results import Table
from aequa.report.exports import write_csv

RESULT = "result.json"


def write_all(
    directory: Path, tables: Iterable[Table], files: Mapping[str, bytes], counts: Mapping[str, int]
) -> None:
    """Write all aside and rename; ``result.json`` comes last and has every file's digest.

    It holds the title, rows and provenance (step, parameters, inputs by digest, seed, version) of
    each table: enough to make the result again. ``counts`` are the books of what was read.
    """
    directory.mkdir(parents=True, exist_ok=True)
    about: dict[str, Any] = {}
    for table in tables:
        path = directory / f"{table.name}.csv"
        write_csv(table, path)
        about[path.name] = {
            "title": table.title,
            "rows": table.data.num_rows,
            "sha256": digest(path),
            "provenance": asdict(table.provenance),
        }
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(exist_ok=True)
        with aside(path) as beside:
            beside.write_bytes(content)
        about[name] = {"sha256": digest(path)}
    with aside(directory / RESULT) as beside:
        told = {"cells": dict(counts), "files": about}
        beside.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
