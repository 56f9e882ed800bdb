"""The flat tables: works, labels and groups joined once, one compact row per fact.

Every table of the room is counted from these. Where a work is made is one of few distinct lists
of countries and sectors, so a work holds the number of its list (``p``, ``s``), and groups of
countries are found once per list: a tenth of the memory of a row per work and group.

Weights are exact decimals, because a sum of doubles depends on the order in which threads deliver
them. A list that is null was never judged and stays unknown (``…_known`` is false); an empty list
says no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from aequa.core.works import SECTORS
from aequa.evidence import kinds
from aequa.evidence.known import Known
from aequa.evidence.spec import Spec


@dataclass(frozen=True)
class Corpus:
    """The labelled corpus with its flat tables in place, and what a table's provenance needs."""

    con: duckdb.DuckDBPyConnection
    spec: Spec
    inputs: Mapping[str, str]
    known: Known = field(default_factory=Known)


_SAYS = """
CREATE OR REPLACE TEMP MACRO says(found, wanted) AS CASE
  WHEN list_has_any(found, wanted) THEN true
  WHEN list_count(found) = len(found) THEN false
END"""
"""Is one of ``wanted`` found? Unknown (null) when it is not, but some value found is null."""

_LISTS = """
CREATE OR REPLACE TEMP TABLE flat_lists_p AS
SELECT (row_number() OVER ())::INTEGER AS p, country_shares, list FROM (
  SELECT DISTINCT country_shares, CASE WHEN len(country_shares) > 0 THEN country_shares
    ELSE [{'country': NULL, 'share': 1.0}] END AS list
  FROM works
);
CREATE OR REPLACE TEMP TABLE flat_lists_s AS
SELECT (row_number() OVER ())::INTEGER AS s, sectors, list FROM (
  SELECT DISTINCT sectors, CASE WHEN len(sectors) > 0 THEN sectors ELSE ['unknown'] END AS list
  FROM works
)"""
"""The distinct lists of countries and of sectors, numbered in no particular order."""

_WORKS = """
CREATE OR REPLACE TEMP TABLE flat_works AS
WITH described AS (
  SELECT id, year, cited_by, cell_small, language,
    top1::DECIMAL(18, 12) AS top1,
    top10::DECIMAL(18, 12) AS top10,
    coalesce(abstract, '') = '' AS title_only,
    coalesce(title, '') = '' AS abstract_only, p, s
  FROM works
  JOIN flat_lists_p AS p ON works.country_shares IS NOT DISTINCT FROM p.country_shares
  JOIN flat_lists_s AS s ON works.sectors IS NOT DISTINCT FROM s.sectors
), judged AS (
  SELECT id, language, ai.score AS ai_score,
    goals IS NOT NULL AS goals_known,
    challenges IS NOT NULL AS challenges_known,
    areas IS NOT NULL AS areas_known,
    says([g.contribution FOR g IN goals], ['supports', 'mixed']) AS supports,
    says([g.contribution FOR g IN goals], ['hinders', 'mixed']) AS hinders,
    len(areas) > 0 AS applied
  FROM labels WHERE ai.label
)
SELECT (row_number() OVER (ORDER BY id))::INTEGER AS n,
  coalesce(judged.language, described.language) AS language,
  described.* EXCLUDE (language), judged.* EXCLUDE (id, language)
FROM described JOIN judged USING (id)"""
"""The AI works, numbered in the order of their ids; all following tables are about these.

Texts are reduced to what is asked of them before the join, which would else hold them all."""

_SCOPES = """
CREATE OR REPLACE TEMP VIEW flat_scopes AS
SELECT 'all' AS scope, n, 1::DECIMAL(18, 12) AS weight FROM flat_works
UNION ALL SELECT 'top10', n, top10 FROM flat_works
UNION ALL SELECT 'top1', n, top1 FROM flat_works"""

_GOALS = """
CREATE OR REPLACE TEMP TABLE flat_goals AS
SELECT n, g.goal, g.contribution, g.score, g.evidence[1] AS evidence
FROM (SELECT n, unnest(l.goals) AS g FROM flat_works JOIN labels l USING (id))"""

_SUPPORTS = """
CREATE OR REPLACE TEMP VIEW flat_supports AS
SELECT n, goal, contribution IN ('supports', 'mixed') AS yes FROM flat_goals
UNION ALL SELECT n, 0, supports FROM flat_works WHERE supports IS NOT FALSE"""
"""Goals a work supports; goal 0 stands for any of them."""

_NAMED = """
CREATE OR REPLACE TEMP TABLE flat_{table} AS
SELECT n, s.name, s.score
FROM (SELECT n, unnest(l.{table}) AS s FROM flat_works JOIN labels l USING (id))"""

