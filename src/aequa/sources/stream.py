"""Bytes to text lines: compression by content, byte-order marks, mixed encodings, line ends.

Nothing is held but one line (or one block); a line over ``LONGEST_LINE`` is cut into an error.
"""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from aequa.core.errors import InputError

HEAD = 1 << 16
"""How many decompressed bytes a format is recognised from."""
LONGEST_LINE = 64 << 20
"""A single line (or cell, or JSON record) of more bytes than this is refused, not read."""


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file, ``-`` for standard input, decompressing gzip whatever its name.

    Raises:
        InputError: the file is missing, a directory or unreadable.
    """
    try:
        raw = sys.stdin.buffer if str(path) == "-" else path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be opened ({error.strerror})") from error
    buffered = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(raw)
    if buffered.peek(2)[:2] == b"\x1f\x8b":
        return cast(IO[bytes], io.BufferedReader(gzip.GzipFile(fileobj=buffered), 1 << 18))
    return buffered


def peek(stream: IO[bytes], path: Path) -> bytes:
    """The first bytes of a stream from ``open_bytes`` without consuming them (at most ``HEAD``).

    Raises:
        InputError: the file is empty or its compression is damaged from the start.
    """
    buffered = cast(io.BufferedReader, stream)
    try:
        head = buffered.peek(HEAD)[:HEAD]
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{path}: damaged gzip ({error})") from error
    if not head:
        raise InputError(f"{path}: is empty, expected publication records")
    return head


def lines(stream: IO[bytes], path: Path | str) -> Iterator[str]:
    """Text lines without line ends: UTF-8 (or UTF-16 by its mark), else cp1252 line by line.

    Raises:
        InputError: after the last whole line, when the compressed stream is cut off or damaged,
            or when one line is longer than ``LONGEST_LINE``.
    """
    first = cast(io.BufferedReader, stream).peek(4)[:4]
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield from (line.rstrip("\r\n") for line in io.TextIOWrapper(stream, "utf-16", "replace"))
        return
    start = True
    for raw in _raw_lines(stream, path):
        if start and raw.startswith(b"\xef\xbb\xbf"):
            raw = raw[3:]
        start = False
        yield from _split(decode(raw))


def _raw_lines(stream: IO[bytes], path: Path | str) -> Iterator[bytes]:
    while True:
        try:
            raw = stream.readline(LONGEST_LINE + 1)
        except (EOFError, gzip.BadGzipFile, zlib.error, OSError) as error:
            raise InputError(f"{path}: is cut off or damaged ({error})") from error
        if not raw:
            return
        if len(raw) > LONGEST_LINE:
            raise InputError(f"{path}: a line is longer than {LONGEST_LINE >> 20} MiB")
        yield raw


def decode(raw: bytes) -> str:
    """UTF-8 where it is valid, else cp1252 with undefined bytes replaced.

    >>> decode("Müller".encode("cp1252")), decode("Müller".encode("utf-8"))
    ('Müller', 'Müller')
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _split(line: str) -> Iterator[str]:
    """Drop the line end; a lone carriage return inside (old Macintosh files) ends a line too."""
    line = line.rstrip("\r\n")
    if "\r" in line:
        yield from line.split("\r")
    else:
        yield line
