"""What a work says or does to one goal: supports, hinders, mixed or neutral.

A multinomial logistic model (softmax) over four margins of the text (its second half
read once more, since findings stand there), its traits (see
``models.traits``) and which goal is asked about. The margins are of the text as a whole, so two
goals of one work differ in contribution only by what is usual for each goal.
"""

from __future__ import annotations

import numpy as np

from aequa.classify.features import Floats, Ints
from aequa.core.works import CONTRIBUTIONS

SUPPORTS, HINDERS, MIXED, NEUTRAL = range(len(CONTRIBUTIONS))


def inputs(margins: Floats, facts: Floats, goal: Ints) -> Floats:
    """Rows of (4 margins, 2 traits, 17 goals one-hot, one) for pairs of a work and a goal.

    ``goal`` counts from 0.
    """
    one_hot = np.eye(17, dtype=np.float32)[goal]
    one = np.ones((len(goal), 1), np.float32)
    parts = [margins, facts, one_hot, one]
    return np.concatenate(parts, axis=1).astype(np.float32)


def probabilities(rows: Floats, coefficients: Floats) -> Floats:
    """Softmax of ``rows · coefficientsᵀ``, shape (pairs, contributions)."""
    logits: Floats = (rows[:, None, :] * coefficients).sum(axis=2)
    powers: Floats = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def choose(chances: Floats, threshold: float) -> Ints:
    """The contribution assigned to each pair.

    *Hinders* and *mixed* are rare and missed by taking the likeliest of four, so they are chosen
    together first: when their joint probability reaches ``threshold``, the likelier of the two.

    >>> choose(np.array([[0.6, 0.3, 0.1, 0.0]]), 0.4).tolist()
    [1]
    """
    harm = chances[:, HINDERS] + chances[:, MIXED] >= threshold
    bad = np.where(chances[:, HINDERS] >= chances[:, MIXED], HINDERS, MIXED)
    good = np.where(chances[:, SUPPORTS] >= chances[:, NEUTRAL], SUPPORTS, NEUTRAL)
    return np.where(harm, bad, good)
