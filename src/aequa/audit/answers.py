"""What a person typed into a row of the sheet, read as a judgement."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from aequa.audit.measures import GOALS, Judgement
from aequa.core.works import AREAS, CHALLENGES, CONTRIBUTIONS

T = TypeVar("T")
COLUMNS = ("ai", "goals", "challenges", "areas")
"""The columns that a person fills in; ``note`` is free text and never read."""
_AI = {"yes": True, "y": True, "1": True, "true": True}
_AI |= {"no": False, "n": False, "0": False, "false": False}
_SIGNS = {"+": "supports", "-": "hinders", "±": "mixed", "0": "neutral", "=": "neutral"}
_SIGNS |= {name: name for name in CONTRIBUTIONS}
_NONE = {"none", "no"}
_WORD = "|".join(CONTRIBUTIONS)
_GOAL = re.compile(
    rf"(\d{{1,2}})(?:\s*:?\s*(±|\+/?-|\+|-|=|{_WORD})|\s*[:\s]\s*(0)(?!\d))(?:[\s,;]+|(?=\d)|$)"
)
_SIGN_FIRST = re.compile(r"(\+/?-|[-±])(\d{1,2})")
"""Spreadsheets turn ``3-`` into −3; +3 loses its sign there and cannot be told from 3."""


class Problem(NamedTuple):
    """A cell that cannot be read."""

    column: str
    reason: str
    """What was found and what was expected."""


class Answer(NamedTuple):
    """A row: its judgement, or why there is none. Neither: nobody has labelled it."""

    judgement: Judgement | None
    problems: tuple[Problem, ...] = ()


def answer(row: Mapping[str, str]) -> Answer:
    """Read the cells ``COLUMNS`` of one row; cells that are missing are empty.

    A work that is not AI needs no further cell. For an AI work every cell must say something,
    ``none`` where nothing applies, because an empty cell does not say that it was considered.

    >>> answer({"ai": "yes", "goals": "3+ 10-", "challenges": "none", "areas": "Society"}).judgement
    Judgement(ai=True, goals=((3, 'supports'), (10, 'hinders')), challenges=(), areas=('society',))
    >>> answer({"ai": "maybe"}).problems
    (Problem(column='ai', reason="found 'maybe', expected yes or no"),)
    >>> answer({"ai": " "})
    Answer(judgement=None, problems=())
    """
    cells = {name: _plain(row.get(name, "")) for name in COLUMNS}
    if not any(cells.values()):
        return Answer(None)
    ai, problems = _AI.get(cells["ai"]), []
    if ai is None:
        problems.append(Problem("ai", f"{_found(cells['ai'])}, expected yes or no"))
    needed = {name: cells[name] for name in COLUMNS[1:] if cells[name] or ai}
    goals = _read("goals", _goals, needed, problems)
    challenges = _read("challenges", _challenges, needed, problems)
    areas = _read("areas", _areas, needed, problems)
    if problems or ai is None:
        return Answer(None, tuple(problems))
    return Answer(Judgement(ai, goals, challenges, areas) if ai else Judgement(ai))


def _read(
    name: str,
    reader: Callable[[str], tuple[T, ...]],
    cells: Mapping[str, str],
    problems: list[Problem],
) -> tuple[T, ...]:
    try:
        return reader(cells[name]) if name in cells else ()
    except ValueError as error:
        problems.append(Problem(name, str(error)))
        return ()


def _plain(cell: str) -> str:
    text = " ".join(cell.replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-").split())
    return text.casefold()


def _found(cell: str) -> str:
    return f"found {cell[:60]!r}" if cell else "empty"


def _goals(cell: str) -> tuple[tuple[int, str | None], ...]:
    """Goals with signs: ``3+ 10-``.

    >>> _goals("3+ 10±, 13 0"), _goals("none"), _goals("-3")
    (((3, 'supports'), (10, 'mixed'), (13, 'neutral')), (), ((3, 'hinders'),))
    """
    if cell in _NONE:
        return ()
    if turned := _SIGN_FIRST.fullmatch(cell):
        cell = turned[2] + turned[1]
    found, at = [], 0
    while match := _GOAL.match(cell, at):
        sign = (match[2] or match[3]).replace("+/-", "±").replace("+-", "±")
        found.append((int(match[1]), _SIGNS[sign]))
        at = match.end()
    numbers = [goal for goal, _ in found]
    if at < len(cell) or not found or not set(numbers) <= set(GOALS):
        raise ValueError(
            f"{_found(cell)}, expected goals from 1 to 17, each with a sign + - ± or 0, "
            "such as '3+ 10- 13 0', or none"
        )
    if len(set(numbers)) < len(numbers):
        raise ValueError(f"{_found(cell)}, expected each goal once")
    return tuple(sorted(found))


def _challenges(cell: str) -> tuple[str, ...]:
    return _names(cell, CHALLENGES)


def _areas(cell: str) -> tuple[str, ...]:
    return _names(cell, AREAS)


def _names(cell: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    """Names from a list.

    >>> _names("bias; privacy", ("bias", "privacy")), _names("none", ("bias",))
    (('bias', 'privacy'), ())
    """
    names = [] if cell in _NONE else [name for name in re.split(r"[\s,;/]+", cell) if name]
    if (not names and cell not in _NONE) or not set(names) <= set(choices):
        raise ValueError(f"{_found(cell)}, expected some of {', '.join(choices)}, or none")
    return tuple(name for name in choices if name in names)
