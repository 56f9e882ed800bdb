"""Stored results → one self-contained page, its tables, and what programs read about them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from aequa.core.aside import aside
from aequa.core.goals import goals as all_goals
from aequa.report import pdf, pictures, words
from aequa.report.charts.standalone import writes_text
from aequa.report.content import Content, content, examples
from aequa.report.crate import KEPT, crate
from aequa.report.edition import WORLD, Edition
from aequa.report.exports import write_csv
from aequa.report.figure import Material
from aequa.report.formats import count
from aequa.report.links import anchor
from aequa.report.sections import cards, methods, opening, works
from aequa.report.sections.rules import rules
from aequa.report.stored import Row, load
from aequa.report.summary import dumped, summary, warnings


def write(directory: Path, about: Mapping[str, Any], edition: Edition = WORLD) -> None:
    """Write the page, its pictures, the CSV tables, report.json and ro-crate-metadata.json.

    Reads ``directory/tables/*.parquet``. ``about`` says what the tables cannot: version, created,
    sample, sources, counts, spec, seed and card. A table that is missing or empty becomes a line
    that says so. Every file is written aside and then renamed; same inputs, same bytes.

    Raises:
        InputError: a Parquet file there was not written by ``core.results.write_parquet``.
        AequaError: the edition is to be printed, and there is no browser to print it with.
    """
    stored = load(directory / "tables")
    listed = examples(stored, edition)
    material = Material(stored, about, frozenset(str(row["key"]) for row in listed))
    for name, table in stored.tables.items():
        write_csv(table, directory / "tables" / f"{name}.csv")
    with words.speaking(edition.language):
        shown = content(material, edition)
        drawn = pictures.write(directory, shown.figures(), about)
        _write(directory / "index.html", _fitting(material, shown, listed))
    printed = pdf.printed(directory, edition)
    _write(directory / "report.json", dumped(summary(material)))
    tables = [f"tables/{name}.{suffix}" for name in stored.tables for suffix in ("csv", "parquet")]
    kept = [name for name in KEPT if (directory / name).is_file()]
    written = ["index.html", "report.json", *printed, *kept, *tables, *drawn]
    _write(directory / "ro-crate-metadata.json", dumped(crate(material, directory, written)))


def render(material: Material, edition: Edition = WORLD) -> str:
    """The page as HTML, in the language that is spoken."""
    listed = examples(material.stored, edition)
    return _fitting(material, content(material, edition), listed)


LARGEST = 1_480_000
"""Bytes that a page may have; the works behind the numbers give way, the last ones first."""


def _fitting(material: Material, shown: Content, listed: Sequence[Row]) -> str:
    """The page with as many ranks of works as fit; the first of each number is always there."""
    text = _rendered(material, shown, listed)
    while len(text.encode()) > LARGEST:
        deepest = max((row.get("rank") or 1 for row in listed), default=1)
        if deepest <= 1:
            break
        listed = [row for row in listed if (row.get("rank") or 1) < deepest]
        text = _rendered(material, shown, listed)
    return text


def _rendered(material: Material, shown: Content, listed: Sequence[Row]) -> str:
    style = _style()
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            about=_about(material.about),
            language=words.language(),
            direction=words.direction(),
            style=Markup(style),
            style_hash=b64encode(sha256(style.encode()).digest()).decode(),
            shown=shown,
            readings=opening.note(material),
            headline=opening.table(material),
            **methods_of(material),
            families=works.families(listed),
            rules=rules(),
            goals=all_goals(),
        )
    )


def methods_of(material: Material) -> dict[str, Any]:
    """What ``methods.html.j2`` prints: books, cards, warnings, parameters and tables."""
    return {
        "data_card": cards.data(material),
        "model_card": cards.model(material),
        "balance": methods.balance(material.about.get("counts") or {}),
        "repaired": _repaired(material.about),
        "warnings": warnings(material),
        "sources": methods.sources(material),
        "spec": methods.spec(material),
        "shared_note": methods.shared_note(material),
        "tables": methods.tables(material),
    }


def environment() -> Environment:
    """The templates, with the functions that they speak and link with."""
    made = Environment(
        loader=PackageLoader("aequa.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        say=words.marked,
        say_n=words.say_n,
        picture_names=pictures.picture_names,
        picture_kinds=("svg", "png") if writes_text() else ("svg",),
        picture_href=lambda name, suffix: f"charts/{name}.{suffix}",
        table_href=lambda name: f"tables/{name}.csv",
        file_href=lambda name: name,
        origin_href=lambda name: f"#{anchor('table', name)}",
    )
    return made


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


def _write(path: Path, text: str) -> None:
    with aside(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")
