"""Which targets of an assigned goal a text gives ground for: marked phrases, counted.

Every target has phrases of its own (``core/targets.tsv``). A phrase gives points for each time it
is said (the title counts ``TITLE`` times, repetition up to ``MOST`` times); phrases of several
words are less ambiguous and weigh more. A phrase that several targets of the goal share is divided
among them, which is inverse target frequency (Salton & Buckley 1988) in its plainest form. A
target is named when it has ``ENOUGH`` points and no other target of the goal is far ahead. Most
often one is named; none is a regular answer. Targets whose precision was judged poor are never
named (``suppressed`` in ``targets.json``).
"""

from __future__ import annotations

import json
import math
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from aequa.classify.features import Words
from aequa.classify.words import stem
from aequa.core.targets import all_targets

ENOUGH = 2.0
"""Points that a target needs: one phrase in the title, or two mentions in the abstract."""
NEAR = 0.5
"""A target is named when it has at least this share of the points of the best one."""
TITLE = 2
MOST = 3
SEVERAL_WORDS = 1.5
WINDOW = 8
"""Words lent by the glossary come in another order: all must stand within so many."""

_stem = lru_cache(maxsize=1 << 17)(stem)


class Ground(NamedTuple):
    """A target that a text gives ground for."""

    code: str
    score: float
    """``1 − 2^(−points/2)``, from .5 to 1: how strong the ground is, no probability."""
    because: str
    """The phrase that gave the most points, as ``core/targets.tsv`` writes it."""


class _Phrase(NamedTuple):
    written: str
    words: frozenset[str]
    parts: tuple[str, ...]
    """Stemmed words of each part with a space at both ends."""
    weight: float
    targets: tuple[str, ...]


class _Text(NamedTuple):
    title: str
    abstract: str
    places: dict[str, list[int]] | None
    """Where each word stands; None for English, whose phrases are found as they are written."""


def targets(work: Words, goal: int) -> list[Ground]:
    """The targets of one goal (1 … 17) that the text gives ground for, the strongest first.

    Empty when the text names no target. Raises ``KeyError`` for a goal outside 1 … 17.

    >>> work = Words(["predicting", "malaria", "outbreaks"], ["malaria", "cases", "fell"], "en")
    >>> [(ground.code, ground.because) for ground in targets(work, 3)]
    [('3.3', 'malaria'), ('3.d', 'outbreak')]
    >>> targets(work, 14)
    []
    """
    said: dict[str, list[tuple[_Phrase, float]]] = {}
    for phrase, given in _said(work, goal):
        for code in phrase.targets:
            said.setdefault(code, []).append((phrase, given))
    whole = {code: _apart(found) for code, found in said.items()}
    points = {code: sum(given for _, given in found) for code, found in whole.items()}
    least = max(ENOUGH, NEAR * max(points.values(), default=0.0))
    named = [code for code in points if points[code] >= least and code not in suppressed()]
    named.sort(key=lambda code: (-points[code], code))
    return [Ground(code, 1 - 2 ** (-points[code] / 2), _best(whole[code])) for code in named]


def _apart(found: list[tuple[_Phrase, float]]) -> list[tuple[_Phrase, float]]:
    """Of phrases that contain one another only the one with most points: none counts twice."""
    kept: list[tuple[_Phrase, float]] = []
    for phrase, given in sorted(found, key=lambda one: (-one[1], -len(one[0].written))):
        part = phrase.parts[0]
        others = [other.parts[0] for other, _ in kept]
        if not any(part != other and (part in other or other in part) for other in others):
            kept.append((phrase, given))
    return kept


def _best(found: list[tuple[_Phrase, float]]) -> str:
    return max(found, key=lambda one: (one[1], one[0].written))[0].written


def _said(work: Words, goal: int) -> list[tuple[_Phrase, float]]:
    """Phrases of the goal that the text has, each with the points it gives to its targets."""
    index = _index()[goal]
    title, abstract = list(map(_stem, work.title)), list(map(_stem, work.abstract))
    known = {*title, *abstract}
    possible = [
        phrase
        for head in sorted(index.keys() & known)
        for phrase in index[head]
        if known.issuperset(phrase.words)
    ]
    if not possible:
        return []
    foreign = work.language != "en" and any(" " in phrase.written for phrase in possible)
    places = _places([*title, *[""] * WINDOW, *abstract]) if foreign else None
    text = _Text(f" {' '.join(title)} ", f" {' '.join(abstract)} ", places)
    found = ((phrase, _points(phrase, text)) for phrase in possible)
    return [(phrase, given) for phrase, given in found if given]


def _points(phrase: _Phrase, text: _Text) -> float:
    """Mentions of the phrase, weighted; of several parts the least mentioned counts."""
    return phrase.weight * min(_mentions(part, text) for part in phrase.parts)


def _mentions(part: str, text: _Text) -> int:
    said = min(text.abstract.count(part), MOST) + TITLE * min(text.title.count(part), 1)
    if not said and text.places is not None and part.count(" ") > 2:
        return int(_together(part.split(), text.places))
    return said


def _together(part: Sequence[str], places: dict[str, list[int]]) -> bool:
    """Whether all words stand within ``WINDOW`` words of one another, in any order."""
    where = [places[word] for word in part]
    return any(
        all(_next(start, at) - start < WINDOW for at in where)
        for starts in where
        for start in starts
    )


def _next(start: int, places: Sequence[int]) -> float:
    """The first place that is not before ``start``."""
    found = bisect_left(places, start)
    return places[found] if found < len(places) else math.inf


def _places(found: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, word in enumerate(found):
        places.setdefault(word, []).append(place)
    return places


@cache
def _index() -> dict[int, dict[str, list[_Phrase]]]:
    """For each goal, phrases by their longest word, which is rarely a common one."""
    index: dict[int, dict[str, list[_Phrase]]] = {goal: {} for goal in range(1, 18)}
    owners: dict[tuple[int, str], list[str]] = {}
    for target in all_targets():
        for written in target.words:
            owners.setdefault((target.goal, written), []).append(target.code)
    for (goal, written), codes in owners.items():
        phrase = _phrase(written, codes)
        head = max(phrase.parts[0].split(), key=len)
        index[goal].setdefault(head, []).append(phrase)
    return index


def _phrase(written: str, codes: Sequence[str]) -> _Phrase:
    parts = [" ".join(map(stem, part.split())) for part in written.split(" & ")]
    return _Phrase(
        written,
        frozenset(word for part in parts for word in part.split()),
        tuple(f" {part} " for part in parts),
        (SEVERAL_WORDS if " " in written else 1.0) / len(codes),
        tuple(codes),
    )


@cache
def measured() -> dict[str, Any]:
    """What was measured about ``targets``: precision by goal and overall, and what is held back."""
    text = files("aequa.classify").joinpath("targets.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


@cache
def suppressed() -> frozenset[str]:
    """Codes of targets that are never named, because too few of their judged cases were right."""
    return frozenset(measured()["suppressed"])
