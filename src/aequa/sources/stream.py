"""Bytes to text lines: compression by content, byte-order marks, mixed encodings, line ends.

Nothing is held but one block or one line; a line over ``LONGEST_LINE`` is an error.
"""

from __future__ import annotations

import codecs
import gzip
import io
import os
import select
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from aequa.core.errors import InputError

HEAD = 1 << 16
"""How many decompressed bytes a format is recognised from."""
LONGEST_LINE = 32 << 20
"""A single line (or cell, or JSON record) of more bytes than this is refused, not read."""

_BLOCK = 1 << 18
_PATIENCE = 60
"""Seconds to wait for the first byte of a named pipe."""
_DAMAGE = (EOFError, zlib.error, OSError)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class _Headed(io.RawIOBase):
    """A stream whose first ``HEAD`` bytes are at hand, however small the pieces it arrives in.

    Damage met while the head is filled is raised when a reader comes to that place, again each
    time, so that all bytes before it are delivered.
    """

    def __init__(self, rest: IO[bytes]) -> None:
        self._rest = rest
        self._damage: BaseException | None = None
        pieces, size = [], 0
        while size < HEAD and (piece := self._piece(HEAD - size)):
            pieces.append(piece)
            size += len(piece)
        self._head = b"".join(pieces)

    def _piece(self, size: int) -> bytes:
        try:
            return cast(io.BufferedReader, self._rest).read1(size)
        except _DAMAGE as damage:
            self._damage = damage
            return b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        if not piece and self._damage is None:
            piece = self._piece(len(buffer))
        if not piece and self._damage is not None:
            raise self._damage
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if sys.stdin is None or self._rest is not sys.stdin.buffer:
            self._rest.close()
        super().close()


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file, ``-`` for standard input, decompressing gzip whatever its name.

    Raises:
        InputError: the file is missing, a directory or unreadable, a pipe without a writer, or
            standard input is closed.
    """
    if str(path) == "-" and sys.stdin is None:
        raise InputError("-: standard input is closed, expected publication records")
    try:
        raw = sys.stdin.buffer if str(path) == "-" else _opened(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be opened ({error.strerror})") from error
    inner: IO[bytes] = raw
    if cast(io.BufferedReader, raw).peek(2)[:2] == b"\x1f\x8b":
        unzipped = gzip.GzipFile(fileobj=raw)
        cast(Any, unzipped).myfileobj = raw  # so that closing the one closes the other
        inner = cast(IO[bytes], unzipped)
    return io.BufferedReader(_Headed(inner), _BLOCK)


def _opened(path: Path) -> IO[bytes]:
    """The file, but a named pipe only if somebody writes to it: opening it would wait for ever."""
    if not path.is_fifo() or str(path).startswith(("/dev/", "/proc/")):
        return path.open("rb", buffering=_BLOCK)
    pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    if not select.select([pipe], [], [], _PATIENCE)[0]:
        os.close(pipe)
        raise InputError(f"{path}: is a pipe that nobody has written to in {_PATIENCE} s")
    os.set_blocking(pipe, True)
    return os.fdopen(pipe, "rb", buffering=_BLOCK)


def peek(stream: IO[bytes], path: Path) -> bytes:
    """The first bytes of a stream from ``open_bytes`` without consuming them (at most ``HEAD``).

    Raises:
        InputError: the file is empty or its compression is damaged from the start.
    """
    try:
        head = cast(io.BufferedReader, stream).peek(HEAD)[:HEAD]
    except _DAMAGE as error:
        raise InputError(f"{path}: is cut off or damaged ({error})") from error
    if not head:
        raise InputError(f"{path}: is empty, expected publication records")
    return head


def head_text(head: bytes) -> str:
    """The head of a file as text for ``sniff``: mark removed, line ends ``\\n``, never an error.

    >>> head_text(b"\\xef\\xbb\\xbfTY  - JOUR\\r\\nTI")
    'TY  - JOUR\\nTI'
    """
    if head[:2] in _UTF16:
        return _lined(head.decode("utf-16", "replace"))
    return _lined(head.decode("utf-8", "replace"))


def lines(stream: IO[bytes], path: Path | str) -> Iterator[str]:
    """Text lines without line ends: UTF-8 (or UTF-16 by its mark), else cp1252 line by line.

    A lone carriage return (old Macintosh files) ends a line too; marks inside the text (files
    that were joined) are removed.

    Raises:
        InputError: after the last whole line, when the compressed stream is cut off or damaged,
            or when one line is longer than ``LONGEST_LINE``.
    """
    for block in whole_lines(stream, path):
        try:
            text = block.decode("utf-8")
        except UnicodeDecodeError:
            text = "\n".join(decode(line) for line in block.split(b"\n"))
        yield from _lined(text).removesuffix("\n").split("\n")


def decode(raw: bytes) -> str:
    """UTF-8 where it is valid, else cp1252 with undefined bytes replaced.

    >>> decode("Müller".encode("cp1252")), decode("Müller".encode("utf-8"))
    ('Müller', 'Müller')
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def whole_lines(stream: IO[bytes], path: Path | str) -> Iterator[bytes]:
    """Blocks of bytes that end where a line ends, UTF-16 turned into UTF-8.

    Raises:
        InputError: as ``lines`` does.
    """
    held: list[bytes] = []
    size = 0
    for block in _blocks(cast(io.BufferedReader, stream), path):
        end = block.rfind(b"\n") + 1
        if end:
            yield b"".join([*held, block[:end]])
            held, size = [], 0
        held.append(block[end:])
        size += len(block) - end
        if size > LONGEST_LINE:
            limit = f"{LONGEST_LINE >> 20} MiB"
            raise InputError(f"{path}: a line is longer than {limit}, the rest is not read")
    if size:
        yield b"".join(held)


def _blocks(stream: io.BufferedReader, path: Path | str) -> Iterator[bytes]:
    """The bytes as they come, UTF-16 turned into UTF-8."""
    try:
        block = stream.read1(_BLOCK)
        wide = block[:2] in _UTF16
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        while block:
            yield decoder.decode(block).encode("utf-8") if wide else block
            block = stream.read1(_BLOCK)
    except _DAMAGE as error:
        raise InputError(f"{path}: is cut off or damaged ({error})") from error


def _lined(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\ufeff", "") if "\ufeff" in text else text
