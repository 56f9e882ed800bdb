"""OpenAlex works as tables: the site's CSV, flat CSV or Parquet, the nested schema in Parquet.

The nested schema is read from cells too, where they hold its objects as JSON or as Python prints
them (a data frame of API records written to CSV).

The site's CSV joins lists by ``|`` and flattens lists of lists: ``authorships.institutions`` holds
one entry per institution, and an empty one for an author without any. So as many entries as
authors means one entry per author; with more, the source only says that the authors together hold
these institutions, and each author gets all (see ``rows.authorships`` for why).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from aequa.core.works import Reject, Work
from aequa.sources import documents, openalex, parquet, rows
from aequa.sources.addresses import MOST_SHARED

NAME = "openalex"
_SHARED = {"publication_year", "publication_date", "cited_by_count", "author_names"}
"""Flat names that other programs use too."""
_FLAT = {
    "work_id",
    "cnp_value",
    "is_top_1pct",
    "is_top_10pct",
    "primary_field",
    "primary_topic",
    "institution_names",
    "is_retracted",
    "is_paratext",
    "fwci",
    "oa_status",
}
"""Flat names that are OpenAlex's."""
_NESTED = {
    "id",
    "doi",
    "ids",
    "title",
    "display_name",
    "abstract",
    "abstract_inverted_index",
    "publication_year",
    "publication_date",
    "type",
    "language",
    "is_retracted",
    "is_paratext",
    "primary_location",
    "locations",
    "host_venue",
    "primary_topic",
    "keywords",
    "cited_by_count",
    "citation_normalized_percentile",
    "authorships",
}
_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "work_id", "openalex_id", "ids.openalex"),
    "doi": ("doi", "ids.doi"),
    "pmid": ("ids.pmid", "pmid"),
    "title": ("title", "display_name"),
    "abstract": ("abstract", "ab"),
    "abstract_inverted_index": ("abstract_inverted_index",),
    "publication_year": ("publication_year", "year", "publication_date", "date"),
    "type": ("type",),
    "language": ("language",),
    "is_retracted": ("is_retracted",),
    "is_paratext": ("is_paratext",),
    "venue": (
        "primary_location.source.display_name",
        "primary_location.source",
        "host_venue.display_name",
        "venue",
        "source_display_name",
        "so",
    ),
    "page": ("primary_location.landing_page_url",),
    "field": ("primary_topic.field.display_name", "primary_field"),
    "keywords": ("keywords.display_name", "keywords"),
    "cited_by_count": ("cited_by_count",),
    "value": ("citation_normalized_percentile.value", "cnp_value"),
    "top1": ("citation_normalized_percentile.is_in_top_1_percent", "is_top_1pct"),
    "top10": ("citation_normalized_percentile.is_in_top_10_percent", "is_top_10pct"),
    "authors": ("authorships.author.display_name", "authorships.raw_author_name", "author_names"),
    "strings": ("authorships.raw_affiliation_strings", "raw_affiliation_strings"),
    "institutions": ("authorships.institutions",),
    "author_countries": ("authorships.countries",),
    "author_institutions": ("authorships.institutions.display_name",),
    "author_institution_codes": ("authorships.institutions.country_code",),
    "author_institution_types": ("authorships.institutions.type",),
    "institution_names": ("institution_names",),
    "countries": ("countries", "country_codes"),
}
_OBJECTS = (
    "ids",
    "primary_location",
    "locations",
    "host_venue",
    "primary_topic",
    "keywords",
    "citation_normalized_percentile",
    "authorships",
)
"""Fields of the nested schema that are objects or lists of objects."""
_COLUMNS = {name for names in _NAMES.values() for name in names}
_ENTRY = re.compile(r"\|(?=\{|\||$)")


def sniff(head: bytes) -> bool:
    """Whether the header has OpenAlex's dotted names, or a title and two of its flat names."""
    return _is_table(rows.columns(head), b"openalex.org/" in head)


def sniff_parquet(schema: pa.Schema) -> bool:
    """Whether a Parquet schema has OpenAlex's columns, nested or flat."""
    return is_nested(schema) or _is_table([name.lower() for name in schema.names], False)


def _is_table(names: Sequence[str], has_link: bool) -> bool:
    found = set(names)
    if not found & {"title", "display_name"}:
        return False
    dotted = sum(name.startswith(("authorships.", "primary_location.")) for name in found)
    flat = len(found & (_FLAT | _SHARED))
    return dotted >= 2 or (flat >= 2 and (has_link or bool(found & _FLAT)))


def is_nested(schema: pa.Schema) -> bool:
    """Whether a Parquet schema has OpenAlex's nested columns."""
    nested = {field.name for field in schema if pa.types.is_nested(field.type)}
    places = {"authorships", "primary_location", "primary_topic", "abstract_inverted_index"}
    return bool(nested & places) and bool({"publication_year", "cited_by_count"} & {*schema.names})


def read(stream: IO[bytes], file: str) -> Iterator[Work | Reject]:
    """Works of an OpenAlex CSV in order, one item per record.

    Raises:
        FormatError: there is no header.
        InputError: after the last whole row, when the file is cut off or damaged.
    """
    for row in rows.rows(stream, file):
        yield row if isinstance(row, Reject) else _cells(row.cells, file, row.number, row.notes)


