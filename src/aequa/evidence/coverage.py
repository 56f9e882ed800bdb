"""What is known about the corpus itself: filled variables, languages, cells of comparison."""

from __future__ import annotations

from aequa.core.results import Table
from aequa.evidence.flat import Corpus
from aequa.evidence.shares import Head, listing, share_table

_VARIABLES = [
    *("abstract", "year", "country", "sector", "citations"),
    *("percentile", "language", "field", "doi"),
]


def coverage(corpus: Corpus) -> Table:
    """For each variable, how many works have it: of all works, and of the AI works."""
    head = Head(
        "coverage",
        "What is known about the works",
        "known: works with a value; share = known / total. Population all: every work "
        "that was labelled; ai: AI works. A count of this corpus, so without an interval. "
        "language: found in the text, or else stated by the source; country and sector: of one "
        "affiliation or more.",
    )
    sums = ", ".join(f"count(*) FILTER ({name}) AS {name}" for name in _VARIABLES)
    sql = f"""
WITH filled AS (
  SELECT id, language,
    coalesce(abstract, '') <> '' AS abstract,
    year IS NOT NULL AS year,
    len(countries) > 0 AS country,
    len(sectors) > 0 AS sector,
    cited_by IS NOT NULL AS citations,
    percentile IS NOT NULL AS percentile,
    field IS NOT NULL AS field,
    len([i FOR i IN ids IF starts_with(i, 'doi:')]) > 0 AS doi
  FROM works
), judged AS (
  SELECT id, coalesce(ai.label, false) AS ai, language FROM labels
), known AS (
  SELECT filled.* EXCLUDE (language), ai,
    coalesce(judged.language, filled.language) IS NOT NULL AS language
  FROM filled JOIN judged USING (id)
), summed AS (
  SELECT 'all' AS population, count(*) AS total, {sums} FROM known
  UNION ALL SELECT 'ai', count(*), {sums} FROM known WHERE ai
)
SELECT population, variable, known, total, known::DOUBLE / nullif(total, 0) AS share
FROM (UNPIVOT summed ON {", ".join(_VARIABLES)} INTO NAME variable VALUE known)
ORDER BY population = 'ai', list_position({_VARIABLES}, variable)"""
    return listing(corpus, head, sql)


def languages(corpus: Corpus) -> Table:
    """Shares of all works by language."""
    head = Head(
        "languages",
        "Languages of all works",
        "Languages are ISO 639-1 codes, found in the text or else stated by the source. "
        "Denominator: works of known language; for the row unknown, all works.",
    )
    sql = """
WITH spoken AS (
  SELECT coalesce(l.language, w.language) AS language, count(*) AS works
  FROM works w JOIN labels l USING (id) GROUP BY ALL
), total AS (SELECT sum(works) AS works, sum(works) FILTER (language IS NULL) AS lost FROM spoken),
named AS (
  SELECT language, works FROM spoken WHERE language IS NOT NULL
  UNION ALL SELECT 'unknown', coalesce((SELECT lost FROM total), 0)
)
SELECT language, named.works AS count,
  coalesce(total.works, 0) - CASE WHEN language = 'unknown' THEN 0 ELSE coalesce(lost, 0) END
    AS denominator,
  denominator AS squares,
  CASE WHEN language = 'unknown' THEN 0 ELSE coalesce(lost, 0) END AS unknown
FROM named CROSS JOIN total ORDER BY language = 'unknown', count DESC, language"""
    return share_table(corpus, head, sql)


def impact_cells(corpus: Corpus) -> Table:
    """The cells in which citations are compared."""
    head = Head(
        "impact_cells",
        "Works per field, year and type: the cells in which citations are compared",
        "All works. small: the cell has fewer than 100 works, so its percentiles are rough; null "
        "where none was computed.",
    )
    sql = """
SELECT field, year, type, count(*) AS works, bool_or(cell_small) AS small
FROM works GROUP BY field, year, type
ORDER BY field NULLS LAST, year NULLS LAST, type NULLS LAST"""
    return listing(corpus, head, sql)


def impact_origins(corpus: Corpus) -> Table:
    """Whose word the top 10 % and top 1 % rest on: the source's own, or computed here."""
    head = Head(
        "impact_origins",
        "Where the citation impact of the AI works comes from",
        "AI works. source: the source states a percentile or says whether the work is among the "
        "top 1 % or 10 % cited, and that is used, what it leaves open being computed; computed: "
        "the work was compared with the works of this corpus of the same field, year and type; "
        "none: neither, for want of a year or a citation count. share = works / all AI works. A "
        "count of this corpus, so without an interval.",
    )
    sql = """
WITH counted AS (
  SELECT coalesce(percentile_origin, 'none') AS origin, count(*) AS works
  FROM works SEMI JOIN (SELECT id FROM labels WHERE ai.label) USING (id) GROUP BY ALL
)
SELECT origin, coalesce(works, 0) AS works,
  coalesce(works, 0)::DOUBLE / (SELECT nullif(count(*), 0) FROM flat_works) AS share
FROM (SELECT unnest(['source', 'computed', 'none']) AS origin) LEFT JOIN counted USING (origin)
ORDER BY list_position(['source', 'computed', 'none'], origin)"""
    return listing(corpus, head, sql)
