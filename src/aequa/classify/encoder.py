"""The accurate tier: a small encoder that reads a work piece by piece, on onnxruntime.

``encoder.onnx`` is the MiniLM-L6 that ``training/neural.py`` fine-tunes, with weights of eight
bits. It gives 102 numbers a piece, and what it says of a text is their mean, so what each piece
adds to a label is known exactly. Texts are read one at a time: the scales of eight-bit arithmetic
are taken from the whole input, so a neighbour in the same call would change the answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from aequa.classify import wordpiece
from aequa.classify.features import Floats
from aequa.classify.glossary import glossed_languages, lend
from aequa.classify.models import GOALS, LABEL_NAMES, checked
from aequa.classify.words import LONGEST, Token, tokens
from aequa.core.errors import ModelError
from aequa.core.works import CONTRIBUTIONS

OUTPUTS = len(LABEL_NAMES) + len(CONTRIBUTIONS) * (1 + GOALS)
"""Numbers a piece: labels, contributions shared by all goals, contributions of each goal."""
Starts = npt.NDArray[np.int32]
_CHECK = 16
"""Bytes by which a stored vector is known to belong to this encoder and these pieces."""
_LATIN_END = "\u0370"
"""The first letter of the Greek block: what comes before is Latin or a mark on a letter."""


class Read(NamedTuple):
    """What the encoder is given of one work, and where in the work it stood."""

    pieces: wordpiece.Pieces
    title: Starts
    """Where each word given begins in the title, shape (words,)"""
    abstract: Starts


class Score(NamedTuple):
    """What the encoder says of one text."""

    logits: Floats
    """(OUTPUTS,) before calibration"""
    steps: npt.NDArray[np.int8]
    """(pieces, GOALS) what each piece adds to a goal's logit beyond an average piece, in ``unit``
    """
    unit: Floats
    """(GOALS,)"""


def read(title: str, abstract: str, language: str | None) -> Read | None:
    """What is given to the encoder, or None where it could only guess.

    English, and Latin letters too short to name their language, are read as written; a language
    of the glossary by its English reading; any other is not read.

    >>> read("Clean water", "", "en").pieces.words
    [-1, 0, 1, -1]
    >>> read("Santé enfants", "", "fr").title  # health, child
    array([0, 6], dtype=int32)
    >>> read("Gesundheit der Kinder in den Dörfern", "", "de")
    """
    if language in glossed_languages():
        named, told = _lent(title, language), _lent(abstract, language)
    elif language == "en" or (language is None and _is_latin(title + abstract)):
        named, told = wordpiece.written(title), wordpiece.written(abstract)
    else:
        return None
    if not named and not told:
        return None
    given = [[token.word for token in part] for part in (named, told)]
    starts = (np.array([token.start for token in part], np.int32) for part in (named, told))
    return Read(wordpiece.shipped().encode(*given), *starts)


def _lent(text: str, language: str | None) -> list[Token]:
    """English words, each with the place of the word it stands for."""
    return [
        Token(english, token.start, token.end)
        for token in tokens(text)
        for english in lend([token.word], language)
    ]


def _is_latin(text: str) -> bool:
    letters = [letter for letter in text[: 2 * LONGEST] if letter.isalpha()][:1000]
    return 2 * sum(letter < _LATIN_END for letter in letters) > len(letters)


class Encoder:
    """One loaded encoder; it runs on one core, as each worker process has one of its own."""

    def __init__(self, raw: bytes, digest: str) -> None:
        self.digest = digest
        self._session = _session(raw)

    def outputs(self, ids: Sequence[int]) -> Floats:
        """The head's numbers for each piece, shape (pieces, OUTPUTS)."""
        given = np.array([ids], np.int64)
        return np.asarray(self._session.run(["pieces"], {"ids": given})[0], np.float32)

    def vector(self, text: Read) -> bytes:
        """What must be known of a text, compact: ``decode`` gives the same answer from it forever.

        A check of encoder and pieces, 102 mean logits, and what each piece adds to the 17 goals in
        eight bits with a unit per goal: 0.5 kB and 17 bytes a piece.
        """
        outputs = self.outputs(text.pieces.ids)
        goals = outputs[:, :GOALS]
        beyond = (goals - goals[1:-1].mean(axis=0)) / np.float32(len(goals))
        unit = np.maximum(np.abs(beyond).max(axis=0), 1e-9) / 127
        numbers = np.concatenate([outputs.mean(axis=0), unit]).astype("<f4")
        steps = np.rint(beyond / unit).astype(np.int8)
        return b"".join((self._check(text), numbers.tobytes(), steps.tobytes()))

    def decode(self, vector: bytes, text: Read) -> Score | None:
        """The answer kept in ``vector``; None when that is of another encoder or other pieces."""
        pieces = len(text.pieces.ids)
        front = _CHECK + 4 * (OUTPUTS + GOALS)
        if len(vector) != front + GOALS * pieces or vector[:_CHECK] != self._check(text):
            return None
        numbers = np.frombuffer(vector, "<f4", OUTPUTS + GOALS, _CHECK).astype(np.float32)
        steps = np.frombuffer(vector, np.int8, offset=front).reshape(pieces, GOALS)
        return Score(numbers[:OUTPUTS], steps, numbers[OUTPUTS:])

    def _check(self, text: Read) -> bytes:
        ids = np.array(text.pieces.ids, "<i4").tobytes()
        return hashlib.blake2b(self.digest.encode() + ids, digest_size=_CHECK).digest()


def _session(raw: bytes) -> Any:
    """An onnxruntime session on one thread that gives memory back after each text.

    Raises:
        ModelError: onnxruntime is missing, or the bytes are no encoder of ours.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError(
            f"the accurate tier needs the package onnxruntime ({error}); --tier fast does not"
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(raw, options, ["CPUExecutionProvider"])
        found = [(one.name, one.shape[-1]) for one in session.get_outputs()]
    except Exception as error:  # onnxruntime raises bare classes of its own
        raise ModelError(f"encoder: damaged or not an encoder at all ({error})") from error
    if found != [("pieces", OUTPUTS)]:
        raise ModelError(f"encoder: found outputs {found}, expected pieces of {OUTPUTS} numbers")
    return session


@cache
def shipped() -> Encoder:
    """The encoder in the package, checked against the digest in the card.

    Raises:
        ModelError: encoder or card are missing or damaged, or do not belong together.
    """
    raw = checked("encoder")
    return Encoder(raw, hashlib.sha256(raw).hexdigest())
