"""A small glossary: what we know of English words, lent to eight other languages.

Nearly all annotated works are in English. A word of another language that begins like an entry of
``glossary.tsv`` is therefore followed by the English words it stands for, and the models read both.
A language without a column gets nothing, so its texts stay near zero and unlabelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from aequa.classify.words import fold

_SHORT = 3
"""Beginnings of so few letters must be nearly the whole word."""
_ARTICLES = ("وال", "بال", "كال", "فال", "لل", "ال", "و", "ب", "ل", "ف", "ك")


def translate(found: Sequence[str], language: str | None) -> list[str]:
    """The words, each followed by its English equivalents if the glossary has any.

    >>> translate(["santé", "des", "enfants"], "fr")
    ['santé', 'health', 'des', 'enfants', 'child']
    >>> translate(["santé"], "en")
    ['santé']
    """
    entries = _entries().get(language or "")
    if not entries:
        return list(found)
    out = []
    for word in found:
        out.append(word)
        out.extend(_meaning(word, entries, language == "ar"))
    return out


def _meaning(word: str, entries: dict[str, tuple[str, ...]], arabic: bool) -> tuple[str, ...]:
    forms = [word]
    if arabic:
        forms += [word[len(one) :] for one in _ARTICLES if word.startswith(one)]
    for form in forms:
        for length in range(len(form), 1, -1):
            short = length <= _SHORT and len(form) > length + length - 2
            if not short and (english := entries.get(form[:length])):
                return english
    return ()


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
