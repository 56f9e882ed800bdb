"""The loads, each run alone in a fresh process; the last line printed is a JSON object.

A load's ``seconds`` is the work itself, without starting Python and importing.
"""

from __future__ import annotations

import gzip
import io
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aequa.core.works import Reject, Work

LOADS: dict[str, Callable[..., dict[str, Any]]] = {}
Load = Callable[..., dict[str, Any]]


def load(function: Load) -> Load:
    LOADS[function.__name__] = function
    return function


@contextmanager
def timed(result: dict[str, Any]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    result["seconds"] = time.perf_counter() - start


def text_of(path: str) -> str:
    return gzip.decompress(Path(path).read_bytes()).decode("utf-8-sig", "replace")


@load
def read(path: str) -> dict[str, Any]:
    """aequa: every record of a file as a ``Work`` or a ``Reject``."""
    from aequa.sources.read import read as read_files

    tally: Counter[str] = Counter()
    ids: set[str] = set()
    result: dict[str, Any] = {}
    with timed(result):
        for item in read_files([Path(path)]):
            tally["records"] += 1
            tally["rejected"] += isinstance(item, Reject)
            if isinstance(item, Work):
                ids.update(each for each in item.ids if each.startswith("wos:"))
                tally["hc"] += item.top1 is True
    counts = {name: tally[name] for name in ("records", "rejected", "hc")}
    return result | counts | {"distinct_ut": len(ids)}


@load
def wosfile(path: str) -> dict[str, Any]:
    import wosfile as package

    text, result = text_of(path), dict[str, Any]()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "records.txt"
        file.write_text(text, encoding="utf-8")
        with timed(result):
            records = sum(1 for _ in package.records_from([str(file)]))
    return result | {"records": records}


@load
def bibtexparser(path: str) -> dict[str, Any]:
    import logging

    import bibtexparser as package

    logging.disable(logging.CRITICAL)
    text, result = text_of(path), dict[str, Any]()
    with timed(result):
        library = package.parse_string(text)
    return result | {"records": len(library.entries), "failed": len(library.failed_blocks)}


@load
def rispy(path: str) -> dict[str, Any]:
    import rispy as package

    text, result = Path(path).read_text(encoding="utf-8-sig"), dict[str, Any]()
    with timed(result):
        records = package.load(io.StringIO(text), skip_unknown_tags=True)
    return result | {"records": len(records)}


@load
def ingest(path: str) -> dict[str, Any]:
    """aequa: a file to a corpus without duplicates, with countries, sectors and percentiles."""
    from aequa import pipeline

    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, timed(result):
        out = Path(folder) / "works.parquet"
        done = pipeline.ingest([path], out, Path(folder) / "r.jsonl", lambda *_: None)
    return result | {"records": done.counts.read, **done.counts._asdict()}


@load
def duckdb_json(path: str) -> dict[str, Any]:
    """DuckDB: the same file by ``read_json`` to Parquet, abstracts rebuilt in SQL; no more."""
    import duckdb

    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, timed(result):
        out = str(Path(folder) / "works.parquet")
        con = duckdb.connect()
        con.execute("SET preserve_insertion_order = false")
        con.execute(DUCKDB_SQL.format(path=path, out=out))
        rows = con.sql(f"SELECT count(*) FROM '{out}'").fetchall()[0][0]
    return result | {"records": rows}


DUCKDB_SQL = """
COPY (
  SELECT * EXCLUDE (abstract_inverted_index), (
    SELECT string_agg(word, ' ' ORDER BY position) FROM (
      SELECT unnest(map_keys(abstract_inverted_index)) AS word,
             unnest(map_values(abstract_inverted_index)) AS positions
    ), unnest(positions) AS p(position)
  ) AS abstract
  FROM read_ndjson('{path}', columns = {{
    id: 'VARCHAR', doi: 'VARCHAR', title: 'VARCHAR', publication_year: 'INT', type: 'VARCHAR',
    language: 'VARCHAR', cited_by_count: 'BIGINT', authorships: 'JSON',
    primary_location: 'JSON', abstract_inverted_index: 'MAP(VARCHAR, INT[])' }})
) TO '{out}' (FORMAT parquet, COMPRESSION zstd)
"""


@load
def dict_loader(path: str) -> dict[str, Any]:
    """The naive loader: a list of dicts."""
    result: dict[str, Any] = {}
    with timed(result), gzip.open(path, "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    return result | {"records": len(rows)}


@load
def report(*paths: str) -> dict[str, Any]:
    """aequa: from raw files to the finished report."""
    from aequa import pipeline
    from aequa.classify.engine import Spec

    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, timed(result):
        done = pipeline.report(list(paths), Path(folder), Spec(), lambda *_: None)
        size = (Path(folder) / "index.html").stat().st_size
    return result | {"records": done.counts.read, **done.counts._asdict(), "page_bytes": size}


@load
def classify(path: str, limit: str) -> dict[str, Any]:
    """aequa: labels for the first works of a file, one process."""
    from aequa.classify.engine import Spec, classify_batch

    batch, result = texts(path, int(limit)), dict[str, Any]()
    classify_batch(batch.slice(0, 10), Spec())
    with timed(result):
        classify_batch(batch, Spec())
    return result | {"records": batch.num_rows}


@load
def sklearn_linear(path: str, limit: str) -> dict[str, Any]:
    """scikit-learn: TF-IDF of words and word pairs + 35 linear scores, no language or evidence."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    batch, result = texts(path, int(limit)), dict[str, Any]()
    columns = zip(batch["title"].to_pylist(), batch["abstract"].to_pylist(), strict=True)
    documents = [f"{title or ''}. {abstract or ''}" for title, abstract in columns]
    vectoriser = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True)
    vectoriser.fit(documents)
    weights = np.random.default_rng(0).normal(size=(len(vectoriser.vocabulary_), 35))
    with timed(result):
        _ = vectoriser.transform(documents) @ weights
    return result | {"records": batch.num_rows}


def texts(path: str, limit: int) -> Any:
    from itertools import islice

    from aequa.core.works import to_batch
    from aequa.sources.read import read as read_files

    works = (item for item in read_files([Path(path)]) if isinstance(item, Work))
    return to_batch(islice(works, limit)).select(["id", "title", "abstract"])


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    print(json.dumps(LOADS[name](*arguments)))
