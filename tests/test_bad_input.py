"""Every bad input of the issue, together with a good file, through the whole line: nothing
crashes, nothing is lost unlisted, nothing executes."""

from __future__ import annotations

import csv
import gzip
import json
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from aequa import ingesting
from aequa.cli import run

GOOD = json.dumps({"id": "good-1", "title": "Robots that harvest tomatoes in greenhouses"})
RIS = "TY  - JOUR\nTI  - Forecasting floods with neural networks\nPY  - 2020\nER  - \n"
WOS = (
    "FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nAU Doe, J\n"
    "TI Forecasting floods with neural networks\nPY 2020\nUT WOS:000123\nER\n\n"
)
CSV = "Title,Abstract,Year,Cited by\nFlood forecasts with neural networks,About floods,{},{}\n"
HUGE = json.dumps({"id": "h", "title": "A very long record", "abstract": "wind power " * 4_800_000})

BAD: dict[str, bytes] = {
    "empty.csv": b"",
    "wrong-extension.pdf": RIS.encode(),
    "truncated.jsonl.gz": gzip.compress((GOOD + "\n").encode() * 5000, 0)[:200_000],
    "binary.bin": bytes(range(256)) * 64,
    "half-record.txt": (WOS + "PT J\nAU Doe, J\nTI Half a rec").encode(),
    "half-record.jsonl": b'{"id": "a", "title": "Whole record of a work"}\n{"id": "b", "ti',
    "mixed.ris": RIS.encode() + RIS.replace("floods", "M\xfcll").encode("cp1252"),
    "bom.ris": b"\xef\xbb\xbf" + RIS.encode(),
    "utf16.ris": RIS.encode("utf-16"),
    "crlf.txt": WOS.replace("\n", "\r\n").encode(),
    "long-line.jsonl": HUGE.encode(),
    "headers-twice.csv": b"title,title,year\nOne work about cities,,2020\n",
    "missing-columns.csv": b"year,venue\n2020,Nature\n",
    "year-0.csv": CSV.format(0, 1).encode(),
    "year-9999.csv": CSV.format(9999, 1).encode(),
    "negative.csv": CSV.format(2020, -7).encode(),
    "control.csv": b"title,year\nA title\x00 with \x07 control\x1b[31m characters,2020\n",
    "html.csv": b'title,year\n"<script>alert(1)</script><b>Bold</b> AI for <img src=x>",2020\n',
    "formula.csv": b'title,year\n"=HYPERLINK(""http://x"",""AI"")",2020\n@SUM(1+1) AI,2020\n',
}  # fmt: skip


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.jsonl"
    path.write_text(GOOD)
    return path


