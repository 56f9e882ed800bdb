"""The works behind the numbers: a few per number, and every AI work in one list."""

from __future__ import annotations

from aequa.core.results import Table
from aequa.evidence.flat import Corpus
from aequa.evidence.shares import Head, listing, streamed

_CANDIDATES = """
SELECT 'goal-' || goal || '-' || CASE WHEN contribution IN ('hinders', 'mixed')
  THEN 'hinders_or_mixed' ELSE contribution END AS key, n, score, evidence
FROM flat_goals WHERE contribution IS NOT NULL
UNION ALL SELECT 'goal-' || goal || '-any', n, score, evidence FROM flat_goals
UNION ALL SELECT 'challenge-' || name, n, score, NULL FROM flat_challenges
UNION ALL SELECT 'challenge-any', n, max(score), NULL FROM flat_challenges GROUP BY n
UNION ALL SELECT 'area-' || name, n, score, NULL FROM flat_areas
UNION ALL SELECT 'country-' || country, n, best.score, best.evidence
  FROM flat_places JOIN supporting USING (n) WHERE country <> 'unknown'
UNION ALL SELECT 'headline-explicit', n, best.score, best.evidence FROM supporting
UNION ALL SELECT 'headline-hinders', n, best.score, best.evidence FROM hindering
UNION ALL SELECT 'headline-applied', n, max(score), NULL FROM flat_areas GROUP BY n"""

_BEST = """
  SELECT n, first({{'score': score, 'evidence': evidence}} ORDER BY score DESC NULLS LAST, goal)
    AS best
  FROM flat_goals WHERE contribution IN ('{contribution}', 'mixed') GROUP BY n"""


def examples(corpus: Corpus) -> Table:
    """The most cited works per goal and contribution, challenge, area, country and reading."""
    spec = corpus.spec
    head = Head(
        "examples",
        "Works behind the numbers: the most cited per key",
        f"Up to {spec.examples} works per key ({spec.country_examples} per country: works "
        "supporting a goal), the most cited first, ties by id; works without a citation count "
        "last. score: of the label in question, of the best goal for countries and headlines; "
        "evidence: the first phrase of the text that speaks for it (goals only).",
    )
    sql = f"""
WITH supporting AS ({_BEST.format(contribution="supports")}),
hindering AS ({_BEST.format(contribution="hinders")}),
ranked AS (
  SELECT key, n, id, score, evidence, cited_by,
    row_number() OVER (PARTITION BY key ORDER BY cited_by DESC NULLS LAST, n) AS rank
  FROM ({_CANDIDATES}) JOIN flat_works USING (n)
  QUALIFY rank <= CASE WHEN starts_with(key, 'country-')
    THEN {spec.country_examples} ELSE {spec.examples} END
)
SELECT key, rank, ranked.id, w.title, w.year, w.venue, ranked.cited_by,
  round(score::DOUBLE, 6) AS score, evidence
FROM ranked JOIN works w USING (id) ORDER BY key, rank"""
    return listing(corpus, head, sql)


def works(corpus: Corpus) -> Table:
    """Every AI work with its labels, one row each."""
    head = Head(
        "works",
        "All AI works with their labels",
        "One row per AI work, ordered by id: what every number is counted from. top10: the part "
        "of the work in the top 10 % cited. goals: number and contribution; text: what was "
        "judged. Empty: nothing was found or known.",
    )
    sql = """
SELECT f.id, w.title, w.year, w.venue, w.cited_by, f.top10,
  nullif(array_to_string(w.countries, ' '), '') AS countries,
  nullif(array_to_string(w.sectors, ' '), '') AS sectors,
  f.language,
  nullif(array_to_string(
    [g.goal || ':' || coalesce(g.contribution, 'unknown') FOR g IN l.goals], ' '), '') AS goals,
  nullif(array_to_string([c.name FOR c IN l.challenges], ' '), '') AS challenges,
  nullif(array_to_string([a.name FOR a IN l.areas], ' '), '') AS areas,
  round(f.ai_score::DOUBLE, 6) AS ai_score,
  nullif(array_to_string(flatten([g.evidence FOR g IN l.goals]), ' | '), '') AS evidence,
  CASE WHEN f.title_only THEN 'title' WHEN f.abstract_only THEN 'abstract'
    ELSE 'title and abstract' END AS text
FROM flat_works f JOIN works w USING (id) JOIN labels l USING (id) ORDER BY f.n"""
    return streamed(corpus, head, sql)
