from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from aequa.classify.engine import Spec, classify_batch

Row = tuple[str, str | None, str | None]


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = Path(__file__).parents[2].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared data is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def batch() -> Callable[[Sequence[Row]], pa.RecordBatch]:
    def make(rows: Sequence[Row]) -> pa.RecordBatch:
        columns = [pa.array([row[place] for row in rows], pa.string()) for place in range(3)]
        return pa.RecordBatch.from_arrays(columns, names=["id", "title", "abstract"])

    return make


@pytest.fixture(scope="session")
def classify(
    batch: Callable[[Sequence[Row]], pa.RecordBatch],
) -> Callable[..., list[dict[str, Any]]]:
    def run(
        rows: Sequence[Row], scores: bool = False, tier: str = "cascade"
    ) -> list[dict[str, Any]]:
        labels = classify_batch(batch(rows), Spec(scores=scores, tier=tier)).to_pylist()
        return list(labels)

    return run
