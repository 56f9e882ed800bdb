"""The wheel holds every file that the code reads, and the licences of what it holds."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    assert wheel.stat().st_size < 30_000_000  # of which the encoder is 23
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_all_code_and_data(held: set[str]) -> None:
    source = ROOT / "src"
    wanted = {
        path.relative_to(source).as_posix()
        for path in (source / "aequa").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert len(wanted) > 100
    assert wanted <= held


def test_the_wheel_holds_the_licences(held: set[str]) -> None:
    names = {name.partition("/licenses/")[2] for name in held if "/licenses/" in name}
    assert {"LICENSE", "NOTICE", "docs/licenses/unicode-3.0.txt"} <= names


def test_the_lock_has_hashes_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "--index-url" not in lock
    blocks = lock.replace("\\\n", " ").splitlines()
    pins = [line for line in blocks if "==" in line and not line.startswith(("#", " "))]
    assert len(pins) > 20
    assert all("--hash=sha256:" in line for line in pins)
