-- Where a citation count stands in its cell (field × year × type): one row per cell and count.
-- "placed": rows as placed, of which those in "members" are left out; "merged": works that replace
-- them.
CREATE TEMP TABLE cells AS
WITH kept AS (
    SELECT field, year, type, cited_by FROM placed WHERE row NOT IN (FROM members)
    UNION ALL
    SELECT field, year, type, cited_by FROM merged
),
tied AS (
    SELECT coalesce(nullif(field, ''), 'unknown') AS field, year,
        coalesce(nullif(type, ''), 'unknown') AS type, cited_by, count(*) AS equal
    FROM kept WHERE year IS NOT NULL AND cited_by IS NOT NULL GROUP BY ALL
),
ranked AS (
    SELECT *, (sum(equal) OVER cell)::BIGINT AS size,
        (sum(equal) OVER (cell ORDER BY cited_by))::BIGINT - equal AS below
    FROM tied WINDOW cell AS (PARTITION BY field, year, type)
)
SELECT field, year, type, cited_by, size, (below + equal / 2::DOUBLE) / size AS percentile,
    greatest(0, least(1, (size / 100::DOUBLE - (size - below - equal)) / equal)) AS top1,
    greatest(0, least(1, (size / 10::DOUBLE - (size - below - equal)) / equal)) AS top10
FROM ranked
