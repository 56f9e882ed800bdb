"""Files made to do harm: bombs, absurd numbers, tricks with names, things that are no files.

What could fill memory is read in a process of its own under a limit of address space."""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aequa.cli import run
from aequa.core.errors import InputError
from aequa.core.works import Reject, Work
from aequa.sources import stream
from aequa.sources.read import expand, read

GOOD = b"TY  - JOUR\nTI  - Forecasting floods\nER  - \n"
LIMIT = 900 << 20
"""Bytes of address space; the interpreter and its libraries take some 400 MiB of it."""
COUNT = """
import json, resource, sys
from pathlib import Path
from aequa.sources.read import read
resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))
kept, reasons = 0, []
for item in read(map(Path, sys.argv[1:])):
    if hasattr(item, "reason"):
        reasons = [*reasons[:9], item.reason]
    else:
        kept += 1
status = Path("/proc/self/status")  # getrusage tells the peak of the parent too
lines = status.read_text().splitlines() if status.exists() else ["VmHWM: 0 kB"]
peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) >> 10
print(json.dumps([kept, reasons, peak]))
"""


def limited(*paths: Path, seconds: int = 60) -> tuple[int, list[str], int]:
    """Works, the first reasons and the peak in MiB, read under ``LIMIT``, then a good file."""
    good = paths[0].parent / "good.ris"
    good.write_bytes(GOOD)
    command = [sys.executable, "-c", COUNT.format(limit=LIMIT), *map(str, paths), str(good)]
    done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    kept, reasons, peak = json.loads(done.stdout)
    assert kept >= 1, "the good file was lost"
    return kept - 1, reasons, peak


