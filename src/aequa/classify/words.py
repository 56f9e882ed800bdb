"""Text to words: one tokeniser for training and use, for spaced and unspaced scripts.

Words are lower-cased runs of letters (Devanagari and Arabic vowel signs included) of two or more
characters that start with a letter; plural *s* is folded (Harman 1991, the S-stemmer). Chinese
text, written without spaces, becomes overlapping pairs of characters.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST = 50_000
"""Characters of a title or an abstract that are looked at; the rest is ignored."""

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
_WORD = re.compile(rf"[^\W\d_][\w{_MARKS}]+|[\u4e00-\u9fff]")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ـ": None}
    | {chr(code): None for code in range(0x64B, 0x660)}
)


class Token(NamedTuple):
    """One word with its place in the text it was read from."""

    word: str
    start: int
    end: int


def stem(word: str) -> str:
    """Fold an English plural (Harman 1991); other words come back unchanged.

    >>> [stem(word) for word in ("crops", "cities", "class", "status", "buses")]
    ['crop', 'city', 'class', 'status', 'bus']
    """
    if len(word) < 4 or word[-1] != "s" or word[-2] in "su":
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "uses")):
        return word[:-2]
    return word[:-1]


def visible(text: str) -> str:
    """The text with tags blanked out, same length, at most ``LONGEST`` characters.

    >>> visible("<b>safe</b> water")
    '   safe     water'
    """
    text = text[:LONGEST]
    if "<" in text:
        text = _TAG.sub(lambda tag: " " * len(tag.group()), text)
    return text


def words(text: str) -> list[str]:
    """The words of a text in order, without plural folding.

    >>> words("Deep learning for <i>crops</i>: 水资源")
    ['deep', 'learning', 'for', 'crops', '水资', '资源']
    """
    text = visible(text)
    if text.isascii():
        return _WORD.findall(text.lower())
    return [token.word for token in tokens(text)]


def tokens(text: str) -> list[Token]:
    """The words of a text with their places: ``text[start:end]`` is the word as written."""
    found: list[Token] = []
    for match in _WORD.finditer(visible(text)):
        written, start = match.group(), match.start()
        if written.isascii():
            found.append(Token(written.lower(), start, match.end()))
        elif _HAN.search(written):
            found.extend(_pairs(written, start))
        else:
            found.append(Token(fold(written), start, match.end()))
    return found


def fold(word: str) -> str:
    """Lower case, with Arabic letters that are written in several ways made one."""
    return word.lower().translate(_ARABIC)


def _pairs(run: str, offset: int) -> list[Token]:
    """Characters of a Chinese run as overlapping pairs; other letters in it as words."""
    found = []
    for piece in re.finditer(r"[\u4e00-\u9fff]+|[^\u4e00-\u9fff]+", run):
        written, start = piece.group(), offset + piece.start()
        if not _HAN.match(written):
            if len(written) > 1:
                found.append(Token(fold(written), start, start + len(written)))
            continue
        for place in range(max(1, len(written) - 1)):
            pair = written[place : place + 2]
            found.append(Token(pair, start + place, start + place + len(pair)))
    return found
