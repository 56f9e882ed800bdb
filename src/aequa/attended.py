"""What the works of a report attend to: their goals, and which countries share in each work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from aequa.core.errors import InputError
from aequa.core.provenance import digest
from aequa.divide.attention import WORKS

_FILES = ("works.parquet", "labels.parquet")
_BATCH = 10_000


class Attended(NamedTuple):
    """The AI works of one report."""

    goals: dict[str, list[int]]
    """The goals of each work, by its id; an empty list where it touches none"""
    folder: Path
    digests: dict[str, str]

    @property
    def sets(self) -> pa.Array:
        """One list of goals a work."""
        return pa.array(list(self.goals.values()), pa.list_(pa.int8()))


def attended(folder: Path) -> Attended:
    """The AI works of a folder that ``aequa report`` wrote.

    Raises:
        InputError: the folder does not hold a corpus and its labels, or no AI work.
    """
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        raise InputError(f"{folder}: lacks {', '.join(missing)}, expected what aequa report wrote")
    goals: dict[str, list[int]] = {}
    for row in _rows(folder / "labels.parquet", ["id", "ai", "goals"]):
        if (row["ai"] or {}).get("label"):
            goals[row["id"]] = sorted({one["goal"] for one in row["goals"] or ()})
    if not goals:
        raise InputError(f"{folder}: none of its works is about AI")
    return Attended(goals, folder, {name: digest(folder / name) for name in _FILES})


def works_of(seen: Attended) -> pa.Table:
    """``divide.attention.WORKS``: each work split over its countries and its goals.

    An author has an equal part of a work, a place an equal part of its author; a part of unknown
    country has none. Highly cited are the top tenth, ties shared, of works with a percentile.
    """
    sums: defaultdict[tuple[str | None, int | None], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in _rows(seen.folder / "works.parquet", ["id", "authorships", "top10"]):
        goals = seen.goals.get(row["id"])
        if goals is None:
            continue
        for country, part in shares(row["authorships"]).items():
            kept: list[int | None] = [*goals] or [None]
            for goal in kept:
                found = sums[country, goal]
                found[0] += part / len(kept)
                found[1] += part / len(kept) * (row["top10"] or 0.0)
    order = sorted(sums, key=lambda key: (key[0] or "", key[1] or 0))
    rows = [(*key, *sums[key]) for key in order]
    return pa.Table.from_pylist(
        [dict(zip(WORKS.names, row, strict=True)) for row in rows], schema=WORKS
    )


def shares(authorships: list[dict[str, Any]] | None) -> dict[str | None, float]:
    """The parts of a work by country; they add up to 1.

    >>> norway, unknown = {"country": "NOR"}, {"country": None}
    >>> shares([{"affiliations": [norway, unknown]}, {"affiliations": []}])
    {'NOR': 0.25, None: 0.75}
    """
    parts: defaultdict[str | None, float] = defaultdict(float)
    for author in authorships or [{"affiliations": []}]:
        places = author["affiliations"] or [{"country": None}]
        for place in places:
            parts[place["country"]] += 1 / len(places) / max(len(authorships or ()), 1)
    return dict(parts)


def _rows(path: Path, columns: list[str]) -> Iterator[dict[str, Any]]:
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH, columns=columns):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: not what aequa wrote ({error})") from error
