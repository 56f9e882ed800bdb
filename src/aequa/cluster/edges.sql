-- Which records share what: each with the first record that has the same key (see corpus/suspects.py,
-- whose rule this is). "records": row, ids, folded title, title with author; "crowds": identifiers on
-- many records with differing titles, which join equal titles only.
WITH carried AS (SELECT row, folded, explode(ids) AS identifier FROM records),
in_crowds AS (SELECT * FROM carried LEFT SEMI JOIN crowds USING (identifier)),
keyed AS (
    SELECT row, xxhash64(identifier) AS key FROM carried LEFT ANTI JOIN crowds USING (identifier)
    UNION ALL
    SELECT row, xxhash64(identifier, folded) FROM in_crowds WHERE folded <> ''
    UNION ALL
    SELECT row, xxhash64(named) FROM records WHERE named IS NOT NULL
)
SELECT row, low FROM (
    SELECT row, min(row) OVER (PARTITION BY key) AS low, count(*) OVER (PARTITION BY key) AS carriers
    FROM keyed
) WHERE carriers > 1
UNION ALL
SELECT row, row FROM in_crowds
