"""Kinds of collaboration within one work, each true, false or unknown (null)."""

from __future__ import annotations

SECTOR_KINDS = (
    *("academia_company", "academia_government", "academia_healthcare"),
    *("single_sector", "two_or_more_sectors"),
)
COUNTRY_KINDS = ("domestic", "international", "north_north", "north_south", "south_south")
KINDS = (*SECTOR_KINDS, *COUNTRY_KINDS)

_BY_SECTOR = """
  SELECT n,
    count(*) FILTER (sector <> 'unknown') AS sectors,
    bool_or(sector = 'academia') AS academia,
    bool_or(sector = 'company') AS company,
    bool_or(sector = 'government') AS government,
    bool_or(sector = 'healthcare') AS healthcare
  FROM flat_sectors GROUP BY n"""

_BY_COUNTRY = """
  SELECT n,
    count(*) FILTER (country <> 'unknown') AS countries,
    bool_or(country = 'unknown') AS partly,
    coalesce(bool_or(side."group" = 'North'), false) AS north,
    coalesce(bool_or(side."group" = 'South'), false) AS south,
    CASE WHEN bool_and(country = 'unknown' OR coalesce(side."group", '') IN ('North', 'South'))
      THEN true END AS placed
  FROM flat_places
  LEFT JOIN (FROM groups WHERE grouping = 'north_south') AS side USING (country) GROUP BY n"""
"""``placed`` is null, not false, for a work with a country in neither North nor South."""

TABLE = f"""
CREATE OR REPLACE TEMP TABLE flat_kinds AS
SELECT n, partly,
  CASE WHEN sectors > 0 THEN academia AND company END AS academia_company,
  CASE WHEN sectors > 0 THEN academia AND government END AS academia_government,
  CASE WHEN sectors > 0 THEN academia AND healthcare END AS academia_healthcare,
  CASE WHEN sectors > 0 THEN sectors = 1 END AS single_sector,
  CASE WHEN sectors > 0 THEN sectors > 1 END AS two_or_more_sectors,
  CASE WHEN countries > 0 THEN countries = 1 END AS domestic,
  CASE WHEN countries > 0 THEN countries > 1 END AS international,
  CASE WHEN countries > 0 THEN countries > 1 AND NOT south AND placed END AS north_north,
  CASE WHEN countries > 0 THEN countries > 1 AND (north AND south OR NOT placed) END
    AS north_south,
  CASE WHEN countries > 0 THEN countries > 1 AND NOT north AND placed END AS south_south
FROM ({_BY_SECTOR}) JOIN ({_BY_COUNTRY}) USING (n)"""
"""One row per AI work; ``partly`` says that an author of it has no known country."""

ANSWERS = f"""
SELECT kind, n, yes, partly
FROM flat_kinds UNPIVOT INCLUDE NULLS (yes FOR kind IN ({", ".join(KINDS)}))"""
