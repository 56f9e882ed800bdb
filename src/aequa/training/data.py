"""The labelled texts, in one shape whatever file they come from.

Only sources listed in ``sources.tsv`` are read: those whose licence allows weights trained on them
to be shipped. ``swisstext2024-train`` and ``mixed-17-*`` are therefore left out.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from aequa.core.errors import InputError


@dataclass(frozen=True)
class Example:
    """One labelled text; a label that was not recorded is None."""

    id: str
    title: str
    abstract: str
    source: str
    """A row of ``sources.tsv``."""
    split: str = ""
    """``dev`` or ``more`` for gold, else empty."""
    stratum: str = ""
    language: str = "en"
    pair: str = ""
    """Texts of one pair belong into one fold."""
    ai: bool | None = None
    goals: dict[int, str | None] | None = None
    """Goal to contribution (None where only the goal is known)."""
    complete: bool = True
    """False when only one goal was recorded: an absent goal is then not a negative."""
    challenges: frozenset[str] | None = None
    areas: frozenset[str] | None = None
    disputed: frozenset[str] = frozenset()
    """Labels (``goal:3``, ``area:society``) on which the two annotators differ: no truth."""


@dataclass(frozen=True)
class Source:
    """One row of ``sources.tsv``."""

    source: str
    folder: str
    licence: str
    credit: str


def sources() -> list[Source]:
    """The sources that may be used, in order."""
    text = files("aequa.training").joinpath("sources.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return [Source(*line) for line in lines[1:]]


def load(folder: Path) -> list[Example]:
    """All examples under ``folder`` (the ``data`` directory), in a fixed order.

    Raises:
        InputError: a file is missing.
    """
    return [
        *_gold(folder, "dev"),
        *_gold(folder, "more"),
        *_passages(folder / "multilingual" / "dev.jsonl", "multilingual"),
        *_passages(folder / "multilingual" / "contrast.jsonl", "contrast"),
        *_sdg_text(folder),
        *_ai_filter(folder),
        *_ocean(folder),
    ]


def _records(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        raise InputError(f"{path}: is missing, expected JSON lines of labelled texts")
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    for line in text.decode("utf-8").rstrip("\n").split("\n"):
        yield json.loads(line)


def _gold(folder: Path, split: str) -> Iterator[Example]:
    for row in _records(folder / "ai-sdg-gold" / f"{split}.jsonl.gz"):
        yield Example(
            id=row["id"],
            title=row["title"] or "",
            abstract=row["abstract"] or "",
            source="gold",
            split=split,
            stratum=row["stratum"],
            ai=None if row["ai"] is None else bool(row["ai"]),
            goals=_agreed(row["goals"], row.get("disputed", {})),
            challenges=frozenset(row["challenges"]),
            areas=frozenset(row["areas"]),
            disputed=frozenset(_disputed(row)),
        )


def _agreed(goals: dict[str, str], disputed: dict[str, list[str | None]]) -> dict[int, str | None]:
    """Goals with their contribution; None where the annotators agree on the goal only."""
    found: dict[int, str | None] = {int(goal): value for goal, value in goals.items()}
    return found | {int(goal): None for goal, both in disputed.items() if None not in both}


def _disputed(row: dict[str, Any]) -> Iterator[str]:
    yield from (f"goal:{goal}" for goal, both in row.get("disputed", {}).items() if None in both)
    yield from (f"challenge:{name}" for name in row.get("disputed_challenges") or ())
    yield from (f"area:{name}" for name in row.get("disputed_areas") or ())


def _passages(path: Path, source: str) -> Iterator[Example]:
    for row in _records(path):
        yield Example(
            id=row["id"],
            title=row["title"] or "",
            abstract=row["abstract"] or "",
            source=source,
            language=row["lang"],
            pair=row.get("pair", ""),
            ai=bool(row["ai"]),
            goals={int(goal): value for goal, value in row["goals"].items()},
            challenges=frozenset(row["challenges"]),
        )


def _sdg_text(folder: Path) -> Iterator[Example]:
    allowed = {source.source for source in sources()}
    for row in _records(folder / "sdg-text" / "train.jsonl.gz"):
        if row["source"] in allowed:
            yield Example(
                id=row["id"],
                title="",
                abstract=row["text"],
                source=row["source"],
                goals=dict.fromkeys(row["goals"]),
                complete=bool(row["multilabel"]),
            )


def _ai_filter(folder: Path) -> Iterator[Example]:
    for row in _records(folder / "ai-filter" / "dev.jsonl.gz"):
        title, _, abstract = row["text"].partition(". ")
        yield Example(
            id=f"arxiv:{row['meta']['id']}",
            title=title,
            abstract=abstract,
            source="ai-filter",
            ai=row["label"] == "True",
        )


def _ocean(folder: Path) -> Iterator[Example]:
    path = folder / "works" / "openalex-ocean-1684.parquet"
    if not path.is_file():
        raise InputError(f"{path}: is missing, expected OpenAlex works")
    columns = ["work_id", "title", "abstract", "language"]
    for row in pq.read_table(path, columns=columns).to_pylist():
        if row["title"] and row["abstract"] and row["language"] == "en":
            yield Example(
                id=row["work_id"],
                title=row["title"],
                abstract=row["abstract"],
                source="ocean",
                ai=False,
            )
