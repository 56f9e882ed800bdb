"""What the models say of works that neither weights nor calibration nor thresholds have seen.

Nested cross-validation over five folds. For every outer fold, margins to calibrate on come from
models that saw neither the outer fold nor the text at hand; models over pairs of left-out folds
are shared, so ten inner, five outer and one final fit suffice. The encoder is too slow for inner
fits: its second calibration reads answers of the other folds' models (cross-fitting), each of
which never saw the text it answers for.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from aequa.classify import contribution
from aequa.classify.features import Floats
from aequa.classify.models import (
    AI,
    COLUMNS,
    GOALS,
    LABEL_NAMES,
    Model,
    encoder_directions,
    traits,
)
from aequa.core.works import CONTRIBUTIONS
from aequa.training.calibrate import Calibration, calibrate
from aequa.training.fit import Linear, Sample, Spec, fit, target

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Tell = Callable[[str], None]
ENCODED_ALL = ("gold", "multilingual", "contrast")
"""Sources of which the encoder has an unseen answer to every text of the judged folds."""
JUDGED = (0, 1, 2)
"""Folds for which an encoder is trained (one takes half an hour); the others calibrate nothing and
are judged by the fast tier only."""
HELD = 0
"""Of other sources it has one for the texts of this fold, which no encoder was trained on."""
REPRESENTATIVE = ("scopus_random", "venue_random", "arxiv_random")
"""Strata of the annotated works that are simple random draws; the others are enriched."""


class Outcome(NamedTuple):
    """What the nested models say of every sample, none of which they saw."""

    truth: Bools
    """(samples, labels)"""
    recorded: Bools
    """(samples, labels) whether the truth is known"""
    chances: Floats
    assigned: Bools
    pairs: Ints
    """(pairs, 3): sample, goal from 0, true contribution, for pairs whose contribution is known"""
    harm: Floats
    """(pairs,) probability of *hinders or mixed*"""
    chosen: Ints
    """(pairs,) contribution assigned when the goal is given"""
    direction: Ints
    """(samples, goals) contribution to each assigned goal, -1 where none is assigned"""


def model_of(linear: Linear, fast: Calibration, second: Calibration, spec: Spec) -> Model:
    """Weights and calibrations as the runtime reads them."""
    return Model(*linear, *fast, *second, doubt(spec))


def doubt(spec: Spec) -> Floats:
    """``Model.doubt`` from the spec: goals and the AI label send a work on, others do not."""
    found = np.zeros((len(LABEL_NAMES), 2), np.float32)
    found[:GOALS], found[AI] = spec.goal_doubt, spec.ai_doubt
    return found


def nested(
    drawn: Sequence[Sample], fold: Ints, spec: Spec, tell: Tell, logits: Floats | None = None
) -> tuple[dict[str, Outcome], Floats]:
    """Outcomes per tier of nested cross-validation, and margins for the final calibration.

    ``logits`` (samples, OUTPUTS) are the encoder's, of the fold where it did not see the text; NaN
    where it saw every text of that kind. Without them there is the fast tier only.
    """
    inner = _inner_margins(drawn, fold, spec, tell)
    margins = np.zeros((len(drawn), len(COLUMNS)), np.float32)
    fast, second = _blank(drawn, spec), _blank(drawn, spec)
    facts = traits([one.words for one in drawn])
    apart = fold if logits is None else _apart(drawn, fold, spec)
    for left in range(spec.folds):
        tell(f"outer fold {left + 1} of {spec.folds}")
        seen, test = np.flatnonzero(fold != left), np.flatnonzero(fold == left)
        linear = fit([drawn[row] for row in seen.tolist()], spec)
        margins[test] = linear.margins([drawn[row].words for row in test.tolist()])
        own = calibrate([drawn[row] for row in seen.tolist()], inner[left][seen], spec)
        model = model_of(linear, own, own, spec)
        _judge(fast, test, model, margins, facts, None)
        if logits is not None:
            blind = np.where((fold == left)[:, None], margins, inner[left])
            rows = np.flatnonzero(apart != left)
            other = calibrate(
                [drawn[row] for row in rows.tolist()], blind[rows], spec, logits[rows]
            )
            model = model_of(linear, own, other, spec)
            _judge(second, np.flatnonzero(apart == left), model, blind, facts, logits)
    if logits is None:
        return {"fast": fast}, margins
    return {"fast": fast, "accurate": second, "cascade": _cascade(fast, second, spec)}, margins


def _apart(drawn: Sequence[Sample], fold: Ints, spec: Spec) -> Ints:
    """Folds for the second calibration: texts of one encoder fold only are spread by a hash."""
    spread = [
        zlib.crc32(one.example.id.encode()) % spec.folds
        if one.example.source not in ENCODED_ALL
        else place
        for one, place in zip(drawn, fold.tolist(), strict=True)
    ]
    return np.array(spread, np.int64)


def _blank(drawn: Sequence[Sample], spec: Spec) -> Outcome:
    answers = [target(name, drawn, spec) for name in LABEL_NAMES]
    truth = np.stack([one for one, _ in answers], axis=1)
    recorded = np.stack([weight > 0 for _, weight in answers], axis=1)
    chances = np.full(truth.shape, np.nan, np.float32)
    pairs = known_pairs(drawn)
    harm, chosen = np.full(len(pairs), np.nan, np.float32), np.zeros(len(pairs), np.int64)
    none = np.full((len(drawn), GOALS), -1)
    assigned = np.zeros(truth.shape, bool)
    return Outcome(truth, recorded, chances, assigned, pairs, harm, chosen, none)


def _judge(
    out: Outcome, test: Ints, model: Model, margins: Floats, facts: Floats, logits: Floats | None
) -> None:
    """Fill in what the model says of the rows ``test``, by the second tier where it can."""
    if logits is None:
        out.chances[test] = model.probabilities(margins[test], facts[test])
        out.assigned[test] = out.chances[test] >= model.thresholds
    else:
        test = test[np.isfinite(logits[test, 0])]
        found = model.second_probabilities(margins[test], logits[test], facts[test])
        out.chances[test], out.assigned[test] = found, found >= model.second_thresholds
    here = np.flatnonzero(np.isin(out.pairs[:, 0], test))
    told = directions(model, margins, facts, out.pairs[here], logits)
    out.harm[here], out.chosen[here] = told
    rows, goals = np.nonzero(out.assigned[test, :GOALS])
    spots: Ints = np.column_stack([test[rows], goals])
    out.direction[test] = -1
    out.direction[spots[:, 0], goals] = directions(model, margins, facts, spots, logits)[1]


def _cascade(fast: Outcome, second: Outcome, spec: Spec) -> Outcome:
    """The second tier where the fast one is unsure and the encoder has an unseen answer."""
    between = doubt(spec)
    unsure = (fast.chances > between[:, 0]) & (fast.chances < between[:, 1])
    sent = unsure.any(axis=1) & np.isfinite(second.chances[:, 0])
    pair = sent[fast.pairs[:, 0]]
    return fast._replace(
        chances=np.where(sent[:, None], second.chances, fast.chances),
        assigned=np.where(sent[:, None], second.assigned, fast.assigned),
        harm=np.where(pair, second.harm, fast.harm),
        chosen=np.where(pair, second.chosen, fast.chosen),
        direction=np.where(sent[:, None], second.direction, fast.direction),
    )


def _inner_margins(drawn: Sequence[Sample], fold: Ints, spec: Spec, tell: Tell) -> list[Floats]:
    """For each outer fold, margins of all other texts by models that saw neither."""
    found = [np.zeros((len(drawn), len(COLUMNS)), np.float32) for _ in range(spec.folds)]
    for one, other in combinations(range(spec.folds), 2):
        tell(f"inner fit without folds {one + 1} and {other + 1}")
        seen = np.flatnonzero((fold != one) & (fold != other))
        linear = fit([drawn[row] for row in seen.tolist()], spec)
        for outer, test in ((one, other), (other, one)):
            rows = np.flatnonzero(fold == test)
            found[outer][rows] = linear.margins([drawn[row].words for row in rows.tolist()])
    return found


def known_pairs(drawn: Sequence[Sample]) -> Ints:
    """(sample, goal from 0, contribution) wherever a contribution was recorded."""
    pairs = [
        (row, goal - 1, CONTRIBUTIONS.index(value))
        for row, one in enumerate(drawn)
        for goal, value in (one.example.goals or {}).items()
        if value is not None
    ]
    return np.array(pairs, np.int64).reshape(-1, 3)


def directions(
    model: Model, margins: Floats, facts: Floats, pairs: Ints, logits: Floats | None
) -> tuple[Floats, Ints]:
    """Probability of harm and the contribution chosen for pairs of sample and goal."""
    rows = pairs[:, 0]
    told = margins[rows, -len(CONTRIBUTIONS) :]
    matrix, least = model.contribution, model.contribution_threshold
    if logits is not None:
        told = np.hstack([told, encoder_directions(logits[rows], pairs[:, 1])])
        matrix, least = model.second_contribution, model.second_contribution_threshold
    seen = contribution.inputs(told, facts[rows], pairs[:, 1])
    chances = contribution.probabilities(seen, matrix)
    harm = chances[:, contribution.HINDERS] + chances[:, contribution.MIXED]
    return harm, contribution.choose(chances, least)
