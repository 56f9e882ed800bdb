"""BibTeX of any origin; the exports of Scopus and Web of Science are recognised entry by entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import IO

from aequa.core.works import Authorship, Reject, Work
from aequa.sources import fields, latex
from aequa.sources.addresses import Address, authorships, initial_form
from aequa.sources.bibtex_scan import Entry, entries
from aequa.sources.records import accepted, read_records
from aequa.sources.stream import head_text

NAME = "bibtex"

_START = re.compile(
    r"^[^\S\n]*@[^\S\n]*(?:(?:comment|string|preamble)[^\S\n]*[{(]|[a-z]+\s*[{(][^{}()=]{0,300}[,\n])",
    re.M | re.I,
)
_FIELD = re.compile(r"[\s,{(](?:title|author|year|journal|abstract|note|doi)\s*=\s*[{\"\w]", re.I)
_CITED = re.compile(r"cited by:?\s*(-?[\d,]*\d)", re.I)
_AND = re.compile(r"\s+and\s+", re.I)
_OUTER = re.compile(r"\s*\{(.*)\}\s*", re.S)
_LINES = re.compile(r"(?<=\.)\s*\n\s*")
_SPLIT = re.compile(r";\s+|;$")

Values = Callable[[str], str | None]
"""The decoded value of a field by its name, or None."""


def sniff(head: bytes) -> bool:
    """Whether a line of the head starts an entry (``@word{``) that has a field we know."""
    text = head_text(head)
    start = _START.search(text)
    return bool(start and _FIELD.search(text, start.start()))


def read(stream: IO[bytes], file: str) -> Iterator[Work | Reject]:
    """Every entry of a file; ``Work.source`` is ``scopus``, ``wos`` or ``bibtex``.

    Raises:
        InputError: after the last entry, when the stream is cut off or damaged.
    """
    return read_records(stream, file, entries, _convert)


def _vendor(entry: Entry) -> str:
    get = entry.fields.get
    if entry.key.upper().startswith(("WOS:", "ISI:")) or "unique-id" in entry.fields:
        return "wos"
    if get("source", "").strip(" {}") == "Scopus" or "scopus.com" in get("url", ""):
        return "scopus"
    return "bibtex"


def _convert(entry: Entry, file: str, number: int) -> Work | Reject:
    repairs = fields.Repairs()
    if not entry.whole:
        repairs.note("entry", "unbalanced braces or quotes", "name = {value}, … }")
    for name in ("title", "abstract"):
        if name in entry.repeated:
            repairs.note(name, "more than one", "one; the first counts")
    vendor = _vendor(entry)
    value = _values(entry, vendor)
    work = Work(
        ids=_ids(entry, value, vendor),
        title=fields.text(value("title") or value("booktitle")),
        abstract=fields.text(value("abstract")),
        year=_year(value, repairs),
        type=_type(entry, value, vendor),
        language=fields.language(value("language") or value("langid")),
        venue=_first(value, "journal", "journaltitle", "booktitle", "series", "howpublished"),
        field=fields.text((value("web-of-science-categories") or "").split(";")[0]),
        keywords=_keywords(value),
        cited_by=_cited(value, repairs),
        authorships=_authorships(value, vendor),
        source=vendor,
        file=file,
        record=number,
        given=fields.text(entry.key),
        repairs=repairs.notes(),
    )
    return accepted(work, entry.text)


def _values(entry: Entry, vendor: str) -> Values:
    """How to get a value: Scopus exports plain text, the others LaTeX."""

    def value(name: str) -> str | None:
        raw = entry.fields.get(name)
        if raw is None:
            return None
        inner = _OUTER.fullmatch(raw)
        if vendor == "scopus":
            return inner[1] if inner else raw.replace("\\&", "&").replace("\\%", "%")
        return latex.to_text(raw)

    return value


def _first(value: Values, *names: str) -> str | None:
    return next((text for name in names if (text := fields.text(value(name)))), None)


def _year(value: Values, repairs: fields.Repairs) -> int | None:
    for name in ("year", "date", "early access date", "earlyaccessdate"):
        if found := fields.year(value(name), repairs):
            return found
    return None


def _type(entry: Entry, value: Values, vendor: str) -> str | None:
    """The vendor's document type, else the kind of the entry; ``@misc`` says nothing."""
    if vendor != "bibtex":
        return fields.work_type(_first(value, "document_type", "type") or entry.kind)
    if _is_arxiv(value):
        return "preprint"
    return None if entry.kind in ("misc", "online", "electronic") else fields.work_type(entry.kind)


def _is_arxiv(value: Values) -> bool:
    names = ("archiveprefix", "eprinttype", "journal", "url")
    where = " ".join(value(name) or "" for name in names).lower()
    return "arxiv" in where or where.split() == ["corr"]


def _keywords(value: Values) -> tuple[str, ...]:
    """Keywords split at semicolons, or at commas where there is no semicolon."""
    printed = [value("author_keywords"), value("keywords"), value("keywords-plus")]
    return fields.texts(
        part for text in printed if text for part in text.split(";" if ";" in text else ",")
    )


def _cited(value: Values, repairs: fields.Repairs) -> int | None:
    if stated := value("times-cited"):
        return fields.count(stated, repairs)
    found = _CITED.search(value("note") or "")
    return fields.count(found[1], repairs) if found else None


def _ids(entry: Entry, value: Values, vendor: str) -> tuple[str, ...]:
    url = value("url")
    doi = (value("doi") or "").replace("–", "--")  # no dash of typography
    named = (value(name) for name in ("eprint", "url", "journal", "note", "volume"))
    arxiv = map(fields.arxiv, named) if vendor == "bibtex" and _is_arxiv(value) else ()
    key = entry.key if entry.key.upper().startswith(("WOS:", "ISI:")) else None
    return fields.unique(
        [
            fields.doi(doi) or (fields.doi(url) if "doi.org/" in (url or "") else None),
            fields.wos_id(value("unique-id") or key),
            fields.eid(url) or fields.eid(value("eid")),
            fields.pmid(value("pubmed_id") or value("pmid")),
            next(filter(None, arxiv), None),
        ]
    )


def _authorships(value: Values, vendor: str) -> tuple[Authorship, ...]:
    printed = _AND.split(" ".join((value("author") or "").split()))
    names = [name for part in printed if (name := fields.text(part)) and name != "others"]
    places = value("affiliation") or value("affiliations") or ""
    if vendor == "wos":
        known = {initial_form(name) for name in names}
        return authorships(names, [_owned(line, known) for line in _LINES.split(places)])
    return authorships(names, [Address(part) for part in _SPLIT.split(places)])


def _owned(line: str, known: set[str]) -> Address:
    """Web of Science: ``Doe, Ann; Roe, Bo, Univ Oslo, …``, ``Doe, A (Corresponding Author), …``."""
    line = " ".join(line.split()).replace(" (Corresponding Author)", "")
    owners: list[str] = []
    place = line
    while len(parts := place.split(", ", 2)) == 3:
        given, semicolon, _ = parts[1].partition("; ")
        owner = f"{parts[0]}, {given}"
        if initial_form(owner) not in known:
            break
        owners.append(owner)
        place = place[len(owner) + 2 :]
        if not semicolon:
            break
    return Address(place, tuple(owners))
