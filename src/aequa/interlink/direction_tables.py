"""The tables of direct links, direction, cascade, centrality and the literature's network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Array = NDArray[np.float64]
_TEXT, _REAL, _WHOLE = pa.string(), pa.float64(), pa.int64()

LINKS = pa.schema(
    [
        *((name, _TEXT) for name in ("level", "method", "group", "source", "target")),
        ("sign", pa.int8()),
        *((name, _REAL) for name in ("estimate", "low", "high", "p", "q")),
        *((name, _WHOLE) for name in ("observations", "countries")),
        ("holds", pa.bool_()),
    ]
)
"""One row per pair tested; ``sign`` is that of the estimate, ``holds`` says that the link stands
(q within the false discovery rate; for ``direct`` also stable). ``countries`` is null, and
``observations`` the number of works, for the literature."""

RESPONSES = pa.schema(
    [
        *((name, _TEXT) for name in ("level", "group", "source", "target")),
        ("horizon", pa.int8()),
        *((name, _REAL) for name in ("response", "low", "high", "p")),
        *((name, _WHOLE) for name in ("observations", "countries")),
    ]
)
"""What follows an improvement of the source by one point, by years after it."""

CENTRALITY = pa.schema(
    [
        *((name, _TEXT) for name in ("level", "group", "goal", "measure")),
        *((name, _REAL) for name in ("value", "low", "high")),
        *((name, _WHOLE) for name in ("rank_low", "rank_high")),
    ]
)
CASCADE = pa.schema(
    [
        *((name, _TEXT) for name in ("level", "group", "source")),
        ("horizon", pa.int8()),
        *((name, _REAL) for name in ("response", "low", "high")),
        *((name, _WHOLE) for name in ("rank_low", "rank_high")),
        ("ranked", pa.bool_()),
        ("note", _TEXT),
    ]
)
STABILITY = pa.schema(
    [
        *((name, _TEXT) for name in ("level", "group", "source", "target")),
        *((name, _REAL) for name in ("selection", "threshold", "false_edges")),
        ("stable", pa.bool_()),
    ]
)
"""Selection probability of every pair; ``false_edges`` is the bound on falsely stable edges."""
CALIBRATION = pa.schema(
    [
        *((name, _TEXT) for name in ("level", "group", "method")),
        *((name, _WHOLE) for name in ("tested", "naive")),
        *((name, _REAL) for name in ("placebo", "placebo_low", "placebo_high")),
        ("calibrated", _WHOLE),
    ]
)
"""Links found by the textbook p-value, how many it finds among pairs that cannot be linked (mean
and interval over draws), and how many are left when these are the null; all after the same
correction for many tests."""
EXCLUDED = pa.schema(
    [
        *((name, _TEXT) for name in ("level", "group", "method", "variable", "reason")),
        ("count", _WHOLE),
        ("of", _WHOLE),
    ]
)
"""What did not enter: how many, of how many."""


def discoveries(p: Array, fdr: float) -> NDArray[np.int64]:
    """How many tests along the last axis Benjamini & Hochberg (1995) find; NaN is no test.

    >>> discoveries(np.array([[0.01, np.nan, 0.04, 0.5], [0.04, 0.3, 0.2, 0.1]]), 0.05).tolist()
    [1, 0]
    """
    tests = np.isfinite(p).sum(-1, keepdims=True)
    places = np.arange(1, p.shape[-1] + 1)
    found = np.sort(p, axis=-1) <= fdr * places / np.maximum(tests, 1)  # NaN last, never found
    return np.asarray((found * places).max(-1, initial=0))


def table(schema: pa.Schema, columns: dict[str, Any], rows: int) -> pa.Table:
    """A table of ``schema``: arrays as they are, NaN as null, single values repeated."""
    return pa.table([_column(columns[f.name], f.type, rows) for f in schema], schema)


def _column(values: Any, kind: pa.DataType, rows: int) -> pa.Array:
    if values is None or isinstance(values, str | bool | int | float):
        return pa.array([values] * rows, kind)
    return pa.array(np.asarray(values) if len(values) else [], from_pandas=True).cast(kind)


def names_at(names: Sequence[str], places: NDArray[np.int64]) -> pa.Array:
    """The names at these places."""
    return pa.array(names, pa.string()).take(pa.array(places, pa.int64()))


def signs(estimates: Array) -> pa.Array:
    """1, 0 or -1; null where the estimate is NaN."""
    known = np.isfinite(estimates)
    whole = np.sign(np.where(known, estimates, 0)).astype(np.int8)
    return pa.array(whole, mask=~known)
