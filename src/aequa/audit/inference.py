"""Shares from few human and many machine labels: stratified prediction-powered inference.

With strata h of N_h works (W_h = N_h / N), n_h of them labelled by a person, the share R solves
G(R) = 0, where for u = a - R d (person) and v = f - R g (machine)::

    G(R) = Σ_h W_h [ mean_sample(u - λ v) + λ mean_all(v) ]

This is prediction-powered inference (Angelopoulos, Bates, Fannjiang, Jordan & Zrnic 2023, Science
382, 669-674) for the estimating equation of a ratio, in strata (Fisch et al. 2024, Stratified
prediction-powered inference, NeurIPS 37), tuned by λ in [0, 1] (Angelopoulos, Duchi & Zrnic 2023,
PPI++, arXiv:2311.01453): λ = 0 ignores the machine, λ = 1 trusts it up to its mean error in the
sample. As the machine has labelled the whole corpus, this is the difference estimator of survey
sampling (Särndal, Swensson & Wretman 1992, ch. 6), and only the sample mean is uncertain.

The interval holds every R that a score test does not reject, as Wilson's (1927) does, so it has a
width even where the sample shows no error at all; see ``variance``. Rare labels make G skewed, so
the test is corrected for skewness (Gart & Nam 1988, Biometrics 44, 323-338), only to the wide side.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from aequa.audit.moments import Array, Bools, Moments

_HALVINGS = 40
"""Steps of the bisection for a bound, which is then exact to 2^-40."""
UNSEEN = 3.0
"""Works of unknown answer added to each stratum's variance (Agresti & Coull 1998 add z² ≈ 4);
chosen by simulation (``benchmarks/coverage.py``): without them 88 % cover with 60 labels."""
A, D, F, _G = range(4)


@dataclass(frozen=True)
class Estimates:
    """K shares with intervals; every field is an array (K,), NaN where nothing can be said."""

    share: Array
    low: Array
    high: Array
    tuning: Array
    """λ: 0 where the machine's labels did not help, up to 1."""
    effective: Array
    """Works of the denominator that a person would have to label at random, without a machine
    and without strata, for an interval as narrow; infinite where all works are labelled."""


