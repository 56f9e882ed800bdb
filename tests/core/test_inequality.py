"""Golden figures come from pysal's `inequality` 1.1.2 (Gini, Theil); the others are by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aequa.core.inequality import (
    gini,
    lorenz,
    lorenz_at,
    mean_log_deviation,
    palma,
    percentile_interval,
    theil,
    top_share,
)

AMOUNTS = st.lists(st.floats(0, 1e6), min_size=1, max_size=30)
PEOPLE = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(1, 1000)), min_size=2, max_size=25
).filter(lambda rows: sum(value for value, _ in rows) > 0)
MEASURES = (gini, theil, palma, mean_log_deviation)


def arrays(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    values, weights = np.array(rows, float).T
    return values, weights


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


def test_figures_of_pysal_inequality() -> None:
    values = [1, 2, 3, 6, 0.5, 4, 10, 7]
    assert float(gini(values)) == pytest.approx(0.4085820895522388, abs=1e-14)
    assert float(theil(values)) == pytest.approx(0.2777024870285103, abs=1e-14)
    assert float(gini([0, 1, 2, 5])) == pytest.approx(0.5, abs=1e-14)
    assert float(theil([0, 1, 2, 5])) == pytest.approx(0.48603830985135377, abs=1e-14)


def test_palma_and_top_shares_by_hand() -> None:
    # 4 people with 1, 4 with 2, 2 with 6: the top one has 6, the bottom four 4
    assert float(palma([1, 2, 6], [4, 4, 2])) == pytest.approx(1.5)
    # of one country of 10 people all have the same: 1 / 4
    assert float(palma([3], [10])) == pytest.approx(0.25)
    assert float(palma([0, 0, 1])) == np.inf
    assert float(top_share([6, 1, 3], 2)) == pytest.approx(0.9)
    assert float(top_share([6, 1, 3], 9)) == 1


def test_of_nothing_all_is_unknown() -> None:
    for measure in MEASURES:
        assert np.isnan(measure([0, 0, 0])), measure
    assert np.isnan(top_share([0, 0], 1))
    assert lorenz([0, 0])[0].size == 0
    assert np.isnan(lorenz_at([0.5], [0, 0])).all()


def test_a_zero_adds_nothing_to_theil_and_makes_its_twin_infinite() -> None:
    assert float(theil([0, 1])) == pytest.approx(np.log(2), abs=1e-15)
    assert float(mean_log_deviation([0, 1])) == np.inf
    assert float(mean_log_deviation([0, 1, 1], [0, 1, 1])) == 0


@settings(max_examples=50, deadline=None)
@given(AMOUNTS)
def test_gini_is_half_the_relative_mean_absolute_difference(values: list[float]) -> None:
    assume(sum(values) >= 1e-3)
    array = np.array(values)
    plain = np.abs(array[:, None] - array).sum() / (2 * len(array) ** 2 * array.mean())
    assert float(gini(array)) == pytest.approx(plain, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(PEOPLE)
def test_gini_is_one_less_twice_the_area_under_the_lorenz_curve(
    rows: list[tuple[int, int]],
) -> None:
    values, weights = arrays(rows)
    x, y = lorenz(values, weights)
    area = (np.diff(x) * (y[1:] + y[:-1]) / 2).sum()
    assert 1 - 2 * area == pytest.approx(float(gini(values, weights)), abs=1e-9)
    assert (np.diff(y) >= 0).all()
    assert lorenz_at(x, values, weights) == pytest.approx(y, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(PEOPLE, st.floats(0.01, 1000), st.randoms())
def test_scale_order_and_replication_change_nothing(rows, factor, random) -> None:  # type: ignore[no-untyped-def]
    values, weights = arrays(rows)
    order = list(range(len(rows)))
    random.shuffle(order)
    for measure in MEASURES:
        found = float(measure(values, weights))
        assert float(measure(values * factor, weights)) == pytest.approx(found, abs=1e-9)
        assert float(measure(values, weights * factor)) == pytest.approx(found, abs=1e-9)
        assert float(measure(values[order], weights[order])) == pytest.approx(found, abs=1e-9)
        twice = float(measure(np.tile(values, 2), np.tile(weights, 2)))
        assert twice == pytest.approx(found, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 6)), min_size=2, max_size=8))
def test_a_weight_of_k_is_k_people(rows: list[tuple[int, int]]) -> None:
    values, weights = arrays(rows)
    assume(values.sum() > 0)
    people = np.repeat(values, weights.astype(int))
    for measure in MEASURES:
        expected = float(measure(people))
        assert float(measure(values, weights)) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(PEOPLE)
def test_bounds(rows: list[tuple[int, int]]) -> None:
    values, weights = arrays(rows)
    assert 0 <= float(gini(values, weights)) < 1
    assert 0 <= float(theil(values, weights)) <= np.log(weights.sum() / weights.min()) + 1e-9


@settings(max_examples=50, deadline=None)
@given(PEOPLE, st.floats(0.05, 0.95))
def test_giving_to_the_poorer_makes_it_more_equal(rows: list[tuple[int, int]], part: float) -> None:
    values = np.array([float(value) for value, _ in rows])
    rich, poor = int(values.argmax()), int(values.argmin())
    assume(values[rich] - values[poor] > 1)
    gift = part * (values[rich] - values[poor]) / 2
    after = values.copy()
    after[rich] -= gift
    after[poor] += gift
    assert float(gini(after)) < float(gini(values))
    assert float(theil(after)) < float(theil(values))


def test_a_bootstrap_is_one_call() -> None:
    values, weights = np.array([1.0, 4.0, 2.0]), np.array([[1, 1, 1], [0, 3, 2], [5, 0, 0]], float)
    for measure in MEASURES:
        apart = [float(measure(values, row)) for row in weights]
        assert measure(values, weights) == pytest.approx(apart, abs=1e-12)
    spread = np.array([[1.0, 4.0, 2.0], [2.0, 2.0, 9.0]])
    assert gini(spread) == pytest.approx([float(gini(row)) for row in spread])
    assert gini(spread, [1, 2, 3]) == pytest.approx([float(gini(row, [1, 2, 3])) for row in spread])


def test_an_interval_with_infinite_samples_is_a_sample() -> None:
    assert percentile_interval(np.array([1.0, 2.0, np.inf, np.nan]), 0.9) == (1.0, np.inf)
