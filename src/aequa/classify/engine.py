"""Text to labels for a batch of works: the story of the room, without disk, clock or network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from aequa.classify.features import Floats, vectors
from aequa.classify.models import AI, GOALS, shipped, traits
from aequa.classify.pairs import Answers, goals
from aequa.classify.reading import read_work
from aequa.classify.second import Second, again
from aequa.core.errors import SpecError
from aequa.core.works import AREAS, CHALLENGES, LABELS, VECTOR

TIERS = ("fast", "cascade", "accurate")
"""Who reads a work: the linear model; it, and the encoder where it is unsure; both always."""
_CHALLENGES = slice(AI + 1, AI + 1 + len(CHALLENGES))
_AREAS = slice(_CHALLENGES.stop, _CHALLENGES.stop + len(AREAS))


@dataclass(frozen=True)
class Spec:
    """Who reads the works, and what to write beside the labels that pass their thresholds.

    Raises:
        SpecError: the tier is none of ``TIERS``.
    """

    scores: bool = False
    """Also all 17 goal probabilities, in the column ``scores``."""
    tier: str = "cascade"
    """One of ``TIERS``."""

    def __post_init__(self) -> None:
        if self.tier not in TIERS:
            raise SpecError(f"tier: found {self.tier!r}, expected one of {', '.join(TIERS)}")


def classify_batch(batch: pa.RecordBatch, spec: Spec) -> pa.RecordBatch:
    """Labels for a batch with at least ``id``, ``title`` and ``abstract``; schema ``LABELS``.

    One row per row, in the same order. The result for a work depends on that work alone.

    Raises:
        ModelError: the shipped weights are missing or damaged.
    """
    labels, _ = _labelled(batch, spec)
    return labels


def classify_remembering(batch: pa.RecordBatch, spec: Spec) -> pa.RecordBatch:
    """``classify_batch`` for a caller that keeps vectors; its labels are the same to the byte.

    The batch may have the column ``VECTOR``, with what an earlier call gave for the same text or
    null. The result has the same column at the end, with what is new or null.

    Raises:
        ModelError: the shipped weights are missing or damaged.
    """
    labels, second = _labelled(batch, spec)
    fresh = [second.fresh.get(row) for row in range(batch.num_rows)]
    return labels.append_column(VECTOR, pa.array(fresh, VECTOR.type))


def _labelled(batch: pa.RecordBatch, spec: Spec) -> tuple[pa.RecordBatch, Second]:
    texts = list(zip(_texts(batch, "title"), _texts(batch, "abstract"), strict=True))
    model, works = shipped(), [read_work(*text) for text in texts]
    margins, facts = model.margins(vectors(works, model.vocabulary)), traits(works)
    chances = model.probabilities(margins, facts)
    known = np.array([bool(work.title or work.abstract) for work in works], bool)
    assigned = (chances >= model.thresholds) & known[:, None]
    unsure = model.unsure(chances) if spec.tier == "cascade" else spec.tier == "accurate"
    second = again(texts, works, known & unsure, _given(batch))
    rows, first = second.rows, assigned[:, :GOALS].copy()
    if rows:
        chances[rows] = model.second_probabilities(margins[rows], second.logits, facts[rows])
        assigned[rows] = chances[rows] >= model.second_thresholds
    changed = (first != assigned[:, :GOALS]).any(axis=1)
    columns: dict[str, Any] = {
        "id": batch.column("id"),
        "language": [work.language for work in works],
        "ai": _ai(chances[:, AI], assigned[:, AI], known),
        "goals": goals(model, Answers(texts, works, margins, facts, chances, assigned, second)),
        "challenges": _named(CHALLENGES, chances[:, _CHALLENGES], assigned[:, _CHALLENGES]),
        "areas": _named(AREAS, chances[:, _AREAS], assigned[:, _AREAS]),
        "scores": chances[:, :GOALS].tolist() if spec.scores else [None] * len(works),
        "second_reading": [
            ("changed" if changed[row] else "agreed") if row in second.place else None
            for row in range(len(works))
        ],
    }
    arrays = [pa.array(columns[field.name], type=field.type) for field in LABELS]
    return pa.RecordBatch.from_arrays(arrays, schema=LABELS), second


def _texts(batch: pa.RecordBatch, name: str) -> list[str]:
    """A column of strings; anything else becomes the empty string here, which means *no words*."""
    return [text if isinstance(text, str) else "" for text in batch.column(name).to_pylist()]


def _given(batch: pa.RecordBatch) -> list[bytes | None]:
    """The vectors that came with the batch, one a row."""
    if VECTOR.name not in batch.schema.names:
        return [None] * batch.num_rows
    return list(batch.column(VECTOR.name).to_pylist())


def _ai(chances: Floats, assigned: Any, known: Any) -> list[dict[str, Any] | None]:
    rows = zip(assigned.tolist(), chances.tolist(), known.tolist(), strict=True)
    return [{"label": label, "score": score} if seen else None for label, score, seen in rows]


def _named(names: Sequence[str], chances: Floats, assigned: Any) -> list[list[dict[str, Any]]]:
    """The assigned labels of one kind for each work."""
    found: list[list[dict[str, Any]]] = [[] for _ in range(len(chances))]
    for row, label in zip(*(places.tolist() for places in np.nonzero(assigned)), strict=True):
        found[row].append({"name": names[label], "score": float(chances[row, label])})
    return found
