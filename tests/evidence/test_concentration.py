from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.evidence.concentration import (
    Spread,
    gini,
    lorenz,
    percentile_interval,
    resampled,
    top_share,
)

AMOUNTS = st.lists(st.floats(0, 1e6), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([5, 5, 5], 0.0),
        ([1, 2, 3, 4, 5], 4 / 15),
        ([0, 0, 0, 0, 10], 0.8),
        ([1, 1, 1, 1, 6], 0.4),
        ([7], 0.0),
    ],
)
def test_gini_of_worked_examples(values: list[float], expected: float) -> None:
    assert float(gini(values)) == pytest.approx(expected)


def test_gini_of_nothing_is_unknown() -> None:
    assert np.isnan(gini([0, 0, 0]))
    assert np.isnan(top_share([0, 0], 1))
    assert lorenz([0, 0])[0].size == 0


@settings(max_examples=100, deadline=None)
@given(AMOUNTS)
def test_gini_is_half_the_relative_mean_absolute_difference(values: list[float]) -> None:
    if sum(values) < 1e-3:
        return
    array = np.array(values)
    plain = np.abs(array[:, None] - array).sum() / (2 * len(array) ** 2 * array.mean())
    assert float(gini(array)) == pytest.approx(plain, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(AMOUNTS)
def test_gini_is_one_less_twice_the_area_under_the_lorenz_curve(values: list[float]) -> None:
    x, y = lorenz(values)
    if len(x):
        area = (np.diff(x) * (y[1:] + y[:-1]) / 2).sum()
        assert 1 - 2 * area == pytest.approx(float(gini(values)), abs=1e-9)
        assert (np.diff(y) >= 0).all()


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
