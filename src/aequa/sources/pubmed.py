"""PubMed and MEDLINE text (``.nbib``): ``PMID- …`` with values indented by six blanks.

Source: MEDLINE/PubMed data element descriptions, https://www.nlm.nih.gov/bsd/mms/medlineelements.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import IO

from aequa.core.works import Authorship, Reject, Work
from aequa.sources import fields
from aequa.sources.addresses import Address, authorships
from aequa.sources.records import accepted, read_records
from aequa.sources.stream import head_text

NAME = "pubmed"

_TAG = re.compile(r"([A-Z]{2,4}) {0,2}-(?: (.*)|)$")
_HEAD = re.compile(r"PMID ?- ?\d+.*\n(?:.*\n){0,40}?(?:OWN|STAT|DP|TI|BTI|AB|FAU|AU) {0,2}- ", re.A)
_TRANSLATED = re.compile(r"\[(.+)\]\.?")
_UNTRANSLATED = re.compile(r"\[(?:not available|in process citation)\]\.?", re.I)
_OPENERS = frozenset(("OWN", "STAT"))

Tags = list[tuple[str, list[str]]]
"""The fields in their order: an ``AD`` belongs to the author above it."""


def sniff(head: bytes) -> bool:
    """Whether the head starts with a ``PMID-`` record."""
    return bool(_HEAD.match(head_text(head).lstrip()))


def read(stream: IO[bytes], file: str) -> Iterator[Work | Reject]:
    """Every record of an export.

    Raises:
        InputError: after the last record, when the stream is cut off or damaged.
    """
    return read_records(stream, file, _records, _convert)


def _records(lines: Iterable[str]) -> Iterator[Tags]:
    """A record starts at ``PMID``, or below a blank line at a field each record has once."""
    record: Tags = []
    blank = False
    for line in lines:
        if not line.strip():
            blank = True
            continue
        found = _TAG.match(line)
        if found is None:
            if record:
                record[-1][1].append(line.strip())
            continue
        tag = found[1]
        again = blank and tag in _OPENERS and any(tag == known for known, _ in record)
        if record and (tag == "PMID" or again):
            yield record
            record = []
        record.append((tag, [(found[2] or "").strip()]))
        blank = False
    if record:
        yield record


def _convert(tags: Tags, file: str, number: int) -> Work | Reject:
    values: dict[str, list[str]] = {}
    for tag, text in tags:
        values.setdefault(tag, []).append(" ".join(text))
    repairs = fields.Repairs()
    for tag, name in (("TI", "title"), ("AB", "abstract")):
        if len(found := values.get(tag, ())) > 1:
            repairs.note(name, f"{len(found)} of them", "one; the first counts")
    work = Work(
        ids=_ids(values),
        title=_title(values),
        abstract=_first(values, "AB", "OAB"),
        year=_year(values, repairs),
        type=_type(values.get("PT", [])),
        language=fields.language(_first(values, "LA")),
        venue=_first(values, "JT", "TA", "CTI"),
        keywords=fields.texts(
            text.replace("*", "") for tag in ("OT", "MH") for text in values.get(tag, ())
        ),
        authorships=_authorships(tags),
        source=NAME,
        file=file,
        record=number,
        given=_first(values, "PMID"),
        repairs=repairs.notes(),
    )
    return accepted(work, " | ".join(f"{tag}: {' '.join(text)}" for tag, text in tags))


def _first(values: dict[str, list[str]], *choices: str) -> str | None:
    texts = (fields.text(text) for tag in choices for text in values.get(tag, ()))
    return next(filter(None, texts), None)


def _title(values: dict[str, list[str]]) -> str | None:
    """The title without the brackets that mark a translated one and without its full stop."""
    title = _first(values, "TI", "BTI", "TT", "CTI")
    if title and _UNTRANSLATED.fullmatch(title):
        title = _first(values, "TT")
    translated = _TRANSLATED.fullmatch(title or "")
    if title is None or translated:
        return (translated[1].removesuffix(".") or None) if translated else None
    return (title.removesuffix(".") or None) if not title.endswith("..") else title


def _year(values: dict[str, list[str]], repairs: fields.Repairs) -> int | None:
    """The year of the issue, else of the electronic edition (printed as ``20220609``)."""
    found = fields.year(_first(values, "DP"), repairs)
    return found or fields.year((_first(values, "DEP") or "")[:4], repairs)


def _type(stated: list[str]) -> str | None:
    """Of several types the telling one: a review is also a journal article."""
    types = [fields.work_type(text) for text in stated]
    telling = [kind for kind in types if kind not in (None, "article", "other")]
    return next(iter(telling), "article" if "article" in types else next(iter(types), None))


def _ids(values: dict[str, list[str]]) -> tuple[str, ...]:
    places = values.get("AID", []) + values.get("LID", [])
    dois = (fields.doi(place) for place in places if place.rstrip().endswith("[doi]"))
    return fields.unique([fields.pmid(_first(values, "PMID")), next(filter(None, dois), None)])


def _authorships(tags: Tags) -> tuple[Authorship, ...]:
    """``FAU`` (or ``AU`` where there is none) starts an author, ``AD`` belongs to the last one."""
    authors: list[list[str]] = []
    full = False
    for tag, text in tags:
        value = fields.text(" ".join(text))
        if value and (tag in ("FAU", "CN") or (tag == "AU" and not full)):
            authors.append([value])
        elif value and tag == "AD":
            if not authors:
                authors.append([""])
            authors[-1].append(value)
        full = tag == "FAU" or (full and tag in ("AD", "AUID"))
    return tuple(
        author
        for name, *places in authors
        for author in authorships([name], [Address(place) for place in _apart(places)])
    )


def _apart(places: list[str]) -> list[str]:
    """Older records join several affiliations of an author by semicolons in one ``AD``."""
    return [part for place in places for part in re.split(r";\s+(?:and\s+)?", place)]
