"""``python -m benchmarks.interlink_power``: known links found, and false ones.

Panels of 100 countries × 20 indicators × 20 years: random walks with a common trend in which ten
pairs of indicators share a part of each year's shock (correlation as printed), the other 180 pairs
nothing. 400 panels each; the classical method's links are pairs whose mean ρ is beyond .6.
"""

from __future__ import annotations

import numpy as np

from aequa.interlink.associate import within
from aequa.interlink.conservative import normal_scores, shocks, sums
from aequa.interlink.significance import outcome, weights

SHAPE = (100, 20, 20)
PANELS = 400
TREND = 0.5


def made(strength: float, chance: np.random.Generator) -> np.ndarray:
    """Indicators 2k and 2k + 1 have shocks that correlate by ``strength``."""
    shock = chance.normal(0, 1, SHAPE)
    shock[:, 1::2] = strength * shock[:, ::2] + np.sqrt(1 - strength**2) * shock[:, 1::2]
    return np.cumsum(shock + TREND, axis=2)


def main() -> None:
    first, second = np.triu_indices(SHAPE[1], 1)
    true = (first % 2 == 0) & (second == first + 1)
    print("| correlation of shocks | found | false among found | classical: found | false |")
    print("|---|---|---|---|---|")
    for strength in (0.0, 0.05, 0.1, 0.15, 0.2, 0.3):
        counts = np.zeros(4)
        false_share = []
        for seed in range(PANELS):
            chance = np.random.default_rng([seed, int(100 * strength)])
            values = made(strength, chance)
            left = shocks(normal_scores(values), np.ones((100, 20, 19), bool))
            found = outcome(sums(left, left), weights(100, 500, chance)).q <= 0.05
            rho = within(values, 10).rho[:, first, second].mean(0)
            linked = np.abs(rho) > 0.6
            known = true & (strength > 0)
            counts += (found & known).sum(), (found & ~known).sum(), 0, 0
            counts += 0, 0, (linked & known).sum(), (linked & ~known).sum()
            false_share.append((found & ~known).sum() / max(found.sum(), 1))
        links = PANELS * 10
        print(
            f"| {strength:.2f} | {counts[0] / links if strength else 0:.0%} "
            f"| {np.mean(false_share):.2%} ± {1.96 * np.std(false_share) / PANELS**0.5:.2%} "
            f"| {counts[2] / links if strength else 0:.0%} | {counts[3]:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
