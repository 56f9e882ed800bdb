"""The columns of the tables that the three imbalances share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pyarrow as pa

from aequa.divide.inequality import Measured

_MEASURED = [
    pa.field("value", pa.float64()),
    pa.field("low", pa.float64()),
    pa.field("high", pa.float64()),
]

IMBALANCES = pa.schema(
    [
        pa.field("imbalance", pa.string()),
        pa.field("subject", pa.string()),
        pa.field("goal", pa.int8()),
        pa.field("measure", pa.string()),
        pa.field("unit", pa.string()),
        pa.field("grouping", pa.string()),
        pa.field("group", pa.string()),
        *_MEASURED,
        pa.field("countries", pa.int32()),
        pa.field("missing", pa.int32()),
        pa.field("year", pa.int16()),
        pa.field("note", pa.string()),
    ]
)
"""One figure a row. imbalance: ``attention``, ``data`` or ``technology``; subject: what is spread
(works, compute, an indicator); goal: null for all; grouping and group: ``world`` for the whole.
missing: countries without a value or without people, that are not in it."""

DECOMPOSITION = pa.schema(
    [
        pa.field("imbalance", pa.string()),
        pa.field("subject", pa.string()),
        pa.field("measure", pa.string()),
        pa.field("grouping", pa.string()),
        pa.field("between", pa.float64()),
        pa.field("within", pa.float64()),
        pa.field("between_share", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        pa.field("countries", pa.int32()),
        pa.field("unclassified", pa.int32()),
    ]
)
"""Theil's T = between + within; low and high are of between_share."""

CONTRIBUTIONS = pa.schema(
    [
        pa.field("subject", pa.string()),
        pa.field("country", pa.string()),
        pa.field("share", pa.float64()),
        pa.field("population_share", pa.float64()),
        pa.field("contribution", pa.float64()),
    ]
)
"""What each country adds to Theil's T of a subject: share · ln(share / population_share)."""


class About(NamedTuple):
    """What the rows of one subject have in common."""

    imbalance: str
    subject: str
    unit: str = ""
    year: int | None = None
    missing: int = 0


def row(
    about: About,
    found: Measured,
    countries: int,
    goal: int | None = None,
    group: tuple[str, str] = ("world", "world"),
    unit: str | None = None,
) -> dict[str, Any]:
    """One row of ``IMBALANCES``: what is not finite becomes null, and infinity is said in words."""
    endless = "infinite: the poorest hold nothing" if found.value == float("inf") else None
    return {
        **about._asdict(),
        "goal": goal,
        "measure": found.measure,
        "unit": about.unit if unit is None else unit,
        "grouping": group[0],
        "group": group[1],
        "value": finite(found.value),
        "low": finite(found.low),
        "high": finite(found.high),
        "countries": countries,
        "note": endless,
    }


def finite(value: float) -> float | None:
    """The number, or None where there is none to show.

    >>> finite(0.5), finite(float("nan")), finite(float("inf"))
    (0.5, None, None)
    """
    return value if abs(value) < float("inf") else None


def table(rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Rows as a table of the schema."""
    return pa.Table.from_pylist([dict(found) for found in rows], schema=schema)
