"""What general tools make of a file of OpenAlex works; run by path, with any Python, without aequa.

``python -P benchmarks/rivals.py TOOL FILE FOLDER MEGABYTES``. Each does the part of ``aequa
ingest`` that it can: parse, keep one work for each DOI, write Parquet (the loader of dicts keeps
all in memory), and count works by year and by country. None merges by title, none resolves
affiliations or computes percentiles; only DuckDB rebuilds abstracts (Polars has no type for an
object whose keys are words, and keeps it as text).
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple


class Made(NamedTuple):
    """What came out, the same for all tools if they agree."""

    records: int
    kept: int
    years: int
    countries: int
    most: int
    """Works of the country with the most."""
    version: str


PARSE = """
COPY (
  SELECT * EXCLUDE (abstract_inverted_index, authorships),
    list_distinct(flatten(list_transform(authorships, lambda one: one.countries))) AS countries,
    authorships,
    (SELECT string_agg(word, ' ' ORDER BY position) FROM (
      SELECT unnest(map_keys(abstract_inverted_index)) AS word,
             unnest(map_values(abstract_inverted_index)) AS positions
    ), unnest(positions) AS p(position)) AS abstract
  FROM read_ndjson('{path}', columns = {{
    id: 'VARCHAR', doi: 'VARCHAR', title: 'VARCHAR', publication_year: 'INT', type: 'VARCHAR',
    language: 'VARCHAR', cited_by_count: 'BIGINT',
    authorships: 'STRUCT(author STRUCT(display_name VARCHAR), countries VARCHAR[],
      raw_affiliation_strings VARCHAR[])[]',
    abstract_inverted_index: 'MAP(VARCHAR, INT[])' }})
) TO '{out}/all.parquet' (FORMAT parquet, COMPRESSION zstd)
"""
KEEP = """
COPY (SELECT * FROM '{out}/all.parquet' WHERE id IN (
  SELECT min(id) FROM '{out}/all.parquet' GROUP BY coalesce(doi, id)
)) TO '{out}/works.parquet' (FORMAT parquet, COMPRESSION zstd)
"""


def duckdb(path: str, out: Path, cap_mb: int) -> Made:
    import duckdb as package

    db = package.connect(
        config={"memory_limit": f"{cap_mb * 3 // 4}MB", "temp_directory": str(out / "spill")}
    )
    db.execute("SET preserve_insertion_order = false")
    db.execute(PARSE.format(path=path, out=out))
    db.execute(KEEP.format(out=out))
    kept = f"'{out}/works.parquet'"
    years = f"SELECT publication_year, count(*) FROM {kept} GROUP BY ALL"
    each = f"SELECT unnest(countries) AS country FROM {kept}"
    places = f"SELECT country, count(*) FROM ({each}) GROUP BY ALL ORDER BY 2 DESC"
    found = db.sql(places).fetchall()
    rows = [
        db.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0]
        for name in (f"'{out}/all.parquet'", kept)
    ]
    return Made(*rows, len(db.sql(years).fetchall()), len(found), found[0][1], package.__version__)


def polars(path: str, out: Path, _cap_mb: int) -> Made:
    import polars as pl

    text = pl.String
    author = pl.Struct({"display_name": text})
    place = {"author": author, "countries": pl.List(text), "raw_affiliation_strings": pl.List(text)}
    names = ("id", "doi", "title", "type", "language", "abstract_inverted_index")
    numbers = ("publication_year", "cited_by_count")
    types: Any = {**dict.fromkeys(names, text), **dict.fromkeys(numbers, pl.Int64)}
    types["authorships"] = pl.List(pl.Struct(place))
    countries = pl.col("authorships").list.eval(
        pl.element().struct.field("countries").explode(empty_as_null=False)
    )
    made = pl.scan_ndjson(path, schema=types).with_columns(
        countries.list.unique().alias("countries"), pl.coalesce("doi", "id").alias("key")
    )
    made.sink_parquet(out / "all.parquet", compression="zstd")
    every = pl.scan_parquet(out / "all.parquet")
    every.unique("key").drop("key").sink_parquet(out / "works.parquet", compression="zstd")
    kept = pl.scan_parquet(out / "works.parquet")
    years = kept.group_by("publication_year").len().collect()
    places = kept.select("countries").explode("countries").drop_nulls()
    found = places.group_by("countries").len().sort("len", descending=True).collect()
    rows = [int(one.select(pl.len()).collect().item()) for one in (every, kept)]
    return Made(*rows, years.height, found.height, int(found["len"][0]), pl.__version__)


def dicts(path: str, _out: Path, _cap_mb: int) -> Made:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    kept = list({row["doi"] or row["id"]: row for row in rows}.values())
    years = Counter(row["publication_year"] for row in kept)
    places: Counter[str] = Counter()
    for row in kept:
        places.update({code for one in row["authorships"] for code in one["countries"]})
    most = max(places.values(), default=0)
    return Made(len(rows), len(kept), len(years), len(places), most, sys.version.split()[0])


TOOLS: dict[str, Callable[[str, Path, int], Made]] = {
    "duckdb": duckdb,
    "polars": polars,
    "dicts": dicts,
}


def main(tool: str, path: str, folder: str, cap_mb: str) -> None:
    start = time.perf_counter()
    made = TOOLS[tool](path, Path(folder), int(cap_mb))
    print(json.dumps({**made._asdict(), "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main(*sys.argv[1:])
