"""Pieces of a file give the records that reading the whole file gives, wherever it is cut."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aequa.core.works import Reject, Work
from aequa.sources import pieces as cut
from aequa.sources.pieces import pieces, read_piece
from aequa.sources.read import read_file


def apart(path: Path) -> list[Work | Reject]:
    return [item for piece in pieces(path, "f") for item in read_piece(piece)]


def line(number: int) -> bytes:
    return json.dumps({"id": f"a{number}", "title": f"Robots that sow field {number}"}).encode()


LINES = st.lists(
    st.one_of(
        st.integers(0, 99).map(line),
        st.sampled_from([b"", b"   ", b"not JSON", b'{"title": "cut', b"[1]", b'{"x": 1}']),
        st.binary(max_size=20).filter(lambda raw: b"\n" not in raw),
    ),
    max_size=40,
)


@given(
    lines=LINES,
    end=st.sampled_from([b"\n", b"\r\n"]),
    size=st.sampled_from([1, 60, 500]),
    zipped=st.booleans(),
)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_lines_cut_anywhere_are_the_same_records(
    lines: list[bytes], end: bytes, size: int, zipped: bool, tmp_path: Path
) -> None:
    path = tmp_path / "f"
    raw = end.join([line(1), line(2), *lines])
    path.write_bytes(gzip.compress(raw, 1) if zipped else raw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cut, "SIZE", size)
        assert apart(path) == list(read_file(path, "f"))


def test_a_work_that_speaks_of_results_is_no_page_of_an_api(tmp_path: Path) -> None:
    work = {"id": "W1", "title": "Wells", "abstract_inverted_index": {"our": [0], "results": [1]}}
    path = tmp_path / "f.jsonl"
    path.write_text(f"{json.dumps(work)}\n{json.dumps(work)}\n")
    assert [piece.lines is None for piece in pieces(path, "f")] == [False]
    assert apart(path) == list(read_file(path, "f"))


def test_a_large_file_is_cut_and_a_small_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    path.write_bytes(b"\n".join(map(line, range(60_000))))
    sizes = [len(piece.lines or b"") for piece in pieces(path, "f")]
    assert len(sizes) > 1
    assert all(size >= cut.SIZE for size in sizes[:-1])
    path.write_bytes(line(1))
    assert len(list(pieces(path, "f"))) == 1


def test_a_cut_off_file_gives_its_records_and_then_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "f.gz"
    path.write_bytes(gzip.compress(b"\n".join(map(line, range(20_000))), 1)[:-40])
    found = apart(path)
    assert found == list(read_file(path, "f"))
    assert isinstance(found[-1], Reject)
    assert "cut off or damaged" in found[-1].reason
    assert found[-1].record == len(found)


@pytest.mark.parametrize(
    "text",
    [
        b'[{"title": "One"},\n{"title": "Two"}]',
        b'{\n"title": "One"\n}\n{\n"title": "Two"\n}',
        b'{"meta": {"count": 2}, "results": [{"title": "One"}, {"title": "Two"}]}',
        b"title,year\nOne,2020\nTwo,2021\n",
        b"TY  - JOUR\nTI  - One\nER  - \n",
        b"%PDF-1.4",
        b"",
    ],
)
def test_other_files_are_one_piece(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(text)
    assert [piece.lines for piece in pieces(path, "f")] == [None]
    assert apart(path) == list(read_file(path, "f"))


@pytest.mark.parametrize("group", [1, 7, 100])
def test_parquet_is_cut_between_row_groups(
    group: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cut, "LARGEST", 1000)
    path = tmp_path / "f.parquet"
    titles = [f"Robots that sow field {number}" if number % 9 else None for number in range(50)]
    pq.write_table(pa.table({"title": titles}), path, row_group_size=group)
    found = apart(path)
    assert found == list(read_file(path, "f"))
    assert [item.record for item in found] == list(range(1, 51))
    assert (len(list(pieces(path, "f"))) > 1) == (group < 50)


def test_a_missing_file_is_one_piece_that_says_so(tmp_path: Path) -> None:
    assert "cannot be opened" in str(apart(tmp_path / "none"))
