"""Our own tables and the smallest ones a person writes: JSON lines, JSON, CSV, TSV, Parquet.

A table with the columns of ``core.works.RAW`` is a corpus (see ``corpus_table``): reading it gives
back the works that were written, with the file and row they are read from now. Any other needs a
title or an abstract and may have the columns of ``table_columns.tsv``. In CSV, lists are JSON or
joined by semicolons or bars.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

from aequa.core.cells import restored
from aequa.core.countries import alpha3_of_alpha2, countries, is_country
from aequa.core.errors import FormatError
from aequa.core.works import Affiliation, Authorship, Reject, Work
from aequa.sources import (
    corpus_table,
    documents,
    fields,
    ieee,
    openalex,
    openalex_table,
    parquet,
    rows,
    scopus,
)
from aequa.sources.records import accepted
from aequa.sources.stream import head_text
from aequa.sources.tsv import forms

NAME = "table"
_TEXTS = ("title", "abstract", "text")
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?|[{}]|\n(?=\{)', re.DOTALL)
_INITIALED = re.compile(r"\w [A-Z][A-Z.-]{0,5}$")
_CODE = re.compile(r"[A-Z]{2,3}")


def sniff(head: bytes) -> bool:
    """Whether the head is JSON or a CSV header with a title, an abstract or two known names.

    A table that a named source has written is left to its reader.
    """
    if any(reader.sniff(head) for reader in (openalex, openalex_table, scopus, ieee)):
        return False
    start = head_text(head).lstrip()
    if start[:1] in ("{", "["):
        return _is_table(map(_key, _outer_keys(start)))
    return _is_table(map(_key, rows.columns(head)))


def sniff_parquet(schema: pa.Schema) -> bool:
    """Whether a Parquet schema has a title, an abstract or two other known columns."""
    return _is_table(map(_key, schema.names)) and not openalex_table.sniff_parquet(schema)


def _outer_keys(start: str) -> set[str]:
    """The names of the outermost objects, or of those in the list ``results`` of an API page.

    >>> sorted(_outer_keys('{"a": {"b": 1}, "c": [{"d": 2}]}')), _outer_keys('{"results": [{"e":')
    (['a', 'c'], {'e'})
    """
    names: dict[int, set[str]] = {1: set(), 2: set()}
    depth = 0
    for token in _TOKEN.finditer(start):
        mark = token[0]
        if token[2] and depth in names:
            names[depth].add(token[1])
        depth = 0 if mark == "\n" else depth + (mark == "{") - (mark == "}")
    return names[2] if "results" in names[1] else names[1]


def _is_table(names: Iterable[str]) -> bool:
    found = forms("table_columns.tsv").keys() & set(names)
    return _has_text(found) or len(found) >= 2


def _has_text(names: Iterable[str]) -> bool:
    return any(forms("table_columns.tsv").get(name) in _TEXTS for name in names)


def _key(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def read(stream: IO[bytes], file: str) -> Iterator[Work | Reject]:
    """Works of a JSON or CSV table in order, one item per record.

    Raises:
        FormatError: a CSV table has no header, or neither a title nor an abstract.
        InputError: after the last readable record, when the file is cut off or damaged.
    """
    start = head_text(cast(io.BufferedReader, stream).peek(64)[:64]).lstrip()
    return _read_json(stream, file) if start[:1] in ("{", "[") else _read_csv(stream, file)


def _read_json(stream: IO[bytes], file: str) -> Iterator[Work | Reject]:
    for number, raw in enumerate(documents.records(stream, file), 1):
        yield record(raw, file, number)


def record(raw: Any, file: str, number: int) -> Work | Reject:
    """One value of a JSON file as a work, or why it is none."""
    if type(raw) is dict:
        return _work({_key(name): value for name, value in raw.items()}, file, number)
    return documents.reject(raw, file, number)


def _read_csv(stream: IO[bytes], file: str) -> Iterator[Work | Reject]:
    table = rows.rows(stream, file)
    _check(table.header, file)
    for row in table:
        if isinstance(row, Reject):
            yield row
        else:
            cells = {_key(name): cell for name, cell in row.cells.items()}
            if cells.keys() >= corpus_table.COLUMNS:
                cells = {name: restored(cell) for name, cell in cells.items()}
            yield _work(cells, file, row.number, row.notes)


def read_parquet(
    path: Path, file: str, part: parquet.Part = parquet.WHOLE
) -> Iterator[Work | Reject]:
    """Works of a Parquet table in order, one item per row.

    Raises:
        FormatError: it has neither a title nor an abstract.
        InputError: it cannot be read.
    """
    names = [name.lower() for name in parquet.schema(path, file).names]
    _check(names, file)
    known = forms("table_columns.tsv").keys() | corpus_table.COLUMNS | {"percentile_origin"}
    wanted = {name for name in names if _key(name) in known}
    for number, row in enumerate(parquet.rows(path, file, wanted, part), part.first + 1):
        yield _work({_key(name): value for name, value in row.items()}, file, number)


def _check(names: list[str], file: str) -> None:
    if not _has_text(map(_key, names)):
        wanted = [name for name, column in forms("table_columns.tsv").items() if column in _TEXTS]
        raise FormatError(
            f"{file}: has the columns {', '.join(names[:20])}; "
            f"expected a title or an abstract, as one of {', '.join(wanted)}"
        )


def _work(
    row: Mapping[str, Any], file: str, number: int, notes: tuple[str, ...] = ()
) -> Work | Reject:
    if row.keys() >= corpus_table.COLUMNS:
        return corpus_table.work(row, file, number, notes, NAME)
    return _plain(row, file, number, notes)


def _plain(row: Mapping[str, Any], file: str, number: int, notes: tuple[str, ...]) -> Work | Reject:
    """A work from a table that a person or another program wrote."""
    first = _columns(row).get
    repairs = fields.Repairs()
    work = Work(
        ids=_ids(first("id"), first("doi"), first("pmid"), first("arxiv")),
        title=_text(first("title")),
        abstract=_text(first("abstract")) or _text(first("text")),
        year=fields.year(first("year"), repairs),
        type=openalex.work_type(first("type")),
        language=openalex.language(first("language"), repairs),
        venue=_text(first("venue")),
        field=_text(first("field")),
        keywords=fields.texts(corpus_table.items(first("keywords"))),
        cited_by=fields.count(first("cited_by"), repairs),
        percentile=openalex.fraction(first("percentile"), repairs),
        top1=openalex.flag(first("top1")),
        top10=openalex.flag(first("top10")),
        authorships=_authorships(row, repairs),
        source=NAME,
        file=file,
        record=number,
        given=corpus_table.spelled(first("id")),
        repairs=notes + repairs.notes(),
    )
    return accepted(work, None if work.title or work.abstract else openalex.excerpt(dict(row)))


def _columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """The first value that is there for each column, by the preference of its forms."""
    found: dict[str, Any] = {}
    for form, column in forms("table_columns.tsv").items():
        value = row.get(form)
        if value is not None and value != "" and value != []:
            found.setdefault(column, value)
    return found


def _text(value: Any) -> str | None:
    """One text, or the first of a list of texts, as some programs write titles."""
    return openalex.scalar(next(iter(value), None) if isinstance(value, list) else value)


def _ids(own: object, doi: object, pmid: object, arxiv: object) -> tuple[str, ...]:
    found = [corpus_table.identifier(own), fields.doi(doi), fields.pmid(pmid), fields.arxiv(arxiv)]
    return fields.unique(found)


def _authorships(row: Mapping[str, Any], repairs: fields.Repairs) -> tuple[Authorship, ...]:
    """Authors with what is known of their places; without any, one authorship per country."""
    if row.get("authorships"):
        return corpus_table.authorships(row["authorships"], repairs)
    first = _columns(row).get
    names = [fields.text(_name(item)) for item in _people(first("authors"))]
    printed = [fields.text(_name(item)) for item in corpus_table.items(first("affiliations"))]
    lands = places_of(first("countries"), repairs)
    if not names and not printed:
        return tuple(Authorship(None, (land,)) for land in lands)
    if len(lands) == 1:
        known = [(Affiliation(name, lands[0].country),) if name else () for name in printed]
        return rows.authorships(names, known or [(lands[0],)])
    groups = [(Affiliation(name),) if name else () for name in printed]
    if lands:  # several countries of the work as a whole: all places are everybody's
        places = (*chain.from_iterable(groups), *lands)
        return tuple(Authorship(name, places) for name in names or [None])
    return rows.authorships(names, groups)


def _people(raw: object) -> list[Any]:
    """Authors as a list, joined by semicolons or bars, or as PubMed's and Google Scholar's tables
    join them: by commas, each with initials at its end, or three or more of two words at least.

    >>> _people("Doe J, Roe B.C."), _people("Y Doe, A Roe, Poe E"), _people("van Doe, Jane A.")
    (['Doe J', 'Roe B.C.'], ['Y Doe', 'A Roe', 'Poe E'], ['van Doe, Jane A.'])
    """
    items = corpus_table.items(raw)
    if len(items) != 1 or not isinstance(items[0], str):
        return items
    parts = [part.strip() for part in items[0].split(",") if part.strip()]
    several = len(parts) > 2 and all(" " in part for part in parts)
    return parts if several or all(map(_INITIALED.search, parts)) else items


def _name(item: object) -> object:
    if not isinstance(item, dict):
        return item
    parts = [str(item[part]) for part in ("family", "given") if item.get(part)]
    return item.get("name") or item.get("display_name") or ", ".join(parts)


def places_of(raw: object, repairs: fields.Repairs) -> list[Affiliation]:
    """One affiliation per country given as a code or a name.

    A name we do not know stays as the affiliation's name, for the resolver of affiliation texts;
    a code that is no country is noted and left out.

    >>> [place.country or place.name for place in places_of("DE|KEN; Peru", fields.Repairs())]
    ['DEU', 'KEN', 'PER']
    """
    items = fields.texts(corpus_table.items(raw))
    if len(items) == 1 and _country(items[0]) is None:
        items = fields.texts(items[0].split(","))
    found = []
    for text in items:
        code = _country(text)
        if code is None and _CODE.fullmatch(text):
            repairs.note("countries", text, "a country's name or its code of ISO 3166-1")
        else:
            found.append(Affiliation(None, code) if code else Affiliation(text))
    return list(dict.fromkeys(found))


def _country(text: str) -> str | None:
    if len(text) == 2:
        return alpha3_of_alpha2(text)
    return text.upper() if is_country(text.upper()) else _by_name().get(text.casefold())


@cache
def _by_name() -> dict[str, str]:
    return {country.name.casefold(): country.alpha3 for country in countries()}
