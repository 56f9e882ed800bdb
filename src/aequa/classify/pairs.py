"""Works and their goals: the contribution of each pair and the words that moved its score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aequa.classify import attribution, contribution, phrases
from aequa.classify.features import Floats, Ints, Words, length
from aequa.classify.models import AI, GOALS, Model, encoder_directions
from aequa.classify.second import Second
from aequa.classify.targets import targets
from aequa.core.works import CONTRIBUTIONS


@dataclass(frozen=True)
class Answers:
    """What both tiers found in a batch; arrays have one row a work."""

    texts: Sequence[tuple[str, str]]
    """Titles and abstracts"""
    works: Sequence[Words]
    margins: Floats
    facts: Floats
    chances: Floats
    """(works, labels)"""
    assigned: Any
    """(works, labels) booleans"""
    second: Second


def goals(model: Model, answers: Answers) -> list[list[dict[str, Any]]]:
    """The assigned goals of each work, with contribution and evidence."""
    found: list[list[dict[str, Any]]] = [[] for _ in answers.works]
    rows, asked = np.nonzero(answers.assigned[:, :GOALS])
    choice, sure = _directions(model, answers, rows, asked)
    pairs = zip(rows.tolist(), asked.tolist(), choice.tolist(), sure.tolist(), strict=True)
    for row, goal, kind, score in pairs:
        found[row].append(
            {
                "goal": goal + 1,
                "score": float(answers.chances[row, goal]),
                "contribution": CONTRIBUTIONS[kind],
                "contribution_score": score,
                "evidence": _evidence(model, answers, row, goal),
                "targets": [ground.code for ground in targets(answers.works[row], goal + 1)],
            }
        )
    return found


def _directions(model: Model, answers: Answers, rows: Ints, asked: Ints) -> tuple[Ints, Floats]:
    """The contribution assigned to each pair of a row and a goal, and its probability."""
    choice, sure = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.float32)
    again = np.array([row in answers.second.place for row in rows.tolist()], bool)
    for mask, tell in ((~again, _first), (again, _second)):
        if mask.any():
            chances, threshold = tell(model, answers, rows[mask], asked[mask])
            choice[mask] = contribution.choose(chances, threshold)
            sure[mask] = np.take_along_axis(chances, choice[mask][:, None], 1)[:, 0]
    return choice, sure


def _margins(model: Model, answers: Answers, rows: Ints) -> Floats:
    having = [answers.works[row] for row in rows.tolist()]
    return model.directions(having, answers.margins[rows])


def _first(model: Model, answers: Answers, rows: Ints, asked: Ints) -> tuple[Floats, float]:
    """Probabilities (pairs, contributions) of the fast tier, and its threshold."""
    given = contribution.inputs(_margins(model, answers, rows), answers.facts[rows], asked)
    return contribution.probabilities(given, model.contribution), model.contribution_threshold


def _second(model: Model, answers: Answers, rows: Ints, asked: Ints) -> tuple[Floats, float]:
    """The same with what the encoder says of these goals."""
    read = answers.second.logits[[answers.second.place[row] for row in rows.tolist()]]
    both = np.hstack([_margins(model, answers, rows), encoder_directions(read, asked)])
    given = contribution.inputs(both, answers.facts[rows], asked)
    chances = contribution.probabilities(given, model.second_contribution)
    return chances, model.second_contribution_threshold


def _evidence(model: Model, answers: Answers, row: int, goal: int) -> list[str]:
    """The spans that moved the answer that stands."""
    language, place = answers.works[row].language, answers.second.place.get(row)
    parts = [phrases.weigh(text, goal, model, language) for text in answers.texts[row]]
    if place is None:
        return phrases.spans(parts)
    facts = np.append(answers.facts[row], 1 - answers.chances[row, AI])
    margin, encoder = attribution.pull(model.second[goal], facts)
    if encoder <= 0:  # the encoder does not speak for this goal
        return phrases.spans(parts)
    scale = margin / encoder / length(answers.works[row], model.vocabulary)
    first = [part._replace(moved=part.moved * scale) for part in parts]
    second = answers.second
    return attribution.evidence(first, goal, second.reads[place], second.scores[place])
