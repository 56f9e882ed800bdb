"""The one record type for publications, and its Arrow schemas.

``Work`` is what every reader in ``sources/`` yields. ``WORKS`` is the same record as an Arrow
schema, extended by what ``corpus/`` derives (countries, sectors, citation percentile). ``LABELS``
is what ``classify/`` adds, keyed by ``id``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

SECTORS = (
    "academia",
    "company",
    "government",
    "intergovernmental",
    "nonprofit",
    "healthcare",
    "facility",
    "other",
)
CONTRIBUTIONS = ("supports", "hinders", "mixed", "neutral")
CHALLENGES = (
    "energy",
    "bias",
    "employment",
    "privacy",
    "safety",
    "misinformation",
    "divide",
    "opacity",
)
AREAS = ("economy", "society", "environment", "science")
ID_SCHEMES = ("openalex", "doi", "wos", "eid", "pmid", "ieee", "arxiv", "local")
"""Identifier schemes in order of preference; the first five are strong enough to merge on."""


class Affiliation(NamedTuple):
    """One institution as printed on a work; unknown parts are None."""

    name: str | None = None
    country: str | None = None
    """ISO 3166-1 alpha-3, only when the source gave a code (alpha-2 codes are translated)."""
    sector: str | None = None
    """One of ``SECTORS``, only when the source gave a type."""


class Authorship(NamedTuple):
    """One author of a work with the affiliations printed for them."""

    name: str | None = None
    affiliations: tuple[Affiliation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One publication as one source describes it. Missing values are None, never 0 or ''.

    >>> work = Work(ids=("doi:10.1/x",), title="AI for wells", year=2020, source="ris")
    >>> work.id
    'doi:10.1/x'
    """

    ids: tuple[str, ...]
    """Identifiers as ``scheme:value`` (schemes in ``ID_SCHEMES``), normalised, no duplicates."""
    title: str | None
    """None only when there is an abstract: a record with neither is rejected."""
    abstract: str | None = None
    year: int | None = None
    type: str | None = None
    """OpenAlex work type: article, review, book, book-chapter, preprint, dissertation, …"""
    language: str | None = None
    """ISO 639-1, as the source declares it."""
    venue: str | None = None
    field: str | None = None
    """Name of one of OpenAlex's 26 fields, or the source's own category."""
    keywords: tuple[str, ...] = ()
    cited_by: int | None = None
    percentile: float | None = None
    """The source's own citation percentile in [0, 1] within field, year and type."""
    top1: bool | None = None
    top10: bool | None = None
    """The source's own statement that the work is among the top 1 % or 10 % cited."""
    authorships: tuple[Authorship, ...] = ()
    source: str
    """Which reader made this record, e.g. ``openalex``, ``wos``, ``scopus``."""
    file: str = ""
    record: int = 0
    """1-based number of the record in ``file``."""
    given: str | None = None
    """The identifier as the file spells it, so that ``classify`` can answer with the same text."""
    repairs: tuple[str, ...] = ()
    """Values that were set to unknown, as ``field: what was found, what was expected``."""

    @property
    def id(self) -> str:
        """The preferred identifier: the first scheme of ``ID_SCHEMES`` that is present."""
        return preferred(self.ids)


class Reject(NamedTuple):
    """One record that could not be used, and why."""

    file: str
    record: int
    reason: str
    """Names the field and what was expected."""
    excerpt: str = ""
    """At most 200 characters of the record, control characters removed."""


def preferred(ids: Sequence[str]) -> str:
    """The identifier whose scheme comes first in ``ID_SCHEMES``; ties by text.

    >>> preferred(["pmid:7", "doi:10.1/x"])
    'doi:10.1/x'
    """
    order = {scheme: rank for rank, scheme in enumerate(ID_SCHEMES)}
    return min(ids, key=lambda text: (order.get(text.partition(":")[0], len(order)), text))


AFFILIATION = pa.struct([("name", pa.string()), ("country", pa.string()), ("sector", pa.string())])
AUTHORSHIP = pa.struct([("name", pa.string()), ("affiliations", pa.list_(AFFILIATION))])

