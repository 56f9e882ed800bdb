"""One way to count: members of rows × answers about items → count, denominator, unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

GOALS = "(SELECT range::TINYINT AS goal FROM range(1, 18))"
ANY_GOAL = "(SELECT 0::TINYINT AS goal)"
ANY_AND_GOALS = "(SELECT range::TINYINT AS goal FROM range(0, 18))"
SCOPES = "(SELECT unnest(['all', 'top10', 'top1']) AS scope)"
SCOPE_ORDER = "list_position(['all', 'top10', 'top1'], scope)"


@dataclass(frozen=True)
class Question:
    """What is counted, as relations in SQL.

    Attributes:
        keys: the columns that name a row, e.g. ``("year",)``.
        rows: relation (keys): every row to be shown, those without a work included.
        members: relation (keys, n, weight): the works of each row, at most once each; a weight of
            null says that it is unknown whether the work belongs there.
        item: the columns that name what is asked, e.g. ``("goal",)``.
        items: relation (item): everything that is asked.
        answers: relation (item, n, yes): true, or null where the answer is unknown. No line: no.
        judged: condition on ``flat_works``; where it fails every answer is unknown.
    """

    keys: tuple[str, ...]
    rows: str
    members: str
    item: tuple[str, ...]
    items: str
    answers: str
    judged: str = "true"


def counted(question: Question) -> str:
    """The query (keys, item, count, denominator, squares, unknown) that answers a question.

    A work counts with its weight w: ``denominator`` is Σw over works with an answer, ``squares``
    Σw² over the same, ``unknown`` is Σw over works without one plus the works of unknown weight.
    """
    keys = _list(question.keys)
    return f"""
WITH member AS (
  SELECT {_list(question.keys, "part.")}, n, weight::DECIMAL(18, 12) AS weight,
    (weight::DOUBLE * weight::DOUBLE)::DECIMAL(18, 12) AS square, {question.judged} AS judged
  FROM ({question.members}) AS part JOIN flat_works USING (n)
), base AS (
  SELECT {keys},
    coalesce(sum(weight) FILTER (judged), 0) AS weight,
    coalesce(sum(square) FILTER (judged), 0) AS square,
    coalesce(sum(weight) FILTER (NOT judged), 0) + count(*) FILTER (weight IS NULL) AS unknown
  FROM member GROUP BY ALL
), found AS (
  SELECT {_list(question.keys, "member.")}, {_list(question.item, "answer.")},
    sum(weight) FILTER (yes) AS yes,
    sum(weight) FILTER (yes IS NULL) AS unknown,
    sum(square) FILTER (yes IS NULL) AS unknown_square
  FROM member JOIN ({question.answers}) AS answer USING (n)
  WHERE judged AND weight IS NOT NULL GROUP BY ALL
)
SELECT {_list(question.keys, "shown.")}, {_list(question.item, "asked.")},
  coalesce(found.yes, 0) AS count,
  coalesce(base.weight, 0) - coalesce(found.unknown, 0) AS denominator,
  coalesce(base.square, 0) - coalesce(found.unknown_square, 0) AS squares,
  coalesce(base.unknown, 0) + coalesce(found.unknown, 0) AS unknown
FROM ({question.rows}) AS shown CROSS JOIN ({question.items}) AS asked
LEFT JOIN base ON {_same("base", question.keys)}
LEFT JOIN found ON {_same("found", question.keys)} AND {_same("found", question.item, "asked")}"""


def _list(names: tuple[str, ...], prefix: str = "") -> str:
    return ", ".join(f"{prefix}{name}" for name in names)


def _same(table: str, names: tuple[str, ...], other: str = "shown") -> str:
    return " AND ".join(f"{table}.{name} IS NOT DISTINCT FROM {other}.{name}" for name in names)


def by_scope(item: tuple[str, ...], items: str, answers: str, judged: str) -> str:
    """Shares of all, top 10 % and top 1 % of the AI works."""
    return counted(
        Question(("scope",), SCOPES, "SELECT * FROM flat_scopes", item, items, answers, judged)
    )


def by_year(item: tuple[str, ...], items: str, answers: str, judged: str) -> str:
    """Shares of the AI works of each year; works without a year are a row of their own.

    They count as unknown in every other row, since they could be of that year.
    """
    rows = "SELECT DISTINCT year FROM flat_works"
    members = "SELECT year, n, 1 AS weight FROM flat_works"
    sql = counted(Question(("year",), rows, members, item, items, answers, judged))
    return f"""
SELECT * REPLACE (unknown + CASE WHEN year IS NULL THEN 0
  ELSE (SELECT count(*) FROM flat_works WHERE year IS NULL) END AS unknown) FROM ({sql})"""


def by_group(groupings: str, items: str, fractional: bool = False) -> str:
    """Shares of works supporting a goal in each group of the ``groupings`` (an SQL list)."""
    asked = Asked(("goal",), items, "SELECT * FROM flat_supports", "goals_known")
    return asked_of_groups(groupings, asked, fractional)


class Asked(NamedTuple):
    """What is asked of works, as in ``Question``."""

    item: tuple[str, ...]
    items: str
    answers: str
    judged: str


def asked_of_groups(groupings: str, asked: Asked, fractional: bool = False) -> str:
    """Shares of the works of each group of the ``groupings`` for which the answer is yes.

    Works with an unknown place or sector are a group of their own, and unknown in every other
    group of the grouping where they are not counted already.
    """
    rows = f"SELECT code FROM flat_groups WHERE grouping IN ({groupings})"
    weight, elsewhere = ("share", "fractional") if fractional else ("1", "works")
    members = f"SELECT code, n, {weight} AS weight FROM flat_members WHERE code IN ({rows})"
    sql = counted(Question(("code",), rows, members, *asked))
    return f"""
SELECT asked.* REPLACE (asked.unknown + flat_elsewhere.{elsewhere} AS unknown),
  grouping, "group"
FROM ({sql}) AS asked JOIN flat_groups USING (code) JOIN flat_elsewhere USING (code)"""
