"""From margins to probabilities and decisions, always on margins of texts not fitted on.

Logistic calibration (Platt 1999) with the inputs of ``models.inputs``; with those of the encoder
too it is the second tier. Each label's coefficients are drawn towards those shared by all labels
of its kind (ridge), since the rarest goals have a handful of positives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from aequa.classify import contribution
from aequa.classify.features import Floats
from aequa.classify.glossary import glossed_languages
from aequa.classify.models import (
    AI,
    COLUMNS,
    LABEL_NAMES,
    calibrated,
    encoder_directions,
    inputs,
    traits,
)
from aequa.core.works import CONTRIBUTIONS
from aequa.training.fit import Sample, Spec, target

Doubles = npt.NDArray[np.float64]
_SHARED_RIDGE = 1e-3
_OWN_RIDGE = 2.0
_ARXIV_WEIGHT = 0.25
"""Three times as many arXiv texts as annotated works; the annotators' definition should prevail."""
_GENERAL_WEIGHT, _ABSENT_WEIGHT = 0.5, 0.15
"""Of general texts with one recorded goal: that goal, and each of the others."""
_DIRECTION_WEIGHT = {"gold": 1.0, "contrast": 0.25, "multilingual": 0.25}


class Calibration(NamedTuple):
    """What turns margins into probabilities, decisions and contributions."""

    labels: Floats
    thresholds: Floats
    contribution: Floats
    contribution_threshold: float


def calibrate(
    drawn: Sequence[Sample], margins: Floats, spec: Spec, logits: Floats | None = None
) -> Calibration:
    """Fit on real annotated works (gold), whole and as titles; of the second tier with ``logits``.

    The AI label is also fitted on arXiv; the shift for other languages on written passages,
    weighted so that half of them have no goal (few have none, which says nothing of real works);
    that for works not about AI also on general texts. Rows whose logits are NaN are left out.
    """
    if logits is not None:
        read = np.flatnonzero(np.isfinite(logits[:, 0]))
        drawn = [drawn[row] for row in read.tolist()]
        margins, logits = margins[read], logits[read]
    facts = traits([one.words for one in drawn])
    not_ai = np.zeros((len(drawn), 1), np.float32)
    labels: Floats = np.zeros((len(LABEL_NAMES), 0), np.float32)
    for kind in ("ai", "goal", "challenge", "area"):
        seen = inputs(margins, np.hstack([facts, not_ai]), logits)
        if not labels.shape[1]:
            labels = np.zeros(seen.shape[1:], np.float32)
        places = [k for k, name in enumerate(LABEL_NAMES) if name.split(":")[0] == kind]
        labels[places] = _kind(drawn, seen[:, places].astype(np.float64), kind, places, spec)
        if kind == "ai":
            not_ai = 1 - calibrated(margins, facts, labels, logits)[:, [AI]]
    thresholds = _thresholds(drawn, calibrated(margins, facts, labels, logits), spec)
    matrix, least = _contribution(drawn, margins, facts, logits)
    return Calibration(labels, thresholds.astype(np.float32), matrix, least)


def _kind(
    drawn: Sequence[Sample], seen: Doubles, kind: str, places: Sequence[int], spec: Spec
) -> Doubles:
    """Coefficients (places, inputs) of the labels of one kind, drawn towards what they share."""
    truth, weight = _truths(drawn, kind, places, spec)
    rows = np.flatnonzero(weight.any(axis=1))
    seen, truth, weight = seen[rows], truth[rows], weight[rows]
    flat = seen.reshape(-1, seen.shape[2])
    start = np.zeros(seen.shape[2])
    shared = logistic(flat, truth.ravel(), weight.ravel(), start, _SHARED_RIDGE)
    own = [
        logistic(seen[:, k], truth[:, k], weight[:, k], shared, _OWN_RIDGE)
        for k in range(len(places))
    ]
    return np.stack(own)


