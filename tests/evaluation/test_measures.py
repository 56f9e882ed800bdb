"""Measures against scikit-learn, slow definitions, simulation, and what must always hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import brier_score_loss, f1_score, precision_recall_fscore_support

from aequa.evaluation import metrics
from aequa.evaluation.resampling import bootstrap, resampled_counts

LABELS = 17


def drawn(seed: int, works: int = 300) -> tuple[Any, Any, Any]:
    """A truth, what a fairly good model assigns, and chances that fit it."""
    noise = np.random.default_rng(seed)
    chances = noise.beta(0.3, 3.0, (works, LABELS))
    truth = noise.random(chances.shape) < chances
    return truth, chances >= 0.4, chances


matrices = arrays.arrays(
    bool, st.tuples(st.just(2), st.integers(1, 12), st.integers(1, 5)), elements=st.booleans()
)


@pytest.mark.parametrize("seed", range(5))
def test_one_label_is_as_in_scikit_learn(seed: int) -> None:
    truth, assigned, _ = drawn(seed)
    for label in range(LABELS):
        ours = metrics.agreement_with_intervals(truth[:, label], assigned[:, label])
        precision, recall, f1, _ = precision_recall_fscore_support(
            truth[:, label], assigned[:, label], average="binary", zero_division=np.nan
        )
        for name, theirs in (("precision", precision), ("recall", recall), ("f1", f1)):
            if ours[name] is None:
                assert np.isnan(theirs), name
            else:
                assert ours[name] == pytest.approx(theirs, abs=5e-5), name
        assert ours["n"] == truth[:, label].sum()


@pytest.mark.parametrize("seed", range(5))
def test_means_are_as_in_scikit_learn(seed: int) -> None:
    truth, assigned, chances = drawn(seed)
    there = truth.any(axis=0)
    micro, macro = metrics.mean_f1(truth, assigned)
    assert micro == pytest.approx(f1_score(truth, assigned, average="micro"))
    each = f1_score(truth[:, there], assigned[:, there], average="macro", zero_division=0)
    assert macro == pytest.approx(each)
    score = metrics.brier(truth.ravel(), chances.ravel())
    assert score == pytest.approx(brier_score_loss(truth.ravel(), chances.ravel()))


def test_bootstrap_of_f1_is_that_of_resampled_rows() -> None:
    truth, assigned, _ = drawn(3, works=40)
    noise = np.random.default_rng(11)
    slow = [
        metrics.mean_f1(truth[rows], assigned[rows])
        for rows in noise.integers(0, len(truth), (200, len(truth)))
    ]
    low, high = np.quantile(np.array(slow), [0.025, 0.975], axis=0).round(4)
    found = metrics.with_interval(truth, assigned, seed=11, draws=200)
    assert found["micro_interval"] == [low[0], high[0]]
    assert found["macro_interval"] == [low[1], high[1]]
    assert found["works"] == 40


def test_resamples_do_not_depend_on_the_size_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = np.concatenate(list(resampled_counts(31, 5, 20)))
    monkeypatch.setattr("aequa.evaluation.resampling._AT_ONCE", 70)
    blocks = list(resampled_counts(31, 5, 20))
    assert len(blocks) == 10
    assert (np.concatenate(blocks) == whole).all()


def test_paired_interval_is_narrower_than_that_of_two_models_apart() -> None:
    truth, first, _ = drawn(7)
    second = first.copy()
    second[:20] = False
    paired = metrics.compared(truth, first, second, seed=1)
    alone = [metrics.with_interval(truth, one, seed=1) for one in (first, second)]
    difference = alone[0]["micro_f1"] - alone[1]["micro_f1"]
    assert paired["micro_difference"] == pytest.approx(difference, abs=2e-4)
    low, high = paired["micro_interval"]
    assert low <= paired["micro_difference"] <= high
    assert high - low < np.diff(alone[0]["micro_interval"])[0]
    assert paired["changed"] == first[:20].any(axis=1).sum()


def test_a_model_does_not_differ_from_itself() -> None:
    truth, assigned, _ = drawn(2)
    found = metrics.compared(truth, assigned, assigned, seed=1)
    assert found["micro_interval"] == found["macro_interval"] == [0.0, 0.0]
    assert found["changed"] == 0


def test_no_works_give_no_figures() -> None:
    none = np.zeros((0, LABELS), bool)
    assert metrics.with_interval(none, none, seed=1)["micro_f1"] is None
    assert metrics.compared(none, none, none, seed=1)["micro_interval"] is None
    assert metrics.brier(none.ravel(), none.ravel().astype(float)) is None
    assert bootstrap(lambda rows: 0.0, [], seed=1) is None


def test_bootstrap_draws_whole_works() -> None:
    values = np.array([0.0, 1.0, 0.0, 1.0])  # each work has one of each: the mean never moves
    assert bootstrap(lambda rows: float(values[rows].mean()), [1, 1, 2, 2], seed=0) == (0.5, 0.5)
    low, high = bootstrap(lambda rows: float(values[rows].mean()), [1, 2, 3, 4], seed=0) or (0, 0)
    assert (low, high) == (0.0, 1.0)


def test_intervals_of_f1_cover_the_true_value_also_for_few_works() -> None:
    noise = np.random.default_rng(20261124)
    for union, star in ((8, 0.6), (25, 0.8), (80, 0.9)):
        hits = noise.binomial(union, star, 2000)
        wanted = 2 * star / (1 + star)
        covered = 0
        for hit in hits.tolist():
            truth, assigned = np.ones(union, bool), np.arange(union) < hit
            low, high = metrics.agreement_with_intervals(truth, assigned)["f1_interval"]
            covered += low - 1e-4 <= wanted <= high + 1e-4
        assert 0.92 <= covered / 2000 <= 0.99, union


def test_calibration_errors_of_honest_chances_are_small_and_of_wrong_ones_large() -> None:
    truth, _, chances = drawn(1, works=4000)
    for error in (metrics.calibration_error, metrics.equal_mass_calibration_error):
        assert error(truth.ravel(), chances.ravel()) < 0.01
        assert error(truth.ravel(), 1 - chances.ravel()) > 0.5


def test_equal_mass_bins_find_what_equal_widths_hide() -> None:
    """Chances of .02 and .08 that are swapped lie in one bin of equal width."""
    chances = np.repeat([0.02, 0.08], 500)
    truth = np.concatenate([np.arange(500) < 40, np.arange(500) < 10])
    assert metrics.calibration_error(truth, chances) == pytest.approx(0, abs=1e-9)
    assert metrics.equal_mass_calibration_error(truth, chances) == pytest.approx(0.06)
    shuffled = np.random.default_rng(0).permutation(1000)
    again = metrics.equal_mass_calibration_error(truth[shuffled], chances[shuffled])
    assert again == pytest.approx(0.06)


@settings(max_examples=100, deadline=None)
@given(matrices)
def test_confusion_counts_every_work_once(both: Any) -> None:
    truth, assigned = both
    labels = truth.shape[1]
    found = metrics.confusion(truth, assigned)
    assert (found >= 0).all()
    np.testing.assert_allclose(found[:labels].sum(axis=1), truth.sum(axis=0))
    hits = (truth & assigned).sum(axis=0)
    np.testing.assert_allclose(np.diag(found)[:labels], hits)
    np.testing.assert_allclose(
        found[labels, labels], (~truth.any(axis=1) & ~assigned.any(axis=1)).sum()
    )
    full = ~(truth & ~assigned).any(axis=1)
    np.testing.assert_allclose(found[labels, :labels], (assigned & ~truth)[full].sum(axis=0))


def test_confusion_by_hand() -> None:
    truth = np.array([[1, 1, 0], [0, 0, 1], [0, 0, 0], [1, 0, 0]], bool)
    given_ = np.array([[0, 1, 1], [0, 0, 0], [1, 0, 0], [1, 0, 1]], bool)
    assert metrics.confusion(truth, given_).tolist() == [
        [1, 0, 1, 0],  # found once; in the first work the third was given in its place
        [0, 1, 0, 0],
        [0, 0, 0, 1],  # missed, nothing given
        [1, 0, 1, 0],  # wrong where nothing was missed: works three and four
    ]


@settings(max_examples=100, deadline=None)
@given(matrices, st.randoms(use_true_random=False))
def test_means_stay_in_bounds_and_do_not_depend_on_order(both: Any, random: Any) -> None:
    truth, assigned = both
    order = list(range(len(truth)))
    random.shuffle(order)
    found = metrics.mean_f1(truth, assigned)
    assert all(0 <= value <= 1 for value in found)
    assert metrics.mean_f1(truth[order], assigned[order]) == pytest.approx(found)
    np.testing.assert_allclose(
        metrics.confusion(truth[order], assigned[order]), metrics.confusion(truth, assigned)
    )


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 500), st.integers(0, 500))
def test_wilson_holds_the_share_and_stays_a_share(hits: int, others: int) -> None:
    found = metrics.wilson(hits, hits + others)
    if hits + others == 0:
        assert found is None
    else:
        assert found is not None
        low, high = found
        assert 0 <= low <= round(hits / (hits + others), 4) <= high <= 1
        assert high > low


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=40))
def test_reliability_explains_the_calibration_error(rows: list[tuple[bool, float]]) -> None:
    truth, chances = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    bins = metrics.reliability(truth, chances)
    assert sum(one["n"] for one in bins) == len(rows)
    gap = sum(one["n"] * abs(one["chance"] - one["true"]) for one in bins) / len(rows)
    assert gap == pytest.approx(metrics.calibration_error(truth, chances), abs=2e-4)
