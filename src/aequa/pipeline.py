"""The straight line: files → corpus → labels → tables → page. Which step follows which."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.resources import files
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from aequa import __version__
from aequa.classify import engine as classifier
from aequa.classify import models
from aequa.core import countries, groups
from aequa.core.errors import InputError
from aequa.core.provenance import digest
from aequa.core.results import read_parquet, write_parquet
from aequa.core.works import Work, to_batch
from aequa.corpus import affiliations, fields, store
from aequa.corpus.export import export
from aequa.evidence import engine as evidence
from aequa.evidence.known import Audited, Known, label_of, rates_of
from aequa.labelling import Labelled, label
from aequa.ledger import FileTally, Ledger
from aequa.output import check_rejects, check_suffix
from aequa.progress import Tell
from aequa.report import page
from aequa.runners.local import cores, map_batches
from aequa.sources.read import expand, name_of, read
from aequa.steps import Steps, code

BATCH = 2000
"""Works per batch: large enough for Arrow, small enough for a laptop."""
AUDIT = "audit.parquet"
"""What ``aequa audit estimate`` leaves beside the corpus."""
LABELLED_AT_ONCE = 500
"""Works per batch of the classifier, which holds the words of all of them."""
MEMORY = "600MB"
"""What DuckDB may hold before it spills to disk."""


class Ingested(NamedTuple):
    """What ``ingest`` did: the sums, the books per file, and the files' digests."""

    counts: store.Counts
    tallies: tuple[FileTally, ...]
    digests: dict[str, str]


class Reported(NamedTuple):
    """What ``report`` did: the sums of the corpus, and of its labels."""

    counts: store.Counts
    labelled: Labelled


def sample() -> Path:
    """The bundled sample: facts on real AI works (docs/data-card.md)."""
    return Path(str(files("aequa") / "data" / "sample.csv.gz"))


def ingest(arguments: Sequence[str], out: Path, rejects: Path, tell: Tell) -> Ingested:
    """Read any mix of files into one corpus at ``out``, of the schema ``core.works.WORKS``.

    Raises:
        InputError: a path does not exist, or no file held a usable record.
        SpecError: ``out`` does not end in .parquet, .jsonl or .csv, or ``rejects`` is one of the
            other files.
        AccountingError: read ≠ kept + merged + rejected.
    """
    check_suffix(out)
    paths = _inputs(arguments, (out, rejects))
    check_rejects(rejects, [*paths, out])
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix == ".parquet":
        return _ingest(paths, _digests(paths), out, rejects, tell)
    with TemporaryDirectory(prefix=".aequa-", dir=out.parent) as folder:
        works = Path(folder) / "works.parquet"
        done = _ingest(paths, _digests(paths), works, rejects, tell)
        export(works, out)
        return done


def _ingest(
    paths: Sequence[Path], digests: dict[str, str], out: Path, rejects: Path, tell: Tell
) -> Ingested:
    placed = out.with_name(out.name + ".placed.tmp")
    try:
        with Ledger(rejects) as ledger:
            works = _told(ledger.accept(read(paths)), "reading", tell)
            batches = map_batches(_placed, _batches(works), workers=2 if cores() > 1 else 1)
            with store.Writer(placed) as writer:
                for batch in batches:
                    writer.append(batch)
            if writer.rows:
                tell("merging duplicates", 0, None)
                counts = store.finish(placed, out, rejected=ledger.rejected)
                counts._replace(read=ledger.read).check()  # the ledger counted on its own
                return Ingested(counts, ledger.tallies(store.kept_by_file(out)), digests)
    finally:
        placed.unlink(missing_ok=True)
    raise _nothing_in(paths, ledger, rejects)


def _inputs(arguments: Sequence[str], written: Sequence[Path]) -> list[Path]:
    """The files that arguments name; what a run writes into its own input folder is not one.

    Raises:
        InputError: a name does not exist, or nothing is left to read.
    """
    named = {Path(argument) for argument in arguments}
    own = {path.resolve() for path in written}
    paths = [
        path
        for path in expand(arguments)
        if path in named or own.isdisjoint([path.resolve(), *path.resolve().parents])
    ]
    if not paths:
        raise InputError(f"{', '.join(arguments)}: holds nothing but the output of an earlier run")
    return paths


