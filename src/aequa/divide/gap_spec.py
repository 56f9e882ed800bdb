"""The parameters of the three imbalances, with defaults and sources."""

from __future__ import annotations

from dataclasses import dataclass

from aequa.core.errors import SpecError
from aequa.core.groups import groups


@dataclass(frozen=True)
class GapSpec:
    """How imbalances are measured. Raises ``SpecError`` for a value outside its valid choices.

    >>> GapSpec(scope_share=2)
    Traceback (most recent call last):
    ...
    aequa.core.errors.SpecError: scope_share: found 2, expected a number from 0 to 1
    """

    level: float = 0.95
    """Confidence level of every interval."""
    replicates: int = 1000
    """Bootstrap samples per interval (Efron & Tibshirani 1993 ask for 1,000 or more)."""
    seed: int = 20080808
    window: int = 10
    """The latest value of the last so many years is used; older ones are counted, not used."""
    until: int | None = None
    """The last year looked at; None for the last year that the panel has."""
    population: str = "gapminder:population"
    """The indicator of the panel that counts people."""
    groupings: tuple[str, ...] = ("north_south", "income", "region")
    """Groupings of ``aequa.core.groups`` that inequality is split by."""
    counted: tuple[str, ...] = ("works", "highly_cited", "models")
    """Subjects that count things, whose sampling error is Poisson's; others are amounts."""
    tops: tuple[int, ...] = (2, 5)
    """Shares of the so many leading countries are shown."""
    covered_window: int = 5
    """A series is covered in a country that has a value of the last so many years up to
    the last in which any country has one (household surveys such as the DHS come about every five
    years)."""
    scope_groupings: tuple[str, ...] = ("north_south", "income", "lldc", "sids")
    """Groupings that say whom a series is meant for (donors, coasts, small islands)."""
    scope_share: float = 0.25
    """A series is applicable to a group of which this share of countries ever reports it."""

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise SpecError(f"level: found {self.level}, expected a number between 0 and 1")
        for name in ("replicates", "window", "covered_window"):
            if getattr(self, name) < 1:
                raise SpecError(f"{name}: found {getattr(self, name)}, expected 1 or more")
        if not 0 <= self.scope_share <= 1:
            found = self.scope_share
            raise SpecError(f"scope_share: found {found}, expected a number from 0 to 1")
        if any(top < 1 for top in self.tops):
            raise SpecError(f"tops: found {self.tops}, expected numbers of 1 or more")
        if self.seed < 0:
            raise SpecError(f"seed: found {self.seed}, expected 0 or more")
        for grouping in (*self.groupings, *self.scope_groupings):
            groups(grouping)
