"""From labelled texts to margins: vocabulary, targets, and one linear separator per column.

Separators are linear support vector machines with squared hinge loss (Fan et al. 2008, LIBLINEAR),
each on the texts for which its label was recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.svm import LinearSVC

from aequa.classify.features import (
    Floats,
    Ints,
    Rows,
    Vocabulary,
    Words,
    ending,
    sequence,
    vectors,
)
from aequa.classify.models import COLUMNS, LABEL_NAMES
from aequa.classify.reading import read_work
from aequa.classify.words import stem
from aequa.core.works import CONTRIBUTIONS
from aequa.training.data import Example


@dataclass(frozen=True)
class Spec:
    """How the weights are made."""

    seed: int = 20261124
    least_documents: int = 3
    """A word or pair in fewer texts is not shipped, so that no text can be rebuilt."""
    cost: float = 0.5
    """C of the support vector machine, for text of weight 1."""
    single_label_weight: float = 0.3
    """Weight of texts of which one goal was recorded, as a positive and as a negative."""
    passage_weight: float = 1.0
    """Weight of passages written for this project, cleaner than real abstracts."""
    title_copy_weight: float = 0.3
    """Weight of the copy of a work that shows only its title."""
    pair_weight: float = 3.0
    """Weight of contrast pairs where contributions are learnt, which they were written for."""
    filter_weight: float = 1.0
    """Weight of AI labels that derive from arXiv categories or from the corpus a work is in."""
    folds: int = 5
    goal_doubt: tuple[float, float] = (0.15, 1.01)
    """A work goes to the encoder when the fast probability of a goal lies between these."""
    ai_doubt: tuple[float, float] = (0.4, 0.6)
    """The same for the AI label."""


class Sample(NamedTuple):
    """An example as the models see it; a copy of a work may show its title only."""

    example: Example
    words: Words
    copy: bool


def samples(examples: Sequence[Example]) -> list[Sample]:
    """Every example, then title-only copies of those that have title, abstract and goals."""
    whole = [
        Sample(example, read_work(example.title, example.abstract), False) for example in examples
    ]
    short = [
        Sample(one.example, read_work(one.example.title, ""), True)
        for one in whole
        if one.example.goals is not None and one.words.title and one.words.abstract
    ]
    return whole + short


def vocabulary(texts: Sequence[Words], least: int) -> Vocabulary:
    """Words and pairs of words that occur in at least ``least`` of the texts."""
    seen: Counter[str] = Counter()
    for text in texts:
        seen.update({stem(word) for word in (*text.title, *text.abstract)})
    kept = sorted(word for word, count in seen.items() if count >= least)
    alone = Vocabulary(kept, np.zeros(0, np.int64), np.ones(len(kept), np.float32), 1.0)
    first = [np.unique(_pair_keys(text, alone)) for text in texts]
    pairs, often = np.unique(np.concatenate(first), return_counts=True)
    pairs, often = pairs[often >= least], often[often >= least]
    documents = np.concatenate([[seen[word] for word in kept], often])
    idf = 1 + np.log(len(texts) / documents)
    unknown = 1 + np.log(len(texts) / least)
    return Vocabulary(kept, pairs, idf.astype(np.float16).astype(np.float32), float(unknown))


def _pair_keys(text: Words, alone: Vocabulary) -> Ints:
    ids = np.array(sequence(text, alone))
    first, second = ids[:-1], ids[1:]
    known = (first >= 0) & (second >= 0)
    keys: Ints = (first * len(alone.words) + second)[known]
    return keys


def matrix(rows: Rows, width: int) -> sp.csr_matrix:
    """The same rows as a SciPy matrix."""
    return sp.csr_matrix((rows.value, rows.feature, rows.start), (len(rows.start) - 1, width))


def target(
    column: str, drawn: Sequence[Sample], spec: Spec
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Truth and weight of one column for every sample; weight 0 where it was not recorded."""
    truth = np.zeros(len(drawn), bool)
    weight = np.zeros(len(drawn))
    for place, one in enumerate(drawn):
        answer = _answer(column, one.example)
        if answer is not None:
            truth[place] = answer
            weight[place] = _weight(column, one, spec)
    return truth, weight


def _answer(column: str, example: Example) -> bool | None:
    kind, _, name = column.partition(":")
    if column in example.disputed:
        return None
    if kind == "ai":
        return False if example.ai is None and not example.complete else example.ai
    if kind == "goal":
        return None if example.goals is None else int(name) in example.goals
    if kind == "contribution":
        values = set((example.goals or {}).values())
        return name in values if values and None not in values else None
    recorded = example.challenges if kind == "challenge" else example.areas
    return None if recorded is None else name in recorded


def _weight(column: str, one: Sample, spec: Spec) -> float:
    example = one.example
    weight = spec.title_copy_weight if one.copy else 1.0
    if example.source in {"multilingual", "contrast"}:
        weight *= spec.passage_weight
    if example.source == "contrast" and column.startswith("contribution"):
        weight *= spec.pair_weight
    if not example.complete:
        weight *= spec.single_label_weight
    if column == "ai" and example.source in {"ai-filter", "ocean"}:
        weight *= spec.filter_weight
    return weight


class Linear(NamedTuple):
    """Weights over one vocabulary, as in ``Model``."""

    vocabulary: Vocabulary
    weights: Floats
    """(features, ``COLUMNS``)"""
    ending: Floats
    """(features, contributions)"""
    bias: Floats

    def margins(self, texts: Sequence[Words]) -> Floats:
        """Linear scores (texts, ``COLUMNS``), those of contributions with their ending."""
        whole = _features(texts, self.vocabulary) @ self.weights + self.bias
        last = _features([ending(text) for text in texts], self.vocabulary) @ self.ending
        whole[:, -len(CONTRIBUTIONS) :] += last
        return np.asarray(whole, np.float32)


def fit(drawn: Sequence[Sample], spec: Spec) -> Linear:
    """Fit all columns on the samples."""
    texts = [one.words for one in drawn]
    known = vocabulary(
        [one.words for one in drawn if not one.copy],
        spec.least_documents,
    )
    whole = _features(texts, known)
    double = sp.hstack([whole, _features([ending(text) for text in texts], known)]).tocsr()
    weights = np.zeros((known.size, len(COLUMNS)), np.float32)
    last = np.zeros((known.size, len(CONTRIBUTIONS)), np.float32)
    bias = np.zeros(len(COLUMNS), np.float32)
    for place, column in enumerate(COLUMNS):
        directed = column.startswith("contribution")
        found, bias[place] = _separate(double if directed else whole, column, drawn, spec)
        weights[:, place] = found[: known.size]
        if directed:
            last[:, place - len(LABEL_NAMES)] = found[known.size :]
    return Linear(known, weights, last, bias)


def _features(texts: Sequence[Words], known: Vocabulary) -> sp.csr_matrix:
    return matrix(vectors(texts, known), known.size)


def _separate(
    features: sp.csr_matrix, column: str, drawn: Sequence[Sample], spec: Spec
) -> tuple[npt.NDArray[np.float64], float]:
    """Coefficients and intercept of one column; a label seen always or never is a constant."""
    truth, weight = target(column, drawn, spec)
    rows = np.flatnonzero(weight)
    if not truth[rows].any() or truth[rows].all():
        return np.zeros(features.shape[1]), 1.0 if truth[rows].any() else -1.0
    machine = LinearSVC(C=spec.cost, dual=True, random_state=spec.seed, max_iter=5000)
    machine.fit(features[rows], truth[rows], sample_weight=weight[rows])
    return machine.coef_[0], float(machine.intercept_[0])
