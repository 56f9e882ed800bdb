"""OpenAlex works as JSON: lines, API pages, arrays or one object; any subset of the fields.

The schema is that of https://docs.openalex.org/api-entities/works/work-object (read 2026-11).
Fields come and go; what is not named here is ignored. Affiliations are the institutions OpenAlex
matched; where it matched none, the printed strings. A country that an authorship lists but none
of its institutions has becomes an affiliation of its own, without a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import IO, Any

import orjson

from aequa.core.countries import alpha3_of_alpha2
from aequa.core.works import Affiliation, Authorship, Reject, Work
from aequa.sources import documents, fields
from aequa.sources.records import accepted
from aequa.sources.stream import head_text

NAME = "openalex"

_SECTORS = {
    "education": "academia",
    "company": "company",
    "government": "government",
    "nonprofit": "nonprofit",
    "healthcare": "healthcare",
    "facility": "facility",
    "archive": "other",
    "other": "other",
}
"""OpenAlex's institution types. ``funder`` says nothing about the sector (most universities carry
it in exports of 2025) and becomes unknown, so that the name can speak."""
_KEYS = re.compile(
    r'"(abstract_inverted_index|publication_year|display_name|authorships|primary_location'
    r"|host_venue|cited_by_count|publication_date|referenced_works|primary_topic|is_paratext"
    r'|open_access|best_oa_location|counts_by_year)"\s*:'
)
_OURS = re.compile(r'"(cited_by|abstract_text|year)"\s*:')
_PAGE = re.compile(r'\{\s*"meta"\s*:\s*\{[^{}]*\}\s*,\s*"results"\s*:\s*\[\s*[{\]]')
_WORK_ID = re.compile(r"(?:^|openalex\.org/(?:works/)?)(W\d{1,12})$", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2}")


def sniff(head: bytes) -> bool:
    """Whether the head is JSON with OpenAlex's abstract, or at least two of its other fields."""
    start = head_text(head).lstrip()
    if start[:1] not in ("{", "["):
        return False
    if _PAGE.match(start):
        return True
    found = set(_KEYS.findall(start))
    if "abstract_inverted_index" in found:
        return True
    return len(found) >= 2 and not (_OURS.search(start) and len(found) < 4)


def read(stream: IO[bytes], file: str) -> Iterator[Work | Reject]:
    """Works of a file in order, one item per record.

    Raises:
        InputError: after the last readable record, when the file is cut off or damaged.
    """
    for number, raw in enumerate(documents.records(stream, file), 1):
        yield record(raw, file, number)


def record(raw: Any, file: str, number: int) -> Work | Reject:
    """One value of a JSON file as a work, or why it is none."""
    return work(raw, file, number) if type(raw) is dict else documents.reject(raw, file, number)


def work(raw: dict[str, Any], file: str, number: int, notes: tuple[str, ...] = ()) -> Work | Reject:
    """One work object of the OpenAlex schema as a ``Work``; without title and abstract a reject.

    ``notes`` are repairs made on the way to the object.
    """
    repairs = fields.Repairs()
    rank = _dict(raw.get("citation_normalized_percentile"))
    made = Work(
        ids=_ids(raw),
        title=scalar(raw.get("title")) or scalar(raw.get("display_name")),
        abstract=abstract(raw, repairs),
        year=_year(raw, repairs),
        type=work_type(raw.get("type"), raw.get("is_retracted"), raw.get("is_paratext")),
        language=language(raw.get("language"), repairs),
        venue=_venue(raw),
        field=_field(raw),
        keywords=_keywords(raw.get("keywords"), repairs),
        cited_by=_count(raw.get("cited_by_count"), repairs),
        percentile=fraction(rank.get("value"), repairs),
        top1=flag(rank.get("is_in_top_1_percent")),
        top10=flag(rank.get("is_in_top_10_percent")),
        authorships=_authorships(raw.get("authorships"), repairs),
        source=NAME,
        file=file,
        record=number,
        given=scalar(raw.get("id")),
        repairs=notes + repairs.notes(),
    )
    return accepted(made, None if made.title or made.abstract else excerpt(raw))


def scalar(raw: object) -> str | None:
    """Clean text of a value that is text or a number; None for objects and lists."""
    return None if isinstance(raw, dict | list) else fields.text(raw)


def excerpt(raw: object) -> str:
    """The start of a parsed record for a ``Reject``."""
    try:
        return fields.excerpt(orjson.dumps(raw, default=str).decode())
    except TypeError:  # numbers over 64 bits, keys that are no text
        return fields.excerpt(raw)


def work_id(raw: object) -> str | None:
    """``openalex:W…`` from a URL or a bare identifier of a work.

    >>> work_id("https://openalex.org/W42"), work_id("w2741809807"), work_id("A42")
    ('openalex:W42', 'openalex:W2741809807', None)
    """
    found = _WORK_ID.search(raw.strip()) if isinstance(raw, str) else None
    return f"openalex:{found.group(1).upper()}" if found else None


