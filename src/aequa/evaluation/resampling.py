"""The bootstrap over works (Efron 1979): what else the figures could have been."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_AT_ONCE = 1 << 22
"""Numbers drawn together: about 32 MB."""


def resampled_counts(works: int, seed: int, draws: int) -> Iterator[npt.NDArray[np.float32]]:
    """How often each work is in each resample, in blocks of shape (some draws, works).

    The rows are the same however large the blocks are.

    >>> [block.sum(axis=1).tolist() for block in resampled_counts(3, 0, 2)]
    [[3.0, 3.0]]
    """
    noise = np.random.default_rng(seed)
    step = max(_AT_ONCE // max(works, 1), 1)
    for start in range(0, draws, step):
        size = min(step, draws - start)
        rows = noise.integers(0, works, (size, works))
        flat = (rows + np.arange(size)[:, None] * works).ravel()
        counts = np.bincount(flat, minlength=size * works)
        yield counts.reshape(size, works).astype(np.float32)


def bootstrap(
    statistic: Callable[[npt.NDArray[np.int64]], float],
    works: Sequence[Any],
    seed: int,
    draws: int = 1000,
) -> tuple[float, float] | None:
    """95 % percentile interval of any statistic of rows, from resampling whole works.

    ``works[i]`` says which work row *i* belongs to (rows of one work are drawn together);
    ``statistic`` takes an array of row numbers. Resamples for which it is NaN are left out; None
    when there is no work or no resample is left.

    >>> values = np.array([1.0, 1.0, 1.0])
    >>> bootstrap(lambda rows: float(values[rows].mean()), ["a", "a", "b"], seed=0, draws=20)
    (1.0, 1.0)
    """
    if not len(works):
        return None
    numbers: dict[Any, list[int]] = {}
    for row, work in enumerate(works):
        numbers.setdefault(work, []).append(row)
    groups = [np.array(rows, np.int64) for rows in numbers.values()]
    noise = np.random.default_rng(seed)
    again = []
    for _ in range(draws):
        drawn = noise.integers(0, len(groups), len(groups))
        again.append(statistic(np.concatenate([groups[place] for place in drawn.tolist()])))
    values = np.array(again, np.float64)
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    low, high = np.quantile(values, [0.025, 0.975]).tolist()
    return low, high
