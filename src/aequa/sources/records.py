"""What the readers of text formats share: lines to records, and a record's last check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import IO, TypeVar

from aequa.core.errors import InputError
from aequa.core.works import Reject, Work
from aequa.sources import fields, stream

_PER_LINE = 64
"""What a line counts for besides its characters: a record of short lines is no free memory."""

Raw = TypeVar("Raw")
Split = Callable[[Iterable[str]], Iterator[Raw]]
"""Lines of a file to its raw records."""
Convert = Callable[[Raw, str, int], Work | Reject]
"""A raw record, its file and its 1-based number to the one record type."""


def read_records(
    source: IO[bytes], file: str, split: Split[Raw], convert: Convert[Raw]
) -> Iterator[Work | Reject]:
    """Every record of a stream of text lines, also the one that a damaged stream cuts off.

    Raises:
        InputError: after the last record, when the stream is cut off or damaged, when one record
            is longer than a line may be, or when there is text but no record.
    """
    text = _Lines(stream.lines(source, file), file)
    number = 0
    for number, raw in enumerate(split(iter(text)), 1):
        yield convert(raw, file, number)
        text.held = 0
    if text.trouble:
        raise text.trouble
    if not number and text.held:
        raise InputError(f"{file}: holds no records, expected at least one")


class _Lines:
    """Lines up to what breaks them off, which is kept for later.

    ``held`` counts what the record at hand takes: characters, and the room that each line needs.
    """

    def __init__(self, text: Iterator[str], file: str) -> None:
        self._text = text
        self._file = file
        self.held = 0
        self.trouble: InputError | None = None

    def __iter__(self) -> Iterator[str]:
        try:
            for line in self._text:
                self.held += len(line) + _PER_LINE
                if self.held > stream.LONGEST_LINE:
                    limit = f"{stream.LONGEST_LINE >> 20} MiB"
                    problem = f"a record is longer than {limit}, the rest is not read"
                    raise InputError(f"{self._file}: {problem}")
                yield line
        except InputError as error:
            self.trouble = error


def accepted(work: Work, raw: object) -> Work | Reject:
    """The work, with an identifier made from its content if it has none; or why it is refused.

    >>> accepted(Work(ids=(), title=None, source="ris", record=3), "TY  - JOUR").reason
    'title and abstract: found neither, expected at least one'
    """
    if work.title is None and work.abstract is None:
        reason = "title and abstract: found neither, expected at least one"
        return Reject(work.file, work.record, reason, fields.excerpt(raw))
    if work.ids:
        return work
    first = work.authorships[0].name if work.authorships else None
    return replace(work, ids=(fields.local_id(work.title, work.abstract, work.year, first),))
