"""Reading any mix of files: names to paths, formats by content, one stream of items."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aequa.core.errors import FormatError, InputError
from aequa.core.works import Reject, Work, to_batch
from aequa.sources import read as reading
from aequa.sources.detect import TEXT_FORMATS
from aequa.sources.read import expand, format_of, read

RIS = "TY  - JOUR\nTI  - Buses that charge at night\nER  - \n"
WOS = "FN Clarivate\nVR 1.0\nPT J\nTI Wells\nUT WOS:0001\nER\n\nEF\n"
BIB = "@article{a,\n title = {Farms},\n year = 2020\n}\n"
NBIB = "PMID- 7\nOWN - NLM\nTI  - Clinics\n"
JSONL = json.dumps(
    {
        "id": "https://openalex.org/W7",
        "title": "Rivers",
        "publication_year": 2020,
        "cited_by_count": 3,
        "authorships": [],
        "abstract_inverted_index": None,
    }
)
OWN = json.dumps({"id": "a", "title": "Roads"})
FILES = {"ris": RIS, "wos": WOS, "bibtex": BIB, "pubmed": NBIB, "openalex": JSONL, "table": OWN}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / f"{name}.dat").write_text(text)
    (tmp_path / "below" / ".hidden").mkdir(parents=True)
    (tmp_path / "below" / "more.ris").write_text(RIS)
    (tmp_path / "below" / ".hidden" / "x.ris").write_text(RIS)
    (tmp_path / ".hidden.ris").write_text(RIS)
    return tmp_path


def names(paths: list[Path], folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in paths]


def test_a_folder_gives_all_its_files_sorted_without_hidden_ones(folder: Path) -> None:
    expected = [*sorted(f"{name}.dat" for name in FILES), "below/more.ris"]
    assert names(expand([str(folder)]), folder) == expected


def test_a_link_that_leads_nowhere_is_listed(tmp_path: Path) -> None:
    (tmp_path / "link.ris").symlink_to(tmp_path / "absent")
    (item,) = read(expand([str(tmp_path)]))
    assert isinstance(item, Reject)
    assert "cannot be opened" in item.reason


def test_a_pattern_gives_its_matches_sorted_and_files_named_twice_come_once(folder: Path) -> None:
    found = expand([str(folder / "*s.dat"), str(folder / "wos.dat"), str(folder / "**" / "*.ris")])
    assert names(found, folder) == ["ris.dat", "wos.dat", "below/more.ris"]


def test_a_name_with_brackets_is_a_file_before_it_is_a_pattern(folder: Path) -> None:
    (folder / "export[1].ris").write_text(RIS)
    assert expand([str(folder / "export[1].ris")]) == [folder / "export[1].ris"]
    assert expand(["-"]) == [Path("-")]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent.ris", "does not exist"),
        ("*.absent", "matches no file"),
        ("empty", "holds no files"),
    ],
)
def test_names_that_lead_nowhere_are_errors(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=message):
        expand([str(tmp_path / name)])


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("zipped", [False, True])
def test_formats_are_found_by_content(name: str, zipped: bool, tmp_path: Path) -> None:
    path = tmp_path / "wrong.pdf"
    path.write_bytes(gzip.compress(FILES[name].encode()) if zipped else FILES[name].encode())
    assert format_of(path) == name
    (item,) = read([path])
    assert isinstance(item, Work)
    assert (item.file, item.record, item.source) == (str(path), 1, name)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.7 ...", "a PDF"),
        (b"PK\x03\x04" + b"\0" * 26 + b"xl/workbook.xml", "Excel workbook: save it as CSV"),
        (b"PK\x03\x04" + b"\0" * 26 + b"a.txt", "a ZIP archive: unpack it first"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "an HTML page"),
        (b"<?xml version='1.0'?><PubmedArticleSet/>", "XML"),
        (bytes(range(256)) * 9, "binary data"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "an image (PNG)"),
        ("title,year\nA,2020\n".encode("utf-16-le"), "UTF-16 text without its mark"),
        (b"SQLite format 3\0" + b"\0" * 99, "an SQLite database"),
        (gzip.compress(gzip.compress(b"x")), "a gzip file inside a gzip file"),
        (b"[1, 2, 3]\n", "JSON without"),
        (b"country,value\nNOR,1\n", "text that starts with"),
        (b"Dear all,\n", "text that starts with"),
    ],
)
def test_what_is_no_export_is_named_and_the_formats_listed(
    content: bytes, found: str, tmp_path: Path
) -> None:
    path = tmp_path / "export.ris"
    path.write_bytes(content)
    with pytest.raises(FormatError) as caught:
        format_of(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert found in message
    assert "Web of Science" in message
    assert "RIS" in message


def test_a_short_text_with_some_control_characters_is_no_binary(tmp_path: Path) -> None:
    path = tmp_path / "control.csv"
    path.write_bytes(b"title,year\nA\x00 title\x07 with\x1b control characters,2020\n")
    assert format_of(path) == "table"
    path.write_bytes(bytes(range(1, 32)) * 9)
    with pytest.raises(FormatError, match="binary data"):
        format_of(path)


@pytest.mark.parametrize("content", [b"", b" \r\n\n", b"\xef\xbb\xbf", gzip.compress(b"")])
def test_an_empty_file_is_said_to_be_empty(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "empty.ris"
    path.write_bytes(content)
    (item,) = read([path])
    assert isinstance(item, Reject)
    assert (item.record, "empty" in item.reason) == (0, True)


def test_a_bad_file_is_one_reject_and_the_next_goes_on(folder: Path) -> None:
    bad = folder / "bad.bin"
    bad.write_bytes(bytes(range(256)) * 9)
    paths = [bad, folder / "ris.dat", folder / "absent", folder / "wos.dat"]
    items = list(read(paths))
    assert [type(item) for item in items] == [Reject, Work, Reject, Work]
    assert [item.record for item in items] == [0, 1, 0, 1]
    assert [item.file for item in items] == [str(path) for path in paths]
    assert "binary data" in items[0].reason  # type: ignore[union-attr]
    assert str(bad) not in items[0].reason  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["ris", "wos", "bibtex", "pubmed"])
def test_a_cut_off_gzip_keeps_what_came_before_the_cut(name: str, tmp_path: Path) -> None:
    path, count = tmp_path / "cut.gz", 3000
    words = {"ris": "Buses", "wos": "Wells", "bibtex": "Farms", "pubmed": "Clinics"}
    texts = [FILES[name].replace(words[name], f"{words[name]} {n}") for n in range(count)]
    path.write_bytes(gzip.compress("".join(texts).encode(), 0)[:90_000])
    items = list(read([path]))
    assert all(isinstance(item, Work) for item in items[:-2])  # the last may have no title yet
    assert [item.record for item in items] == list(range(1, len(items) + 1))
    assert 500 < len(items) < count
    assert isinstance(items[-1], Reject)
    assert "cut off" in items[-1].reason


def test_a_damaged_gzip_from_its_start_is_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "bad.gz"
    path.write_bytes(gzip.compress(RIS.encode())[:10])
    (item,) = read([path])
    assert isinstance(item, Reject)
    assert (item.record, "cut off or damaged" in item.reason) == (0, True)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    def typed(content: bytes) -> list[Work | Reject]:
        buffer = io.BufferedReader(io.BytesIO(content))  # type: ignore[arg-type]
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(buffer))
        return list(read(expand(["-"])))

    for content in (RIS.encode(), gzip.compress(RIS.encode())):
        (item,) = typed(content)
        assert isinstance(item, Work)
        assert item.file == "-"
    assert format_of(Path("-")) == "standard input"
    (refused,) = typed(b"PAR1....")
    assert "name the file" in refused.reason  # type: ignore[union-attr]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_that_gives_one_byte_at_a_time(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb", buffering=0) as pipe:
        for place in range(len(RIS)):
            pipe.write(RIS[place : place + 1].encode())
    (item,) = read([Path(f"/dev/fd/{reader}")])
    os.close(reader)
    assert isinstance(item, Work)


def test_parquet_is_told_apart_by_its_columns(tmp_path: Path) -> None:
    own, other = tmp_path / "own.csv", tmp_path / "other.parquet"
    pq.write_table(pa.table({"id": ["a"], "title": ["Roads"]}), own)
    pq.write_table(pa.table({"country": ["NOR"]}), other)
    assert format_of(own) == "table"
    (item,) = read([own])
    assert isinstance(item, Work)
    with pytest.raises(FormatError, match="columns country"):
        format_of(other)


@pytest.mark.parametrize("left", [4, 60, 300])
def test_damaged_parquet_is_a_reject(left: int, tmp_path: Path) -> None:
    path = tmp_path / "cut.parquet"
    pq.write_table(pa.table({"id": ["a"], "title": ["Roads"]}), path)
    path.write_bytes(path.read_bytes()[:left])
    (item,) = read([path])
    assert isinstance(item, Reject)
    assert "Parquet" in item.reason


def test_texts_of_unbearable_length_are_cut_and_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "long.ris"
    path.write_text(RIS.replace("ER", "AB  - " + "many words " * 20 + "\nER"))
    monkeypatch.setattr(reading, "LONGEST_TEXT", 100)
    (item,) = read([path])
    assert isinstance(item, Work)
    assert len(item.abstract or "") == 100
    assert item.repairs == ("abstract: found 219 characters, expected at most 100 (cut there)",)


def test_each_real_export_has_the_format_it_came_from(shared: Path) -> None:
    expected = {
        "ieee.csv.gz": "ieee",
        "pubmed-335.txt.gz": "pubmed",
        "scopus-2012-top2000.csv.gz": "scopus",
        "scopus-263.bib.gz": "bibtex",
        "scopus-933.bib.gz": "bibtex",
        "scopus-newcolumns.csv.gz": "scopus",
        "wos-236.bib.gz": "bibtex",
        "wos-bad.isi": "wos",
        "wos-small.isi": "wos",
        "openalex/page-1.json.gz": "openalex",
        "openalex/works-613.csv.gz": "openalex",
        "ris/ovid_psycinfo.ris": "ris",
    }
    found = {name: format_of(shared / "formats" / name) for name in expected}
    assert found == expected


@pytest.mark.parametrize("name", FILES)
def test_the_head_of_a_format_fits_only_its_own_module(name: str) -> None:
    head = FILES[name].encode()
    fitting = [module.NAME for module in TEXT_FORMATS if module.sniff(head)]
    assert fitting == [name]


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_a_file_name_that_is_not_utf_8_is_read_and_shown(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"k\xfcnstlich.ris")
    path.write_text(RIS + "TY  - JOUR\nER  - \n")
    (work, refused) = read([path])
    assert isinstance(refused, Reject)
    assert work.file == refused.file == f"{tmp_path}/k\ufffdnstlich.ris"
    to_batch([work])  # type: ignore[list-item]


def test_closed_standard_input_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    (item,) = read([Path("-")])
    assert isinstance(item, Reject)
    assert "closed" in item.reason
