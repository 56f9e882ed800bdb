"""What is read of one work: its words, lent English where needed, and its language."""

from __future__ import annotations

from aequa.classify.features import Words
from aequa.classify.glossary import translate
from aequa.classify.language import identify
from aequa.classify.words import words


def read_work(title: str, abstract: str) -> Words:
    """The words of a work, and its language: the abstract decides it, being longer.

    >>> read_work("Santé", "La santé des enfants dans les villages du Sahel").language
    'fr'
    """
    named, told = words(title), words(abstract)
    language = identify(f"{abstract} {title}" if abstract else title, [*told, *named])
    if language != "en":
        named, told = translate(named, language), translate(told, language)
    return Words(named, told, language)
