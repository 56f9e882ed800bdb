"""The tables that ``engine.links`` returns, and how their rows are made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from aequa.interlink.exclusions import Excluded

_TEXT = ("level", "method", "group")

LINKS = pa.schema(
    [
        *(pa.field(name, pa.string(), nullable=False) for name in (*_TEXT, "source", "target")),
        pa.field("sign", pa.int8(), nullable=False),
        *(pa.field(name, pa.float64()) for name in ("estimate", "low", "high", "p", "q")),
        pa.field("observations", pa.int64(), nullable=False),
        pa.field("countries", pa.int64(), nullable=False),
    ]
)
"""One row per pair that was tested. ``sign`` is 1 for a synergy, -1 for a trade-off, 0 for no link;
neither method tells a direction, so ``source`` is only the first of the two names."""

PLACEBO = pa.schema(
    [
        *(pa.field(name, pa.string(), nullable=False) for name in _TEXT),
        *(
            pa.field(name, pa.float64())
            for name in (
                "share_synergy",
                "share_tradeoff",
                "placebo_synergy",
                "placebo_tradeoff",
                "placebo_low",
                "placebo_high",
                "placebo_tradeoff_low",
                "placebo_tradeoff_high",
                "excess_synergy",
                "excess_tradeoff",
            )
        ),
        pa.field("pairs", pa.int64(), nullable=False),
        pa.field("placebo_pairs", pa.float64()),
        pa.field("runs", pa.int64(), nullable=False),
        pa.field("countries", pa.int64(), nullable=False),
    ]
)
"""One row per level, method and group. Shares are of ``pairs``: country × pair combinations in the
classical method, pairs of indicators in the conservative one. ``placebo_…`` are means over ``runs``
random pairings of countries, ``…low`` and ``…high`` their 2.5th and 97.5th percentiles;
``placebo_low`` and ``placebo_high`` are those of the synergies."""

EXCLUDED = pa.schema(
    [
        *(pa.field(name, pa.string(), nullable=False) for name in _TEXT),
        pa.field("indicator", pa.string()),
        pa.field("other", pa.string()),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("count", pa.int64(), nullable=False),
    ]
)
"""See ``exclusions.Excluded``."""


def link_rows(
    where: tuple[str, str, str],
    names: tuple[Sequence[str], Sequence[str]],
    columns: Sequence[npt.NDArray[np.generic]],
) -> pa.Table:
    """Rows of ``LINKS``: ``columns`` are those from ``sign`` on, NaN becoming null."""
    size = len(names[0])
    text = [pa.array([value] * size, pa.string()) for value in where]
    ends = [pa.array(list(side), pa.string()) for side in names]
    rest = [
        pa.array(column, field.type, from_pandas=True)
        for column, field in zip(columns, list(LINKS)[5:], strict=True)
    ]
    return pa.Table.from_arrays([*text, *ends, *rest], schema=LINKS)


def placebo_row(
    where: tuple[str, str, str],
    own: tuple[float, float, int],
    chance: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], float],
    countries: int,
) -> pa.Table:
    """One row of ``PLACEBO`` from own shares and pairs, and those of each run."""
    synergy, tradeoff = (_spread(share) for share in chance[:2])
    values = [*where, own[0], own[1], synergy[0], tradeoff[0], *synergy[1:], *tradeoff[1:]]
    values += [own[0] - synergy[0], own[1] - tradeoff[0], own[2], chance[2]]
    values += [len(chance[0]), countries]
    columns = [
        pa.array([value], field.type, from_pandas=True)
        for value, field in zip(values, PLACEBO, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=PLACEBO)


def _spread(shares: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """Mean and the 2.5th and 97.5th percentiles of what is not NaN."""
    known = shares[~np.isnan(shares)]
    if not len(known):
        return float("nan"), float("nan"), float("nan")
    low, high = np.quantile(known, [0.025, 0.975])
    return float(known.mean()), float(low), float(high)


def excluded_rows(rows: Iterable[Excluded]) -> pa.Table:
    """The table of exclusions."""
    listed = [asdict(row) for row in rows]
    return pa.Table.from_pylist(listed, schema=EXCLUDED)
