"""Shares corrected for known error rates of the labels: prevalence behind an imperfect test."""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aequa.core.intervals import wilson

Array = NDArray[np.float64]


class Rates(NamedTuple):
    """A label against a person's judgement, as counts of judged works drawn at random.

    >>> Rates(tp=60, fp=10, fn=20, tn=410).positives
    80
    """

    tp: int
    """Works that deserve the label and have it."""
    fp: int
    """Works that have it and do not deserve it."""
    fn: int
    """Works that deserve it and do not have it."""
    tn: int
    """Works that neither deserve nor have it."""

    @property
    def judged(self) -> int:
        """All judged works."""
        return self.tp + self.fp + self.fn + self.tn

    @property
    def positives(self) -> int:
        """Judged works that deserve the label."""
        return self.tp + self.fn

    @property
    def negatives(self) -> int:
        """Judged works that do not deserve the label."""
        return self.fp + self.tn

    def complement(self) -> Rates:
        """The rates of the label's absence.

        >>> Rates(1, 2, 3, 4).complement()
        Rates(tp=4, fp=3, fn=2, tn=1)
        """
        return Rates(self.tn, self.fn, self.fp, self.tp)


def prevalence(share: ArrayLike, rates: Rates) -> Array:
    """The share of works that deserve a label of which ``share`` have it, cut to [0, 1].

    With q the labelled share, Se = tp / (tp + fn) and Sp = tn / (tn + fp)::

        (q + Sp − 1) / (Se + Sp − 1)

    Rogan, W. J. & Gladen, B. (1978). Estimating prevalence from the results of a screening test.
    American Journal of Epidemiology 107, 71–76. Se + Sp must not be 1 (``refusal`` says so).
    With Se = .75 and Sp = .9, a true .4 is labelled .4 · .75 + .6 · .1 = .36:

    >>> round(float(prevalence(0.36, Rates(tp=75, fp=10, fn=25, tn=90))), 6)
    0.4
    >>> float(prevalence(0.02, Rates(tp=75, fp=10, fn=25, tn=90)))
    0.0
    """
    sensitivity, specificity = rates.tp / rates.positives, rates.tn / rates.negatives
    found = (np.asarray(share, float) + specificity - 1) / (sensitivity + specificity - 1)
    return np.asarray(np.clip(found, 0, 1))


def prevalence_interval(
    share: ArrayLike, size: ArrayLike, rates: Rates, level: float = 0.95
) -> tuple[Array, Array]:
    """Bounds of ``prevalence``, for chance in the works and in the judged works together.

    ``size`` is the (effective) number of works behind ``share``, of one shape with it. With z the
    normal quantile of (1 + level) / 2, n the size, n₁ = tp + fn and n₀ = tn + fp::

        q' = (n q + z²/2) / (n + z²),  Se' = (tp + 1) / (n₁ + 2),  Sp' = (tn + 1) / (n₀ + 2)
        p' = (q' + Sp' − 1) / (Se' + Sp' − 1)
        V₁ = Se'(1 − Se') / (n₁ + 2),  V₀ = Sp'(1 − Sp') / (n₀ + 2)
        d = 2z² (p' V₁ − (1 − p') V₀)
        p' + d ± z √(q'(1 − q')/(n + z²) + p'² V₁ + (1 − p')² V₀) / |Se' + Sp' − 1|

    Lang, Z. & Reiczigel, J. (2014). Confidence limits for prevalence of disease adjusted for
    estimated sensitivity and specificity. Preventive Veterinary Medicine 113, 13–22. Bounds are
    cut to [0, 1] and widened to hold ``prevalence``; NaN where ``size`` is 0 or NaN.

    >>> rates = Rates(tp=75, fp=10, fn=25, tn=90)
    >>> [round(float(bound), 3) for bound in prevalence_interval(0.36, 1000, rates)]
    [0.307, 0.488]
    """
    q, n = np.asarray(share, float), np.asarray(size, float)
    n = np.where(n > 0, n, np.nan)
    z = NormalDist().inv_cdf((1 + level) / 2)
    q_, n_ = (n * q + z**2 / 2) / (n + z**2), n + z**2
    positives, negatives = rates.positives + 2, rates.negatives + 2
    sensitivity, specificity = (rates.tp + 1) / positives, (rates.tn + 1) / negatives
    slope = sensitivity + specificity - 1
    p = (q_ + specificity - 1) / slope
    found = sensitivity * (1 - sensitivity) / positives
    spared = specificity * (1 - specificity) / negatives
    shift = 2 * z**2 * (p * found - (1 - p) * spared)
    spread = np.sqrt(q_ * (1 - q_) / n_ + p**2 * found + (1 - p) ** 2 * spared)
    half = z * spread / np.abs(slope)
    middle, point = p + shift, prevalence(q, rates)
    low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    return np.minimum(low, point), np.maximum(high, point)


def refusal(rates: Rates | None, least: int, weakest: float) -> str:
    """Why a share cannot be corrected with these rates; empty where it can.

    ``least`` judged works must deserve the label, and as many not; below ``weakest``,
    sensitivity + specificity − 1 (Youden 1950) says too little about the true share.

    >>> refusal(Rates(tp=2, fp=0, fn=1, tn=500), least=10, weakest=0.2)
    'too few judged works: 3 positives'
    >>> refusal(Rates(tp=5, fp=90, fn=15, tn=410), least=10, weakest=0.2)
    'the label is too weak: sensitivity 0.25, specificity 0.82'
    >>> refusal(None, least=10, weakest=0.2), refusal(Rates(9, 1, 1, 9), 10, 0.2)
    ('no error rates are known', '')
    """
    if rates is None:
        return "no error rates are known"
    if rates.positives < least:
        return f"too few judged works: {rates.positives} {_words('positive', rates.positives)}"
    if rates.negatives < least:
        return f"too few judged works: {rates.negatives} {_words('negative', rates.negatives)}"
    sensitivity, specificity = rates.tp / rates.positives, rates.tn / rates.negatives
    if sensitivity + specificity - 1 <= weakest:
        return (
            f"the label is too weak: sensitivity {sensitivity:.2f}, specificity {specificity:.2f}"
        )
    return ""


def misfit(low: float, high: float, rates: Rates, level: float = 0.95) -> str:
    """Why rates counted elsewhere cannot hold here; empty where nothing speaks against them.

    ``low`` and ``high`` bound the labelled share. Even if no work deserved the label, false
    positives would give it to 1 − Sp of them, and if all did, Se of them would have it: where the
    interval of the share lies beyond that of 1 − Sp or of Se, these are other labels or works.

    >>> misfit(0.001, 0.004, Rates(tp=75, fp=10, fn=25, tn=390))
    'error rates do not fit: fewer works have the label than false positives alone would give'
    >>> misfit(0.9, 0.95, Rates(tp=75, fp=10, fn=25, tn=390))
    'error rates do not fit: more works have the label than if all deserved it'
    >>> misfit(0.01, 0.02, Rates(tp=75, fp=10, fn=25, tn=390))
    ''
    """
    least, _ = wilson(rates.fp / rates.negatives, rates.negatives, level)
    _, most = wilson(rates.tp / rates.positives, rates.positives, level)
    said = "error rates do not fit: "
    if high < least:
        return f"{said}fewer works have the label than false positives alone would give"
    if low > most:
        return f"{said}more works have the label than if all deserved it"
    return ""


def _words(noun: str, number: int) -> str:
    return noun if number == 1 else f"{noun}s"
