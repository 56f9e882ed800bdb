"""BibTeX text to entries: a scanner that loses no entry to a damaged one.

A piece of text runs from a line that starts with ``@word{`` to the next such line. It is scanned
strictly (balanced braces, quotes, ``#``, macros); what the strict scan cannot read is read once
more line by line, so that one missing brace costs at most the value it is in.
Source: BibTeX file format, Patashnik, "BibTeXing", 1988.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_START = re.compile(r"[\s}]*@[^\S\n]*[A-Za-z]+[^\S\n]*[{(]")
_OPEN = re.compile(r"@\s*([A-Za-z]+)\s*([{(])[^\S\n]*")
_KEY = re.compile(r"\s*([^,={}\"\n]*?)\s*(?:,|\n|(?=[)}]))")
_NAME = re.compile(r"[\s,]*([A-Za-z][^={}\",\n]{0,60})=\s*")
_WORD = re.compile(r"[^\s,{}#\"=()]+")
_QUOTE = re.compile(r"\\.|[{}\"]", re.S)
_BRACE = re.compile(r"[{}()]")
_JOIN = re.compile(r"\s*#\s*")
_REST = re.compile(r"[\s,]*")
_LINE = re.compile(r"^[^\S\n]*,?[^\S\n]*([A-Za-z][\w.:-]*(?: \d+)?)\s*=\s*(?=[{\"\d]|$)", re.M)
_TEXT = re.compile(r"^[^\S\n]*(?:title|abstract)\s*=\s*[{\"]", re.I | re.M)

_SILENT = frozenset(("comment", "preamble", "string"))


class Entry(NamedTuple):
    """One entry as printed: values keep their braces and commands."""

    kind: str
    """What follows ``@``, lower case."""
    key: str
    fields: dict[str, str]
    """Values by lower-case name; of a repeated name the first, as BibTeX does."""
    whole: bool
    """Whether the strict scan read it to its end."""
    text: str
    repeated: tuple[str, ...] = ()
    """Names of fields that were there before."""


def entries(lines: Iterable[str]) -> Iterator[Entry]:
    """Every entry of a file; ``@string`` macros are replaced, ``@comment`` and text skipped.

    >>> [entry.fields for entry in entries(['@article{a, title = {A {B}} # " C", year = 2020}'])]
    [{'title': 'A {B} C', 'year': '2020'}]
    """
    macros: dict[str, str] = {}
    for piece in _pieces(lines):
        at = 0
        first = _OPEN.search(piece)
        before = piece[: first.start()] if first else piece
        if not first or _TEXT.search(before):
            yield Entry("", "", _by_line(before), False, before)
        while found := _OPEN.search(piece, at):
            scan = _Scan(piece, found, macros)
            kind = found[1].lower()
            if kind == "string":
                macros.update(scan.fields)
            following = _OPEN.search(piece, scan.end) if scan.whole else None
            stop = following.start() if following else len(piece)
            text = piece[found.start() : stop]
            if kind not in _SILENT:
                yield _entry(kind, scan, text)
            elif _TEXT.search(rest := _behind(kind, scan, text)):
                yield Entry("", "", _by_line(rest), False, rest)
            at = scan.end if scan.whole else len(piece)


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    """Text from one line that starts an entry to the next; text before the first is skipped.

    Only where that text holds a title or an abstract it is an entry without its first line.
    """
    piece: list[str] = []
    for line in lines:
        found = "@" in line and (_START.match(line) if piece else _OPEN.search(line))
        if found:
            at = line.rindex("@", 0, found.end())
            if piece:
                yield "\n".join([*piece, line[:at]])
            piece = [line[at:]]
        elif piece or _TEXT.match(line):
            piece.append(line)
    if piece:
        yield "\n".join(piece)


def _entry(kind: str, scan: _Scan, text: str) -> Entry:
    """The strict reading, completed from lines where it stopped early or left fields behind."""
    left = text[scan.end - scan.start :]
    known = [name for name in (*scan.fields, *scan.repeated) if name in ("title", "abstract")]
    hidden = len(_TEXT.findall(text)) > len(known)  # a brace too few has taken a field into a value
    if scan.whole and not hidden and not ("=" in left and _LINE.search(left)):
        return Entry(kind, scan.key, scan.fields, True, text, tuple(scan.repeated))
    return Entry(kind, scan.key, scan.fields | _by_line(text), False, text)


def _behind(kind: str, scan: _Scan, text: str) -> str:
    """What stands behind a comment, a macro or a preamble; all of it if that is never closed."""
    if kind != "comment":
        is_closed = scan.whole and len(scan.fields) < 2  # a macro is one value, an entry has more
        return text[scan.end - scan.start :] if is_closed else text
    depth = 0
    for brace in _BRACE.finditer(text):
        depth += 1 if brace[0] in "{(" else -1
        if depth == 0:
            return text[brace.end() :]
    return text


def _by_line(text: str) -> dict[str, str]:
    """Fields by the lines that they start on, whatever their braces."""
    marks = list(_LINE.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    loose: dict[str, str] = {}
    for mark, end in zip(marks, ends, strict=False):
        loose.setdefault(mark[1].lower(), _undelimited(text[mark.end() : end]))
    return loose


def _undelimited(value: str) -> str:
    value = value.strip().rstrip("}, \n") if value.count("}") > value.count("{") else value.strip()
    value = value.rstrip(", \n")
    if value[:1] in '{"' and value[:1]:
        value = value[1:].removesuffix("}" if value[0] == "{" else '"')
    return value


class _Scan:
    """One strict reading of an entry from its ``@``; ``whole`` says whether it reached its end."""

    def __init__(self, text: str, opened: re.Match[str], macros: dict[str, str]) -> None:
        self._text = text
        self._macros = macros
        self._escapes = "\\{" in text or "\\}" in text
        self._close = "}" if opened[2] == "{" else ")"
        self.start = opened.start()
        self.end = opened.end()
        self.key = ""
        self.fields: dict[str, str] = {}
        self.repeated: list[str] = []
        kind = opened[1].lower()
        if kind in ("comment", "preamble"):  # entries in a comment count, as they do for BibTeX
            close = self._balanced(self.end) if kind == "preamble" else None
            self.end, self.whole = (close or self.end), True
            return
        if kind != "string" and (key := _KEY.match(text, self.end)):
            self.key, self.end = key[1], key.end()
        self.whole = self._read_fields()

    def _read_fields(self) -> bool:
        while name := _NAME.match(self._text, self.end):
            value = self._value(name.end())
            if value is None:
                return False
            field = name[1].rstrip().lower()
            if field in self.fields:
                self.repeated.append(field)
            self.fields.setdefault(field, value)
        self.end = _REST.match(self._text, self.end).end()  # type: ignore[union-attr]
        if self._text[self.end : self.end + 1] != self._close:
            return False
        self.end += 1
        return True

    def _value(self, at: int) -> str | None:
        """The value that starts at ``at``, its parts joined; ``end`` moves behind it."""
        parts: list[str] = []
        while True:
            stop = self._part(at, parts)
            if stop is None:
                return None
            self.end = stop
            joined = _JOIN.match(self._text, stop)
            if joined is None:
                return "".join(parts)
            at = joined.end()

    def _part(self, at: int, parts: list[str]) -> int | None:
        first = self._text[at : at + 1]
        if first == "{":
            stop = self._balanced(at + 1)
        elif first == '"':
            stop = self._quoted(at + 1)
        else:
            word = _WORD.match(self._text, at)
            if word is None:
                return at if first in (",", self._close) else None
            parts.append(self._macros.get(word[0].lower(), word[0]))
            return word.end()
        if stop is None:
            return None
        parts.append(self._text[at + 1 : stop])
        return stop + 1

    def _balanced(self, at: int) -> int | None:
        """Where the brace that was opened before ``at`` closes; escaped braces do not count."""
        text, depth, start = self._text, 1, at
        while (close := text.find("}", start)) >= 0:
            depth += text.count("{", start, close) - self._escaped("\\{", start, close)
            depth -= not self._escaped("\\}", close - 1, close + 1)
            if depth <= 0:
                return close
            start = close + 1
        return None

    def _escaped(self, brace: str, start: int, end: int) -> int:
        """How many escaped braces stand in a part; in ``\\\\{`` it is the backslash."""
        if not self._escapes:
            return 0
        doubled = self._text.count("\\" + brace, max(start - 1, 0), end)
        return self._text.count(brace, max(start - 1, 0), end) - doubled

    def _quoted(self, at: int) -> int | None:
        depth = 0
        for mark in _QUOTE.finditer(self._text, at):
            if mark[0] == '"' and depth == 0:
                return mark.start()
            depth += {"{": 1, "}": -1}.get(mark[0], 0)
        return None
