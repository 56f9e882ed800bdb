"""How far the index hangs on its choices: Monte-Carlo runs over all of them at once.

OECD/JRC (2008), step 7; Saisana, M., Saltelli, A. & Tarantola, S. (2005). Uncertainty and
sensitivity analysis techniques as tools for the quality assessment of composite indicators.
*Journal of the Royal Statistical Society A* 168(2), 307–323.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from aequa.divide.aggregate import overall
from aequa.divide.ranks import Spread, ranks, spread
from aequa.divide.spec import Spec
from aequa.divide.structure import Tree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CHOICES = ("normalisation", "weights", "aggregation", "missing", "left_out")
"""What a run draws, one number between 0 and 1 for each."""
WEIGHT_SETS = 1024
"""Perturbed weight sets, drawn beforehand, so that one number chooses one."""


@dataclass(frozen=True)
class Setup:
    """All that runs share: nothing is read or treated again."""

    tree: Tree
    leaf_weights: Floats
    """(indicators,)"""
    node_weights: Floats
    """(nodes,)"""
    allowed: npt.NDArray[np.bool_]
    """(nodes, countries): who has enough data for a score"""
    bases: Floats
    """(normalisations, missings, countries, indicators): normalised values by each choice"""
    scores: Floats
    """(countries,): the index as the spec has it"""


class Uncertain(NamedTuple):
    """What the runs say of each country."""

    scores: Spread
    ranks: Spread
    shift: Floats
    """(runs,): mean over the countries of |rank in the run − rank in the index|"""


class Drawn(NamedTuple):
    """Numbers of the choices of each run, (runs,) each."""

    normalisation: Ints
    weights: Ints
    aggregation: Ints
    missing: Ints
    left_out: Ints
    """0 for none, else 1 + the indicator"""


def choose(draws: Floats, spec: Spec, indicators: int) -> Drawn:
    """The choices that ``draws`` (runs, 5) of 0 ≤ u < 1 stand for, all of a kind equally likely.

    >>> choose(np.array([[0.0, 0.0, 0.0, 0.0, 0.0]]), Spec(), 3).left_out.tolist()
    [0]
    """
    options = (
        len(spec.normalisations),
        WEIGHT_SETS,
        len(spec.aggregations),
        len(spec.missings),
        indicators + 1 if spec.leave_out and indicators > 1 else 1,
    )
    return Drawn(*(np.minimum(draws * options, np.array(options) - 1)).astype(np.int64).T)


def run(setup: Setup, spec: Spec, draws: Floats) -> Floats:
    """(runs, countries): the index under each row of ``draws`` (runs, 5); see ``choose``."""
    leaves = len(setup.leaf_weights)
    chosen = choose(draws, spec, leaves)
    factor = perturbations(spec, leaves + len(setup.node_weights))[chosen.weights]
    leaf, node = setup.leaf_weights * factor[:, :leaves], setup.node_weights * factor[:, leaves:]
    out = np.flatnonzero(chosen.left_out)
    leaf[out, chosen.left_out[out] - 1] = 0
    scores = np.empty((len(draws), len(setup.scores)))
    alike = np.stack([chosen.normalisation, chosen.missing, chosen.aggregation])
    for kind in np.unique(alike, axis=1).T:
        rows = np.flatnonzero((alike == kind[:, None]).all(axis=0))
        method = spec.aggregations[kind[2]]
        base = setup.bases[kind[0], kind[1]]
        weights = leaf[rows], node[rows]
        scores[rows] = overall(method, base, *weights, setup.tree, setup.allowed)
    return scores


def perturbations(spec: Spec, weights: int) -> Floats:
    """(WEIGHT_SETS, weights): factors drawn evenly from 1 ± ``spec.perturbation``."""
    away = np.random.default_rng(spec.seed).uniform(-1, 1, (WEIGHT_SETS, weights))
    return np.asarray(1 + spec.perturbation * away)


def uncertainty(setup: Setup, spec: Spec) -> Uncertain:
    """Medians and intervals of scores and ranks over ``spec.runs`` runs.

    Normalisations have scales of their own, so each run's scores are first brought to the mean and
    the standard deviation of the index (and held to 0 … 100); this leaves their order as it is.
    """
    draws = np.random.default_rng([spec.seed, 1]).random((spec.runs, len(CHOICES)))
    scores = run(setup, spec, draws)
    placed = ranks(scores)
    return Uncertain(
        spread(matched(scores, setup.scores), spec.level),
        spread(placed, spec.level, whole=True),
        shift(placed, setup.scores),
    )


def matched(scores: Floats, index: Floats) -> Floats:
    """Each run of ``scores`` (runs, countries) with the mean and deviation of ``index``."""
    deviation = np.nanstd(scores, axis=1, keepdims=True)
    centred = scores - np.nanmean(scores, axis=1, keepdims=True)
    scale = np.nanstd(index) / np.where(deviation > 0, deviation, 1)
    return np.asarray(np.clip(np.nanmean(index) + centred * scale, 0, 100))


def shift(placed: Floats, index: Floats) -> Floats:
    """(runs,): how many ranks a country moves on average (Saisana et al. 2005, eq. 2)."""
    return np.asarray(np.nanmean(np.abs(placed - ranks(index)), axis=1))
