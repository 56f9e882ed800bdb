"""Which works a person is asked about: strata from the machine's labels, and a draw from each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aequa.audit.measures import HINDERS, Judgement
from aequa.core.errors import SpecError

STRATA = (
    "not_ai",
    "nearly_ai",
    "no_label",
    "area",
    "challenge",
    "goal",
    "rare_goal",
    "hinders",
    "unjudged",
)
"""In an order in which neighbours are alike: a stratum without labels joins its neighbour."""
NEARLY = 0.1
"""Score from which a work that the machine calls not AI is worth a closer look."""
RARE = 0.25
"""Rare goals are the least frequent ones that together make up at most this part of all goals."""


@dataclass(frozen=True)
class Spec:
    """How many works are drawn, and the seed of the draw.

    >>> Spec(size=1)
    Traceback (most recent call last):
    ...
    aequa.core.errors.SpecError: size: found 1, expected 20 or more
    """

    size: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        """Raise SpecError for a value outside its choices."""
        if self.size < 20:
            raise SpecError(f"size: found {self.size}, expected 20 or more")
        if self.seed < 0:
            raise SpecError(f"seed: found {self.seed}, expected 0 or more")


@dataclass(frozen=True)
class Draw:
    """A stratified sample without replacement."""

    stratum: tuple[str, ...]
    """The stratum of every work, in the order given."""
    picked: tuple[int, ...]
    """Positions of the drawn works, in an order that is random over all strata."""


def draw(rows: Sequence[Judgement], scores: Sequence[float | None], spec: Spec) -> Draw:
    """Draw works at random from each stratum; the same rows, scores and spec give the same draw.

    Args:
        rows: the machine's judgement of each work, in an order that says nothing (by id).
        scores: the machine's score for AI, None where unknown.
        spec: size and seed; a size above the number of works draws them all.
    """
    stratum = strata(rows, scores)
    sizes = Counter(stratum)
    names = [name for name in STRATA if sizes[name]]
    taken = allocate([sizes[name] for name in names], spec.size)
    chance = np.random.default_rng(spec.seed)
    places = np.array(stratum, dtype=object)
    parts = [
        chance.choice(np.flatnonzero(places == name), number, replace=False)
        for name, number in zip(names, taken, strict=True)
    ]
    places_drawn = np.concatenate([np.array([], np.int64), *parts])
    return Draw(stratum, tuple(int(place) for place in chance.permutation(places_drawn)))


def strata(rows: Sequence[Judgement], scores: Sequence[float | None]) -> tuple[str, ...]:
    """The one stratum of each work: the rarest kind of label that the machine gave it."""
    rare = rare_goals(rows)
    return tuple(_stratum(row, score, rare) for row, score in zip(rows, scores, strict=True))


def _stratum(row: Judgement, score: float | None, rare: frozenset[int]) -> str:
    if row.ai is None:
        return "unjudged"
    if not row.ai:
        return "nearly_ai" if score is not None and score >= NEARLY else "not_ai"
    goals = row.goals or ()
    if any(contribution in HINDERS for _, contribution in goals):
        return "hinders"
    if goals:
        return "rare_goal" if any(goal in rare for goal, _ in goals) else "goal"
    if row.challenges:
        return "challenge"
    return "area" if row.areas else "no_label"


def rare_goals(rows: Sequence[Judgement]) -> frozenset[int]:
    """The least frequent goals of the AI works that make up at most ``RARE`` of all mentions.

    >>> rows = [Judgement(True, ((3, "supports"),))] * 9 + [Judgement(True, ((14, "neutral"),))]
    >>> sorted(rare_goals(rows))
    [14]
    """
    found = Counter(goal for row in rows if row.ai for goal, _ in row.goals or ())
    rare, mentions = set(), 0
    for goal, count in sorted(found.items(), key=lambda item: (item[1], item[0])):
        mentions += count
        if mentions > RARE * found.total():
            break
        rare.add(goal)
    return frozenset(rare)


def allocate(sizes: Sequence[int], size: int) -> list[int]:
    """How many works to draw from strata of the given sizes: in proportion to their square roots.

    Power allocation with exponent ½ (Bankier 1988, The American Statistician 42, 174-177) lies
    between equal numbers, best for each stratum, and proportional ones, best for the whole. Each
    stratum gets at least 2 works, since one shows no variance, or all it has; seats are given
    one by one to the largest √N / (2n + 1) (Sainte-Laguë).

    Raises:
        SpecError: ``size`` is too small to give each stratum its two.

    >>> allocate([10000, 400, 3, 1], 20)
    [14, 3, 2, 1]
    """
    taken = [min(2, available) for available in sizes]
    if sum(taken) > size:
        raise SpecError(f"size: found {size}, expected {sum(taken)} or more for all strata")
    for _ in range(min(size, sum(sizes)) - sum(taken)):
        claims = [
            available**0.5 / (2 * number + 1) if number < available else 0.0
            for available, number in zip(sizes, taken, strict=True)
        ]
        taken[claims.index(max(claims))] += 1
    return taken
