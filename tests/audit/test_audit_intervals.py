"""The intervals hold the truth, are never of zero width, and gain by a good machine."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.audit.inference import Estimates, bounds, estimate, solve
from aequa.audit.moments import Moments, moments
from aequa.core.intervals import wilson

Z = 1.959964


def human_only(sample: Moments) -> tuple[np.ndarray, np.ndarray]:
    alone = np.zeros(len(sample.means))
    return bounds(sample, solve(sample, alone), alone, Z)


def inside(found: Estimates, truth: float) -> float:
    return float(np.mean((found.low <= truth) & (truth <= found.high)))


@pytest.mark.parametrize("own", [True, False], ids=["strata by label", "strata by others"])
@pytest.mark.parametrize(
    ("prevalence", "recall", "alarms", "size"),
    [
        (0.3, 0.9, 0.05, 60),
        (0.3, 0.9, 0.05, 200),
        (0.3, 0.6, 0.3, 200),  # a biased machine
        (0.9, 0.95, 0.1, 200),
        (0.05, 0.8, 0.02, 200),
        (0.02, 0.3, 0.005, 200),  # rare, and mostly missed
        (0.01, 0.8, 0.05, 200),  # rare, and over-counted five times
        (0.005, 0.5, 0.002, 100),
    ],
)
def test_the_truth_lies_inside(
    replicates: Callable[..., tuple[Moments, float]],
    prevalence: float,
    recall: float,
    alarms: float,
    size: int,
    own: bool,
) -> None:
    sample, truth = replicates(prevalence, recall, alarms, size, own)
    found = estimate(sample)
    assert inside(found, truth) >= 0.93
    assert abs(found.share.mean() - truth) < 0.1 * np.mean(found.high - found.low)
    low, high = human_only(sample)
    assert np.all(found.high - found.low <= high - low + 1e-12)
    assert np.all(found.high > found.low)


def test_a_good_machine_is_worth_many_labels(
    replicates: Callable[..., tuple[Moments, float]],
) -> None:
    sample, _ = replicates(0.3, 0.9, 0.05, 200, own=False)
    found = estimate(sample)
    low, high = human_only(sample)
    assert np.mean(found.high - found.low) < 0.7 * np.mean(high - low)
    assert np.median(found.effective) > 300
    assert 0.6 < found.tuning.mean() < 1


def test_the_naive_interval_of_the_machine_fails_where_ours_holds(
    replicates: Callable[..., tuple[Moments, float]],
) -> None:
    sample, truth = replicates(0.01, 0.8, 0.05, 200, own=False)
    top, below = np.einsum("h,hi->i", sample.weights, sample.machine[0])
    low, high = wilson(top / below, 3000 * below)
    assert not low <= truth <= high
    assert inside(estimate(sample), truth) >= 0.93


def random_sample(chance: np.random.Generator, perfect: bool) -> Moments:
    works, strata = int(chance.integers(30, 200)), int(chance.integers(1, 5))
    stratum = np.concatenate([np.arange(strata).repeat(2), chance.integers(strata, size=works)])
    d = chance.random((len(stratum), 3)) < chance.uniform(0.3, 1)
    human = np.stack([d & (chance.random(d.shape) < chance.uniform(0, 1, 3)), d], axis=2)
    flip = chance.random(human.shape) < (0 if perfect else chance.uniform(0, 0.5))
    machine = human ^ flip
    machine[..., 0] &= machine[..., 1]
    picked = [*range(2 * strata), *range(2 * strata, 2 * strata + works // 3)]
    return moments(stratum, machine, picked, human[picked])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), perfect=st.booleans())
def test_shares_are_shares_and_no_wider_than_the_persons(seed: int, perfect: bool) -> None:
    sample = random_sample(np.random.default_rng(seed), perfect)
    found = estimate(sample)
    there = ~np.isnan(found.share)
    low, high = human_only(sample)
    assert np.all((found.low <= found.share) & (found.share <= found.high) | ~there)
    assert np.all((found.low >= 0) & (found.high <= 1) & (found.high > found.low) | ~there)
    assert np.all((found.tuning >= 0) & (found.tuning <= 1))
    assert np.all((found.high - found.low <= high - low + 1e-12) | ~there)


@pytest.mark.parametrize(("yes", "n"), [(0, 40), (3, 40), (20, 40), (40, 40)])
def test_one_stratum_without_a_machine_is_close_to_wilson(yes: int, n: int) -> None:
    works = 1_000_000
    human = np.ones((n, 1, 2), np.bool_)
    human[yes:, 0, 0] = False
    machine = np.zeros((works, 1, 2), np.bool_)
    found = estimate(moments(np.zeros(works, np.int64), machine, range(n), human))
    low, high = wilson(yes / n, n)
    assert found.share[0] == yes / n
    assert found.low[0] == pytest.approx(float(low), abs=0.02)
    assert found.high[0] == pytest.approx(float(high), abs=0.02)
    assert found.low[0] <= low + 1e-9
    assert found.high[0] >= high - 1e-3


def test_nothing_is_uncertain_once_every_work_is_labelled() -> None:
    human = np.random.default_rng(0).random((50, 2, 2)) < 0.5
    human[..., 1] = True
    stratum = np.arange(50) % 3
    found = estimate(moments(stratum, ~human, range(50), human))
    assert found.share == pytest.approx(human[..., 0].mean(axis=0))
    assert found.high - found.low == pytest.approx(0, abs=1e-6)


def test_a_denominator_without_works_has_no_share() -> None:
    nothing = np.zeros((20, 1, 2), np.bool_)
    found = estimate(moments(np.zeros(20, np.int64), nothing, range(10), nothing[:10]))
    assert np.isnan([found.share, found.low, found.high]).all()