def _nothing_in(paths: Sequence[Path], ledger: Ledger, rejects: Path) -> InputError:
    """Why a run had nothing to work on: the first reason, and where all are."""
    first = ledger.first
    if first is None:
        return InputError(f"{', '.join(map(str, paths[:5]))}: no record found")
    return InputError(f"no usable record: {first.file}: {first.reason}; reasons in {rejects}")


def _placed(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Fields named and affiliations placed: what a record gains on its own, before merging."""
    return affiliations.place(fields.assign(batch))


def _batches(works: Iterable[Work]) -> Iterator[pa.RecordBatch]:
    stream = iter(works)
    while rows := list(islice(stream, BATCH)):
        yield to_batch(rows)


def _told(works: Iterable[Work], step: str, tell: Tell) -> Iterator[Work]:
    number = 0
    for number, work in enumerate(works, 1):
        if number % BATCH == 0:
            tell(step, number, None)
        yield work
    tell(step, number, None)


def _digests(paths: Sequence[Path]) -> dict[str, str]:
    return {name_of(path): digest(path) for path in paths if path.is_file()}


def classify(
    arguments: Sequence[str], out: Path, rejects: Path, spec: classifier.Spec, tell: Tell
) -> tuple[Labelled, int]:
    """Label every record of the files, in order and unmerged; what was done, and rejected records.

    Raises:
        InputError: a path does not exist, or no file held a usable record.
        SpecError: the suffix of ``out`` names no format, or ``rejects`` is one of the other files.
        ModelError: the shipped weights are missing or damaged.
    """
    check_suffix(out)
    paths = _inputs(arguments, (out, rejects))
    check_rejects(rejects, [*paths, out])
    out.parent.mkdir(parents=True, exist_ok=True)
    with Ledger(rejects) as ledger:
        works = _told(ledger.accept(read(paths)), "classifying", tell)
        if first := list(islice(works, 1)):
            return label(_texts(chain(first, works)), spec, out), ledger.rejected
    raise _nothing_in(paths, ledger, rejects)


def _texts(works: Iterable[Work]) -> Iterator[pa.RecordBatch]:
    stream = iter(works)
    while rows := list(islice(stream, LABELLED_AT_ONCE)):
        yield pa.RecordBatch.from_arrays(
            [
                pa.array([row.given or row.id for row in rows], pa.string()),
                pa.array([row.title for row in rows], pa.string()),
                pa.array([row.abstract for row in rows], pa.string()),
            ],
            names=["id", "title", "abstract"],
        )


def report(
    arguments: Sequence[str], directory: Path, spec: classifier.Spec, tell: Tell
) -> Reported:
    """The main job: from publications to ``directory/index.html`` and its tables.

    Without arguments the bundled sample is read. The corpus and its labels stay in the directory
    as ``works.parquet`` and ``labels.parquet``, the refused records as ``rejects.jsonl``. What an
    earlier run made, finished or killed, is used again where nothing that went into it has changed.

    Raises:
        InputError: a path does not exist, or no file held a usable record.
    """
    paths = _inputs(arguments or [str(sample())], (directory,))
    directory.mkdir(parents=True, exist_ok=True)
    works, labels = directory / "works.parquet", directory / "labels.parquet"
    _sweep(directory)
    steps = Steps(directory)
    done = _corpus_once(steps, paths, works, directory / "rejects.jsonl", tell)
    labelled = _label_once(steps, works, labels, spec, tell)
    tell("counting", 0, None)
    known, audit = _known(directory, spec)
    _tables(works, labels, directory, done.digests, known)
    tell("writing the page", 0, None)
    page.write(directory, _about(done, labelled, spec, is_sample=not arguments) | {"audit": audit})
    return Reported(done.counts, labelled)


def _sweep(directory: Path) -> None:
    """Remove what a killed run left half written; whole files never end so."""
    for path in [*directory.glob("*.tmp"), *directory.glob("tables/*.tmp")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in directory.glob(".works.parquet.*/"):
        shutil.rmtree(path)


def _corpus_once(
    steps: Steps, paths: Sequence[Path], works: Path, rejects: Path, tell: Tell
) -> Ingested:
    """The corpus, unless an earlier run made it from the same files with the same code."""
    digests = _digests(paths)
    key = [code(), *digests.items()]
    known = steps.finished("ingest", key) if all(path.is_file() for path in paths) else None
    if known is not None:
        tell("reading: done by an earlier run", known["counts"]["read"], known["counts"]["read"])
        tallies = tuple(FileTally(**row) for row in known["tallies"])
        return Ingested(store.Counts(**known["counts"]), tallies, known["digests"])
    done = _ingest(paths, digests, works, rejects, tell)
    value = {
        "counts": done.counts._asdict(),
        "tallies": [row._asdict() for row in done.tallies],
        "digests": done.digests,
    }
    steps.enter("ingest", key, [works, rejects], value)
    return done


def _label_once(
    steps: Steps, works: Path, labels: Path, spec: classifier.Spec, tell: Tell
) -> Labelled:
    """The labels, unless an earlier run gave them to the same corpus with the same code."""
    key, total = [code(), digest(works), asdict(spec)], pq.read_metadata(works).num_rows
    known = steps.finished("classify", key)
    if known is not None:
        tell("classifying: done by an earlier run", total, total)
        return Labelled(**known)
    texts = pq.ParquetFile(works).iter_batches(
        LABELLED_AT_ONCE, columns=["id", "title", "abstract"]
    )
    done = label(texts, spec, labels, lambda made: _counted(made, total, tell))
    steps.enter("classify", key, [labels], done._asdict())
    return done


def _counted(batches: Iterable[pa.RecordBatch], total: int, tell: Tell) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in batches:
        done += batch.num_rows
        tell("classifying", done, total)
        yield batch


def _known(directory: Path, spec: classifier.Spec) -> tuple[Known, str | None]:
    """What is known of the labels' errors; and of an audit in the directory: used or other's.

    The model card counts the errors of the default tier, which say nothing of another one's. An
    audit (``aequa audit estimate``) counts where it was made of these very works and labels.
    """
    card = models.card() if spec.tier == classifier.Spec().tier else {}
    known = Known(rates_of(card.get("error_rates")), rates_of(card.get("error_rates_titles")))
    path = directory / AUDIT
    if not path.exists():
        return known, None
    try:
        table = read_parquet(path)
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: not what aequa audit estimate wrote ({error})") from error
    ours = {digest(directory / name) for name in ("works.parquet", "labels.parquet")}
    if not ours <= set(table.provenance.inputs.values()):
        return known, "other"
    audited = {
        label_of(row["measure"], row["key"]): Audited(
            row["share"], row["low"], row["high"], row["labelled"], row["found"]
        )
        for row in table.data.to_pylist()
        if row["share"] is not None and row["low"] is not None and row["high"] is not None
    }
    return replace(known, audited=audited, inputs={AUDIT: digest(path)}), "used"


def _tables(
    works: Path, labels: Path, directory: Path, inputs: dict[str, str], known: Known
) -> None:
    """All evidence tables, in place of those of an earlier run."""
    folder = directory / "tables"
    folder.mkdir(exist_ok=True)
    for old in (*folder.glob("*.parquet"), *folder.glob("*.csv")):
        old.unlink()
    with duckdb.connect(config={"memory_limit": MEMORY}) as con:
        con.execute("SET temp_directory = ?", [str(directory / ".duckdb.tmp")])
        con.read_parquet(str(works)).create_view("works")
        con.read_parquet(str(labels)).create_view("labels")
        con.register("groups", groups.as_table())
        con.register("countries", countries.as_table())
        for table in evidence.evidence(con, evidence.Spec(), inputs, known):
            write_parquet(table, folder / f"{table.name}.parquet")


def _about(
    done: Ingested, labelled: Labelled, spec: classifier.Spec, is_sample: bool
) -> dict[str, Any]:
    sources = [{**row._asdict(), "sha256": done.digests.get(row.file)} for row in done.tallies]
    if is_sample:  # where the package is installed is nobody's business
        sources = [{**row, "file": sample().name} for row in sources]
    repaired = sum(row.repaired for row in done.tallies)
    return {
        "version": __version__,
        "created": _today(),
        "sample": is_sample,
        "sources": sources,
        "counts": {**done.counts._asdict(), "repaired": repaired},
        "tiers": {"tier": spec.tier, **labelled._asdict()},
        "spec": {"classify": asdict(spec), "evidence": asdict(evidence.Spec())},
        "seed": evidence.Spec().seed,
        "card": models.card(),
    }


def _today() -> str:
    """The date, or the one of SOURCE_DATE_EPOCH when a build must be reproducible."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    return now.date().isoformat()
