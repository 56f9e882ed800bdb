"""The parameters of direct links, direction, cascade, centrality and the literature's network."""

from __future__ import annotations

from dataclasses import dataclass

from aequa.core.errors import SpecError


@dataclass(frozen=True)
class DirectionSpec:
    """How links are told to be direct and directed; each default cites its source.

    >>> DirectionSpec(threshold=0.5)
    Traceback (most recent call last):
    ...
    aequa.core.errors.SpecError: threshold: found 0.5, expected above 0.5 and at most 1
    """

    level: float = 0.95
    """Confidence level of every interval."""
    fdr: float = 0.05
    """False discovery rate below which a link holds (Benjamini & Hochberg 1995)."""
    seed: int = 0
    """Seed of half-samples, bootstrap and permutations."""
    lags: int = 1
    """Yearly lags in Granger's test and the projections. Dumitrescu & Hurlin (2012) need more than
    5 + 2 lags years; panels of two decades carry one."""
    horizons: int = 5
    """Years ahead that local projections (Jordà 2005) look."""
    permutations: int = 500
    """Pairings across countries that calibrate Granger's test."""
    half_samples: int = 100
    """Half-samples of countries (Meinshausen & Bühlmann 2010 take 100)."""
    threshold: float = 0.75
    """Selection probability from which an edge is stable; they advise .6 to .9."""
    false_edges: float = 1.0
    """Expected number of falsely stable edges at most: their bound fixes the edges per sample."""
    bootstraps: int = 500
    """Samples of countries behind the intervals of partial correlations and centrality."""
    relabellings: int = 2000
    """Random relabellings of the goals when two networks are compared (QAP, Krackhardt 1988)."""
    min_countries: int = 10
    """A pair with fewer countries is left out and counted; a panel with fewer is refused."""

    def __post_init__(self) -> None:
        """Raise SpecError for a value outside its choices."""
        for name in ("level", "fdr"):
            if not 0 < getattr(self, name) < 1:
                found = getattr(self, name)
                raise SpecError(f"{name}: found {found}, expected a number between 0 and 1")
        least = {"lags": 1, "horizons": 1, "permutations": 20, "half_samples": 10, "seed": 0}
        for name, low in {**least, "bootstraps": 100, "relabellings": 100}.items():
            if getattr(self, name) < low:
                raise SpecError(f"{name}: found {getattr(self, name)}, expected {low} or more")
        if not 0.5 < self.threshold <= 1:
            raise SpecError(f"threshold: found {self.threshold}, expected above 0.5 and at most 1")
        if not self.false_edges > 0:
            raise SpecError(f"false_edges: found {self.false_edges}, expected above 0")
        if self.min_countries < 3:
            raise SpecError(f"min_countries: found {self.min_countries}, expected 3 or more")
