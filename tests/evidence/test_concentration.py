from __future__ import annotations

import numpy as np
import pytest

from aequa.core.inequality import gini, percentile_interval
from aequa.evidence.concentration import Spread, resampled


def spread_of(rows: np.ndarray) -> Spread:
    work, unit = np.nonzero(rows)
    return Spread(work, unit, rows[work, unit], works=len(rows), units=rows.shape[1])


ROWS = np.array([[1, 0, 0], [0.5, 0.5, 0], [0, 0, 0]])[[0] * 30 + [1] * 20 + [2] * 10]


def test_the_bootstrap_draws_works_with_replacement() -> None:
    random = np.random.default_rng(3)
    plain = ROWS[random.integers(0, 60, (4000, 60))].sum(axis=1)
    spread = spread_of(ROWS)
    assert spread.totals().tolist() == [40, 10, 0]
    found = resampled(spread, 4000, seed=5)
    assert found.mean(axis=0) == pytest.approx(plain.mean(axis=0), abs=0.3)
    assert found.std(axis=0) == pytest.approx(plain.std(axis=0), rel=0.1)


def test_groups_of_works_give_the_spread_of_works() -> None:
    """20,000 works in 4,000 random groups: the deviation is the binomial one."""
    rows = np.zeros((20_000, 2))
    rows[:4_000, 0] = rows[4_000:, 1] = 1
    found = resampled(spread_of(rows), 2000, seed=5)
    assert found[:, 0].mean() == pytest.approx(4_000, abs=10)
    assert found[:, 0].std() == pytest.approx((20_000 * 0.2 * 0.8) ** 0.5, rel=0.08)


def test_the_bootstrap_repeats_with_its_seed() -> None:
    spread = spread_of(ROWS)
    assert (resampled(spread, 20, seed=1) == resampled(spread, 20, seed=1)).all()
    assert (resampled(spread, 20, seed=1) != resampled(spread, 20, seed=2)).any()


def test_without_works_there_are_no_samples_to_speak_of() -> None:
    none = spread_of(np.zeros((0, 2)))
    assert resampled(none, 3, seed=0).tolist() == [[0, 0]] * 3
    assert np.isnan(percentile_interval(gini(resampled(none, 3, seed=0)), 0.95)).all()
