"""The readers of the Sustainable Development Report: its workbook and its table of scores."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.compute as pc
import pytest

from aequa.core.errors import FormatError, InputError
from aequa.sources.panels import sdr, sdr_scores
from aequa.sources.panels.sdr_overview import overview

INDICATORS = Path(__file__).parents[2].parent / "shared" / "data" / "indicators"

TRENDS = [
    ["id", "Country", "Year", "Population", "sdg1_wpc", "sdg4_pisa ", "sdg5_fplmodel", "new", None],
    ["KEN", "Kenya", 2019, 5e7, 36.1, None, "61.5", 1.0, None],
    ["KEN", "Kenya", 2020, 5e7, 35, "n.a.", 62, None, None],
    ["KEN", "Kenya", "2020", 5e7, 35, None, 63, None, None],
    ["_OECD", "OECD members", 2020, None, 1.5, 490.0, None, None, None],
    ["NOR", "Norway", "20-20", None, 0.1, True, "", None, None],
]
CODEBOOK = [
    ["IndCode", "SDG", "Global", "Indicator", "Optimum (= 100)", "Lower Bound (=0)", "Source"],
    ["sdg1_wpc", 1, "yes", "Poverty headcount ratio at $1.90/day (%)", 0, 72.6, "World Data Lab"],
    ["sdg4_pisa", 4, "no", "PISA score (worst 0-600 best)", 525.6, 350, "OECD "],
    ["sdg5_familypl", 5, "yes", "Demand for family planning", 100, 17.5, None],
]
Sheets = dict[str, list[list[Any]]]


@pytest.fixture
def book(tmp_path: Path) -> Callable[[Sheets], Path]:
    def write(sheets: Sheets) -> Path:
        made = openpyxl.Workbook()
        made.remove(made.active)
        for name, rows in sheets.items():
            sheet = made.create_sheet(name)
            for row in rows:
                sheet.append(row)
        made.save(tmp_path / "report.xlsx")
        return tmp_path / "report.xlsx"

    return write


@pytest.fixture
def small(book: Callable[[Sheets], Path]) -> Path:
    return book(
        {"About": [["x"]], "SDR2021 Data": [["x"]], sdr.TRENDS: TRENDS, "Codebook": CODEBOOK}
    )


def test_a_workbook_is_known_by_its_sheets(
    small: Path, tmp_path: Path, book: Callable[[Sheets], Path]
) -> None:
    assert sdr.sniff(small)
    assert not sdr.sniff(tmp_path / "none.xlsx")
    (tmp_path / "text.xlsx").write_text("country,year", encoding="utf-8")
    assert not sdr.sniff(tmp_path / "text.xlsx")
    assert not sdr.sniff(book({"Sheet1": [["a"]]}))


def test_cells_come_with_goal_bounds_nature_and_edition(small: Path) -> None:
    panel = sdr.read(small).panel
    assert [tuple(row.values()) for row in panel.cells.to_pylist()] == [
        ("KEN", "sdg1_wpc", 2019, 36.1, "modelled"),
        ("KEN", "sdg1_wpc", 2020, 35.0, "modelled"),
        ("KEN", "sdg5_fplmodel", 2019, 61.5, "modelled"),
        ("KEN", "sdg5_fplmodel", 2020, 62.0, "modelled"),
    ]
    poverty, family = panel.indicators.to_pylist()
    assert (poverty["goal"], poverty["direction"], poverty["unit"]) == (1, -1, "%")
    assert (poverty["lower"], poverty["optimum"], poverty["vintage"]) == (72.6, 0.0, "2021")
    assert (family["goal"], family["direction"], family["optimum"]) == (5, 1, 100.0)


def test_every_cell_is_kept_merged_missing_or_rejected_with_its_place(small: Path) -> None:
    found = sdr.read(small)
    assert (found.read, found.panel.cells.num_rows, found.merged) == (12, 4, 1)
    texts = [str(reject).partition("report.xlsx, ")[2] for reject in found.rejects]
    expected = [
        "sheet 'Data for Trends', row 5, column 'sdg1_wpc': country: found '_OECD'",
        "sheet 'Data for Trends', row 6, column 'sdg1_wpc': "
        "year: found '20-20', expected 1900 to 2100",
        "sheet 'Data for Trends', row 3, column 'sdg4_pisa': "
        "value: found 'n.a.', expected a number",
        "sheet 'Data for Trends', row 5, column 'sdg4_pisa': country: found '_OECD'",
        "sheet 'Data for Trends', row 6, column 'sdg4_pisa': "
        "year: found '20-20', expected 1900 to 2100",
        "sheet 'Data for Trends', row 2, column 'new': "
        "indicator: not in the sheet 'Codebook', expected one of its IndCode",
        "sheet 'Data for Trends', row 4, column 'sdg5_fplmodel': "
        "value: found 63.0 for KEN, sdg5_fplmodel, 2020, "
        "expected 62.0 as in row 3 of sheet 'Data for Trends'",
    ]
    assert len(texts) == len(expected)
    assert all(text.startswith(start) for text, start in zip(texts, expected, strict=True)), texts
    assert found.notes == ("indicator sdg4_pisa: holds no usable value, left out",)


def test_worldwide_series_leave_out_those_for_oecd_members(small: Path) -> None:
    assert sdr.worldwide(small) == ("sdg1_wpc", "sdg5_fplmodel")


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "message"),
    [
        ("Codebook", 2, 1, 18, "sheet 'Codebook', row 3, column 'SDG': found 18, expected a goal"),
        ("Codebook", 1, 5, "low", "row 2, column 'Lower Bound (=0)': found 'low', expected a num"),
        ("Codebook", 0, 0, "Code", "sheet 'Codebook', row 1: no column 'IndCode'"),
        (sdr.TRENDS, 0, 2, "When", "sheet 'Data for Trends', row 1: no column 'Year'"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_place(
    book: Callable[[Sheets], Path], sheet: str, row: int, column: int, value: object, message: str
) -> None:
    rows = {sdr.TRENDS: [list(r) for r in TRENDS], "Codebook": [list(r) for r in CODEBOOK]}
    rows[sheet][row][column] = value
    with pytest.raises(FormatError) as error:
        sdr.read(book(rows))
    assert message in str(error.value)


def test_files_that_are_no_such_workbook_are_errors(
    tmp_path: Path, book: Callable[[Sheets], Path]
) -> None:
    with pytest.raises(InputError, match="no such file"):
        sdr.read(tmp_path / "none.xlsx")
    (tmp_path / "text.xlsx").write_text("country,year", encoding="utf-8")
    with pytest.raises(InputError, match="no readable XLSX workbook"):
        sdr.read(tmp_path / "text.xlsx")
    with pytest.raises(FormatError, match="no sheet 'Data for Trends'"):
        sdr.read(book({"Codebook": CODEBOOK}))
    with pytest.raises(FormatError, match="row 1: found nothing, expected column names"):
        sdr.read(book({sdr.TRENDS: [], "Codebook": CODEBOOK}))
    with pytest.raises(FormatError, match="no sheet 'SDR2021 Data'"):
        overview(book({sdr.TRENDS: TRENDS, "Codebook": CODEBOOK}))


@pytest.mark.skipif(not INDICATORS.is_dir(), reason="the shared data are not at hand")
def test_the_workbook_of_2021_is_read_whole() -> None:
    found = sdr.read(INDICATORS / "SDR2021Database.xlsx")
    assert (found.read, found.merged, found.rejected) == (167_366, 0, 0)
    assert found.panel.indicators.num_rows == 91
    assert pc.count_distinct(found.panel.cells["country"]).as_py() == 193
    years = pc.min_max(found.panel.cells["year"]).as_py()
    assert (years["min"], years["max"]) == (2000, 2021)
    assert found.notes == ("indicator sdg16_safe: holds no usable value, left out",)


HEADER = ",".join(["country_code", "country", "year", *sdr_scores._SCORES])


def scores_file(path: Path, rows: list[str], packed: bool = False) -> Path:
    text = ("\ufeff" + "\n".join([HEADER, *rows]) + "\n").encode()
    path.write_bytes(gzip.compress(text) if packed else text)
    return path


@pytest.mark.parametrize("packed", [False, True])
def test_zeros_are_missing_only_where_a_goal_has_nothing_else(tmp_path: Path, packed: bool) -> None:
    rest = ",".join(["50"] * 14)
    rows = [f"KEN,Kenya,{year},40.5,{one},0,{rest},x" for year, one in ((2000, 0), (2001, 3))]
    path = scores_file(tmp_path / "s.csv", [*rows, f"_LAC,LAC,2001,40,1,0,{rest},1"], packed)
    assert sdr_scores.sniff(path)
    found = sdr_scores.read(path)
    cells = {(row["indicator"], row["year"]): row["value"] for row in found.panel.cells.to_pylist()}
    assert cells[("goal:1", 2000)] == 0.0
    assert ("goal:2", 2000) not in cells
    assert (found.missing, found.rejected, found.panel.cells.num_rows) == (3, 19, 32)
    assert "2 zeros are taken as missing" in found.notes[0]
    reasons = [reject.reason for reject in found.rejects]
    assert "value: found 'x', expected a score from 0 to 100" in reasons


def test_a_table_without_its_columns_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("country_code,year\nKEN,2000\n", encoding="utf-8")
    assert not sdr_scores.sniff(tmp_path / "s.csv")
    with pytest.raises(FormatError, match="no column 'sdg_index_score'"):
        sdr_scores.read(tmp_path / "s.csv")
    with pytest.raises(InputError, match="no such file"):
        sdr_scores.read(tmp_path / "none.csv")
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no readable CSV"):
        sdr_scores.read(tmp_path / "bad.csv")


@pytest.mark.skipif(not INDICATORS.is_dir(), reason="the shared data are not at hand")
def test_the_scores_of_2023_are_read_whole() -> None:
    found = sdr_scores.read(INDICATORS / "sdr2023" / "sdg_index_2000-2022.csv.gz")
    assert found.read + found.missing == 4_140 * 18
    assert found.panel.cells.num_rows == 67_022
    zeros = pc.sum(pc.equal(found.panel.cells["value"], 0.0)).as_py()
    assert zeros == 132
