"""Values to scores of 0 to 100, and bounds where a source gives none."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt

from aequa.scores.spec import BEST, TAIL

Floats = npt.NDArray[np.float64]


def normalise(values: Floats, lower: Floats, optimum: Floats) -> Floats:
    """Scores ``clip((x − lower) / (optimum − lower), 0, 1) × 100``; missing stays missing.

    ``values`` (countries, indicators, years); ``lower`` and ``optimum`` (indicators,), the values
    that score 0 and 100. The direction lies in the bounds: where less is better, the optimum is
    the smaller. Where both are equal nothing can be scored: NaN.
    Source: Lafortune et al. 2018; Sachs et al. 2021, part 4.

    >>> rates = np.array([[[10.0], [5.0]], [[30.0], [np.nan]]])
    >>> normalise(rates, np.array([40.0, 0.0]), np.array([0.0, 4.0]))[:, :, 0].tolist()
    [[75.0, 100.0], [25.0, nan]]
    """
    span = np.where(optimum == lower, np.nan, optimum - lower)[None, :, None]
    with np.errstate(over="ignore"):  # beyond all bounds is clipped too
        share = (values - lower[None, :, None]) / span
    return np.asarray(np.clip(share, 0.0, 1.0) * 100, np.float64)


def latest(values: Floats) -> Floats:
    """The last value of each country and indicator: (countries, indicators); NaN where none.

    >>> latest(np.array([[[1.0, 2.0, np.nan]]])).tolist()
    [[2.0]]
    """
    if values.shape[2] == 0:
        return np.full(values.shape[:2], np.nan)
    seen = ~np.isnan(values)
    at = values.shape[2] - 1 - np.argmax(seen[:, :, ::-1], axis=2)
    return np.asarray(np.take_along_axis(values, at[:, :, None], axis=2)[:, :, 0], np.float64)


def computed_bounds(values: Floats, direction: Floats) -> tuple[Floats, Floats]:
    """Lower bound and optimum (indicators,) from the countries' latest values.

    ``values`` (countries, indicators) and ``direction`` (indicators,): 1, −1 or NaN. The lower
    bound is the percentile ``TAIL`` at the worse end, the optimum the mean of the ``BEST`` best
    countries; NaN where the direction is unknown or nothing was observed.
    Source: Lafortune et al. 2018.

    >>> rates = np.arange(1.0, 202.0)[:, None]
    >>> [bound.tolist() for bound in computed_bounds(rates, np.array([-1.0]))]
    [[196.0], [3.0]]
    """
    better = values * direction[None, :]
    best = -np.sort(-better, axis=0)[:BEST]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        lower = np.nanpercentile(better, TAIL, axis=0) if len(values) else np.nan * direction
        optimum = np.nanmean(best, axis=0) if len(values) else np.nan * direction
    return np.asarray(lower * direction, np.float64), np.asarray(optimum * direction, np.float64)
