"""Panel Granger: a known direction is found, its reverse is not, and chance stays at chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from aequa.interlink.granger import calibrated, granger, null, sides
from aequa.interlink.within import changes

RNG = np.random.default_rng


def autoregressive(seed: int, push: float = 0.0, shape: tuple[int, int, int] = (40, 4, 22)):
    """Changes of AR(1) series; the first pushes the second a year later by ``push``."""
    shocks = RNG(seed).normal(size=shape)
    out = np.zeros(shape)
    for year in range(1, shape[2]):
        out[..., year] = 0.3 * out[..., year - 1] + shocks[..., year]
        out[:, 1, year] += push * out[:, 0, year - 1]
    return out


def by_hand(y, x, lags: int) -> tuple[float, float]:
    """Wald statistic and summed slopes of one country by least squares."""
    rows = [np.r_[1, y[t - lags : t][::-1], x[t - lags : t][::-1]] for t in range(lags, len(y))]
    design, now = np.array(rows), y[lags:]
    full, rest, *_ = np.linalg.lstsq(design, now, rcond=None)
    short = np.linalg.lstsq(design[:, : lags + 1], now, rcond=None)[1]
    freedom = len(now) - 2 * lags - 1
    return float(freedom * (short[0] - rest[0]) / rest[0]), float(full[lags + 1 :].sum())


@pytest.mark.parametrize("lags", [1, 2])
def test_the_statistic_is_that_of_least_squares_country_by_country(lags: int) -> None:
    series = RNG(3).normal(size=(6, 3, 18))
    series[2, 1, :4] = np.nan
    found = granger(sides(series, lags), lags)
    wald, slope, mean, variance = [], [], [], []
    for country in series:
        y, x = country[1], country[0]
        start = 4 if np.isnan(y).any() else 0
        one = by_hand(y[start:], x[start:], lags)
        wald.append(one[0])
        slope.append(one[1] * np.nanstd(x) / np.nanstd(y))
        t = 18 - start - lags
        mean.append(lags * (t - 2 * lags - 1) / (t - 2 * lags - 3))
        top = 2 * lags * (t - 2 * lags - 1) ** 2 * (t - lags - 3)
        variance.append(top / ((t - 2 * lags - 3) ** 2 * (t - 2 * lags - 5)))
    z = (np.sum(wald) - np.sum(mean)) / np.sqrt(np.sum(variance))
    assert found.z[1, 0] == pytest.approx(z, rel=1e-9)
    assert found.slope[1, 0] == pytest.approx(np.mean(slope), rel=1e-9)
    assert found.countries[1, 0] == 6
    assert found.observations[1, 0] == 6 * (18 - lags) - 4


def test_moments_are_those_of_the_f_distribution() -> None:
    freedom, lags = 17, 2  # W = K · F(K, T − 2K − 1)
    f = stats.f(lags, freedom)
    assert lags * f.mean() == pytest.approx(lags * freedom / (freedom - 2))
    variance = 2 * lags * freedom**2 * (freedom + lags - 2) / ((freedom - 2) ** 2 * (freedom - 4))
    assert lags**2 * f.var() == pytest.approx(variance)


def test_a_known_direction_is_found_and_its_reverse_is_not() -> None:
    series = autoregressive(1, push=0.5)
    p = calibrated(granger(sides(series, 1), 1).z, null(sides(series, 1), 1, 60, 0))
    assert p[1, 0] < 0.002
    assert p[0, 1] > 0.05
    assert np.isnan(np.diag(p)).all()


def trending(seed: int):
    """Independent random walks with drift on one world-wide trend, as yearly changes."""
    rng = RNG(seed)
    shape = (25, 3, 20)
    world = rng.normal(size=(1, 3, 20)) + 1
    return changes((rng.normal(size=shape) + world + rng.normal(size=(25, 3, 1))).cumsum(-1))


@pytest.mark.parametrize("make", [autoregressive, trending])
def test_chance_is_found_at_most_as_often_as_the_level_says(make) -> None:
    found = []
    for seed in range(40):
        both = sides(make(seed), 1)
        p = calibrated(granger(both, 1).z, null(both, 1, 40, seed))
        found.append((p[np.isfinite(p)] <= 0.05).mean())
    tests = 40 * (6 if make is trending else 12)
    assert np.sum(found) * tests / 40 <= stats.binom.ppf(0.999, tests, 0.05)


def test_where_all_countries_share_their_shocks_only_calibration_holds() -> None:
    rng = RNG(8)
    world = rng.normal(size=(1, 4, 24))
    series = world + 0.4 * rng.normal(size=(40, 4, 24))
    both = sides(series, 1)
    z, placebo = granger(both, 1).z, null(both, 1, 100, 0)
    off = ~np.eye(4, dtype=bool)
    certain = stats.norm.sf(z[off]) < 1e-9  # by the textbook
    assert certain.sum() >= 2
    assert (calibrated(z, placebo)[off][certain] > 0.05).all()


def test_constant_and_short_series_are_left_out_not_counted_as_zero() -> None:
    series = autoregressive(2)
    whole = granger(sides(series, 1), 1)
    series[0, 0] = 5.0
    series[1, 0, 7:] = np.nan
    found = granger(sides(series, 1), 1)
    assert found.countries[1, 0] == whole.countries[1, 0] - 2
    assert found.z[1, 2] == pytest.approx(whole.z[1, 2])


def test_scale_shift_and_order_of_countries_change_nothing() -> None:
    series = autoregressive(4)
    once = granger(sides(series, 1), 1).z
    order = RNG(0).permutation(len(series))
    again = granger(sides(series[order] * 1000 - 7, 1), 1).z
    np.testing.assert_allclose(once, again, rtol=1e-8)
