"""Which marks must come out of a text: those in fields whose names and delimiters are whole."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from random import Random
from typing import Any

from aequa.sources import rows
from fuzz.marked import MARK

Wanted = Callable[[str], list[tuple[int, str]]]
"""The marks that must come out of a text, with their places."""


def as_text(data: bytes) -> str:
    """The text with one kind of line end; letters beyond ASCII may be wrong, marks are not."""
    is_wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = data.decode("utf-16", "replace") if is_wide else data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("ï»¿", "")


def in_fields(pattern: str) -> Wanted:
    """Marks in what the pattern matches: a whole field with its name."""
    compiled = re.compile(pattern, re.M)

    def wanted(text: str) -> list[tuple[int, str]]:
        return twice(
            (found.start(), name)
            for found in compiled.finditer(text)
            for name in MARK.findall(found.group())
        )

    return wanted


def in_cells(*makes: Callable[[Random], bytes]) -> Wanted:
    """Marks in whole cells below a header that is one of those that ``makes`` write."""
    known = {_header(make(Random(seed)).decode()) for make in makes for seed in range(50)}

    def wanted(text: str) -> list[tuple[int, str]]:
        if _header(text) not in known:
            return []
        cut = rows.delimiter(text.partition("\n")[0])
        cell = re.compile(rf'(?:^|{cut})((?:"(?:[^"\n]|"")*"|[^"{cut}\n]*))(?={cut}|$)', re.M)
        found = ((m.start(), n) for m in cell.finditer(text) for n in MARK.findall(m.group(1)))
        return twice(found)

    return wanted


def _header(text: str) -> tuple[str, ...]:
    cells = re.split(r"[,;\t]", text.partition("\n")[0].strip().lower())
    return tuple(cell.removeprefix('"').removesuffix('"') for cell in cells)


def in_json(text: str) -> list[tuple[int, str]]:
    """Marks in titles and abstracts: of the records, where the whole text or a line is valid."""
    if text.lstrip()[:1] not in ("{", "["):
        return []
    try:
        return _in_records(json.loads(text))
    except (ValueError, RecursionError):
        lines = text.split("\n")
    if len(lines) < 2:
        return _outermost(text)
    return [(at, name) for at, line in enumerate(lines) for _, name in _in_line(line)]


def _outermost(text: str) -> list[tuple[int, str]]:
    """Marks of broken JSON, but for records that a lost bracket has put into others.

    Where titles follow each other without a bracket that closes the first, JSON knows one object:
    of two titles in it the last one counts, and one in a list of it is a value of that list.
    """
    titles = list(_TITLE.finditer(text))
    hidden: set[str] = set()
    for one, other in pairwise(titles):
        depth = lowest = 0
        for token in _TOKEN.finditer(text, one.end(), other.start()):
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token.group(), 0)
            lowest = min(lowest, depth)
        if lowest >= 0:
            hidden |= {name.lower() for m in (one, other) for name in MARK.findall(m.group())}
    return [(at, name) for at, name in _JSON(text) if name not in hidden]


def _in_line(line: str) -> list[tuple[int, str]]:
    try:
        return _in_records(json.loads(line))
    except (ValueError, RecursionError):
        return _outermost(line)


def _in_records(value: Any) -> list[tuple[int, str]]:
    """Of a name that occurs twice in an object the last value counts, as everywhere."""
    held = value.get("results", value) if isinstance(value, dict) else value
    records = held if isinstance(held, list) else [held]
    names = ("title", "abstract", "abstract_inverted_index")
    return twice(
        (10 * at + number, mark)
        for at, one in enumerate(records)
        if isinstance(one, dict)
        for number, name in enumerate(names)
        for mark in MARK.findall(json.dumps(one.get(name)))
    )


def twice(found: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Marks found in two fields, with their first place, in order."""
    places: dict[str, list[int]] = {}
    for at, name in found:
        places.setdefault(name.lower(), []).append(at)
    return sorted((at[0], name) for name, at in places.items() if len(set(at)) > 1)


def in_bibtex(text: str) -> list[tuple[int, str]]:
    """Marks in fields of entries that stand in no comment."""
    return _BIBTEX(_COMMENT.sub("", text))


def anywhere(text: str) -> list[tuple[int, str]]:
    """Marks that occur twice."""
    return twice((found.start(), found.group()) for found in MARK.finditer(text))


_JSON = in_fields(
    r'"(?:title|abstract)"\s*:\s*"[^"\\\n]*"|"Zq\d{6}qZ"\s*:\s*\[\d|"display_name"\s*:\s*"Zq\d{6}qZ"'
)
_BIBTEX = in_fields(r"^  (?:title|abstract|keywords) = (?:\{[^{}\n]*\},$|\{\{[^{}\n]*\}\},$)")
_COMMENT = re.compile(r"@\s*(?:comment|preamble)[^@]*", re.I)
_TITLE = re.compile(r'"title"\s*:\s*(?:"[^"\\\n]*")?')
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.S)
