"""Evidence phrases marked in a text: found as they stand, whatever their case and spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from markupsafe import Markup, escape


def highlighted(text: str, marks: Iterable[tuple[str, int]]) -> Markup:
    """The text, escaped, with each phrase in a ``<mark>`` that names its goals.

    Where phrases overlap, the text is cut so that no mark lies in another.

    >>> highlighted("Early  detection <of> malaria", [("early detection", 3)])
    Markup('<mark data-goals="3">Early  detection</mark> &lt;of&gt; malaria')
    """
    spans = [
        (found.start(), found.end(), goal)
        for phrase, goal in marks
        if phrase.strip()
        for found in [_pattern(phrase).search(text)]
        if found
    ]
    edges = sorted({0, len(text), *(edge for span in spans for edge in span[:2])})
    pieces = [
        _piece(text[start:end], sorted({goal for low, high, goal in spans if low <= start < high}))
        for start, end in pairwise(edges)
    ]
    return Markup("").join(pieces)


def _pattern(phrase: str) -> re.Pattern[str]:
    words = (re.escape(word) for word in phrase.split())
    return re.compile(r"\s+".join(words), re.IGNORECASE)


def _piece(text: str, goals: Sequence[int]) -> Markup:
    if not goals:
        return escape(text)
    named = " ".join(map(str, goals))
    return Markup('<mark data-goals="{}">{}</mark>').format(named, text)
