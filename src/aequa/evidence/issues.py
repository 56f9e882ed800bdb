"""What is of concern: challenges named by AI works, and goals they hinder."""

from __future__ import annotations

from aequa.core.results import Table
from aequa.core.works import CHALLENGES
from aequa.evidence.counting import GOALS, SCOPE_ORDER, Question, by_scope, by_year, counted
from aequa.evidence.flat import Corpus
from aequa.evidence.shares import Head, share_table

_NAMES = [*CHALLENGES, "any"]
_ITEMS = f"SELECT unnest({_NAMES}) AS challenge"
_ORDER = f"list_position({_NAMES}, challenge)"
_ANSWERS = """
  SELECT name AS challenge, n, true AS yes FROM flat_challenges
  UNION ALL SELECT DISTINCT 'any', n, true FROM flat_challenges"""


def challenges(corpus: Corpus) -> Table:
    """Shares of AI works that raise each challenge, in three scopes."""
    head = Head(
        "challenges",
        "Share of AI works that raise each challenge",
        "Denominator: AI works, weighted in top10 and top1 as in the headline. A work counts for "
        "every challenge it raises; any: at least one.",
    )
    counts = by_scope(("challenge",), _ITEMS, _ANSWERS, "challenges_known")
    sql = f"""
SELECT challenge, scope, count, denominator, squares, unknown
FROM ({counts}) ORDER BY {_ORDER}, {SCOPE_ORDER}"""
    return share_table(corpus, head, sql)


def challenge_years(corpus: Corpus) -> Table:
    """Shares of each year's AI works that raise each challenge."""
    head = Head(
        "challenge_years",
        "Share of AI works that raise each challenge, by year",
        "Denominator: AI works of the year. Works without a year are the row with no year, and "
        "unknown in every other row.",
    )
    counts = by_year(("challenge",), _ITEMS, _ANSWERS, "challenges_known")
    sql = f"""
SELECT challenge, year, count, denominator, squares, unknown
FROM ({counts}) ORDER BY {_ORDER}, year NULLS LAST"""
    return share_table(corpus, head, sql)


def challenge_goals(corpus: Corpus) -> Table:
    """Shares of the AI works raising a challenge that touch each goal."""
    head = Head(
        "challenge_goals",
        "Share of the AI works raising each challenge that touch each goal",
        "Counted are works with both; denominator: AI works raising the challenge. unknown: works "
        "whose challenges or goals were not judged.",
    )
    question = Question(
        keys=("challenge",),
        rows=f"SELECT unnest({list(CHALLENGES)}) AS challenge",
        members="SELECT name AS challenge, n, 1 AS weight FROM flat_challenges",
        item=("goal",),
        items=GOALS,
        answers="SELECT goal, n, true AS yes FROM flat_goals",
        judged="goals_known",
    )
    sql = f"""
SELECT challenge, goal, count, denominator, squares,
  unknown + (SELECT count(*) FROM flat_works WHERE NOT challenges_known) AS unknown
FROM ({counted(question)}) ORDER BY {_ORDER}, goal"""
    return share_table(corpus, head, sql)


def hindered(corpus: Corpus) -> Table:
    """Of the AI works that touch a goal, the share that hinders it."""
    head = Head(
        "hindered",
        "Share of the AI works touching each goal that hinder it",
        "Counted are works with contribution hinders or mixed; denominator: AI works touching the "
        "goal. unknown: works whose goals or contribution were not judged.",
    )
    sql = f"""
WITH touched AS (
  SELECT goal, count(*) AS works, count(contribution) AS answered,
    count(*) FILTER (contribution IN ('hinders', 'mixed')) AS hindering
  FROM flat_goals GROUP BY goal
)
SELECT goal, coalesce(hindering, 0) AS count, coalesce(answered, 0) AS denominator,
  coalesce(answered, 0) AS squares,
  coalesce(works - answered, 0)
    + (SELECT count(*) FROM flat_works WHERE NOT goals_known) AS unknown
FROM ({GOALS}) LEFT JOIN touched USING (goal) ORDER BY goal"""
    return share_table(corpus, head, sql)
