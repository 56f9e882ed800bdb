"""What AI research is for and where it is made: goals, areas, countries, groups, sectors."""

from __future__ import annotations

from aequa.core.results import Table
from aequa.core.works import AREAS, CONTRIBUTIONS
from aequa.evidence.counting import ANY_GOAL, GOALS, SCOPE_ORDER, by_group, by_scope
from aequa.evidence.flat import Corpus
from aequa.evidence.shares import Head, share_table

_GROUPINGS = "SELECT DISTINCT grouping FROM groups"
_SUPPORTED = "Counted are works that support a goal (contribution supports or mixed)."
_PLACES = (
    "A work counts once in every country of its authors (full counting), and in unknown when an "
    "author has no known country; fractional counts split it in equal parts over its authors and "
    "their countries. unknown: works with an author of unknown place who could be of the row, and "
    "not counted there; the row unknown has them all."
)

_SIZES = """
SELECT code, count(*) AS works_full, sum(share) AS works_fractional,
  sum(share) FILTER (supports) AS supports,
  sum(top10) AS top10_full, count(*) - count(top10) AS top10_unknown
FROM flat_members JOIN flat_works USING (n) GROUP BY code"""


def goals(corpus: Corpus) -> Table:
    """Shares of AI works per goal and contribution, in three scopes."""
    head = Head(
        "goals",
        "Share of AI works that touch each goal, by contribution",
        "Denominator: AI works, weighted in top10 and top1 as in the headline. any: the goal is "
        "touched, whatever the contribution; hinders_or_mixed: both as one class, since mixed "
        "alone is almost never assigned. A work counts for every goal it touches.",
    )
    contributions = [*CONTRIBUTIONS, "hinders_or_mixed", "any"]
    items = f"""
      SELECT goal, contribution
      FROM ({GOALS}) CROSS JOIN (SELECT unnest({contributions}) AS contribution)"""
    answers = f"""
      SELECT goal, asked.contribution, n,
        CASE asked.contribution
          WHEN 'any' THEN true
          WHEN 'hinders_or_mixed' THEN g.contribution IN ('hinders', 'mixed')
          ELSE g.contribution = asked.contribution END AS yes
      FROM flat_goals g CROSS JOIN (SELECT unnest({contributions}) AS contribution) AS asked"""
    counts = by_scope(("goal", "contribution"), items, answers, "goals_known")
    sql = f"""
SELECT goal, contribution, scope, count, denominator, squares, unknown FROM ({counts})
ORDER BY goal, list_position({contributions}, contribution), {SCOPE_ORDER}"""
    return share_table(corpus, head, sql)


def areas(corpus: Corpus) -> Table:
    """Shares of AI works per area of use, in three scopes."""
    head = Head(
        "areas",
        "Share of AI works that name each field of use",
        "Denominator: AI works, weighted in top10 and top1 as in the headline. A work counts for "
        "every area it names; none: it names no area.",
    )
    names = [*AREAS, "none"]
    answers = """
      SELECT name AS area, n, true AS yes FROM flat_areas
      UNION ALL SELECT 'none', n, true FROM flat_works WHERE NOT applied"""
    counts = by_scope(("area",), f"SELECT unnest({names}) AS area", answers, "areas_known")
    sql = f"""
SELECT area, scope, count, denominator, squares, unknown FROM ({counts})
ORDER BY list_position({names}, area), {SCOPE_ORDER}"""
    return share_table(corpus, head, sql)


def countries(corpus: Corpus) -> Table:
    """Works and share supporting a goal per country, those without a work included."""
    head = Head(
        "countries",
        "AI works of each country, and the share that supports a goal",
        f"{_SUPPORTED} Denominator: AI works of the country. {_PLACES} share_of_works: fractional "
        "count / all AI works; supports: fractional count of works supporting a goal; top10_full: "
        "works in the top 10 % cited, top10_unknown: works without a citation percentile.",
    )
    sql = f"""
SELECT "group" AS country, name, {_SIZED}
FROM ({by_group("'country'", ANY_GOAL)}) LEFT JOIN ({_SIZES}) AS sizes USING (code)
LEFT JOIN countries ON alpha3 = "group"
ORDER BY "group" = 'unknown', works_fractional DESC, country"""
    return share_table(corpus, head, sql)


