"""Every example of docs/python.md is run, in a folder with the files that it names."""

from __future__ import annotations

import doctest
import gzip
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "python.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
OPTIONAL = ("pandas", "polars")
RIS = """TY  - JOUR
TI  - A neural network detects malaria early in village clinics
PY  - 2019
DO  - 10.1000/malaria
ER  -
TY  - JOUR
TI  - Machine learning finds clean water wells for dry districts
PY  - 2020
ER  -
TY  - JOUR
TI  - Deep learning warns farmers of crop disease and hunger
PY  - 2021
ER  -
"""
ROWS: list[dict[str, Any]] = [
    {"title": "A neural network detects malaria early in village clinics",
     "doi": "10.1000/malaria", "year": 2019},
    {"title": "Deep learning in hospitals harms patients: an algorithm denies the poor treatment",
     "year": 2020},
    {"title": "A search algorithm that plays chess", "year": 2019},
    {"title": "Convolutional networks with fewer parameters"},
    {"title": "", "year": 2022},
]  # fmt: skip


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the examples have defined once those that need nothing more have run."""
    folder, before = tmp_path_factory.mktemp("page"), Path.cwd()
    (folder / "exports").mkdir()
    (folder / "exports" / "library.ris").write_text(RIS)
    lines = "\n".join(map(json.dumps, ROWS))
    (folder / "works.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    os.chdir(folder)
    found: dict[str, Any] = {}
    try:
        execute(
            [block for block in BLOCKS if not any(need(block, name) for name in OPTIONAL)], found
        )
        yield found
    finally:
        os.chdir(before)


def need(block: str, package: str) -> bool:
    return f"to_{package}" in block


def execute(blocks: list[str], names: dict[str, Any]) -> None:
    """Run blocks with these names in sight, and leave there what they define."""
    test = doctest.DocTestParser().get_doctest("".join(blocks), {}, PAGE.name, str(PAGE), 0)
    test.globs = names
    told: list[str] = []
    runner = doctest.DocTestRunner()
    runner.run(test, out=told.append, clear_globs=False)
    assert runner.tries > 0
    assert not told, "".join(told)


def test_the_examples_that_need_aequa_alone(names: dict[str, Any]) -> None:
    assert Path("report/index.html").is_file()
    assert names["corpus"].counts.read == 8


@pytest.mark.parametrize("package", OPTIONAL)
def test_the_examples_for(package: str, names: dict[str, Any]) -> None:
    pytest.importorskip(package, reason=f"{package} is not installed")
    execute([block for block in BLOCKS if need(block, package)], dict(names))


def test_every_example_is_in_a_block_that_is_run() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.count(">>>") == sum(block.count(">>>") for block in BLOCKS) > 20
