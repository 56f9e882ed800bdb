"""Words to the pieces that the encoder reads, and which word each piece came from.

WordPiece as in BERT (Devlin et al. 2019, uncased): lower case, accents stripped, the longest known
beginning first. A text is cut to ``WIDTH`` pieces: its title, the beginning of its abstract, and
its end, where findings stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from aequa.classify.words import LONGEST, Token, visible

WIDTH = 128
TITLE = 40
"""Most pieces of a title."""
HEAD = 5 / 8
"""Part of the pieces left to the abstract that its beginning gets; the end gets the rest."""
NO_WORD = -1
_LONGEST_WORD = 64
_READ = WIDTH * 6
"""Words looked at from either end of a text: none that could be kept is missed."""
_WORD = re.compile(r"[\u4e00-\u9fff]|[^\W_]+|[^\w\s]|_")


class Pieces(NamedTuple):
    """What the encoder reads of one text."""

    ids: list[int]
    words: list[int]
    """For each piece the place of its word, title before abstract; ``NO_WORD`` for marks."""


class Wordpieces:
    """Cuts words into known pieces.

    >>> known = Wordpieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "clean", "water", "##s"])
    >>> known.encode(["clean"], ["Waters"])
    Pieces(ids=[2, 4, 5, 6, 3], words=[-1, 0, 1, 1, -1])
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        self._ids = {piece: place for place, piece in enumerate(pieces)}
        self._first, self._last = self._ids["[CLS]"], self._ids["[SEP]"]
        self._unknown = self._ids["[UNK]"]
        self._known: dict[str, tuple[int, ...]] = {}

    def encode(self, title: Sequence[str], abstract: Sequence[str]) -> Pieces:
        """Ids of at most ``WIDTH`` pieces, the first and the last being marks."""
        named = self._flat(title, 0)[:TITLE]
        room = WIDTH - 2 - len(named)
        told = self._flat(abstract[:_READ], len(title))
        if len(told) > room or len(abstract) > _READ:
            begin = int(room * HEAD)
            rest = max(len(abstract) - _READ, 0)
            end = self._flat(abstract[rest:], len(title) + rest)
            told = told[:begin] + end[begin - room :]
        body = named + told
        ids = [self._first, *(piece for piece, _ in body), self._last]
        return Pieces(ids, [NO_WORD, *(word for _, word in body), NO_WORD])

    def _flat(self, words: Sequence[str], first: int) -> list[tuple[int, int]]:
        return [
            (piece, place) for place, word in enumerate(words, first) for piece in self.cut(word)
        ]

    def cut(self, word: str) -> tuple[int, ...]:
        """Ids of the pieces of one word."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) > 200_000:  # a corpus has ever new names; memory has an end
                self._known.clear()
            found = self._known[word] = self._longest_first(plain(word))
        return found

    def _longest_first(self, word: str) -> tuple[int, ...]:
        found, start = [], 0
        while start < len(word) <= _LONGEST_WORD:
            for end in range(len(word), start, -1):
                known = self._ids.get(word[start:end] if start == 0 else "##" + word[start:end])
                if known is not None:
                    break
            else:
                return (self._unknown,)
            found.append(known)
            start = end
        return tuple(found) if word and len(word) <= _LONGEST_WORD else (self._unknown,)


def plain(word: str) -> str:
    """Lower case without accents.

    >>> plain("Évaluation")
    'evaluation'
    """
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(part for part in parts if unicodedata.category(part) != "Mn")


def written(text: str) -> list[Token]:
    """The words and signs of a text with their places, as the encoder reads them.

    >>> [token.word for token in written("Low-cost <b>AI</b>!")]
    ['Low', '-', 'cost', 'AI', '!']
    """
    found = _WORD.finditer(visible(text[:LONGEST]))
    return [Token(match.group(), match.start(), match.end()) for match in found]


@cache
def shipped() -> Wordpieces:
    """The pieces that the shipped encoder knows."""
    text = files("aequa.classify").joinpath("wordpieces.txt").read_text(encoding="utf-8")
    return Wordpieces(text.rstrip("\n").split("\n"))
