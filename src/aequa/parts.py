"""Input files as parts, each the work of one shard: what to read, and what names its outcome."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from aequa.core.aside import aside
from aequa.core.errors import InputError
from aequa.core.provenance import digest
from aequa.core.works import Work
from aequa.ledger import Account, Books, books_in, unmade
from aequa.runners.shards import Made, Make, Shelf, Task, make
from aequa.sources.pieces import Piece, pieces, read_piece
from aequa.sources.read import expand, name_of, read_file
from aequa.sources.snapshot import besides
from aequa.steps import code

ToBatch = Callable[[Sequence[Work]], pa.RecordBatch]
SMALL = 1 << 18
"""A file of no more bytes is one part, read by a worker; a larger one that cannot be cut is read
here, so that the workers share what follows."""
AT_ONCE = 2000
"""Works that are read here before they are a part."""


class Input(NamedTuple):
    """A file to read."""

    path: Path
    name: str
    """As the user gave it; ``path`` is a copy where the input can be read only once."""
    sha256: str | None
    """Its digest; None where it cannot be opened."""
    besides: str | None = None
    """A digest of what reading it depends on besides its bytes (the snapshot it lies in)."""


class Read(NamedTuple):
    """Works that are read already, and the books of reading them."""

    batch: pa.RecordBatch
    books: Books


class Part(NamedTuple):
    """The work of one shard."""

    file: str
    first: int
    """How many records of the file come before."""
    key: str
    """A digest of all that the part is made of, and of aequa's own files."""
    argument: Piece | Read | None


def inputs(arguments: Sequence[str], written: Sequence[Path], folder: Path) -> list[Input]:
    """The files that arguments name; what a run writes into its own input folder is not one.

    Standard input and pipes are copied into ``folder``, since a resumed run reads them again.

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
    return [_input(path, folder) for path in paths]


def _input(path: Path, folder: Path) -> Input:
    name = name_of(path)
    if _read_once(path):
        copy = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.input"
        _copy(path, copy)
        return Input(copy, name, digest(copy))
    try:
        return Input(path, name, digest(path) if path.is_file() else None, besides(path))
    except (OSError, InputError):  # reading it says why
        return Input(path, name, None)


def _read_once(path: Path) -> bool:
    if str(path) == "-":
        return sys.stdin is not None
    return path.exists() and stat.S_ISFIFO(os.stat(path).st_mode)  # noqa: PTH116 (follows links)


def _copy(path: Path, copy: Path) -> None:
    folder = copy.parent
    folder.mkdir(parents=True, exist_ok=True)
    with aside(copy) as beside, beside.open("wb") as target:
        if str(path) == "-":
            shutil.copyfileobj(sys.stdin.buffer, target)
        else:
            with path.open("rb") as source:
                shutil.copyfileobj(source, target)


def parts(files: Iterable[Input], to_batch: ToBatch, step: Any) -> Iterator[Part]:
    """The parts of all files in order; ``step`` is what their outcome depends on besides them."""
    for file in files:
        for piece in pieces(file.path, file.name):
            whole = piece.lines is None and piece.groups is None
            if whole and file.sha256 and file.path.stat().st_size > SMALL:
                yield from _read_here(file, to_batch, step)
            else:
                yield Part(file.name, piece.first, _key(step, piece, file), piece)


def _read_here(file: Input, to_batch: ToBatch, step: Any) -> Iterator[Part]:
    account, first = Account(file.name), 0
    works = account.accept(read_file(file.path, file.name))
    while True:
        batch = to_batch(list(islice(works, AT_ONCE)))
        books = account.books()
        if not books.read:
            return
        key = _digest([step, file.name, first, "read", file.sha256, file.besides])
        yield Part(file.name, first, key, Read(batch, books))
        first += books.read


def _key(step: Any, piece: Piece, file: Input) -> str:
    lines = piece.lines
    content = file.sha256 if lines is None else hashlib.sha256(lines).hexdigest()
    where = [piece.name, piece.first, piece.groups, piece.damage]
    return _digest([step, *where, content, file.besides])


def _digest(facts: list[Any]) -> str:
    return hashlib.sha256(json.dumps([code(), *facts]).encode()).hexdigest()[:40]


def make_parts(
    files: Iterable[Input], to_batch: ToBatch, step: Any, shelf: Shelf, function: Make, workers: int
) -> Iterator[tuple[Made, Books]]:
    """The shards of all parts in order, each with the books of its part.

    ``function`` keeps the books in the metadata of the shard, under ``ledger.BOOKS``.
    """
    waiting: deque[Part] = deque()

    def tasks() -> Iterator[Task]:
        for part in parts(files, to_batch, step):
            waiting.append(part._replace(argument=None))
            yield Task(part.key, None if shelf.has(part.key) else part.argument)

    for made in make(shelf, tasks(), function, workers):
        part, failure = waiting.popleft(), made.failure
        yield (
            made,
            books_in(made.path) if failure is None else unmade(part.file, part.first, failure),
        )


def batches(
    argument: Piece | Read | pa.RecordBatch, to_batch: ToBatch, size: int, account: Account
) -> Iterator[pa.RecordBatch]:
    """The works of a part, at most ``size`` a batch; a piece is read now, into ``account``."""
    if not isinstance(argument, Piece):
        batch = argument.batch if isinstance(argument, Read) else argument
        for start in range(0, batch.num_rows, size):
            yield batch.slice(start, size)
        return
    works = account.accept(read_piece(argument))
    while rows := list(islice(works, size)):
        yield to_batch(rows)


def books_of(argument: Piece | Read | pa.RecordBatch, account: Account) -> Books:
    """The books of a part whose batches have all been taken."""
    return argument.books if isinstance(argument, Read) else account.books()
