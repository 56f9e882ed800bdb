"""Files to pieces that can be read apart, on any process, and read again after a kill.

A piece is a run of lines of a JSON-lines file, a run of row groups of a Parquet file, or a whole
file of any other format. Cuts depend on the file alone, so the same file gives the same pieces.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple

import pyarrow as pa

from aequa.core.errors import AequaError, InputError
from aequa.core.works import Reject, Work
from aequa.sources import documents, openalex, parquet, table
from aequa.sources.detect import is_parquet, parquet_format, text_format
from aequa.sources.read import delivered, read_file
from aequa.sources.stream import open_bytes, peek, whole_lines

SIZE = 2 << 20
"""Bytes of text, or of uncompressed columns, that make a piece at the start of a file: some 800
works, so that a small file still feeds all cores."""
LARGEST = 4 << 20
"""Bytes that make a piece far into a large file, so that it is not cut into thousands."""
_GROWTH = 64
"""A piece grows to this part of what comes before it."""
LINED = {module.NAME: module for module in (openalex, table)}
"""Readers of formats that can stand one record to a line."""


class Piece(NamedTuple):
    """A part of a file; ``read_piece`` gives its records."""

    path: Path
    name: str
    """What the file is called in records and messages."""
    first: int = 0
    """How many records of the file come before."""
    lines: bytes | None = None
    """The text of the piece, in UTF-8; None for a piece that is read from the file."""
    reader: str = ""
    """The name of the format that reads the lines."""
    groups: tuple[int, int] | None = None
    """Row groups of a Parquet file, from and to before; None for the whole file."""
    damage: str | None = None
    """Why the file cannot be read beyond these lines."""


def pieces(path: Path, name: str) -> Iterator[Piece]:
    """The pieces of a file in order; a file that cannot be opened is one piece.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.jsonl"
    ...     _ = path.write_text('{"title": "One"}\\n{"title": "Two"}\\n')
    ...     [(piece.first, piece.lines) for piece in pieces(path, "a.jsonl")]
    [(0, b'{"title": "One"}\\n{"title": "Two"}\\n')]
    """
    try:
        with open_bytes(path) as stream:
            head = peek(stream, path)
            if not is_parquet(head):
                format_name = text_format(head, path).NAME
                if format_name in LINED:
                    yield from _runs(stream, path, name, format_name)
                    return
        if is_parquet(head):
            for first, groups in parquet.parts(path, LARGEST):
                yield Piece(path, name, first, groups=groups)
            return
    except (AequaError, OSError, pa.ArrowException):
        pass  # reading the piece says why
    yield Piece(path, name)


def _runs(stream: IO[bytes], path: Path, name: str, reader: str) -> Iterator[Piece]:
    """Runs of lines, if the file holds one record to a line; else the file."""
    first = 0
    runs = _blocks(whole_lines(stream, name))
    start = next(runs)
    if isinstance(start, str) or not documents.are_lines(start):
        yield Piece(path, name)
        return
    for run in chain([start], runs):
        if isinstance(run, str):
            yield Piece(path, name, first, b"", reader, damage=run)
            return
        yield Piece(path, name, first, run, reader)
        first += sum(1 for line in run.split(b"\n") if line.strip())


def _blocks(blocks: Iterator[bytes]) -> Iterator[bytes | str]:
    """Blocks of whole lines joined to the size of a piece; then what broke them off, if any."""
    held: list[bytes] = []
    before = size = 0
    try:
        for block in blocks:
            held.append(block)
            size += len(block)
            if size >= min(max(SIZE, before // _GROWTH), LARGEST):
                yield b"".join(held)
                held, before, size = [], before + size, 0
    except InputError as error:
        if held:
            yield b"".join(held)
        yield str(error)
        return
    if held:
        yield b"".join(held)


def read_piece(piece: Piece) -> Iterator[Work | Reject]:
    """The records of a piece, numbered as in the file; never an error, as ``read``."""
    if piece.lines is None and piece.groups is None:
        return read_file(piece.path, piece.name)
    items = _of_groups(piece) if piece.groups else _of_lines(piece)
    return delivered(items, piece.path, piece.name, piece.first)


def _of_groups(piece: Piece) -> Iterator[Work | Reject]:
    part = parquet.Part(piece.first, piece.groups)
    return parquet_format(piece.path).read_parquet(piece.path, piece.name, part)


def _of_lines(piece: Piece) -> Iterator[Work | Reject]:
    convert = LINED[piece.reader].record
    values = documents.of_lines(io.BufferedReader(io.BytesIO(piece.lines or b"")), piece.name)
    for number, value in enumerate(values, piece.first + 1):
        yield convert(value, piece.name, number)
    if piece.damage is not None:
        raise InputError(piece.damage)
