"""Counted rows to share tables: share, interval and flag from count, denominator and Σw²."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa

from aequa import __version__
from aequa.core.intervals import effective_size, wilson
from aequa.core.results import SHARE_COLUMNS, Provenance, Table
from aequa.evidence.flat import Corpus
from aequa.evidence.spec import Spec

COUNTED = ("count", "denominator", "squares", "unknown")
"""Columns that a query for a share table delivers, ``squares`` being Σw² over the denominator."""
_AT_ONCE = 50_000
"""Rows of a streamed table that are held."""

_ABOUT_SHARES = (
    "share = count / denominator; unknown works are in neither. low and high: {level:g} % Wilson "
    "score interval (Wilson 1927; fractional counts with Kish's effective sample size). It covers "
    "sampling, the corpus seen as a draw from a larger literature, and not errors of the labels. "
    "few: denominator under {few}."
)


@dataclass(frozen=True)
class Head:
    """What a table is called and how it is to be read."""

    name: str
    title: str
    note: str


def listing(corpus: Corpus, head: Head, sql: str) -> Table:
    """The rows of a query as a table with its provenance."""
    return result(corpus, head, fetch(corpus, sql))


def streamed(corpus: Corpus, head: Head, sql: str) -> Table:
    """The rows of a query that are too many to hold: to be written before the next is asked."""
    return _made(corpus, head, corpus.con.sql(sql).to_arrow_reader(_AT_ONCE))


def share_table(corpus: Corpus, head: Head, sql: str) -> Table:
    """A query with the columns ``COUNTED`` as a table of shares; its note explains the interval."""
    spec = corpus.spec
    about = _ABOUT_SHARES.format(level=100 * spec.level, few=spec.min_denominator)
    full = Head(head.name, head.title, f"{head.note} {about}")
    return result(corpus, full, with_shares(fetch(corpus, sql), spec))


def fetch(corpus: Corpus, sql: str) -> pa.Table:
    """The rows of a query, decimals as doubles (to 6 digits, which hides ⅓ + ⅓ + ⅓ < 1).

    Sums of squares keep their 12 digits: those of a group with a small part of one work are tiny.
    """
    data = corpus.con.sql(sql).to_arrow_table()
    for position, field in enumerate(data.schema):
        if pa.types.is_decimal(field.type):
            digits = 12 if field.name == "squares" else 6
            values = np.round(data[field.name].cast(pa.float64()).to_numpy(), digits)
            column = pa.array(values, pa.float64(), from_pandas=True)
            data = data.set_column(position, field.name, column)
    return data


def result(corpus: Corpus, head: Head, data: pa.Table) -> Table:
    """A table with the provenance of this run."""
    return _made(corpus, head, data.combine_chunks())


def _made(corpus: Corpus, head: Head, data: pa.Table | pa.RecordBatchReader) -> Table:
    provenance = Provenance(
        step=f"evidence.{head.name}",
        spec=asdict(corpus.spec),
        inputs=dict(corpus.inputs),
        seed=corpus.spec.seed,
        version=__version__,
    )
    return Table(head.name, head.title, data, provenance, head.note)


def with_shares(data: pa.Table, spec: Spec) -> pa.Table:
    """Keys, ``SHARE_COLUMNS``, further columns, ``few``: in this order; no share of nothing."""
    numbers = {name: data[name].cast(pa.float64()).to_numpy() for name in COUNTED}
    count, denominator = numbers["count"], numbers["denominator"]
    share = count / np.where(denominator > 0, denominator, np.nan)
    low, high = wilson(share, effective_size(denominator, numbers["squares"]), spec.level)
    numbers |= {"share": share, "low": low, "high": high}
    first = data.column_names.index("count")
    keys, others = data.column_names[:first], data.column_names[first + len(COUNTED) :]
    columns = {name: data[name] for name in keys}
    columns |= {name: pa.array(numbers[name], from_pandas=True) for name in SHARE_COLUMNS}
    columns |= {name: data[name] for name in others}
    return pa.table({**columns, "few": pa.array(denominator < spec.min_denominator)})
