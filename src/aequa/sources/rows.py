"""CSV to rows, for every reader of tables: delimiter, damaged quotes, ragged and repeated rows.

The rules, all of them noted on the record they touch:

* Column names are compared in lower case with single spaces; of columns with the same name the
  first non-empty cell counts. A row equal to the header is skipped and not counted (exports glued
  together). Blank lines are not rows; a leading ``sep=;`` or URL line, or the sentence that
  Dimensions puts there, is not one either. A header without any row is one reject.
* A row with too few cells is read with the missing ones unknown. A row with too many is rejected
  unless the surplus is empty.
* A quote that is never closed would swallow the rows after it. A row over several lines is taken
  for that when it ends with the file, runs past ``LONGEST_ROW`` characters, or breaks the rules of
  quoting and has the wrong number of cells or holds a line that is a whole row by itself. Its first
  line alone is rejected, with its number, and reading goes on with the next line. What else breaks
  the rules of quoting is read with a note.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import IO, NamedTuple

from aequa.core.errors import FormatError, InputError, one_line
from aequa.core.works import Affiliation, Authorship, Reject
from aequa.sources import fields
from aequa.sources import stream as source
from aequa.sources.addresses import MOST_SHARED

LONGEST_ROW = 1 << 20
"""Characters a row over several lines may have; a row on one line may be a ``LONGEST_LINE``."""
_LONGEST_NAME = 200
"""Characters of a column's name; a longer one has taken in a row."""
_OVERRUNS = 100
"""Rows that may run past ``LONGEST_ROW`` before a file's quotes are given up."""
_PREAMBLE = re.compile(r'\s*"?(https?://|sep=.|about the data: )', re.IGNORECASE)

csv.field_size_limit(source.LONGEST_LINE)


class Row(NamedTuple):
    """One record of a table: its number from 1, its cells by column name, notes on its shape."""

    number: int
    cells: dict[str, str]
    notes: tuple[str, ...] = ()


class _OverrunError(Exception):
    """Raised inside the reader when a row gets longer than any row can be."""


def columns(head: bytes) -> tuple[str, ...]:
    """Column names of a table from its first bytes, as ``rows`` would name them; () if none.

    >>> columns(b"Title;Cited by\\nWells;3\\n")
    ('title', 'cited by')
    """
    for line in source.head_text(head).split("\n"):
        if line.strip() and not _PREAMBLE.match(line):
            if "\0" in line or line.lstrip()[0] in "{[<@%":
                return ()
            cells = next(csv.reader([line], delimiter=delimiter(line)), [])
            return tuple(_name(cell) for cell in cells)
    return ()


def delimiter(header: str) -> str:
    """The delimiter of a header line: the most frequent of comma, semicolon and tab.

    >>> delimiter("id;title, in full;year")
    ';'
    """
    bare = re.sub(r'"[^"]*"', "", header)
    return max(",;\t", key=bare.count)


def rows(stream: IO[bytes], file: str) -> Table:
    """The table in a stream, its header read.

    Raises:
        FormatError: there is no header.
    """
    feed = _Feed(source.lines(stream, file))
    first = feed.first()
    if first is None:
        raise feed.damage or FormatError(f"{file}: has no header, expected a line of column names")
    feed.put_back([first])
    table = Table(feed, delimiter(first), file)
    if not table.header:
        raise FormatError(f"{file}: its header cannot be read, expected a line of column names")
    return table


def cells(raw: str | None) -> list[str]:
    """The clean parts of a cell that holds a list joined by semicolons.

    Empty parts are kept, so that lists can be aligned; entities are decoded before the cut.

    >>> cells("Ada Wong; ; R&amp;D Lab"), cells(" ")
    (['Ada Wong', '', 'R&D Lab'], [])
    """
    text = fields.text(raw)
    return [part.strip() for part in text.split(";")] if text else []


def authorships(
    names: Sequence[str | None], places: Sequence[tuple[Affiliation, ...]]
) -> tuple[Authorship, ...]:
    """Authors with their affiliations: one group of places per author, if there are as many.

    Otherwise the source only says that the authors together hold these places: each author gets
    all of them, so that a work's countries and their fractional shares come out right.

    >>> authorships(["A", "B"], [(Affiliation("X"),)])[1]
    Authorship(name='B', affiliations=(Affiliation(name='X', country=None, sector=None),))
    """
    if len(names) == len(places):
        pairs = zip(names, places, strict=True)
        return tuple(Authorship(name or None, group) for name, group in pairs)
    together = tuple(dict.fromkeys(chain.from_iterable(places)))
    if len(names) * len(together) > MOST_SHARED:
        return (*(Authorship(name or None) for name in names), Authorship(None, together))
    if not names:
        return (Authorship(None, together),) if together else ()
    return tuple(Authorship(name or None, together) for name in names)


def _is_blank(cells: list[str]) -> bool:
    return not cells or (len(cells) == 1 and not cells[0].strip())


def _name(cell: str) -> str:
    return " ".join(cell.replace("\ufeff", "").split()).strip('"').lower()


