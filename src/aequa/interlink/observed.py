"""The panel as the link methods take it: checked, and turned so that more is better."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from aequa.core.errors import InputError
from aequa.core.groups import groups
from aequa.core.panel import Panel, cube
from aequa.interlink.associate import Floats
from aequa.interlink.exclusions import Excluded

LEAST = 3
"""Countries: with two there is one way only to pair each with another."""


class Observed(NamedTuple):
    """A panel's cells, higher better."""

    level: str
    """``indicator`` or ``goal``"""
    countries: tuple[str, ...]
    indicators: tuple[str, ...]
    values: Floats
    """(countries, indicators, years), NaN where missing"""
    natures: npt.NDArray[np.uint8]
    """As in ``core.panel.Cube``"""
    families: tuple[str | None, ...]
    sources: tuple[str | None, ...]

    @property
    def pairs(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """First and second indicator of every pair."""
        first, second = np.triu_indices(len(self.indicators), 1)
        return first, second


class Group(NamedTuple):
    """Countries that belong together."""

    name: str
    """``all``, or grouping and group: ``income: low``"""
    members: npt.NDArray[np.int64]
    """Their places"""


def observed(panel: Panel, level: str, years: int) -> tuple[Observed, list[Excluded]]:
    """The panel with each value times its direction; indicators without one are left out, counted.

    Raises ``InputError`` for an infinite value, fewer than three countries, two indicators or
    ``years`` years.
    """
    about = {row["indicator"]: row for row in panel.indicators.to_pylist()}
    cells = cube(panel)
    direction = [about.get(name, {}).get("direction") for name in cells.indicators]
    known = np.array([turn is not None for turn in direction], bool)
    kept = [name for name, has in zip(cells.indicators, known, strict=True) if has]
    turn = np.array([turn for turn in direction if turn is not None], float)
    values = cells.values[:, known] * turn[:, None]
    _check(values, kept, cells.countries, years, level)
    counts = (~np.isnan(cells.values)).sum((0, 2))
    left_out = [
        Excluded(level, "both", "all", name, None, "direction not stated", int(count))
        for name, has, count in zip(cells.indicators, known, counts, strict=True)
        if not has
    ]
    families = tuple(about[name]["family"] for name in kept)
    sources = tuple(about[name]["source"] for name in kept)
    natures = cells.natures[:, known]
    return (
        Observed(level, cells.countries, tuple(kept), values, natures, families, sources),
        left_out,
    )


def _check(
    values: Floats, indicators: Sequence[str], countries: Sequence[str], years: int, level: str
) -> None:
    for found, least, what in (
        (values.shape[0], LEAST, "countries"),
        (values.shape[1], 2, "indicators with a direction"),
        (values.shape[2], years, "years"),
    ):
        if found < least:
            message = f"{level} panel: found {found} {what}, expected {least} or more"
            raise InputError(f"{message}: no link can be told from chance")
    country, indicator, _ = np.nonzero(np.isinf(values))
    if len(country):
        where = f"country {countries[country[0]]}, indicator {indicators[indicator[0]]}"
        raise InputError(f"{level} panel, {where}: found an infinite value, expected numbers")


def grouped(countries: Sequence[str], groupings: Sequence[str]) -> list[Group]:
    """All countries, then each group of each grouping that has any of them."""
    found = [Group("all", np.arange(len(countries)))]
    for grouping in groupings:
        of = groups(grouping)
        labels = np.array([of.get(country, "unclassified") for country in countries])
        for label in sorted(set(labels)):
            found.append(Group(f"{grouping}: {label}", np.flatnonzero(labels == label)))
    return found
