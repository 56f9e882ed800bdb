"""The straight line: files → corpus → labels → tables → page. Which step follows which."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files as resources
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq

from aequa import reporting
from aequa.classify import engine as classifier
from aequa.core.provenance import digest
from aequa.corpus import store
from aequa.corpus.export import export
from aequa.ingesting import Ingested, corpus, nothing_in
from aequa.labelling import Labelled, label_files, label_works
from aequa.ledger import FileTally, Ledger
from aequa.output import check_rejects, check_suffix
from aequa.parts import Input, inputs
from aequa.progress import Tell
from aequa.report.edition import WORLD, Edition
from aequa.runners.shards import Shelf
from aequa.steps import Steps, code
from aequa.workspace import claimed, passing

WORKS, LABELS = "works.parquet", "labels.parquet"
"""The corpus and its labels in the folder of a report."""
REJECTS, UNLABELLED = "rejects.jsonl", "unlabelled.jsonl"
"""Records that were refused or repaired, and works whose labels could not be made, there."""
SHARDS = ".shards"
"""Shards of a report, kept so that a changed input or a killed run redoes only what it touches."""
_PAGES = ("index.html", "report.json", "report.pdf", "ro-crate-metadata.json")
_WRITTEN = (WORKS, LABELS, REJECTS, UNLABELLED, *_PAGES, ".steps.json", ".duckdb")
"""What is written aside in the folder of a report, as ``NAME.tmp``; other files are not ours."""


class Reported(NamedTuple):
    """What ``report`` did: the sums of the corpus, and of its labels."""

    counts: store.Counts
    labelled: Labelled
    failed: int = 0
    """Parts of files, and works, that could not be worked on; their records count as rejected."""


def sample() -> Path:
    """The bundled sample: facts on real AI works (docs/data-card.md)."""
    return Path(str(resources("aequa") / "data" / "sample.csv.gz"))


def ingest(arguments: Sequence[str], out: Path, rejects: Path, tell: Tell) -> Ingested:
    """Read any mix of files into one corpus at ``out``, of the schema ``core.works.WORKS``.

    A killed run goes on where it stopped when it is started again.

    Raises:
        InputError: a path does not exist, or no file held a usable record.
        SpecError: ``out`` does not end in .parquet, .jsonl or .csv, or ``rejects`` is one of the
            other files.
        AccountingError: read ≠ kept + merged + rejected.
    """
    check_suffix(out)
    with passing(_shards_of(out)) as folder:
        files = inputs(arguments, (out, rejects), folder)
        check_rejects(rejects, [*(file.path for file in files), out])
        works = out if out.suffix == ".parquet" else folder / "works.parquet"
        done = corpus(files, Shelf(folder / "placed"), works, rejects, tell)
        if works != out:
            export(works, out)
        return done


def classify(
    arguments: Sequence[str], out: Path, rejects: Path, spec: classifier.Spec, tell: Tell
) -> tuple[Labelled, int]:
    """Label every record of the files, in order and unmerged; what was done, and rejected records.

    A killed run goes on where it stopped when it is started again.

    Raises:
        InputError: a path does not exist, or no file held a usable record.
        SpecError: the suffix of ``out`` names no format, or ``rejects`` is one of the other files.
        ModelError: the shipped weights are missing or damaged.
    """
    check_suffix(out)
    with passing(_shards_of(out)) as folder:
        files = inputs(arguments, (out, rejects), folder)
        check_rejects(rejects, [*(file.path for file in files), out])
        with Ledger(rejects) as ledger:
            made = folder / f"labels{out.suffix}"
            done = label_files(files, Shelf(folder / "labels"), spec, made, ledger, tell)
            if ledger.read > ledger.rejected:
                made.replace(out)
                return done, ledger.rejected
    raise nothing_in(files, ledger, rejects)


def _shards_of(out: Path) -> Path:
    """Where a run keeps its shards while ``out`` is not finished."""
    return out.with_name(f".{out.name}.shards")


def report(
    arguments: Sequence[str],
    directory: Path,
    spec: classifier.Spec,
    tell: Tell,
    edition: Edition = WORLD,
) -> Reported:
    """The main job: from publications to ``directory/index.html`` and its tables.

    Without arguments the bundled sample is read. The corpus and its labels stay in the directory
    as ``works.parquet`` and ``labels.parquet``, the refused records as ``rejects.jsonl``. What an
    earlier run made, finished or killed, is used again where nothing that went into it has changed.

    Raises:
        InputError: a path does not exist, or no file held a usable record.
    """
    with claimed(directory / SHARDS) as shards:
        sweep(directory)
        files = inputs(arguments or [str(sample())], (directory,), shards)
        works, labels, steps = directory / WORKS, directory / LABELS, Steps(directory)
        done = corpus_once(steps, files, works, directory / REJECTS, tell)
        labelled = label_once(steps, works, labels, spec, tell)
        basis = basis_of(done, labelled, works, labels)
        basis = basis._replace(sample=None if arguments else sample().name)
        reporting.write(directory, basis, spec, tell, edition, steps)
        return Reported(basis.counts, labelled, done.failed + labelled.failed)


def basis_of(done: Ingested, labelled: Labelled, works: Path, labels: Path) -> reporting.Basis:
    """A labelled corpus for its tables; works without labels count as rejected."""
    left = done.counts.kept - labelled.works
    counts = done.counts._replace(kept=labelled.works, rejected=done.counts.rejected + left)
    return reporting.Basis([works], [labels], done.digests, done.tallies, counts, labelled)


def tabulate(
    works: Sequence[str],
    labels: Sequence[str],
    directory: Path,
    spec: classifier.Spec,
    tell: Tell,
    edition: Edition = WORLD,
) -> Reported:
    """The report of a corpus that is labelled already, of Parquet files wherever they were made.

    ``spec`` names the tier that made the labels. Works without labels count as rejected.

    Raises:
        InputError: a file is missing or no Parquet file of works, or of labels.
    """
    basis = reporting.stored(works, labels)
    with claimed(directory / SHARDS):
        sweep(directory)
        reporting.write(directory, basis, spec, tell, edition)
    return Reported(basis.counts, basis.labelled)


def sweep(directory: Path) -> None:
    """Remove what a killed run left half written; whole files never end so."""
    ours = [directory / f"{name}.tmp" for name in _WRITTEN]
    for path in [*filter(Path.exists, ours), *directory.glob("tables/*.tmp")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in directory.glob(".works.parquet.*/"):
        shutil.rmtree(path)


def corpus_once(
    steps: Steps, files: Sequence[Input], works: Path, rejects: Path, tell: Tell
) -> Ingested:
    """The corpus, unless an earlier run made it from the same files with the same code."""
    key = [code(), *((file.name, file.sha256, file.besides) for file in files)]
    known = steps.finished("ingest", key) if all(file.sha256 for file in files) else None
    if known is not None:
        tell("reading: done by an earlier run", known["counts"]["read"], known["counts"]["read"])
        tallies = tuple(FileTally(**row) for row in known["tallies"])
        return Ingested(store.Counts(**known["counts"]), tallies, known["digests"], 0)
    done = corpus(files, Shelf(works.parent / SHARDS / "placed"), works, rejects, tell)
    if not done.failed:
        value = {
            "counts": done.counts._asdict(),
            "tallies": [row._asdict() for row in done.tallies],
            "digests": done.digests,
        }
        steps.enter("ingest", key, [works, rejects], value)
    return done


def label_once(
    steps: Steps, works: Path, labels: Path, spec: classifier.Spec, tell: Tell
) -> Labelled:
    """The labels, unless an earlier run gave them to the same corpus with the same code."""
    key, total = [code(), digest(works), asdict(spec)], pq.read_metadata(works).num_rows
    known = steps.finished("classify", key)
    if known is not None:
        tell("classifying: done by an earlier run", total, total)
        return Labelled(**known)
    shelf = Shelf(labels.parent / SHARDS / "labels")
    done = label_works(works, shelf, spec, labels, labels.parent / UNLABELLED, tell)
    if not done.failed:
        steps.enter("classify", key, [labels], done._asdict())
    return done
