"""Methods and data: the books of the inputs, the spec, and the list of tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from aequa.core.results import Table
from aequa.report import formats
from aequa.report.figure import Cell, Figure, Grid, Material
from aequa.report.links import anchor
from aequa.report.words import say

LISTED = 200
"""Input files that the page lists; report.json has them all."""
BOOKS = ("read", "kept", "merged", "rejected")


def balance(counts: Mapping[str, Any]) -> str:
    """The equation of the books, in words; empty where nothing was counted.

    >>> balance({"read": 10, "kept": 7, "merged": 2, "rejected": 1})
    '10 read = 7 kept + 2 merged + 1 rejected'
    """
    if any(formats.known(counts.get(name)) is None for name in BOOKS):
        return ""
    numbers = {name: formats.count(counts[name]) for name in BOOKS}
    if balanced(counts):
        return say("{read} read = {kept} kept + {merged} merged + {rejected} rejected", **numbers)
    return say("{read} read ≠ {kept} kept + {merged} merged + {rejected} rejected", **numbers)


def balanced(counts: Mapping[str, Any]) -> bool:
    """Whether read = kept + merged + rejected."""
    read, kept, merged, rejected = (counts.get(name) or 0 for name in BOOKS)
    return bool(read == kept + merged + rejected)


def sources(material: Material) -> Figure:
    """Every input file with its counts and its digest."""
    heads = (
        say("File"),
        say("Format"),
        say("Read"),
        say("Kept"),
        say("Merged"),
        say("Rejected"),
        say("SHA-256"),
    )
    held = list(material.about.get("sources") or ())
    lines = tuple(_source(row) for row in held[:LISTED])
    left = len(held) - LISTED
    more = say("{n} more files are in report.json.", n=formats.count(left)) if left > 0 else ""
    return Figure("sources", say("Input files"), grid=Grid(heads, lines), basis=more, css="open")


def _source(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    return (
        Cell(PurePath(str(row.get("file") or formats.missing())).name, numeric=False),
        Cell(str(row.get("format") or formats.missing()), numeric=False),
        *(Cell(formats.count(row.get(column))) for column in BOOKS),
        Cell(_bare(row.get("sha256")), numeric=False),
    )


def _bare(digest: object) -> str:
    """A digest without its ``sha256:``, as the column's head says it."""
    return str(digest or formats.missing()).removeprefix("sha256:")


def spec(material: Material) -> str:
    """The parameters as JSON, sorted."""
    held = material.about.get("spec")
    return json.dumps(held, indent=2, sort_keys=True, default=str) if held else ""


def spec_digest(table: Table) -> str:
    """Twelve hexadecimal digits that differ when step, spec, inputs, seed or version differ."""
    text = json.dumps(asdict(table.provenance), sort_keys=True, default=str)
    return sha256(text.encode()).hexdigest()[:12]


SHARES = "share = count / denominator"
"""Where the part of a note starts that all tables of shares have in common."""


def shared_note(material: Material) -> str:
    """What the notes of all tables of shares say alike, to be printed once."""
    tails = {
        table.note[table.note.index(SHARES) :]
        for table in material.stored.tables.values()
        if SHARES in table.note
    }
    return " ".join(sorted(tails))


def _own(note: str) -> str:
    return note.partition(SHARES)[0].strip()


def tables(material: Material) -> list[dict[str, Any]]:
    """What the provenance list prints of every table."""
    return [
        {
            "anchor": anchor("table", name),
            "name": name,
            "title": table.title,
            "note": _own(table.note),
            "rows": formats.count(table.data.num_rows),
            "step": table.provenance.step,
            "version": table.provenance.version,
            "digest": spec_digest(table),
        }
        for name, table in sorted(material.stored.tables.items())
    ]