def read_parquet(
    path: Path, file: str, part: parquet.Part = parquet.WHOLE
) -> Iterator[Work | Reject]:
    """Works of a Parquet file in OpenAlex's flat or nested columns, one item per row.

    Raises:
        InputError: the file cannot be read.
    """
    nested = is_nested(parquet.schema(path, file))
    wanted = _NESTED if nested else _NESTED | _COLUMNS
    for number, row in enumerate(parquet.rows(path, file, wanted, part), part.first + 1):
        yield record(row, file, number, nested)


def record(row: dict[str, Any], file: str, number: int, nested: bool) -> Work | Reject:
    """One row of a table with OpenAlex's nested or flat columns."""
    return openalex.work(row, file, number) if nested else _cells(row, file, number, ())


def _cells(row: Mapping[str, Any], file: str, number: int, notes: tuple[str, ...]) -> Work | Reject:
    objects = {name: cell for name in _OBJECTS if (cell := row.get(name)) and _is_object(cell)}
    if not objects:
        return openalex.work(_unflatten(row), file, number, notes)
    parsed = {name: documents.printed(cell) for name, cell in objects.items()}
    lost = [name for name, value in parsed.items() if value is None]
    notes += tuple(f"{name}: found {objects[name][:80]}, expected JSON" for name in lost)
    return openalex.work({**row, **parsed}, file, number, notes)


def _is_object(cell: Any) -> bool:
    return isinstance(cell, str) and cell.lstrip()[:2] in ("{'", '{"', "[{")


def _unflatten(row: Mapping[str, Any]) -> dict[str, Any]:
    """A flat row as a work object of OpenAlex's schema."""

    def first(target: str) -> Any:
        return next((v for name in _NAMES[target] if (v := row.get(name)) not in (None, "")), None)

    plain = ("id", "doi", "title", "abstract", "abstract_inverted_index", "publication_year")
    flags = ("type", "language", "is_retracted", "is_paratext", "cited_by_count")
    return {name: first(name) for name in (*plain, *flags)} | {
        "ids": {"pmid": first("pmid")},
        "primary_location": {
            "source": {"display_name": first("venue")},
            "landing_page_url": first("page"),
        },
        "primary_topic": {"field": {"display_name": first("field")}},
        "keywords": _parts(first("keywords")),
        "citation_normalized_percentile": {
            "value": first("value"),
            "is_in_top_1_percent": first("top1"),
            "is_in_top_10_percent": first("top10"),
        },
        "authorships": _authorships(first),
    }


def _authorships(first: Callable[[str], Any]) -> list[dict[str, Any]]:
    names = _parts(first("authors"))
    count = max(len(names), 1)
    printed = _parts(first("strings"))
    entries, codes = _institutions(first), _parts(first("author_countries"))
    if entries or codes:
        places, countries = _per_author(entries, count), _per_author(codes, count)
        if len(codes) != count:
            known = {place.get("country_code") for place in entries}
            countries = [[code for code in group if code not in known] for group in countries]
    else:
        places, countries = ([group] * count for group in _of_work(first))
    is_aligned = len(printed) == count or not any(entries)
    strings = _per_author(printed, count) if is_aligned else [[]] * count
    if not names and not (places[0] or countries[0] or strings[0]):
        return []
    return [
        {
            "author": {"display_name": name},
            "institutions": places[at],
            "countries": countries[at],
            "raw_affiliation_strings": strings[at],
        }
        for at, name in enumerate(names or [None])
    ]


def _per_author(entries: Sequence[Any], count: int) -> list[list[Any]]:
    """One group per author if there is one entry per author, else all entries for each."""
    if len(entries) == count:
        return [[entry] if entry else [] for entry in entries]
    if len(entries) * count > MOST_SHARED:
        return [[entry for entry in entries if entry], *[[] for _ in range(count - 1)]]
    return [[entry for entry in entries if entry]] * count


def _institutions(first: Callable[[str], Any]) -> list[dict[str, Any]]:
    """Institutions in the order of the authors, {} for an author without one."""
    cell = first("institutions")
    if cell:
        return [_entry(part) for part in _ENTRY.split(str(cell))]
    return _zipped(
        _parts(first("author_institutions")),
        _parts(first("author_institution_codes")),
        _parts(first("author_institution_types")),
    )


def _of_work(first: Callable[[str], Any]) -> tuple[list[dict[str, Any]], list[Any]]:
    """Institutions and countries that a table lists per work, not per author.

    With a single country all institutions are there, for OpenAlex takes a work's countries from
    its institutions.
    """
    names, countries = _parts(first("institution_names")), _parts(first("countries"))
    codes = countries * len(names) if len(countries) == 1 else []
    return [place for place in _zipped(names, codes, []) if place], countries


def _zipped(names: list[Any], codes: list[Any], kinds: list[Any]) -> list[dict[str, Any]]:
    nothing = [None] * len(names)
    codes = codes if len(codes) == len(names) else nothing
    kinds = kinds if len(kinds) == len(names) else nothing
    return [
        {"display_name": name, "country_code": code, "type": kind} if name else {}
        for name, code, kind in zip(names, codes, kinds, strict=True)
    ]


@lru_cache(1 << 14)
def _entry(text: str) -> dict[str, Any]:
    """One institution as the export prints it: a Python or JSON object, else its name."""
    text = text.strip()
    if not text or text.lower() in ("none", "nan"):
        return {}
    value = documents.printed(text)
    return value if isinstance(value, dict) else {"display_name": text}


def _parts(cell: Any) -> list[Any]:
    """The entries of a joined list; None for those printed as nothing."""
    if cell is None or cell != cell:
        return []
    values = cell if isinstance(cell, list) else str(cell).split("|")
    return [None if str(v).strip().lower() in ("", "none", "nan") else v for v in values]
