"""Whether texts are read as supporting or hindering their goals: figures of the contribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from aequa.evaluation import metrics
from aequa.evaluation.answers import Answers
from aequa.evaluation.label_fields import GOALS
from aequa.evaluation.labelled import Labelled

_HARM = ("hinders", "mixed")


def contribution(texts: Sequence[Labelled], said: Answers, seed: int) -> Any:
    """Supports against hinders-or-mixed, on true goals that were found; None without any.

    The card's figures give the model every true goal; labels hold a contribution for assigned
    goals only, so ``known`` counts true goals with a direction and ``found`` those judged here.
    Neutral ones are left out. ``ece`` is that of the chosen contribution (Guo et al. 2017).
    Of ``pairs`` that differ in direction, ``both_right`` is the share with both read rightly.
    ``end_to_end`` judges harm to a goal, goal and direction both right, over all texts and goals.
    """
    known = [
        (row, goal, value)
        for row, text in enumerate(texts)
        for goal, value in (text.goals or {}).items()
        if value not in (None, "neutral")
    ]
    judged = [
        (*one, *said.contributions[one[:2]]) for one in known if one[:2] in said.contributions
    ]
    if not known:
        return None
    truth = np.array([value in _HARM for _, _, value, _, _ in judged], bool)
    assigned = np.array([value in _HARM for _, _, _, value, _ in judged], bool)
    both = np.stack([truth, ~truth], axis=1), np.stack([assigned, ~assigned], axis=1)
    interval = metrics.with_interval(*both, seed)
    right = np.array([one[2] == one[3] for one in judged], bool)
    chances = np.array([one[4] for one in judged], np.float64)
    found = {
        "macro_f1": interval["macro_f1"],
        "macro_interval": interval["macro_interval"],
        "ece": metrics.known_error(right, chances),
        "supports": metrics.agreement_with_intervals(~truth, ~assigned),
        "hinders_or_mixed": metrics.agreement_with_intervals(truth, assigned),
        "known": len(known),
        "found": len(judged),
        "end_to_end": _end_to_end(texts, said),
    }
    return found | _pairs(texts, said)


def _end_to_end(texts: Sequence[Labelled], said: Answers) -> dict[str, Any]:
    """Texts whose goals are all recorded, with a direction wherever there is a goal."""
    whole = [
        row
        for row, text in enumerate(texts)
        if text.complete and text.goals is not None and None not in text.goals.values()
    ]
    truth, assigned = np.zeros((2, len(whole), GOALS), bool)
    for place, row in enumerate(whole):
        for goal, value in (texts[row].goals or {}).items():
            truth[place, goal - 1] = value in _HARM
        for goal in (np.flatnonzero(said.goals[row]) + 1).tolist():
            kind, _ = said.contributions.get((row, goal), (None, 0.0))
            assigned[place, goal - 1] = kind in _HARM
    return metrics.agreement_with_intervals(truth.ravel(), assigned.ravel())


def _pairs(texts: Sequence[Labelled], said: Answers) -> dict[str, Any]:
    """Share of pairs with a supporting and a hindering text of which all are read rightly."""
    pairs: dict[str, list[tuple[str, bool]]] = {}
    for row, text in enumerate(texts):
        if text.pair is not None:
            for goal, value in (text.goals or {}).items():
                if value in ("supports", "hinders"):
                    given = said.contributions.get((row, goal), (None, 0.0))[0]
                    right = given == value or (value == "hinders" and given == "mixed")
                    pairs.setdefault(text.pair, []).append((value, right))
    twins = [
        all(right for _, right in each)
        for each in pairs.values()
        if {value for value, _ in each} == {"supports", "hinders"}
    ]
    if not twins:
        return {}
    return {"pairs": len(twins), "both_right": round(sum(twins) / len(twins), 4)}
