-- Identifiers on over {crowd} records with differing titles; of row numbers of people's own tables
-- (local:7) those without a title differ from each other too.
WITH carried AS (SELECT nullif(folded, '') AS title, explode(ids) AS identifier FROM records),
heavy AS (SELECT identifier FROM carried GROUP BY identifier HAVING count(*) > {crowd})
SELECT identifier FROM carried LEFT SEMI JOIN heavy USING (identifier)
GROUP BY identifier
HAVING count(DISTINCT title)
    + CASE WHEN startswith(identifier, 'local:') AND NOT identifier RLIKE '^local:[0-9a-f]{{20}}$'
        THEN count(*) - count(title) ELSE 0 END > 1
