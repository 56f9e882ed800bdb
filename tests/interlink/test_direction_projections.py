"""Local projections and Driscoll–Kraay errors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.interlink import projections as lp
from aequa.interlink.within import changes, driscoll_kraay, within


def golden():
    """The small panel whose figures come from linearmodels 7.1 (PanelOLS, both effects)."""
    i, s = np.meshgrid(np.arange(6), np.arange(9), indexing="ij")
    x = ((i * 7 + s * s * 3 + i * s) % 11).astype(float)
    w = ((i * i * 2 + s * 5 + i * s * s) % 7).astype(float)
    return 0.5 * x - 0.3 * w + ((i * 3 + s * 7 + i * i * s) % 5), x, w


KERNEL = {0: 0.08560193393116641, 1: 0.08390128702049063, 2: 0.07225100296173644}
KERNEL[3] = 0.07387953094759622
"""Standard errors by Bartlett bandwidth, ``cov_type="kernel"``, not debiased."""


@pytest.mark.parametrize("bandwidth", KERNEL)
def test_errors_are_those_of_linearmodels(bandwidth: int) -> None:
    y, x, w = golden()
    fit = lp._regress(y[:, None], np.stack([x, w])[:, :, None], 0)
    assert fit[0][0] == pytest.approx(0.5779454578663824, rel=1e-9)
    error = np.sqrt(driscoll_kraay(fit[6], bandwidth))[0]
    assert error == pytest.approx(KERNEL[bandwidth], rel=1e-9)


def test_clustered_errors_are_those_of_linearmodels() -> None:
    y, x, w = golden()
    fit = lp._regress(y[:, None], np.stack([x, w])[:, :, None], 0)
    assert fit[2][0] == pytest.approx(0.056516271211984236, rel=1e-9)


def test_gaps_in_the_panel_give_what_linearmodels_gives() -> None:
    y, x, w = golden()
    for cell in ((0, 0), (0, 1), (3, 8), (4, 4)):
        y[cell] = np.nan
    fit = lp._regress(y[:, None], np.stack([x, w])[:, :, None], 0)
    assert fit[0][0] == pytest.approx(0.5608275447033234, rel=1e-8)
    assert np.sqrt(driscoll_kraay(fit[6], 2))[0] == pytest.approx(0.06706711605588726, rel=1e-8)
    assert fit[5][0] == 53 - 3


def pulled(seed: int, countries: int = 120, years: int = 40):
    """Levels of x, an AR(1) in changes (.5), and of y, whose change follows x's by .4 a year on."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=(countries, 2, years))
    for year in range(1, years):
        steps[:, 0, year] += 0.5 * steps[:, 0, year - 1]
        steps[:, 1, year] += 0.4 * steps[:, 0, year - 1]
    common = rng.normal(size=(1, 2, years)) + rng.normal(size=(countries, 2, 1))
    return (steps + common).cumsum(-1)


def test_a_known_impulse_response_is_recovered_and_its_reverse_is_nothing() -> None:
    fit = lp.projections(pulled(0), 4, 1, 10)
    truth = np.r_[0, np.cumsum(0.4 * 0.5 ** np.arange(4))]
    low, high, p = lp.interval(fit.slope, lp.wider(fit), fit.years, 0.999)
    assert (low[:5, 0, 1] <= truth).all()
    assert (truth <= high[:5, 0, 1]).all()
    assert (high - low)[4, 0, 1] < 0.4
    np.testing.assert_allclose(fit.slope[:5, 0, 1], truth, atol=0.1)
    assert p[-1, 0, 1] < 1e-6
    assert p[-1, 1, 0] > 0.01
    assert fit.slope[0, 0, 0] == pytest.approx(1)


def test_intervals_cover_nothing_where_there_is_nothing() -> None:
    """Random walks with a common trend: the wider errors hold their level."""
    missed = []
    off = ~np.eye(3, dtype=bool)
    for seed in range(25):
        rng = np.random.default_rng(seed)
        steps = rng.normal(size=(40, 3, 22)) + rng.normal(size=(1, 3, 22))
        fit = lp.one_horizon(steps.cumsum(-1), None, 5, 1, 10)
        missed.append(lp.interval(fit.slope, lp.wider(fit), fit.years, 0.95)[2][off] < 0.05)
    assert np.mean(missed) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 150)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 0.4))
def test_within_leaves_no_country_and_no_year_mean(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(7, 2, 9))
    known = rng.random(values.shape) >= share
    left = within(values, known)
    assert np.abs(left.sum(0)).max() < 1e-6
    assert np.abs(left.sum(-1)).max() < 1e-6
    assert (left[~known] == 0).all()


def test_order_of_countries_and_a_common_trend_change_nothing() -> None:
    levels = pulled(1, 30, 20)
    order = np.random.default_rng(0).permutation(30)
    trend = np.random.default_rng(1).normal(size=(1, 2, 20)).cumsum(-1)
    once, again = (lp.projections(each, 2, 1, 5) for each in (levels, levels[order] + trend))
    np.testing.assert_allclose(once.slope, again.slope, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(lp.wider(once), lp.wider(again), rtol=1e-6, atol=1e-9)


def test_too_few_countries_or_years_have_no_response() -> None:
    levels = pulled(2, 12, 8)
    levels[4:, 1] = np.nan
    fit = lp.projections(levels, 5, 1, 10)
    assert np.isnan(fit.slope[0, 0, 1])
    assert np.isnan(fit.slope[5]).all()
    assert np.isfinite(fit.slope[0, 0, 0])


def test_changes_of_missing_years_are_missing() -> None:
    levels = np.array([[[1.0, np.nan, 2.0, 4.0]], [[1.0, 2.0, 3.0, 4.0]]])
    assert np.isnan(changes(levels)[0, 0]).tolist() == [True, True, False]
