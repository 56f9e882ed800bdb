"""IEEE Xplore CSV: one affiliation entry per author, both lists split by semicolons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from aequa.core.works import Affiliation, Reject, Work
from aequa.sources import fields, rows
from aequa.sources.records import accepted

NAME = "ieee"
_MARKS = {
    "pdf link",
    "document identifier",
    "article citation count",
    "publication title",
    "ieee terms",
    "author affiliations",
    "date added to xplore",
}
_NUMBER = re.compile(r"arnumber=(\d+)|/document/(\d+)")
_KINDS = (
    ("standard", "standard"),
    ("chapter", "book-chapter"),
    ("book", "book"),
    ("journal", "article"),
    ("magazine", "article"),
    ("conference", "article"),
    ("early access", "article"),
    ("course", "other"),
)


def sniff(head: bytes) -> bool:
    """Whether the header names a document title and two columns only IEEE Xplore has."""
    names = set(rows.columns(head))
    return "document title" in names and len(_MARKS & names) >= 2


def read(stream: IO[bytes], file: str) -> Iterator[Work | Reject]:
    """Works of an IEEE Xplore CSV in order, one item per record.

    Raises:
        FormatError: there is no header.
        InputError: after the last whole row, when the file is cut off or damaged.
    """
    for row in rows.rows(stream, file):
        yield row if isinstance(row, Reject) else _work(row, file)


def _work(row: rows.Row, file: str) -> Work | Reject:
    cell = row.cells.get
    repairs = fields.Repairs()
    names = rows.cells(cell("authors"))
    printed = rows.cells(cell("author affiliations"))
    places = [(Affiliation(name),) if name else () for name in printed]
    ids = fields.unique([fields.doi(cell("doi")), number_id(cell("pdf link"))])
    work = Work(
        ids=ids,
        title=fields.text(cell("document title")),
        abstract=fields.text(cell("abstract")),
        year=fields.year(cell("publication year"), repairs),
        type=_kind(cell("document identifier")),
        venue=fields.text(cell("publication title")),
        keywords=fields.unique(
            rows.cells(cell("author keywords")) + rows.cells(cell("ieee terms"))
        ),
        cited_by=fields.count(cell("article citation count"), repairs),
        authorships=rows.authorships(names, places),
        source=NAME,
        file=file,
        record=row.number,
        repairs=row.notes + repairs.notes(),
    )
    return accepted(work, " | ".join(row.cells.values()))


def number_id(link: str | None) -> str | None:
    """``ieee:…`` from a link to a document of IEEE Xplore.

    >>> number_id("https://ieeexplore.ieee.org/stamp/stamp.jsp?arnumber=7117334")
    'ieee:7117334'
    """
    found = _NUMBER.search(link) if link else None
    return f"ieee:{found.group(1) or found.group(2)}" if found else None


def _kind(raw: str | None) -> str | None:
    value = fields.text(raw)
    if value is None:
        return None
    return next((kind for part, kind in _KINDS if part in value.lower()), "other")
