"""The bundled panel, and the readers on the real files it is made from."""

from __future__ import annotations

import importlib.util
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from aequa.core.panel import NATURES
from aequa.sources.panels.read import read
from aequa.sources.panels.table import PanelRead

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "indicators"
BUNDLED = ROOT / "src" / "aequa" / "data" / "panel.parquet"
OPEN = {"CC-BY-4.0", "CC-BY-3.0-IGO", "CC-BY", "MIT", "Unicode-3.0 AND MPL-2.0"}

real_files = pytest.mark.skipif(not SHARED.exists(), reason="shared/data/indicators is absent")


@cache
def bundled() -> PanelRead:
    with as_file(files("aequa.data").joinpath("panel.parquet")) as path:
        return read(path)


@cache
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bundle_panel", ROOT / "tools/bundle_panel.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_bundled_panel_is_read_without_a_loss() -> None:
    found = bundled()
    assert found.rejects == ()
    assert found.merged == found.missing == 0
    assert found.panel.cells.num_rows == pq.read_metadata(BUNDLED).num_rows
    assert BUNDLED.stat().st_size < 6_000_000


def test_every_bundled_series_says_what_it_is_and_is_open() -> None:
    about = bundled().panel.indicators
    assert set(about["licence"].to_pylist()) == OPEN
    for name in ("name", "family", "source", "vintage"):
        assert about[name].null_count == 0
    goals = set(about["goal"].drop_null().to_pylist())
    assert goals == set(range(1, 18))
    assert set(bundled().panel.cells["nature"].drop_null().to_pylist()) <= set(NATURES)


def test_bounds_stand_on_the_right_sides() -> None:
    about = bundled().panel.indicators
    rows = about.filter(pc.is_valid(about["lower"])).to_pylist()
    assert len(rows) > 120
    assert all(row["direction"] * (row["optimum"] - row["lower"]) > 0 for row in rows)
    assert all(row["lower"] is None for row in about.to_pylist() if row["direction"] is None)


def value(country: str, indicator: str, year: int) -> float:
    cells = bundled().panel.cells
    here = pc.and_(pc.equal(cells["country"], country), pc.equal(cells["indicator"], indicator))
    found = cells.filter(pc.and_(here, pc.equal(cells["year"], year)))["value"].to_pylist()
    assert len(found) == 1
    return float(found[0])


def test_some_figures_as_published() -> None:
    assert value("AFG", "wdi:EG.ELC.ACCS.ZS", 2000) == 4.4
    assert value("AFG", "undp:hdi", 1990) == 0.273
    assert value("SGP", "oxford:government_ai_readiness", 2023) == 81.97
    assert value("ARE", "microsoft:ai_diffusion", 2026) == 70.1


def test_two_countries_hold_nine_tenths_of_the_recorded_compute() -> None:
    cells = bundled().panel.cells
    newest = pc.max(cells.filter(pc.equal(cells["indicator"], "epoch:gpu_h100e"))["year"])
    here = pc.and_(pc.equal(cells["indicator"], "epoch:gpu_h100e"), pc.equal(cells["year"], newest))
    stock = cells.filter(here)
    two = stock.filter(pc.is_in(stock["country"], pa.array(["USA", "CHN"])))
    share = pc.sum(two["value"]).as_py() / pc.sum(stock["value"]).as_py()
    assert share == pytest.approx(0.897, abs=5e-4)


def test_carried_values_repeat_the_year_before() -> None:
    cells = bundled().panel.cells
    rows = cells.filter(pc.equal(cells["nature"], "carried"))
    assert 0 < rows.num_rows < 0.05 * cells.num_rows
    for row in rows.slice(0, 20).to_pylist():
        assert value(row["country"], row["indicator"], row["year"] - 1) == row["value"]


def test_the_rule_of_carried_values() -> None:
    runs = {"un:A": [1.25, 1.25, 1.25, 2.0, 2.0, 2.0], "un:B": [1.25] * 3, "un:C": [1.25, 1.25]}
    rows = [
        ("KEN", name, 2000 + n, found, None)
        for name, series in runs.items()
        for n, found in enumerate(series)
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    cells = pa.table(columns, names=["country", "indicator", "year", "value", "nature"])
    found = tool().carried(cells, ["un:B"])
    assert np.flatnonzero(found).tolist() == [1, 2]


@real_files
def test_the_bundled_file_is_what_the_tool_makes(tmp_path: Path) -> None:
    tool().main(SHARED, tmp_path)
    made = tmp_path / "panel.parquet"
    if pq.read_metadata(made).created_by == pq.read_metadata(BUNDLED).created_by:
        assert made.read_bytes() == BUNDLED.read_bytes()
    assert pq.read_table(made).equals(pq.read_table(BUNDLED))


@real_files
@pytest.mark.parametrize(
    ("file", "read_cells", "kept", "indicators"),
    [
        ("wdi/WDICSV_electricity_2025.csv.gz", 59_853, 59_361, 9),
        ("wdi/poverty.csv.gz", 32_930, 29_904, 29),
        ("spi/SPI_index.csv.gz", 162_583, 162_383, 74),
        ("hdi/ddf--datapoints--hdi--by--country--year.csv", 5_923, 5_571, 1),
        ("gapminder/internet_users.csv", 6_024, 6_024, 1),
        ("connectivity/internet-use.csv.gz", 4_906, 4_898, 1),
        ("composite-asem/ASEM_iData.csv", 2_639, 2_639, 53),
    ],
)
def test_real_files(file: str, read_cells: int, kept: int, indicators: int) -> None:
    found = read(SHARED / file)
    assert (found.read, found.panel.cells.num_rows) == (read_cells, kept)
    assert found.panel.indicators.num_rows == indicators
    assert found.rejected == read_cells - kept
    assert all("not a country" in r.reason or "'ASC'" in r.reason for r in found.rejects)


@real_files
def test_locale_mangled_numbers_are_refused_and_not_guessed() -> None:
    found = read(SHARED / "wdi" / "world_bank_development_indicators_2024.csv.gz")
    internet = found.panel.of(["individuals_using_internet%"]).cells["value"].to_numpy()
    assert internet.max() <= 100
    assert len(internet) > 1000
    assert found.rejected > found.panel.cells.num_rows
