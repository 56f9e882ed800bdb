"""Web of Science plain text: tags of two letters, ``PT`` … ``ER``, and its tables.

The tables are the tab-delimited export, whose columns are tags, and the Excel export saved as CSV,
whose columns are words (``wos_columns.tsv``).

A blank line does not end a record, ``EF`` is not one, and a record without ``ER`` is kept.
Source: Web of Science Core Collection field tags, Clarivate,
https://webofscience.zendesk.com/hc/en-us/articles/20016122409105
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO, cast

from aequa.core.works import Authorship, Reject, Work
from aequa.sources import fields, rows
from aequa.sources.addresses import Address, authorships
from aequa.sources.records import accepted, read_records
from aequa.sources.stream import HEAD, head_text
from aequa.sources.tsv import forms

NAME = "wos"

_KEPT = frozenset(
    (
        "PT", "TI", "AB", "PY", "EA", "DT", "LA", "SO", "CT", "DI", "UT", "PM", "TC", "Z9", "HC",
        "WC", "SC", "AU", "AF", "BA", "BF", "CA", "C1", "RP", "DE", "ID",
    )
)  # fmt: skip
_START = re.compile(
    r"^(?:FN .*\n(?:.*\n){0,3}?VR |PT [A-Z]$(?=(?:.*\n){1,400}?(?:TI|SO|UT) ))", re.M
)
_TABLE = re.compile(r"PT\t(?:[A-Z][A-Z0-9]\t){5,}")
_WORDS = {
    "article title",
    "author full names",
    "keywords plus",
    "times cited, wos core",
    "wos categories",
    "highly cited status",
    "ut (unique wos id)",
    "ut (unique id)",
}
"""Of these columns of words, a table that has three is Web of Science's."""
_PUBLICATION = {"J": "article", "B": "book", "S": "book-chapter", "C": "article", "P": "patent"}

_SURPLUS = "more cells"
"""No tag: marks the row of a table that has more cells than its header."""
_BOUNDS = frozenset(("PT", "ER", "EF"))
_NEXT_OWNERS = re.compile(r"(?<=[.\w]);\s*(?=\[)")
_OWNERS = re.compile(r"\[([^\]]*)\]\s*(.*)", re.S)
_CORRESPONDING = re.compile(
    r"(?P<name>[^;()]+?)\s*\([^()]*\)[,\uff0c]\s*(?P<place>.+?)(?=$|;\s*[^;()]+\([^()]*\)[,\uff0c])"
)

Tags = dict[str, list[str]]


def sniff(head: bytes) -> bool:
    """Whether the head is a Web of Science export: ``FN``/``VR``, a ``PT`` record or a table."""
    text = head_text(head).lstrip()
    return bool(_START.match(text) or _TABLE.match(text)) or _has_words(head)


def _has_words(head: bytes) -> bool:
    return len(_WORDS & set(rows.columns(head))) >= 3


def read(stream: IO[bytes], file: str) -> Iterator[Work | Reject]:
    """Every record of an export.

    Raises:
        InputError: after the last record, when the stream is cut off or damaged.
    """
    if _has_words(cast(io.BufferedReader, stream).peek(HEAD)[:HEAD]):
        return _read_table(stream, file)
    return read_records(stream, file, _records, _convert)


def _read_table(stream: IO[bytes], file: str) -> Iterator[Work | Reject]:
    """Records of the Excel export saved as CSV."""
    tags = forms("wos_columns.tsv")
    for row in rows.rows(stream, file):
        if isinstance(row, Reject):
            yield row
            continue
        record = {tags[name]: [cell] for name, cell in row.cells.items() if name in tags and cell}
        yield _convert(record | {"ER": []}, file, row.number, row.notes)


def _records(lines: Iterable[str]) -> Iterator[Tags]:
    source = iter(lines)
    first = next((line.lstrip() for line in source if line.strip()), "")
    if first.startswith("PT\t"):
        yield from _rows(first.split("\t"), source)
    else:
        yield from _tagged(first, source)


def _rows(names: list[str], lines: Iterator[str]) -> Iterator[Tags]:
    """Records of the tab-delimited export, one line each; a repeated header is none."""
    header = "\t".join(names)
    for line in lines:
        if line.strip() and line != header:
            row = list(map(_unquoted, line.split("\t")))
            cells = zip(names, row, strict=False)
            record = {tag: [value] for tag, value in cells if tag in _KEPT and value}
            surplus = any(map(str.strip, row[len(names) :]))
            yield record | {"ER": []} | ({_SURPLUS: row} if surplus else {})


def _unquoted(cell: str) -> str:
    """A cell without the quotes that a spreadsheet puts around it; a title's own quotes stay.

    >>> _unquoted('"Doe, J; Roe, B"'), _unquoted('"Deep" or "wide"?'), _unquoted('"A ""B"" C"')
    ('Doe, J; Roe, B', '"Deep" or "wide"?', 'A "B" C')
    """
    inner = cell[1:-1]
    if len(cell) < 2 or cell[0] != '"' or cell[-1] != '"' or '"' in inner.replace('""', ""):
        return cell
    return inner.replace('""', '"')


