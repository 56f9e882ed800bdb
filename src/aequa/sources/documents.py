"""JSON files to raw records, one at a time: JSON lines, arrays, API pages, single objects.

An object with a list under ``results`` (an API page) stands for the records in that list. A value
that cannot be parsed comes out as ``Broken`` and reading goes on with the next line; in an array
it goes on after the brackets that close the damaged record.
"""

from __future__ import annotations

import ast
import codecs
import gzip
import io
import json
import re
import warnings
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import IO, Any, NamedTuple, cast

import orjson

from aequa.core.errors import InputError
from aequa.core.works import Reject
from aequa.sources import fields
from aequa.sources import stream as source

_CHUNK = 1 << 18
_NOISE = re.compile(r"[\s,]*")
_RESULTS = re.compile(r'"results"\s*:\s*\[')
_TITLE = re.compile(r'"(?:title|abstract\w*)"\s*:')
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)
_WORD_END = re.compile(r"[-+.\w]{0,12}\s*")
_WORD = re.compile(r'"?[^\s,"{}\[\]][^,{}\[\]\n]*|["}\]]')
_UNFINISHED = ("Unterminated string", "Invalid \\", "Invalid control")
_LONGEST_PRINT = 1 << 20
"""Characters of what Python printed; reading more would take a hundred times their memory."""
_DECODER = json.JSONDecoder(strict=False)


class Broken(NamedTuple):
    """A record that is not valid JSON: the parser's complaint and the text."""

    reason: str
    text: str


def records(stream: IO[bytes], file: str) -> Iterator[Any]:
    """Raw records of a JSON file in order; what cannot be parsed is ``Broken``.

    Raises:
        InputError: after the last readable record, when the stream is cut off or damaged, or when
            no record can be told from the next any more.
    """
    if _is_one(cast(io.BufferedReader, stream).peek(source.HEAD)):
        yield from _Document(_chunks(stream, file), file)
        return
    lines = filter(str.strip, source.lines(stream, file))
    for first in lines:
        second = next(lines, "")
        rest = chain([first, second] if second else [first], lines)
        if _is_document(first, second):
            yield from _Document((line + "\n" for line in rest), file)
        else:
            yield from _by_line(rest)


def are_lines(start: bytes) -> bool:
    """Whether a file that starts so, with its first line whole, holds one JSON value to a line.

    >>> are_lines(b'{"a": 1}\\n{"a": 2}\\n'), are_lines(b'{\\n"a": 1}\\n')
    (True, False)
    """
    found = (line for line in source.head_text(start).split("\n") if line.strip())
    first, second = next(found, ""), next(found, "")
    try:
        value = orjson.loads(first)
    except orjson.JSONDecodeError:
        page = _RESULTS.search(first[: source.HEAD])
        whole = _is_one(start) or page or _is_document(first, second) if first else True
        return not whole and first.lstrip()[:1] == "{"
    return isinstance(value, dict) and not isinstance(value.get("results"), list)


def of_lines(stream: IO[bytes], file: str) -> Iterator[Any]:
    """Raw records of text that holds one JSON value to a line, whatever its first lines say."""
    return _by_line(filter(str.strip, source.lines(stream, file)))


def _is_one(start: bytes) -> bool:
    """Whether a file that starts so is an array, or an API page in one line."""
    head = source.head_text(start[: source.HEAD]).lstrip()
    return head[:1] == "[" or ("\n" not in head and _RESULTS.search(head) is not None)


def reject(raw: Any, file: str, number: int) -> Reject:
    """The reject for a raw record that is ``Broken`` or no JSON object."""
    if isinstance(raw, Broken):
        return Reject(file, number, f"record: {raw.reason}", fields.excerpt(raw.text))
    reason = f"record: found a JSON {type(raw).__name__}, expected an object"
    return Reject(file, number, reason, fields.excerpt(raw))


def printed(text: str) -> Any:
    """The value of an object or list that a cell holds as JSON or as Python prints it, or None.

    >>> printed('{"a": [0]}'), printed("{'a': None}"), printed("{'a'")
    ({'a': [0]}, {'a': None}, None)
    """
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        if len(text) > _LONGEST_PRINT:
            return None
    try:
        with warnings.catch_warnings(action="ignore", category=SyntaxWarning):
            return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def _is_document(first: str, second: str) -> bool:
    """Whether the first line is the start of a JSON value that goes on over more lines."""
    start = first.strip()
    if start[-1] in "[{:" and start[0] in "[{":
        return True
    try:
        _DECODER.raw_decode(start)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(start) and not error.msg.startswith("Unterminated")
        return start[0] in "[{" and cut and second.lstrip()[:1] not in ("{", "")
    except RecursionError:
        return False
    return False


def _by_line(lines: Iterator[str]) -> Iterator[Any]:
    for line in lines:
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            value = _lenient(line, str(error))
        yield from _expand(value)


def _lenient(line: str, complaint: str) -> Any:
    """What orjson refuses but Python reads (control characters, NaN, a trailing comma)."""
    try:
        return json.loads(line.strip().rstrip(","), strict=False)
    except (ValueError, RecursionError):
        return Broken(f"is not valid JSON ({complaint})", line)


def _chunks(stream: IO[bytes], file: str) -> Iterator[str]:
    """Decoded blocks of a stream: UTF-8, or UTF-16 by its mark; bad bytes become U+FFFD."""
    mark = cast(io.BufferedReader, stream).peek(2)[:2]
    encoding = "utf-16" if mark in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while True:
        try:
            raw = cast(io.BufferedReader, stream).read1(_CHUNK)
        except (EOFError, gzip.BadGzipFile, zlib.error, OSError) as error:
            raise InputError(f"{file}: is cut off or damaged ({error})") from error
        yield decoder.decode(raw, final=not raw)
        if not raw:
            return