RAW = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("ids", pa.list_(pa.string())),
        pa.field("title", pa.string()),
        pa.field("abstract", pa.string()),
        pa.field("year", pa.int16()),
        pa.field("type", pa.string()),
        pa.field("language", pa.string()),
        pa.field("venue", pa.string()),
        pa.field("field", pa.string()),
        pa.field("keywords", pa.list_(pa.string())),
        pa.field("cited_by", pa.int64()),
        pa.field("percentile", pa.float64()),
        pa.field("top1", pa.bool_()),
        pa.field("top10", pa.bool_()),
        pa.field("authorships", pa.list_(AUTHORSHIP)),
        pa.field("source", pa.string()),
        pa.field("file", pa.string()),
        pa.field("record", pa.int64()),
    ]
)
"""What the readers write: one row per record read and accepted, before merging."""

SHARE = pa.struct([("country", pa.string()), ("share", pa.float64())])

PLACED = pa.schema(
    [
        *RAW,
        pa.field("countries", pa.list_(pa.string())),
        pa.field("country_shares", pa.list_(SHARE)),
        pa.field("sectors", pa.list_(pa.string())),
    ]
)
"""RAW plus distinct ISO alpha-3 countries (full counting), fractional shares per country that
sum to 1 with the country ``null`` for the unknown part, and the distinct known sectors."""

WORKS = pa.schema(
    [
        *[field for field in PLACED if field.name not in {"percentile", "top1", "top10"}],
        pa.field("merged", pa.list_(pa.string())),
        pa.field("cited_by_rule", pa.string()),
        pa.field("percentile", pa.float64()),
        pa.field("percentile_origin", pa.string()),
        pa.field("top1", pa.float64()),
        pa.field("top10", pa.float64()),
        pa.field("cell_size", pa.int64()),
        pa.field("cell_small", pa.bool_()),
    ]
)
"""The corpus. ``merged`` lists ``file#record`` of every record folded into this one (itself
excluded); ``cited_by_rule`` says which citation count was kept and why; ``percentile_origin`` is
``source`` or ``computed`` (null when there is none); ``top1`` and ``top10`` are weights in [0, 1]
(ties at the threshold share fractionally, Waltman & Schreiber 2013), null when unknown;
``cell_size`` counts the works of the same field × year × type, ``cell_small`` flags under 100."""

SCORED = pa.struct([("name", pa.string()), ("score", pa.float32())])
GOAL = pa.struct(
    [
        ("goal", pa.int8()),
        ("score", pa.float32()),
        ("contribution", pa.string()),
        ("contribution_score", pa.float32()),
        ("evidence", pa.list_(pa.string())),
        ("targets", pa.list_(pa.string())),
    ]
)
LABELS = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("language", pa.string()),
        pa.field("ai", pa.struct([("label", pa.bool_()), ("score", pa.float32())])),
        pa.field("goals", pa.list_(GOAL)),
        pa.field("challenges", pa.list_(SCORED)),
        pa.field("areas", pa.list_(SCORED)),
        pa.field("scores", pa.list_(pa.float32())),
        pa.field("second_reading", pa.string()),
    ]
)
"""What ``classify`` writes, one row per work; ``scores`` holds all 17 goal scores or null.

``second_reading`` is null where the fast tier's answer stands; where the encoder read the work
too, ``changed`` if that gave it other goals, and ``agreed`` if not."""

VECTOR = pa.field("vector", pa.binary())
"""What the encoder found in a work, to be kept beside labels and given back another time."""


def to_batch(works: Iterable[Work]) -> pa.RecordBatch:
    """Works as one Arrow batch with the schema ``RAW``.

    >>> to_batch([Work(ids=("doi:10.1/x",), title="Wells", source="ris")]).num_rows
    1
    """
    rows = list(works)
    columns = [
        pa.array([getattr(row, field.name) for row in rows], type=field.type) for field in RAW
    ]
    return pa.RecordBatch.from_arrays(columns, schema=RAW)
