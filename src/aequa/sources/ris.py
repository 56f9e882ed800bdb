"""RIS in the variants of its vendors (Zotero, EndNote, Embase, Ovid, Scopus, Web of Science).

A record runs from ``TY`` to ``ER``; a missing ``ER`` ends where the next ``TY`` starts. Tags
without ``TY`` are a record if they end with ``ER`` or hold a title or an abstract.
Source: RIS format specification, Research Information Systems 2001 and 2011,
https://en.wikipedia.org/wiki/RIS_(file_format)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import IO
from urllib.parse import unquote

from aequa.core.works import Authorship, Reject, Work
from aequa.sources import fields
from aequa.sources.addresses import Address, authorships, initial_form
from aequa.sources.records import accepted, read_records
from aequa.sources.stream import head_text

NAME = "ris"

_KNOWN = re.compile(
    "A[1234BDNU]|BT|C[1-8TY]|D[ABOP]|E[PRT]|I[DS]|J[1-3AFO]|KW|L[1-4AK]|M[1-3]|N[12]|P[BY]|"
    "S[NPT]|T[1-3IY]|U[RT]|VL|Y[12]"
)
"""Tags that are read even where their blanks are not as the format wants them."""
_EXACT = re.compile(r"\s{0,3}([A-Z][A-Z0-9])(?:[ \xa0]{2}|[ \xa0]?\t)-(?:\s(.*)|)$")
_LOOSE = re.compile(
    r"\s{0,3}([A-Za-z][A-Za-z0-9])(?:\s(?P<wide>\s{1,2})?)[-\u2013](?:\s(?P<value>.*)|)$"
)
_START = re.compile(r"^[^\S\n]{0,3}(?:TY|ty)\s{1,3}[-\u2013](?:[^\S\n]|$)", re.M)
_END = re.compile(r"^[^\S\n]{0,3}[A-Za-z][A-Za-z0-9]\s{1,3}[-\u2013](?:[^\S\n]|$)", re.M)

_CITED = re.compile(r"(?:cited by|times cited)[^:\n]{0,60}:\s*(-?[\d,]+)", re.I)
_DOI_PLACE = re.compile(r"(?:doi\.org/|doi[:=]\s*|^\s*)(10\.\d{4,9}/[^\s&?]+)", re.I)
_PUBMED_PLACE = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(\d+)")
_BRACKETED = re.compile(r"\(([^()]{2,2000})\)\s*(\w.+)", re.S)
_COLON = re.compile(r"([^:,]{2,60},[^:,]{1,60}):\s+(.+)", re.S)
_KINDLESS = {"gen", "elec", "web", "dbase", "icomm", "misc", "ser", "jfull"}

_TEXTS = ("TI", "T1", "AB", "N2")

Tags = dict[str, list[str]]


def sniff(head: bytes) -> bool:
    """Whether a line of the head starts a record (``TY  -``) that has another tag below it."""
    text = head_text(head)
    start = _START.search(text)
    return bool(start and _END.search(text, start.end()) and not text.startswith("PMID-"))


def read(stream: IO[bytes], file: str) -> Iterator[Work | Reject]:
    """Every record of an export.

    Raises:
        InputError: after the last record, when the stream is cut off or damaged.
    """
    return read_records(stream, file, _records, _convert)


def _records(lines: Iterable[str]) -> Iterator[Tags]:
    """One dict per record; ``ER`` in it says that its end was there."""
    record: Tags = {}
    values: list[str] = []
    for line in lines:
        tag, value = _tag(line)
        if tag is None:
            if value and record:
                values.append(value)
            continue
        if tag == "TY" and _is_record(record):
            yield record
        if tag == "TY":
            record = {}
        if tag == "ER":
            if record:
                yield record | {"ER": []}
            record, values = {}, []
        else:
            values = record.setdefault(tag, [])
            values.append(value)
    if _is_record(record):
        yield record


def _is_record(record: Tags) -> bool:
    """With ``TY`` it is one; without, it is what follows an ``ER``, unless it has a text."""
    return "TY" in record or any(text for tag in _TEXTS for text in record.get(tag, ()))


def _tag(line: str) -> tuple[str | None, str]:
    found = _EXACT.match(line)
    if found:
        return found[1], (found[2] or "").strip()
    found = _LOOSE.match(line)
    if found and _KNOWN.fullmatch(found[1].upper()) and (found[1].isupper() or found["wide"]):
        return found[1].upper(), (found["value"] or "").strip()
    return None, line.strip()


def _convert(tags: Tags, file: str, number: int) -> Work | Reject:
    repairs = fields.Repairs()
    if "ER" not in tags or "TY" not in tags:
        repairs.note("record", "a mark missing", "TY at its start and ER at its end")
    for name, pair in (("title", ("TI", "T1")), ("abstract", ("AB", "N2"))):
        if len({text for tag in pair if (text := _first(tags, tag))}) > 1:
            repairs.note(
                name, f"two that differ, in {pair[0]} and {pair[1]}", "one; the first counts"
            )
    work = Work(
        ids=_ids(tags),
        title=_first(tags, "TI", "T1", "CT", "BT", "ST"),
        abstract=_first(tags, "AB", "N2"),
        year=_year(tags, repairs),
        type=_type(tags),
        language=fields.language(_first(tags, "LA")),
        venue=_first(tags, "JF", "JO", "T2", "BT", "C3", "JA", "J2"),
        keywords=_keywords(tags),
        cited_by=_cited(tags, repairs),
        authorships=_authorships(tags),
        source=NAME,
        file=file,
        record=number,
        given=_first(tags, "ID"),
        repairs=repairs.notes(),
    )
    return accepted(work, " | ".join(f"{tag}: {' '.join(text)}" for tag, text in tags.items()))


def _first(tags: Tags, *choices: str) -> str | None:
    """The text under the first of the tags that has any."""
    for tag in choices:
        if value := fields.text(" ".join(tags.get(tag, ()))):
            return value
    return None


def _year(tags: Tags, repairs: fields.Repairs) -> int | None:
    for tag in ("PY", "Y1", "DA"):
        for value in tags.get(tag, ()):
            if found := fields.year(value, repairs):
                return found
    return None


def _type(tags: Tags) -> str | None:
    """The type of ``M3`` where it names one we know, else of ``TY``."""
    stated = fields.work_type(_first(tags, "M3"))
    kind = (_first(tags, "TY") or "gen").lower()
    if kind in _KINDLESS:
        return None if stated == "other" else stated
    return stated if kind == "jour" and stated not in (None, "other") else fields.work_type(kind)


def _keywords(tags: Tags) -> tuple[str, ...]:
    """One keyword per line, or several after semicolons; Ovid's star for main topics is removed."""
    printed = (part.lstrip(" *") for line in tags.get("KW", ()) for part in line.split(";"))
    return fields.texts(printed)


