"""Which choice moves the ranks: Sobol' indices of the mean rank shift.

Sobol', I. M. (2001). *Mathematics and Computers in Simulation* 55, 271–280; estimators of Saltelli
et al. (2010, *Computer Physics Communications* 181, 259–270), as ``scipy.stats.sobol_indices`` has
them. SALib estimates the same; scipy is used since we depend on it already, while SALib brings
pandas and matplotlib.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import stats

from aequa.divide.ranks import ranks
from aequa.divide.robust import CHOICES, Setup, run, shift
from aequa.divide.spec import Spec

Floats = npt.NDArray[np.float64]

RESAMPLES = 200

TABLE = pa.schema(
    [
        pa.field("choice", pa.string(), nullable=False),
        pa.field("first", pa.float64()),
        pa.field("first_low", pa.float64()),
        pa.field("first_high", pa.float64()),
        pa.field("total", pa.float64()),
        pa.field("total_low", pa.float64()),
        pa.field("total_high", pa.float64()),
    ]
)


class Sobol(NamedTuple):
    """Indices (inputs,) and their bootstrap intervals (inputs, 2)."""

    first: Floats
    """Share of the variance that the input explains alone"""
    first_interval: Floats
    total: Floats
    """… and with all it does together with others"""
    total_interval: Floats


def sobol(
    function: Callable[[Floats], Floats], inputs: int, size: int, seed: int, level: float
) -> Sobol:
    """Indices of ``function``: draws (n, inputs) of 0 ≤ u < 1 to (n,), from ``size`` base draws.

    ``size`` is a power of 2; ``function`` sees ``size`` · (``inputs`` + 2) rows. Intervals are
    percentiles of a bootstrap over the base draws. All zero where the function does not vary.

    >>> additive = lambda u: u[:, 0] + 2 * u[:, 1]
    >>> sobol(additive, 2, 1024, 1, 0.9).first.round(2).tolist()
    [0.2, 0.8]
    """
    both = stats.qmc.Sobol(2 * inputs, rng=seed).random(size)
    one, two = both[:, :inputs], both[:, inputs:]
    mixed = np.repeat(one[None], inputs, axis=0)
    mixed[range(inputs), :, range(inputs)] = two.T
    found = function(np.concatenate([one, two, mixed.reshape(-1, inputs)]))
    outcome = found.reshape(inputs + 2, size)
    if np.ptp(outcome) == 0:
        nothing = np.zeros(inputs)
        return Sobol(nothing, np.zeros((inputs, 2)), nothing, np.zeros((inputs, 2)))
    drawn = np.random.default_rng(seed).integers(0, size, (RESAMPLES, size))
    first, total = _indices(outcome[:, np.vstack([np.arange(size), drawn])])
    ends = [50 * (1 - level), 50 * (1 + level)]
    return Sobol(
        first[0],
        np.percentile(first[1:], ends, axis=0).T,
        total[0],
        np.percentile(total[1:], ends, axis=0).T,
    )


def _indices(outcome: Floats) -> tuple[Floats, Floats]:
    """First and total indices (samples, inputs) of outcomes (inputs + 2, samples, size)."""
    outcome = np.where(np.ptp(outcome, axis=(0, 2))[:, None] > 0, outcome, np.nan)
    given = {"f_A": outcome[0], "f_B": outcome[1], "f_AB": outcome[2:]}
    found = stats.sobol_indices(func=given, n=outcome.shape[2])
    return np.nan_to_num(found.first_order), np.nan_to_num(found.total_order)


def sensitivity(setup: Setup, spec: Spec) -> pa.Table:
    """Indices of the mean rank shift for each choice of ``robust.CHOICES`` (``TABLE``)."""

    def moved(draws: Floats) -> Floats:
        return shift(ranks(run(setup, spec, draws)), setup.scores)

    found = sobol(moved, len(CHOICES), spec.sobol, spec.seed, spec.level)
    columns = [
        pa.array(CHOICES),
        *(found.first, *found.first_interval.T, found.total, *found.total_interval.T),
    ]
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=TABLE)
