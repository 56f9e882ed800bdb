"""How far AI research serves the goals: the headline in three readings, and its course."""

from __future__ import annotations

from aequa.core.results import Table
from aequa.evidence.counting import ANY_AND_GOALS, SCOPE_ORDER, by_scope, by_year
from aequa.evidence.flat import Corpus
from aequa.evidence.shares import Head, fetch, share_table


def headline(corpus: Corpus) -> Table:
    """Shares of AI works under the readings explicit, applied and hinders, in three scopes."""
    works, ai, unlabelled = _sizes(corpus)
    head = Head(
        "headline",
        "Share of AI works that support a goal, name a field of use, or hinder a goal",
        f"Of {works:,} works {ai:,} are about AI and {unlabelled:,} have no judgement. explicit: "
        "the text gives explicit ground that the work supports a goal (contribution supports or "
        "mixed, for one goal or more); applied: it names one field of use or more (economy, "
        "society, environment, science); hinders: it hinders one goal or more (contribution "
        "hinders or mixed). Denominator: AI works, weighted in top10 and top1 by the part of a "
        "work that is in the top 10 % or 1 % cited of its field, year and type (ties share). "
        "unknown: AI works without a citation percentile, and those without the judgement asked "
        "for. title_only: works of the scope judged from the title alone; small_cells: works in a "
        "cell of comparison with fewer than 100 works.",
    )
    return share_table(corpus, head, _headline())


def _sizes(corpus: Corpus) -> tuple[int, int, int]:
    row = fetch(
        corpus,
        "SELECT count(*) AS works, count(*) FILTER (ai.label) AS ai, "
        "count(*) FILTER (ai.label IS NULL) AS unlabelled "
        "FROM works LEFT JOIN labels USING (id)",
    ).to_pylist()[0]
    return row["works"], row["ai"], row["unlabelled"]


def _headline() -> str:
    readings = "(SELECT unnest(['explicit', 'applied', 'hinders']) AS reading)"
    answers = """
      SELECT 'explicit' AS reading, n, supports AS yes FROM flat_works
      UNION ALL SELECT 'applied', n, applied FROM flat_works
      UNION ALL SELECT 'hinders', n, hinders FROM flat_works"""
    counts = by_scope(("reading",), readings, answers, "true")
    return f"""
WITH scoped AS (
  SELECT scope,
    coalesce(sum(weight) FILTER (title_only), 0) AS title_only,
    coalesce(sum(weight) FILTER (cell_small), 0) AS small_cells
  FROM flat_scopes JOIN flat_works USING (n) GROUP BY scope
)
SELECT reading, scope, count, denominator, squares, unknown,
  coalesce(title_only, 0) AS title_only, coalesce(small_cells, 0) AS small_cells
FROM ({counts}) LEFT JOIN scoped USING (scope)
ORDER BY list_position(['explicit', 'applied', 'hinders'], reading), {SCOPE_ORDER}"""


def progress(corpus: Corpus) -> Table:
    """Shares of each year's AI works that support each goal, and any goal (goal 0)."""
    head = Head(
        "progress",
        "Share of AI works that support each goal, by year",
        "goal 0 is any goal. Counted are works with contribution supports or mixed; denominator: "
        "AI works of the year. Works without a year are the row with no year, and unknown in "
        "every other row.",
    )
    answers = "SELECT goal, n, yes FROM flat_supports"
    counts = by_year(("goal",), ANY_AND_GOALS, answers, "goals_known")
    sql = f"""
SELECT year, goal, count, denominator, squares, unknown
FROM ({counts}) ORDER BY year NULLS LAST, goal"""
    return share_table(corpus, head, sql)
