"""Whatever the bytes, readers of panels raise nothing but ``InputError``, and books balance."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.errors import InputError
from aequa.core.panel import CELLS
from aequa.sources.panels.read import read
from aequa.sources.panels.table import PanelRead

CELLS_SHOWN = """KEN|KE|404|WLD|Kenya|2020|2020.0|FY2020|2019/20|1.5|1,5|1.234|1,234|1.234.567|12%
..|NA|-||inf|1e999|nan|x|"|C|a b"""
HEADERS = """iso3|country|year|indicator|value|nature|goal|2019|2020|gdp||SeriesCode|TimePeriod
GeoAreaCode|Units|direction|lower|name"""
CELL = st.sampled_from(CELLS_SHOWN.replace("\n", "|").split("|"))
HEADER = st.sampled_from(HEADERS.replace("\n", "|").split("|"))


def checked(content: bytes) -> PanelRead | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        try:
            found = read(path)
        except InputError as error:
            message = str(error)
            found = None
    if found is None:
        assert str(path) in message
        return None
    cells = found.panel.cells
    assert found.read == cells.num_rows + found.merged + found.rejected
    assert cells.schema == CELLS
    keys = cells.group_by(["country", "indicator", "year"]).aggregate([])
    assert keys.num_rows == cells.num_rows
    assert set(cells["indicator"].to_pylist()) == set(
        found.panel.indicators["indicator"].to_pylist()
    )
    return found


@settings(max_examples=50, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"PAR1", b"PK\x03\x04", b"\x1f\x8b", b"iso3,year,x\n"]),
)
def test_any_bytes(content: bytes, start: bytes) -> None:
    checked(start + content)


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(",;\t"),
    st.lists(HEADER, min_size=2, max_size=6),
    st.lists(st.lists(CELL, min_size=1, max_size=7), max_size=8),
)
def test_any_table(mark: str, header: list[str], rows: list[list[str]]) -> None:
    checked("\n".join(mark.join(row) for row in [header, *rows]).encode())


@settings(max_examples=30, deadline=None)
@given(st.lists(CELL, min_size=1, max_size=12), st.data())
def test_cells_are_kept_merged_rejected_or_missing(cells: list[str], data: st.DataObject) -> None:
    cells = [cell for cell in cells if cell != '"']
    years = data.draw(st.lists(st.integers(2000, 2003), min_size=len(cells), max_size=len(cells)))
    rows = [f"KEN\t{year}\t{cell}\t1.5" for year, cell in zip(years, cells, strict=True)]
    found = checked("\n".join(["iso3\tyear\tx\ty", *rows]).encode())
    if found is not None and not any("holds text" in note for note in found.notes):
        assert found.read + found.missing == 2 * len(cells)
