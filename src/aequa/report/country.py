"""The edition of one country: the country against its peers in all chapters; rows to parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from aequa.report import formats
from aequa.report.figure import Material, Section
from aequa.report.names import country
from aequa.report.sections import (
    country_gap,
    country_issues,
    country_limits,
    country_links,
    country_opening,
    country_progress,
)
from aequa.report.sections.findings import Finding
from aequa.report.stored import Row, Stored
from aequa.report.words import say, say_n

LISTED = 200
"""Works of the country that the page lists; ``works.csv`` has all of them."""


class Head(NamedTuple):
    """The first words of the edition."""

    title: str
    sentence: str


def head(material: Material, iso3: str) -> Head:
    """Title, and one sentence that says what the edition rests on."""
    works = country_opening.works(material, iso3)
    title = say(
        "{country}: what its research on artificial intelligence does for the Sustainable "
        "Development Goals, and where it stands",
        country=country(iso3),
    )
    if not works:
        return Head(title, country_opening.nothing(iso3))
    sentence = say_n(
        "Five findings on {country}, from {n} work on artificial intelligence by authors there "
        "and from a panel of open indicators, beside its peers, its region and the world.",
        "Five findings on {country}, from {n} works on artificial intelligence by authors there "
        "and from a panel of open indicators, beside its peers, its region and the world.",
        works,
        country=country(iso3),
        n=formats.count(works),
    )
    return Head(title, sentence)


def opening(material: Material, iso3: str) -> tuple[Finding, ...]:
    """Five findings on the country; see ``sections.country_opening``."""
    return country_opening.findings(material, iso3)


def sections(material: Material, iso3: str) -> list[Section]:
    """The chapters: its works, its concerns, its goals and their links, its place in the gap."""
    made = (
        country_progress.section(material, iso3),
        country_issues.section(material, iso3),
        country_links.section(material, iso3),
        country_gap.section(material, iso3),
    )
    return [replace(section, number=str(at)) for at, section in enumerate(made, 1)]


def statements(material: Material, iso3: str) -> list[tuple[str, str]]:
    """What the edition cannot tell, before what no edition can."""
    return country_limits.statements(material, iso3)


def examples(stored: Stored, iso3: str) -> tuple[Row, ...]:
    """The country's works, the most cited first, as rows of the table ``examples``.

    At most ``LISTED``, those with a goal or a challenge first. Where the table ``works`` was not
    stored, those of the country in the table ``examples``.
    """
    key = f"country-{iso3}"
    if "works" not in stored.tables:
        return stored.rows("examples", key=key)
    found = sorted(_works(stored, iso3), key=_order)[:LISTED]
    return tuple({**row, "key": key, "rank": place} for place, row in enumerate(found, 1))


_COLUMNS = ("id", "title", "year", "venue", "cited_by", "goals", "challenges", "evidence")


def _works(stored: Stored, iso3: str) -> Iterator[Row]:
    """The rows of the country in the table of all works, which is read in parts."""
    for batch in stored.tables["works"].data.to_batches(max_chunksize=10_000):
        names = pc.coalesce(
            batch.column("countries"), pa.scalar("", batch.column("countries").type)
        )
        yield from (
            {name: row.get(name) for name in _COLUMNS}
            for row in batch.filter(pc.match_substring(names, iso3)).to_pylist()
        )


def _order(row: Row) -> tuple[bool, float, str]:
    bare = not (row.get("goals") or row.get("challenges"))
    cited = formats.known(row.get("cited_by"))
    return (bare, 1.0 if cited is None else -cited, str(row.get("id")))
