"""A corpus as ``aequa ingest`` wrote it, row by row back to works.

The columns are those of ``core.works.RAW`` or ``WORKS``; in CSV the lists are JSON. The values were
cleaned when they were first read, so entities and tags in them are text now and stay. Ranks that
aequa computed are left out, for they are computed again; those of the source are kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from aequa.core.countries import is_country
from aequa.core.works import ID_SCHEMES, SECTORS, Affiliation, Authorship, Reject, Work
from aequa.sources import fields, openalex
from aequa.sources.records import accepted

COLUMNS = {"ids", "title", "authorships", "source"}
"""A table that has all these is a corpus."""
_BARE_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}/\S+", re.IGNORECASE)
_BARE_WORK = re.compile(r"W\d{5,12}")
_UNPRINTED = re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f\ufeff]")
_RULES = {
    "openalex": openalex.work_id,
    "doi": fields.doi,
    "wos": fields.wos_id,
    "eid": fields.eid,
    "pmid": fields.pmid,
    "arxiv": fields.arxiv,
}


def work(
    row: Mapping[str, Any], file: str, number: int, notes: tuple[str, ...], name: str
) -> Work | Reject:
    """One row of a corpus as a ``Work``; ``name`` is its source if the row names none."""
    repairs = fields.Repairs()
    own = row.get("percentile_origin") in (None, "", "source")
    ids = fields.unique(map(_kept, items(row.get("ids")))) or fields.unique(
        [identifier(row.get("id"))]
    )
    made = Work(
        ids=ids,
        title=clean(row.get("title")),
        abstract=clean(row.get("abstract")),
        year=fields.year(row.get("year"), repairs),
        type=clean(row.get("type")),
        language=clean(row.get("language")),
        venue=clean(row.get("venue")),
        field=clean(row.get("field")),
        keywords=fields.unique(map(clean, items(row.get("keywords")))),
        cited_by=fields.count(row.get("cited_by"), repairs),
        percentile=openalex.fraction(row.get("percentile"), repairs) if own else None,
        top1=openalex.flag(row.get("top1")) if own else None,
        top10=openalex.flag(row.get("top10")) if own else None,
        authorships=authorships(row.get("authorships"), repairs),
        source=clean(row.get("source")) or name,
        file=file,
        record=number,
        given=spelled(row.get("id")),
        repairs=notes + repairs.notes(),
    )
    return accepted(made, None if made.title or made.abstract else openalex.excerpt(dict(row)))


def identifier(raw: object) -> str | None:
    """``scheme:value`` of an identifier as a person writes it; ``local:`` if it has no scheme.

    >>> identifier("https://openalex.org/W42"), identifier("10.1000/ABC"), identifier("row 7")
    ('openalex:W42', 'doi:10.1000/abc', 'local:row 7')
    >>> identifier("WOS:000667508800015"), identifier("arXiv:2312.00690v4"), identifier("pmid:12")
    ('wos:000667508800015', 'arxiv:2312.00690', 'pmid:12')
    """
    text = spelled(raw)
    if text is None:
        return None
    scheme, colon, value = (part.strip() for part in text.partition(":"))
    scheme = scheme.lower()
    if colon and value and scheme in ID_SCHEMES:
        rule = _RULES.get(scheme)
        return (rule(value) if rule else None) or f"{scheme}:{value}"
    if "openalex.org/" in text or _BARE_WORK.fullmatch(text):
        return openalex.work_id(text) or f"local:{text}"
    if _BARE_DOI.fullmatch(text):
        return fields.doi(text)
    return (fields.eid(text) if text.startswith("2-s2.0-") else None) or f"local:{text}"


def _kept(raw: object) -> str | None:
    """An identifier that has a scheme, as it is."""
    text = clean(raw)
    scheme, colon, value = (text or "").partition(":")
    return text if colon and value and scheme in ID_SCHEMES else identifier(raw)


def spelled(raw: object) -> str | None:
    """An identifier as the file spells it: text on one line, or a whole number.

    >>> spelled(7.0), spelled(" A 7 "), spelled(["A"])
    ('7', 'A 7', None)
    """
    if raw is None or isinstance(raw, bool | dict | list) or raw != raw:
        return None
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    return clean(raw)


def clean(raw: object) -> str | None:
    """Text that is not interpreted: line ends and control characters become spaces, no more."""
    if raw is None or raw != raw:
        return None
    value = raw if isinstance(raw, str) else str(raw)
    if not value.isprintable():
        value = _UNPRINTED.sub(" ", value).encode("utf-8", "replace").decode("utf-8")
    return value.strip() or None


def items(raw: object) -> list[Any]:
    """A list as such, as JSON in a cell, or joined by semicolons or bars.

    >>> items('["a;b"]'), items("a; b"), items(None)
    (['a;b'], ['a', 'b'], [])
    """
    if isinstance(raw, list):
        return raw
    if raw is None or raw != raw or isinstance(raw, dict):
        return []
    text = str(raw).strip()
    if text[:1] == "[":
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            return [text]
        return value if isinstance(value, list) else [value]
    return [part.strip() for part in re.split(r"[;|]", text)] if text else []


def authorships(raw: object, repairs: fields.Repairs) -> tuple[Authorship, ...]:
    """Authorships from a list of objects, or JSON of one, with ``name`` and ``affiliations``."""
    found = []
    for item in items(raw):
        if isinstance(item, dict):
            places = [_affiliation(place, repairs) for place in items(item.get("affiliations"))]
            found.append(Authorship(clean(item.get("name")), tuple(filter(None, places))))
        else:
            repairs.note("authorships", item, "objects with name and affiliations")
    return tuple(found)


def _affiliation(raw: object, repairs: fields.Repairs) -> Affiliation | None:
    if not isinstance(raw, dict):
        repairs.note("affiliations", raw, "objects with name, country and sector")
        return None
    code, sector = clean(raw.get("country")), clean(raw.get("sector"))
    if code and not is_country(code):
        repairs.note("country", code, "an alpha-3 code of ISO 3166-1")
        code = None
    if sector and sector not in SECTORS:
        repairs.note("sector", sector, f"one of {', '.join(SECTORS)}")
        sector = None
    return Affiliation(clean(raw.get("name")), code, sector)
