"""CSV tables: nothing that a spreadsheet runs, and every number as it was."""

import csv
import math

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.cells import defused, restored
from aequa.core.results import Provenance, Table
from aequa.report.exports import cell, write_csv

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def written(tmp_path, data: dict) -> list[list[str]]:
    path = tmp_path / "t.csv"
    write_csv(Table("t", "T", pa.table(data), Provenance("x")), path)
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_numbers_stay_numbers_and_formulas_do_not(tmp_path):
    rows = written(
        tmp_path,
        {
            "text": ["=1+1", "@SUM(A1)", "-5", "plain, with comma", None],
            "number": [-0.5, 1e-9, math.nan, 12.0, None],
            "whole": [-3, 0, 7, None, 2**60],
            "flag": [True, False, None, True, True],
        },
    )
    assert rows[0] == ["text", "number", "whole", "flag"]
    assert rows[1] == ["'=1+1", "-0.5", "-3", "true"]
    assert rows[2] == ["'@SUM(A1)", "1e-09", "0", "false"]
    assert rows[3] == ["-5", "", "7", ""]
    assert rows[4] == ["plain, with comma", "12.0", "", "true"]
    assert rows[5] == ["", "", str(2**60), "true"]


def test_single_precision_is_written_shortest(tmp_path):
    rows = written(tmp_path, {"score": pa.array([0.98, None, math.nan], pa.float32())})
    assert [row[0] if row else "" for row in rows[1:]] == ["0.98", "", ""]


def test_lists_and_structs(tmp_path):
    rows = written(tmp_path, {"a": [[3, 13], []], "b": [["=x", "y"], None], "c": [{"k": 1}] * 2})
    assert rows[1:] == [["3; 13", "'=x; y", '{"k": 1}'], ["", "", '{"k": 1}']]


def test_headers_are_defused_too(tmp_path):
    assert written(tmp_path, {"=cmd": [1]})[0] == ["'=cmd"]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20))
def test_no_text_cell_starts_a_formula(text):
    held = defused(text)
    assert restored(held) == text
    if held.startswith(FORMULA):
        assert math.isfinite(float(held))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=9)), min_size=1, max_size=5))
def test_text_comes_back_from_csv(tmp_path_factory, texts):
    rows = written(tmp_path_factory.mktemp("csv"), {"a": pa.array(texts, pa.string()), "b": texts})
    assert [row[0] for row in rows[1:]] == [cell(text) for text in texts]


def test_page_writes_every_table_with_all_its_rows(written, stored_rows):
    for name, lines in stored_rows.items():
        path = written / "tables" / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        assert len(rows) == len(lines) + 1
        assert {len(row) for row in rows} == {len(rows[0])}
    text = (written / "tables" / "works.csv").read_text(encoding="utf-8")
    assert "'=1+1" in text
