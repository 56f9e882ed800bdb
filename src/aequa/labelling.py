"""Texts to a file of labels: shards by all cores, with what the encoder found earlier."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from aequa.classify import engine
from aequa.core.aside import aside
from aequa.core.works import LABELS, Work
from aequa.ledger import BOOKS, Account, Ledger
from aequa.output import write_labels
from aequa.parts import Input, Read, batches, books_of, make_parts
from aequa.progress import Tell
from aequa.runners.local import cores
from aequa.runners.shards import Made, Shelf, Task, make
from aequa.sources.pieces import Piece
from aequa.steps import code
from aequa.vectors import Vectors, location

AT_ONCE = 125
"""Works per batch of the classifier, which holds the words of all of them."""
_LEAST, _MEAN, _MOST = 256, 1024, 2048
"""Works of a corpus per shard."""
_COLUMNS = ["id", "title", "abstract"]


class Labelled(NamedTuple):
    """What a run of the classifier did: works labelled, read by the encoder, given other goals."""

    works: int
    second: int
    changed: int
    failed: int = 0
    """Works, or parts of files, without labels: their shard failed twice."""

    def told(self) -> str:
        """What the accurate tier did, for people.

        >>> Labelled(works=8000, second=1034, changed=312).told()
        '1,034 (12.9 %) read by the accurate tier, which changed the goals of 312'
        """
        if not self.second:
            return "none read by the accurate tier"
        share = 100 * self.second / max(self.works, 1)
        return (
            f"{self.second:,} ({share:.1f} %) read by the accurate tier,"
            f" which changed the goals of {self.changed:,}"
        )


def label_files(
    files: Sequence[Input], shelf: Shelf, spec: engine.Spec, out: Path, ledger: Ledger, tell: Tell
) -> Labelled:
    """Label every record of the files, in order and unmerged, and enter all in the ledger.

    Raises:
        SpecError: the suffix of ``out`` names no format.
        ModelError: the shipped weights are missing or damaged.
    """

    def entered() -> Iterator[tuple[Made, int]]:
        step, read = ["label", asdict(spec)], partial(label, spec=spec)
        for made, books in make_parts(files, texts, step, shelf, read, cores()):
            ledger.enter(books)
            tell("classifying", ledger.read, None)
            yield made, int(made.failure is not None)

    return _joined(entered(), out)


def label_works(
    works: Path, shelf: Shelf, spec: engine.Spec, out: Path, failures: Path, tell: Tell
) -> Labelled:
    """Label a corpus; works whose shard fails are left out and listed in ``failures``.

    Raises:
        ModelError: the shipped weights are missing or damaged.
    """
    total, done = pq.read_metadata(works).num_rows, 0
    waiting: deque[list[str]] = deque()
    keys: list[str] = []

    def tasks() -> Iterator[Task]:
        with pq.ParquetFile(works) as file:
            for chunk in chunks(file.iter_batches(AT_ONCE, columns=_COLUMNS)):
                key = _key(chunk, spec)
                waiting.append(chunk.column("id").to_pylist())
                yield Task(key, None if shelf.has(key) else chunk)

    def entered() -> Iterator[tuple[Made, int]]:
        nonlocal done
        for made in make(shelf, tasks(), partial(label, spec=spec), cores()):
            ids = waiting.popleft()
            done += len(ids)
            tell("classifying", done, total)
            if made.failure is None:
                keys.append(made.key)
                yield made, 0
                continue
            for one in ids:
                line = {"id": one, "status": "unlabelled", "reason": made.failure}
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")
            yield made, len(ids)

    with aside(failures) as beside, beside.open("w", encoding="utf-8") as stream:
        found = _joined(entered(), out)
    shelf.keep(keys)
    return found


def _joined(shards: Iterable[tuple[Made, int]], out: Path) -> Labelled:
    """The labels of all shards as one file; with each shard comes how much of it failed."""
    told: Counter[str | None] = Counter()

    def labels() -> Iterator[pa.RecordBatch]:
        for made, failed in shards:
            told["failed"] += failed
            if made.failure is None:
                with pq.ParquetFile(made.path) as shard:
                    for batch in shard.iter_batches():
                        told.update(batch.column("second_reading").to_pylist())
                        yield batch

    works = write_labels(labels(), out)
    return Labelled(works, told["agreed"] + told["changed"], told["changed"], told["failed"])


def label(argument: Piece | Read | pa.RecordBatch, path: Path, spec: engine.Spec) -> None:
    """Label a part of a file, or a chunk of a corpus, and write it as a shard."""
    name = argument.name if isinstance(argument, Piece) else ""
    account = Account(name)
    with Vectors(None if spec.tier == "fast" else location()) as known:
        labels = [
            known.detach(engine.classify_remembering(known.attach(batch), spec))
            for batch in batches(argument, texts, AT_ONCE, account)
        ]
    with pq.ParquetWriter(path, LABELS, compression="zstd") as writer:
        writer.write_table(pa.Table.from_batches(labels, LABELS))
        writer.add_key_value_metadata({BOOKS: books_of(argument, account).to_bytes()})


def chunks(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The rows cut where an id says so, so that a change moves only the cuts beside it.

    >>> ids = pa.RecordBatch.from_pydict({"id": [str(number) for number in range(5000)]})
    >>> sizes = [chunk.num_rows for chunk in chunks([ids])]
    >>> sum(sizes), max(sizes) <= 2048
    (5000, True)
    """
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        start = 0
        for place, one in enumerate(batch.column("id").to_pylist(), 1):
            rows += 1
            cut = rows >= _LEAST and zlib.crc32(one.encode()) % _MEAN == 0
            if cut or rows >= _MOST:
                yield pa.concat_batches([*held, batch.slice(start, place - start)])
                held, rows, start = [], 0, place
        held.append(batch.slice(start))
    if rows:
        yield pa.concat_batches(held)


def _key(chunk: pa.RecordBatch, spec: engine.Spec) -> str:
    sha = hashlib.sha256(json.dumps([code(), "label", asdict(spec)]).encode())
    for column in chunk.columns:
        sha.update(json.dumps(column.to_pylist()).encode())
    return sha.hexdigest()[:40]


def texts(works: Sequence[Work]) -> pa.RecordBatch:
    """What the classifier reads of works, under the identifiers that their file gives them."""
    ids = [work.given or work.id for work in works]
    columns = [ids, [work.title for work in works], [work.abstract for work in works]]
    return pa.RecordBatch.from_arrays([pa.array(each, pa.string()) for each in columns], _COLUMNS)
