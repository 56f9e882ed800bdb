"""The literature's goal network as tables, and where it agrees with the panel's."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from aequa.core.errors import InputError
from aequa.interlink.agreement import Agreement, agreement
from aequa.interlink.direction_spec import DirectionSpec
from aequa.interlink.direction_tables import LINKS, table
from aequa.interlink.literature import GOALS, goal_sets, shared
from aequa.interlink.significance import benjamini_hochberg

Array = NDArray[np.float64]


def literature(
    sets: pa.Array | pa.ChunkedArray,
    spec: DirectionSpec,
    group: str = "all",
    works: NDArray[np.int64] | None = None,
) -> pa.Table:
    """Rows of ``LINKS`` for all pairs of goals, named by number; ``sets`` lists each work's goals.

    With ``works``, each set stands for so many works.

    ``estimate`` is observed over expected co-occurrence, ``sign`` whether it is above or below 1,
    ``observations`` the number of works with any goal. Raises InputError where no work has a goal.
    """
    masks = goal_sets(sets)
    counts = np.ones(len(masks), np.int64) if works is None else works
    touching = int(counts[masks > 0].sum())
    if not touching:
        raise InputError(f"works: found none with a goal among {len(masks)}, expected one or more")
    found = shared(masks[masks > 0], spec.level, counts[masks > 0])
    first, second = np.triu_indices(GOALS, 1)
    expected = found.expected[first, second]
    ratio = found.observed[first, second] / np.where(expected > 0, expected, np.nan)
    q = benjamini_hochberg(found.p[first, second])
    columns = {
        "level": "goal",
        "method": "literature",
        "group": group,
        "source": pa.array([str(place + 1) for place in first]),
        "target": pa.array([str(place + 1) for place in second]),
        "sign": pa.array(np.sign(np.nan_to_num(ratio - 1)).astype(np.int8), mask=np.isnan(ratio)),
        "estimate": ratio,
        "low": found.low[first, second],
        "high": found.high[first, second],
        "p": found.p[first, second],
        "q": q,
        "observations": touching,
        "countries": None,
        "holds": q <= spec.fdr,
    }
    return table(LINKS, columns, len(first))


def compared(first: pa.Table, second: pa.Table, spec: DirectionSpec) -> Agreement:
    """Agreement of two tables of ``LINKS`` over the goals of either; direction is left aside.

    Weights are the estimates (of two directions the mean), and a link holds if one direction does
    with a positive sign, since works are shared or not, whichever way a link runs.
    """
    ends = [
        name
        for each in (first, second)
        for end in ("source", "target")
        for name in each[end].to_pylist()
    ]
    names = {name: place for place, name in enumerate(sorted(set(ends)))}
    a, b = _matrix(first, names), _matrix(second, names)
    return agreement((a[0], b[0]), (a[1], b[1]), spec.relabellings, spec.seed)


def _matrix(links: pa.Table, names: dict[str, int]) -> tuple[Array, NDArray[np.bool_]]:
    source, target = (
        np.array([names[name] for name in links[end].to_pylist()], np.int64)
        for end in ("source", "target")
    )
    total, count = (np.zeros((len(names), len(names))) for _ in range(2))
    estimate = links["estimate"].to_numpy()
    known = np.isfinite(estimate)
    positive = (np.array(links["sign"].to_pylist(), float) > 0) & np.array(
        links["holds"].to_pylist(), bool
    )
    held = np.zeros(total.shape, bool)
    np.add.at(total, (source[known], target[known]), estimate[known])
    np.add.at(count, (source[known], target[known]), 1.0)
    held[source[positive], target[positive]] = True
    total, count = total + total.T, count + count.T
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return mean, held | held.T
