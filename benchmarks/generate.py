"""``python -m benchmarks.generate N -o FILE``: a realistic corpus of any size.

The 94,344 real works of ../shared/data, copied under new ids as often as it takes; a part of a
copy is drawn evenly over the file, so every size has the same mix of venues, years and lengths.
Three forms:

``same``    new ids and nothing else, as the target of issue 4 has it. OpenAlex is known to hold
            versions apart, so equal title, author and year join them again (decision 003): the
            most merging there can be.
``apart``   each also with a PubMed id of its own, which keeps equal titles apart: every work is a
            suspected duplicate, and hardly any is one.
``varied``  a made-up word ends each title (``--seed`` chooses which) and seven works in ten have
            a DOI: distinct works, few suspects, like a corpus from one source.

Same arguments, same records. ``-o`` names a ``.jsonl.gz``, a ``.parquet``, or with ``--parts`` a
folder of ``part_0000.gz`` and so on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

try:  # a faster reader and writer of the same format, where it is installed
    from isal import igzip as gzip
except ImportError:
    import gzip  # type: ignore[no-redef]

VENUES = Path(__file__).parents[2] / "shared" / "data" / "works" / "venues.openalex.jsonl.gz"
FORMS = ("same", "apart", "varied")
FIRST_ID = 7_000_000_000
"""OpenAlex ids of copies start above this; today's real ones lie below."""
SYLLABLES = [first + second for first in "bdfghklmnprstv" for second in "aeiou"]
WORDS = len(SYLLABLES) ** 3
YEAR = b', "publication_year":'
AT_ONCE = 1000
"""Records that are compressed at a time, while the next are made."""

Record = dict[str, Any]


class Form(NamedTuple):
    """How copies differ from their original."""

    name: str = "varied"
    seed: int = 0


def lines(total: int, form: Form, source: Path = VENUES) -> Iterator[bytes]:
    """``total`` works as JSON, copy after copy."""
    with gzip.open(source) as file:
        held = sum(1 for _ in file)
    for copy in range(-(-total // held)):
        wanted = min(held, total - copy * held)
        with gzip.open(source) as file:
            for row, line in enumerate(file):
                if (row + 1) * wanted // held > row * wanted // held:
                    yield copied(line, copy * held + row, copy, form)


def copied(line: bytes, number: int, copy: int, form: Form) -> bytes:
    """A line of the source as another work; only what names it is parsed, the rest is passed on.

    In the source the names stand before the year. A quote within a title is escaped, so the first
    place that looks like the year's key is that key.
    """
    head, key, rest = line.partition(YEAR)
    named = renamed(orjson.loads(head + b"}"), number, copy, form)
    return orjson.dumps(named)[:-1] + key + rest


def renamed(record: Record, number: int, copy: int, form: Form) -> Record:
    """The record as another work: no identifier stays what it was.

    >>> made = renamed({"id": "W1", "doi": None, "title": "On wells"}, 70, 2, Form("varied", 0))
    >>> made["id"], made["doi"], made["title"]
    ('https://openalex.org/W7000000070', 'https://doi.org/10.5555/aequa.70', 'On wells: Bopigo')
    """
    own = f"https://openalex.org/W{FIRST_ID + number}"
    doi = record.get("doi") or (form.name == "varied" and number % 10 < 7)
    new: Record = {"id": own, "doi": f"https://doi.org/10.5555/aequa.{number}" if doi else None}
    if form.name == "apart":
        pmid = f"https://pubmed.ncbi.nlm.nih.gov/{number + 1}"
        new["ids"] = {"openalex": own, "doi": new["doi"], "pmid": pmid}
    if form.name == "varied" and record.get("title"):
        new["title"] = f"{record['title']}: {word(number, copy, form.seed)}"
        new["display_name"] = new["title"]
    return record | new


def word(number: int, copy: int, seed: int) -> str:
    """A word that no two copies of a work share (7919 is prime to the number of words)."""
    code = (copy * 7919 + number * 31 + seed * 104_729) % WORDS
    size = len(SYLLABLES)
    picked = (code // size**2, code // size % size, code % size)
    return "".join(SYLLABLES[at] for at in picked).capitalize()


def write_gzip(made: Iterable[bytes], path: Path) -> None:
    """JSON lines; the next block is made while one is being compressed."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", 1, raw, mtime=0) as file,
        ThreadPoolExecutor(1) as pool,
    ):
        waiting = pool.submit(file.write, b"")
        for block in blocks(made):
            waiting.result()
            waiting = pool.submit(file.write, b"".join(block))
        waiting.result()


def blocks(made: Iterable[bytes]) -> Iterator[list[bytes]]:
    stream = iter(made)
    while block := list(islice(stream, AT_ONCE)):
        yield block


NAMED = pa.struct([("id", pa.string()), ("display_name", pa.string())])
PLACED = pa.struct([*NAMED, ("country_code", pa.string())])
AUTHORSHIP = pa.struct(
    [
        ("author_position", pa.string()),
        ("author", pa.struct([*NAMED, ("orcid", pa.string())])),
        ("institutions", pa.list_(PLACED)),
        ("countries", pa.list_(pa.string())),
        ("raw_affiliation_strings", pa.list_(pa.string())),
    ]
)
TEXTS = ("id", "doi", "title", "display_name", "publication_date", "language", "type")
SCHEMA = pa.schema(
    [
        *[(name, pa.string()) for name in TEXTS],
        ("ids", pa.struct([(name, pa.string()) for name in ("openalex", "doi", "pmid")])),
        ("publication_year", pa.int64()),
        ("cited_by_count", pa.int64()),
        ("primary_location", pa.struct([("source", NAMED)])),
        ("authorships", pa.list_(AUTHORSHIP)),
        ("keywords", pa.list_(pa.struct([("display_name", pa.string())]))),
        ("abstract_inverted_index", pa.string()),
    ]
)
"""OpenAlex's nested schema; the inverted abstract, whose keys are words, is JSON in a cell."""


def write_parquet(made: Iterable[bytes], path: Path) -> None:
    """One row group per block of records."""
    with pq.ParquetWriter(path, SCHEMA, compression="zstd", compression_level=1) as writer:
        for block in blocks(made):
            records = map(orjson.loads, block)
            rows = [one | {"abstract_inverted_index": _cell(one)} for one in records]
            writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=SCHEMA))


def _cell(record: Record) -> str | None:
    index = record.get("abstract_inverted_index")
    return None if index is None else orjson.dumps(index).decode()


def write(total: int, out: Path, form: Form, parts: int = 1, source: Path = VENUES) -> list[Path]:
    """The corpus at ``out``; the files it is in."""
    made = lines(total, form, source)
    if out.suffix == ".parquet":
        write_parquet(made, out)
        return [out]
    files = [out]
    if parts > 1:
        out.mkdir(parents=True, exist_ok=True)
        files = [out / f"part_{number:04}.gz" for number in range(parts)]
    for number, file in enumerate(files):
        share = (number + 1) * total // len(files) - number * total // len(files)
        write_gzip(islice(made, share), file)
    return files


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.generate", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("works", type=int, help="how many")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--form", choices=FORMS, default="same")
    parser.add_argument("--seed", type=int, default=0, help="of the words of form varied")
    parser.add_argument("--parts", type=int, default=1, help="files, in a folder")
    asked = parser.parse_args(arguments)
    files = write(asked.works, asked.output, Form(asked.form, asked.seed), asked.parts)
    sizes = sum(file.stat().st_size for file in files)
    print(json.dumps({"works": asked.works, "files": len(files), "bytes": sizes}))


if __name__ == "__main__":
    main()
