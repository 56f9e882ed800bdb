"""``report.json``: what the page says, for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from aequa.report import formats
from aequa.report.accuracy import part
from aequa.report.corrected import is_corrected, other_audit
from aequa.report.figure import Material
from aequa.report.sections.methods import balance, balanced
from aequa.report.words import say, say_n

FEW = 30
"""Shares of fewer works than this are not to be compared."""
EXPECTED = [
    "headline",
    "corrected",
    "progress",
    "goals",
    "areas",
    "countries",
    "groups",
    "group_goals",
    "country_goals",
    "sectors",
    "sector_goals",
    "challenges",
    "challenge_years",
    "challenge_goals",
    "hindered",
    "collaboration",
    "collaboration_years",
    "attention",
    "concentration",
    "lorenz",
    "coverage",
    "examples",
    "works",
    "languages",
    "impact_cells",
    "impact_origins",
]


def summary(material: Material) -> dict[str, Any]:
    """The content of report.json; every value is JSON and no number is NaN."""
    about, stored = material.about, material.stored
    content = {
        "aequa": about.get("version"),
        "created": about.get("created"),
        "sample": bool(about.get("sample")),
        "counts": about.get("counts") or {},
        "tiers": about.get("tiers") or {},
        "headline": list(stored.rows("headline")),
        "corrected": list(stored.rows("corrected")),
        "audit": about.get("audit"),
        "tables": {name: _table(name, material) for name in sorted(stored.tables)},
        "sources": about.get("sources") or [],
        "spec": about.get("spec") or {},
        "seed": about.get("seed"),
        "warnings": warnings(material),
    }
    plain: dict[str, Any] = finite(content)
    return plain


def _table(name: str, material: Material) -> dict[str, Any]:
    table = material.stored.tables[name]
    return {
        "title": table.title,
        "note": table.note,
        "rows": table.data.num_rows,
        "csv": f"tables/{name}.csv",
        "parquet": f"tables/{name}.parquet",
        "provenance": asdict(table.provenance),
    }


def warnings(material: Material) -> list[str]:
    """What a reader should know before using a number; one sentence each."""
    about, stored = material.about, material.stored
    counts: Mapping[str, Any] = about.get("counts") or {}
    found = []
    if about.get("sample"):
        found.append(say("This is the bundled sample, judged from titles alone."))
    if balance(counts) and not balanced(counts):
        found.append(say("The books do not balance: {books}.", books=balance(counts)))
    if formats.known(counts.get("rejected")):
        rejected = counts["rejected"]
        found.append(
            say_n(
                "{n} record was rejected.",
                "{n} records were rejected.",
                rejected,
                n=formats.count(rejected),
            )
        )
    if not part(about.get("card") or {}, "goals"):
        found.append(say("No model card came with the results: label accuracy is not shown."))
    works = formats.known(
        stored.row("headline", reading="explicit", scope="all").get("denominator")
    )
    if works is not None and works < FEW:
        found.append(
            say_n(
                "Only {n} work on AI could be judged: too few for shares.",
                "Only {n} works on AI could be judged: too few for shares.",
                works,
                n=formats.count(works),
            )
        )
    rows = stored.rows("corrected")
    if rows and not any(map(is_corrected, rows)):
        found.append(say("No share could be corrected for label errors."))
    found += other_audit(material)
    missing = [name for name in EXPECTED if name not in stored.tables]
    if missing:
        found.append(say("Tables missing: {tables}.", tables=", ".join(missing)))
    if stored.empty():
        found.append(say("Tables without a row: {tables}.", tables=", ".join(stored.empty())))
    return found


def finite(value: Any) -> Any:
    """The same value with None for every number that is not finite, at any depth.

    >>> finite({"a": [float("nan"), 1.5]})
    {'a': [None, 1.5]}
    """
    if isinstance(value, Mapping):
        return {str(key): finite(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [finite(held) for held in value]
    return formats.known(value) if isinstance(value, float) else value


def dumped(content: Any) -> str:
    """Sorted, indented JSON; anything that JSON cannot hold is written as text."""
    return (
        json.dumps(
            content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False, default=str
        )
        + "\n"
    )
