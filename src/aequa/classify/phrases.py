"""Evidence: the words of the work itself that moved a goal's score most.

A text is cut at punctuation and at function words into phrases of at most twelve words; a phrase
weighs what its words and word pairs add to the goal's linear score. Spans are copied, not rebuilt.
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


def evidence(title: str, abstract: str, goal: int, model: Model, language: str | None) -> list[str]:
    """One to three spans copied from the title or the abstract, the weightiest first.

    ``goal`` counts from 0. Empty only when the text has no words.
    """
    found = [
        (phrase.weight, text[phrase.start : phrase.end])
        for text in (title, abstract)
        for phrase in phrases(text, goal, model, language)
    ]
    found.sort(key=lambda one: -one[0])
    chosen: list[str] = []
    for weight, span in found:
        known = any(_says(span, other) or _says(other, span) for other in chosen)
        if not known and (not chosen or weight >= max(WORTH * found[0][0], 1e-6)):
            chosen.append(span)
    return chosen[:MOST_PHRASES]


def _says(one: str, other: str) -> bool:
    return one.lower() in other.lower()


def phrases(text: str, goal: int, model: Model, language: str | None) -> list[Phrase]:
    """All phrases of a text with their weights; they do not overlap."""
    found = tokens(text)
    moved = _moved(found, goal, model, language)
    made = []
    for run in _runs(text, found):
        while run and found[run[0]].word in _LINKS:
            run = run[1:]
        while run and found[run[-1]].word in _LINKS:
            run = run[:-1]
        run = _window(run, moved)
        if run:
            weight = float(sum(moved[place] for place in run))
            made.append(Phrase(weight, found[run[0]].start, found[run[-1]].end))
    return made


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


def _runs(text: str, found: Sequence[Token]) -> list[list[int]]:
    """Places of words between two breaks (punctuation, tags, function words)."""
    runs: list[list[int]] = [[]]
    stops = function_words()
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