def flag(raw: object) -> bool | None:
    """True and false in any spelling, else None.

    >>> flag("True"), flag(0), flag("")
    (True, False, None)
    """
    if raw is None or isinstance(raw, bool):
        return raw
    return {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}.get(
        str(raw).strip().lower()
    )


def fraction(raw: object, repairs: fields.Repairs) -> float | None:
    """A number from 0 to 1, else a note (when something is there) and None.

    >>> fraction("0.99", fields.Repairs()), fraction(99, fields.Repairs())
    (0.99, None)
    """
    value = raw if type(raw) is float else fields.text(raw)
    if value is None or value != value:
        return None
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if 0 <= number <= 1:
        return number
    repairs.note("percentile", raw, "a number from 0 to 1")
    return None


def work_type(raw: object, retracted: object = None, paratext: object = None) -> str | None:
    """The type OpenAlex gives, with its flags for retractions and paratext put first."""
    if flag(retracted):
        return "retraction"
    return "paratext" if flag(paratext) else _type(raw if isinstance(raw, str) else None)


@lru_cache(256)
def _type(raw: str | None) -> str | None:
    """OpenAlex's own types stay; the Crossref types of old records become OpenAlex's."""
    mapped = fields.work_type(raw)
    plain = fields.text(raw)
    return plain.lower() if mapped == "other" and plain else mapped


def abstract(raw: dict[str, Any], repairs: fields.Repairs) -> str | None:
    """The abstract from the inverted index, else from plain text if the record has it."""
    index = raw.get("abstract_inverted_index")
    if isinstance(index, str) and index.lstrip()[:1] == "{":
        parsed = documents.printed(index)
        if parsed is None:
            repairs.note("abstract_inverted_index", index, "words with lists of positions")
        index = parsed
    if isinstance(index, dict) and isinstance(index.get("InvertedIndex"), dict):
        index = index["InvertedIndex"]  # as the Microsoft Academic Graph wrapped it
    if isinstance(index, list):
        index = dict(pair for pair in index if isinstance(pair, tuple) and len(pair) == 2)
    if index and isinstance(index, dict):
        return fields.text(rebuild(index, repairs))
    return scalar(raw.get("abstract"))


def rebuild(index: dict[str, Any], repairs: fields.Repairs) -> str:
    """The text of an inverted index: each word at its positions.

    >>> rebuild({"deep": [1, 3], "very": [0, 2], "nets": [4]}, fields.Repairs())
    'very deep very deep nets'
    """
    try:
        words: list[str | None] = [None] * sum(map(len, index.values()))
        for word, positions in index.items():
            for position in positions:
                if position < 0:
                    raise IndexError(position)
                words[position] = word
        return " ".join(words)  # type: ignore[arg-type]
    except (IndexError, TypeError):
        return _rebuild_gaps(index, repairs)


def _rebuild_gaps(index: dict[str, Any], repairs: fields.Repairs) -> str:
    """Positions with gaps are closed up, negative and non-numeric ones left out and noted."""
    placed: set[tuple[int, int, str]] = set()
    bad: list[object] = []
    for order, (word, positions) in enumerate(index.items()):
        for position in positions if isinstance(positions, list) else [positions]:
            if type(position) is int and position >= 0:
                placed.add((position, order, str(word)))
            else:
                bad.append(position)
    if bad:
        expected = "positions of 0 or more"
        repairs.note("abstract_inverted_index", f"{len(bad)} such as {bad[0]}", expected)
    return " ".join(word for _, _, word in sorted(placed))


def _ids(raw: dict[str, Any]) -> tuple[str, ...]:
    ids = _dict(raw.get("ids"))
    own = work_id(raw.get("id")) or work_id(ids.get("openalex"))
    doi = fields.doi(raw.get("doi") or ids.get("doi"))
    found = [own, doi]
    if ids.get("pmid"):
        found.append(fields.pmid(str(ids["pmid"]).rstrip("/").rpartition("/")[2]))
    if doi and doi.startswith("doi:10.48550/arxiv."):
        found.append(fields.arxiv(doi.removeprefix("doi:10.48550/arxiv.")))
    for location in (raw.get("primary_location"), *_list(raw.get("locations"))):
        page = _dict(location).get("landing_page_url")
        if isinstance(page, str) and "arxiv.org/" in page:
            found.append(fields.arxiv(page))
    return fields.unique(found)


def _year(raw: dict[str, Any], repairs: fields.Repairs) -> int | None:
    value = raw.get("publication_year")
    if value is None:
        value = raw.get("publication_date")
    return value if type(value) is int and value in fields.YEARS else fields.year(value, repairs)


