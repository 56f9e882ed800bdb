"""OpenAlex's questions and answers: a query to parameters, a page to the works in it.

Paging is by cursor: the first page is asked with ``*``, each names the cursor of the next, the
last one names none (developers.openalex.org/guides/page-through-results, read 2026-11).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import orjson

from aequa.core.errors import SpecError
from aequa.fetch.connection import BrokenError

PER_PAGE = (200, 100)
"""Works per page: what OpenAlex takes, and what its documentation promises since 2026."""
SELECT = (
    "id",
    "ids",
    "doi",
    "title",
    "display_name",
    "publication_year",
    "publication_date",
    "language",
    "type",
    "is_retracted",
    "is_paratext",
    "primary_location",
    "locations",
    "primary_topic",
    "keywords",
    "cited_by_count",
    "citation_normalized_percentile",
    "authorships",
    "abstract_inverted_index",
)
"""The fields that ``sources/openalex.py`` reads and the API has: a third of a work's bytes."""
_FILTER = re.compile(r"[\w.-]+:.*\S.*", re.DOTALL)
_FIELD = re.compile(r"[a-z0-9_]+")
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Query:
    """Which works, which fields of them, and how many at most."""

    search: str | None = None
    filters: tuple[str, ...] = ()
    """``KEY:VALUE`` each; a work must match all."""
    select: tuple[str, ...] = SELECT
    """Fields of a work; empty for all."""
    limit: int | None = None

    def __post_init__(self) -> None:
        """Refuse what the API would refuse, or could not be meant.

        Raises:
            SpecError: naming the option and what was expected.
        """
        for text in self.filters:
            if not _FILTER.fullmatch(text):
                raise SpecError(f"--filter: found {text!r}, expected KEY:VALUE")
        for name in self.select:
            if not _FIELD.fullmatch(name):
                raise SpecError(f"--select: found {name!r}, expected names of fields, or * for all")
        if self.limit is not None and self.limit < 1:
            raise SpecError(f"--limit: found {self.limit}, expected a number of works over 0")
        if self.search is not None and not self.search.strip():
            raise SpecError("--search: is empty, expected words")

    def stored(self) -> dict[str, Any]:
        """The query as plain JSON values, for the state file."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}

    def parameters(self) -> dict[str, str]:
        """What the API is asked, without paging.

        >>> Query("wells", ("type:article", "language:en"), ("id",)).parameters()
        {'search': 'wells', 'filter': 'type:article,language:en', 'select': 'id'}
        """
        given = {
            "search": self.search,
            "filter": ",".join(self.filters),
            "select": ",".join(self.select),
        }
        return {name: value for name, value in given.items() if value}


class Page(NamedTuple):
    """One page of results."""

    total: int
    """Works that match, by the API's word."""
    cursor: str | None
    """Where the next page starts; None after the last."""
    works: tuple[str, ...]
    """The JSON of each work as the API sent it, on one line."""


def count(body: bytes) -> int:
    """How many works match, from any answer of the API.

    Raises:
        BrokenError: the answer is cut off, or no answer of this API.

    >>> count(b'{"meta": {"count": 3}, "results": []}')
    3
    """
    return _count(_loaded(body)["meta"])


def page(body: bytes) -> Page:
    """The page in an answer of the API.

    Raises:
        BrokenError: the answer is cut off, or no page of works.

    >>> page(b'{"meta": {"count": 1, "next_cursor": null}, "results": [ {"id": "W1"} ]}')
    Page(total=1, cursor=None, works=('{"id": "W1"}',))
    """
    raw = _loaded(body)
    results, meta = raw.get("results"), raw["meta"]
    if not isinstance(results, list) or any(type(work) is not dict for work in results):
        raise BrokenError("the page has no list of works under results")
    cursor = meta.get("next_cursor", 0)
    if not isinstance(cursor, str | None) or cursor == "":
        raise BrokenError("the page has no next_cursor under meta")
    try:
        works = tuple(_one_line(text) for text in _slices(body.decode("utf-8")))
    except (ValueError, IndexError, RecursionError) as error:
        raise BrokenError(f"the page cannot be read ({error})") from error
    if len(works) != len(results):
        raise BrokenError("the page has results twice")
    return Page(_count(meta), cursor, works)


def _loaded(body: bytes) -> dict[str, Any]:
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BrokenError(f"the answer is cut off or no JSON ({error})") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("meta"), dict):
        raise BrokenError("the answer has no meta, expected a page of OpenAlex")
    return raw


def _count(meta: dict[str, Any]) -> int:
    found = meta.get("count")
    if type(found) is not int or found < 0:
        raise BrokenError(f"meta.count: found {str(found)[:40]}, expected a number of works")
    return found


def _slices(text: str) -> Iterator[str]:
    """The text of each item under ``results`` in JSON that is known to be valid."""
    at = _skip(text, _skip(text, 0) + 1)
    while True:
        key, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if key == "results":
            break
        _, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
    at = _skip(text, at + 1)
    while text[at] != "]":
        start = at
        _, at = _DECODER.raw_decode(text, at)
        yield text[start:at]
        at = _skip(text, at)
        at = _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]


def _one_line(text: str) -> str:
    """JSON strings hold no raw line ends, so those of a printed page are mere layout."""
    return text.replace("\r", " ").replace("\n", " ") if "\n" in text or "\r" in text else text
