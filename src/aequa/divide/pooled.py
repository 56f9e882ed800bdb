"""Pooled values: one figure that many countries of a source share, as if it had been measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike
from scipy.stats import binom

from aequa.core.inequality import Array

POOLED = pa.schema(
    [
        pa.field("values", pa.list_(pa.float64())),
        pa.field("countries", pa.int32()),
        pa.field("expected", pa.float64()),
        pa.field("chance", pa.float64()),
        pa.field("bound", pa.bool_()),
        pa.field("names", pa.list_(pa.string())),
    ]
)
"""values: what is shared, one per column of the source; expected: other countries with these values
if all were measured apart; chance: of so many or more; bound: the first value is the least or the
greatest of the source (nobody, or everybody: the end of a scale rather than a pool, so it is shown
and not flagged by ``flagged``)."""

NEIGHBOURS = 20


def pooled(names: Sequence[str], values: ArrayLike, most: float = 0.001) -> pa.Table:
    """Values that more countries share than rounding explains, the most shared first.

    ``values`` has shape (countries,) or (countries, columns): the columns of one source, such as
    years, whose values must all be the same. Values are rounded to some unit u (the fewest decimals
    that write them all). Were they measured apart, another country's first value would round to x
    with probability q = u · f(x), f a Gaussian kernel estimate from the values other than x
    (Silverman 1986, §3.4, bandwidth 0.9 min(s, IQR/1.34) n^(−1/5), reflected at the ends); with
    each further column q is multiplied by the like probability of the same change, estimated from
    the 20 different rows nearest in the first column. k countries with the same values then have
    the chance P(Binomial(n − 1, q) ≥ k − 1), times the number of different rows (Bonferroni). Rows
    with a chance up to ``most`` are returned. Whole percents of 200 countries share values all the
    time and are no pool. Countries that lack a value are left out.

    >>> values = [*(1.37 * step for step in range(30)), *[17.23] * 9]
    >>> pooled([f"c{at}" for at in range(39)], values).column("countries").to_pylist()
    [9]
    """
    x = np.asarray(values, float).reshape(len(names), -1 if len(names) else 1)
    known = np.isfinite(x).all(axis=1)
    labels, x = np.array(names, dtype=object)[known], x[known]
    distinct, which, counts = np.unique(x, axis=0, return_inverse=True, return_counts=True)
    which, rows = which.reshape(-1), []
    for at in np.flatnonzero(counts > 1):
        count, once = int(counts[at]), _once(x[which != at], distinct, int(at))
        chance = float(binom.sf(count - 2, len(x) - 1, once)) * len(distinct)
        if chance <= most:
            bound = bool(distinct[at, 0] in (distinct[0, 0], distinct[-1, 0]))
            shared = sorted(labels[which == at].tolist())
            expected = (len(x) - 1) * once
            rows.append((distinct[at].tolist(), count, expected, chance, bound, shared))
    rows.sort(key=lambda row: (-row[1], row[0]))
    columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * len(POOLED)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, POOLED, strict=True)]
    return pa.table(arrays, schema=POOLED)


def flagged(found: pa.Table) -> set[str]:
    """The countries whose value is pooled, those at the end of the scale left out."""
    rows = found.to_pylist()
    return {name for row in rows if not row["bound"] for name in row["names"]}


def _once(others: Array, distinct: Array, at: int) -> float:
    """The probability that another country's row is the one at ``at``, all measured apart."""
    row, rest = distinct[at], np.delete(distinct, at, axis=0)
    unit = _unit(distinct)
    ends = (float(distinct[0, 0]), float(distinct[-1, 0]))
    level = others[:, 0]
    mirrored = np.concatenate([level, 2 * ends[0] - level, 2 * ends[1] - level])
    chance = _chance(level, mirrored, float(row[0]), unit)
    nearest = np.argsort(np.abs(rest[:, 0] - row[0]), kind="stable")[:NEIGHBOURS]
    for column in range(1, len(row)):
        changes = rest[nearest, column] - rest[nearest, column - 1]
        chance *= _chance(changes, changes, float(row[column] - row[column - 1]), unit)
    return chance


def _chance(sample: Array, kernels: Array, at: float, unit: float) -> float:
    """Probability of rounding to ``at``, from kernels as wide as the sample asks for."""
    if len(sample) < 2:
        return 0.0
    quarter, three = np.quantile(sample, [0.25, 0.75])
    spreads = [part for part in (float(sample.std()), (three - quarter) / 1.34) if part > 0]
    width = max(0.9 * min(spreads, default=0.0) * len(sample) ** -0.2, unit / 2)
    kernel = np.exp(-(((at - kernels) / width) ** 2) / 2) / np.sqrt(2 * np.pi)
    return float(min(1.0, unit * kernel.sum() / (len(sample) * width)))


def _unit(x: Array) -> float:
    """The unit the values are rounded to: 10 to the minus the decimals that write them all.

    >>> _unit(np.array([0.5, 1.25])), _unit(np.array([10.0, 20.0]))
    (0.01, 1.0)
    """
    scale = np.abs(x).max(initial=1e-300)
    for decimals in range(12):
        if np.allclose(x, np.round(x, decimals), rtol=0, atol=1e-9 * scale):
            return float(10.0**-decimals)
    return 1e-12
