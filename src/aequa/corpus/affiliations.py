"""Countries and sectors of works, from what the source gave and else from affiliation names.

``place`` never overwrites a country or a sector that the source gave, except the sector ``other``.
Names are resolved once per distinct string (``residence.country_of``, ``sectors.sector_of``);
unknown stays null and keeps its share.

Fractional counting is at author level (Waltman & van Eck 2015, *Field-normalized citation impact
indicators and the choice of an appropriate counting method*, Journal of Informetrics 9(4)): each
of the n authors carries 1/n of the work, split equally over the author's distinct countries.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from aequa.core.works import AFFILIATION, AUTHORSHIP, PLACED, RAW
from aequa.corpus.residence import country_of
from aequa.corpus.sectors import sector_of

_Authors = Sequence[frozenset[str]]
_T = TypeVar("_T")


def place(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Fill unknown countries and sectors and derive ``countries``, shares and ``sectors``.

    In: a batch of schema ``RAW``. Out: schema ``PLACED``, the same rows in the same order. A work
    without authorships has the one share ``{null, 1.0}``.

    >>> from aequa.core.works import Affiliation, Authorship, Work, to_batch
    >>> author = Authorship("A", (Affiliation("Universität Bonn"),))
    >>> work = Work(ids=("doi:10.1/x",), title="Wells", authorships=(author,), source="ris")
    >>> row = place(to_batch([work])).to_pylist()[0]
    >>> row["countries"], row["country_shares"], row["sectors"]
    (['DEU'], [{'country': 'DEU', 'share': 1.0}], ['academia'])
    """
    authorships = batch.column("authorships")
    authors = pc.list_flatten(authorships)
    lists = pc.struct_field(authors, "affiliations")
    filled = _filled(pc.list_flatten(lists))
    rebuilt = pa.StructArray.from_arrays(
        [pc.struct_field(authors, "name"), _relisted(lists, filled)],
        fields=list(AUTHORSHIP),
        mask=pc.is_null(authors),
    )
    columns = [batch.column(name) for name in RAW.names]
    columns[RAW.names.index("authorships")] = _relisted(authorships, rebuilt)
    works = _grouped(authorships, _grouped(lists, filled.field("country").to_pylist()))
    sectors = _grouped(authorships, _grouped(lists, filled.field("sector").to_pylist()))
    derived = [
        [_distinct(authors) for authors in works],
        [country_shares([frozenset(each) - {None} for each in authors]) for authors in works],
        [_distinct(authors) for authors in sectors],
    ]
    fields = list(PLACED)[len(columns) :]
    columns += [pa.array(rows, field.type) for rows, field in zip(derived, fields, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=PLACED)


def country_shares(authors: _Authors) -> list[dict[str, object]]:
    """Fractional shares of one work: sum 1, sorted by country, the unknown part (null) last.

    ``authors`` holds the distinct known countries of each author; an author without any gives
    their part to null, and so does a work without authors. The order of authors does not matter.

    >>> [tuple(each.values()) for each in country_shares([frozenset({"KEN", "DEU"}), frozenset()])]
    [('DEU', 0.25), ('KEN', 0.25), (None, 0.5)]
    """
    parts: dict[str | None, list[float]] = {}
    for known in authors or (frozenset(),):
        for country in known or (None,):
            weight = len(authors or (None,)) * max(len(known), 1)
            parts.setdefault(country, []).append(1.0 / weight)
    order = sorted(parts, key=lambda country: (country is None, country or ""))
    return [{"country": country, "share": math.fsum(parts[country])} for country in order]


def _filled(affiliations: pa.StructArray) -> pa.StructArray:
    """Country and sector taken from the name where they were null; ``other`` says too little
    to stand against the name (OpenAlex has no intergovernmental type and calls banks "other").
    """
    name, country, sector = (pc.struct_field(affiliations, each.name) for each in AFFILIATION)
    vague = pc.or_(pc.is_null(sector), pc.fill_null(pc.equal(sector, "other"), False))
    columns = [
        name,
        pc.coalesce(country, _resolved(name, pc.is_null(country), country_of)),
        pc.coalesce(_resolved(name, vague, sector_of), sector),
    ]
    return pa.StructArray.from_arrays(
        columns, fields=list(AFFILIATION), mask=pc.is_null(affiliations)
    )


def _resolved(names: pa.Array, wanted: pa.Array, by: Callable[[str], str | None]) -> pa.Array:
    """``by`` of each name where ``wanted``, called once per distinct name."""
    asked = pc.if_else(wanted, names, pa.scalar(None, pa.string())).dictionary_encode()
    answers = [by(name) for name in asked.dictionary.to_pylist()]
    return pa.array(answers, pa.string()).take(asked.indices)


def _relisted(lists: pa.ListArray, values: pa.Array) -> pa.ListArray:
    """The same lists with other values, one for each value of ``lists``."""
    offsets = pa.array(_offsets(lists), pa.int32())
    return pa.ListArray.from_arrays(offsets, values, mask=pc.is_null(lists))


def _offsets(lists: pa.ListArray) -> np.ndarray:
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def _grouped(lists: pa.ListArray, values: Sequence[_T]) -> list[Sequence[_T]]:
    bounds = _offsets(lists).tolist()
    return [values[start:stop] for start, stop in pairwise(bounds)]


def _distinct(authors: Iterable[Iterable[str | None]]) -> list[str]:
    """Distinct known values over all authors of a work, sorted."""
    return sorted({each for known in authors for each in known if each is not None})
