"""Measures of labels against the truth, as functions of arrays; they know no label by name.

Figures are rounded to four digits; a measure that is undefined is None. Intervals are 95 %.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from aequa.core import intervals
from aequa.evaluation.resampling import resampled_counts

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.floating[Any]]
DRAWS = 1000
"""Resamples behind each bootstrap interval."""
BINS = 10


def agreement(truth: Bools, assigned: Bools) -> dict[str, float | int | None]:
    """Precision, recall and F1 of one label; null where undefined.

    >>> agreement(np.array([True, True, False]), np.array([True, False, False]))["recall"]
    0.5
    """
    hits, found, there = int((truth & assigned).sum()), int(assigned.sum()), int(truth.sum())
    return {
        "precision": round(hits / found, 4) if found else None,
        "recall": round(hits / there, 4) if there else None,
        "f1": round(2 * hits / (found + there), 4) if found + there else None,
        "n": there,
    }


def wilson(hits: float, total: float) -> tuple[float, float] | None:
    """95 % score interval of the share ``hits / total`` (Wilson 1927); None where total is 0.

    Newcombe (1998, Statistics in Medicine 17, 857–872) gives for 81 of 263:

    >>> wilson(81, 263)
    (0.2553, 0.3662)
    """
    if not total:
        return None
    low, high = intervals.wilson(hits / total, total)
    return round(float(low), 4), round(float(high), 4)


def agreement_with_intervals(truth: Bools, assigned: Bools) -> dict[str, Any]:
    """``agreement`` with Wilson intervals, sound also for a handful of works.

    F1 is a rising function of a share: with F* = hits / (hits + wrong + missed),
    F1 = 2 F* / (1 + F*) (Hand, Christen & Kirielle 2021, Machine Learning 110, 451–456), so its
    interval is that of F*, carried over.

    >>> figures = agreement_with_intervals(np.array([True] * 3), np.array([True] * 3))
    >>> figures["f1"], figures["f1_interval"]
    (1.0, [0.6097, 1.0])
    """
    hits, found, there = int((truth & assigned).sum()), int(assigned.sum()), int(truth.sum())
    star = wilson(hits, found + there - hits)
    bounds = None if star is None else [round(2 * end / (1 + end), 4) for end in star]
    return {
        **agreement(truth, assigned),
        "precision_interval": _pair(wilson(hits, found)),
        "recall_interval": _pair(wilson(hits, there)),
        "f1_interval": bounds,
    }


def _pair(bounds: tuple[float, float] | None) -> list[float] | None:
    return None if bounds is None else list(bounds)


def calibration_error(truth: Bools, chances: Floats, bins: int = BINS) -> float:
    """Expected calibration error over equal-width bins (Naeini et al. 2015).

    >>> round(calibration_error(np.array([True, False]), np.array([0.75, 0.75])), 2)
    0.25
    """
    place = np.minimum((chances * bins).astype(int), bins - 1)
    gaps = [abs(float(chances[place == k].sum() - truth[place == k].sum())) for k in range(bins)]
    return sum(gaps) / max(len(truth), 1)


def known_error(truth: Bools, chances: Floats) -> float | None:
    """``calibration_error`` where the chance is known (not NaN), rounded; None where none is.

    >>> known_error(np.array([True, False]), np.array([0.75, np.nan]))
    0.25
    """
    known = ~np.isnan(chances)
    if not known.any():
        return None
    return round(calibration_error(truth[known], chances[known]), 4)


def equal_mass_calibration_error(truth: Bools, chances: Floats, bins: int = BINS) -> float:
    """Expected calibration error over bins of about equal numbers (Nguyen & O'Connor 2015).

    Rare labels crowd the lowest of equal-width bins; here every bin says as much. Equal chances
    share a bin, so the order of the texts does not matter.

    >>> equal_mass_calibration_error(np.array([True, False]), np.array([0.75, 0.25]), bins=2)
    0.25
    """
    below = np.searchsorted(np.sort(chances), chances)
    place = below * bins // max(len(chances), 1)
    gaps = [abs(float(chances[place == k].sum() - truth[place == k].sum())) for k in range(bins)]
    return sum(gaps) / max(len(truth), 1)


def brier(truth: Bools, chances: Floats) -> float | None:
    """Mean squared distance of chances from what came true (Brier 1950); None without works.

    >>> brier(np.array([True, False]), np.array([0.5, 0.5]))
    0.25
    """
    gaps = np.asarray(chances, np.float64) - truth
    return float((gaps**2).mean()) if gaps.size else None


def reliability(truth: Bools, chances: Floats, bins: int = BINS) -> list[dict[str, Any]]:
    """The bins behind ``calibration_error``: range, number, mean chance, share that was true.

    Empty bins are left out.

    >>> reliability(np.array([True, False]), np.array([0.75, 0.75]))[0]["true"]
    0.5
    """
    place = np.minimum((chances * bins).astype(int), bins - 1)
    rows = []
    for k in range(bins):
        here = place == k
        number = int(here.sum())
        if number:
            share = float(truth[here].mean())
            rows.append(
                {
                    "from": round(k / bins, 4),
                    "to": round((k + 1) / bins, 4),
                    "n": number,
                    "chance": round(float(np.asarray(chances[here], np.float64).mean()), 4),
                    "true": round(share, 4),
                    "interval": _pair(wilson(int(truth[here].sum()), number)),
                }
            )
    return rows


def mean_f1(truth: Bools, assigned: Bools) -> tuple[float, float]:
    """Micro F1 over all labels, and macro F1 over the labels that occur in the truth.

    >>> mean_f1(np.array([[True, False]]), np.array([[True, True]]))
    (0.6666666666666666, 1.0)
    """
    hits, sums = (truth & assigned).sum(axis=0), truth.sum(axis=0) + assigned.sum(axis=0)
    there = truth.any(axis=0)
    micro = 2 * hits.sum() / max(sums.sum(), 1)
    return float(micro), float((2 * hits[there] / sums[there]).mean()) if there.any() else 0.0


def with_interval(truth: Bools, assigned: Bools, seed: int, draws: int = DRAWS) -> dict[str, Any]:
    """Micro and macro F1 with 95 % percentile intervals from resampling works (Efron 1979).

    ``truth`` and ``assigned`` have shape (works, labels); without works every figure is None.
    """
    if not len(truth):
        names = ("micro_f1", "micro_interval", "macro_f1", "macro_interval")
        return {**dict.fromkeys(names), "works": 0}
    low, high = _bounds(_resampled_f1(truth, assigned, seed, draws))
    micro, macro = mean_f1(truth, assigned)
    return {
        "micro_f1": round(micro, 4),
        "micro_interval": [low[0], high[0]],
        "macro_f1": round(macro, 4),
        "macro_interval": [low[1], high[1]],
        "works": len(truth),
    }


def compared(
    truth: Bools, first: Bools, second: Bools, seed: int, draws: int = DRAWS
) -> dict[str, Any]:
    """Micro and macro F1 of ``first`` less ``second`` on the same works, with paired intervals.

    Both are judged on the same resamples, so that what is hard for both does not widen the
    interval (Berg-Kirkpatrick, Burkett & Klein 2012). An interval that leaves out 0 is a
    difference; ``changed`` counts the works to which the two give different labels.
    """
    if not len(truth):
        names = ("micro_difference", "micro_interval", "macro_difference", "macro_interval")
        return {**dict.fromkeys(names), "changed": 0, "works": 0}
    again = [_resampled_f1(truth, one, seed, draws) for one in (first, second)]
    low, high = _bounds(again[0] - again[1])
    own, other = mean_f1(truth, first), mean_f1(truth, second)
    return {
        "micro_difference": round(own[0] - other[0], 4),
        "micro_interval": [low[0], high[0]],
        "macro_difference": round(own[1] - other[1], 4),
        "macro_interval": [low[1], high[1]],
        "changed": int((first != second).any(axis=1).sum()),
        "works": len(truth),
    }


def confusion(truth: Bools, assigned: Bools) -> Floats:
    """What was assigned in place of each true label: shape (labels + 1, labels + 1).

    Row *g* shares out the works that have label *g*: its diagonal counts those where *g* was
    found; a missed *g* counts 1, spread evenly over the labels wrongly assigned to that work, or
    in the last column when there is none. Hence row *g* sums to the number of works with *g*.
    The last row counts wrong labels of works where nothing was missed; its last cell, works
    with no label, rightly left alone. The extra row and column follow Heydarian, Doyle & Samavi
    (2022, IEEE Access 10, 19083–19095); spreading keeps row sums whole.

    >>> confusion(np.array([[True, False]]), np.array([[False, True]])).tolist()
    [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    labels = truth.shape[1]
    found = np.zeros((labels + 1, labels + 1))
    missed = (truth & ~assigned).astype(np.float64)
    wrong = (assigned & ~truth).astype(np.float64)
    extra, lacking = wrong.sum(axis=1), missed.sum(axis=1)
    found[:labels, :labels] = missed.T @ (wrong / np.maximum(extra, 1)[:, None])
    found[:labels, labels] = missed[extra == 0].sum(axis=0)
    found[np.arange(labels), np.arange(labels)] = (truth & assigned).sum(axis=0)
    found[labels, :labels] = wrong[lacking == 0].sum(axis=0)
    found[labels, labels] = int((~truth.any(axis=1) & ~assigned.any(axis=1)).sum())
    return found


def _resampled_f1(truth: Bools, assigned: Bools, seed: int, draws: int) -> Floats:
    """Micro and macro F1 of each resample, shape (draws, 2)."""
    hits = (truth & assigned).astype(np.float32)
    there = truth.astype(np.float32)
    sums = there + assigned
    rows = []
    for counts in resampled_counts(len(truth), seed, draws):
        hit, true, total = (
            (counts @ part).astype(np.float64) for part in (hits, there, sums)
        )  # whole numbers far below 2²⁴, so exact
        micro = 2 * hit.sum(axis=1) / np.maximum(total.sum(axis=1), 1)
        occurs = true > 0
        each = np.where(occurs, 2 * hit / np.maximum(total, 1), 0.0)
        macro = each.sum(axis=1) / np.maximum(occurs.sum(axis=1), 1)
        rows.append(np.stack([micro, macro], axis=1))
    return np.concatenate(rows)


def _bounds(again: Floats) -> tuple[list[float], list[float]]:
    low, high = np.quantile(again, [0.025, 0.975], axis=0).round(4).tolist()
    return low, high
