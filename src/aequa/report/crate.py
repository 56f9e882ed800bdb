"""``ro-crate-metadata.json``: what the files are and how they were made (RO-Crate 1.1).

Sefton et al. 2022, "RO-Crate Metadata Specification 1.1", doi:10.5281/zenodo.4541002.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any

from aequa.core.provenance import digest
from aequa.report.figure import Material
from aequa.report.summary import finite

FORMATS = {
    ".html": "text/html",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".jsonl": "application/jsonl",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    {"sha256": "http://schema.org/sha256"},
]
"""Version 1.1 of the context is older than schema.org's ``sha256``, so the term is declared."""
KEPT = {
    "works.parquet": "The corpus after merging, one row per work",
    "labels.parquet": "The classifier's labels, one row per work",
    "audit.parquet": "Shares estimated from an audit: a person's labels of a random part",
    "rejects.jsonl": "Records that could not be used, with file, number and reason",
}
"""Files that the run leaves beside the page."""
Entity = dict[str, Any]


def crate(material: Material, directory: Path, files: Iterable[str]) -> Entity:
    """The metadata of ``files`` (paths within ``directory``), which must be written by now."""
    about = material.about
    parts = [_file(material, directory, name) for name in sorted(files)]
    inputs = [_input(place, row) for place, row in enumerate(about.get("sources") or (), 1)]
    graph = [
        _descriptor(),
        _root(about, parts),
        *parts,
        *inputs,
        _software(about),
        _licence(),
        _action(about, parts, inputs),
    ]
    return {"@context": CONTEXT, "@graph": finite(graph)}


def _refer(entities: Iterable[Entity]) -> list[Entity]:
    return [{"@id": entity["@id"]} for entity in entities]


def _descriptor() -> Entity:
    return {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }


def _root(about: Mapping[str, Any], parts: list[Entity]) -> Entity:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": "How artificial intelligence research serves the Sustainable Development Goals",
        "description": "A report made by aequa from bibliographic records: one page, its tables "
        "as CSV and Parquet, and their provenance.",
        "datePublished": about.get("created"),
        "license": {"@id": "#licence"},
        "hasPart": _refer(parts),
        "mentions": [{"@id": "#run"}],
    }


def _file(material: Material, directory: Path, name: str) -> Entity:
    path = directory / name
    table = material.stored.tables.get(path.stem) if name.startswith("tables/") else None
    words = table.title if table else KEPT.get(name)
    described = {"description": words} if words else {}
    return {
        "@id": name,
        "@type": "File",
        "name": path.name,
        "contentSize": str(path.stat().st_size),
        "encodingFormat": FORMATS[path.suffix],
        "sha256": digest(path).removeprefix("sha256:"),
        **described,
    }


def _input(place: int, row: Mapping[str, Any]) -> Entity:
    """An input stays where it was: named with its digest, not part of the crate."""
    return {
        "@id": f"#input-{place}",
        "@type": "CreativeWork",
        "name": PurePath(str(row.get("file") or "")).name,
        "encodingFormat": str(row.get("format") or ""),
        "sha256": str(row.get("sha256") or "").removeprefix("sha256:"),
    }


def _software(about: Mapping[str, Any]) -> Entity:
    return {
        "@id": "#aequa",
        "@type": "SoftwareApplication",
        "name": "aequa",
        "version": about.get("version"),
        "softwareVersion": about.get("version"),
    }


def _licence() -> Entity:
    return {
        "@id": "#licence",
        "@type": "CreativeWork",
        "name": "CC0-1.0 for the counts and shares",
        "url": "https://creativecommons.org/publicdomain/zero/1.0/",
        "description": "Counts and shares are facts and free to use. Titles and evidence phrases "
        "come from the inputs, whose own terms apply.",
    }


def _action(about: Mapping[str, Any], parts: list[Entity], inputs: list[Entity]) -> Entity:
    action: Entity = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": "aequa report",
        "instrument": {"@id": "#aequa"},
        "object": _refer(inputs),
        "result": _refer(parts),
        "endTime": about.get("created"),
    }
    settings = {"seed": about.get("seed"), "spec": about.get("spec") or {}}
    return {**action, "description": json.dumps(finite(settings), sort_keys=True, default=str)}