def _count(raw: object, repairs: fields.Repairs) -> int | None:
    return raw if type(raw) is int and 0 <= raw < 10**12 else fields.count(raw, repairs)


def language(raw: object, repairs: fields.Repairs) -> str | None:
    """ISO 639-1 code as given or of a name; what is neither is noted and becomes None."""
    if raw is None or (isinstance(raw, str) and _LANGUAGE.fullmatch(raw)):
        return raw
    value = fields.language(raw)
    if value is None and fields.text(raw):
        repairs.note("language", raw, "a code of ISO 639-1")
    return value


def _venue(raw: dict[str, Any]) -> str | None:
    place = _dict(raw.get("primary_location"))
    for name in (
        _dict(place.get("source")).get("display_name"),
        _dict(raw.get("host_venue")).get("display_name"),
        place.get("raw_source_name"),
    ):
        if isinstance(name, str) and (venue := _name(name)):
            return venue
    return None


def _field(raw: dict[str, Any]) -> str | None:
    name = _dict(_dict(raw.get("primary_topic")).get("field")).get("display_name")
    return _name(name) if isinstance(name, str) else None


def _keywords(raw: object, repairs: fields.Repairs) -> tuple[str, ...]:
    if not isinstance(raw, list) or not raw:
        return ()
    if any(type(item) is dict and "title" in item for item in raw):
        repairs.note("keywords", raw, "keywords, not works")
    names = (
        (item.get("display_name") or item.get("keyword")) if type(item) is dict else item
        for item in raw
    )
    return fields.unique(_name(name) for name in names if isinstance(name, str))


def _authorships(raw: object, repairs: fields.Repairs) -> tuple[Authorship, ...]:
    if not isinstance(raw, list) or not raw:
        return ()
    found = []
    for item in raw:
        if type(item) is dict:
            name = _dict(item.get("author")).get("display_name") or item.get("raw_author_name")
            clean = _name(name) if isinstance(name, str) else None
            places = _affiliations(item, repairs)
            if "title" in item:
                repairs.note("authorships", item, "authors, not works")
            found.append(Authorship(clean, places))
        else:
            repairs.note("authorships", item, "objects with author and institutions")
    return tuple(found)


def _affiliations(item: dict[str, Any], repairs: fields.Repairs) -> tuple[Affiliation, ...]:
    found: list[Affiliation] = []
    for place in _list(item.get("institutions")):
        if type(place) is dict:
            affiliation = institution(
                place.get("display_name"), place.get("country_code"), place.get("type"), repairs
            )
            if affiliation and affiliation not in found:
                found.append(affiliation)
    strings = _list(item.get("raw_affiliation_strings")) if not found else []
    found += map(_named, fields.unique(_name(text) for text in strings if isinstance(text, str)))
    return extra_countries(found, _list(item.get("countries")), repairs)


def _named(name: str) -> Affiliation:
    return Affiliation(name)


def extra_countries(
    found: list[Affiliation], codes: list[Any], repairs: fields.Repairs
) -> tuple[Affiliation, ...]:
    """Affiliations, with countries the authorship lists besides.

    One printed string without a country and one listed country belong together.
    """
    if not codes:
        return tuple(found)
    have = {affiliation.country for affiliation in found}
    more = [c for c in fields.unique(country(code, repairs) for code in codes) if c not in have]
    if len(more) == len(found) == 1 and have == {None}:
        return (found[0]._replace(country=more[0]),)
    return (*found, *(Affiliation(None, code) for code in more))


def institution(
    name: object, code: object, kind: object, repairs: fields.Repairs
) -> Affiliation | None:
    """An affiliation from an institution's name, alpha-2 country code and OpenAlex type."""
    made = _institution(
        name if isinstance(name, str) else None,
        country(code, repairs),
        kind if isinstance(kind, str) else None,
    )
    return made if made.name or made.country else None


@lru_cache(1 << 15)
def _institution(name: str | None, code: str | None, kind: str | None) -> Affiliation:
    return Affiliation(fields.text(name), code, _SECTORS.get(kind) if kind else None)


def country(code: object, repairs: fields.Repairs) -> str | None:
    """Alpha-3 of an alpha-2 code; a code that is no country is noted and becomes None."""
    if not code:
        return None
    found = _alpha3(code) if isinstance(code, str) else None
    if found is None:
        repairs.note("country", code, "an alpha-2 code of ISO 3166-1")
    return found


@lru_cache(1024)
def _alpha3(code: str) -> str | None:
    return alpha3_of_alpha2(code)


@lru_cache(1 << 15)
def _name(raw: str) -> str | None:
    return fields.text(raw)


def _dict(raw: object) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _list(raw: object) -> list[Any]:
    return raw if isinstance(raw, list) else []
