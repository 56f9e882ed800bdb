"""The 169 targets of the Sustainable Development Goals: code, goal, a short name, telling words."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Target(NamedTuple):
    """One target of the 2030 Agenda (UN General Assembly resolution 70/1)."""

    code: str
    """``3.3``; a letter after the dot (``3.b``) marks a means of implementation."""
    goal: int
    name: str
    """What it asks for, in our own words."""
    words: tuple[str, ...]
    """Phrases that mark the target in abstracts; ``a & b`` asks for both somewhere in the text."""


@cache
def all_targets() -> tuple[Target, ...]:
    """All 169 targets in the order of the Agenda.

    >>> all_targets()[17].code, all_targets()[17].name
    ('3.3', 'End AIDS, tuberculosis, malaria and fight other infections')
    >>> len(all_targets())
    169
    """
    text = files("aequa.core").joinpath("targets.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return tuple(
        Target(code, int(goal), name, tuple(words.split("|")))
        for code, goal, name, words in lines[1:]
    )
