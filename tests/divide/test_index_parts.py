"""Properties of the index's single steps, and their golden values from published work."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aequa.core.errors import SpecError
from aequa.divide.aggregate import aggregate, borda, copeland, effective
from aequa.divide.missing import enough, group_means
from aequa.divide.normalise import goalposts, minmax, normalise, oriented, rank, zscore
from aequa.divide.ranks import ranks, spread
from aequa.divide.spec import AGGREGATIONS, Spec
from aequa.divide.structure import structure
from aequa.divide.treat import moments, treat
from aequa.divide.weights import benefit_of_the_doubt, grouped, loadings, principal

Floats = npt.NDArray[np.float64]

ROWS = [
    {"indicator": "a", "pillar": "p", "weight": 2},
    {"indicator": "b", "pillar": "p"},
    {"indicator": "c", "pillar": "q"},
    {"indicator": "d", "pillar": "q", "weight": 3},
    {"indicator": "e", "pillar": "q"},
]
MADE = structure(ROWS)
WEIGHTS = MADE.leaf_weights[None], MADE.node_weights[None]

SCORES = arrays(float, (8, 5), elements=st.integers(0, 100).map(float))
WITH_GAPS = arrays(
    float, (8, 5), elements=st.one_of(st.integers(0, 100).map(float), st.just(np.nan))
)
QUICK = settings(max_examples=30, deadline=None)


def overall(method: str, values: Floats) -> Floats:
    return aggregate(method, values, *WEIGHTS, MADE.tree)[-1, 0]


# Technology achievement index, 23 countries: OECD/JRC (2008), annex, table A.1; facts
TAI = """
187 125.6 200.2 50.7 3.08 4.15 10 27.4
289 130 179.1 66.2 3 4.07 12 13.9
271 156.6 125.8 59.7 3.1 4.14 11.4 15.3
994 64.6 49 80.8 3 3.86 9.5 10
779 9.8 4.8 66.7 2.97 3.65 10.8 23.2
189 151.2 136 50.9 3.02 3.77 9.4 9.5
82 134 57.4 61.9 3.02 3.73 9.4 14.9
31 38.6 108 48.7 2.94 4.18 11.6 14.2
75 18.2 125.9 16.2 2.94 3.94 10.9 25.3
8 25.5 72.3 74.9 2.95 3.83 7.1 24.2
235 36.8 41.2 64.2 2.94 3.75 10.2 14.4
103 20.2 193.6 19 3.12 4.39 11.9 11.2
106 110.3 48.6 53.6 2.97 3.68 9.4 12.3
72 73.9 58.9 47.6 2.91 3.86 9.3 13.6
103 13 146.7 15.4 2.86 3.91 11.7 13.1
165 14.8 84.2 50.3 2.99 3.79 8.4 13.6
205 33.6 36.4 58.9 2.97 3.8 7.9 12.6
74 43.6 43.2 45 2.96 3.74 9.6 11
42 8.6 21 53.4 2.86 3.62 7.3 15.6
13 9.8 30.4 51 3 3.65 7.2 13
28 4.2 25 51.7 2.75 3.68 9.5 8.2
26 6.2 21.6 63.5 2.73 3.46 9.1 7.7
105 4 20.3 49.5 2.84 3.71 7.1 10.6
"""


def test_components_of_the_technology_achievement_index_are_the_handbooks() -> None:
    values = np.array([line.split() for line in TAI.strip().splitlines()], float)
    size = np.linalg.eigvalsh(np.corrcoef(values.T))[::-1]
    assert (100 * size / 8).round(1).tolist()[:3] == [41.9, 21.8, 12.3]  # its table 16
    loading = loadings(values)
    explained = (loading**2).sum(axis=0)
    # its table 17: explained variance after rotation, and the loading of patents and schooling
    np.testing.assert_allclose(sorted(explained), [1.19, 1.39, 1.76, 2.64], atol=0.03)
    assert np.abs(loading[0]).max() == pytest.approx(0.97, abs=0.005)
    assert np.abs(loading[6]).max() == pytest.approx(0.88, abs=0.005)
    weights = principal(values)
    assert weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(weights, grouped(loading))
    expected = [0.165, 0.152, 0.109, 0.074, 0.085, 0.116, 0.136, 0.163]
    np.testing.assert_allclose(weights, expected, atol=0.001)


def test_principal_weights_are_equal_where_components_say_nothing() -> None:
    assert principal(np.array([[1.0, 2.0], [3.0, 1.0]])).tolist() == [0.5, 0.5]
    assert principal(np.array([[1.0], [3.0], [4.0]])).tolist() == [1.0]
    assert principal(np.full((4, 3), np.nan)).sum() == pytest.approx(1)


@settings(max_examples=8, deadline=None)
@given(SCORES)
def test_benefit_of_the_doubt_is_at_most_one_and_someone_reaches_it(values: Floats) -> None:
    parts = values[:, :3] + 1
    free, _ = benefit_of_the_doubt(parts, 0, 1)
    best, weights = benefit_of_the_doubt(parts, 0.1, 0.6)
    assert free.max() == pytest.approx(1, abs=1e-6)
    assert (best <= free + 1e-6).all()
    assert (best > 0).all()
    shares = weights * np.maximum(parts / 100, 0.01) / best[:, None]
    assert (shares >= 0.1 - 1e-6).all()
    assert (shares <= 0.6 + 1e-6).all()


def test_benefit_of_the_doubt_weighs_a_country_on_what_it_has() -> None:
    best, weights = benefit_of_the_doubt(np.array([[90.0, np.nan], [45, 80], [np.nan, np.nan]]))
    assert best[0] == pytest.approx(1)
    assert np.isnan(weights[0, 1])
    assert np.isnan(best[2])


@pytest.mark.parametrize("method", AGGREGATIONS)
@QUICK
@given(values=WITH_GAPS)
def test_scores_are_bounded_and_do_not_hang_on_the_order(method: str, values: Floats) -> None:
    scores = overall(method, values)
    known = scores[~np.isnan(scores)]
    assert ((known >= -1e-9) & (known <= 100 + 1e-9)).all()
    np.testing.assert_allclose(overall(method, values[::-1]), scores[::-1], atol=1e-9)


@pytest.mark.parametrize("method", AGGREGATIONS)
@QUICK
@given(values=SCORES, row=st.integers(0, 7), column=st.integers(0, 4), more=st.integers(1, 50))
def test_more_of_an_indicator_never_lowers_the_score(
    method: str, values: Floats, row: int, column: int, more: int
) -> None:
    raised = values.copy()
    raised[row, column] = min(values[row, column] + more, 100)
    assert overall(method, raised)[row] >= overall(method, values)[row] - 1e-9


@QUICK
@given(SCORES)
def test_ordinal_methods_see_only_the_order(values: Floats) -> None:
    weights = effective(*WEIGHTS, MADE.tree, 2)
    for method in (borda, copeland):
        np.testing.assert_allclose(method(values, weights), method(values**3 + 5, weights))


@QUICK
@given(arrays(float, (3, 5), elements=st.integers(1, 9).map(float)))
def test_effective_weights_sum_to_one(weights: Floats) -> None:
    whole = effective(weights, np.ones((3, 3)), MADE.tree, 2)
    np.testing.assert_allclose(whole.sum(axis=1), 1)
    np.testing.assert_allclose(whole[:, :2].sum(axis=1), 0.5)


@QUICK
@given(arrays(float, (9, 2), elements=st.integers(-50, 50).map(float), unique=True))
def test_normalisation_ignores_the_unit(values: Floats) -> None:
    for method in (minmax, zscore, rank):
        np.testing.assert_allclose(method(values * 3.5 + 7), method(values), atol=1e-9)
        assert (np.diff(method(np.sort(values, axis=0)), axis=0) >= 0).all()
    np.testing.assert_allclose(minmax(oriented(values, [-1, -1])), 100 - minmax(values))


@pytest.mark.parametrize("transform", ["log", "boxcox"])
@QUICK
@given(values=arrays(float, (30, 1), elements=st.integers(0, 9).map(lambda n: 6.0**n)))
def test_treatment_ignores_the_unit_and_keeps_the_order(transform: str, values: Floats) -> None:
    spec = Spec(transform=transform, winsorise=2)
    treated, _ = treat(values, spec)
    order = np.argsort(values[:, 0])
    assert (np.diff(treated[order, 0]) >= -1e-9).all()
    if np.ptp(values):
        again, _ = treat(values * 40 + 3, spec)
        np.testing.assert_allclose(minmax(again), minmax(treated), atol=1e-3)


def test_a_few_outliers_are_pulled_in_and_a_long_tail_is_transformed() -> None:
    few = np.array([*range(1, 30), 500.0])[:, None]
    treated, (done,) = treat(few, Spec())
    assert (done.high, done.low, done.transform) == (1, 0, "none")
    assert treated.max() == 29
    tail = np.array([*np.linspace(0, 1, 40), *(10.0 ** np.arange(2, 9))])[:, None]
    _, (done,) = treat(tail, Spec(winsorise=2))
    assert (done.high, done.transform) == (0, "log")
    assert abs(done.skewness_after) < done.skewness
    _, (left,) = treat(-tail, Spec(winsorise=2))
    assert left.skewness_after == pytest.approx(-done.skewness_after)


def test_one_that_differs_is_not_pulled_in_until_nothing_does() -> None:
    lone = np.array([0.0] * 30 + [7.0])[:, None]
    treated, (done,) = treat(lone, Spec())
    assert done.transform == "log"
    assert np.ptp(treated) > 0


def test_too_few_values_have_no_moments_and_no_treatment() -> None:
    assert np.isnan(moments(np.array([1.0, 2.0, np.nan]))).all()
    treated, (done,) = treat(np.array([[1.0], [900.0]]), Spec())
    assert treated.ravel().tolist() == [1, 900]
    assert done.transform == "none"


def test_goalposts_turn_around_and_hold() -> None:
    values = np.array([[5.0, 5.0], [20.0, -1.0]])
    scores = goalposts(values, np.array([10.0, 0.0]), np.array([0.0, 10.0]))
    assert scores.tolist() == [[50, 50], [0, 0]]
    with pytest.raises(SpecError, match="two different bounds"):
        normalise("goalposts", values, [1, 1], (np.array([0.0, np.nan]), np.ones(2)))


def test_limits_count_pillars_that_count() -> None:
    present = np.array([[1, 1, 1, 1, 1], [1, 0, 0, 0, 1], [0, 0, 1, 1, 1]], bool)
    assert enough(present, MADE.tree, 0.5, 1).tolist() == [
        [True, True, False],
        [True, False, True],
        [True, False, False],
    ]
    assert enough(present, MADE.tree, 0.5, 0.5)[-1].all()
    assert not enough(np.zeros((1, 5), bool), MADE.tree, 0, 0).any()


def test_a_group_without_a_value_is_not_filled() -> None:
    filled, where = group_means(np.array([[1.0], [np.nan], [np.nan]]), ["a", "a", "b"])
    assert filled[:2].ravel().tolist() == [1, 1]
    assert np.isnan(filled[2, 0])
    assert where.ravel().tolist() == [False, True, False]


def test_rank_intervals_are_ranks() -> None:
    draws = ranks(np.array([[3.0, 2, 1], [3, 1, 2], [1, 2, 3], [3, 2, 1]]))
    found = spread(draws, 0.9, whole=True)
    assert found.low.tolist() == [1, 2, 1]
    assert found.high.tolist() == [3, 3, 3]
    assert np.isnan(spread(np.full((3, 1), np.nan), 0.9).median).all()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"indicator": "a", "pillar": "p", "weight": -1}], "found weight -1"),
        ([{"indicator": "a", "pillar": "p", "weight": float("inf")}], "found weight inf"),
        ([{"indicator": "a", "pillar": "p", "weight": "x"}], "not a number"),
        ([{"indicator": "a", "pillar": "p", "weight": 0}], "all weights are 0"),
        ([{"indicator": "a", "pillar": "p", "direction": 2}], "found direction 2"),
        ([{"indicator": "a", "pillar": "p", "transform": "cube"}], "found transform 'cube'"),
        ([{"indicator": "a"}], "row 1: expected"),
        ([{"indicator": "a", "pillar": "p"}, {"indicator": "a", "pillar": "q"}], "in two pillars"),
        ([{"indicator": "a", "pillar": "b"}, {"indicator": "b", "pillar": "a"}], "inside itself"),
        ([], "found no row"),
    ],
)
def test_a_wrong_structure_is_refused(rows: list[dict[str, object]], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        structure(rows)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"normalise": "softmax"}, "normalise: found 'softmax'"),
        ({"aggregations": ()}, "aggregations: found none"),
        ({"aggregations": ("sum",)}, "aggregations: found 'sum'"),
        ({"pillar_share": 1.5}, "pillar_share: found 1.5"),
        ({"sobol": 500}, "power of 2"),
        ({"bod_low": 0.7}, "above bod_high"),
        ({"weights": "bod", "aggregate": "geometric"}, "expected aggregate arithmetic"),
    ],
)
def test_a_wrong_spec_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        Spec(**changes)  # type: ignore[arg-type]
