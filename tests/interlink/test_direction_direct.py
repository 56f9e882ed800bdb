"""Direct links: edges of a known precision, nearest correlation, stability."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.interlink.direct import (
    bootstrapped,
    correlations,
    country_moments,
    edges_allowed,
    nearest_correlation,
    partial,
    selection,
)

CHAIN = [(0, 1), (1, 2), (4, 5)]


def known_network(seed: int, countries: int = 80, years: int = 20):
    """Residuals whose precision has links 0–1, 1–2 (positive) and 4–5 (negative), .4 each."""
    precision = np.eye(8)
    for (a, b), weight in zip(CHAIN, (-0.4, -0.4, 0.4), strict=True):
        precision[a, b] = precision[b, a] = weight
    root = np.linalg.cholesky(np.linalg.inv(precision))
    return np.random.default_rng(seed).normal(size=(countries, years, 8)) @ root.T


def residuals(seed: int):
    return known_network(seed).transpose(0, 2, 1)


def whole(values):
    return correlations(country_moments(values), np.ones((1, len(values))))[0]


def test_the_edges_of_a_known_precision_are_the_stable_ones() -> None:
    allowed = edges_allowed(8, 0.75, 1)
    chosen, unsettled = selection(country_moments(residuals(0)), allowed, 30, 0)
    stable = {(int(a), int(b)) for a, b in np.argwhere(np.triu(chosen) >= 0.75)}
    assert stable == set(CHAIN)  # 0–2 correlate, yet are not directly linked
    assert unsettled == 0
    assert whole(residuals(0))[0, 2] > 0.1
    weights = partial(whole(residuals(0)))
    assert [round(weights[a, b], 1) for a, b in CHAIN] == [0.4, 0.4, -0.4]
    assert abs(weights[0, 2]) < 0.06


def test_of_nothing_no_more_edges_are_stable_than_the_bound_says() -> None:
    stable = []
    for seed in range(4):
        noise = np.random.default_rng(seed).normal(size=(30, 8, 15))
        chosen, _ = selection(country_moments(noise), edges_allowed(8, 0.75, 1), 20, seed)
        stable.append((np.triu(chosen) >= 0.75).sum())
    assert np.mean(stable) <= 1


def test_pairwise_complete_correlations_are_numpys() -> None:
    values = residuals(1)
    np.testing.assert_allclose(whole(values), np.corrcoef(values.transpose(1, 0, 2).reshape(8, -1)))
    values[:9, 3] = np.nan
    part = values[9:]
    both = np.corrcoef(part[:, 3].ravel(), part[:, 5].ravel())[0, 1]
    assert whole(values)[3, 5] == pytest.approx(both)


def test_highams_example_of_the_nearest_correlation() -> None:
    """Higham (2002), p. 334: the nearest to this has .7607 and .1573, at distance .5278."""
    sick = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    found = nearest_correlation(sick)
    assert found[0, 1] == pytest.approx(0.7607, abs=2e-3)
    assert found[0, 2] == pytest.approx(0.1573, abs=2e-3)
    assert np.linalg.norm(found - sick) == pytest.approx(0.5278, abs=2e-3)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_the_nearest_is_a_correlation_matrix_that_can_be_inverted(seed: int) -> None:
    values = np.random.default_rng(seed).uniform(-1, 1, (6, 6))
    matrix = (values + values.T) / 2
    np.fill_diagonal(matrix, 1)
    found = nearest_correlation(matrix)
    assert np.linalg.eigvalsh(found)[0] > 9e-4
    np.testing.assert_allclose(np.diag(found), 1)
    np.testing.assert_allclose(found, found.T, atol=1e-12)


def test_bootstrap_intervals_of_a_partial_correlation_cover_it() -> None:
    inside = []
    for seed in range(40):
        values = known_network(100 + seed, 40, 8).transpose(0, 2, 1)
        draws = bootstrapped(country_moments(values), 200, seed)[:, 0, 1]
        low, high = np.quantile(draws, [0.025, 0.975])
        inside.append(low <= 0.4 <= high)
    assert 33 <= sum(inside) <= 40  # binomial(40, .95): 33 or fewer has a chance of 1 in 300


def test_constant_and_missing_series_are_unrelated_not_errors() -> None:
    values = residuals(2)
    values[:, 0], values[:, 1] = 0.0, np.nan
    found = whole(values)
    assert (found[:2, 2:] == 0).all()
    assert np.isfinite(partial(nearest_correlation(found))).all()
