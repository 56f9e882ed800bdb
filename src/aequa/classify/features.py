"""Words to numbers: sublinear TF-IDF over a shipped vocabulary of words and word pairs.

``(1 + ln tf) · idf``, scaled to length 1 (Salton & Buckley 1988). Two departures: a title counts
twice beside an abstract, and words outside the vocabulary count in the length of the vector, so a
text in an unknown language or of random letters stays near zero instead of being blown up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from aequa.classify.words import stem

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

UNKNOWN = -1
BREAK = -2
"""Stands between title and abstract, so that no pair of words spans both."""


class Words(NamedTuple):
    """The words of one work, in order, and the language they were read in."""

    title: list[str]
    abstract: list[str]
    language: str | None = None


class Rows(NamedTuple):
    """A sparse matrix by rows: row i holds ``feature[start[i]:start[i + 1]]`` with ``value``."""

    start: Ints
    feature: Ints
    value: Floats


class _Ids(dict[str, int]):
    """Ids of words; a word that is not listed is looked up once more without its plural *s*."""

    def __missing__(self, word: str) -> int:
        return self.get(stem(word), UNKNOWN)


class Vocabulary:
    """Words (ids 0 … U-1) and pairs of words (ids U …), with their inverse document frequency.

    ``pairs`` holds, sorted, ``first · U + second``; the pair at place k has the id ``U + k``.
    ``idf`` has one entry per id; ``unknown_idf`` is what a word outside the vocabulary weighs.
    """

    def __init__(self, words: Sequence[str], pairs: Ints, idf: Floats, unknown_idf: float) -> None:
        self.words = tuple(words)
        self.pairs = pairs
        self.idf = idf
        self.unknown_idf = unknown_idf
        self.size = len(self.words) + len(pairs)
        self._ids = _Ids(zip(self.words, range(len(self.words)), strict=True))

    def word_ids(self, found: Sequence[str]) -> list[int]:
        """Ids of words in order, ``UNKNOWN`` where the vocabulary lacks one."""
        return list(map(self._ids.__getitem__, found))

    def pair_ids(self, ids: Ints) -> Ints:
        """Id of the pair that starts at each place (one fewer than ``ids``), or ``UNKNOWN``."""
        first, second = ids[:-1], ids[1:]
        if not len(self.pairs):
            return np.full(len(first), UNKNOWN)
        keys = first * len(self.words) + second
        place = np.minimum(np.searchsorted(self.pairs, keys), len(self.pairs) - 1)
        known = (first >= 0) & (second >= 0) & (self.pairs[place] == keys)
        return np.where(known, place + len(self.words), UNKNOWN)


def sequence(work: Words, vocabulary: Vocabulary) -> list[int]:
    """Word ids of a work as they are counted: title, abstract, and the title once more."""
    title = vocabulary.word_ids(work.title)
    abstract = vocabulary.word_ids(work.abstract)
    if not abstract:
        return [*title, BREAK]
    if not title:
        return [*abstract, BREAK]
    return [*title, BREAK, *abstract, BREAK, *title, BREAK]


def counts(sequences: Sequence[list[int]], vocabulary: Vocabulary) -> tuple[Rows, Ints]:
    """Counts of features per text, and how many of its words are unknown."""
    lengths = np.fromiter(map(len, sequences), np.int64, len(sequences))
    flat = np.fromiter((one for ids in sequences for one in ids), np.int64, int(lengths.sum()))
    text = np.repeat(np.arange(len(sequences)), lengths)
    unknown = np.bincount(text[flat == UNKNOWN], minlength=len(sequences))
    features = np.concatenate([flat, vocabulary.pair_ids(flat)])
    owner = np.concatenate([text, text[:-1]])
    kept = features >= 0
    keys = owner[kept] * vocabulary.size + features[kept]
    keys, tally = np.unique(keys, return_counts=True)
    rows = keys // max(vocabulary.size, 1)
    start = np.searchsorted(rows, np.arange(len(sequences) + 1))
    return Rows(start, keys - rows * vocabulary.size, tally.astype(np.float32)), unknown


def vectors(works: Sequence[Words], vocabulary: Vocabulary) -> Rows:
    """TF-IDF vectors, one row per work; a work without words has an empty row.

    >>> two = Vocabulary(("clean", "water"), np.array([1]), np.ones(3, np.float32), 1.0)
    >>> vectors([Words(["clean", "waters"], [])], two).value.round(2)
    array([0.58, 0.58, 0.58], dtype=float32)
    """
    found, unknown = counts([sequence(work, vocabulary) for work in works], vocabulary)
    value = (1 + np.log(found.value)) * vocabulary.idf[found.feature]
    length = _lengths(value, found.start, unknown, vocabulary)
    each = np.repeat(np.maximum(length, 1e-9), np.diff(found.start))
    return Rows(found.start, found.feature, (value / each).astype(np.float32))


def _lengths(value: Floats, start: Ints, unknown: Ints, vocabulary: Vocabulary) -> Floats:
    squares = segment_sums(value * value, start)
    long = np.sqrt(squares + unknown * np.float32(vocabulary.unknown_idf) ** 2)
    return np.asarray(long, np.float32)


def length(work: Words, vocabulary: Vocabulary) -> float:
    """The length of a work's vector before it is scaled to 1; at least a little above 0."""
    found, unknown = counts([sequence(work, vocabulary)], vocabulary)
    value = (1 + np.log(found.value)) * vocabulary.idf[found.feature]
    return max(float(_lengths(value, found.start, unknown, vocabulary)[0]), 1e-9)


def ending(work: Words) -> Words:
    """The second half of the abstract, where findings and their direction are told.

    >>> ending(Words(["a"], ["b", "c", "d"])).abstract
    ['c', 'd']
    """
    return Words([], work.abstract[len(work.abstract) // 2 :], work.language)


def segment_sums(values: Floats, start: Ints) -> Floats:
    """Sums of ``values[start[i]:start[i + 1]]`` along the first axis; empty segments give 0.

    Each segment is summed by itself, so a row's result does not depend on its neighbours.
    """
    out = np.zeros((len(start) - 1, *values.shape[1:]), np.float32)
    full = np.flatnonzero(np.diff(start) > 0)
    if len(full):
        out[full] = np.add.reduceat(values, start[full], axis=0)
    return out
