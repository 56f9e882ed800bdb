"""``python -m benchmarks.coverage``: how often the intervals of ``aequa audit`` hold the truth.

Corpora of 4,000 works whose truth is known are drawn; a machine labels them with known errors, a
person (never wrong here) labels a stratified sample, and the interval is computed as
``aequa audit estimate`` does. Beside it stands the same interval from the person's labels alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from aequa.audit.engine import audit
from aequa.audit.inference import bounds, estimate, solve
from aequa.audit.measures import MEASURES, Judgement, indicators
from aequa.audit.moments import Moments
from aequa.audit.strata import Spec, allocate, draw
from aequa.core.works import AREAS, CHALLENGES

WORKS = 4000
REPLICATES = 2000
Z = 1.959964


class Setting(NamedTuple):
    """A label and a machine: how frequent, what it finds of them, and what it labels wrongly."""

    prevalence: float
    recall: float
    false_alarms: float
    """Part of the works without the label to which the machine gives it."""
    labelled: int
    strata: bool
    """Whether the strata are made from this label; else from others only."""


LABELS = (
    (0.30, 0.90, 0.05),
    (0.30, 1.00, 0.00),
    (0.30, 0.60, 0.30),
    (0.90, 0.95, 0.10),
    (0.05, 0.80, 0.02),
    (0.02, 0.70, 0.01),
    (0.02, 0.30, 0.005),
    (0.01, 0.80, 0.05),
    (0.005, 0.50, 0.002),
)
SETTINGS = tuple(
    Setting(*label, labelled, strata)
    for strata in (True, False)
    for labelled in (60, 200, 500)
    for label in LABELS
)


def population(setting: Setting, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(N, 4) a, d, f, g of every work, and its stratum; the machine's AI label errs too."""
    d = chance.random(WORKS) < 0.8
    a = d & (chance.random(WORKS) < setting.prevalence)
    g = chance.random(WORKS) < np.where(d, 0.96, 0.08)
    f = g & (chance.random(WORKS) < np.where(a, setting.recall, setting.false_alarms))
    other = chance.random(WORKS) < 0.3
    stratum = np.where(~g, 0, np.where(f & setting.strata, 3, np.where(other, 2, 1)))
    return np.stack([a, d, f, g], axis=1).astype(float), np.unique(stratum, return_inverse=True)[1]


def replicates(setting: Setting, times: int, seed: int) -> tuple[Moments, float]:
    """The moments of many samples of one corpus, and its true share."""
    chance = np.random.default_rng(seed)
    values, stratum = population(setting, chance)
    sizes = np.bincount(stratum)
    drawn = allocate(sizes.tolist(), setting.labelled)
    means, products, machine = [], [], []
    for h, number in enumerate(drawn):
        inside = np.flatnonzero(stratum == h)
        order = np.argsort(chance.random((times, len(inside))), axis=1)[:, :number]
        picked = values[inside[order]]
        means.append(picked.mean(axis=1))
        products.append(np.einsum("kni,knj->kij", picked, picked) / number)
        machine.append(np.broadcast_to(values[inside, 2:].mean(axis=0), (times, 2)))
    made = Moments(
        sizes.astype(float),
        np.array(drawn, float),
        *(np.stack(part, axis=1) for part in (means, products, machine)),
    )
    return made, float(values[:, 0].sum() / values[:, 1].sum())


def row(setting: Setting) -> str:
    """One line of the table."""
    sample, truth = replicates(setting, REPLICATES, 0)
    found = estimate(sample)
    alone = np.zeros(REPLICATES)
    low, high = bounds(sample, solve(sample, alone), alone, Z)
    both = [
        f"{100 * np.mean((a <= truth) & (truth <= b)):.1f} | {100 * np.mean(b - a):.2f}"
        for a, b in ((found.low, found.high), (low, high))
    ]
    label = f"{100 * truth:.1f} | {setting.recall} | {setting.false_alarms}"
    where = "this label" if setting.strata else "others"
    tuning = f"{found.tuning.mean():.2f} | {np.median(found.effective):.0f}"
    return f"| {label} | {setting.labelled} | {where} | {' | '.join(both)} | {tuning} |"


