"""The report of a corpus that was labelled elsewhere: the same tables as from the files."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from aequa.cli import run


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    rows = [
        {"id": f"a{n}", "title": f"Networks that read chart {n} of a clinic"} for n in range(60)
    ]
    lines = "\n".join(map(json.dumps, [*rows, rows[7], rows[8]]))
    (folder / "in.jsonl").write_text(lines + "\nnone\n")
    assert run(["report", str(folder / "in.jsonl"), "-o", str(folder / "r"), "--quiet"]) == 0
    return folder / "r"


def split(path: Path, folder: Path) -> Path:
    """The rows of a file in three files of a folder, as a cluster leaves them."""
    folder.mkdir()
    table = pq.read_table(path)
    for number, start in enumerate((0, 20, 40)):
        pq.write_table(table.slice(start, 20), folder / f"part-{number}.parquet")
    (folder / "_SUCCESS").touch()
    return folder


def test_the_tables_are_those_of_the_whole_run(whole: Path, tmp_path: Path) -> None:
    works = split(whole / "works.parquet", tmp_path / "works")
    labels = split(whole / "labels.parquet", tmp_path / "labels")
    out = tmp_path / "r"
    assert run(["report", str(works), "--labels", str(labels), "-o", str(out)]) == 0
    for path in (whole / "tables").glob("*.parquet"):
        made, expected = pq.read_table(out / "tables" / path.name), pq.read_table(path)
        assert made.to_pylist() == expected.to_pylist(), path.name
    told = json.loads((out / "report.json").read_text())["counts"]
    assert told == {"read": 62, "kept": 60, "merged": 2, "rejected": 0, "repaired": 0}


def test_works_without_labels_count_as_rejected(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = tmp_path / "labels.parquet"
    pq.write_table(pq.read_table(whole / "labels.parquet").slice(10), labels)
    given = [str(whole / "works.parquet"), "--labels", str(labels), "-o", str(tmp_path / "r")]
    assert run(["report", *given, "--json", "--strict"]) == 3
    counts = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert counts == {"read": 62, "kept": 50, "merged": 2, "rejected": 10}


@pytest.mark.parametrize(
    ("works", "labels", "message"),
    [
        ("labels.parquet", "labels.parquet", "lacks the columns"),
        ("works.parquet", "works.parquet", "aequa classify wrote"),
        ("works.parquet", "rejects.jsonl", "holds no Parquet file"),
        ("none.parquet", "labels.parquet", "does not exist"),
    ],
)
def test_other_files_are_refused(
    works: str,
    labels: str,
    message: str,
    whole: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = [str(whole / works), "--labels", str(whole / labels), "-o", str(tmp_path / "r")]
    assert run(["report", *given]) == 1
    assert message in capsys.readouterr().err


def test_labels_need_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", "--labels", "l.parquet", "-o", str(tmp_path / "r")]) == 2
    assert "expected WORKS" in capsys.readouterr().err
