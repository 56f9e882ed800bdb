"""Files to one panel, with the books of its cells: what ``interlink`` and ``divide`` start from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from aequa.core.aside import aside
from aequa.core.panel import Panel
from aequa.core.provenance import digest
from aequa.sources.panels.read import read
from aequa.sources.panels.table import PLACED, CellReject, PanelRead, settle

REJECTS = "rejects.jsonl"
"""Where the cells that could not be used are listed, in the folder of the results."""


class Loaded(NamedTuple):
    """A panel, the digests of its files, and what became of every cell."""

    panel: Panel
    digests: dict[str, str]
    rejects: tuple[CellReject, ...]
    notes: tuple[str, ...]
    counts: dict[str, int]
    """``read`` = ``kept`` + ``merged`` + ``rejected``, counted in cells."""


def bundled() -> Path:
    """The bundled panel: openly licensed figures only (docs/panel.md)."""
    return Path(str(files("aequa") / "data" / "panel.parquet"))


def load(paths: Sequence[Path]) -> Loaded:
    """One panel of all files, in order; without any, the bundled one.

    Where files differ about a cell the first counts, and the other is among the rejects.

    Raises:
        InputError: a file is missing or damaged, or holds no value that can be used.
        FormatError: a file is no panel.
    """
    given = list(dict.fromkeys(paths)) or [bundled()]
    is_unique = len({path.name for path in given}) == len(given)
    named = {path.name if is_unique else str(path): path for path in given}
    reads = {name: read(path) for name, path in named.items()}
    whole = _joined(reads) if len(reads) > 1 else next(iter(reads.values()))
    counts = {
        "read": whole.read,
        "kept": whole.panel.cells.num_rows,
        "merged": whole.merged,
        "rejected": whole.rejected,
    }
    digests = {name: digest(path) for name, path in named.items()}
    return Loaded(whole.panel, digests, whole.rejects, whole.notes, counts)


def write_rejects(loaded: Loaded, directory: Path) -> Path:
    """List the cells that could not be used, one reason a line, and give the file's path."""
    path = directory / REJECTS
    with aside(path) as beside:
        lines = (json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in loaded.rejects)
        beside.write_text("".join(lines), encoding="utf-8")
    return path


def _joined(reads: dict[str, PanelRead]) -> PanelRead:
    """The cells of several files as one panel; the books of all are added up."""
    placed = pa.concat_tables(_placed(name, one.panel.cells) for name, one in reads.items())
    indicators = pa.concat_tables(one.panel.indicators for one in reads.values())
    first: dict[str, int] = {}
    for place, name in enumerate(indicators["indicator"].to_pylist()):
        first.setdefault(name, place)
    rejects = [reject for one in reads.values() for reject in one.rejects]
    notes = [note for one in reads.values() for note in one.notes]
    whole = settle(
        placed, indicators.take(list(first.values())), " and ".join(reads), rejects, notes=notes
    )
    merged = sum(one.merged for one in reads.values())
    return PanelRead(
        whole.panel, whole.rejects, whole.read + merged, whole.merged + merged, 0, whole.notes
    )


def _placed(name: str, cells: pa.Table) -> pa.Table:
    rows = cells.num_rows
    return (
        cells.append_column("row", pa.array(range(1, rows + 1), pa.int64()))
        .append_column("column", pa.array(["value"] * rows))
        .append_column("sheet", pa.array([name] * rows))
        .cast(PLACED)
    )
