"""Other tools on the same files in the same run: general ones, and readers of exports."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Watched, watch
from benchmarks.others import READERS
from benchmarks.rows import Row, row

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "shared" / "data"
TOOLS = {"DuckDB": "duckdb", "Polars": "polars", "list of dicts": "dicts"}


class Export(NamedTuple):
    """A real export: its format, where it is, the name it is given, and how many records it has."""

    format: str
    path: str
    name: str
    records: int


EXPORTS = (
    Export("wos", "works/wos-10000.txt.gz", "wos-10000.txt", 10_000),
    Export("wos", "formats/wos-small.isi", "wos-small.txt", 34),
    Export("wos_bib", "formats/wos-236.bib.gz", "wos-236.bib", 236),
    Export("scopus_bib", "formats/scopus-263.bib.gz", "scopus-263.bib", 263),
    Export("scopus_bib", "formats/scopus-933.bib.gz", "scopus-933.bib", 942),
    Export("scopus_csv", "formats/scopus-2012-top2000.csv.gz", "scopus-2012-top2000.csv", 2000),
    Export("scopus_csv", "formats/scopus-newcolumns.csv.gz", "scopus-newcolumns.csv", 372),
    Export("pubmed", "formats/pubmed-335.txt.gz", "pubmed-335.txt", 335),
    Export("ieee_csv", "formats/ieee.csv.gz", "ieee.csv", 118),
    Export("openalex_csv", "formats/openalex/works-613.csv.gz", "works-613.csv", 613),
    Export("ris", "formats/ris/_baseline.ris", "_baseline.ris", 100),
    Export("ris", "formats/ris/embase.ris", "embase.ris", 6),
    Export("ris", "formats/ris/ovid_psycinfo.ris", "ovid_psycinfo.ris", 6),
    Export("ris", "formats/ris/pubmed_zotero.ris", "pubmed_zotero.ris", 6),
)


def tools(raw: Path, works: int, folder: Path, others: str | None, cap_mb: int) -> Iterator[Row]:
    """Each general tool on the raw file, with no more memory than ``cap_mb``."""
    for name, tool in TOOLS.items():
        python = has(tool, others)
        if python is None:
            print(f"{name} is not installed: give --others a Python that has it", flush=True)
            continue
        with tempfile.TemporaryDirectory(dir=folder) as out:
            command = [python, "-P", str(HERE / "rivals.py"), tool, str(raw), out, str(cap_mb)]
            done = watch(command, cap_mb=cap_mb, folder=folder)
        note, shown = "", f"rivals.py {tool} {raw.name}"
        if not done.code:
            made = json.loads(done.out.splitlines()[-1])
            note = f"{made['version']}: {made['kept']:,} kept, {made['countries']} countries"
        yield row("beside", name, works, done, note, shown, f"{cap_mb / 1024:.3g} GB")


def readers(folder: Path, others: str | None) -> Iterator[Row]:
    """Each library on each export whose format it says it reads, and aequa on the same file."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        for export in EXPORTS:
            path = plain(export, Path(name))
            yield of_aequa(export, path)
            for library, (_, formats) in READERS.items():
                python = has(library, others)
                if export.format in formats and python is not None:
                    yield of_library(export, path, library, python)


def plain(export: Export, folder: Path) -> Path:
    """The file as the other libraries want it: not compressed, with the suffix of its format."""
    source, path = DATA / export.path, folder / export.name
    data = source.read_bytes()
    path.write_bytes(gzip.decompress(data) if source.suffix == ".gz" else data)
    return path


def of_aequa(export: Export, path: Path) -> Row:
    command = [sys.executable, "-m", "benchmarks.loads", "read", str(path)]
    return read("aequa", export, watch(command), f"loads.py read {export.name}")


def of_library(export: Export, path: Path, library: str, python: str) -> Row:
    command = [python, "-P", str(HERE / "others.py"), library, export.format, str(path)]
    shown = f"others.py {library} {export.format} {export.name}"
    return read(library, export, watch(command, cap_mb=8192), shown)


def read(library: str, export: Export, done: Watched, shown: str) -> Row:
    """A row whose seconds are those of reading alone, without starting Python."""
    note = ""
    if not done.code:
        made = json.loads(done.out.splitlines()[-1])
        rejected = made.get("rejected", 0)
        note = f"{made['records'] - rejected:,} of {export.records:,}"
        note += f", {rejected} listed as rejected" if rejected else ""
        done = done._replace(seconds=made["seconds"])
    return row("readers", f"{library}, {export.name}", export.records, done, note, shown, "8 GB")


def has(package: str, others: str | None) -> str | None:
    """The first Python that has a package; aequa's own comes first."""
    code = f"import importlib.util as u, sys; sys.exit(u.find_spec({package!r}) is None)"
    for python in filter(None, (sys.executable, others)):
        if package == "dicts" or not subprocess.run([python, "-P", "-c", code]).returncode:
            return python
    return None