def _tagged(first: str, lines: Iterator[str]) -> Iterator[Tags]:
    """Records of the tagged export. The tag ``ER`` in a record says that its end was there."""
    record: Tags = {}
    values: list[str] = []
    seen: set[str] = set()  # tags met before need no second look
    for line in chain([first], lines):
        if line[:3] == "   ":
            values.append(line[3:])
            continue
        if not line:
            continue
        if line[:2] in seen and line[2:3] == " ":
            tag, rest = line[:2], line[3:]
        else:
            tag, rest = _tag(line)
            seen.add(tag)
        if tag in _BOUNDS:
            if tag == "ER" and record:
                record["ER"] = []
            if record:
                yield record
            record = {}
        if tag in _KEPT:
            values = record.setdefault(tag, [])
        elif tag:
            values = []
        values.append(rest)
    if record:
        yield record


def _tag(line: str) -> tuple[str, str]:
    """The tag of a line and its value; no tag for a continuation that lost its indent."""
    tag = line[:2]
    if line[2:3] in (" ", "") and tag.isupper() and tag.isalnum():
        return tag, line[3:]
    if tag in _KEPT:  # a damaged line such as ``AUGilles, H``
        return tag, line[2:].lstrip()
    return "", line


def _convert(tags: Tags, file: str, number: int, notes: tuple[str, ...] = ()) -> Work | Reject:
    if _SURPLUS in tags:
        reason = f"row: found {len(tags[_SURPLUS])} cells, expected fewer, as in the header"
        return Reject(file, number, reason, fields.excerpt(" | ".join(tags[_SURPLUS])))
    repairs = fields.Repairs()
    if "ER" not in tags:
        repairs.note("record", "no end mark", "a line ER at the end of the record")
    first = {tag: " ".join(values) for tag, values in tags.items()}.get
    top1 = True if first("HC") == "Y" else None
    year = fields.year(first("PY"), repairs) or fields.year(first("EA"), repairs)
    work = Work(
        ids=_ids(first("UT"), first("DI"), first("PM")),
        title=fields.text(first("TI")),
        abstract=fields.text(first("AB")),
        year=year,
        type=fields.work_type(first("DT")) or _PUBLICATION.get(first("PT", "").strip()),
        language=fields.language(first("LA")),
        venue=fields.text(first("SO") or first("CT")),
        field=fields.text((first("WC") or first("SC") or "").split(";")[0]),
        keywords=_keywords(first("DE", ""), first("ID", "")),
        cited_by=fields.count(first("TC") or first("Z9"), repairs),
        top1=top1,
        top10=top1,
        authorships=_authorships(tags),
        source=NAME,
        file=file,
        record=number,
        given=fields.text(first("UT")),
        repairs=notes + repairs.notes(),
    )
    return accepted(work, "" if work.title else " | ".join(f"{tag} {first(tag)}" for tag in tags))


def _keywords(*printed: str) -> tuple[str, ...]:
    """Authors' and database's keywords, cleaned as one text, which is much faster than each."""
    whole = fields.text(";".join(printed)) or ""
    return fields.unique(part.strip() or None for part in whole.split(";"))


def _ids(ut: str | None, doi: str | None, pm: str | None) -> tuple[str, ...]:
    known = fields.wos_id(ut)
    medline = known and known.startswith("wos:MEDLINE:") and known.removeprefix("wos:MEDLINE:")
    return fields.unique([fields.doi(doi), known, fields.pmid(pm or medline)])


def _authorships(tags: Tags) -> tuple[Authorship, ...]:
    full, short = _names(tags, "AF", "BF"), _names(tags, "AU", "BA", "CA")
    names = full if len(full) >= len(_names(tags, "AU")) else short
    return authorships(names, _addresses(tags), short)


def _names(tags: Tags, *choices: str) -> list[str]:
    """Authors under the first tag that names any; one per line, or after ``;`` in a table."""
    for tag in choices:
        printed = [part for line in tags.get(tag, ()) for part in line.split(";")]
        if names := [name for part in printed if (name := fields.text(part))]:
            return names
    return []


def _addresses(tags: Tags) -> list[Address]:
    """The addresses of ``C1``, else those of the corresponding authors (``RP``)."""
    if "C1" in tags:
        texts = (text for line in _whole(tags["C1"]) for text in _NEXT_OWNERS.split(line))
        return [address for text in texts for address in _printed(text)]
    printed = " ".join(tags.get("RP", ()))
    return [Address(found["place"], (found["name"],)) for found in _CORRESPONDING.finditer(printed)]


def _whole(printed: list[str]) -> list[str]:
    """Addresses that were broken over lines, in one line each: they end with a full stop."""
    whole = printed[:1]
    for line in printed[1:]:
        if whole[-1].rstrip()[-1:] == "." or line[:1] == "[":
            whole.append(line)
        else:
            whole[-1] += " " + line
    return whole


def _printed(text: str) -> list[Address]:
    """The addresses behind one list of owners, or behind none; tables join them by semicolons."""
    owners = _OWNERS.match(text.strip())
    listed, places = (owners[1], owners[2]) if owners else ("", text)
    names = tuple(name for part in listed.split(";") if (name := part.strip()))
    return [Address(place, names) for place in places.split("; ")]