_PLACES = """
CREATE OR REPLACE TEMP TABLE flat_list_places AS
WITH part AS (SELECT p, unnest(list) AS part FROM flat_lists_p SEMI JOIN flat_works USING (p))
SELECT p, coalesce(part.country, 'unknown') AS country,
  sum(part.share::DECIMAL(18, 12))::DECIMAL(18, 12) AS share
FROM part GROUP BY ALL;
CREATE OR REPLACE TEMP VIEW flat_places AS
SELECT n, country, share FROM flat_works JOIN flat_list_places USING (p)"""

_SECTORS = """
CREATE OR REPLACE TEMP TABLE flat_list_sectors AS
SELECT DISTINCT s, unnest(list) AS sector FROM flat_lists_s SEMI JOIN flat_works USING (s);
CREATE OR REPLACE TEMP VIEW flat_sectors AS
SELECT n, sector FROM flat_works JOIN flat_list_sectors USING (s)"""

_GROUPS = """
CREATE OR REPLACE TEMP TABLE flat_groups AS
WITH named AS (
  SELECT grouping, "group" FROM groups
  UNION SELECT grouping, 'unknown' FROM groups
  UNION SELECT 'country', alpha3 FROM countries
  UNION SELECT 'country', country FROM flat_list_places
  UNION SELECT 'sector', unnest($sectors)
  UNION SELECT 'sector', sector FROM flat_list_sectors
  UNION SELECT unnest(['country', 'sector']), 'unknown'
)
SELECT (row_number() OVER (ORDER BY grouping, "group"))::SMALLINT AS code, grouping, "group"
FROM named"""

_MEMBERS = """
CREATE OR REPLACE TEMP TABLE flat_list_members AS
SELECT p, code, share FROM flat_list_places
JOIN flat_groups ON grouping = 'country' AND "group" = country
UNION ALL
SELECT p, f.code, sum(share)::DECIMAL(18, 12)
FROM flat_list_places
CROSS JOIN (SELECT DISTINCT grouping FROM groups) AS every
LEFT JOIN groups AS g ON g.grouping = every.grouping AND g.country = flat_list_places.country
JOIN flat_groups AS f
  ON f.grouping = every.grouping AND f."group" = coalesce(g."group", 'unknown')
GROUP BY p, f.code;
CREATE OR REPLACE TEMP VIEW flat_members AS
SELECT n, code, share FROM flat_works JOIN flat_list_members USING (p)
UNION ALL
SELECT n, code, 1::DECIMAL(18, 12) FROM flat_works JOIN flat_list_sectors USING (s)
JOIN flat_groups ON grouping = 'sector' AND "group" = sector"""
"""Which work belongs to which group, and with what fraction (1 for each of its sectors)."""

_ELSEWHERE = """
CREATE OR REPLACE TEMP TABLE flat_elsewhere AS
WITH bit AS (
  SELECT grouping, 1 << (row_number() OVER (ORDER BY grouping))::INTEGER AS bit
  FROM flat_groups GROUP BY grouping
), coded AS (
  SELECT code, bit, "group" = 'unknown' AS lost FROM flat_groups JOIN bit USING (grouping)
), doubt AS (
  SELECT n, bit_or(bit) AS bits FROM flat_members JOIN coded USING (code) WHERE lost GROUP BY n
), already AS (
  SELECT code, count(*) AS works
  FROM flat_members JOIN doubt USING (n) JOIN coded USING (code) WHERE bits & bit <> 0
  GROUP BY code
), total AS (
  SELECT bit, count(*) AS works, sum(share) AS share
  FROM flat_members JOIN coded USING (code) WHERE lost GROUP BY bit
)
SELECT code,
  coalesce(total.works, 0) - coalesce(already.works, 0) AS works,
  CASE WHEN lost THEN 0 ELSE coalesce(total.share, 0) END AS fractional
FROM coded LEFT JOIN total USING (bit) LEFT JOIN already USING (code)"""
"""Per group: works with an unknown part that could be the group's and are not counted there.

``bits`` of a work are the groupings in which part of it is unknown."""


def build(con: duckdb.DuckDBPyConnection) -> None:
    """Create the flat tables from ``works``, ``labels``, ``groups`` and ``countries``."""
    named = (_NAMED.format(table=table) for table in ("challenges", "areas"))
    for sql in (_SAYS, _LISTS, _WORKS, _SCOPES, _GOALS, _SUPPORTS, *named, _PLACES, _SECTORS):
        con.execute(sql)
    con.execute(_GROUPS, {"sectors": list(SECTORS)})
    for sql in (_MEMBERS, _ELSEWHERE, kinds.TABLE):
        con.execute(sql)


def drop(con: duckdb.DuckDBPyConnection) -> None:
    """Remove everything that ``build`` made."""
    for view in ("scopes", "supports", "members", "sectors", "places"):
        con.execute(f"DROP VIEW IF EXISTS flat_{view}")
    lists = "list_members list_sectors list_places lists_s lists_p"
    tables = f"kinds elsewhere groups {lists} areas challenges goals works"
    for table in tables.split():
        con.execute(f"DROP TABLE IF EXISTS flat_{table}")
    con.execute("DROP MACRO IF EXISTS says")
