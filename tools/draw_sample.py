"""Draw the bundled sample: facts on real AI works, no abstracts, the same works every time.

    python tools/draw_sample.py ../shared/data/works src/aequa/data

A simple random sample without replacement: works are ordered by the SHA-256 of a fixed seed and
their identifier, and the first ``SIZE`` are taken. Each row holds title, year, venue, countries
(ISO alpha-3), citations and field; see docs/data-card.md.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import sys
from pathlib import Path

from aequa.core.works import Work
from aequa.corpus.fields import field_name
from aequa.sources.read import read

SEED = "aequa-sample-1"
SIZE = 8000
COLUMNS = ("id", "title", "year", "venue", "countries", "cited_by", "field", "type")


def rank(work: Work) -> str:
    """A number that is random in the work and fixed in the seed."""
    return hashlib.sha256(f"{SEED}:{work.id}".encode()).hexdigest()


def row(number: int, work: Work) -> tuple[object, ...]:
    """The facts of one work; the source's identifiers are synthetic and left out."""
    places = {a.country for author in work.authorships for a in author.affiliations if a.country}
    field = field_name(work.field, work.venue)
    facts = (work.title, work.year, work.venue, ";".join(sorted(places)), work.cited_by)
    return (f"sample-{number:05d}", *facts, field, work.type)


def main(works: Path, out: Path) -> None:
    """Write ``out/sample.csv.gz``."""
    found = [work for work in read([works / "venues.openalex.jsonl.gz"]) if isinstance(work, Work)]
    drawn = sorted(found, key=rank)[:SIZE]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(row(number, work) for number, work in enumerate(drawn, 1))
    with (out / "sample.csv.gz").open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, 0) as stream:
        stream.write(text.getvalue().encode())
    print(f"{len(drawn):,} of {len(found):,} works")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
