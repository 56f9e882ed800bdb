"""The parameters of the link methods; each default cites where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from aequa.core.errors import SpecError
from aequa.core.groups import groups
from aequa.core.panel import NATURES


@dataclass(frozen=True)
class Spec:
    """What to count as a link, and how sure to be of it; raises ``SpecError`` when out of range."""

    threshold: float = 0.6
    """A rank correlation above it is a synergy, below its negative a trade-off: Pradhan, Costa,
    Rybski, Lucht & Kropp (2017), Earth's Future 5, 1169–1179."""
    years: int = 10
    """Fewest years that two series of a country must share for their rank correlation: below ten a
    correlation of .6 is not significant at 5 % even for independent years (Zar 1972, JASA 67)."""
    permutations: int = 200
    """Random pairings of countries behind the placebo of the classical shares; the 2.5th percentile
    of 200 is the fifth smallest."""
    bootstraps: int = 500
    """Resamples of countries behind standard errors and intervals (Cameron, Gelbach & Miller 2008,
    Review of Economics and Statistics 90, use 400–1,000)."""
    fdr: float = 0.05
    """Expected share of false links among those found: Benjamini & Hochberg (1995), JRSS B 57."""
    duplicate: float = 0.95
    """Two indicators whose levels correlate beyond this measure the same thing."""
    same_source: bool = False
    """Whether pairs of indicators of one source are tested too: they share its errors."""
    collection: float = 0.25
    """A source of more than this share of the indicators is a database that collects from many
    producers, and having it in common says nothing."""
    natures: tuple[str, ...] = ("modelled", "carried")
    """Observations that the conservative method does not use; of ``core.panel.NATURES``."""
    zeros: bool = False
    """Whether an exact repetition of last year's value counts as observed where the panel does not
    say how it came about; in the SDR 2021 panel a quarter of the goals' yearly changes are zero."""
    countries: int = 20
    """Fewest countries for a pair: with fewer clusters, cluster-robust tests find too much
    (Cameron & Miller 2015, Journal of Human Resources 50)."""
    observations: int = 100
    """Fewest country-years for a pair."""
    placebos: int = 20
    """Runs of the whole conservative method on permuted countries."""
    groupings: tuple[str, ...] = ("income", "region")
    """Groupings of ``core.groups`` by which all is done again."""
    seed: int = 2017

    def __post_init__(self) -> None:
        for name in ("years", "permutations", "bootstraps", "countries", "observations"):
            least = {"years": 3, "bootstraps": 50, "countries": 3, "observations": 3}.get(name, 1)
            _check(getattr(self, name) >= least, name, getattr(self, name), f"at least {least}")
        for name in ("threshold", "fdr", "duplicate", "collection"):
            value = getattr(self, name)
            _check(isfinite(value) and 0 < value <= 1, name, value, "more than 0, at most 1")
        _check(self.placebos >= 0, "placebos", self.placebos, "at least 0")
        unknown = sorted(set(self.natures) - set(NATURES))
        _check(not unknown, "natures", unknown, f"some of {', '.join(NATURES)}")
        for grouping in self.groupings:
            groups(grouping)


def _check(holds: bool, name: str, found: object, expected: str) -> None:
    if not holds:
        raise SpecError(f"interlink {name}: found {found!r}, expected {expected}")