def _truths(
    drawn: Sequence[Sample], kind: str, places: Sequence[int], spec: Spec
) -> tuple[Doubles, Doubles]:
    """Truth and weight of each row and label; weight 0 where it says nothing."""
    answers = [target(COLUMNS[place], drawn, spec) for place in places]
    truth = np.stack([answer for answer, _ in answers], axis=1).astype(np.float64)
    recorded = np.stack([weight > 0 for _, weight in answers], axis=1)
    weight: Doubles = recorded * _weights(drawn, kind)[:, None]
    single = np.array([not one.example.complete for one in drawn])
    weight[single] *= np.where(truth[single] > 0, _GENERAL_WEIGHT, _ABSENT_WEIGHT)
    return truth, weight


def _weights(drawn: Sequence[Sample], kind: str) -> Doubles:
    """Weight of each row; passages without a goal count as much as those with one."""
    source = np.array([one.example.source for one in drawn])
    lent = np.array([one.words.language in glossed_languages() for one in drawn])
    passage = (source == "multilingual") & lent
    bare = np.array([not one.example.goals for one in drawn])
    weight: Doubles = ((source == "gold") | (passage & (kind != "area"))).astype(np.float64)
    if kind == "goal":
        weight[[not one.example.complete for one in drawn]] = 1.0
        if (passage & bare).any():
            weight[passage & bare] = (passage & ~bare).sum() / (passage & bare).sum()
    if kind == "ai":
        weight[source == "ai-filter"] = _ARXIV_WEIGHT
    return weight


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


def _thresholds(drawn: Sequence[Sample], chances: Floats, spec: Spec) -> Doubles:
    """One threshold per label on whole gold works; for AI between theirs and that of arXiv.

    Nine of ten gold works are about AI and one of ten on arXiv, so that the best threshold for
    either serves the other badly; their mean costs each little.
    """
    whole = np.array([bool(one.words.abstract) for one in drawn])
    source = np.array([one.example.source for one in drawn])
    gold = np.flatnonzero(whole & (source == "gold"))
    arxiv = np.flatnonzero(source == "ai-filter")
    places = range(len(LABEL_NAMES))
    found = np.array([_best(drawn, chances, gold, place, spec) for place in places])
    if len(arxiv):
        found[AI] = (found[AI] + _best(drawn, chances, arxiv, AI, spec)) / 2
    return found


def _best(
    drawn: Sequence[Sample], chances: Floats, rows: npt.NDArray[np.int64], place: int, spec: Spec
) -> float:
    truth, _ = target(COLUMNS[place], [drawn[row] for row in rows.tolist()], spec)
    return _threshold(chances[rows, place].astype(np.float64), truth.astype(np.float64))


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
    drawn: Sequence[Sample], margins: Floats, facts: Floats, logits: Floats | None
) -> tuple[Floats, float]:
    """Multinomial logistic over pairs of work and goal, fitted by gradient steps (L-BFGS)."""
    pairs = [
        (row, goal - 1, CONTRIBUTIONS.index(value))
        for row, one in enumerate(drawn)
        for goal, value in (one.example.goals or {}).items()
        if value is not None
    ]
    rows, goals, values = np.array(pairs, np.int64).reshape(-1, 3).T
    told = margins[rows, -len(CONTRIBUTIONS) :]
    if logits is not None:
        told = np.hstack([told, encoder_directions(logits[rows], goals)])
    seen = contribution.inputs(told, facts[rows], goals)
    sources = [drawn[row].example.source for row in rows.tolist()]
    weight = np.array([_DIRECTION_WEIGHT[source] for source in sources])
    coefficients = softmax_regression(seen.astype(np.float64), values, weight, 1.0)
    chances = contribution.probabilities(seen, coefficients)
    harm = chances[:, contribution.HINDERS] + chances[:, contribution.MIXED]
    bad = np.isin(values, (contribution.HINDERS, contribution.MIXED)).astype(np.float64)
    whole = (weight == 1) & (facts[rows, 0] == 0)
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
