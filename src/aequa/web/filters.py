"""What a reader may ask of the works; every filter is checked against its valid choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from aequa.core.countries import countries
from aequa.core.groups import groupings, groups
from aequa.core.works import AREAS, CHALLENGES, CONTRIBUTIONS, SECTORS
from aequa.web.problems import Problem

AGAINST = "against"
"""Hinders or mixed, as one class."""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "goal": tuple(str(goal) for goal in range(1, 18)),
    "contribution": (*CONTRIBUTIONS, AGAINST),
    "challenge": (*CHALLENGES, "any"),
    "area": (*AREAS, "none"),
    "sector": (*SECTORS, "unknown"),
    "cited": ("top10", "top1"),
    "reading": ("explicit", "applied", "hinders"),
    "ai": ("yes", "no", "any"),
}
UNKNOWN = "unknown"
"""No country, or no sector, is known of the work."""
LONGEST = 200
"""Characters of a search."""
YEARS = (1800, 2100)


class Filters(NamedTuple):
    """What is asked for; an empty value asks for nothing."""

    q: str = ""
    goal: str = ""
    contribution: str = ""
    challenge: str = ""
    area: str = ""
    country: str = ""
    group: str = ""
    """``grouping:group``, such as ``income:low``"""
    sector: str = ""
    year: str = ""
    """One year, or ``2015-2020``"""
    cited: str = ""
    reading: str = ""
    ai: str = ""

    def asked(self) -> dict[str, str]:
        """The filters that ask for something, by name."""
        return {name: value for name, value in self._asdict().items() if value}

    def query(self, **changed: str) -> str:
        """The filters as the query of an address, some changed; empty values are left out.

        >>> Filters(goal="3").query(year="2020")
        'goal=3&year=2020'
        """
        return urlencode(
            {name: value for name, value in {**self.asked(), **changed}.items() if value}
        )

    def years(self) -> tuple[int, int] | None:
        """First and last year, both within."""
        if not self.year:
            return None
        first, _, last = self.year.partition("-")
        return int(first), int(last or first)


def filters(given: Mapping[str, str]) -> Filters:
    """The filters of a query, each checked.

    Raises:
        Problem: a value is not among the valid ones, which the problem names.
    """
    told = {name: given.get(name, "").strip() for name in Filters._fields}
    for name, valid in CHOICES.items():
        if told[name] and told[name] not in valid:
            raise _wrong(name, valid)
    if told["country"] not in {"", UNKNOWN, *(one.alpha3 for one in countries())}:
        raise _wrong("country", ["an ISO 3166-1 code such as KEN"])
    if told["group"] and members(told["group"]) is None:
        raise _wrong("group", ["a grouping and a group such as income:low"])
    if told["year"] and not _is_year(told["year"]):
        raise _wrong("year", ["a year, or two such as 2015-2020"])
    if len(told["q"]) > LONGEST or "\x00" in told["q"]:
        raise _wrong("q", [f"at most {LONGEST} characters"])
    if told["contribution"] and not told["goal"]:
        raise Problem(400, "contribution needs a goal", "expected goal=1 to goal=17 beside it")
    return Filters(**told)


def _wrong(name: str, valid: Iterable[str]) -> Problem:
    return Problem(400, f"{name} is not valid", f"{name}: expected one of {', '.join(valid)}")


def _is_year(text: str) -> bool:
    parts = text.split("-")
    if len(parts) > 2 or not all(part.isascii() and part.isdigit() for part in parts):
        return False
    numbers = [int(part) for part in parts if len(part) == 4]
    return len(numbers) == len(parts) and all(YEARS[0] <= one <= YEARS[1] for one in numbers)


def members(group: str) -> tuple[str, ...] | None:
    """The countries of ``grouping:group``; None where there is no such group.

    >>> "KEN" in members("region:Africa")
    True
    """
    grouping, _, name = group.partition(":")
    if grouping not in {one.grouping for one in groupings()}:
        return None
    found = tuple(code for code, its in groups(grouping).items() if its == name)
    return found or None