_SIZED = """
  coalesce(works_full, 0) AS works_full,
  coalesce(works_fractional, 0) AS works_fractional,
  coalesce(works_fractional, 0)::DOUBLE / (SELECT nullif(count(*), 0) FROM flat_works)
    AS share_of_works,
  coalesce(supports, 0) AS supports, count, denominator, squares, unknown,
  coalesce(top10_full, 0) AS top10_full, coalesce(top10_unknown, 0) AS top10_unknown"""


def groups(corpus: Corpus) -> Table:
    """The same per group of countries: income, region, North–South, LDC, LLDC, SIDS."""
    head = Head(
        "groups",
        "AI works of each group of countries, and the share that supports a goal",
        f"{_SUPPORTED} Denominator: AI works of the group. {_PLACES} share_of_works: fractional "
        "count / all AI works.",
    )
    sql = f"""
SELECT grouping, "group",
  * EXCLUDE (grouping, "group", supports, top10_full, top10_unknown),
  supports, top10_full, top10_unknown
FROM (
  SELECT grouping, "group", {_SIZED}
  FROM ({by_group(_GROUPINGS, ANY_GOAL)}) LEFT JOIN ({_SIZES}) AS sizes USING (code)
) ORDER BY grouping, "group" = 'unknown', "group\""""
    return share_table(corpus, head, sql)


def group_goals(corpus: Corpus) -> Table:
    """Shares of works supporting each goal per group of countries, counted fractionally."""
    head = Head(
        "group_goals",
        "Share of the AI works of each group of countries that support each goal",
        f"{_SUPPORTED} Denominator: AI works of the group; both are fractional counts. {_PLACES}",
    )
    sql = f"""
SELECT grouping, "group", goal, count, denominator, squares, unknown
FROM ({by_group(_GROUPINGS, GOALS, fractional=True)})
ORDER BY grouping, "group" = 'unknown', "group", goal"""
    return share_table(corpus, head, sql)


def country_goals(corpus: Corpus) -> Table:
    """Shares of works supporting each goal per country with a work."""
    head = Head(
        "country_goals",
        "Share of the AI works of each country that support each goal",
        f"{_SUPPORTED} Denominator: AI works of the country; countries without a work are left "
        f"out. {_PLACES}",
    )
    sql = f"""
SELECT "group" AS country, goal, count, denominator, squares, unknown
FROM ({by_group("'country'", GOALS)}) SEMI JOIN flat_members USING (code)
ORDER BY "group" = 'unknown', country, goal"""
    return share_table(corpus, head, sql)


_SECTORS = (
    "A work counts in every sector its affiliations are known to be of; unknown: works with no "
    "affiliation of a known sector, a row of their own and unknown in every other row."
)


def sectors(corpus: Corpus) -> Table:
    """Works and share supporting a goal per sector."""
    head = Head(
        "sectors",
        "AI works of each sector, and the share that supports a goal",
        f"{_SUPPORTED} Denominator: AI works of the sector. {_SECTORS}",
    )
    sql = f"""
SELECT "group" AS sector, coalesce(works_full, 0) AS works, count, denominator, squares, unknown
FROM ({by_group("'sector'", ANY_GOAL)}) LEFT JOIN ({_SIZES}) AS sizes USING (code)
ORDER BY "group" = 'unknown', works DESC, sector"""
    return share_table(corpus, head, sql)


def sector_goals(corpus: Corpus) -> Table:
    """Shares of works supporting each goal per sector."""
    head = Head(
        "sector_goals",
        "Share of the AI works of each sector that support each goal",
        f"{_SUPPORTED} Denominator: AI works of the sector. {_SECTORS}",
    )
    sql = f"""
SELECT "group" AS sector, goal, count, denominator, squares, unknown
FROM ({by_group("'sector'", GOALS)}) ORDER BY "group" = 'unknown', sector, goal"""
    return share_table(corpus, head, sql)