@pytest.mark.parametrize("name", BAD)
def test_the_books_balance_and_the_good_file_survives(
    name: str, good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, out, rejects = tmp_path / name, tmp_path / "w.parquet", tmp_path / "r.jsonl"
    bad.write_bytes(BAD[name])
    arguments = ["ingest", str(bad), str(good), "-o", str(out), "--rejects", str(rejects)]
    assert run([*arguments, "--json", "--quiet"]) == 0
    counts = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert counts["read"] == counts["kept"] + counts["merged"] + counts["rejected"]
    assert "local:good-1" in pq.read_table(out)["id"].to_pylist()
    listed = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert sum(row["status"] == "rejected" for row in listed) == counts["rejected"]
    assert all(row["file"] == str(bad) and row["reason"] for row in listed)


@pytest.mark.parametrize(
    ("name", "kept", "rejected", "reason"),
    [
        ("empty.csv", 0, 1, "empty"),
        ("wrong-extension.pdf", 1, 0, ""),
        ("binary.bin", 0, 1, ""),
        ("half-record.txt", 2, 0, ""),
        ("half-record.jsonl", 1, 1, ""),
        ("bom.ris", 1, 0, ""),
        ("utf16.ris", 1, 0, ""),
        ("crlf.txt", 1, 0, ""),
        ("headers-twice.csv", 1, 0, ""),
        ("missing-columns.csv", 0, 1, "title"),
        ("year-0.csv", 1, 0, "year"),
        ("year-9999.csv", 1, 0, "9999"),
        ("negative.csv", 1, 0, "-7"),
        ("control.csv", 1, 0, ""),
        ("html.csv", 1, 0, ""),
        ("formula.csv", 2, 0, ""),
    ],
)
def test_what_becomes_of_each_bad_file(
    name: str, kept: int, rejected: int, reason: str, good: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    bad, out, rejects = tmp_path / name, tmp_path / "w.parquet", tmp_path / "r.jsonl"
    bad.write_bytes(BAD[name])
    arguments = ["ingest", str(bad), str(good), "-o", str(out), "--rejects", str(rejects)]
    run([*arguments, "--json", "--quiet"])
    counts = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (counts["kept"] - 1, counts["rejected"]) == (kept, rejected)
    assert reason in rejects.read_text()


def test_a_cut_off_gzip_keeps_the_whole_records_before_the_cut(tmp_path: Path) -> None:
    bad, out = tmp_path / "t.jsonl.gz", tmp_path / "w.jsonl"
    rows = [json.dumps({"id": f"n{i}", "title": f"Work number {i} on wind"}) for i in range(5000)]
    bad.write_bytes(gzip.compress("\n".join(rows).encode(), 0)[:100_000])
    assert run(["ingest", str(bad), "-o", str(out), "--quiet"]) == 0
    assert 1000 < len(out.read_text().splitlines()) < 5000
    assert "cut off" in (tmp_path / "w.jsonl.rejects.jsonl").read_text()


def test_only_bad_files_end_with_1_and_say_where_the_reasons_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "empty.csv"
    bad.touch()
    assert run(["ingest", str(bad), "-o", str(tmp_path / "w.parquet"), "--quiet"]) == 1
    assert "w.parquet.rejects.jsonl" in capsys.readouterr().err
    assert "empty" in (tmp_path / "w.parquet.rejects.jsonl").read_text()


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a corpus whose every title attacks the page or the spreadsheet."""
    folder = tmp_path_factory.mktemp("nasty")
    titles = [
        "<script>alert(1)</script> Neural networks for malaria diagnosis in patients",
        "=cmd|' /C calc'!A0 deep learning for cancer patients",
        "@SUM(1+1)*cmd deep learning for maize farmers' harvest",
        "+1+1 neural networks for solar energy <img src=x onerror=alert(1)>",
        '" onmouseover="alert(1) reinforcement learning for the treatment of malaria patients',
        "&lt;script&gt;alert(2)&lt;/script&gt; machine learning for diabetes patients",
    ]
    rows = [{"id": f"javascript:alert({n})", "title": title} for n, title in enumerate(titles)]
    (folder / "in.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert run(["report", str(folder / "in.jsonl"), "-o", str(folder / "out"), "--quiet"]) == 0
    return folder / "out"


def test_no_title_becomes_markup_in_the_page(nasty: Path) -> None:
    page = (nasty / "index.html").read_text(encoding="utf-8").lower()
    assert "malaria" in page
    for forbidden in ("<script>alert", "<img src=x", 'href="javascript:', '" onmouseover="'):
        assert forbidden not in page


def test_no_cell_of_any_table_starts_a_formula(nasty: Path) -> None:
    def is_number(cell: str) -> bool:
        try:
            float(cell)
        except ValueError:
            return False
        return True

    cells = 0
    for path in (nasty / "tables").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream):
                for cell in row:
                    cells += 1
                    assert is_number(cell) or cell[:1] not in ("=", "+", "-", "@", "\t", "\r"), path
    assert cells > 500


def kept_titles(out: Path) -> list[str]:
    titles: list[str] = pq.read_table(out)["title"].to_pylist()
    return titles


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("control.csv", "A title with control[31m characters"),
        ("html.csv", "alert(1)Bold AI for"),
        ("mixed.ris", "Forecasting Müll with neural networks"),
    ],
)
def test_text_is_cleaned_not_lost(name: str, expected: str, tmp_path: Path) -> None:
    bad, out = tmp_path / name, tmp_path / "w.parquet"
    bad.write_bytes(BAD[name])
    assert run(["ingest", str(bad), "-o", str(out), "--quiet"]) == 0
    assert expected in kept_titles(out)


def test_a_batch_lost_on_the_way_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ledger counts what was read on its own, so a loss between reading and merging shows."""
    whole = ingesting.batches
    monkeypatch.setattr(ingesting, "BATCH", 1)
    monkeypatch.setattr(ingesting, "batches", lambda *given: islice(whole(*given), 1, None))
    path = tmp_path / "in.jsonl"
    path.write_text(
        "\n".join([GOOD, GOOD.replace("good-1", "good-2"), GOOD.replace("Robots", "Y")])
    )
    assert run(["ingest", str(path), "-o", str(tmp_path / "w.parquet"), "--quiet"]) == 1
    assert "merged" in capsys.readouterr().err
