"""Weights: by principal components, and the benefit of the doubt; equal and given ones need none.

OECD/JRC (2008), step 6.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

Floats = npt.NDArray[np.float64]

SHARE = 0.1
"""Components that explain at least this share of the variance are kept (handbook, p. 89)."""
_FLOOR = 0.01
"""Scores of 0 would make the bounds of benefit of the doubt unattainable."""


def principal(values: Floats) -> Floats:
    """(indicators,): weights that sum to one, by the handbook's squared loadings (pp. 89–91).

    Principal components of the correlations over the countries that have all (``values``:
    countries, indicators), those explaining a tenth or more, varimax rotation. An indicator belongs
    to the factor it loads on most; its weight is its squared loading there, as a share of the
    factor's sum, times the factor's share of what the factors explain; all scaled to sum to one.
    Equal weights where fewer than three countries have all (Nicoletti, Scarpetta & Boylaud 2000).

    >>> principal(np.array([[1.0, 2], [2, 1], [3, 5], [4, 3]])).round(3).tolist()
    [0.5, 0.5]
    """
    complete = values[~np.isnan(values).any(axis=1)]
    count = values.shape[1]
    if len(complete) < 3 or count < 2 or (complete.std(axis=0) <= 0).any():
        return np.full(count, 1 / count)
    return grouped(loadings(complete))


def loadings(values: Floats) -> Floats:
    """(indicators, factors): varimax-rotated loadings of the components that are kept."""
    size, direction = np.linalg.eigh(np.corrcoef(values.T))
    order = np.argsort(size)[::-1]
    kept = order[size[order] >= SHARE * len(size)]
    return varimax(direction[:, kept] * np.sqrt(size[kept]))


def varimax(loading: Floats) -> Floats:
    """The rotation that spreads the squared loadings of each factor most (Kaiser 1958).

    With Kaiser's normalisation: rows are scaled to length one while rotating.
    """
    length = np.sqrt((loading**2).sum(axis=1, keepdims=True))
    length = np.where(length > 0, length, 1)
    rows = loading / length
    turn, before = np.eye(rows.shape[1]), 0.0
    for _ in range(1000):
        turned = rows @ turn
        slope = rows.T @ (turned**3 - turned * (turned**2).mean(axis=0))
        left, size, right = np.linalg.svd(slope)
        turn, after = left @ right, float(size.sum())
        if after < before * (1 + 1e-12):
            break
        before = after
    return np.asarray(rows @ turn * length)


def grouped(loading: Floats) -> Floats:
    """(indicators,): weights from rotated loadings (indicators, factors), as in ``principal``."""
    square = loading**2
    explained = square.sum(axis=0)
    factor = np.argmax(square, axis=1)
    share = np.take_along_axis(square / explained, factor[:, None], axis=1)[:, 0]
    weight = share * explained[factor] / explained.sum()
    return np.asarray(weight / weight.sum())


def benefit_of_the_doubt(
    scores: Floats, low: float = 0.1, high: float = 0.6
) -> tuple[Floats, Floats]:
    """Each country's best possible score (0 to 1) and the weights that give it.

    For country c: max Σ w y_c so that Σ w y_j ≤ 1 for every country j, w ≥ 0, and each part's share
    w_i y_ci / Σ w y_c lies within ``low`` and ``high`` (Cherchye, Moesen, Rogge & Van Puyenbroeck
    2007, *Social Indicators Research* 82, 111–145), solved by HiGHS. ``scores`` (countries, parts)
    run from 0 to 100. A country is weighed on the parts it has; bounds that so few parts cannot
    meet give way. Without bounds someone always reaches 1; with them perhaps no one. As a rival,
    a country's missing part counts as the lowest score.

    >>> best, weights = benefit_of_the_doubt(np.array([[80.0, 20], [40, 60], [40, 20]]), 0, 1)
    >>> best.round(3).tolist()
    [1.0, 1.0, 0.6]
    """
    floored = np.maximum(np.nan_to_num(scores) / 100, _FLOOR)
    known = ~np.isnan(scores)
    best, weights = np.full(len(scores), np.nan), np.full(scores.shape, np.nan)
    for country in np.flatnonzero(known.any(axis=1)):
        parts = np.flatnonzero(known[country])
        own, count = floored[country, parts], len(parts)
        shares = _shares(own, min(low, 1 / count), max(high, 1 / count))
        rivals = np.vstack([floored[:, parts], *shares])
        limits = np.concatenate([np.ones(len(scores)), np.zeros(2 * count)])
        found = linprog(-own, A_ub=rivals, b_ub=limits, bounds=(0, None), method="highs")
        best[country], weights[country, parts] = min(-found.fun, 1.0), found.x
    return best, weights


def _shares(own: Floats, low: float, high: float) -> tuple[Floats, Floats]:
    """Rows of A w ≤ 0: low Σ w y ≤ w_i y_i, and w_i y_i ≤ high Σ w y."""
    each, total = np.diag(own), np.tile(own, (len(own), 1))
    return low * total - each, each - high * total
