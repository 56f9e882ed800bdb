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
    min_judged: int = 10
    """A share is corrected where as many judged works deserve the label, and as many do not."""
    min_youden: float = 0.2
    """No correction where sensitivity + specificity − 1 (Youden 1950) is not above this."""
    max_other_texts: float = 0.2
    """Error rates of whole texts serve up to this share of works judged by title, and reversely."""

    def __post_init__(self) -> None:
        """Raise SpecError for a value outside its choices."""
        if not 0 < self.level < 1:
            raise SpecError(f"level: found {self.level}, expected a number between 0 and 1")
        wholes = ("replicates", "min_denominator", "examples", "country_examples", "min_judged")
        for name in wholes:
            if getattr(self, name) < 1:
                raise SpecError(f"{name}: found {getattr(self, name)}, expected 1 or more")
        for name in ("min_youden", "max_other_texts"):
            if not 0 <= getattr(self, name) < 1:
                found = getattr(self, name)
                raise SpecError(f"{name}: found {found}, expected a number from 0 to below 1")
        if self.seed < 0:
            raise SpecError(f"seed: found {self.seed}, expected 0 or more")
