"""How good the labels are: every figure of the model card, for each tier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from aequa.classify import contribution
from aequa.classify.features import Floats
from aequa.classify.models import AI, GOALS, LABEL_NAMES
from aequa.core.works import AREAS, CHALLENGES
from aequa.evaluation.figures import confusion
from aequa.evaluation.metrics import (
    agreement,
    agreement_with_intervals,
    calibration_error,
    with_interval,
)
from aequa.training.fit import Sample, Spec
from aequa.training.nested import REPRESENTATIVE, Bools, Ints, Outcome

_CHALLENGES = slice(AI + 1, AI + 1 + len(CHALLENGES))
_AREAS = slice(_CHALLENGES.stop, _CHALLENGES.stop + len(AREAS))


def labels(outcome: Outcome, rows: Ints, first: int, names: Sequence[str]) -> dict[str, Any]:
    """Figures per label for the columns from ``first`` on."""
    found: dict[str, Any] = {}
    for place, name in enumerate(names, start=first):
        known = rows[outcome.recorded[rows, place]]
        truth, chances = outcome.truth[known, place], outcome.chances[known, place]
        figures = agreement_with_intervals(truth, outcome.assigned[known, place])
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


def figures(
    drawn: Sequence[Sample], outcome: Outcome, spec: Spec, answered: Bools
) -> dict[str, Any]:
    """All figures of one tier, on the samples to which every tier has an unseen answer."""
    source = np.array([one.example.source for one in drawn])
    whole = np.array([not one.copy for one in drawn]) & answered
    dev = np.array([one.example.split == "dev" for one in drawn]) & answered
    random = np.array([one.example.stratum in REPRESENTATIVE for one in drawn])
    ai = np.array([one.example.ai is True for one in drawn])
    gold = np.flatnonzero(dev & whole)
    both = np.flatnonzero((source == "gold") & whole)
    pairs = np.flatnonzero((source == "contrast") & whole)
    return {
        "goals": labels(outcome, gold, 0, [str(goal) for goal in range(1, GOALS + 1)]),
        "goals_overall": {
            "dev": _overall(outcome, gold, spec),
            "dev_ai_works": _overall(outcome, np.flatnonzero(dev & whole & ai), spec),
            "dev_and_more": _overall(outcome, both, spec),
            "dev_random_strata": _overall(outcome, np.flatnonzero(dev & whole & random), spec),
            "dev_titles_only": _overall(outcome, np.flatnonzero(dev & ~whole), spec),
            "contrast": _overall(outcome, pairs, spec),
        },
        "confusion": confusion(*_recorded(outcome, both, slice(GOALS))[:2]),
        "contribution": {
            **harm_figures(outcome, gold, spec),
            "dev_and_more": harm_figures(outcome, both, spec),
            "contrast": {**harm_figures(outcome, pairs, spec), **pairs_right(drawn, outcome)},
        },
        "ai": {
            **labels(outcome, gold, AI, ["ai"])["ai"],
            "arxiv": labels(outcome, np.flatnonzero(whole & (source == "ai-filter")), AI, ["ai"])[
                "ai"
            ],
        },
        "challenges": labels(outcome, gold, _CHALLENGES.start, CHALLENGES),
        "challenges_overall": _several(outcome, gold, _CHALLENGES, spec),
        "areas": labels(outcome, gold, _AREAS.start, AREAS),
        "areas_overall": _several(outcome, gold, _AREAS, spec),
        "error_rates": _all_rates(outcome, dev & whole & random, ai),
        "error_rates_titles": _all_rates(outcome, dev & ~whole & random, ai),
        "languages": _languages(drawn, outcome, whole, spec),
    }


def _recorded(outcome: Outcome, rows: Ints, columns: slice) -> tuple[Bools, Bools, Floats]:
    """Truth, answers and probabilities; a disputed label is right whatever is said of it."""
    known = outcome.recorded[rows, columns]
    truth, assigned = outcome.truth[rows, columns] & known, outcome.assigned[rows, columns] & known
    return truth, assigned, np.where(known, outcome.chances[rows, columns], 0)


def _several(outcome: Outcome, rows: Ints, columns: slice, spec: Spec) -> dict[str, Any]:
    truth, assigned, chances = _recorded(outcome, rows, columns)
    error = calibration_error(truth.ravel(), chances.ravel())
    return {**with_interval(truth, assigned, spec.seed), "ece": round(error, 4)}


def _all_rates(outcome: Outcome, drawn: Bools, ai: Bools) -> dict[str, dict[str, int]]:
    """Rates on works drawn at random: of the AI label on all, of the others on AI works."""
    known = error_rates(outcome, np.flatnonzero(drawn & ai))
    return known | _rates("ai", outcome, np.flatnonzero(drawn), AI)


def error_rates(outcome: Outcome, rows: Ints) -> dict[str, dict[str, int]]:
    """Counts of right and wrong answers on AI works drawn at random, for each share of a report.

    ``explicit``: supports a goal (contribution supports or mixed); ``applied``: has an area;
    ``hinders``: hinders a goal (hinders or mixed).
    """
    good = (contribution.SUPPORTS, contribution.MIXED)
    bad = (contribution.HINDERS, contribution.MIXED)
    true = np.full((len(outcome.truth), GOALS), -1)
    true[outcome.pairs[:, 0], outcome.pairs[:, 1]] = outcome.pairs[:, 2]
    rows = rows[outcome.recorded[rows, :GOALS].all(axis=1)]
    said, true = outcome.direction[rows], true[rows]
    areas = _recorded(outcome, rows, _AREAS)
    challenges = _recorded(outcome, rows, _CHALLENGES)
    found = {
        "explicit": _counts(_any(np.isin(true, good)), _any(np.isin(said, good))),
        "applied": _counts(_any(areas[0]), _any(areas[1])),
        "challenge:any": _counts(_any(challenges[0]), _any(challenges[1])),
        "hinders": _counts(_any(np.isin(true, bad)), _any(np.isin(said, bad))),
    }
    for place, name in enumerate(LABEL_NAMES):
        found |= _rates(name, outcome, rows, place)
    for goal in range(GOALS):
        both = np.isin(true[:, goal], good), np.isin(said[:, goal], good)
        found[f"goal:{goal + 1}:supports"] = _counts(*both)
    return found


def _rates(name: str, outcome: Outcome, rows: Ints, place: int) -> dict[str, dict[str, int]]:
    known = rows[outcome.recorded[rows, place]]
    return {name: _counts(outcome.truth[known, place], outcome.assigned[known, place])}


def _any(answers: Bools) -> Bools:
    return np.asarray(answers.any(axis=1))


def _counts(truth: Bools, said: Bools) -> dict[str, int]:
    return {
        "tp": int((truth & said).sum()),
        "fp": int((~truth & said).sum()),
        "fn": int((truth & ~said).sum()),
        "tn": int((~truth & ~said).sum()),
    }


def _overall(outcome: Outcome, rows: Ints, spec: Spec) -> dict[str, Any]:
    truth, assigned, chances = _recorded(outcome, rows, slice(GOALS))
    bare: Bools = np.logical_not(truth.any(axis=1))
    quiet: Bools = np.logical_not(assigned.any(axis=1))
    return {
        **with_interval(truth, assigned, spec.seed),
        "ece": round(calibration_error(truth.ravel(), chances.ravel()), 4),
        "no_goal_truth": round(float(bare.mean()), 4),
        "no_goal_assigned": round(float(quiet.mean()), 4),
        "no_goal": agreement(bare, quiet),
    }


def _languages(
    drawn: Sequence[Sample], outcome: Outcome, whole: Bools, spec: Spec
) -> dict[str, Any]:
    found = {}
    language_of = np.array([one.example.language for one in drawn])
    passages = whole & [one.example.source == "multilingual" for one in drawn]
    for language in sorted(set(language_of.tolist())):
        rows = np.flatnonzero(passages & (language_of == language))
        identified = np.mean([drawn[row].words.language == language for row in rows.tolist()])
        found[language] = {
            **_overall(outcome, rows, spec),
            "identified": round(float(identified), 4),
            "ai": agreement(outcome.truth[rows, AI], outcome.assigned[rows, AI]),
            "hinders_or_mixed": harm_figures(outcome, rows, spec)["hinders_or_mixed"],
        }
    return found
