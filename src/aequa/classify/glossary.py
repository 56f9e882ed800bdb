"""A glossary: what we know of English words, lent to eight other languages.

Nearly all annotated works are in English. A word of another language that begins like an entry of
``glossary.tsv`` is therefore read as the English words it stands for, beside the word
(``translate``) or in its place (``lend``); the longest beginning wins. In Arabic the joined
particles are looked behind, in Swahili the prefixes of a verb, whose stem is written ``-stem``.
A language without a column gets nothing, so its texts stay near zero and unlabelled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product

from aequa.classify.words import fold

_SHORT = 3
"""Beginnings of so few letters must be nearly the whole word."""
_REMEMBERED = 1 << 17
"""Words whose meaning is kept, so that a frequent word is looked up once."""
_ARTICLES = ("وال", "بال", "كال", "فال", "لل", "ال", "و", "ب", "ل", "ف", "ك")
_PERSONS = ("", "ni", "tu", "u", "m", "wa", "i", "a", "zi", "ya", "li", "ki", "vi", "ha", "hai")
_TENSES = ("na", "li", "me", "ta", "ka")
_RELATIVES = ("", "o", "yo", "zo", "lo", "cho", "vyo", "ye", "po")
_VERB_PREFIXES = frozenset(map("".join, product(_PERSONS, _TENSES, _RELATIVES))) | {
    *("ku", "kuto", "hu", "hai", "hawa", "hazi", "haku", "hawaku", "haziku", "i", "wa", "zi", "u")
}
_LONGEST_PREFIX = max(map(len, _VERB_PREFIXES))
_AFTER_LATIN = "\u0370"
"""The first letter of the Greek block: what comes before is Latin or a mark on a letter."""


def translate(found: Sequence[str], language: str | None) -> list[str]:
    """The words, each followed by its English equivalents if the glossary has any.

    >>> translate(["santé", "des", "enfants"], "fr")
    ['santé', 'health', 'des', 'enfants', 'child']
    >>> translate(["santé"], "en")
    ['santé']
    """
    if language not in glossed_languages():
        return list(found)
    out = []
    for word in found:
        out.append(word)
        out.extend(_meaning(word, language))
    return out


def lend(found: Sequence[str], language: str | None) -> list[str]:
    """The English reading alone, in order: of each word its English equivalents, if any.

    A word the glossary does not know stays if it is in Latin letters (names, words that English
    shares) and is left out otherwise. English, and a language without a column, come back as is.

    >>> lend(["santé", "xyloglosse", "enfants"], "fr")
    ['health', 'xyloglosse', 'child']
    >>> lend(["здоровье", "и", "детей", "lstm"], "ru")
    ['health', 'child', 'lstm']
    >>> lend(["santé"], "en"), lend(["gesundheit"], "de")
    (['santé'], ['gesundheit'])
    """
    if language not in glossed_languages():
        return list(found)
    out: list[str] = []
    for word in found:
        english = _meaning(word, language)
        if english:
            out.extend(english)
        elif max(word, default="") < _AFTER_LATIN:
            out.append(word)
    return out


@lru_cache(maxsize=_REMEMBERED)
def _meaning(word: str, language: str | None) -> tuple[str, ...]:
    entries = _entries()[language or ""]
    for form in _forms(word, language):
        for length in range(len(form), 1, -1):
            short = length <= _SHORT and len(form) > length + length - 2
            if not short and (english := entries.get(form[:length])):
                return english
    return ()


def _forms(word: str, language: str | None) -> Iterator[str]:
    """The word, then what is left of it behind each particle or prefix it may begin with."""
    yield word
    if language == "ar":
        yield from (word[len(one) :] for one in _ARTICLES if word.startswith(one))
    elif language == "sw":
        for length in range(min(_LONGEST_PREFIX, len(word)), 0, -1):
            if word[:length] in _VERB_PREFIXES:
                yield "-" + word[length:]


@cache
def glossed_languages() -> frozenset[str]:
    """Languages that have a column in the glossary."""
    return frozenset(_entries())


@cache
def _entries() -> dict[str, dict[str, tuple[str, ...]]]:
    """For each language, beginnings of words and the English words they stand for."""
    text = files("aequa.classify").joinpath("glossary.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    languages, rows = lines[0][1:], lines[1:]
    entries: dict[str, dict[str, tuple[str, ...]]] = {language: {} for language in languages}
    for english, *cells in rows:
        for language, cell in zip(languages, cells, strict=True):
            for start in filter(None, cell.split("|")):
                known = entries[language].get(fold(start), ())
                new = tuple(word for word in english.split() if word not in known)
                entries[language][fold(start)] = known + new
    return entries
