"""``python -m benchmarks.divide``: Monte-Carlo runs of the index, beside a plain loop over some."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from aequa.divide.aggregate import overall
from aequa.divide.robust import Setup, choose, perturbations, run, uncertainty
from aequa.divide.spec import Spec
from aequa.divide.structure import structure

Floats = npt.NDArray[np.float64]

COUNTRIES, INDICATORS, LOOPED = 193, 15, 50


def setup(spec: Spec) -> Setup:
    """Random scores of 193 countries in 15 indicators of three pillars."""
    rng = np.random.default_rng(1)
    made = structure([{"indicator": f"i{at}", "pillar": f"p{at % 3}"} for at in range(INDICATORS)])
    shape = (len(spec.normalisations), len(spec.missings), COUNTRIES, INDICATORS)
    bases = rng.uniform(0, 100, shape)
    allowed = np.ones((len(made.pillars), COUNTRIES), bool)
    weights = made.leaf_weights, made.node_weights
    one = overall("arithmetic", bases[0, 0], weights[0][None], weights[1][None], made.tree, allowed)
    return Setup(made.tree, *weights, allowed, bases, one[0])


def loop(made: Setup, spec: Spec, draws: Floats) -> Floats:
    """The same runs one by one, every mean and every duel in Python."""
    leaves = len(made.leaf_weights)
    chosen = choose(draws, spec, leaves)
    factors = perturbations(spec, leaves + len(made.node_weights))
    top = len(made.node_weights) - 1
    result = []
    for at in range(len(draws)):
        values = made.bases[chosen.normalisation[at], chosen.missing[at]]
        factor = factors[chosen.weights[at]]
        leaf = [float(w * f) for w, f in zip(made.leaf_weights, factor, strict=False)]
        if chosen.left_out[at]:
            leaf[chosen.left_out[at] - 1] = 0.0
        node = made.node_weights * factor[leaves:]
        weights = _whole(leaf, [float(w) for w in node[:top]], made.tree.leaf_parent.tolist())
        result.append(_one(spec.aggregations[chosen.aggregation[at]], values.tolist(), weights))
    return np.array(result)


def _whole(leaf: list[float], node: list[float], parent: list[int]) -> list[float]:
    total = [sum(w for w, p in zip(leaf, parent, strict=True) if p == n) for n in range(len(node))]
    return [w / total[p] * node[p] / sum(node) for w, p in zip(leaf, parent, strict=True)]


def _one(method: str, values: list[list[float]], weights: list[float]) -> list[float]:
    pairs = [list(zip(row, weights, strict=True)) for row in values]
    if method == "arithmetic":
        return [sum(x * w for x, w in row) for row in pairs]
    if method == "geometric":
        logs = [sum(w * float(np.log(1 + 0.99 * x)) for x, w in row) for row in pairs]
        return [(float(np.exp(log)) - 1) / 0.99 for log in logs]
    scores = []
    for own in values:
        score = 0.0
        for other in values:
            if other is own:
                continue
            signs = [(a > b) - (a < b) for a, b in zip(own, other, strict=True)]
            margin = sum(s * w for s, w in zip(signs, weights, strict=True))
            score += margin if method == "borda" else (margin > 0) - (margin < 0)
        scores.append(50 + 50 * score / (len(values) - 1))
    return scores


def timed(name: str, function: Callable[[], object]) -> float:
    """Run it, print processor seconds and the peak so far, and return the seconds."""
    start, wall = time.process_time(), time.perf_counter()
    function()
    spent, waited = time.process_time() - start, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name}: {spent:.2f} s processor, {waited:.2f} s wall, peak {peak:.0f} MB")
    return spent


def main() -> None:
    """Print both, and how far apart their scores are."""
    spec = Spec()
    made = setup(spec)
    fast = timed(f"{spec.runs} runs, vectorised", lambda: uncertainty(made, spec))
    draws = np.random.default_rng([spec.seed, 1]).random((spec.runs, 5))[:LOOPED]
    slow = timed(f"{LOOPED} runs, Python loop", lambda: loop(made, spec, draws))
    apart = np.abs(loop(made, spec, draws) - run(made, spec, draws)).max()
    print(f"{slow / LOOPED * spec.runs / fast:.0f} times as fast; scores differ by {apart:.1e}")


if __name__ == "__main__":
    main()
