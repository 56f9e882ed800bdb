"""Scopus CSV: the columns to 2023 (``Authors`` as ``Smith A., Wu B.``) and those since.

Affiliations come from ``Authors with affiliations`` (per author); an author's several affiliations
are printed in a row without a mark between them, so they are cut after each entry of
``Affiliations`` found in the text. Files glued together repeat their header: ``rows`` skips it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import IO

from aequa.core.works import Affiliation, Authorship, Reject, Work
from aequa.sources import fields, rows
from aequa.sources.records import accepted

NAME = "scopus"
_MARKS = {
    "eid",
    "link",
    "cited by",
    "document type",
    "author(s) id",
    "art. no.",
    "index keywords",
    "publication stage",
    "authors with affiliations",
}
_AUTHOR_ID = re.compile(r"\s*\(\d+\)\s*$")
_MOST_PLACES = 2000
_LONGEST_ENTRY = 20_000
"""Beyond these an author's text stays one affiliation: cutting it would take too long."""
_AFTER_INITIALS = re.compile(r"(?<=\.),\s*")


def sniff(head: bytes) -> bool:
    """Whether the header names a title, a source title or EID, and two columns Scopus has."""
    names = set(rows.columns(head))
    has_name = "title" in names and bool({"source title", "eid"} & names)
    return has_name and len(_MARKS & names) >= 2


def read(stream: IO[bytes], file: str) -> Iterator[Work | Reject]:
    """Works of a Scopus CSV in order, one item per record.

    Raises:
        FormatError: there is no header.
        InputError: after the last whole row, when the file is cut off or damaged.
    """
    for row in rows.rows(stream, file):
        yield row if isinstance(row, Reject) else _work(row, file)


def _work(row: rows.Row, file: str) -> Work | Reject:
    cell = row.cells.get
    repairs = fields.Repairs()
    ids = fields.unique(
        [
            fields.doi(cell("doi")),
            fields.eid(cell("eid")) or fields.eid(cell("link")),
            fields.pmid(cell("pubmed id")),
        ]
    )
    work = Work(
        ids=ids,
        title=fields.text(cell("title")),
        abstract=fields.text(cell("abstract")),
        year=fields.year(cell("year"), repairs),
        type=fields.work_type(cell("document type")),
        language=fields.language(cell("language of original document")),
        venue=fields.text(cell("source title")),
        keywords=fields.unique(
            rows.cells(cell("author keywords")) + rows.cells(cell("index keywords"))
        ),
        cited_by=fields.count(cell("cited by"), repairs),
        authorships=_authorships(row.cells),
        source=NAME,
        file=file,
        record=row.number,
        repairs=row.notes + repairs.notes(),
    )
    return accepted(work, " | ".join(row.cells.values()))


def _authorships(cells: Mapping[str, str]) -> tuple[Authorship, ...]:
    names = _names(cells)
    known = fields.unique(rows.cells(cells.get("affiliations")))
    printed = rows.cells(cells.get("authors with affiliations"))
    if not printed:
        return _unprinted(names, known)
    if names and len(names) != len(printed):
        printed = _by_name(names, printed)
    if not names:
        names = [", ".join(entry.split(", ")[:2]) for entry in printed]
    pairs = zip(names, printed, strict=False)
    places = [_places(_after_name(entry, name), known) for name, entry in pairs]
    return rows.authorships(names, places)


def _names(cells: Mapping[str, str]) -> list[str]:
    full = [_AUTHOR_ID.sub("", name) for name in rows.cells(cells.get("author full names"))]
    if full:
        return full
    short = fields.text(cells.get("authors"))
    if short is None or short.startswith("[No author"):
        return []
    parts = short.split(";") if ";" in short else _AFTER_INITIALS.split(short)
    return [name.strip() for name in parts if name.strip()]


def _unprinted(names: list[str], known: tuple[str, ...]) -> tuple[Authorship, ...]:
    """Authors of a record that prints no affiliations per author."""
    if not known:
        return tuple(map(Authorship, names))
    return rows.authorships(names, [tuple(map(Affiliation, known))])


def _by_name(names: list[str], printed: list[str]) -> list[str]:
    """One text per author, found by family name, when a semicolon inside an affiliation or a
    missing author has made the entries more or fewer than the authors.

    >>> _by_name(["Wu, Li", "Roe, Bo"], ["Wu, Li, Lab A", "Rome", "Roe, Bo, Lab B"])
    ['Wu, Li, Lab A; Rome', 'Roe, Bo, Lab B']
    """
    texts = [""] * len(names)
    families = [name.partition(",")[0].split(" ")[0] for name in names]
    at = -1
    for entry in printed:
        later = range(at + 1, len(names))
        found = next((i for i in later if families[i] and entry.startswith(families[i])), None)
        at = max(at, 0) if found is None else found
        texts[at] += f"; {entry}" if texts[at] else entry
    return texts


def _after_name(entry: str, name: str) -> str:
    """An entry without the author's name, printed as ``Wu, Li,`` or ``Wu L.,`` or ``Wu, L.,``."""
    if entry.startswith(name):
        return entry[len(name) :].lstrip(", ")
    first, _, rest = entry.partition(", ")
    is_family = name.startswith(first) and len(first) < len(name)
    return rest.partition(", ")[2] if is_family else rest


def _places(text: str, known: tuple[str, ...]) -> tuple[Affiliation, ...]:
    """The affiliations in one author's text, each ending where a known affiliation ends.

    >>> [place.name for place in _places("Lab A, Uni X, Rome, Uni Y, Bonn", ("Uni X, Rome",))]
    ['Lab A, Uni X, Rome', 'Uni Y, Bonn']
    """
    found: list[str] = []
    rest = text.strip(" ,")
    if len(known) > _MOST_PLACES or len(rest) > _LONGEST_ENTRY:
        known = ()
    while rest:
        ends = [(at, -len(place)) for place in known if (at := rest.find(place)) >= 0]
        if not ends:
            found.append(rest)
            break
        at, size = min(ends)
        cut = at - size
        found.append(rest[:cut])
        rest = rest[cut:].strip(" ,")
    whole = [part for part in dict.fromkeys(found) if not any(_is_tail(part, x) for x in found)]
    return tuple(map(Affiliation, whole))


def _is_tail(part: str, other: str) -> bool:
    return len(part) < len(other) and other.endswith(", " + part)
