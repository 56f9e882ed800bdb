"""The workbook of 2021, where it is at hand, and small panels made here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from aequa.core.panel import CELLS, INDICATORS, Panel
from aequa.sources.panels.sdr_overview import Overview, overview

WORKBOOK = (
    Path(__file__).parents[2].parent / "shared" / "data" / "indicators" / "SDR2021Database.xlsx"
)


@pytest.fixture(scope="session")
def workbook() -> Path:
    if not WORKBOOK.is_file():
        pytest.skip("the workbook of the Sustainable Development Report 2021 is not at hand")
    return WORKBOOK


@pytest.fixture(scope="session")
def report(workbook: Path) -> Overview:
    return overview(workbook)


Row = tuple[str, str, int, float] | tuple[str, str, int, float, str]


@pytest.fixture(scope="session")
def made() -> Callable[[Sequence[Row], Sequence[dict[str, Any]]], Panel]:
    """A panel of rows (country, indicator, year, value[, nature]) and descriptions."""

    def make(rows: Sequence[Row], about: Sequence[dict[str, Any]]) -> Panel:
        columns = [list(column) for column in zip(*((*row, None)[:5] for row in rows), strict=True)]
        arrays = [
            pa.array(column, field.type)
            for column, field in zip(columns or [[]] * 5, CELLS, strict=True)
        ]
        return Panel(
            pa.Table.from_arrays(arrays, schema=CELLS),
            pa.Table.from_pylist(list(about), INDICATORS),
        )

    return make
