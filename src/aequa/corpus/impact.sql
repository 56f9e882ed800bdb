-- The same as impact.settle: what the source of a work says, else what its cell says, in order.
-- "batch": works with a number n; "cells": see cells.sql. A test holds this and impact.py together.
SELECT
    coalesce(batch.percentile, cells.percentile)::DOUBLE AS percentile,
    CASE WHEN coalesce(batch.percentile::VARCHAR, batch.top1::VARCHAR, batch.top10::VARCHAR)
        IS NOT NULL THEN 'source' WHEN size IS NOT NULL THEN 'computed' END AS percentile_origin,
    coalesce(batch.top1::INT, CASE WHEN NOT batch.top10 THEN 0 END, cells.top1)::DOUBLE AS top1,
    coalesce(batch.top10::INT, CASE WHEN batch.top1 THEN 1 END, cells.top10)::DOUBLE AS top10,
    size AS cell_size,
    size < 100 AS cell_small
FROM batch LEFT JOIN cells ON batch.year = cells.year AND batch.cited_by = cells.cited_by
    AND coalesce(nullif(batch.field, ''), 'unknown') = cells.field
    AND coalesce(nullif(batch.type, ''), 'unknown') = cells.type
ORDER BY n
