from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.intervals import effective_size, wilson


@pytest.mark.parametrize(
    ("count", "size", "low", "high"),
    [  # Newcombe (1998), table I, method 3, and the textbook cases 0/20 and 5/10
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (5, 10, 0.2366, 0.7634),
        (20, 20, 0.8389, 1.0000),
    ],
)
def test_wilson_gives_the_published_bounds(count: int, size: int, low: float, high: float) -> None:
    found = wilson(count / size, size)
    assert [float(bound) for bound in found] == pytest.approx([low, high], abs=5e-5)


def test_wilson_covers_the_true_share_near_its_level() -> None:
    """Counts are discrete: by the binomial distribution the three cases cover .970, .944, .944."""
    random = np.random.default_rng(7)
    for share, size in ((0.05, 60), (0.3, 40), (0.5, 200)):
        counts = random.binomial(size, share, 2000)
        low, high = wilson(counts / size, size)
        assert np.mean((low <= share) & (share <= high)) == pytest.approx(0.95, abs=0.03)


def test_weighted_intervals_cover_the_true_share_at_their_level() -> None:
    random = np.random.default_rng(11)
    weights = random.choice([0.25, 0.5, 1.0], 120)
    hits = random.random((2000, 120)) < 0.3
    share = (hits * weights).sum(axis=1) / weights.sum()
    low, high = wilson(share, effective_size(weights.sum(), (weights**2).sum()))
    assert np.mean((low <= 0.3) & (high >= 0.3)) == pytest.approx(0.95, abs=0.02)


def test_equal_weights_count_as_their_number() -> None:
    assert effective_size(7 * 0.3, 7 * 0.09) == pytest.approx(7)


def test_nothing_has_no_interval() -> None:
    assert np.isnan(effective_size(0, 0))
    assert np.isnan(wilson([0.0, 1.0, np.nan], [0, 0, 0])).all()


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 1), st.floats(0.01, 1e9), st.floats(0.5, 0.999))
def test_an_interval_holds_its_share_and_stays_in_the_unit(
    share: float, size: float, level: float
) -> None:
    low, high = wilson(share, size, level)
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1