def _cited(tags: Tags, repairs: fields.Repairs) -> int | None:
    found = _CITED.search("\n".join(tags.get("N1", ())))
    return fields.count(found[1], repairs) if found else None


def _ids(tags: Tags) -> tuple[str, ...]:
    links = [unquote(text) for tag in ("UR", "L2", "LK", "M3", "N1") for text in tags.get(tag, ())]
    stated = [text for text in tags.get("ID", ()) if text.endswith("[doi]")]
    accession = [text for tag in ("AN", "ID", "UT") for text in tags.get(tag, ())]
    return fields.unique(
        [
            fields.doi(" ".join(tags.get("DO", ())[:1])) or _doi_of([*links, *stated]),
            next((fields.wos_id(text) for text in accession if text.startswith("WOS:")), None),
            next(filter(None, map(fields.eid, [*accession, *links])), None),
            _pmid(tags, links),
            next(filter(None, (fields.arxiv(text) for text in links if "arxiv" in text)), None),
        ]
    )


def _doi_of(links: list[str]) -> str | None:
    """A DOI only where it is said to be one: other links may lead to other works."""
    found = next(filter(None, map(_DOI_PLACE.search, links)), None)
    return fields.doi(found[1]) if found else None


def _pmid(tags: Tags, links: list[str]) -> str | None:
    database = " ".join(tags.get("DB", []) + tags.get("DP", [])).lower()
    printed: list[str] = []
    if "pubmed" in database or "medline" in database:
        printed = [*tags.get("AN", ()), *tags.get("ID", ())]
    elif "scopus" in database:
        printed = tags.get("C2", [])
    found = next(filter(None, map(_PUBMED_PLACE.search, links)), None)
    return next(filter(None, map(fields.pmid, printed)), None) or (
        fields.pmid(found[1] if found else None)
    )


def _authorships(tags: Tags) -> tuple[Authorship, ...]:
    names = [
        name for tag in ("AU", "A1") for line in tags.get(tag, ()) if (name := fields.text(line))
    ]
    known = {initial_form(name) for name in names}
    printed = [_address(line, known) for line in tags.get("AD", ())]
    owned = [found for line in tags.get("M1", ()) if (found := _address(line, known)).owners]
    return authorships(list(dict.fromkeys(names)), owned or printed)


def _address(line: str, known: set[str]) -> Address:
    """Embase: ``(Liu R.; Doe J., mail) Place``; Ovid: ``Doe, Jane: Place``; else a place alone."""
    if found := _BRACKETED.match(line):
        names = (part.split(",")[0].strip() for part in found[1].split(";"))
        return Address(found[2], tuple(name for name in names if name))
    if (found := _COLON.match(line)) and initial_form(found[1]) in known:
        return Address(found[2], (found[1],))
    return Address(line)