def estimate(sample: Moments, level: float = 0.95) -> Estimates:
    """Shares of the corpus with intervals of the given level.

    The tuned λ is kept where it narrows the interval and the estimate lies inside (0, 1); else
    λ is 0, so that labels of the person alone decide and the estimate is a share in any case.
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    alone = np.zeros(len(sample.means))
    human, tuned = solve(sample, alone), tune(sample)
    share = solve(sample, tuned)
    tuned = np.where((share > 0) & (share < 1), tuned, 0)
    share = np.where(tuned > 0, share, human)
    low, high = bounds(sample, share, tuned, z)
    low_alone, high_alone = bounds(sample, human, alone, z)
    better = high - low <= high_alone - low_alone
    low, high = np.where(better, low, low_alone), np.where(better, high, high_alone)
    share, tuned = np.where(better, share, human), np.where(better, tuned, 0)
    return Estimates(share, low, high, tuned, effective_size(share, (high - low) / 2, z))


def solve(sample: Moments, tuning: Array) -> Array:
    """The R with G(R) = 0 for each λ, (K,); NaN where no work is in the denominator."""
    corrected = sample.means[..., :2] + tuning[:, None, None] * (
        sample.machine - sample.means[..., 2:]
    )
    top, below = np.moveaxis(np.einsum("h,khi->ki", sample.weights, corrected), 1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(below > 0, top / below, np.nan))


def tune(sample: Moments) -> Array:
    """The λ in [0, 1] that minimises the variance of G at the human estimate (power tuning, PPI++).

    λ = Σ w_h cov_h(u, v) / Σ w_h var_h(v) with w_h = W_h² (1 - n_h/N_h) / n_h.
    """
    share = solve(sample, np.zeros(len(sample.means)))
    both = _combination(share, -np.ones_like(share))
    person, machine = both * [1, 1, 0, 0], both * [0, 0, 1, 1]
    cov = _product(sample, person, machine) - _mean(sample, person) * _mean(sample, machine)
    var = _product(sample, machine, machine) - _mean(sample, machine) ** 2
    weight = sample.weights**2 * sample.finite / np.maximum(sample.drawn - 1, 1)
    top, below = (cov * weight).sum(1), (var * weight).sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nan_to_num(np.clip(np.where(below > 1e-15, top / below, 0), 0, 1)))


def bounds(sample: Moments, share: Array, tuning: Array, z: float) -> tuple[Array, Array]:
    """The smallest and largest R that the score test |G(R)| ≤ z √V(R) keeps, (K,) each."""
    low = _edge(sample, share, tuning, z, np.zeros_like(share))
    high = _edge(sample, share, tuning, z, np.ones_like(share))
    return low, high


def _edge(sample: Moments, share: Array, tuning: Array, z: float, end: Array) -> Array:
    """Bisection between the estimate, which is kept, and an end of [0, 1]."""
    kept, lost = share.copy(), end.copy()
    at_end = _keeps(sample, end, tuning, z)
    for _ in range(_HALVINGS):
        middle = (kept + lost) / 2
        keeps = _keeps(sample, middle, tuning, z)
        kept, lost = np.where(keeps, middle, kept), np.where(keeps, lost, middle)
    return np.where(at_end, end, kept) + 0 * share


def _keeps(sample: Moments, share: Array, tuning: Array, z: float) -> Array:
    """Does the score test keep R? z grows by γ(z² - 1)/6 on the side of the long tail."""
    gap = _gap(sample, share, tuning)
    parts = variance(sample, share, tuning, gap)
    total = parts.sum(axis=1)
    tail = (parts * (1 - 2 * _smoothed(sample))) @ (sample.weights / sample.drawn)
    skew = np.where(gap < 0, tail, -tail) / np.maximum(total, 1e-30) ** 1.5
    reach = z + np.maximum(skew, 0) * (z**2 - 1) / 6
    return np.asarray(gap**2 <= reach**2 * total + 1e-18)


def _gap(sample: Moments, share: Array, tuning: Array) -> Array:
    """-G(R): how far the sample falls short of the share R, (K,)."""
    residual = _mean(sample, _combination(share, tuning)) @ sample.weights
    top, below = np.moveaxis(np.einsum("h,khi->ki", sample.weights, sample.machine), 1, 0)
    return np.asarray(-(residual + tuning * (top - share * below)))


def variance(sample: Moments, share: Array, tuning: Array, gap: Array) -> Array:
    """V(R) by stratum, (K, H): the variance of G if R were the true share.

    If R is true, the sample fell short by ``gap``: some works that have the label are not in it.
    They are placed in the strata where the sample has least to say against them (in proportion to
    W_h q_h (1 - q_h) / n_h, with q_h the smoothed share of the sample: one step towards the
    maximum of the likelihood under R), which moves the residual of a part δ_h of the stratum by
    one and changes its second moment accordingly. ``UNSEEN`` further works of unknown answer keep
    a stratum without any visible error from counting as known. For one stratum and λ = 0 this is
    p(1 - p)/n at p = R, as in Wilson's interval, but for ``UNSEEN``.
    """
    rising = (gap >= 0)[:, None]
    moved = np.abs(gap)[:, None] * _room(sample, rising)
    residual = _combination(share, tuning)
    mean = _mean(sample, residual) + np.where(rising, moved, -moved)
    second = _product(sample, residual, residual) + _change(sample, share, tuning, rising) * moved
    unseen = UNSEEN * (share * (1 - share))[:, None] * _known(sample) / (sample.drawn + 1)
    spread = np.maximum(second - mean**2, 0) + unseen
    return np.asarray(spread * (sample.weights**2 * sample.finite / sample.drawn))


def _change(sample: Moments, share: Array, tuning: Array, rising: Bools) -> Array:
    """What one more (or one fewer) work with the label adds to the second moment, (K, H).

    The work is one that the machine missed, or one where what looked like its error was none, in
    the proportion in which the sample shows the two kinds of error.
    """
    agreed = sample.products[..., A, F]
    missed = (sample.means[..., A] - agreed) * sample.drawn
    alarms = (sample.means[..., F] - agreed) * sample.drawn
    healed = np.where(rising, alarms, missed) / (alarms + missed + 1)
    up, down = 1 - 2 * share * (1 - tuning), 1 - 2 * (1 - share) * (1 - tuning)
    plain = np.where(rising, up[:, None], down[:, None])
    return np.asarray(plain - 2 * tuning[:, None] * healed)


def _room(sample: Moments, rising: Bools) -> Array:
    """δ_h per unit of gap, (K, H): Σ_h W_h δ_h = 1."""
    yes, of = sample.means[..., A], sample.means[..., D]
    possible = np.where(rising, (of > yes) | (of == 0), yes > 0)
    q = _smoothed(sample)
    room = q * (1 - q) * _known(sample) * (possible + 1e-9) * sample.weights / sample.drawn
    return np.asarray(room / (room @ sample.weights)[:, None])


def _smoothed(sample: Moments) -> Array:
    """The person's share in each stratum, half a work added on either side, (K, H)."""
    yes, of = sample.means[..., A] * sample.drawn, sample.means[..., D] * sample.drawn
    return np.asarray((yes + 0.5) / (of + 1))


def _known(sample: Moments) -> Array:
    """The part of each stratum in the denominator, half a work added on either side, (K, H)."""
    return np.asarray((sample.means[..., D] * sample.drawn + 0.5) / (sample.drawn + 1))


def _combination(share: Array, tuning: Array) -> Array:
    """Coefficients (K, 4) of a, d, f, g in u - λ v."""
    return np.stack([np.ones_like(share), -share, -tuning, tuning * share], axis=1)


def _mean(sample: Moments, parts: Array) -> Array:
    return np.asarray(np.einsum("khi,ki->kh", sample.means, parts))


def _product(sample: Moments, left: Array, right: Array) -> Array:
    return np.asarray(np.einsum("khij,ki,kj->kh", sample.products, left, right))


def effective_size(share: Array, half: Array, z: float) -> Array:
    """The n for which Wilson's interval at ``share`` has the half-width ``half``, (K,).

    Wilson's half-width h = z √(p(1 - p)n + z²/4) / (n + z²) squared is quadratic in n.

    >>> from statistics import NormalDist
    >>> z = NormalDist().inv_cdf(0.975)
    >>> effective_size(np.array([0.5]), np.array([0.0980]), z).round().tolist()
    [96.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        b = z**2 - z**2 * share * (1 - share) / (2 * half**2)
        c = z**4 - z**4 / (4 * half**2)
        root = -b + np.sqrt(np.maximum(b**2 - c, 0))
    return np.asarray(np.where(half > 0, np.maximum(root, 0), np.inf) + 0 * share)
