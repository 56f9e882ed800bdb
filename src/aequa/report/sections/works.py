"""The works behind the numbers: examples by key, and how to filter the whole list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from markupsafe import escape

from aequa.report.formats import count, decimal, known
from aequa.report.links import address, anchor
from aequa.report.names import country, name
from aequa.report.stored import Row, Stored
from aequa.report.words import say

BUDGET = 600_000
"""Bytes that the examples may take in the page, so that it stays under 1.5 MB."""
OVERHEAD = 260
"""Characters of markup around one example."""
LONGEST = 200
"""Characters of a title, venue or phrase that the page prints; ``works.csv`` has all of them."""


@dataclass(frozen=True)
class Example:
    """One work as printed."""

    title: str
    where: str
    evidence: str
    id: str
    href: str | None
    score: str


@dataclass(frozen=True)
class Group:
    """The examples of one key."""

    anchor: str
    title: str
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Family:
    """All keys of one kind: goals, challenges, areas, countries."""

    title: str
    groups: tuple[Group, ...]


FAMILIES = ("headline", "goal", "area", "challenge", "country")
"""Kinds of keys, in the order of the page."""


def chosen(stored: Stored) -> tuple[Row, ...]:
    """Examples that fit the page: the same number of ranks for every key, as many as fit.

    Where not even one of each key fits, the first keys have theirs and the others none.
    """
    rows = sorted(
        (row for row in stored.rows("examples") if row.get("key")),
        key=lambda row: (str(row["key"]), known(row.get("rank")) or 0),
    )
    deepest = max((_rank(row) for row in rows), default=0)
    for depth in range(deepest, 0, -1):
        kept = tuple(row for row in rows if _rank(row) <= depth)
        if sum(map(_size, kept)) <= BUDGET:
            return kept
    return _fitting([row for row in rows if _rank(row) <= 1])


def _fitting(rows: Iterable[Row]) -> tuple[Row, ...]:
    kept, room = [], BUDGET
    for row in rows:
        room -= _size(row)
        if room >= 0:
            kept.append(row)
    return tuple(kept)


def _rank(row: Row) -> int:
    return int(known(row.get("rank")) or 1)


def _size(row: Row) -> int:
    texts = ("title", "venue", "evidence", "id", "key")
    written = (escape(_cut(_phrase(row.get(column)))).encode() for column in texts)
    return OVERHEAD + sum(map(len, written))


def _cut(text: object) -> str:
    """The text, or its first ``LONGEST`` characters and a mark that there are more."""
    words = str(text)
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"


def families(rows: Iterable[Row]) -> list[Family]:
    """Groups of examples in the order of ``FAMILIES``; keys of other kinds come last."""
    by_kind: dict[str, list[Group]] = {}
    for key, run in groupby(rows, lambda row: str(row["key"])):
        kind = key.partition("-")[0]
        examples = tuple(example(row) for row in run)
        group = Group(anchor("works", key), heading(key), examples)
        by_kind.setdefault(kind, []).append(group)
    known_kinds = [kind for kind in FAMILIES if kind in by_kind]
    others = [kind for kind in by_kind if kind not in FAMILIES]
    return [
        Family(name("family", kind), tuple(_ordered(by_kind[kind])))
        for kind in [*known_kinds, *others]
    ]


def _ordered(groups: list[Group]) -> list[Group]:
    """Goal 2 before goal 10."""
    return sorted(
        groups,
        key=lambda group: [
            (int(piece), "") if piece.isdigit() else (0, piece) for piece in group.anchor.split("-")
        ],
    )


def heading(key: str) -> str:
    """What a key says in words.

    >>> heading("goal-3-supports"), heading("country-KEN")
    ('Goal 3 Good health: supports', 'Kenya')
    """
    kind, _, rest = key.partition("-")
    if kind == "goal":
        goal, _, contribution = rest.partition("-")
        return say(
            "Goal {goal} {name}: {contribution}",
            goal=goal,
            name=name("goal", goal),
            contribution=name("contribution", contribution),
        )
    if kind == "country":
        return country(rest)
    return name("reading" if kind == "headline" else kind, rest)


def example(row: Row) -> Example:
    """One row of the table of examples as printed; unknown parts are left out."""
    cited = known(row.get("cited_by"))
    where = [
        _cut(row["venue"]) if row.get("venue") else "",
        str(int(row["year"])) if known(row.get("year")) is not None else "",
        say("cited {n} times", n=count(cited)) if cited is not None else "",
    ]
    return Example(
        title=_cut(row.get("title") or say("(no title)")),
        where=", ".join(part for part in where if part),
        evidence=_cut(_phrase(row.get("evidence"))),
        id=str(row.get("id") or ""),
        href=address(row.get("id")),
        score=decimal(row.get("score")) if known(row.get("score")) is not None else "",
    )


def _phrase(evidence: object) -> str:
    """Evidence as one string, whether the table holds a phrase or a list of phrases."""
    if isinstance(evidence, list):
        return " … ".join(str(phrase) for phrase in evidence if phrase)
    return str(evidence or "")
