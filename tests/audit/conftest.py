"""A small folder as `aequa report` leaves it, and samples of a corpus whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aequa.audit.moments import Moments
from aequa.audit.strata import allocate
from aequa.core.works import LABELS, WORKS


def _label(number: int) -> dict[str, Any]:
    ai = number % 5 > 0
    kind = ("supports", "hinders", "neutral")[number % 3]
    goals = [{"goal": 1 + number % 4, "contribution": kind}] if ai and number % 2 else []
    named = [{"name": "bias"}] if ai and number % 7 == 0 else []
    return {
        "id": f"doi:10.1/{number:03}",
        "ai": {"label": ai, "score": 0.9 if ai else 0.2 if number % 10 else 0.01},
        "goals": goals,
        "challenges": named,
        "areas": [{"name": "society"}] if ai and number % 3 == 0 else [],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """120 works with labels that follow from their number."""
    works = [
        {
            "id": f"doi:10.1/{number:03}",
            "ids": [f"doi:10.1/{number:03}"],
            "title": f"=Title; {number}, “quoted”" if number else None,
            "abstract": f"Line one\nline two of {number}",
            "year": 2000 + number % 20 if number % 11 else None,
        }
        for number in range(120)
    ]
    pq.write_table(pa.Table.from_pylist(works, WORKS), tmp_path / "works.parquet")
    labels = pa.Table.from_pylist([_label(number) for number in range(120)], LABELS)
    pq.write_table(labels, tmp_path / "labels.parquet")
    return tmp_path


@pytest.fixture(scope="session")
def replicates() -> Callable[..., tuple[Moments, float]]:
    """Moments of many samples of one corpus of 3,000 works, and its true share."""

    def make(
        prevalence: float, recall: float, alarms: float, size: int, own: bool, times: int = 500
    ) -> tuple[Moments, float]:
        chance = np.random.default_rng(5)
        works = 3000
        d = chance.random(works) < 0.8
        a = d & (chance.random(works) < prevalence)
        g = chance.random(works) < np.where(d, 0.96, 0.08)
        f = g & (chance.random(works) < np.where(a, recall, alarms))
        split = np.where(chance.random(works) < 0.3, 2, 1)
        names = np.where(~g, 0, np.where(f & own, 3, split))
        stratum = np.unique(names, return_inverse=True)[1]
        values = np.stack([a, d, f, g], axis=1).astype(float)
        sizes = np.bincount(stratum)
        drawn = allocate(sizes.tolist(), size)
        parts: list[tuple[Any, Any, Any]] = []
        for h, number in enumerate(drawn):
            inside = np.flatnonzero(stratum == h)
            order = np.argsort(chance.random((times, len(inside))), axis=1)[:, :number]
            picked = values[inside[order]]
            products = np.einsum("kni,knj->kij", picked, picked) / number
            machine = np.broadcast_to(values[inside, 2:].mean(axis=0), (times, 2))
            parts.append((picked.mean(axis=1), products, machine))
        stacked = [np.stack(part, axis=1) for part in zip(*parts, strict=True)]
        made = Moments(sizes.astype(float), np.array(drawn, float), *stacked)
        return made, float(a.sum() / d.sum())

    return make
