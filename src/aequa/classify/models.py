"""The shipped weights and what they say of a text: margins, then calibrated probabilities.

All labels are linear in the same vector (one column each), so a batch costs one pass. A margin
becomes a probability by logistic calibration (Platt 1999) with more inputs: whether only a title is
known, whether the words were lent English by the glossary, and how likely the work is not about AI.
Where the encoder has read a work too, its logits join these inputs (stacking, Wolpert 1992).
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from aequa.classify.features import (
    Floats,
    Ints,
    Rows,
    Vocabulary,
    Words,
    ending,
    segment_sums,
    vectors,
)
from aequa.classify.glossary import glossed_languages
from aequa.core.errors import ModelError
from aequa.core.works import AREAS, CHALLENGES, CONTRIBUTIONS

GOALS = 17
AI = GOALS
LABEL_NAMES = (
    *(f"goal:{goal}" for goal in range(1, GOALS + 1)),
    "ai",
    *(f"challenge:{name}" for name in CHALLENGES),
    *(f"area:{name}" for name in AREAS),
)
"""The columns of ``Model.score``, in order."""
COLUMNS = (*LABEL_NAMES, *(f"contribution:{name}" for name in CONTRIBUTIONS))
"""The columns of the weights: the labels, then four that ``contribution`` reads."""
TRAITS = ("title only", "glossed", "not ai")
"""What calibration must know of a work beside its margins; the third is a probability."""
INPUTS = (
    "margin",
    "one",
    *(one for trait in TRAITS for one in (trait, f"{trait} × margin")),
)
"""What the calibration of a label multiplies, in order."""
SECOND_INPUTS = (*INPUTS, "encoder", *(f"{trait} × encoder" for trait in TRAITS))
"""The same where the encoder has read the work."""
FILES = {"weights": "weights.npz", "encoder": "encoder.onnx"}
"""What the package ships beside the code, by the name of its digest in the card."""
_AT_ONCE = 128
"""Texts whose weights are gathered together: about what a processor's cache holds."""


@dataclass(frozen=True)
class Model:
    """Everything the classifier knows; arrays are read only by convention."""

    vocabulary: Vocabulary
    weights: Floats
    """(features, ``COLUMNS``)"""
    ending: Floats
    """(features, contributions), for the vector of the second half of the abstract"""
    bias: Floats
    calibration: Floats
    """(labels, ``INPUTS``)"""
    thresholds: Floats
    """(labels,) least probability at which a label is assigned"""
    contribution: Floats
    """(contributions, 4 margins + 2 traits + 17 goals + one), see ``contribution``"""
    contribution_threshold: float
    """Least probability of *hinders or mixed* at which one of them is assigned"""
    second: Floats
    """(labels, ``SECOND_INPUTS``)"""
    second_thresholds: Floats
    """(labels,)"""
    second_contribution: Floats
    """(contributions, 4 margins + 4 encoder logits + 2 traits + 17 goals + one)"""
    second_contribution_threshold: float
    doubt: Floats
    """(labels, 2) a work is sent to the encoder when a probability lies between the two"""

    def margins(self, rows: Rows) -> Floats:
        """Linear scores of shape (texts, ``COLUMNS``), before calibration."""
        return product(rows, self.weights) + self.bias

    def directions(self, works: Sequence[Words], margins: Floats) -> Floats:
        """Margins of the contributions, shape (works, 4), from all margins of the same works."""
        last = vectors([ending(work) for work in works], self.vocabulary)
        return margins[:, -len(CONTRIBUTIONS) :] + product(last, self.ending)

    def probabilities(self, margins: Floats, facts: Floats) -> Floats:
        """Calibrated probabilities of shape (texts, ``LABEL_NAMES``) of the fast tier."""
        return calibrated(margins, facts, self.calibration)

    def second_probabilities(self, margins: Floats, logits: Floats, facts: Floats) -> Floats:
        """Probabilities (works, ``LABEL_NAMES``) where the encoder has read the works.

        ``logits`` has the shape (works, labels or more); further columns are not read.
        """
        return calibrated(margins, facts, self.second, logits)

    def unsure(self, chances: Floats) -> npt.NDArray[np.bool_]:
        """Whether the encoder should read each work too, shape (works,)."""
        between = (chances > self.doubt[:, 0]) & (chances < self.doubt[:, 1])
        return np.asarray(between.any(axis=1))

    def score(self, works: Sequence[Words]) -> Floats:
        """Probabilities of shape (works, ``LABEL_NAMES``)."""
        margins = self.margins(vectors(works, self.vocabulary))
        return self.probabilities(margins, traits(works))


