"""Text to labels for a batch of works: the story of the room, without disk, clock or network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from aequa.classify import contribution, phrases
from aequa.classify.features import Floats, Words, vectors
from aequa.classify.models import AI, GOALS, Model, shipped, traits
from aequa.classify.reading import read_work
from aequa.core.works import AREAS, CHALLENGES, CONTRIBUTIONS, LABELS

_CHALLENGES = slice(AI + 1, AI + 1 + len(CHALLENGES))
_AREAS = slice(_CHALLENGES.stop, _CHALLENGES.stop + len(AREAS))


@dataclass(frozen=True)
class Spec:
    """What to write beside the labels that pass their thresholds."""

    scores: bool = False
    """Also all 17 goal probabilities, in the column ``scores``."""


def classify_batch(batch: pa.RecordBatch, spec: Spec) -> pa.RecordBatch:
    """Labels for a batch with at least ``id``, ``title`` and ``abstract``; schema ``LABELS``.

    One row per row, in the same order. The result for a work depends on that work alone.

    Raises:
        ModelError: the shipped weights are missing or damaged.
    """
    model = shipped()
    titles, abstracts = _texts(batch, "title"), _texts(batch, "abstract")
    works = list(map(read_work, titles, abstracts))
    margins = model.margins(vectors(works, model.vocabulary))
    chances = model.probabilities(margins, traits(works))
    known = np.array([bool(work.title or work.abstract) for work in works], bool)
    assigned = (chances >= model.thresholds) & known[:, None]
    columns: dict[str, Any] = {
        "id": batch.column("id"),
        "language": [work.language for work in works],
        "ai": [
            {"label": label, "score": score} if seen else None
            for label, score, seen in zip(
                assigned[:, AI].tolist(), chances[:, AI].tolist(), known.tolist(), strict=True
            )
        ],
        "goals": _goals(model, titles, abstracts, works, margins, chances, assigned),
        "challenges": _named(CHALLENGES, chances[:, _CHALLENGES], assigned[:, _CHALLENGES]),
        "areas": _named(AREAS, chances[:, _AREAS], assigned[:, _AREAS]),
        "scores": chances[:, :GOALS].tolist() if spec.scores else [None] * len(works),
    }
    arrays = [pa.array(columns[field.name], type=field.type) for field in LABELS]
    return pa.RecordBatch.from_arrays(arrays, schema=LABELS)


def _texts(batch: pa.RecordBatch, name: str) -> list[str]:
    """A column of strings; null becomes the empty string here, where it means *no words*."""
    return [text or "" for text in batch.column(name).to_pylist()]


def _goals(
    model: Model,
    titles: Sequence[str],
    abstracts: Sequence[str],
    works: Sequence[Words],
    margins: Floats,
    chances: Floats,
    assigned: Any,
) -> list[list[dict[str, Any]]]:
    """The assigned goals of each work, with contribution and evidence."""
    found: list[list[dict[str, Any]]] = [[] for _ in works]
    rows, goals = np.nonzero(assigned[:, :GOALS])
    having = [works[row] for row in rows.tolist()]
    texts = contribution.inputs(model.directions(having, margins[rows]), traits(having), goals)
    directions = contribution.probabilities(texts, model.contribution)
    choice = contribution.choose(directions, model.contribution_threshold)
    for place, (row, goal) in enumerate(zip(rows.tolist(), goals.tolist(), strict=True)):
        found[row].append(
            {
                "goal": goal + 1,
                "score": float(chances[row, goal]),
                "contribution": CONTRIBUTIONS[choice[place]],
                "contribution_score": float(directions[place, choice[place]]),
                "evidence": phrases.evidence(
                    titles[row], abstracts[row], goal, model, works[row].language
                ),
            }
        )
    return found


def _named(names: Sequence[str], chances: Floats, assigned: Any) -> list[list[dict[str, Any]]]:
    """The assigned labels of one kind for each work."""
    found: list[list[dict[str, Any]]] = [[] for _ in range(len(chances))]
    for row, label in zip(*(places.tolist() for places in np.nonzero(assigned)), strict=True):
        found[row].append({"name": names[label], "score": float(chances[row, label])})
    return found
