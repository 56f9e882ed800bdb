"""From margins to probabilities and decisions, always on margins of texts not fitted on.

Logistic calibration (Platt 1999) with the inputs of ``models.INPUTS``. Each label's coefficients
are drawn towards those shared by all labels of its kind (ridge), since the rarest goals have a
handful of positives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from aequa.classify import contribution
from aequa.classify.features import Floats
from aequa.classify.models import AI, COLUMNS, INPUTS, LABEL_NAMES, traits
from aequa.core.works import CONTRIBUTIONS
from aequa.training.fit import Sample, Spec, target

Doubles = npt.NDArray[np.float64]
_SHARED_RIDGE = 1e-3
_OWN_RIDGE = 2.0
_ARXIV_WEIGHT = 0.25
"""Three times as many arXiv texts as annotated works; the annotators' definition should prevail."""


class Calibration(NamedTuple):
    """What turns margins into probabilities, decisions and contributions."""

    labels: Floats
    thresholds: Floats
    contribution: Floats
    contribution_threshold: float


def calibrate(drawn: Sequence[Sample], margins: Floats, spec: Spec) -> Calibration:
    """Fit on real annotated works (gold), whole and as titles.

    The AI label is also fitted on arXiv; the shift for other languages on written passages,
    weighted so that half of them have no goal (few have none, which says nothing of real works).
    """
    facts = traits([one.words for one in drawn]).astype(np.float64)
    source = np.array([one.example.source for one in drawn])
    passage = (source == "multilingual") & (facts[:, 1] > 0)
    labels = np.zeros((len(LABEL_NAMES), len(INPUTS)))
    for kind in ("goal", "ai", "challenge", "area"):
        places = [k for k, name in enumerate(LABEL_NAMES) if name.split(":")[0] == kind]
        arxiv = (source == "ai-filter") & (kind == "ai")
        rows = np.flatnonzero((source == "gold") | passage | arxiv)
        weight = _weights([drawn[row] for row in rows.tolist()], kind)
        inputs = [_inputs(margins[rows], place, facts[rows]) for place in places]
        truths = [_truth(drawn, rows, place, spec) for place in places]
        shared = logistic(
            np.concatenate(inputs),
            np.concatenate(truths),
            np.tile(weight, len(places)),
            np.zeros(len(INPUTS)),
            _SHARED_RIDGE,
        )
        for place, seen, truth in zip(places, inputs, truths, strict=True):
            labels[place] = logistic(seen, truth, weight, shared, _OWN_RIDGE)
    thresholds = _thresholds(drawn, _chances(margins, facts, labels), spec)
    matrix, least = _contribution(drawn, margins, facts, source == "gold")
    return Calibration(labels.astype(np.float32), thresholds.astype(np.float32), matrix, least)


def _weights(drawn: Sequence[Sample], kind: str) -> Doubles:
    """Weight of each row; passages without the kind of label count as much as those with it."""
    passage = np.array([one.example.source == "multilingual" for one in drawn])
    bare = np.array([not one.example.goals for one in drawn])
    weight = np.ones(len(drawn))
    if kind == "goal" and passage.any() and (passage & bare).any():
        weight[passage & bare] = (passage & ~bare).sum() / (passage & bare).sum()
    if kind == "area":
        weight[passage] = 0.0
    weight[[one.example.source == "ai-filter" for one in drawn]] = _ARXIV_WEIGHT
    return weight


def _inputs(margins: Floats, place: int, facts: Doubles) -> Doubles:
    own = margins[:, place].astype(np.float64)
    told = [part for fact in facts.T for part in (fact, fact * own)]
    other = margins[:, AI].astype(np.float64) * (place != AI)
    return np.column_stack([own, *told, other, np.ones(len(own))])


def _chances(margins: Floats, facts: Doubles, labels: Doubles) -> Doubles:
    """Probabilities (rows, labels) as ``Model.probabilities`` gives them."""
    logits = [
        _inputs(margins, place, facts) @ coefficients for place, coefficients in enumerate(labels)
    ]
    return np.asarray(1 / (1 + np.exp(-np.stack(logits, axis=1))))


def _truth(drawn: Sequence[Sample], rows: npt.NDArray[np.int64], place: int, spec: Spec) -> Doubles:
    truth, _ = target(COLUMNS[place], [drawn[row] for row in rows], spec)
    return truth.astype(np.float64)