def product(rows: Rows, weights: Floats) -> Floats:
    """Sparse rows times weights (features, columns): shape (rows, columns)."""
    parts = [np.zeros((0, weights.shape[1]), np.float32)]
    for first in range(0, len(rows.start) - 1, _AT_ONCE):
        start = rows.start[first : first + _AT_ONCE + 1]
        piece = slice(start[0], start[-1])
        moved = weights[rows.feature[piece]] * rows.value[piece, None]
        parts.append(segment_sums(moved, start - start[0]))
    return np.concatenate(parts)


def traits(works: Sequence[Words]) -> Floats:
    """The first two of ``TRAITS``, shape (works, 2), as 0 or 1.

    First, whether a work has no abstract; second, whether the glossary knows its language.
    """
    known = glossed_languages()
    rows = [(not work.abstract, work.language in known) for work in works]
    return np.array(rows, np.float32).reshape(-1, 2)


def inputs(margins: Floats, facts: Floats, logits: Floats | None = None) -> Floats:
    """What calibration multiplies, shape (works, labels, ``INPUTS`` or ``SECOND_INPUTS``).

    ``facts`` has one column per trait in ``TRAITS``.
    """
    count = len(LABEL_NAMES)
    own = margins[:, :count]
    parts = [own, np.ones_like(own)]
    for fact in facts.T[:, :, None]:
        parts += [np.broadcast_to(fact, own.shape), fact * own]
    if logits is not None:
        parts.append(logits[:, :count])
        parts += [fact * logits[:, :count] for fact in facts.T[:, :, None]]
    return np.stack(parts, axis=2).astype(np.float32)


def calibrated(
    margins: Floats, facts: Floats, calibration: Floats, logits: Floats | None = None
) -> Floats:
    """Probabilities (works, labels); that of AI comes first, since the others read it."""
    zero = np.zeros((len(margins), 1), np.float32)
    first = inputs(margins, np.hstack([facts, zero]), logits)[:, AI]
    ai = sigmoid((first * calibration[AI]).sum(axis=1))
    full = inputs(margins, np.hstack([facts, 1 - ai[:, None]]), logits)
    found = sigmoid((full * calibration).sum(axis=2))
    found[:, AI] = ai
    return found


def encoder_directions(logits: Floats, goals: Ints) -> Floats:
    """The encoder's logits of contributions (pairs, 4), from those of the texts of the pairs.

    ``logits`` (pairs, 102) holds labels, contributions shared by all goals, then those of each
    goal; ``goals`` counts from 0.
    """
    count, first = len(CONTRIBUTIONS), len(LABEL_NAMES)
    own = first + count * (1 + goals[:, None]) + np.arange(count)
    return logits[:, first : first + count] + np.take_along_axis(logits, own, axis=1)


def sigmoid(logits: Floats) -> Floats:
    """``1 / (1 + exp(-x))`` without overflow.

    >>> sigmoid(np.array([0.0, 900.0], np.float32)).tolist()
    [0.5, 1.0]
    """
    return (1 / (1 + np.exp(-np.clip(logits, -60, 60)))).astype(np.float32)


def card() -> dict[str, Any]:
    """Figures of the model card (``card.json``): accuracy per label, training data, digest.

    Raises:
        ModelError: the card is missing or is not JSON.
    """
    path = files("aequa.classify").joinpath("card.json")
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"classify/card.json cannot be read ({error})") from error


