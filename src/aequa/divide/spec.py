"""The parameters of the index: every choice a composite index makes, with defaults and sources.

The steps are those of the handbook: OECD/JRC (2008), *Handbook on Constructing Composite
Indicators: Methodology and User Guide*, OECD Publishing.
"""

from __future__ import annotations

from dataclasses import dataclass

from aequa.core.errors import SpecError

NORMALISATIONS = ("minmax", "zscore", "rank", "goalposts")
WEIGHTINGS = ("equal", "expert", "pca", "bod")
AGGREGATIONS = ("arithmetic", "geometric", "borda", "copeland")
MISSING = ("none", "group")
TRANSFORMS = ("log", "boxcox", "none")
LIFTS = ("quartile", "best")


@dataclass(frozen=True)
class Spec:
    """One index. Raises ``SpecError`` where a value is outside its valid choices."""

    window: int = 15
    """The latest value of the last so many years is used; older ones are a counted exclusion."""
    until: int | None = None
    """The last year looked at; None for the last year that any indicator has."""
    population: str = "gapminder:population"
    """The indicator of the panel that counts people, for values per head and for peers."""
    pillar_share: float = 0.5
    """A country needs this share of a pillar's indicators to have a score in it (handbook, step 3:
    state how much data a country may lack)."""
    index_share: float = 2 / 3
    """… and this share of an index's pillars to be ranked."""
    missing: str = "none"
    """``none``: the mean is over what is there. ``group``: a gap gets the mean of its income group,
    flagged. The limits above count observed values only."""
    grouping: str = "income"
    """The grouping of ``aequa.core.groups`` that ``group`` and the peers go by."""
    skewness: float = 2.0
    kurtosis: float = 3.5
    """Outliers are treated while |skewness| and kurtosis reach both (COINr; Groeneveld & Meeden
    1984)."""
    winsorise: int = 5
    """At most so many values are pulled in (COINr's default)."""
    transform: str = "log"
    """What an indicator gets that winsorising does not mend: ``log``, ``boxcox`` or ``none``."""
    normalise: str = "minmax"
    weights: str = "equal"
    aggregate: str = "arithmetic"
    bod_low: float = 0.1
    bod_high: float = 0.6
    """Bounds of a pillar's share in a country's benefit-of-the-doubt score (Cherchye et al. 2007,
    §3: without bounds a country may put all weight on one pillar)."""
    runs: int = 1000
    """Monte-Carlo runs; 0 for none. Saisana, Saltelli & Tarantola (2005) use some thousand."""
    seed: int = 20080808
    level: float = 0.9
    """Level of the intervals of scores and ranks."""
    perturbation: float = 0.25
    """Each weight is drawn evenly within ± this share of itself (COINr's example)."""
    normalisations: tuple[str, ...] = ("minmax", "zscore", "rank")
    aggregations: tuple[str, ...] = ("arithmetic", "geometric", "borda", "copeland")
    missings: tuple[str, ...] = MISSING
    leave_out: bool = True
    """Whether a run may leave out one indicator."""
    sobol: int = 512
    """Base sample of the sensitivity analysis, a power of 2; 7 times as many runs are made."""
    peers: int = 5
    lift: str = "quartile"
    """Where an indicator is lifted to in a profile: the peers' 75th percentile or their best."""

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            _chosen(name, getattr(self, name), choices)
        for name, choices in _SEVERAL.items():
            if not getattr(self, name):
                raise SpecError(f"{name}: found none, expected one or more of {choices}")
            for value in getattr(self, name):
                _chosen(name, value, choices)
        for name, (low, high) in _RANGES.items():
            if not low <= getattr(self, name) <= high:
                found = getattr(self, name)
                raise SpecError(f"{name}: found {found}, expected {low:g} to {high:g}")
        if self.bod_low > self.bod_high:
            raise SpecError(f"bod_low {self.bod_low} is above bod_high {self.bod_high}")
        if self.sobol & (self.sobol - 1):
            raise SpecError(f"sobol: found {self.sobol}, expected a power of 2")
        if self.weights == "bod" and self.aggregate != "arithmetic":
            raise SpecError(f"weights bod: expected aggregate arithmetic, found {self.aggregate}")


_CHOICES = {
    "missing": MISSING,
    "transform": TRANSFORMS,
    "normalise": NORMALISATIONS,
    "weights": WEIGHTINGS,
    "aggregate": AGGREGATIONS,
    "lift": LIFTS,
}
_SEVERAL = {"normalisations": NORMALISATIONS, "aggregations": AGGREGATIONS, "missings": MISSING}
_RANGES = {
    "window": (1, 1000),
    "pillar_share": (0, 1),
    "index_share": (0, 1),
    "skewness": (0, 1000),
    "kurtosis": (0, 1000),
    "winsorise": (0, 1e6),
    "bod_low": (0, 1),
    "bod_high": (0, 1),
    "runs": (0, 1e6),
    "level": (0, 1),
    "perturbation": (0, 1),
    "sobol": (2, 2**20),
    "peers": (1, 250),
}


def _chosen(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise SpecError(f"{name}: found {value!r}, expected one of {', '.join(choices)}")
