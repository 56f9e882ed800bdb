"""Ways to damage a file: bytes, tokens of its format, lines, encodings, compression, copies."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Sequence
from random import Random

from fuzz.marked import renewed

MOST = 1 << 16
"""Bytes of an input; a few grow beyond it by one last change."""
TOKENS = (
    b"\0", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\x1b[31m",
    b"\r", b"\n", b"\r\n", b"\n\n", b"\t", b"\x0b", b"\x0c", b"\x1c", b"\xc2\x85", b"\xe2\x80\xa8",
    b"\xc2\xa0", b"\xc2\xad", b'"', b'""', b"'", b",", b";", b"|", b"\\", b"{", b"}", b"[", b"]",
    b"<", b">", b"&", b"&amp;", b"&#0;", b"&#x110000;", b"<!--", b"-->", b"<b", b"=", b"@", b"#",
    b"$", b"%", b"%00", b"%ZZ", b"~", b"-", b"9" * 30, b"-1", b"1e999", b"NaN", b"Infinity",
    b"null", b"None", b"true", b"10.1000/x", b"doi:", b"\\u0000", b"\\ud800", b"\\", b" " * 40,
    b"\xd9\xa3\xd9\xa4", b"\xe0\xb2\xa0" * 3, b"e\xcc\x81" * 9, b"\xf0\x9f\x92\xa9",
)  # fmt: skip
_LINE = re.compile(rb"[^\n]*\n?")

Change = Callable[[bytes, Random, Sequence[bytes]], bytes]


def damaged(
    data: bytes, rng: Random, tokens: Sequence[bytes], others: Sequence[bytes] = ()
) -> bytes:
    """The file after a few random changes; one in twenty stays as it is.

    ``tokens`` are those of its format; ``others`` are files that it may be spliced with.
    """
    if rng.random() < 0.05:
        return data
    if others and rng.random() < 0.15:
        data = _spliced(data, renewed(rng.choice(others), rng), rng)
    for _ in range(min(1 + int(rng.expovariate(0.6)), 12)):
        change = rng.choice(_CHANGES if rng.random() < 0.994 else _LARGE)
        data = change(data, rng, tokens)[: 8 * MOST]
    return data


def _at(data: bytes, rng: Random) -> int:
    return rng.randint(0, len(data))


def _span(data: bytes, rng: Random) -> tuple[int, int]:
    start = _at(data, rng)
    return start, min(len(data), start + int(rng.expovariate(1 / 30)))


def _flip(data: bytes, rng: Random, tokens: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = rng.randrange(len(data))
    byte = data[at] ^ (1 << rng.randrange(8)) if rng.random() < 0.5 else rng.randrange(256)
    return data[:at] + bytes([byte]) + data[at + 1 :]


def _insert(data: bytes, rng: Random, tokens: Sequence[bytes]) -> bytes:
    at = _at(data, rng)
    token = rng.choice(tokens if tokens and rng.random() < 0.5 else TOKENS)
    return data[:at] + token * rng.choice((1, 1, 1, 2, 5)) + data[at:]


def _replace(data: bytes, rng: Random, tokens: Sequence[bytes]) -> bytes:
    """One token of the file becomes another."""
    old = rng.choice(tokens or TOKENS)
    places = [found.start() for found in re.finditer(re.escape(old), data)]
    if not places:
        return _insert(data, rng, tokens)
    at = rng.choice(places)
    new = rng.choice((b"", rng.choice(TOKENS), rng.choice(tokens or TOKENS)))
    return data[:at] + new + data[at + len(old) :]


def _delete(data: bytes, rng: Random, tokens: Sequence[bytes]) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + data[end:]


def _repeat(data: bytes, rng: Random, tokens: Sequence[bytes]) -> bytes:
    start, end = _span(data, rng)
    return data[:end] + renewed(data[start:end], rng) + data[end:]


def _cut(data: bytes, rng: Random, tokens: Sequence[bytes]) -> bytes:
    return data[: _at(data, rng)] if rng.random() < 0.5 else data[_at(data, rng) // 4 :]


def _lines(data: bytes, rng: Random, tokens: Sequence[bytes]) -> bytes:
    """A line deleted, repeated, moved, joined to the next or indented."""
    lines = _LINE.findall(data)[:2000]
    at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.randrange(5)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(to, renewed(lines[at], rng))
    elif kind == 2:
        lines.insert(to, lines.pop(at))
    elif kind == 3:
        lines[at] = lines[at].rstrip(b"\r\n")
    else:
        lines[at] = rng.choice((b" ", b"   ", b"\t", b"\xc2\xa0", b"\xef\xbb\xbf")) + lines[at]
    return b"".join(lines)


def _ends(data: bytes, rng: Random, tokens: Sequence[bytes]) -> bytes:
    """Other line ends, everywhere or in one half."""
    end = rng.choice((b"\r\n", b"\r", b"\r\r\n", b"\n\r", b"\n\n"))
    at = rng.choice((0, _at(data, rng)))
    return data[:at] + data[at:].replace(b"\n", end)


def _encoding(data: bytes, rng: Random, tokens: Sequence[bytes]) -> bytes:
    """The whole or the rest of the file in another encoding."""
    text = data.decode("utf-8", "replace")
    kind = rng.choice(("utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "utf-8-sig"))
    if kind.startswith("utf-16-"):
        text = "\ufeff" + text
    if rng.random() < 0.7:
        return text.encode(kind, "replace")
    at = _at(data, rng)
    return data[:at] + data[at:].decode("utf-8", "replace").encode(kind, "replace")


def _grow(data: bytes, rng: Random, tokens: Sequence[bytes]) -> bytes:
    """A token, a span or a line very many times: deep nesting, endless cells, endless records."""
    if rng.random() < 0.5:
        token = rng.choice((b"[", b"{", b'{"a":', b"(", b'"', b"<", b"a", b" ", b"\n", *tokens))
        at, times = _at(data, rng), rng.choice((300, 3000, 30_000))
        return data[:at] + token * min(times, MOST // len(token)) + data[at:]
    start, end = _span(data, rng)
    piece = data[start:end] or b"x"
    times = min(rng.choice((30, 300)), MOST // len(piece))
    return data[:end] + b"".join(renewed(piece, rng) for _ in range(times)) + data[end:]


def _zipped(data: bytes, rng: Random, tokens: Sequence[bytes]) -> bytes:
    packed = gzip.compress(data, 1, mtime=0)
    kind = rng.randrange(4)
    if kind == 1:
        return packed[: _at(packed, rng)]
    if kind == 2:
        return _flip(packed, rng, tokens)
    return packed + gzip.compress(renewed(data, rng), 1, mtime=0) if kind == 3 else packed


def _spliced(data: bytes, other: bytes, rng: Random) -> bytes:
    if rng.random() < 0.5:
        return data + other
    return data[: _at(data, rng)] + other[_at(other, rng) :]


_CHANGES: tuple[Change, ...] = (
    _flip, _flip, _insert, _insert, _insert, _replace, _replace, _delete, _delete, _repeat,
    _cut, _lines, _lines, _lines, _ends, _encoding,
)  # fmt: skip
_LARGE: tuple[Change, ...] = (_grow, _grow, _zipped)
