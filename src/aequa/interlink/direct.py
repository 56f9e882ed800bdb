"""Direct links: what two series share that no other series explains.

The correlation of the conservative residuals, pairwise complete, is made positive definite (Higham
2002) and its inverse gives partial correlations. Which of them are there at all is told by the
graphical lasso (Friedman, Hastie & Tibshirani 2008, Biostatistics 9, 432–441) on half-samples of
countries: the share of half-samples in which an edge is among the first q to enter is its selection
probability (Meinshausen & Bühlmann 2010, JRSS B 72, 417–473).
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import graphical_lasso
from sklearn.exceptions import ConvergenceWarning

Array = NDArray[np.float64]
_FLOOR = 1e-3
"""Smallest eigenvalue that an inverse is taken of."""
_GRID = 32


class Moments(NamedTuple):
    """Sums over the years in which both variables are known, (countries, variables, variables)."""

    number: Array
    own: Array
    """of the first variable"""
    squares: Array
    """of the first variable's square"""
    products: Array


def country_moments(residuals: Array) -> Moments:
    """What each country adds to every pair; ``residuals`` is (countries, variables, years)."""
    known = np.isfinite(residuals).astype(float)
    held = np.where(known > 0, residuals, 0.0)
    across = known.transpose(0, 2, 1)
    return Moments(known @ across, held @ across, held**2 @ across, held @ held.transpose(0, 2, 1))


def correlations(moments: Moments, weights: Array) -> Array:
    """Pairwise-complete correlations (samples, variables, variables).

    ``weights`` (samples, countries) says how often each sample holds each country. A pair that is
    never seen together, or never changes, has no correlation: 0, as if unrelated.
    """
    v = moments.number.shape[1]
    count, own, squares, products = (
        (weights @ part.reshape(len(part), -1)).reshape(-1, v, v) for part in moments
    )
    some = np.maximum(count, 1)
    flipped = own.transpose(0, 2, 1)
    covariance = products / some - own / some * flipped / some
    variance = np.maximum(squares / some - (own / some) ** 2, 0)
    scale = np.sqrt(variance * variance.transpose(0, 2, 1))
    sound = (count > 2) & (scale > 1e-12)
    out = np.where(sound, covariance / np.where(sound, scale, 1.0), 0.0)
    out[:, range(v), range(v)] = 1.0
    return np.clip(out, -1, 1)


def nearest_correlation(matrix: Array, rounds: int = 200, enough: float = 1e-9) -> Array:
    """The nearest correlation matrix in Frobenius norm, then shrunk to be invertible.

    Alternating projections with Dykstra's correction (Higham 2002, IMA Journal of Numerical
    Analysis 22, 329–343). Where the smallest eigenvalue is under 0.001, the matrix is mixed with
    as little of the identity as lifts it there.

    >>> sick = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    >>> nearest_correlation(sick).round(2).tolist()
    [[1.0, 0.76, 0.16], [0.76, 1.0, 0.76], [0.16, 0.76, 1.0]]
    """
    least = float(np.linalg.eigvalsh(matrix)[0])
    if least >= _FLOOR:
        return matrix
    out, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(rounds if least < 0 else 0):
        before = out
        values, vectors = np.linalg.eigh(out - correction)
        semidefinite = (vectors * np.maximum(values, 0)) @ vectors.T
        correction = semidefinite - (out - correction)
        out = semidefinite.copy()
        np.fill_diagonal(out, 1.0)
        if np.abs(out - before).max() < enough:
            break
    least = float(np.linalg.eigvalsh(out)[0])
    mixed = max(0.0, (_FLOOR - least) / (1 - least))
    return np.asarray((1 - mixed) * out + mixed * np.eye(len(out)))


def partial(correlation: Array) -> Array:
    """Partial correlations −Ω_ij / √(Ω_ii Ω_jj) with Ω the inverse; the diagonal is 0.

    >>> chain = np.array([[1.0, 0.5, 0.25], [0.5, 1.0, 0.5], [0.25, 0.5, 1.0]])
    >>> partial(chain).round(3).tolist()
    [[0.0, 0.447, 0.0], [0.447, 0.0, 0.447], [0.0, 0.447, 0.0]]
    """
    precision = np.linalg.inv(correlation)
    scale = np.sqrt(np.diagonal(precision, axis1=-2, axis2=-1))
    out = -precision / (scale[..., :, None] * scale[..., None, :]) + 0.0
    out[..., range(out.shape[-1]), range(out.shape[-1])] = 0.0
    return np.asarray(np.where(np.abs(out) < 1e-12, 0.0, out))


def bootstrapped(moments: Moments, draws: int, seed: int) -> Array:
    """Partial correlations (draws, variables, variables) of samples of countries with return."""
    rng = np.random.default_rng(seed)
    n = len(moments.number)
    weights = rng.multinomial(n, np.full(n, 1 / n), draws).astype(float)
    return partial(np.stack([nearest_correlation(one) for one in correlations(moments, weights)]))


def edges_allowed(variables: int, threshold: float, false_edges: float) -> int:
    """q, from E[V] ≤ q² / ((2π − 1) p) with p pairs (Meinshausen & Bühlmann 2010, Theorem 1).

    >>> edges_allowed(17, 0.75, 1)
    8
    """
    pairs = variables * (variables - 1) // 2
    return max(int(np.sqrt((2 * threshold - 1) * pairs * false_edges)), 1)


def selection(moments: Moments, allowed: int, samples: int, seed: int) -> tuple[Array, int]:
    """Selection probability of every pair, and how many half-samples met an unsettled lasso.

    Half-samples come in complementary pairs (Shah & Samworth 2013, JRSS B 75, 55–80).
    """
    rng = np.random.default_rng(seed)
    n = len(moments.number)
    halves = []
    for _ in range((samples + 1) // 2):
        ring = rng.permutation(n)
        halves += [np.isin(np.arange(n), part) for part in (ring[: n // 2], ring[n // 2 :])]
    found = np.zeros(moments.number.shape[1:])
    unsettled = 0
    for one in correlations(moments, np.array(halves[:samples], float)):
        edges, settled = _first_edges(nearest_correlation(one), allowed)
        found += edges
        unsettled += not settled
    return found / samples, unsettled


def _first_edges(correlation: Array, allowed: int) -> tuple[NDArray[np.bool_], bool]:
    """The edges at the weakest penalty that admits at most ``allowed``, by bisection on a grid.

    A penalty at which the lasso does not settle counts as too weak, and is told.
    """
    off = ~np.eye(len(correlation), dtype=bool)
    strongest = max(float(np.abs(correlation[off]).max()), 1e-6)
    penalties = np.geomspace(strongest, strongest / 100, _GRID)
    best, settled, low, high = np.zeros_like(off), True, 0, _GRID
    while high - low > 1:
        middle = (low + high) // 2
        edges = _edges(correlation, float(penalties[middle]))
        settled &= edges is not None
        if edges is not None and edges.sum() // 2 <= allowed:
            best, low = edges, middle
        else:
            high = middle
    return best, settled


def _edges(correlation: Array, penalty: float) -> NDArray[np.bool_] | None:
    """Which entries of the precision are not 0 under the penalty; None where it does not settle."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            _, precision = graphical_lasso(correlation, alpha=penalty, max_iter=100, tol=1e-3)
        except (ConvergenceWarning, FloatingPointError):
            return None
    return np.asarray((np.abs(precision) > 1e-9) & ~np.eye(len(precision), dtype=bool))
