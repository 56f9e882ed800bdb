"""Files to the corpus: parts read and placed by all cores into shards, then merged into one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from aequa.core.errors import InputError
from aequa.core.works import to_batch
from aequa.corpus import affiliations, fields, store
from aequa.ledger import BOOKS, Account, FileTally, Ledger
from aequa.parts import Input, Read, batches, books_of, make_parts
from aequa.progress import Tell
from aequa.runners.local import cores
from aequa.runners.shards import Shelf
from aequa.sources.pieces import Piece

BATCH = 2000
"""Works per batch: large enough for Arrow, small enough for a laptop."""
_WORKERS = 16
"""More processes than this wait for the one that cuts the files."""


class Ingested(NamedTuple):
    """What ``corpus`` did: the sums, the books per file, and the files' digests."""

    counts: store.Counts
    tallies: tuple[FileTally, ...]
    digests: dict[str, str]
    failed: int
    """Parts that could not be worked on, though they were tried twice."""


def corpus(files: Sequence[Input], shelf: Shelf, out: Path, rejects: Path, tell: Tell) -> Ingested:
    """Read files into one corpus at ``out``, of the schema ``core.works.WORKS``.

    Raises:
        InputError: no file held a usable record.
        AccountingError: read ≠ kept + merged + rejected.
    """
    with Ledger(rejects) as ledger:
        shards, failed = _placed_shards(files, shelf, ledger, tell)
        if ledger.read > ledger.rejected:
            tell("merging duplicates", 0, None)
            counts = store.finish(list(shards.values()), out, rejected=ledger.rejected)
            pa.default_memory_pool().release_unused()  # what follows has processes of its own
            counts._replace(read=ledger.read).check()  # the ledger counted on its own
            shelf.keep(shards)
            digests = {file.name: file.sha256 for file in files if file.sha256}
            return Ingested(counts, ledger.tallies(store.kept_by_file(out)), digests, failed)
    raise nothing_in(files, ledger, rejects)


def nothing_in(files: Sequence[Input], ledger: Ledger, rejects: Path) -> InputError:
    """Why a run had nothing to work on: the first reason, and where all are."""
    if ledger.first is None:
        return InputError(f"{', '.join(file.name for file in files[:5])}: no record found")
    return InputError(f"no usable record: {ledger.first}; reasons in {rejects}")


def _placed_shards(
    files: Sequence[Input], shelf: Shelf, ledger: Ledger, tell: Tell
) -> tuple[dict[str, Path], int]:
    """Shards of placed records by key, in order, and how many could not be made."""
    shards: dict[str, Path] = {}
    failed, workers = 0, min(cores(), _WORKERS)
    for made, books in make_parts(files, to_batch, "place", shelf, place, workers):
        if made.failure is None:
            shards[made.key] = made.path
        failed += made.failure is not None
        ledger.enter(books)
        tell("reading", ledger.read, None)
    return shards, failed


def place(argument: Piece | Read, path: Path) -> None:
    """Read a part, name its fields, place its affiliations, and write it as a shard."""
    account = Account(argument.name if isinstance(argument, Piece) else argument.books.file)
    with store.Writer(path) as writer:
        for batch in batches(argument, to_batch, BATCH, account):
            writer.append(placed(batch))
        writer.annotate(BOOKS, books_of(argument, account).to_bytes().decode())


def placed(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Fields named and affiliations placed: what a record gains on its own, before merging."""
    return affiliations.place(fields.assign(batch))
