-- Spark's form of corpus/cells.sql and impact.sql, which say the same in DuckDB's; the meaning is that
-- of corpus/impact.py. "kept": the works; all their columns come out, ranks settled.
WITH tied AS (
    SELECT coalesce(nullif(field, ''), 'unknown') AS cell_field, year AS cell_year,
        coalesce(nullif(type, ''), 'unknown') AS cell_type, cited_by AS count, count(*) AS equal
    FROM kept WHERE year IS NOT NULL AND cited_by IS NOT NULL GROUP BY 1, 2, 3, 4
),
ranked AS (
    SELECT *, sum(equal) OVER (PARTITION BY cell_field, cell_year, cell_type) AS size,
        sum(equal) OVER (PARTITION BY cell_field, cell_year, cell_type ORDER BY count) - equal AS below
    FROM tied
),
cells AS (
    SELECT cell_field, cell_year, cell_type, count, size,
        (below + equal / 2D) / size AS at,
        greatest(0D, least(1D, (size / 100D - (size - below - equal)) / equal)) AS in1,
        greatest(0D, least(1D, (size / 10D - (size - below - equal)) / equal)) AS in10
    FROM ranked
)
SELECT kept.* EXCEPT (percentile, top1, top10),
    coalesce(percentile, at) AS percentile,
    CASE WHEN percentile IS NOT NULL OR top1 IS NOT NULL OR top10 IS NOT NULL THEN 'source'
        WHEN size IS NOT NULL THEN 'computed' END AS percentile_origin,
    coalesce(CAST(top1 AS DOUBLE), CASE WHEN NOT top10 THEN 0D END, in1) AS top1,
    coalesce(CAST(top10 AS DOUBLE), CASE WHEN top1 THEN 1D END, in10) AS top10,
    size AS cell_size,
    size < 100 AS cell_small
FROM kept LEFT JOIN cells ON year = cell_year AND cited_by = count
    AND coalesce(nullif(field, ''), 'unknown') = cell_field
    AND coalesce(nullif(type, ''), 'unknown') = cell_type