def bomb(path: Path, head: bytes, piece: bytes, mebibytes: int) -> Path:
    """A gzip file that unpacks to ``head`` and so many MiB of ``piece``."""
    block = piece * ((1 << 20) // len(piece))
    with gzip.open(path, "wb", compresslevel=1) as out:
        out.write(head)
        for _ in range(mebibytes):
            out.write(block)
    return path


def reasons(*paths: Path) -> list[str]:
    return [item.reason for item in read(paths) if isinstance(item, Reject)]


# Bombs


@pytest.mark.parametrize(
    ("head", "piece", "expected"),
    [
        (b"", b" ", "starts with 64 KiB of blanks, expected publication records"),
        (b'{"title": "', b"a", "a line is longer than 32 MiB, the rest is not read"),
        (b'[{"title": "', b"a", "is not valid JSON (Unterminated string starting at)"),
        (b"id,title\n1,", b"a", "a line is longer than 32 MiB, the rest is not read"),
        (
            b"TY  - JOUR\nTI  - a\n",
            b"AB  - " + b"text " * 99 + b"\n",
            "a record is longer than 32 MiB",
        ),
        (b"PT J\nTI a\n", b"AB " + b"text " * 99 + b"\n", "a record is longer than 32 MiB"),
        (b"PMID- 1\nTI  - a\n", b"AB  - text\n", "a record is longer than 32 MiB"),
        (
            b"@misc{a,\n title = {a},\n",
            b" note = {" + b"b" * 500 + b"},\n",
            "a record is longer than 32 MiB",
        ),
        (b'id,title\n1,"', b"a" * 511 + b"\n", "a quote that is not closed"),
    ],
    ids=["blanks", "line", "array", "row", "ris", "wos", "pubmed", "bibtex", "quote"],
)
def test_gzip_bombs_are_cut_off_in_bounded_memory(
    head: bytes, piece: bytes, expected: str, tmp_path: Path
) -> None:
    path = bomb(tmp_path / "bomb.gz", head, piece, 40 if "quote" not in expected else 4)
    assert path.stat().st_size < 1 << 20
    _, found, peak = limited(path)
    assert any(expected in reason for reason in found), found
    assert peak < 600


def test_endless_small_records_are_a_stream_and_no_bomb(tmp_path: Path) -> None:
    line = b'{"title": "a"}' + b" " * 241 + b"\n"
    kept, found, peak = limited(bomb(tmp_path / "many.jsonl.gz", line, line * 8, 12))
    assert (kept, found) == (12 * 4096 + 1, [])
    assert peak < 200


def test_gzip_in_gzip(tmp_path: Path) -> None:
    path = tmp_path / "twice.gz"
    path.write_bytes(gzip.compress(gzip.compress(GOOD)))
    assert "a gzip file inside a gzip file: unpack it once" in reasons(path)[0]


def test_archives_are_named_and_never_unpacked(tmp_path: Path) -> None:
    slip, book = tmp_path / "slip.zip", tmp_path / "book.xlsx"
    with zipfile.ZipFile(slip, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../outside.ris", GOOD)
        archive.writestr("bomb.csv", b"0" * (20 << 20))
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    found = reasons(slip, book)
    assert "a ZIP archive: unpack it first" in found[0]
    assert "an Office document or Excel workbook: save it as CSV" in found[1]
    assert sorted(tmp_path.iterdir()) == [book, slip]
    assert not (tmp_path.parent.parent / "outside.ris").exists()


def test_entities_of_xml_are_not_read(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
    path = tmp_path / "pubmed.xml"
    path.write_text(f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "x">{laughs}]><l>&l29;</l>')
    assert "found XML: export as one of the formats below" in reasons(path)[0]


def parquet_of(path: Path, column: pa.Array, **options: Any) -> Path:
    table = pa.table({"title": column, "id": [str(row) for row in range(len(column))]})
    pq.write_table(table, path, compression="zstd", store_schema=False, **options)
    return path


def test_repeated_text_in_parquet(tmp_path: Path) -> None:
    text = pa.array(["a " * (10 << 20)])
    once = pa.DictionaryArray.from_arrays(pa.array([0] * 1000, pa.int32()), text)
    options = {"dictionary_pagesize_limit": 1 << 30, "write_statistics": False}
    path = parquet_of(tmp_path / "bomb.parquet", once, **options)
    assert path.stat().st_size < 20_000
    _, found, peak = limited(path)
    assert "times its size, expected at most 100; it is not read" in found[0]
    assert peak < 300


# Absurd numbers


def test_absurd_nesting(tmp_path: Path) -> None:
    deep = b"[" * 100_000
    shapes = (deep, b'{"title": ' + deep, b'{"title": "a", "keywords": ' + deep, b'{"a":' * 50_000)
    for number, data in enumerate(shapes):
        for name in ("", "\n"):
            path = tmp_path / f"{number}{len(name)}.json"
            path.write_bytes(data + name.encode())
            assert reasons(path), data[:20]


def test_deep_values_in_cells(tmp_path: Path) -> None:
    path = tmp_path / "deep.csv"
    cell = "[" * 90_000
    path.write_text(f'title,authorships,keywords\na,"{cell}","{cell}"\n')
    (work,) = read([path])
    assert isinstance(work, Work)


def test_a_million_authors(tmp_path: Path) -> None:
    path = tmp_path / "authors.ris"
    names = b"".join(b"AU  - A%d\n" % number for number in range(600_000))
    path.write_bytes(b"TY  - JOUR\nTI  - a\n" + names + b"ER  - \n")
    work, rest = read([path])
    assert isinstance(work, Work)
    assert len(work.authorships) > 100_000
    assert isinstance(rest, Reject)
    assert "a record is longer than 32 MiB, the rest is not read" in rest.reason


@pytest.mark.parametrize("form", ["ris", "csv", "openalex"])
def test_many_authors_times_many_places(form: str, tmp_path: Path) -> None:
    people, places = [f"A{n}" for n in range(5000)], [f"Lab {n}" for n in range(4000)]
    lines = [f"AU  - {name}" for name in people] + [f"AD  - {place}" for place in places]
    texts = {
        "ris": "\n".join(["TY  - JOUR", "TI  - a", *lines, "ER  - ", ""]),
        "csv": f"title,authors,affiliations\na,{';'.join(people)},{';'.join(places)}\n",
        "openalex": "id,title,publication_year,cited_by_count,authorships.author.display_name,"
        "authorships.institutions.display_name,authorships.countries\n"
        f"W1,a,2020,1,{'|'.join(people)},{'|'.join(places)},\n",
    }
    path = tmp_path / "product.txt"
    path.write_text(texts[form])
    (work,) = read([path])
    assert isinstance(work, Work)
    assert sum(len(author.affiliations) for author in work.authorships) <= 1_100_000
    found = {place.name for author in work.authorships for place in author.affiliations}
    assert found == set(places)
    assert {author.name for author in work.authorships} >= set(people)


def test_a_cell_of_40_mib(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    path.write_bytes(b"id,title\n1,first\n2," + b"a" * (40 << 20) + b"\n3,third\n")
    found = list(read([path]))
    assert [type(item) for item in found] == [Work, Reject]
    assert "a line is longer than 32 MiB" in found[1].reason  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["c{}", "c"])
def test_a_hundred_thousand_columns(name: str, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    names = ",".join(name.format(number) for number in range(100_000))
    path.write_text(f"title,{names}\nWells,{',' * 99_999}\n")
    (work,) = read([path])
    assert isinstance(work, Work)
    assert sum(map(len, work.repairs)) < 5000


# Parquet that lies


def test_footers_that_lie(tmp_path: Path) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"title": ["a", "b"]}), sink)
    whole = sink.getvalue()
    size = int.from_bytes(whole[-8:-4], "little")
    lies = [0, 1, size - 1, size + 1, len(whole), 1 << 31, (1 << 32) - 1]
    for number, lie in enumerate(lies):
        path = tmp_path / f"{number}.parquet"
        path.write_bytes(whole[:-8] + lie.to_bytes(4, "little") + whole[-4:])
        assert "is not Parquet that can be read" in reasons(path)[0]


def test_many_row_groups(tmp_path: Path) -> None:
    path = tmp_path / "groups.parquet"
    titles = [f"Title {number}" for number in range(3000)]
    pq.write_table(pa.table({"title": titles}), path, row_group_size=1)
    assert [getattr(item, "title", None) for item in read([path])] == titles


# Names and things that are no files


def test_names_cannot_steer_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "a\x1b[31m\nb\u202e.csv"
    bad.write_bytes(b"what\x1b]0;owned\x07,else\n1,2\n")
    good = tmp_path / "good\x1b[0m.ris"
    good.write_bytes(GOOD)
    for path, item in zip((bad, good), read([bad, good]), strict=True):
        assert item.file == str(path).translate({27: "\ufffd", 0x202E: "\ufffd", 10: " "})
    arguments = [str(bad), str(tmp_path / "none\x1b[31m")]
    for one in arguments:
        run(["ingest", one, "-o", str(tmp_path / "out.jsonl")])
    shown = capsys.readouterr()
    assert "\x1b" not in shown.out + shown.err
    assert "\u202e" not in shown.out + shown.err


def test_symbolic_links_that_go_in_circles(tmp_path: Path) -> None:
    loop, folder = tmp_path / "loop.ris", tmp_path / "folder"
    loop.symlink_to(loop)
    folder.mkdir()
    (folder / "again").symlink_to(folder)
    (folder / "good.ris").write_bytes(GOOD)
    assert expand([str(folder)]) == [folder / "good.ris"]
    assert "cannot be opened" in reasons(loop)[0]


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom", "/dev/null"])
def test_devices(device: str) -> None:
    if not Path(device).exists():
        pytest.skip("this machine lacks the device")
    (reason,) = reasons(Path(device))
    assert "binary data" in reason or "is empty" in reason or reason.startswith("found ")


def test_a_pipe_that_nobody_writes_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_PATIENCE", 0.1)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert reasons(pipe) == ["is a pipe that nobody has written to in 0.1 s"]
    writer = subprocess.Popen(["sh", "-c", f"cat > '{pipe}'"], stdin=subprocess.PIPE)
    assert writer.stdin
    writer.stdin.write(GOOD)
    writer.stdin.close()
    monkeypatch.setattr(stream, "_PATIENCE", 20)
    (work,) = read([pipe])
    assert isinstance(work, Work)
    assert writer.wait() == 0


def test_sockets_and_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, folder = tmp_path / "s", tmp_path / "x.csv"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)  # a socket has a short name
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        assert "cannot be opened" in reasons(place)[0]
    assert "cannot be opened" in reasons(folder)[0]
    with pytest.raises(InputError, match="the folder holds no files"):
        expand([str(folder)])


def test_the_limit_of_memory_is_a_limit() -> None:
    code = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({LIMIT}, {LIMIT})); "
    done = subprocess.run([sys.executable, "-c", code + "b'x' * (1 << 30)"], capture_output=True)
    assert b"MemoryError" in done.stderr
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != LIMIT
