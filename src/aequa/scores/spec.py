"""The choices of the scores and where they come from."""

from __future__ import annotations

from dataclasses import dataclass

from aequa.core.errors import SpecError

TAIL = 2.5
"""Percentile at the worse end that scores 0 where no bound is given (Lafortune et al. 2018)."""

BEST = 5
"""How many best countries make the optimum where none is given (Lafortune et al. 2018)."""


@dataclass(frozen=True)
class Spec:
    """How goals and the index are made of indicators.

    Raises ``SpecError`` where a value lies outside its choices.
    """

    grouping: str = "subregion"
    """The groups of countries (``core/groups.py``) whose mean stands in for what is missing."""
    carry: int = 10
    """For how many years the last value of an indicator stands in for later ones: the workbook
    of Sachs et al. 2021 scores the latest value there is, and a decade is the limit that its
    codebook names for one indicator (``sdg9_netacc``)."""
    least_share: float = 0.2
    """A goal has a score where at least this share of its indicators has a value. The workbook of
    2021 scores goals with 1 of 4 indicators and leaves those with 1 of 6 empty."""
    least_coverage: float = 0.8
    """A country has an index, and counts in the means of its group, in years when at least this
    share of all indicators has a value (Sachs et al. 2021: four fifths)."""
    filled_goals: tuple[int, ...] = ()
    """Goals whose missing indicators take the mean of the group before the goal is averaged."""

    def __post_init__(self) -> None:
        for name in ("least_share", "least_coverage"):
            if not 0 <= getattr(self, name) <= 1:
                raise SpecError(f"{name}: found {getattr(self, name)!r}, expected 0 to 1")
        if self.carry < 0:
            raise SpecError(f"carry: found {self.carry!r}, expected 0 years or more")
        for goal in self.filled_goals:
            if goal not in range(1, 18):
                raise SpecError(f"filled_goals: found {goal!r}, expected goals 1 to 17")


SDR_2021 = Spec(least_coverage=0.78, filled_goals=(4,))
"""The workbook of 2021: it fills indicators for goal 4 and for no other, and its four fifths are of
the indicators that apply to a country (those of the sea do not to the landlocked, and one of two on
public finance): 0.78 of all indicators parts the 165 countries with an index from the other 28."""
