"""``python -m benchmarks.interlink``: the link methods on a made panel of the size of the SDR's.

193 countries × 89 indicators × 22 years of random walks with a common trend, complete; with blocks
of years missing as in real panels; and with single years missing at random, the worst case. scipy's
``spearmanr`` runs pair by pair on the first ``PAIRS`` country × indicator pairs within countries,
and ours on these same countries.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from aequa.interlink.across import across
from aequa.interlink.associate import within
from aequa.interlink.beyond import beyond, prepared
from aequa.interlink.observed import Group, Observed
from aequa.interlink.placebo import shares
from aequa.interlink.spec import Spec

Floats = npt.NDArray[np.float64]
Result = TypeVar("Result")
SHAPE = (193, 89, 22)
COUNTRIES = 2
"""For scipy: 2 countries × 3,916 pairs of indicators."""


def panel(missing: str) -> Floats:
    chance = np.random.default_rng(2017)
    values = np.cumsum(chance.normal(0.3, 1, SHAPE), axis=2)
    if missing == "years at random":
        values[chance.random(SHAPE) < 0.1] = np.nan
    if missing == "first years":
        first = chance.integers(0, 8, SHAPE[:2])
        values[np.arange(SHAPE[2]) < first[:, :, None]] = np.nan
    return values


def timed(name: str, call: Callable[[], Result]) -> Result:
    wall, cpu = time.perf_counter(), time.process_time()
    result = call()
    spent = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name:58} {spent[0]:7.2f} s   CPU {spent[1]:7.2f} s", flush=True)
    return result


def classical(values: Floats, spec: Spec) -> None:
    within(values, spec.years)
    counts = across(values, spec.years, spec.threshold)
    chance = np.random.default_rng(spec.seed)
    shares(counts, np.arange(len(values)), spec.permutations, chance)


def conservative(values: Floats, spec: Spec) -> None:
    names = tuple(f"i{k}" for k in range(values.shape[1]))
    countries = tuple(f"c{k}" for k in range(values.shape[0]))
    none = (None,) * len(names)
    natures = np.zeros(values.shape, np.uint8)
    seen = Observed("indicator", countries, names, values, natures, none, none)
    ready, _ = prepared(seen, spec)
    beyond(seen, ready, [Group("all", np.arange(len(countries)))], spec)


def pair_loop(values: Floats) -> Floats:
    """scipy over the shared years of each pair, as one writes it by hand."""
    first, second = np.triu_indices(values.shape[1], 1)
    rho = np.full((len(values), len(first)), np.nan)
    for country, series in enumerate(values):
        for pair, (i, j) in enumerate(zip(first, second, strict=True)):
            both = ~np.isnan(series[i]) & ~np.isnan(series[j])
            if both.sum() >= 10:
                rho[country, pair] = spearmanr(series[i][both], series[j][both]).statistic
    return rho


def main() -> None:
    spec = Spec(groupings=())
    for missing in ("nothing", "first years", "years at random"):
        values = panel(missing)
        name = f"classical, 200 permutations; missing: {missing}"
        timed(name, lambda values=values: classical(values, spec))  # type: ignore[misc]
    timed("conservative, 500 bootstraps, 20 placebos", lambda: conservative(values, spec))
    part = values[:COUNTRIES]
    pairs = COUNTRIES * SHAPE[1] * (SHAPE[1] - 1) // 2
    slow = timed(f"scipy.stats.spearmanr, {pairs:,} pairs", lambda: pair_loop(part))
    fast = timed(f"ours, the same {pairs:,} pairs", lambda: within(part, spec.years))
    first, second = np.triu_indices(SHAPE[1], 1)
    gap = np.nanmax(np.abs(fast.rho[:, first, second] - slow))
    print(f"largest difference in ρ between the two: {gap:.1e}")


if __name__ == "__main__":
    main()
