"""What the works of each country do for, against and about: the tables of a country's edition."""

from __future__ import annotations

from aequa.core.results import Table
from aequa.core.works import CHALLENGES
from aequa.evidence.counting import ANY_AND_GOALS, Asked, asked_of_groups
from aequa.evidence.flat import Corpus
from aequa.evidence.shares import Head, listing, share_table

_KINDS = ["any", "supports", "hinders_or_mixed"]
_NAMES = [*CHALLENGES, "any"]
_FULL = (
    "A work counts once in every country of its authors (full counting). unknown: works whose "
    "labels do not say, and works with an author of unknown place who could be of the row, and "
    "not counted there; the row unknown has them all."
)

_CONTRIBUTIONS = f"""
  SELECT goal, kind AS contribution, n,
    CASE kind
      WHEN 'any' THEN true
      WHEN 'supports' THEN contribution IN ('supports', 'mixed')
      ELSE contribution IN ('hinders', 'mixed') END AS yes
  FROM flat_goals CROSS JOIN (SELECT unnest({_KINDS}) AS kind)
  UNION ALL SELECT 0, 'supports', n, supports FROM flat_works WHERE supports IS NOT FALSE
  UNION ALL SELECT 0, 'hinders_or_mixed', n, hinders FROM flat_works WHERE hinders IS NOT FALSE
  UNION ALL SELECT DISTINCT 0, 'any', n, true FROM flat_goals"""

_CHALLENGES = """
  SELECT name AS challenge, n, true AS yes FROM flat_challenges
  UNION ALL SELECT DISTINCT 'any', n, true FROM flat_challenges"""


def country_contributions(corpus: Corpus) -> Table:
    """Shares of the works of each country that touch, support or hinder each goal."""
    head = Head(
        "country_contributions",
        "Share of the AI works of each country that touch, support or hinder each goal",
        "goal 0 is any goal. any: the goal is touched; supports: contribution supports or mixed; "
        "hinders_or_mixed: hinders or mixed. Denominator: AI works of the country; countries "
        f"without a work are left out. {_FULL}",
    )
    items = f"SELECT goal, unnest({_KINDS}) AS contribution FROM {ANY_AND_GOALS}"
    asked = Asked(("goal", "contribution"), items, _CONTRIBUTIONS, "goals_known")
    sql = f"""
SELECT "group" AS country, goal, contribution, count, denominator, squares, unknown
FROM ({asked_of_groups("'country'", asked)}) SEMI JOIN flat_members USING (code)
ORDER BY "group" = 'unknown', country, goal, list_position({_KINDS}, contribution)"""
    return share_table(corpus, head, sql)


def country_challenges(corpus: Corpus) -> Table:
    """Shares of the works of each country that raise each challenge."""
    head = Head(
        "country_challenges",
        "Share of the AI works of each country that raise each challenge",
        "any: at least one. Denominator: AI works of the country; countries without a work are "
        f"left out. {_FULL}",
    )
    sql = f"""
SELECT "group" AS country, challenge, count, denominator, squares, unknown
FROM ({asked_of_groups("'country'", _raised())}) SEMI JOIN flat_members USING (code)
ORDER BY "group" = 'unknown', country, list_position({_NAMES}, challenge)"""
    return share_table(corpus, head, sql)


def group_challenges(corpus: Corpus) -> Table:
    """The same per group of countries."""
    head = Head(
        "group_challenges",
        "Share of the AI works of each group of countries that raise each challenge",
        f"any: at least one. Denominator: AI works of the group. {_FULL}",
    )
    sql = f"""
SELECT grouping, "group", challenge, count, denominator, squares, unknown
FROM ({asked_of_groups("SELECT DISTINCT grouping FROM groups", _raised())})
ORDER BY grouping, "group" = 'unknown', "group", list_position({_NAMES}, challenge)"""
    return share_table(corpus, head, sql)


def _raised() -> Asked:
    items = f"SELECT unnest({_NAMES}) AS challenge"
    return Asked(("challenge",), items, _CHALLENGES, "challenges_known")


def country_attention(corpus: Corpus) -> Table:
    """How many works each country has on each goal, each work split over both."""
    head = Head(
        "country_attention",
        "AI works of each country on each goal, each work counted once in all",
        "A work is split in equal parts over its authors, their countries and its goals, so that "
        "works adds up to the AI works whose goals were judged. highly_cited: the same, of the "
        "part of a work in the top 10 % cited. No country: unknown; no goal: the work has none.",
    )
    sql = """
WITH parts AS (SELECT n, count(*) AS parts FROM flat_goals GROUP BY n)
SELECT nullif(country, 'unknown') AS country, goal,
  sum(share / coalesce(parts, 1))::DOUBLE AS works,
  coalesce(sum(share * top10 / coalesce(parts, 1)), 0)::DOUBLE AS highly_cited
FROM flat_works JOIN flat_places USING (n)
LEFT JOIN parts USING (n) LEFT JOIN flat_goals USING (n)
WHERE goals_known GROUP BY ALL ORDER BY country NULLS LAST, goal NULLS LAST"""
    return listing(corpus, head, sql)


def goal_sets(corpus: Corpus) -> Table:
    """Which goals works touch together, and how many works each set of goals has."""
    head = Head(
        "goal_sets",
        "Sets of goals that AI works touch together",
        "goals: the numbers of all goals of a work, whatever the contribution; works: how many "
        "works have exactly these. Works without a goal are left out.",
    )
    sql = """
SELECT goals, count(*) AS works FROM (
  SELECT n, list(goal ORDER BY goal) AS goals
  FROM (SELECT DISTINCT n, goal FROM flat_goals) GROUP BY n
) GROUP BY goals ORDER BY works DESC, goals"""
    return listing(corpus, head, sql)
