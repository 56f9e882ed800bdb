"""Evidence: the words of the work itself that moved a goal's score most.

A text is cut at punctuation and at function words into phrases of at most twelve words. A phrase
weighs what its words add to the goal's score: in the fast tier its words and word pairs in a linear
score, in the accurate tier these and its pieces (``attribution``). Spans are copied, not rebuilt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from aequa.classify.glossary import glossed_languages, translate
from aequa.classify.models import Model
from aequa.classify.words import Token, tokens

MOST_PHRASES = 3
MOST_WORDS = 12
WORTH = 0.4
"""A further phrase is shown when it weighs at least this share of the best one."""
_JOIN = re.compile(r"[\s\-–‑'’/]{0,2}")
_LINKS = frozenset(("of", "for", "de", "des", "du", "da", "do", "del", "के", "की", "का", "ya", "wa"))
"""Function words that may stand inside a phrase, though not at its ends."""


class Phrase(NamedTuple):
    """A span of a text and what it adds to a score."""

    weight: float
    start: int
    end: int


class Weighed(NamedTuple):
    """A text, its words, and what each of them adds to a score."""

    text: str
    found: list[Token]
    moved: npt.NDArray[np.float64]


def evidence(title: str, abstract: str, goal: int, model: Model, language: str | None) -> list[str]:
    """One to three spans copied from the title or the abstract, the weightiest first.

    ``goal`` counts from 0. Empty only when the text has no words.
    """
    return spans([weigh(text, goal, model, language) for text in (title, abstract)])


def weigh(text: str, goal: int, model: Model, language: str | None) -> Weighed:
    """What each word of a text adds to the linear score of a goal, before the text's scale."""
    found = tokens(text)
    return Weighed(text, found, _moved(found, goal, model, language))


def spans(parts: Sequence[Weighed]) -> list[str]:
    """The spans that weigh most, copied from the texts; none when they have no words.

    A work that consists of function words alone is cut at punctuation only.
    """
    for stops in (function_words(), frozenset[str]()):
        found = [
            (one.weight, part.text[one.start : one.end])
            for part in parts
            for one in _phrases(part, stops)
        ]
        if found:
            return best(found)
    return []


def best(weighed: Sequence[tuple[float, str]]) -> list[str]:
    """The weightiest one to three of weighed spans, none of which says what another says.

    >>> best([(1.0, "clean water"), (3.0, "malaria"), (2.0, "Malaria parasites"), (0.1, "towns")])
    ['malaria']
    """
    found = sorted(weighed, key=lambda one: -one[0])
    chosen: list[str] = []
    for weight, span in found:
        if len(chosen) == MOST_PHRASES or (chosen and weight < max(WORTH * found[0][0], 1e-6)):
            break
        if not any(_says(span, other) or _says(other, span) for other in chosen):
            chosen.append(span)
    return chosen


def _says(one: str, other: str) -> bool:
    return one.lower() in other.lower()


def _phrases(part: Weighed, stops: frozenset[str]) -> list[Phrase]:
    """All phrases of a text with their weights; they do not overlap."""
    made, links = [], _LINKS if stops else frozenset()
    for run in _runs(part.text, part.found, stops):
        run = _trimmed(_window(_trimmed(run, part, links), part.moved), part, links)
        if run:
            weight = float(part.moved[run].sum())
            made.append(Phrase(weight, part.found[run[0]].start, part.found[run[-1]].end))
    return made


def _trimmed(run: list[int], part: Weighed, links: frozenset[str]) -> list[int]:
    """The run without links at either end."""
    inner = [place for place, word in enumerate(run) if part.found[word].word not in links]
    return run[inner[0] : inner[-1] + 1] if inner else []


def _moved(
    found: Sequence[Token], goal: int, model: Model, language: str | None
) -> npt.NDArray[np.float64]:
    """What each word adds to the score, pairs shared between their two words."""
    moved = np.zeros(len(found))
    if not found:
        return moved
    known, weights = model.vocabulary, model.weights[:, goal]
    ids = np.array(known.word_ids([token.word for token in found]))
    moved[ids >= 0] = weights[ids[ids >= 0]] * known.idf[ids[ids >= 0]]
    pairs = known.pair_ids(ids)
    for place in np.flatnonzero(pairs >= 0).tolist():
        moved[place : place + 2] += weights[pairs[place]] * known.idf[pairs[place]] / 2
    lent = found if language in glossed_languages() else []
    for place, token in enumerate(lent):
        for one in known.word_ids(translate([token.word], language)[1:]):
            moved[place] += weights[one] * known.idf[one] if one >= 0 else 0
    return moved


def _runs(text: str, found: Sequence[Token], stops: frozenset[str]) -> list[list[int]]:
    """Places of words between two breaks (punctuation, tags, the words in ``stops``)."""
    runs: list[list[int]] = [[]]
    for place, token in enumerate(found):
        gap = text[found[place - 1].end : token.start] if place else ""
        if not _JOIN.fullmatch(gap):
            runs.append([])
        if token.word in stops and token.word not in _LINKS:
            runs.append([])
        else:
            runs[-1].append(place)
    return [run for run in runs if run]


def _window(run: list[int], moved: npt.NDArray[np.float64]) -> list[int]:
    """The weightiest ``MOST_WORDS`` neighbouring words of a longer run."""
    if len(run) <= MOST_WORDS:
        return run
    sums = np.convolve(moved[run], np.ones(MOST_WORDS), "valid")
    best = int(sums.argmax())
    return run[best : best + MOST_WORDS]


@cache
def function_words() -> frozenset[str]:
    """Words that carry grammar rather than topic, in the nine languages."""
    table = files("aequa.classify").joinpath("function_words.tsv").read_text(encoding="utf-8")
    lines = [line for line in table.splitlines() if line and not line.startswith("#")]
    return frozenset(word for line in lines[1:] for word in line.split("\t")[1].split())
