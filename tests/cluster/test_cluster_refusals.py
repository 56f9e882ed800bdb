"""What a cluster cannot read or write is refused in one line, before any work is done."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aequa.cluster.books import check_read
from aequa.cluster.files import find, head, plain, staged
from aequa.cluster.reading import map_items
from aequa.core.errors import AccountingError, AequaError, FormatError, InputError, SpecError
from aequa.core.works import RAW
from aequa.runners.spark import session

LINE = json.dumps({"id": "a", "title": "Learning to find water"}) + "\n"


@pytest.fixture(scope="module")
def spark(java: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session in this process, for what the driver does alone."""
    with pytest.MonkeyPatch.context() as patch:
        conf = tmp_path_factory.mktemp("conf")
        (conf / "spark-defaults.conf").write_text(
            "spark.ui.enabled false\nspark.driver.memory 500m\nspark.driver.host 127.0.0.1\n"
        )
        patch.setenv("SPARK_CONF_DIR", str(conf))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        with session("local[1]") as started:
            yield started


def refusal(spark: Any, *files: Path) -> str:
    with pytest.raises(InputError) as caught:
        map_items(spark, [str(file) for file in files], iter, RAW)  # type: ignore[arg-type]
    return str(caught.value)


def test_files_are_found_once_in_order_and_sparks_own_are_left_out(
    spark: Any, tmp_path: Path
) -> None:
    for name in ("b/part 1.jsonl", "b/_SUCCESS", "b/.crc", "a[1].jsonl", "c/d/e.jsonl.gz"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(LINE.encode()) if name.endswith("gz") else LINE.encode())
    folder, one = f"file:{tmp_path}/c", f"{tmp_path}/a[1].jsonl"
    names = [f"{tmp_path}/b", folder, one, f"{tmp_path}/a*.jsonl", f"{tmp_path}/c/d/*"]
    found = find(spark, names)
    assert [file.name for file in found] == [
        f"{tmp_path}/b/part 1.jsonl",
        f"file:{tmp_path}/c/d/e.jsonl.gz",
        f"{tmp_path}/a[1].jsonl",
    ]
    assert plain(found[0].uri).endswith("part%201.jsonl")
    assert {head(spark, file) for file in found} == {LINE.encode()}


def test_what_cannot_be_read_in_parts_is_named(spark: Any, tmp_path: Path) -> None:
    contents = {
        "a.ris": b"TY  - JOUR\nTI  - Learning\nER  -\n",
        "a.json": b'{\n"title": "Learning to find water"\n}\n',
        "hidden.jsonl": gzip.compress(LINE.encode()),
        "wide.jsonl": LINE.encode("utf-16"),
        "empty.jsonl": b"",
        "damaged.jsonl.gz": b"\x1f\x8b" + b"x" * 90,
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    said = {name: refusal(spark, tmp_path / name) for name in contents}
    assert "cannot be read in parts" in said["a.ris"]
    assert "one record a line" in said["a.json"]
    assert "ending in .gz" in said["hidden.jsonl"]
    assert "cannot be read in parts" in said["wide.jsonl"]
    assert "is empty" in said["empty.jsonl"]
    assert "damaged" in said["damaged.jsonl.gz"]
    assert all(name in message for name, message in said.items())
    assert "no such file" in refusal(spark, tmp_path / "absent")
    with pytest.raises(FormatError):
        map_items(spark, [str(tmp_path / "a.ris")], iter, RAW)  # type: ignore[arg-type]


def test_parquet_without_texts_is_named_with_its_columns(spark: Any, tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [1]}), tmp_path / "x.parquet")
    assert "['x'], expected title or abstract" in refusal(spark, tmp_path / "x.parquet")


def test_nothing_is_overwritten_and_staging_goes(spark: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with staged(spark, str(out)) as folder:
        Path(folder).mkdir()
    assert not Path(folder).exists()
    out.mkdir()
    with pytest.raises(SpecError, match="without _SUCCESS"), staged(spark, str(out)):
        pass
    (out / "_SUCCESS").touch()
    with pytest.raises(SpecError, match="exists, expected a new name"), staged(spark, str(out)):
        pass


def test_a_lost_record_is_an_error() -> None:
    check_read(3, 3, "works")
    with pytest.raises(AccountingError, match="3 records counted, but 2 read"):
        check_read(2, 3, "works")


def test_without_spark_the_option_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "py4j.protocol", None)
    monkeypatch.setitem(sys.modules, "py4j", None)
    with pytest.raises(AequaError, match=r"aequa\[spark\]"), session("local[1]"):
        pass


def test_a_cluster_that_is_not_there_is_one_line(java: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(LINE)
    command = [sys.executable, "-m", "aequa", "ingest", "a.jsonl", "-o", "works", "--quiet"]
    done = subprocess.run(
        [*command, "--runner", "sparkle://nowhere"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("aequa: Spark on sparkle://nowhere: ")
    assert "Could not parse Master URL" in last
