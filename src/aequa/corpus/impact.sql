-- The same as impact.assign, over tables that need not fit in memory; a test holds the two together.
-- $placed: rows as placed, of which those in "members" are left out; $merged: works that replace them.
WITH kept AS (
    SELECT row, field, year, type, cited_by, percentile, top1, top10 FROM (
        SELECT *, file_row_number AS row FROM read_parquet($placed, file_row_number = true)
    ) WHERE row NOT IN (SELECT row FROM members)
    UNION ALL
    SELECT row, field, year, type, cited_by, percentile, top1, top10 FROM read_parquet($merged)
),
cells AS (
    SELECT row, count(*) OVER cell AS size,
        rank() OVER (cell ORDER BY cited_by) - 1 AS below,
        count(*) OVER (PARTITION BY coalesce(nullif(field, ''), 'unknown'), year,
            coalesce(nullif(type, ''), 'unknown'), cited_by) AS equal
    FROM kept WHERE year IS NOT NULL AND cited_by IS NOT NULL
    WINDOW cell AS (PARTITION BY coalesce(nullif(field, ''), 'unknown'), year,
        coalesce(nullif(type, ''), 'unknown'))
),
found AS (
    SELECT row, size, (below + equal / 2::DOUBLE) / size AS percentile,
        greatest(0, least(1, (size / 100::DOUBLE - (size - below - equal)) / equal)) AS top1,
        greatest(0, least(1, (size / 10::DOUBLE - (size - below - equal)) / equal)) AS top10
    FROM cells
)
SELECT
    coalesce(kept.percentile, found.percentile)::DOUBLE AS percentile,
    CASE WHEN coalesce(kept.percentile::VARCHAR, kept.top1::VARCHAR, kept.top10::VARCHAR)
        IS NOT NULL THEN 'source' WHEN size IS NOT NULL THEN 'computed' END AS percentile_origin,
    coalesce(kept.top1::INT, CASE WHEN NOT kept.top10 THEN 0 END, found.top1)::DOUBLE AS top1,
    coalesce(kept.top10::INT, CASE WHEN kept.top1 THEN 1 END, found.top10)::DOUBLE AS top10,
    size AS cell_size,
    size < 100 AS cell_small
FROM kept LEFT JOIN found USING (row) ORDER BY row
