"""What the readers of text formats share: lines to records, and a record's last check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import IO, TypeVar

from aequa.core.errors import InputError
from aequa.core.works import Reject, Work
from aequa.sources import fields
from aequa.sources.stream import lines

Raw = TypeVar("Raw")
Split = Callable[[Iterable[str]], Iterator[Raw]]
"""Lines of a file to its raw records."""
Convert = Callable[[Raw, str, int], Work | Reject]
"""A raw record, its file and its 1-based number to the one record type."""


def read_records(
    stream: IO[bytes], file: str, split: Split[Raw], convert: Convert[Raw]
) -> Iterator[Work | Reject]:
    """Every record of a stream of text lines, also the one that a damaged stream cuts off.

    Raises:
        InputError: after the last record, when the stream is cut off or damaged.
    """
    trouble: list[InputError] = []
    for number, raw in enumerate(split(_until(lines(stream, file), trouble)), 1):
        yield convert(raw, file, number)
    if trouble:
        raise trouble[0]


def _until(text: Iterator[str], trouble: list[InputError]) -> Iterator[str]:
    try:
        yield from text
    except InputError as error:
        trouble.append(error)


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
