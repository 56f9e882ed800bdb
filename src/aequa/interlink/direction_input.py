"""The series that direction is told from: checked, sorted, with what is common taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aequa.core.errors import InputError
from aequa.interlink.within import changes

Array = NDArray[np.float64]
LEAST_YEARS = 6
"""Yearly changes need lags, and errors a few years; Granger's test says itself what it lacks."""


class Series(NamedTuple):
    """Series of one level and one group of countries, sorted by name on both axes."""

    countries: tuple[str, ...]
    variables: tuple[str, ...]
    levels: Array
    """(countries, variables, years): scores where a point more is better, NaN as missing"""
    residuals: Array
    """(countries, variables, years or years − 1): yearly changes less what is common"""
    level: str
    """``goal`` or ``indicator``"""
    group: str
    """The group of countries, or ``all``"""
    still: NDArray[np.int64]
    """Countries in which each variable is known but never changes: left out everywhere"""


def series(
    countries: Sequence[str],
    variables: Sequence[str],
    levels: Array,
    residuals: Array | None = None,
    level: str = "goal",
    group: str = "all",
) -> Series:
    """Checked and sorted input; ``residuals`` are the levels' changes less both means if not given.

    Raises InputError where shapes and names disagree, a name repeats, a value is infinite, or
    there are fewer than three countries, two variables or six years.
    """
    expected = (len(countries), len(variables))
    for what, found in (
        ("levels", levels),
        ("residuals", levels if residuals is None else residuals),
    ):
        if found.ndim != 3 or found.shape[:2] != expected:
            shape = f"({expected[0]}, {expected[1]}, years)"
            raise InputError(f"{what}: found shape {found.shape}, expected {shape}")
        if np.isinf(found).any():
            raise InputError(f"{what}: found an infinite value, expected numbers and NaN")
    for what, names, least in (("countries", countries, 3), ("variables", variables, 2)):
        if len(set(names)) < len(names):
            raise InputError(f"{what}: found a name twice, expected each once")
        if len(names) < least:
            raise InputError(f"{what}: found {len(names)}, expected {least} or more")
    if levels.shape[2] < LEAST_YEARS:
        raise InputError(f"years: found {levels.shape[2]}, expected {LEAST_YEARS} or more")
    rows, columns = np.argsort(np.array(countries)), np.argsort(np.array(variables))
    at = np.ix_(rows, columns)
    moving, still = _moving(levels[at])
    given = (
        changes(moving) if residuals is None else np.where(still[..., None], np.nan, residuals[at])
    )
    return Series(
        tuple(countries[i] for i in rows),
        tuple(variables[i] for i in columns),
        moving,
        given,
        level,
        group,
        still.sum(0),
    )


def _moving(levels: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Levels without series that never change, and which these are.

    Such a series says nothing of its own: less the year means it would mirror all other countries.
    """
    known = np.isfinite(levels)
    top = np.where(known, levels, -np.inf).max(-1, initial=-np.inf)
    bottom = np.where(known, levels, np.inf).min(-1, initial=np.inf)
    still = known.any(-1) & (top == bottom)
    return np.where(still[..., None], np.nan, levels), still
