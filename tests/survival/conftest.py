"""Small inputs of several formats, so that a run has shards of every kind."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ENVIRONMENT = os.environ | {"SOURCE_DATE_EPOCH": "1700000000", "AEQUA_CACHE": ""}
SUBJECTS = ("floods", "malaria", "crops", "solar cells", "traffic", "dropout of pupils")


def row(name: str, number: int) -> dict[str, object]:
    subject = SUBJECTS[number % len(SUBJECTS)]
    return {
        "id": f"{name}{number}",
        "title": f"Neural networks that forecast {subject} in district {name} {number}",
        "year": 2000 + number % 20,
    }


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four files of JSON lines and one CSV that is large enough to be read in runs of records."""
    folder = tmp_path_factory.mktemp("inputs")
    for name in "abcd":
        lines = [json.dumps(row(name, number)) for number in range(500)]
        lines.insert(250, "not a record")
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    with (folder / "e.csv").open("w", newline="") as stream:
        table = csv.DictWriter(stream, ["id", "title", "year"])
        table.writeheader()
        table.writerows(row("e", number) for number in range(4500))
    return folder


@pytest.fixture(scope="session")
def aequa() -> Callable[..., subprocess.Popen[bytes]]:
    """Starts the command line in a process group of its own."""

    def start(*arguments: str | Path, **options: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "aequa", *map(str, arguments)],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            **options,  # type: ignore[call-overload]
        )

    return start


@pytest.fixture(scope="session")
def contents() -> Callable[[Path], dict[str, bytes]]:
    """All files below a folder."""

    def read(folder: Path) -> dict[str, bytes]:
        paths = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in paths}

    return read
