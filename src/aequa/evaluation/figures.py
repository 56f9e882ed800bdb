"""All figures of a model on labelled texts, under the names that ``classify/card.json`` uses.

Each figure rests on the texts whose truth it needs; a part whose truth no text has is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from aequa.core.works import AREAS, CHALLENGES
from aequa.evaluation import metrics
from aequa.evaluation.answers import Answers, true_goals, true_names
from aequa.evaluation.contributions import contribution
from aequa.evaluation.label_fields import GOALS
from aequa.evaluation.labelled import Labelled
from aequa.evaluation.metrics import Bools, Floats, Ints

SEED = 20261124


def figures(texts: Sequence[Labelled], said: Answers, seed: int = SEED) -> dict[str, Any]:
    """The figures of one set of texts: ``said`` has one row per text, in order.

    Keys: ``works``, and as far as the truth goes ``goals_overall``, ``goals``, ``recorded_goal``
    (texts of which only one goal was recorded), ``contribution``, ``ai``, ``challenges``,
    ``challenges_overall``, ``areas``, ``areas_overall``, ``languages``, ``sources``,
    ``confusion``, ``reliability``.
    """
    found: dict[str, Any] = {"works": len(texts)}
    whole = _rows(text.goals is not None and text.complete for text in texts)
    if len(whole):
        found |= _goals(_at(texts, whole), said.part(whole), seed)
    single = _rows(text.goals is not None and not text.complete for text in texts)
    if len(single):
        found["recorded_goal"] = recorded_goal(_at(texts, single), said.part(single))
    known = _rows(text.ai is not None for text in texts)
    if len(known):
        found["ai"] = _ai(_at(texts, known), said.part(known))
    for field, names in (("challenges", CHALLENGES), ("areas", AREAS)):
        rows = _rows(getattr(text, field) is not None for text in texts)
        if len(rows):
            truth = true_names(_at(texts, rows), field, names)
            assigned = getattr(said, field)[rows]
            found[field] = _per_label(names, truth, assigned, None)
            found[f"{field}_overall"] = metrics.with_interval(truth, assigned, seed)
    directions = contribution(texts, said, seed)
    if directions is not None:
        found["contribution"] = directions
    languages, sources = _languages(texts, said, seed), _sources(texts, said, seed)
    found |= {"languages": languages} if languages else {}
    return found | ({"sources": sources} if len(sources) > 1 else {})


def _rows(chosen: Any) -> Ints:
    return np.flatnonzero(np.fromiter(chosen, bool))


def _at(texts: Sequence[Labelled], rows: Ints) -> list[Labelled]:
    return [texts[row] for row in rows.tolist()]


def _per_label(
    names: Sequence[str], truth: Bools, assigned: Bools, chances: Floats | None
) -> dict[str, Any]:
    return {
        name: {
            **metrics.agreement_with_intervals(truth[:, place], assigned[:, place]),
            "ece": None
            if chances is None
            else metrics.known_error(truth[:, place], chances[:, place]),
        }
        for place, name in enumerate(names)
    }


def _goals(texts: Sequence[Labelled], said: Answers, seed: int) -> dict[str, Any]:
    truth = true_goals(texts)
    ai = _rows(text.ai is True for text in texts)
    overall = {"all": _overall(truth, said.goals, said.chances, seed)}
    if 0 < len(ai) < len(texts):
        overall["ai_works"] = _overall(truth[ai], said.goals[ai], said.chances[ai], seed)
    names = [str(goal) for goal in range(1, GOALS + 1)]
    known = ~np.isnan(said.chances)
    return {
        "goals_overall": overall,
        "goals": _per_label(names, truth, said.goals, said.chances),
        "confusion": confusion(truth, said.goals),
        "reliability": metrics.reliability(truth[known], said.chances[known]),
    }


def _overall(truth: Bools, assigned: Bools, chances: Floats, seed: int) -> dict[str, Any]:
    bare: Bools = np.logical_not(truth.any(axis=1))
    quiet: Bools = np.logical_not(assigned.any(axis=1))
    known = ~np.isnan(chances)
    flat, spread = truth[known], chances[known]
    score = metrics.brier(flat, spread)
    return {
        **metrics.with_interval(truth, assigned, seed),
        "ece": metrics.known_error(truth.ravel(), chances.ravel()),
        "ece_equal_mass": round(metrics.equal_mass_calibration_error(flat, spread), 4)
        if len(flat)
        else None,
        "brier": None if score is None else round(score, 4),
        "no_goal_truth": round(float(bare.mean()), 4),
        "no_goal_assigned": round(float(quiet.mean()), 4),
        "no_goal": metrics.agreement_with_intervals(bare, quiet),
    }


def confusion(truth: Bools, assigned: Bools) -> dict[str, dict[str, float]]:
    """``metrics.confusion`` of goals as true goal → given goal → works, zeros left out.

    ``none`` as a true goal: nothing was missed, the given goal is wrong; as a given goal: the
    true goal was missed and no wrong one given.
    """
    names = [*(str(goal) for goal in range(1, GOALS + 1)), "none"]
    found = metrics.confusion(truth, assigned)
    return {
        name: {
            other: round(float(found[row, column]), 2)
            for column, other in enumerate(names)
            if found[row, column] > 0
        }
        for row, name in enumerate(names)
    }


def recorded_goal(texts: Sequence[Labelled], said: Answers) -> dict[str, Any]:
    """Texts of which one goal or none was recorded, though others may be right as well.

    ``top1``: share, among texts with a goal, whose best-scored goal is the recorded one, however
    low its score. ``answered``: share to which some goal was assigned. ``answer``: share of all
    texts whose best assigned goal, or none, is what was recorded, with ``answer_macro_f1`` over
    the goals. Per goal, recall is that of the recorded goal; precision is a lower bound.
    """
    truth = true_goals(texts)
    with_goal: Bools = np.asarray(truth.any(axis=1))
    chances = np.where(np.isnan(said.chances), -1.0, said.chances)
    rows = np.arange(len(texts))
    best: Bools = np.asarray(truth[rows, chances.argmax(axis=1)])
    given = np.where(said.goals, chances, -1.0)
    answer: Bools = np.zeros(truth.shape, bool)
    answer[rows, given.argmax(axis=1)] = said.goals.any(axis=1)
    agreed: Bools = np.asarray((answer == truth).all(axis=1))
    names = [str(goal) for goal in range(1, GOALS + 1)]
    return {
        "works": len(texts),
        "with_goal": int(with_goal.sum()),
        **_share("top1", best[with_goal & (chances.max(axis=1) >= 0)]),
        **_share("answered", np.asarray(said.goals[with_goal].any(axis=1))),
        **_share("answer", agreed),
        "answer_macro_f1": round(metrics.mean_f1(truth, answer)[1], 4),
        "goals": _per_label(names, truth, said.goals, None),
    }


def _share(name: str, hits: Bools) -> dict[str, Any]:
    bounds = metrics.wilson(int(hits.sum()), len(hits))
    return {
        name: round(float(hits.mean()), 4) if len(hits) else None,
        f"{name}_interval": None if bounds is None else list(bounds),
    }


def _ai(texts: Sequence[Labelled], said: Answers) -> dict[str, Any]:
    truth = np.array([text.ai for text in texts], bool)
    return {
        **metrics.agreement_with_intervals(truth, said.ai),
        "ece": metrics.known_error(truth, said.ai_chances),
        "works": len(texts),
    }


def _languages(texts: Sequence[Labelled], said: Answers, seed: int) -> dict[str, Any]:
    found = {}
    for language in sorted({text.language for text in texts if text.language}):
        rows = _rows(text.language == language for text in texts)
        own, part = _at(texts, rows), said.part(rows)
        row: dict[str, Any] = {"works": len(own)}
        whole = _rows(text.goals is not None and text.complete for text in own)
        if len(whole):
            truth = true_goals(_at(own, whole))
            row |= _overall(truth, part.goals[whole], part.chances[whole], seed)
        row["identified"] = round(float(np.mean([one == language for one in part.languages])), 4)
        known = _rows(text.ai is not None for text in own)
        if len(known):
            row["ai"] = _ai(_at(own, known), part.part(known))
        directions = contribution(own, part, seed)
        if directions is not None:
            row["hinders_or_mixed"] = directions["hinders_or_mixed"]
        found[language] = row
    return found


def _sources(texts: Sequence[Labelled], said: Answers, seed: int) -> dict[str, Any]:
    """Goals of each source: micro and macro F1, or the figures of texts with one recorded goal."""
    found = {}
    for source in sorted({text.source for text in texts if text.source and text.goals is not None}):
        rows = _rows(text.source == source and text.goals is not None for text in texts)
        own, part = _at(texts, rows), said.part(rows)
        row: dict[str, Any] = {"works": len(own)}
        whole = _rows(text.complete for text in own)
        if len(whole):
            row |= metrics.with_interval(true_goals(_at(own, whole)), part.goals[whole], seed)
        if len(whole) < len(own):
            single = _rows(not text.complete for text in own)
            recorded = recorded_goal(_at(own, single), part.part(single))
            names = ("top1", "top1_interval", "answer", "answer_macro_f1")
            row |= {name: recorded[name] for name in names}
        found[source] = row | {"works": len(own)}
    return found
