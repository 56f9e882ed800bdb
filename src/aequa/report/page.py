"""Stored results → one self-contained page, its tables, and what programs read about them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from aequa.core.aside import aside
from aequa.core.goals import goals as all_goals
from aequa.report.crate import KEPT, crate
from aequa.report.edition import WORLD, Edition
from aequa.report.exports import write_csv
from aequa.report.figure import Material
from aequa.report.formats import count
from aequa.report.sections import (
    divide,
    goals,
    issues,
    later,
    limits,
    links,
    methods,
    opening,
    sentences,
    works,
)
from aequa.report.sections.rules import RULES
from aequa.report.sections.statements import statements
from aequa.report.stored import load
from aequa.report.summary import dumped, summary, warnings
from aequa.report.words import speaking


def write(directory: Path, about: Mapping[str, Any], edition: Edition = WORLD) -> None:
    """Write the page, the CSV tables, report.json and ro-crate-metadata.json into ``directory``.

    Reads ``directory/tables/*.parquet``. ``about`` says what the tables cannot: version, created,
    sample, sources, counts, spec, seed and card. A table that is missing or empty becomes a line
    that says so. Every file is written aside and then renamed; same inputs, same bytes.

    Raises:
        InputError: a Parquet file there was not written by ``core.results.write_parquet``.
    """
    stored = load(directory / "tables")
    examples = works.chosen(stored)
    material = Material(stored, about, frozenset(str(row["key"]) for row in examples))
    for name, table in stored.tables.items():
        write_csv(table, directory / "tables" / f"{name}.csv")
    with speaking(edition.language):
        _write(directory / "index.html", render(material))
    _write(directory / "report.json", dumped(summary(material)))
    tables = [f"tables/{name}.{suffix}" for name in stored.tables for suffix in ("csv", "parquet")]
    kept = [name for name in KEPT if (directory / name).is_file()]
    written = crate(material, directory, ["index.html", "report.json", *kept, *tables])
    _write(directory / "ro-crate-metadata.json", dumped(written))


def render(material: Material) -> str:
    """The page as HTML."""
    style = _style()
    environment = Environment(
        loader=PackageLoader("aequa.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2").render(
        about=_about(material.about),
        style=Markup(style),
        style_hash=b64encode(sha256(style.encode()).digest()).decode(),
        cards=opening.cards(material),
        headline=opening.table(material),
        sentence=sentences.sentence(material),
        caution=sentences.caution(material),
        sections=[
            goals.section(material),
            issues.section(material),
            links.section(material),
            divide.section(material),
            *later.sections(),
        ],
        limits=limits.section(material),
        statements=statements(material),
        balance=methods.balance(material.about.get("counts") or {}),
        repaired=_repaired(material.about),
        warnings=warnings(material),
        sources=methods.sources(material),
        spec=methods.spec(material),
        shared_note=methods.shared_note(material),
        tables=methods.tables(material),
        families=works.families(works.chosen(material.stored), _countries(material)),
        rules=RULES,
        goals=all_goals(),
    )


def _about(about: Mapping[str, Any]) -> dict[str, Any]:
    """What the page's foot and head print, present or not."""
    names = ("version", "created", "sample", "seed", "card", "audit")
    return {name: about.get(name) for name in names}


def _repaired(about: Mapping[str, Any]) -> str:
    """How many records had a value set to unknown; empty for none."""
    repaired = (about.get("counts") or {}).get("repaired")
    return count(repaired) if repaired else ""


def _style() -> str:
    """The style sheet; the page's policy allows it by its digest, and nothing else."""
    return files("aequa.report").joinpath("templates/style.css").read_text(encoding="utf-8")


def _countries(material: Material) -> dict[str, str]:
    rows = material.stored.rows("countries")
    return {str(row["country"]): str(row["name"]) for row in rows if row.get("name")}


def _write(path: Path, text: str) -> None:
    with aside(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")
