"""How good the labels are, on works that neither weights nor calibration nor thresholds have seen.

Nested cross-validation over five folds. For every outer fold, margins to calibrate on come from
models that saw neither the outer fold nor the text at hand; models over pairs of left-out folds
are shared, so ten inner, five outer and one final fit suffice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from aequa.classify import contribution
from aequa.classify.features import Floats
from aequa.classify.models import AI, COLUMNS, GOALS, LABEL_NAMES, Model, traits
from aequa.core.works import AREAS, CHALLENGES, CONTRIBUTIONS
from aequa.training.calibrate import Calibration, calibrate
from aequa.training.fit import Linear, Sample, Spec, fit, target

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Tell = Callable[[str], None]
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


def model_of(linear: Linear, calibration: Calibration) -> Model:
    """Weights and calibration as the runtime reads them."""
    return Model(*linear, *calibration)


def nested(drawn: Sequence[Sample], fold: Ints, spec: Spec, tell: Tell) -> tuple[Outcome, Floats]:
    """Outcome of nested cross-validation, and out-of-fold margins for the final calibration."""
    inner = _inner_margins(drawn, fold, spec, tell)
    margins = np.zeros((len(drawn), len(COLUMNS)), np.float32)
    chances = np.zeros((len(drawn), len(LABEL_NAMES)), np.float32)
    assigned = np.zeros(chances.shape, bool)
    pairs = known_pairs(drawn)
    harm, chosen = np.zeros(len(pairs), np.float32), np.zeros(len(pairs), np.int64)
    facts = traits([one.words for one in drawn])
    for left in range(spec.folds):
        tell(f"outer fold {left + 1} of {spec.folds}")
        seen, test = np.flatnonzero(fold != left), np.flatnonzero(fold == left)
        linear = fit([drawn[row] for row in seen.tolist()], spec)
        margins[test] = linear.margins([drawn[row].words for row in test.tolist()])
        calibration = calibrate([drawn[row] for row in seen.tolist()], inner[left][seen], spec)
        model = model_of(linear, calibration)
        chances[test] = model.probabilities(margins[test], facts[test])
        assigned[test] = chances[test] >= model.thresholds
        here = np.flatnonzero(fold[pairs[:, 0]] == left)
        harm[here], chosen[here] = directions(model, margins, facts, pairs[here])
    answers = [target(name, drawn, spec) for name in LABEL_NAMES]
    truth = np.stack([one for one, _ in answers], axis=1)
    recorded = np.stack([weight > 0 for _, weight in answers], axis=1)
    return Outcome(truth, recorded, chances, assigned, pairs, harm, chosen), margins


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


def directions(model: Model, margins: Floats, facts: Floats, pairs: Ints) -> tuple[Floats, Ints]:
    """Probability of harm and the contribution chosen for pairs of sample and goal."""
    rows = pairs[:, 0]
    inputs = contribution.inputs(margins[rows, -len(CONTRIBUTIONS) :], facts[rows], pairs[:, 1])
    chances = contribution.probabilities(inputs, model.contribution)
    harm = chances[:, contribution.HINDERS] + chances[:, contribution.MIXED]
    return harm, contribution.choose(chances, model.contribution_threshold)


def agreement(truth: Bools, assigned: Bools) -> dict[str, float | int | None]:
    """Precision, recall and F1 of one label; null where undefined.

    >>> agreement(np.array([True, True, False]), np.array([True, False, False]))["recall"]
    0.5
    """
    hits, found, there = int((truth & assigned).sum()), int(assigned.sum()), int(truth.sum())
    return {
        "precision": round(hits / found, 4) if found else None,
        "recall": round(hits / there, 4) if there else None,
        "f1": round(2 * hits / (found + there), 4) if found + there else None,
        "n": there,
    }


def calibration_error(truth: Bools, chances: Floats, bins: int = 10) -> float:
    """Expected calibration error over equal-width bins (Naeini et al. 2015).

    >>> round(calibration_error(np.array([True, False]), np.array([0.75, 0.75])), 2)
    0.25
    """
    place = np.minimum((chances * bins).astype(int), bins - 1)
    gaps = [abs(float(chances[place == k].sum() - truth[place == k].sum())) for k in range(bins)]
    return sum(gaps) / max(len(truth), 1)


def mean_f1(truth: Bools, assigned: Bools) -> tuple[float, float]:
    """Micro F1 over all labels, and macro F1 over the labels that occur in the truth."""
    hits, sums = (truth & assigned).sum(axis=0), truth.sum(axis=0) + assigned.sum(axis=0)
    there = truth.any(axis=0)
    micro = 2 * hits.sum() / max(sums.sum(), 1)
    return float(micro), float((2 * hits[there] / sums[there]).mean()) if there.any() else 0.0


def with_interval(truth: Bools, assigned: Bools, seed: int, draws: int = 1000) -> dict[str, Any]:
    """Micro and macro F1 with 95 % percentile intervals from resampling works (Efron 1979)."""
    noise = np.random.default_rng(seed)
    again = [
        mean_f1(truth[rows], assigned[rows])
        for rows in noise.integers(0, len(truth), (draws, len(truth)))
    ]
    low, high = np.quantile(np.array(again), [0.025, 0.975], axis=0).round(4).tolist()
    micro, macro = mean_f1(truth, assigned)
    return {
        "micro_f1": round(micro, 4),
        "micro_interval": [low[0], high[0]],
        "macro_f1": round(macro, 4),
        "macro_interval": [low[1], high[1]],
        "works": len(truth),
    }


def labels(outcome: Outcome, rows: Ints, first: int, names: Sequence[str]) -> dict[str, Any]:
    """Figures per label for the columns from ``first`` on."""
    found: dict[str, Any] = {}
    for place, name in enumerate(names, start=first):
        known = rows[outcome.recorded[rows, place]]
        truth, chances = outcome.truth[known, place], outcome.chances[known, place]
        figures = agreement(truth, outcome.assigned[known, place])
        found[name] = {**figures, "ece": round(calibration_error(truth, chances), 4)}
    return found


def harm_figures(outcome: Outcome, rows: Ints, spec: Spec) -> dict[str, Any]:
    """Supports against hinders-or-mixed, the goal given; neutral pairs are left out."""
    bad = (contribution.HINDERS, contribution.MIXED)
    kept = np.isin(outcome.pairs[:, 0], rows) & (outcome.pairs[:, 2] != contribution.NEUTRAL)
    truth = np.isin(outcome.pairs[kept, 2], bad)
    assigned = np.isin(outcome.chosen[kept], bad)
    harms, supports = agreement(truth, assigned), agreement(~truth, ~assigned)
    both = np.stack([truth, ~truth], axis=1), np.stack([assigned, ~assigned], axis=1)
    interval = with_interval(*both, spec.seed)
    return {
        "macro_f1": interval["macro_f1"],
        "macro_interval": interval["macro_interval"],
        "ece": round(calibration_error(truth, outcome.harm[kept]), 4),
        "supports": supports,
        "hinders_or_mixed": harms,
    }


def pairs_right(drawn: Sequence[Sample], outcome: Outcome) -> dict[str, Any]:
    """Share of contrast pairs whose harmful text scores above its supporting twin, goal given."""
    scores: dict[str, dict[int, list[float]]] = {}
    for (row, _, value), harm in zip(outcome.pairs.tolist(), outcome.harm.tolist(), strict=True):
        one = drawn[row]
        if one.example.source == "contrast" and not one.copy:
            scores.setdefault(one.example.pair, {}).setdefault(value, []).append(harm)
    twins = [
        (np.mean(each[contribution.SUPPORTS]), np.mean(each[contribution.HINDERS]))
        for each in scores.values()
        if contribution.SUPPORTS in each and contribution.HINDERS in each
    ]
    right = sum(bool(good < bad) for good, bad in twins)
    return {"pairs": len(twins), "ranked_right": round(right / max(len(twins), 1), 4)}


def figures(drawn: Sequence[Sample], outcome: Outcome, spec: Spec) -> dict[str, Any]:
    """All figures of the model card."""
    source = np.array([one.example.source for one in drawn])
    whole = np.array([not one.copy for one in drawn])
    dev = np.array([one.example.split == "dev" for one in drawn])
    random = np.array([one.example.stratum in REPRESENTATIVE for one in drawn])
    ai = np.array([one.example.ai is True for one in drawn])
    gold = np.flatnonzero(dev & whole)
    first = AI + 1
    return {
        "goals": labels(outcome, gold, 0, [str(goal) for goal in range(1, GOALS + 1)]),
        "goals_overall": {
            "dev": _overall(outcome, gold, spec),
            "dev_ai_works": _overall(outcome, np.flatnonzero(dev & whole & ai), spec),
            "dev_and_more": _overall(outcome, np.flatnonzero((source == "gold") & whole), spec),
            "dev_random_strata": _overall(outcome, np.flatnonzero(dev & whole & random), spec),
            "dev_titles_only": _overall(outcome, np.flatnonzero(dev & ~whole), spec),
            "contrast": _overall(outcome, np.flatnonzero((source == "contrast") & whole), spec),
        },
        "contribution": {
            **harm_figures(outcome, gold, spec),
            "dev_and_more": harm_figures(outcome, np.flatnonzero((source == "gold") & whole), spec),
            "contrast": {
                **harm_figures(outcome, np.flatnonzero((source == "contrast") & whole), spec),
                **pairs_right(drawn, outcome),
            },
        },
        "ai": {
            **labels(outcome, gold, AI, ["ai"])["ai"],
            "arxiv": labels(outcome, np.flatnonzero(source == "ai-filter"), AI, ["ai"])["ai"],
        },
        "challenges": labels(outcome, gold, first, CHALLENGES),
        "areas": labels(outcome, gold, first + len(CHALLENGES), AREAS),
        "languages": _languages(drawn, outcome, spec),
    }


def _overall(outcome: Outcome, rows: Ints, spec: Spec) -> dict[str, Any]:
    truth, assigned = outcome.truth[rows, :GOALS], outcome.assigned[rows, :GOALS]
    bare: Bools = np.logical_not(truth.any(axis=1))
    quiet: Bools = np.logical_not(assigned.any(axis=1))
    chances = outcome.chances[rows, :GOALS]
    return {
        **with_interval(truth, assigned, spec.seed),
        "ece": round(calibration_error(truth.ravel(), chances.ravel()), 4),
        "no_goal_truth": round(float(bare.mean()), 4),
        "no_goal_assigned": round(float(quiet.mean()), 4),
        "no_goal": agreement(bare, quiet),
    }


def _languages(drawn: Sequence[Sample], outcome: Outcome, spec: Spec) -> dict[str, Any]:
    found = {}
    passages = [one.example.source == "multilingual" and not one.copy for one in drawn]
    for language in sorted({one.example.language for one in drawn}):
        rows = np.flatnonzero(
            [
                passage and one.example.language == language
                for passage, one in zip(passages, drawn, strict=True)
            ]
        )
        identified = np.mean([drawn[row].words.language == language for row in rows.tolist()])
        found[language] = {
            **_overall(outcome, rows, spec),
            "identified": round(float(identified), 4),
            "ai": agreement(outcome.truth[rows, AI], outcome.assigned[rows, AI]),
            "hinders_or_mixed": harm_figures(outcome, rows, spec)["hinders_or_mixed"],
        }
    return found
