"""``python -m benchmarks scaling [PART…]``: what aequa takes as the corpus grows, and others too.

Every command runs alone in a fresh process and is watched from outside. Each result is kept at once
(``benchmarks/scaling.jsonl``) and RESULTS.md is written anew, so parts can be run one by one, and a
run that is stopped loses nothing that was done. ``--folder`` keeps the corpora for the next part.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks import beside, generate, rows, scaling_page, survival
from benchmarks.measure import Watched, watch

SIZES = (10_000, 94_344, 943_440, 2_000_000)
CASCADE_UP_TO = 94_344
"""The largest corpus that the cascade is timed on by itself; what is larger is not guessed."""
REPORT_UP_TO = 94_344
ACCURATE = 2_000
GOAL = 183_000
COPIES = 943_440
"""Ten whole copies: ingested also with nothing but their ids changed."""
BESIDE_UP_TO = COPIES
KILLED = 94_344


class Run(NamedTuple):
    """Where a run keeps its corpora, which sizes it measures, and where other libraries are."""

    folder: Path
    sizes: tuple[int, ...]
    others: str | None
    """A Python that has the other libraries; None: only those beside aequa."""
    cap_mb: int
    """How much memory a tool beside aequa may hold."""


def corpus(run: Run, works: int, form: str = "varied") -> Path:
    """The raw file, made once."""
    path = run.folder / f"{form}-{works}.jsonl.gz"
    if not path.exists():
        print(f"generating {works:,} works, {form}", flush=True)
        aside = path.with_suffix(".tmp")
        generate.write(works, aside, generate.Form(form))
        aside.replace(path)
    return path


def aequa(run: Run, part: str, what: str, works: int, *command: str) -> Watched:
    """Measure one command; its row is kept."""
    with tempfile.TemporaryDirectory(dir=run.folder) as cache:
        done = watch(
            [sys.executable, "-m", "aequa", *command, "--quiet", "--json"],
            folder=run.folder,
            environment={"AEQUA_CACHE": cache},
        )
    shown = " ".join(argument.replace(f"{run.folder}/", "") for argument in command)
    record(rows.row(part, what, works, done, counted(done), f"aequa {shown}"))
    return done


def counted(done: Watched) -> str:
    """What the command says it did, in short."""
    try:
        counts = json.loads(done.out.splitlines()[-1])
        return f"{counts['kept']:,} kept, {counts['merged']:,} merged"
    except (ValueError, LookupError, TypeError):
        return ""


def record(row: rows.Row) -> None:
    rows.keep(row)
    scaling_page.write(rows.kept())
    took = row.note if row.seconds is None else f"{row.seconds:.1f} s, {row.note}"
    print(f"{row.part}, {row.what}, {row.works:,}: {took}; {row.peak_mb or 0:,.0f} MB", flush=True)


def works_of(run: Run, works: int, again: bool = False) -> Path:
    """The corpus as Parquet; measured when it is made."""
    out = run.folder / f"works-{works}.parquet"
    if again or not out.exists():
        raw = corpus(run, works)
        aequa(run, "ingest", "distinct works", works, "ingest", str(raw), "-o", str(out))
    return out


def labels_of(run: Run, works: int, tier: str = "fast", again: bool = False) -> Path:
    """The labels as Parquet; measured when they are made."""
    out = run.folder / f"labels-{tier}-{works}.parquet"
    if again or not out.exists():
        made = str(works_of(run, works))
        aequa(run, "classify", tier, works, "classify", made, "-o", str(out), "--tier", tier)
    return out


def ingest(run: Run) -> None:
    for works in run.sizes:
        works_of(run, works, again=True)
    if COPIES in run.sizes:
        raw, out = corpus(run, COPIES, "same"), run.folder / "same.parquet"
        aequa(run, "ingest", "equal titles", COPIES, "ingest", str(raw), "-o", str(out))
        discard(raw, out)


def fast(run: Run) -> None:
    for works in run.sizes:
        labels_of(run, works, again=True)


def cascade(run: Run) -> None:
    for works in run.sizes:
        if works <= CASCADE_UP_TO:
            labels_of(run, works, "cascade", again=True)


def accurate(run: Run) -> None:
    labels_of(run, ACCURATE, "accurate", again=True)


def tables(run: Run) -> None:
    """From labelled Parquet to the finished report."""
    for works in run.sizes:
        made, labels = str(works_of(run, works)), str(labels_of(run, works))
        out = run.folder / "report"
        command = ("report", made, "--labels", labels, "-o", str(out))
        aequa(run, "tables", "fast", works, *command)
        discard(out)


def report(run: Run) -> None:
    """From raw files to the finished report."""
    for works in run.sizes:
        if works <= REPORT_UP_TO:
            whole(run, "report", "fast", works)


def goal(run: Run) -> None:
    """The corpus of issue 4: as many works as are highly cited in a year's world."""
    for tier in ("fast", "cascade"):
        whole(run, "goal", tier, GOAL)


def whole(run: Run, part: str, tier: str, works: int) -> None:
    raw, out = str(corpus(run, works)), run.folder / "report"
    aequa(run, part, tier, works, "report", raw, "-o", str(out), "--tier", tier)
    discard(out)


def kill(run: Run) -> None:
    """Killed outright at some moments, then run again."""
    for row in survival.rows_of(corpus(run, KILLED), KILLED, run.folder):
        record(row)


def side_by_side(run: Run) -> None:
    for works in run.sizes:
        if min(run.sizes) < works <= BESIDE_UP_TO:
            works_of(run, works)
            for row in beside.tools(corpus(run, works), works, run.folder, run.others, run.cap_mb):
                record(row)


def readers(run: Run) -> None:
    for row in beside.readers(run.folder, run.others):
        record(row)


PARTS: dict[str, Callable[[Run], None]] = {
    "ingest": ingest,
    "fast": fast,
    "tables": tables,
    "goal": goal,
    "kill": kill,
    "beside": side_by_side,
    "readers": readers,
    "report": report,
    "accurate": accurate,
    "cascade": cascade,
}


def discard(*paths: Path) -> None:
    for path in paths:
        for each in (path, path.with_name(path.name + ".rejects.jsonl")):
            shutil.rmtree(each, ignore_errors=True) if each.is_dir() else each.unlink(True)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks scaling", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} [all]")
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, help="works")
    parser.add_argument("--folder", type=Path, help="keeps corpora, labels [removed at the end]")
    parser.add_argument("--others", help="a Python that has the other libraries")
    parser.add_argument("--cap", type=int, default=8192, help="MB that a tool beside may hold")
    asked = parser.parse_args(arguments)
    if unknown := [part for part in asked.parts if part not in PARTS]:
        parser.error(f"{', '.join(unknown)}: expected {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory(prefix="aequa-bench-") as name:
        folder = asked.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        run = Run(folder.resolve(), tuple(sorted(asked.sizes)), asked.others, asked.cap)
        for part in asked.parts or PARTS:
            PARTS[part](run)
