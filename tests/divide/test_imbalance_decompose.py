"""Theil's T between and within groups; golden figures of pysal's `inequality` 1.1.2."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.inequality import theil
from aequa.divide.decompose import measured_split, split
from aequa.divide.gap_spec import GapSpec
from aequa.divide.inequality import people

ROWS = st.lists(
    st.tuples(st.floats(0, 1e5), st.integers(1, 10_000), st.sampled_from("abcd")),
    min_size=1,
    max_size=30,
).filter(lambda rows: sum(value for value, _, _ in rows) > 1e-3)


def test_figures_of_pysal_inequality() -> None:
    values, labels = np.array([1, 2, 3, 6, 0.5, 4, 10, 7]), list("aabbccab")
    made = split(values, np.ones(8), labels, np.ones(8))
    assert made.between.sum() == pytest.approx(0.04536448507074875, abs=1e-14)
    assert made.within.sum() == pytest.approx(0.23233800195776155, abs=1e-14)


@settings(max_examples=50, deadline=None)
@given(ROWS)
def test_between_and_within_add_up_to_theil(rows: list[tuple[float, int, str]]) -> None:
    values, population = (np.array([row[at] for row in rows], float) for at in (0, 1))
    labels = [label for _, _, label in rows]
    made = split(values * population, population, labels, np.ones(len(rows)))
    assert made.total == pytest.approx(float(theil(values, population)), abs=1e-9)
    assert abs(made.between.sum() + made.within.sum() - made.total) < 1e-12
    assert abs(made.countries.sum() - made.total) < 1e-12
    assert made.between.sum() > -1e-12
    assert (made.within > -1e-12).all()


def test_each_group_is_a_theil_of_its_own() -> None:
    values, population = np.array([1.0, 3, 0, 8]), np.array([2.0, 5, 1, 4])
    made = split(values * population, population, ["a", "a", "b", "b"], np.ones(4))
    total = (values * population).sum()
    for at, rows in enumerate((slice(0, 2), slice(2, 4))):
        held = (values * population)[rows].sum() / total
        own = float(theil(values[rows], population[rows]))
        assert made.within[at] == pytest.approx(held * own, abs=1e-12)


def test_a_group_with_nothing_adds_nothing() -> None:
    made = split(np.array([0.0, 0, 2, 2]), np.ones(4), list("aabb"), np.ones(4))
    assert made.groups == ("a", "b")
    assert made.between.tolist() == [0, pytest.approx(np.log(2))]
    assert float(made.between_share) == pytest.approx(1)


def test_draws_count_countries_more_than_once() -> None:
    values, population, labels = np.array([1.0, 4, 2]), np.array([3.0, 1, 2]), ["a", "b", "a"]
    made = split(values, population, labels, np.array([[2.0, 0, 1], [1, 1, 1]]))
    again = split(values[[0, 0, 2]], population[[0, 0, 2]], ["a", "a", "a"], np.ones(3))
    assert made.total[0] == pytest.approx(float(again.total))
    assert made.total.shape == (2,)


def test_the_interval_holds_the_figure_and_repeats() -> None:
    random = np.random.default_rng(1)
    names = [f"A{at:02}" for at in range(60)]
    values = dict(zip(names, (1 + random.gamma(2, 1, 60)).tolist(), strict=True))
    group = people("x", values, dict.fromkeys(names, 1.0))
    labels = ["rich" if values[name] > 3 else "poor" for name in names]
    _, share = measured_split(group, labels, GapSpec(replicates=200))
    assert 0 < share.low < share.value < share.high < 1
    assert share == measured_split(group, labels, GapSpec(replicates=200))[1]


def test_of_nothing_the_split_is_unknown() -> None:
    made = split(np.zeros(2), np.ones(2), ["a", "b"], np.ones(2))
    assert np.isnan(made.total)
    assert np.isnan(made.between_share)
    equal = split(np.ones(2), np.ones(2), ["a", "b"], np.ones(2))
    assert float(equal.total) == 0
    assert np.isnan(equal.between_share)