class _Document:
    """Records of JSON values that run over lines; holds the text of one record, not of the file."""

    def __init__(self, chunks: Iterator[str], file: str) -> None:
        self._chunks = chunks
        self._file = file
        self._text = ""
        self._at = 0
        self._open = True
        self._damage: InputError | None = None

    def __iter__(self) -> Iterator[Any]:
        while self._skip():
            if self._text[self._at] == "[":
                self._at += 1
                yield from self._elements()
            elif self._enter_page():
                yield from self._elements()
                yield from self._leave_page()
            else:
                yield from _expand(self._value())
        if self._damage:
            raise self._damage

    def _more(self, size: int) -> bool:
        """Hold ``size`` characters from here on if the file has them; False if nothing came."""
        parts = [self._text[self._at :]]
        held = before = len(parts[0])
        while held < size and self._open:
            try:
                parts.append(next(self._chunks))
            except (StopIteration, InputError) as end:
                self._open = False
                self._damage = end if isinstance(end, InputError) else self._damage
            else:
                held += len(parts[-1])
        self._text, self._at = "".join(parts), 0
        return held > before

    def _skip(self) -> bool:
        """Move to the next character that matters; False at the end of the file."""
        while True:
            found = _NOISE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return True
            if not self._more(1):
                return False

    def _elements(self) -> Iterator[Any]:
        value: Any = None
        while self._skip():
            if self._text[self._at] == "]":
                self._at += 1
                return
            value = self._value()
            yield value
        if not isinstance(value, Broken):
            cut = f"{self._file}: is cut off, its list of records is not closed"
            self._damage = self._damage or InputError(cut)

    def _enter_page(self) -> bool:
        """Step into the list under ``results`` if the object at hand is an API page."""
        self._more(source.HEAD)
        found = _RESULTS.search(self._text, self._at, self._at + source.HEAD)
        if found is None or not _is_object(f'{self._text[self._at : found.start()]}"results":0}}'):
            return False
        self._at = found.end()
        return True

    def _leave_page(self) -> Iterator[Broken]:
        """Skip what a page holds behind its list, unless records stand there."""
        end = self._end_of_brackets(1)
        rest = self._text[self._at : len(self._text) if end is None else end]
        if _TITLE.search(rest):
            yield Broken("stands behind the end of the list of results", rest[:400])
        self._at += len(rest)

    def _value(self) -> Any:
        while True:
            size = len(self._text) - self._at
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except (RecursionError, ValueError) as error:
                if not isinstance(error, json.JSONDecodeError):
                    return self._broken(f"is not JSON that can be read ({error})", cut=False)
                rest = self._text[error.pos :]
                cut = error.msg.startswith(_UNFINISHED) or _WORD_END.fullmatch(rest) is not None
                if not (cut and size < source.LONGEST_LINE and self._more(max(2 * size, _CHUNK))):
                    return self._broken(f"is not valid JSON ({error.msg})", cut)
            else:
                word = end == len(self._text) and not isinstance(value, dict | list | str)
                if not (word and self._more(size + 1)):
                    self._at = end
                    return value

    def _broken(self, reason: str, cut: bool) -> Broken:
        """Skip a damaged record by its brackets, else to a line that opens a record.

        With neither, the rest of the file is given up, which ``__iter__`` raises at the end.
        """
        if len(self._text) - self._at < 400:
            self._more(400)
        broken = Broken(reason, self._text[self._at : self._at + 400])
        word = _WORD.match(self._text, self._at)
        while (
            word and word.end() == len(self._text) and word.end() - self._at < source.LONGEST_LINE
        ):
            if not self._more(2 * (word.end() - self._at)):
                break
            word = _WORD.match(self._text, self._at)
        if word:
            self._at = word.end()
            return broken
        end = len(self._text) if cut else self._end_of_brackets(0)
        if end is None and (line := self._text.find("\n{", self._at)) > 0:
            end = line
        if end is None:
            self._open, end = False, len(self._text)
            lost = (
                f"{self._file}: JSON is damaged, nothing after record {broken.text[:60]!r} is read"
            )
            self._damage = self._damage or InputError(lost)
        self._at = end
        return broken

    def _end_of_brackets(self, depth: int) -> int | None:
        """Where the brackets that are open from here on close again; None if they do not."""
        end = _closing(self._text, self._at, depth)
        while end is None and len(self._text) - self._at < source.LONGEST_LINE:
            if not self._more(2 * (len(self._text) - self._at) + _CHUNK):
                return None
            end = _closing(self._text, self._at, depth)
        return end


def _expand(value: Any) -> Iterator[Any]:
    """The records that one JSON value stands for: a list, an API page or itself."""
    if type(value) is list:
        yield from value
    elif type(value) is dict and type(value.get("results")) is list:
        yield from value["results"]
    else:
        yield value


def _closing(text: str, start: int, depth: int) -> int | None:
    """Where the open brackets close; None if they do not, or if the quotes there are odd."""
    for token in _TOKEN.finditer(text, start):
        mark = token.group()
        if mark in ("{", "["):
            depth += 1
        elif mark in ("}", "]"):
            depth -= 1
            if depth <= 0:
                end = token.end()
                odd = text.count('"', start, end) - text.count('\\"', start, end)
                return None if odd % 2 else end
    return None


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text, strict=False), dict)
    except (ValueError, RecursionError):
        return False