@cache
def shipped() -> Model:
    """The model in the package, checked against the digest in its card.

    Raises:
        ModelError: weights or card are missing or damaged, or do not belong together.
    """
    return from_bytes(checked("weights"))


def checked(what: str) -> bytes:
    """A file of the package, ``weights`` or ``encoder``, if it has the digest in the card.

    Raises:
        ModelError: it or the card is missing or damaged, or they do not belong together.
    """
    name = FILES[what]
    expected = card().get(f"{what}_sha256", "none")
    try:
        raw = files("aequa.classify").joinpath(name).read_bytes()
    except OSError as error:
        raise ModelError(f"classify/{name} cannot be read ({error})") from error
    found = hashlib.sha256(raw).hexdigest()
    if found != expected:
        raise ModelError(
            f"classify/{name}: found SHA-256 {found[:12]}, expected {expected[:12]} (card)"
        )
    return raw


def from_bytes(raw: bytes) -> Model:
    """A model from the bytes that ``to_bytes`` made.

    Raises:
        ModelError: the bytes are no such archive, or a part is missing or has a wrong shape.
    """
    try:
        with np.load(io.BytesIO(raw), allow_pickle=False) as parts:
            return _assemble({name: parts[name] for name in parts.files})
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"weights: damaged or not weights at all ({error})") from error


def _assemble(parts: dict[str, Any]) -> Model:
    words = parts["words"].tobytes().decode("utf-8").split("\n")
    pairs: Ints = np.cumsum(parts["pair_steps"].astype(np.int64))
    idf = parts["idf"].astype(np.float32)
    vocabulary = Vocabulary(words, pairs, idf[:-1], float(idf[-1]))
    scaled = parts["weights"].astype(np.float32) * parts["scale"]
    width = len(COLUMNS) + len(CONTRIBUTIONS)
    if scaled.shape != (vocabulary.size, width) or len(idf) != vocabulary.size + 1:
        raise ValueError(f"weights of shape {scaled.shape} for {vocabulary.size} features")
    return Model(
        vocabulary=vocabulary,
        weights=np.ascontiguousarray(scaled[:, : len(COLUMNS)]),
        ending=np.ascontiguousarray(scaled[:, len(COLUMNS) :]),
        bias=parts["bias"],
        calibration=parts["calibration"],
        thresholds=parts["thresholds"],
        contribution=parts["contribution"],
        contribution_threshold=float(parts["contribution_threshold"][0]),
        second=parts["second"],
        second_thresholds=parts["second_thresholds"],
        second_contribution=parts["second_contribution"],
        second_contribution_threshold=float(parts["second_contribution_threshold"][0]),
        doubt=parts["doubt"],
    )


def to_bytes(model: Model) -> bytes:
    """A model as a compressed NumPy archive with weights of eight bits and a scale per column.

    Equal models give equal bytes.
    """
    weights = np.concatenate([model.weights, model.ending], axis=1)
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9).astype(np.float32) / 127
    idf = np.append(model.vocabulary.idf, np.float32(model.vocabulary.unknown_idf))
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        words=np.frombuffer("\n".join(model.vocabulary.words).encode("utf-8"), np.uint8),
        pair_steps=np.diff(model.vocabulary.pairs, prepend=0),
        idf=idf.astype(np.float16),
        weights=np.rint(weights / scale).astype(np.int8),
        scale=scale,
        bias=model.bias.astype(np.float32),
        calibration=model.calibration.astype(np.float32),
        thresholds=model.thresholds.astype(np.float32),
        contribution=model.contribution.astype(np.float32),
        contribution_threshold=np.array([model.contribution_threshold], np.float32),
        second=model.second.astype(np.float32),
        second_thresholds=model.second_thresholds.astype(np.float32),
        second_contribution=model.second_contribution.astype(np.float32),
        second_contribution_threshold=np.array([model.second_contribution_threshold], np.float32),
        doubt=model.doubt.astype(np.float32),
    )
    return stream.getvalue()
