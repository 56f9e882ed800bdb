"""The sections of RESULTS.md on scaling, general tools and readers, from what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.curves import Panel, draw
from benchmarks.page import RESULTS, machine, number, put, table
from benchmarks.rows import Row

BASE = 94_344
"""The size that costs are compared with."""
STEPS = {
    ("ingest", "distinct works"): "ingest",
    ("ingest", "equal titles"): "ingest, every title ten times",
    ("classify", "fast"): "classify --tier fast",
    ("classify", "cascade"): "classify --tier cascade",
    ("classify", "accurate"): "classify --tier accurate",
    ("tables", "fast"): "report --labels (tables and page)",
    ("report", "fast"): "report from raw, --tier fast",
    ("goal", "fast"): "report from raw, --tier fast",
    ("goal", "cascade"): "report from raw, --tier cascade",
}
TARGETS = {
    ("ingest", "distinct works", 943_440): "< 240 s, < 600 MB",
    ("ingest", "equal titles", 943_440): "< 240 s, < 600 MB",
    ("tables", "fast", 943_440): "< 30 s for 1 M",
    ("goal", "fast", 183_000): "< 240 s, < 1,200 MB",
    ("goal", "cascade", 183_000): "< 600 s, < 1,200 MB",
}
FLAT = 1.15
"""From 94,344 works up, a work may cost at most this much more."""

SCALING = """## Scaling

`python -m benchmarks scaling` wrote this and the two parts after it ([how](README.md)), on
{machine}.
Each line is one command of aequa in a process of its own, start-up included; memory is that of the
whole process tree; "written" is all that was written to files, also to those removed again, "on
disk" the most that the work folder grew by at one time. Works are copies of 94,344 real ones under
new ids, titles varied by a word so that they are distinct works, seven in ten with a DOI
(`benchmarks/generate.py`, form `varied`); "every title ten times" is ten copies with new ids and
nothing else (form `same`), which decision 003 joins again. Copies repeat words, so caches of words
do a little better than on as many real works. Nothing is extrapolated: what has no line was not
run. "× 94,344" is the cost of a work over its cost in the corpus of 94,344; up from there it may be
{flat}.

![Seconds and memory against works](scaling.svg)

"""
STEP_COLUMNS = "step|works|seconds|ms a work|× 94,344|CPU s|peak MB|written MB|on disk MB|result"
STEP_COLUMNS += "|target|measured"
COMMANDS = """
The commands, for the largest corpus of each line (the environment names an empty cache):

"""
KILLED = """
**Killed and run again.** `aequa report` on {works:,} works with the fast tier, its main process
ended by kill −9 at three moments and run again with the same command; seconds of both together.

"""
KILL_COLUMNS = "run|seconds|peak MB|result|measured"

BESIDE = """## Side by side with general tools

The same file of works as above, `.jsonl.gz`, each tool alone with all cores. DuckDB (`read_ndjson`
and SQL), Polars (`scan_ndjson`, streaming, with the schema given: inferred, an inverted abstract
becomes one column a word) and a list of dicts do the part of `aequa ingest` that they can: parse,
keep one work a DOI, write Parquet (not the list), count by year and country; DuckDB rebuilds
abstracts too. They do not merge by title and author, place affiliations, name fields or compute
percentiles. A tool that holds more memory than allowed is ended: "out of memory". The ratio is the
tool's seconds over those of aequa.

"""
BESIDE_COLUMNS = "tool|works|seconds|ratio|CPU s|peak MB|written MB|result|measured"

READERS = """## Readers of exports

Records read of the records that are there, and the seconds of reading without starting Python, each
library on the same plain file as aequa in the same run. Real exports; a library is shown where it
names the format as one that it reads. aequa makes records of one kind with countries and
identifiers out of all of them, and lists those it rejects (twelve rows of works-613 have neither
title nor abstract). In scopus-933 nine of the 942 entries begin on the line where another ends.
pybibx also describes the corpus while it reads; metaknowledge keeps one of equal UT. litstudy needs
bibtexparser 1, and pybibx would bring torch, which reading does not need; so the Python for
`--others V/bin/python` is made by

    python3 -m venv V && V/bin/pip install metaknowledge litstudy "bibtexparser<2" biblium polars \\
      numba chardet pillow && V/bin/pip install --no-deps pybibx

