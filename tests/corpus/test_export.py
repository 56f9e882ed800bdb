import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.errors import SpecError
from aequa.core.works import Affiliation, Authorship, Work, to_batch
from aequa.corpus.export import cell, export


@pytest.fixture
def works(tmp_path: Path) -> Path:
    rows = [
        Work(
            ids=("doi:10.1/x", "wos:1"),
            title='=HYPERLINK("http://example.org";"win")',
            abstract='Line one\n"quoted", 水',
            year=2020,
            percentile=0.5,
            top1=False,
            keywords=("@home", "b"),
            authorships=(Authorship("+Ada", (Affiliation("Oslo", "NOR"),)),),
            source="ris",
        ),
        Work(ids=("doi:10.1/y",), title="Wells", source="ris"),
    ]
    path = tmp_path / "works.parquet"
    pq.write_table(pa.Table.from_batches([to_batch(rows)]), path)
    return path


def test_csv_is_safe_to_open_and_complete(works: Path, tmp_path: Path) -> None:
    export(works, tmp_path / "out" / "works.csv")
    with (tmp_path / "out" / "works.csv").open(newline="", encoding="utf-8") as stream:
        first, second = csv.DictReader(stream)
    assert first["title"] == '\'=HYPERLINK("http://example.org";"win")'
    assert first["abstract"] == 'Line one\n"quoted", 水'
    assert json.loads(first["ids"]) == ["doi:10.1/x", "wos:1"]
    assert json.loads(first["authorships"])[0]["name"] == "+Ada"
    assert (first["year"], first["percentile"], first["top1"]) == ("2020", "0.5", "false")
    assert (second["year"], second["abstract"], second["top1"]) == ("", "", "")


def test_jsonl_is_what_is_stored(works: Path, tmp_path: Path) -> None:
    export(works, tmp_path / "works.JSONL")
    lines = (tmp_path / "works.JSONL").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == pq.read_table(works).to_pylist()


def test_parquet_is_a_copy(works: Path, tmp_path: Path) -> None:
    export(works, tmp_path / "copy.parquet")
    assert (tmp_path / "copy.parquet").read_bytes() == works.read_bytes()


def test_other_suffixes_are_refused_with_the_choices(works: Path, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"works\.xlsx: .*\.parquet, \.csv or \.jsonl"):
        export(works, tmp_path / "works.xlsx")
    assert not (tmp_path / "works.xlsx").exists()


def test_a_failed_export_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "works.parquet").write_bytes(b"not parquet")
    with pytest.raises(pa.ArrowInvalid):
        export(tmp_path / "works.parquet", tmp_path / "works.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["works.parquet"]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20))
def test_no_text_cell_can_be_a_formula(text: str) -> None:
    shown = cell(text)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert shown in (text, f"'{text}")
