"""Outliers: winsorise while skewness and kurtosis are both high, else transform (COINr).

Becker, W., Caperna, G., Del Sorbo, M., Norlén, H., Papadimitriou, E. & Saisana, M. (2022). COINr:
An R package for developing composite indicators. *Journal of Open Source Software* 7(78), 4567.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from aequa.divide.spec import Spec

Floats = npt.NDArray[np.float64]


class Treatment(NamedTuple):
    """What was done to one indicator."""

    skewness: float
    kurtosis: float
    """Before; NaN with fewer than four values."""
    high: int
    low: int
    """How many values were pulled down and up; 0 where a transform took their place."""
    transform: str
    """``none``, ``log`` or ``boxcox``"""
    skewness_after: float
    kurtosis_after: float


def moments(column: Floats) -> tuple[float, float]:
    """Skewness and excess kurtosis, corrected for the sample's size; NaN for less than 4 values.

    Type 2 of Joanes & Gill (1998, *The Statistician* 47, 183–189), as Excel and COINr have it;
    ``column`` (n,) may hold NaN, which is left out.

    >>> [round(moment, 3) for moment in moments(np.array([1.0, 2, 3, 4, 20]))]
    [2.125, 4.606]
    """
    x = column[~np.isnan(column)]
    x = x - x.mean() if len(x) else x
    n, square = len(x), float((x**2).sum())
    if n < 4 or square <= 0:
        return float("nan"), float("nan")
    skew = n**0.5 * float((x**3).sum()) / square**1.5
    kurt = n * float((x**4).sum()) / square**2
    return (
        skew * (n * (n - 1)) ** 0.5 / (n - 2),
        ((n + 1) * (kurt - 3) + 6) * (n - 1) / ((n - 2) * (n - 3)),
    )


def treat(values: Floats, spec: Spec) -> tuple[Floats, list[Treatment]]:
    """Treat each column of ``values`` (countries, indicators) and say what was done to it."""
    done = [_column(column, spec) for column in values.T]
    treated = np.array([column for column, _ in done]).T.reshape(values.shape)
    return treated, [treatment for _, treatment in done]


def _column(column: Floats, spec: Spec) -> tuple[Floats, Treatment]:
    before = moments(column)
    if not _outlying(before, spec):
        return column.copy(), Treatment(*before, 0, 0, "none", *before)
    mended, high, low = winsorise(column, spec)
    after, transform = moments(mended), "none"
    if _outlying(after, spec) and spec.transform != "none":
        transform, high, low = spec.transform, 0, 0
        mended = logarithm(column) if transform == "log" else box_cox(column)
        after = moments(mended)
    return mended, Treatment(*before, high, low, transform, *after)


def _outlying(moment: tuple[float, float], spec: Spec) -> bool:
    return abs(moment[0]) >= spec.skewness and moment[1] >= spec.kurtosis


def winsorise(column: Floats, spec: Spec) -> tuple[Floats, int, int]:
    """Pull in the outermost values, one by one, to the next ones, and count those at each end.

    The end follows the sign of the skewness; tied values move together and count each; at most
    ``spec.winsorise`` values move before another round is refused, and none that would leave the
    column constant.

    >>> winsorise(np.array([*range(1, 11), 30.0, 100]), Spec())[1:]
    (1, 0)
    """
    x, high, low = column.copy(), 0, 0
    moment = moments(x)
    while _outlying(moment, spec) and high + low < spec.winsorise:
        upper = moment[0] >= 0
        outer = x == (np.nanmax(x) if upper else np.nanmin(x))
        inner = x[~outer]
        if np.nanmax(inner) == np.nanmin(inner):
            break
        x[outer] = np.nanmax(inner) if upper else np.nanmin(inner)
        high, low = (int(outer.sum()), low) if upper else (high, int(outer.sum()))
        moment = moments(x)
    return x, high, low


def logarithm(column: Floats) -> Floats:
    """ln(x − min + range/100), or its mirror −ln(max − x + range/100) where the skew is negative.

    COINr's ``log_CT_plus``: it rises with x, and neither unit nor zero matters to its shape.

    >>> logarithm(np.array([0.0, 1.0, 100.0])).round(2).tolist()
    [0.0, 0.69, 4.62]
    """
    low, high = np.nanmin(column), np.nanmax(column)
    shift = (high - low) / 100
    if moments(column)[0] < 0:
        return np.asarray(-np.log(high - column + shift))
    return np.asarray(np.log(column - low + shift))


def box_cox(column: Floats) -> Floats:
    """Box & Cox (1964) with λ of the highest likelihood, on (x − min) / range + 1/100.

    >>> bool(np.all(np.diff(box_cox(np.array([0.0, 1, 2, 4, 9, 100]))) > 0))
    True
    """
    there = ~np.isnan(column)
    low, high = np.nanmin(column), np.nanmax(column)
    mended = column.copy()
    mended[there] = stats.boxcox((column[there] - low) / (high - low) + 0.01)[0]
    return mended