"""
READER_COLUMNS = "file|library|records|seconds|ratio|peak MB|measured"


def write(rows: Sequence[Row], results: Path = RESULTS) -> None:
    """All three sections and the picture."""
    put(scaling(rows), results)
    if any(row.part == "beside" for row in rows):
        put(BESIDE + table(BESIDE_COLUMNS, beside(rows)), results)
    if any(row.part == "readers" for row in rows):
        put(READERS + table(READER_COLUMNS, readers(rows)), results)
    results.with_name("scaling.svg").write_text(picture(rows), encoding="utf-8")


def scaling(rows: Sequence[Row]) -> str:
    text = SCALING.format(machine=machine(), flat=FLAT) + table(STEP_COLUMNS, steps(rows))
    text += COMMANDS + "".join(f"    {command}\n" for command in commands(rows))
    killed = [row for row in rows if row.part == "kill"]
    if killed:
        lines = map(_killed, killed)
        text += KILLED.format(works=killed[0].works) + table(KILL_COLUMNS, lines)
    return text


def steps(rows: Sequence[Row]) -> Iterator[list[str]]:
    """The lines of the first table, step by step and by size."""
    costs = {row.key: row.seconds / row.works for row in rows if row.seconds is not None}
    for step, name in STEPS.items():
        for row in _of(rows, *step):
            cost, base = costs.get(row.key), costs.get((*step, BASE))
            ratio = cost / base if cost and base else None
            yield [
                name,
                f"{row.works:,}",
                number(row.seconds, 1),
                number(cost and 1000 * cost, 3),
                number(ratio, 2),
                number(row.cpu, 1),
                *map(number, (row.peak_mb, row.written_mb, row.folder_mb)),
                row.note,
                TARGETS.get(row.key, ""),
                _when(row),
            ]


def commands(rows: Sequence[Row]) -> list[str]:
    """What was run for each step, at its largest size."""
    last = [_of(rows, *step)[-1:] for step in STEPS]
    return [row.command for found in last for row in found]


def beside(rows: Sequence[Row]) -> Iterator[list[str]]:
    """aequa and each tool, by size."""
    tools = [row for row in rows if row.part == "beside"]
    for works in sorted({row.works for row in tools}):
        own = next(
            (row for row in _of(rows, "ingest", "distinct works") if row.works == works), None
        )
        for row in filter(None, (own, *(row for row in tools if row.works == works))):
            name = "aequa ingest" if row is own else row.what
            ratio = _ratio(row, own)
            figures = (number(row.cpu, 1), number(row.peak_mb), number(row.written_mb))
            yield [name, f"{works:,}", number(row.seconds, 1), ratio, *figures, *_end(row)]


def readers(rows: Sequence[Row]) -> Iterator[list[str]]:
    """aequa and each library, file by file."""
    found = [row for row in rows if row.part == "readers"]
    own = {row.what.partition(", ")[2]: row for row in found if row.what.startswith("aequa, ")}
    for row in sorted(found, key=lambda row: list(own).index(row.what.partition(", ")[2])):
        library, _, file = row.what.partition(", ")
        seconds, ratio = number(row.seconds, 3), _ratio(row, own[file])
        yield [file, library, row.note, seconds, ratio, number(row.peak_mb), _when(row)]


def _ratio(row: Row, own: Row | None) -> str:
    if own is None or row is own or not row.seconds or not own.seconds:
        return "—"
    return f"{row.seconds / own.seconds:.1f}×"


def _of(rows: Iterable[Row], part: str, what: str) -> list[Row]:
    found = [row for row in rows if (row.part, row.what) == (part, what)]
    return sorted(found, key=lambda row: row.works)


def _killed(row: Row) -> list[str]:
    return [row.what, number(row.seconds, 1), number(row.peak_mb), *_end(row)]


def _end(row: Row) -> list[str]:
    return [row.note, _when(row)]


def _when(row: Row) -> str:
    return f"{row.date}, {row.version}"


def picture(rows: Sequence[Row]) -> str:
    """Seconds and peak memory of every step that was run at two sizes or more."""
    lines: dict[str, list[Row]] = {}
    for step, name in STEPS.items():
        lines.setdefault(name, []).extend(row for row in _of(rows, *step) if row.seconds)
    many = {name: found for name, found in lines.items() if len(found) > 1}
    many = {name: sorted(found, key=lambda row: row.works) for name, found in many.items()}
    seconds = {n: [(row.works, row.seconds or 0.0) for row in found] for n, found in many.items()}
    memory = {n: [(row.works, row.peak_mb or 0.0) for row in found] for n, found in many.items()}
    panels = [Panel("Seconds", seconds), Panel("Peak memory, MB", memory)]
    return draw(panels)
