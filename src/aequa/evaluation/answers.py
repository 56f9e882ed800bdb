"""What a model said of labelled texts, as arrays beside the truth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from aequa.core.works import AREAS, CHALLENGES
from aequa.evaluation.label_fields import GOALS
from aequa.evaluation.labelled import Labelled
from aequa.evaluation.metrics import Bools, Floats, Ints


@dataclass(frozen=True)
class Answers:
    """Labels of ``core.works.LABELS`` as arrays, one row per work; an unknown chance is NaN."""

    goals: Bools
    """(works, 17) assigned"""
    chances: Floats
    """(works, 17)"""
    contributions: dict[tuple[int, int], tuple[str, float]]
    """Row and goal from 1 → contribution and its chance, for the assigned goals"""
    ai: Bools
    ai_chances: Floats
    challenges: Bools
    areas: Bools
    languages: list[str | None]

    def part(self, rows: Ints) -> Answers:
        """The answers for some rows, renumbered from 0."""
        place = {old: new for new, old in enumerate(rows.tolist())}
        kept = {
            (place[row], goal): said
            for (row, goal), said in self.contributions.items()
            if row in place
        }
        return Answers(
            goals=self.goals[rows],
            chances=self.chances[rows],
            contributions=kept,
            ai=self.ai[rows],
            ai_chances=self.ai_chances[rows],
            challenges=self.challenges[rows],
            areas=self.areas[rows],
            languages=[self.languages[row] for row in rows.tolist()],
        )


def answers(batches: Iterable[pa.RecordBatch]) -> Answers:
    """Answers from labelled batches, in order."""
    rows = [row for batch in batches for row in batch.to_pylist()]
    goals = np.zeros((len(rows), GOALS), bool)
    chances = np.full((len(rows), GOALS), np.nan)
    contributions: dict[tuple[int, int], tuple[str, float]] = {}
    for number, row in enumerate(rows):
        if row["scores"] is not None:
            chances[number] = row["scores"]
        for one in row["goals"]:
            goals[number, one["goal"] - 1] = True
            chances[number, one["goal"] - 1] = one["score"]
            if one["contribution"] is not None:
                said = one["contribution"], one["contribution_score"]
                contributions[number, one["goal"]] = said
    found = [row["ai"] for row in rows]
    return Answers(
        goals=goals,
        chances=chances,
        contributions=contributions,
        ai=np.array([bool(one and one["label"]) for one in found], bool),
        ai_chances=np.array([one["score"] if one else np.nan for one in found], np.float64),
        challenges=_named(rows, "challenges", CHALLENGES),
        areas=_named(rows, "areas", AREAS),
        languages=[row["language"] for row in rows],
    )


def _named(rows: Sequence[dict[str, Any]], field: str, names: Sequence[str]) -> Bools:
    said = [{one["name"] for one in row[field]} for row in rows]
    return np.array([[name in one for name in names] for one in said], bool).reshape(-1, len(names))


def true_goals(texts: Sequence[Labelled]) -> Bools:
    """The recorded goals, shape (texts, 17)."""
    found = np.zeros((len(texts), GOALS), bool)
    for row, text in enumerate(texts):
        found[row, [goal - 1 for goal in text.goals or {}]] = True
    return found


def true_names(texts: Sequence[Labelled], field: str, names: Sequence[str]) -> Bools:
    """The recorded challenges or areas, shape (texts, names)."""
    said = [getattr(text, field) or () for text in texts]
    return np.array([[name in one for name in names] for one in said], bool).reshape(-1, len(names))
