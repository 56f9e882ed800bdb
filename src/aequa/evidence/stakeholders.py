"""Who works together: sectors within one work, North and South within one work."""

from __future__ import annotations

from aequa.core.results import Table
from aequa.evidence.counting import Question, by_year, counted
from aequa.evidence.flat import Corpus
from aequa.evidence.kinds import ANSWERS, COUNTRY_KINDS, KINDS
from aequa.evidence.shares import Head, share_table

_NEEDED = (
    "Sectors are answered for works with one known sector or more, countries for works with one "
    "known country or more; an author of unknown country is passed over when another is known, so "
    "collaboration is rather underestimated. North and South follow the grouping "
    "north_south; a work with a country in neither is unknown where that decides."
)


def collaboration(corpus: Corpus) -> Table:
    """Shares of AI works made by several sectors or countries together."""
    head = Head(
        "collaboration",
        "Share of AI works made by several sectors or countries together",
        f"Denominator: AI works for which it is known. {_NEEDED} partly_unknown: works of the "
        "denominator with a further author of unknown country (not known for sectors).",
    )
    question = Question(
        keys=("corpus",),
        rows="SELECT 1 AS corpus",
        members="SELECT 1 AS corpus, n, 1 AS weight FROM flat_works",
        item=("kind",),
        items=f"SELECT unnest({list(KINDS)}) AS kind",
        answers=ANSWERS,
    )
    sql = f"""
WITH partial AS (
  SELECT kind, count(*) FILTER (partly AND yes IS NOT NULL) AS works
  FROM ({ANSWERS}) GROUP BY kind
)
SELECT kind, count, denominator, squares, unknown,
  CASE WHEN kind IN {COUNTRY_KINDS} THEN coalesce(works, 0) END AS partly_unknown
FROM ({counted(question)}) LEFT JOIN partial USING (kind)
ORDER BY list_position({list(KINDS)}, kind)"""
    return share_table(corpus, head, sql)


def collaboration_years(corpus: Corpus) -> Table:
    """Shares of each year's AI works that cross borders, and that join North and South."""
    head = Head(
        "collaboration_years",
        "Share of AI works made in several countries, and by North and South together, by year",
        f"Denominator: AI works of the year for which it is known. {_NEEDED} Works without a year "
        "are the row with no year, and unknown in every other row.",
    )
    kinds = ["north_south", "international"]
    counts = by_year(("kind",), f"SELECT unnest({kinds}) AS kind", ANSWERS, "true")
    sql = f"""
SELECT kind, year, count, denominator, squares, unknown
FROM ({counts}) ORDER BY list_position({kinds}, kind), year NULLS LAST"""
    return share_table(corpus, head, sql)