def logistic(
    inputs: Doubles, truth: Doubles, weight: Doubles, prior: Doubles, ridge: float
) -> Doubles:
    """Coefficients of a logistic regression, drawn towards ``prior`` (Newton's method).

    >>> x = np.array([[-1.0], [1.0], [1.0]])
    >>> bool(logistic(x, np.array([0.0, 1.0, 1.0]), np.ones(3), np.zeros(1), 1.0)[0] > 0)
    True
    """
    found = prior.copy()
    for _ in range(60):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ found, -40, 40)))
        slope = inputs.T @ (weight * (chance - truth)) + ridge * (found - prior)
        bend = (inputs * (weight * chance * (1 - chance))[:, None]).T @ inputs
        step = np.linalg.solve(bend + ridge * np.eye(len(found)), slope)
        found = found - step * min(1.0, 4.0 / (float(np.abs(step).max()) + 1e-12))
        if float(np.abs(step).max()) < 1e-8:
            break
    return found


def _thresholds(drawn: Sequence[Sample], chances: Doubles, spec: Spec) -> Doubles:
    """One threshold per label on whole gold works; for AI between theirs and that of arXiv.

    Nine of ten gold works are about AI and one of ten on arXiv, so that the best threshold for
    either serves the other badly; their mean costs each little.
    """
    whole = np.array([bool(one.words.abstract) for one in drawn])
    source = np.array([one.example.source for one in drawn])
    gold = np.flatnonzero(whole & (source == "gold"))
    arxiv = np.flatnonzero(source == "ai-filter")
    found = np.array(
        [
            _threshold(chances[gold, place], _truth(drawn, gold, place, spec))
            for place in range(len(LABEL_NAMES))
        ]
    )
    if len(arxiv):
        other = _threshold(chances[arxiv, AI], _truth(drawn, arxiv, AI, spec))
        found[AI] = (found[AI] + other) / 2
    return found


def _threshold(chance: Doubles, truth: Doubles) -> float:
    """The probability at which F1 is best, between what was seen and what calibration promises.

    For calibrated probabilities F1 is best at half its best value (Lipton et al. 2014); seen
    counts outweigh that prior as positives grow.
    """
    order = np.argsort(-chance, kind="stable")
    hits, promised = np.cumsum(truth[order]), np.cumsum(chance[order])
    strength = 25.0 / max(float(chance.sum()), 1e-9)
    total = truth.sum() + strength * chance.sum()
    reached = 2 * (hits + strength * promised)
    score = reached / ((1 + strength) * np.arange(1, len(order) + 1) + total)
    best = int(score.argmax())
    lower = chance[order[min(best + 1, len(order) - 1)]]
    return float(np.clip((chance[order[best]] + lower) / 2, 0.05, 0.9))


def _contribution(
    drawn: Sequence[Sample], margins: Floats, facts: Doubles, gold: npt.NDArray[np.bool_]
) -> tuple[Floats, float]:
    """Multinomial logistic over pairs of work and goal, fitted by gradient steps (L-BFGS)."""
    pairs = [
        (row, goal - 1, CONTRIBUTIONS.index(value))
        for row, one in enumerate(drawn)
        for goal, value in (one.example.goals or {}).items()
        if value is not None
    ]
    rows, goals, values = np.array(pairs, np.int64).reshape(-1, 3).T
    inputs = contribution.inputs(
        margins[rows, -len(CONTRIBUTIONS) :], facts[rows].astype(np.float32), goals
    )
    weight = np.where(gold[rows], 1.0, 0.25)
    coefficients = softmax_regression(inputs.astype(np.float64), values, weight, 1.0)
    chances = contribution.probabilities(inputs, coefficients)
    harm = chances[:, contribution.HINDERS] + chances[:, contribution.MIXED]
    bad = np.isin(values, (contribution.HINDERS, contribution.MIXED)).astype(np.float64)
    whole = gold[rows] & (facts[rows, 0] == 0)
    return coefficients, _threshold(harm[whole].astype(np.float64), bad[whole])


def softmax_regression(
    inputs: Doubles, values: npt.NDArray[np.int64], weight: Doubles, ridge: float
) -> Floats:
    """Coefficients (contributions, inputs) of a multinomial logistic regression with ridge."""
    count = len(CONTRIBUTIONS)
    truth = np.eye(count)[values]

    def loss(flat: Doubles) -> tuple[float, Doubles]:
        beta = flat.reshape(count, -1)
        logits = inputs @ beta.T
        logits = logits - logits.max(axis=1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        slope = ((np.exp(logs) - truth) * weight[:, None]).T @ inputs + ridge * beta
        value = -(weight * (logs * truth).sum(axis=1)).sum() + ridge / 2 * (beta**2).sum()
        return float(value), slope.ravel()

    found = minimize(loss, np.zeros(count * inputs.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x.reshape(count, -1), np.float32)
