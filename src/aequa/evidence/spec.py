"""The parameters of the evidence room."""

from __future__ import annotations

from dataclasses import dataclass

from aequa.core.errors import SpecError


@dataclass(frozen=True)
class Spec:
    """How the tables are made; the defaults are the conventional ones.

    >>> Spec(level=95)
    Traceback (most recent call last):
    ...
    aequa.core.errors.SpecError: level: found 95, expected a number between 0 and 1
    """

    level: float = 0.95
    """Confidence level of every interval."""
    seed: int = 0
    """Seed of the bootstrap."""
    replicates: int = 1000
    """Bootstrap samples per interval (Efron & Tibshirani 1993 ask for 1,000 or more)."""
    min_denominator: int = 30
    """Shares over fewer works than this are flagged ``few``: shown, but not for a ranking."""
    examples: int = 10
    """Works listed per key of the table ``examples``."""
    country_examples: int = 5
    """Works listed per country there."""

    def __post_init__(self) -> None:
        """Raise SpecError for a value outside its choices."""
        if not 0 < self.level < 1:
            raise SpecError(f"level: found {self.level}, expected a number between 0 and 1")
        for name in ("replicates", "min_denominator", "examples", "country_examples"):
            if getattr(self, name) < 1:
                raise SpecError(f"{name}: found {getattr(self, name)}, expected 1 or more")
        if self.seed < 0:
            raise SpecError(f"seed: found {self.seed}, expected 0 or more")
