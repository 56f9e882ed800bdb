"""Results that ship with aequa: the network and the gap of the bundled panel, for the report.

``tools/bundle_results.py`` makes them with ``aequa interlink`` and ``aequa divide``, and a test
makes them again and compares. They are here because a laptop takes a minute to make them.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from aequa.core.results import Table, read_parquet


def folder() -> Path:
    """Where the tables lie."""
    return Path(str(files("aequa") / "data" / "panel_results"))


def tables() -> list[Table]:
    """The tables, by name; each with its provenance."""
    return [read_parquet(path) for path in sorted(folder().glob("*.parquet"))]
