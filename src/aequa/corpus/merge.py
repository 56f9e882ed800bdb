"""Records that are one work (see ``match.py``) to one record: what is kept from which.

Records are taken in one order of preference: published before preprint, then by source as in
``SOURCES``, then by file and record. Each field is the first that is known in this order, but:

- ``ids`` and ``keywords`` are unions, ``abstract`` is the longest.
- ``year`` and ``type`` come together from the first record that knows the year, so that the work
  is compared with works like its published version.
- ``cited_by`` comes from the first source in ``SOURCES`` that counts, whatever is published: the
  maximum over sources would favour works that happen to be in many databases. Within one source
  the highest is kept (counts grow, so it is the newest export). ``cited_by_rule`` says so.
- ``percentile``, ``top1`` and ``top10`` come together, from the record whose count was kept if it
  states any of them, else from the first that does.
- ``authorships`` is the longest list of authors, each with every institution that any record
  prints for them (authors are matched by family name and initial). Institutions of authors that
  match nobody are kept under an author without a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from aequa.core.works import ID_SCHEMES, RAW
from aequa.corpus.match import author_key, fold

Row = dict[str, Any]
"""One row of a ``RAW`` batch as ``to_pylist`` gives it."""

SOURCES = ("openalex", "wos", "scopus", "pubmed", "ieee")
"""Sources in order of preference: by breadth of coverage and cleanness; all others follow."""
_NAMES = tuple(RAW.names)
_STATED = ("percentile", "top1", "top10")


def merge(rows: Sequence[Row]) -> Row:
    """One ``RAW`` row, with ``merged`` and ``cited_by_rule`` added, from the rows of one work.

    Merging the result again changes no ``RAW`` column; the order of ``rows`` does not matter.

    >>> row = {field.name: None for field in RAW} | {"ids": ["doi:10.1/x"], "title": "Wells"}
    >>> a = row | {"source": "scopus", "file": "a.csv", "record": 1, "cited_by": 9}
    >>> b = row | {"source": "openalex", "file": "b.jsonl", "record": 4, "cited_by": 12}
    >>> one = merge([a, b])
    >>> one["cited_by"], one["cited_by_rule"], one["merged"]
    (12, 'openalex (of openalex 12, scopus 9)', ['a.csv#1'])
    """
    ordered = _ordered(rows)
    found = {
        name: ordered[0][name]
        if ordered[0][name] is not None
        else _first(row[name] for row in ordered)
        for name in _NAMES
    }
    dated = next((row for row in ordered if row["year"] is not None), ordered[0])
    counted = _counted(ordered)
    stating = [row for row in (counted, *ordered) if any(row[key] is not None for key in _STATED)]
    found |= {key: dated[key] if dated[key] is not None else found[key] for key in ("year", "type")}
    found |= {key: (stating[0] if stating else ordered[0])[key] for key in _STATED}
    found |= {key: ordered[0][key] for key in ("source", "file", "record")}
    found |= {
        "ids": sorted({text for row in ordered for text in row["ids"] or ()}, key=id_order),
        "abstract": _longest(row["abstract"] for row in ordered),
        "keywords": _union(word for row in ordered for word in row["keywords"] or ()),
        "authorships": _authorships([row["authorships"] or [] for row in ordered]),
        "cited_by": counted["cited_by"],
        "cited_by_rule": _rule(counted, ordered),
        "merged": [f"{row['file']}#{row['record']}" for row in ordered[1:]],
    }
    found["id"] = found["ids"][0] if found["ids"] else ordered[0]["id"]
    return found


def id_order(identifier: str) -> tuple[int, str]:
    """Sort key of identifiers: the order of ``ID_SCHEMES``, then text (as ``preferred``)."""
    scheme = identifier.partition(":")[0]
    return (ID_SCHEMES.index(scheme) if scheme in ID_SCHEMES else len(ID_SCHEMES), identifier)


def _ordered(rows: Sequence[Row]) -> list[Row]:
    """Rows in order of preference; only those that stand level are spelled out to be compared."""
    if len({_preference(row) for row in rows}) == len(rows):
        return sorted(rows, key=_preference)
    return sorted(rows, key=lambda row: (_preference(row), repr([row[name] for name in _NAMES])))


def _preference(row: Row) -> tuple[bool, tuple[int, str], str, int]:
    return (
        row["type"] == "preprint",
        _source_order(row),
        row["file"] or "",
        row["record"] or 0,
    )


def _source_order(row: Row) -> tuple[int, str]:
    source = row["source"] or ""
    return (SOURCES.index(source) if source in SOURCES else len(SOURCES), source)


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)


def _longest(texts: Iterable[str | None]) -> str | None:
    known = [text for text in texts if text is not None]
    return max(known, key=len) if known else None


def _union(words: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for word in words:
        seen.setdefault(word.casefold(), word)
    return list(seen.values())


def _counted(ordered: Sequence[Row]) -> Row:
    """The row whose citation count is kept; the first row when no count is known."""
    known = [row for row in ordered if row["cited_by"] is not None]
    return min(known, key=lambda row: (_source_order(row), -row["cited_by"]), default=ordered[0])


def _rule(counted: Row, ordered: Sequence[Row]) -> str | None:
    if counted["cited_by"] is None:
        return None
    known = [row for row in ordered if row["cited_by"] is not None]
    if len(known) == 1:
        return f"{counted['source']} (only count)"
    listed = sorted({(_source_order(row), -row["cited_by"], str(row["source"])) for row in known})
    counts = ", ".join(f"{source} {-count}" for _, count, source in listed)
    several = sum(source == counted["source"] for _, _, source in listed) > 1
    return f"{counted['source']} ({'highest, ' if several else ''}of {counts})"


def _authorships(lists: Sequence[list[Row]]) -> list[Row]:
    base = max(lists, key=len)
    authors = [{"name": a["name"], "affiliations": _places(a)} for a in base]
    strays: list[Row] = []
    for other in (authorships for authorships in lists if authorships != base):
        for author, match in zip(other, _aligned(authors, other), strict=True):
            if match is None:
                strays += _places(author)
            else:
                authors[match]["affiliations"] = _joined(
                    authors[match]["affiliations"], _places(author)
                )
    known = {fold(place["name"]) for author in authors for place in author["affiliations"]}
    left = [place for place in _joined([], strays) if fold(place["name"]) not in known]
    return [*authors, {"name": None, "affiliations": left}] if left else authors


def _places(author: Row) -> list[Row]:
    return list(author["affiliations"] or ())


def _aligned(base: Sequence[Row], other: Sequence[Row]) -> list[int | None]:
    """For each author of ``other`` the place in ``base``: by name if unique, else by position."""
    found: list[int | None] = [None] * len(other)
    for key in (_full_key, lambda author: author_key(author["name"])):
        here, there = _unique(base, key), _unique(other, key)
        for name, place in there.items():
            if found[place] is None and name in here and here[name] not in found:
                found[place] = here[name]
    if len(base) == len(other):
        for place, author in enumerate(other):
            if author["name"] is None and found[place] is None and place not in found:
                found[place] = place
    return found


def _full_key(author: Row) -> tuple[str, str] | None:
    """Family name and first initial, however the name is printed."""
    family, name = author_key(author["name"]), author["name"] or ""
    given = name.partition(",")[2] or " ".join(
        word for word in name.split() if fold(word) != family
    )
    initial = fold(given)[:1]
    return (family, initial) if family and initial else None


def _unique(authors: Sequence[Row], key: Any) -> dict[Any, int]:
    places: dict[Any, list[int]] = {}
    for place, author in enumerate(authors):
        places.setdefault(key(author), []).append(place)
    return {name: at[0] for name, at in places.items() if name is not None and len(at) == 1}


def _joined(first: Sequence[Row], second: Sequence[Row]) -> list[Row]:
    """Union of affiliations by name; what one leaves unknown (country, sector) the other fills."""
    found: list[Row] = [dict(place) for place in first]
    at = {fold(place["name"]): place for place in found if place["name"]}
    for place in second:
        known = at.get(fold(place["name"])) if place["name"] else None
        if known is not None:
            for key in ("country", "sector"):
                known[key] = place[key] if known[key] is None else known[key]
        elif place not in found:
            found.append(dict(place))
            if place["name"]:
                at[fold(place["name"])] = found[-1]
    return found
