from __future__ import annotations

import gzip
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aequa.core.errors import AccountingError, FormatError, InputError
from aequa.core.panel import CELLS, INDICATORS, Panel
from aequa.sources.panels.read import read
from aequa.sources.panels.table import PanelRead


def panel(folder: Path, content: str | bytes, name: str = "a.csv") -> PanelRead:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path)


def values(found: PanelRead) -> list[tuple[str, str, int, float]]:
    columns = (found.panel.cells[name].to_pylist() for name in CELLS.names[:4])
    return list(zip(*columns, strict=True))


def reasons(found: PanelRead) -> list[str]:
    return [reject.reason for reject in found.rejects]


LONG = ",".join(dict.fromkeys([*CELLS.names, *INDICATORS.names])) + "\n"


def test_our_own_form_is_read_back_as_it_is(tmp_path: Path) -> None:
    row = "KEN,a,2020,1.5,country,Wells,6,1,%,0,100,fam,src,CC-BY-4.0,2020\n"
    found = panel(tmp_path, LONG + row)
    assert values(found) == [("KEN", "a", 2020, 1.5)]
    assert found.panel.cells.schema == CELLS
    assert found.panel.indicators.schema == INDICATORS
    about = found.panel.indicators.to_pylist()[0]
    assert about == {
        "indicator": "a",
        "name": "Wells",
        "goal": 6,
        "direction": 1,
        "unit": "%",
        "lower": 0.0,
        "optimum": 100.0,
        "family": "fam",
        "source": "src",
        "licence": "CC-BY-4.0",
        "vintage": "2020",
    }
    assert found.panel.cells["nature"].to_pylist() == ["country"]


@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet", "xlsx", "csv.gz", "utf16"])
def test_one_table_reads_alike_in_every_format(tmp_path: Path, suffix: str) -> None:
    rows = [("ISO3", "year", "wells"), ("KEN", 2020, 1.5), ("UGA", 2021, 2.0)]
    path = tmp_path / f"wells.{suffix}"
    text = "\n".join(("\t" if suffix == "tsv" else ",").join(map(str, row)) for row in rows)
    if suffix == "parquet":
        columns = [list(column) for column in zip(*rows[1:], strict=True)]
        pq.write_table(pa.table(columns, names=list(rows[0])), path)
    elif suffix == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    elif suffix == "csv.gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_bytes(text.encode("utf-16" if suffix == "utf16" else "utf-8"))
    assert values(read(path)) == [("KEN", "wells", 2020, 1.5), ("UGA", "wells", 2021, 2.0)]


def test_world_bank_download_with_its_preamble_and_aggregates(tmp_path: Path) -> None:
    text = (
        '"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-01-01",\n\n'
        '"Country Name","Country Code","Indicator Name","Indicator Code","1960","1961",\n'
        '"Kenya","KEN","GDP (US$)","NY","1","..",\n"World","WLD","GDP (US$)","NY","1","3",\n'
    )
    found = panel(tmp_path, text)
    assert values(found) == [("KEN", "NY", 1960, 1.0)]
    assert found.panel.indicators.select(["name", "unit"]).to_pylist() == [
        {"name": "GDP (US$)", "unit": "US$"}
    ]
    assert (found.read, found.merged, found.rejected, found.missing) == (3, 0, 2, 1)
    assert {reject.reason for reject in found.rejects} == {"country: found 'WLD', not a country"}


def test_un_database_makes_an_indicator_of_each_combination(tmp_path: Path) -> None:
    head = "Goal,Target,Indicator,SeriesCode,SeriesDescription,GeoAreaCode,GeoAreaName,TimePeriod,"
    text = (
        head + "Value,Time_Detail,Nature,[Sex],[Units]\n"
        "1,1.1,1.1.1,SI_POV,Poor,404,Kenya,2019,12.5,2019,C,FEMALE,PERCENT\n"
        "1,1.1,1.1.1,SI_POV,Poor,404,Kenya,2019,11.5,2019,M,MALE,PERCENT\n"
        "1,1.1,1.1.1,SI_POV,Poor,1,World,2019,11.5,2019,E,MALE,PERCENT\n"
    )
    found = panel(tmp_path, text)
    assert [row[1] for row in values(found)] == ["SI_POV#FEMALE", "SI_POV#MALE"]
    assert found.panel.cells["nature"].to_pylist() == ["country", "modelled"]
    assert found.panel.indicators["family"].to_pylist() == ["SI_POV", "SI_POV"]
    assert found.panel.indicators["goal"].to_pylist() == [1, 1]
    assert reasons(found) == ["country: found '1', not a country"]