def corpus(chance: np.random.Generator) -> tuple[list[Judgement], list[Judgement]]:
    """Truth and machine's labels of a corpus with all 50 measures, goals of Zipf's frequencies."""
    often = 0.3 / np.arange(1, 18) ** 1.2
    truth, machine = [], []
    for _ in range(WORKS):
        ai = bool(chance.random() < 0.8)
        says = bool(chance.random() < (0.96 if ai else 0.08))
        truth.append(judged(ai, chance.random(29) < [*often, *[0.03] * 8, *[0.1] * 4], chance))
        machine.append(mistaken(truth[-1], says, chance))
    return truth, machine


def judged(ai: bool, labels: np.ndarray, chance: np.random.Generator) -> Judgement:
    """A judgement with goals, challenges and areas as the 29 switches say."""
    if not ai:
        return Judgement(False)
    kinds = chance.choice(["supports", "hinders", "mixed", "neutral"], 17, p=[0.8, 0.05, 0.05, 0.1])
    return Judgement(
        True,
        tuple((goal, str(kinds[goal - 1])) for goal in range(1, 18) if labels[goal - 1]),
        tuple(name for at, name in enumerate(CHALLENGES) if labels[17 + at]),
        tuple(name for at, name in enumerate(AREAS) if labels[25 + at]),
    )


def mistaken(truth: Judgement, ai: bool, chance: np.random.Generator) -> Judgement:
    """What a machine with recall .75 and 1 % of false alarms makes of it; it misses most harm."""
    if not ai:
        return Judgement(False)
    wrong = judged(True, chance.random(29) < 0.01, chance)
    goals = {goal: "supports" for goal, _ in wrong.goals or ()}
    for goal, kind in truth.goals or ():
        if chance.random() < 0.75:
            goals[goal] = kind if kind != "hinders" or chance.random() < 0.4 else "supports"
    kept = [
        tuple(name for name in names or () if chance.random() < 0.75)
        for names in (truth.challenges, truth.areas)
    ]
    return Judgement(
        True,
        tuple(sorted(goals.items())),
        tuple(sorted({*kept[0], *(wrong.challenges or ())})),
        tuple(sorted({*kept[1], *(wrong.areas or ())})),
    )


def whole(times: int, labelled: int) -> Iterator[str]:
    """Lines on the whole path from draw to estimate: coverage over all measures."""
    chance = np.random.default_rng(0)
    truth, machine = corpus(chance)
    yes = indicators(truth).yes.sum(axis=0)
    share = yes[:, 0] / yes[:, 1]
    hits, widths = np.zeros(len(MEASURES)), np.zeros(len(MEASURES))
    for seed in range(times):
        drawn = draw(machine, [None] * WORKS, Spec(labelled, seed))
        person = {place: truth[place] for place in drawn.picked}
        data = audit(machine, drawn.stratum, person).data
        low, high = data["low"].to_numpy(), data["high"].to_numpy()
        hits += (low <= share) & (share <= high)
        widths += high - low
    rate, worst = hits / times, int(np.argmin(hits))
    name = " ".join(filter(None, MEASURES[worst]))
    yield (
        f"{labelled} labels, {times} draws, 50 measures: mean coverage {100 * rate.mean():.1f} %,"
        f" lowest {100 * rate[worst]:.1f} % ({name}, true share {100 * share[worst]:.1f} %);"
        f" mean width {100 * widths.mean() / times:.2f} points"
    )


def main() -> None:
    """Print both tables."""
    print(
        "| share % | recall | false alarms | labelled | strata from | covers % | width "
        "| person alone covers % | width | λ | worth |"
    )
    print("|" + "---|" * 11)
    for setting in SETTINGS:
        print(row(setting), flush=True)
    print()
    for labelled in (100, 200, 500):
        print(*whole(500, labelled), flush=True)


if __name__ == "__main__":
    main()