class _Feed:
    """Lines for ``csv.reader`` that remembers those of the row at hand and can take them back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._back: deque[str] = deque()
        self._size = 0
        self.taken: list[str] = []
        self.ended = False
        self.damage: InputError | None = None

    def start(self) -> None:
        """Forget the lines of the last row."""
        self.taken = []
        self._size = 0

    def first(self) -> str | None:
        """The first line that is not blank and stands not before a table, or None."""
        for line in self:
            self.start()  # a file may begin with any number of blank lines
            if line.strip() and not _PREAMBLE.match(line):
                return line
        return None

    def put_back(self, lines: list[str]) -> None:
        """Give lines back, to be read again."""
        self._back.extendleft(reversed(lines))
        self.ended = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._next()
        self.taken.append(line)
        self._size += len(line)
        if self._size > LONGEST_ROW and len(self.taken) > 1:
            raise _OverrunError
        return line

    def _next(self) -> str:
        try:
            line = next(self._lines)
        except StopIteration:
            self.ended = True
            raise
        except InputError as error:
            self.ended, self.damage = True, error
            raise StopIteration from None
        return (line.replace("\0", "") if "\0" in line else line) + "\n"


class Table:
    """Rows of a CSV file in order, one item per record; ``header`` holds the column names.

    Iterating raises ``InputError`` after the last whole row, when the file is cut off or its quotes
    are beyond repair.
    """

    def __init__(self, feed: _Feed, delimiter: str, file: str) -> None:
        self._feed = feed
        self._delimiter = delimiter
        self._file = file
        self._overruns = 0
        self._width = 0
        self._is_loose = False
        self.header = [_name(cell) for cell in self._cells() or []]
        self._header_lines = feed.taken
        self._width = len(self.header)
        self._is_doubled = len(set(self.header)) < self._width

    def __iter__(self) -> Iterator[Row | Reject]:
        number = 0
        notes = (*self._doubled(), *self._over_lines())
        while not self._feed.ended:
            cells = self._cells()
            if cells is not None and (_is_blank(cells) or self._is_header(cells)):
                continue
            number += 1
            item = self._row(number, cells, notes) if cells else self._unclosed(number)
            notes = () if isinstance(item, Row) else notes
            yield item
        if not number and not self._feed.damage:
            (why, *_) = (
                *self._over_lines(),
                "row: found none below the header, expected one a record",
            )
            yield Reject(self._file, 1, why, fields.excerpt("".join(self._header_lines)))
        if self._feed.damage:
            raise self._feed.damage

    def _is_header(self, cells: list[str]) -> bool:
        return _name(cells[0]) == self.header[0] and list(map(_name, cells)) == self.header

    def _doubled(self) -> tuple[str, ...]:
        if not self._is_doubled:
            return ()
        names = one_line(", ".join(sorted(n for n, k in Counter(self.header).items() if k > 1)))
        return (f"header: found {names} more than once, expected once; the first value counts",)

    def _over_lines(self) -> tuple[str, ...]:
        """A quote that is not closed in the header takes rows for column names."""
        count, longest = len(self._header_lines), max(map(len, self.header), default=0)
        if count < 2 and longest <= _LONGEST_NAME:
            return ()
        found = f"{count} lines and a column name of {longest} characters"
        return (f"header: found {found}, expected one line of short names",)

    def _row(self, number: int, cells: list[str], notes: tuple[str, ...]) -> Row | Reject:
        if len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
            reason = f"row: found {len(cells)} cells, expected {self._width} as in the header"
            return Reject(self._file, number, reason, fields.excerpt(self._delimiter.join(cells)))
        if self._is_loose:
            notes = (*notes, "row: found a quote inside a cell, expected two; cells may be joined")
        if len(cells) < self._width:
            found = f"row: found {len(cells)} cells, expected {self._width} as in the header"
            notes = (*notes, found)
        if not self._is_doubled:
            return Row(number, dict(zip(self.header, cells, strict=False)), notes)
        named: dict[str, str] = {}
        for name, cell in zip(self.header, cells, strict=False):
            if not named.get(name, "").strip():
                named[name] = cell
        return Row(number, named, notes)

    def _cells(self) -> list[str] | None:
        """Cells of the next row; [] for none; None for a quote that is never closed."""
        self._feed.start()
        self._is_loose = False
        try:
            return next(csv.reader(self._feed, delimiter=self._delimiter, strict=True), [])
        except (csv.Error, _OverrunError):
            lines = self._feed.taken
        self._feed.put_back(lines)
        return self._lenient()

    def _lenient(self) -> list[str] | None:
        """Cells of a row that breaks the rules of quoting, unless it seems to hold other rows."""
        self._feed.start()
        try:
            cells = next(csv.reader(self._feed, delimiter=self._delimiter), [])
        except (csv.Error, _OverrunError):
            self._overruns += 1
            cells = []
        lines = self._feed.taken
        whole = bool(cells) and not self._feed.ended
        if whole and (len(lines) == 1 or not self._holds_rows(cells, lines)):
            self._is_loose = True
            return cells
        if self._overruns > _OVERRUNS:
            raise InputError(f"{self._file}: quotes are not closed in over {_OVERRUNS} rows")
        self._feed.put_back(lines[1:])
        self._feed.taken = lines[:1]
        return None

    def _holds_rows(self, cells: list[str], lines: list[str]) -> bool:
        if len(cells) != self._width:
            return True
        alone = csv.reader
        return self._width > 1 and any(
            len(next(alone([line], delimiter=self._delimiter), [])) == self._width
            for line in lines[1:]
        )

    def _unclosed(self, number: int) -> Reject:
        reason = "row: found a quote that is not closed, expected its end in the same cell"
        return Reject(self._file, number, reason, fields.excerpt(self._feed.taken[0]))