def test_a_series_in_two_units_is_two_indicators(tmp_path: Path) -> None:
    head = "SeriesCode,GeoAreaCode,TimePeriod,Value,Units\n"
    found = panel(tmp_path, head + "A,404,2019,1,KG\nA,404,2019,2,TONNES\nB,404,2019,3,KG\n")
    assert [row[1] for row in values(found)] == ["A#KG", "A#TONNES", "B"]


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("KEN", "KEN"),
        ("ken", "KEN"),
        ("KE", "KEN"),
        ("404", "KEN"),
        ("4", "AFG"),
        ("Kenya", "KEN"),
        ('"Korea, Rep."', "KOR"),
        ('"Korea, Dem. People\'s Rep."', "PRK"),
        ('"Congo, Dem. Rep."', "COD"),
        ("Türkiye", "TUR"),
        ("Cote d'Ivoire", "CIV"),
        ("bolivia_plurinational_state_of", "BOL"),
    ],
)
def test_countries_by_code_number_or_name(tmp_path: Path, text: str, country: str) -> None:
    assert values(panel(tmp_path, f"country,year,x\n{text},2020,1\n"))[0][0] == country


def test_na_is_namibia_only_among_codes_of_two_letters(tmp_path: Path) -> None:
    assert len(values(panel(tmp_path, "iso2,year,x\nNA,2020,1\nKE,2020,2\n"))) == 2
    found = panel(tmp_path, "iso3,year,x\nNA,2020,1\nKEN,2020,2\n")
    assert len(values(found)) == 1
    assert found.rejects[0].reason.startswith("country: found 'NA'")


def test_a_reject_names_file_row_and_column(tmp_path: Path) -> None:
    found = panel(tmp_path, "iso3,year,gdp\nKEN,2020,1\nXYZ,2020,4\nUGA,20,5\nUGA,2020,many\n")
    shown = [str(reject).removeprefix(f"{tmp_path}/") for reject in found.rejects]
    expected = "expected a code of ISO 3166-1 or M49 or a country's name"
    assert shown[0] == f"a.csv, row 2, column 'iso3': country: found 'XYZ', {expected}"
    assert "row 3, column 'year': year: found '20'" in shown[1]
    assert "row 4, column 'gdp': value: found 'many', expected a number" in shown[2]


def test_equal_cells_are_merged_and_of_different_ones_the_first_counts(tmp_path: Path) -> None:
    found = panel(tmp_path, "iso3,year,gdp\nKEN,2020,1.5\nKEN,2020.0,1.5\nKE,2020,1.6\n")
    assert values(found) == [("KEN", "gdp", 2020, 1.5)]
    assert (found.read, found.merged, found.rejected) == (3, 1, 1)
    assert reasons(found) == ["value: found 1.6 for KEN, gdp, 2020, expected 1.5 as in row 1"]


def test_years_as_text(tmp_path: Path) -> None:
    text = "iso3,year,x\nKEN,2020.0,1\nKEN,FY2021,2\nKEN,2018/19,3\nKEN,01/01/1990,4\nKEN,soon,5\n"
    found = panel(tmp_path, text)
    assert [row[2] for row in values(found)] == [1990, 2018, 2020, 2021]
    assert "years such as '2018/19' count for the first of the two" in found.notes
    assert found.rejected == 1


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.5", "2"], [1.5, 2]),
        (["1,5", "2"], [1.5, 2]),
        (["1,234.5", "2"], [1234.5, 2]),
        (["1.234,5", "7.123"], [1234.5, 7123]),
        (["1,234,567", "1,234"], [1234567, 1234]),
        (["1.234.567", "1.234"], [1234567, 1234]),
        (["1 234,5", "1\u202f000"], [1234.5, 1000]),
        (["1'234.5", "2"], [1234.5, 2]),
        (["12.5%", "3 %"], [12.5, 3]),
        (["\u22125", "+2e3"], [-5, 2000]),
        (["1.234", "5.678"], [1.234, 5.678]),
    ],
)
def test_marks_of_decimals_and_thousands(
    tmp_path: Path, cells: list[str], expected: list[float]
) -> None:
    rows = "".join(f"KEN\t{2000 + n}\t{cell}\n" for n, cell in enumerate(cells))
    assert [row[3] for row in values(panel(tmp_path, f"iso3\tyear\tx\n{rows}"))] == expected


def test_a_mark_that_nothing_explains_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"found '1,234', expected a number whose decimal mark"):
        panel(tmp_path, "iso3;year;x\nKEN;2020;1,234\n")
    found = panel(tmp_path, "iso3;year;x;y\nKEN;2020;1,234;0,5\n")
    assert [row[3] for row in values(found)] == [1.234, 0.5]


def test_mangled_thousands_beside_decimals_are_refused(tmp_path: Path) -> None:
    text = "iso3;year;x\nKEN;2020;16.85\nKEN;2021;934.308.776\nKEN;2022;16.851\nKEN;2023;7\n"
    found = panel(tmp_path, text)
    assert [row[3] for row in values(found)] == [16.85, 7]
    assert found.rejected == 2
    assert any("contradict" in note for note in found.notes)


def test_mixed_percentages_are_refused_where_they_are_fewer(tmp_path: Path) -> None:
    found = panel(tmp_path, "iso3,year,x\nKEN,2020,5%\nKEN,2021,6%\nKEN,2022,0.5\n")
    assert [row[3] for row in values(found)] == [5, 6]
    assert "percent signs in all cells" in reasons(found)[0]


def test_missing_cells_are_counted_and_infinite_ones_refused(tmp_path: Path) -> None:
    text = "iso3,year,x\nKEN,2020,..\nKEN,2021,NA\nKEN,2022,n/a\nKEN,2023,-\nKEN,2024,\n"
    found = panel(tmp_path, text + "KEN,2025,inf\nKEN,2026,1e999\nKEN,2027,1\n")
    assert (found.read, found.missing, found.rejected) == (3, 5, 2)
    assert all("a finite number" in reason for reason in reasons(found))


def test_empty_columns_and_texts_are_said(tmp_path: Path) -> None:
    found = panel(tmp_path, "iso3,year,x,empty,region\nKEN,2020,1,..,Africa\nUGA,2020,2,,Africa\n")
    assert found.panel.indicators["indicator"].to_pylist() == ["x"]
    assert "indicator empty: holds no usable value, left out" in found.notes
    assert "column region: holds text, not read" in found.notes


def test_ragged_rows_are_refused_and_footers_said(tmp_path: Path) -> None:
    found = panel(tmp_path, "iso3,year,x,y\nKEN,2020,1,2\nKEN,2021\n\nUGA,2021,5,z\nfooter\n")
    assert [(reject.row, reject.column) for reject in found.rejects] == [(2, "iso3"), (3, "y")]
    assert any("footer" in note for note in found.notes)


def test_latin_bytes_in_a_utf8_file(tmp_path: Path) -> None:
    rows = "country,year,x\nCôte d'Ivoire,2020,1\n".encode() + "Türkiye,2020,2\n".encode("cp1252")
    assert [row[0] for row in values(panel(tmp_path, rows))] == ["CIV", "TUR"]


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("", InputError, "is empty"),
        ("\n\n", InputError, "is empty"),
        ("iso3,year,x\n", InputError, "header and no rows"),
        ("title,abstract\na,b\n", FormatError, "no header of a panel"),
        ("iso3,year,x\nKEN,2020,inf\n", InputError, "no value that can be used"),
        (b"PAR1nothingPAR1", InputError, "not Parquet"),
        (b"PK\x03\x04nothing", FormatError, "no header of a panel"),
        (b"\x1f\x8bcut", InputError, "cut off or damaged"),
    ],
)
def test_unusable_files(
    tmp_path: Path, content: str | bytes, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        panel(tmp_path, content)
    assert str(tmp_path) in str(caught.value)


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read(tmp_path / "none.csv")


def test_sheets_with_years_across_and_a_note_on_the_others(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["read me"])
    for name in ("wells", "pumps"):
        sheet = book.create_sheet(name)
        sheet.append(["a title"])
        sheet.append(["Country", 2019, 2020])
        sheet.append(["Kenya", 1.5, "n/a"])
        sheet.append(["Atlantis", 1, 2])
    path = tmp_path / "book.xlsx"
    book.save(path)
    found = read(path)
    assert values(found) == [("KEN", "pumps", 2019, 1.5), ("KEN", "wells", 2019, 1.5)]
    assert "sheet 'Notes': no header of a panel, not read" in found.notes
    where = {(reject.sheet, reject.row) for reject in found.rejects}
    assert where == {("wells", 4), ("pumps", 4)}


def test_books_that_do_not_balance_are_an_error() -> None:
    nothing = Panel(CELLS.empty_table(), INDICATORS.empty_table())
    with pytest.raises(AccountingError, match="1 read, 0 kept"):
        PanelRead(nothing, (), 1, 0)
