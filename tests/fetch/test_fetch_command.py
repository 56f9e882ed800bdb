"""``aequa fetch openalex`` as people type it: options, output, exit codes, and a real kill."""

from __future__ import annotations

import gzip
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from aequa.cli import run


def fetching(api: Any, out: Path, *more: str) -> list[str]:
    words = ["fetch", "openalex", "--url", api.url, "--search", "forest", "-o", str(out)]
    return [*words, *more]


def test_the_last_line_is_json_and_people_get_a_sentence(
    api: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "works.jsonl.gz"
    assert run(fetching(api, out, "--limit", "3", "--json", "--filter", "language:en")) == 0
    seen = capsys.readouterr()
    assert json.loads(seen.out.splitlines()[-1]) == {
        "matching": 634,
        "works": 3,
        "pages": 1,
        "resumed": 0,
        "short": 0,
        "notes": [],
    }
    assert "634 works match; fetching 3 in about 1 pages" in seen.err
    assert run(fetching(api, out, "--limit", "3", "--quiet")) == 0
    seen = capsys.readouterr()
    assert seen.out == f"3 works fetched, 0 of them before; {out}\n"
    assert seen.err == ""


def test_a_count_costs_one_small_request_and_writes_nothing(
    api: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["fetch", "openalex", "--url", api.url, "--count"]
    assert run(words) == 0
    assert capsys.readouterr().out == "950 works match, about 5 pages to fetch\n"
    assert run([*words, "--filter", "language:pt", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"works": 316, "pages": 2}
    assert [parameters["per-page"] for parameters, _ in api.asked] == ["1", "1"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--search", "x"], 2, "expected --output, or --count"),
        (["-o", "works.jsonl.gz"], 2, "expected --search, --filter or --limit"),
        (["-o", "works.csv", "--search", "x"], 2, "expected a name in .jsonl.gz or .jsonl"),
        (["-o", "works.jsonl", "--filter", "nonsense"], 2, "expected KEY:VALUE"),
        (["-o", "works.jsonl", "--search", "x", "--limit", "0"], 2, "--limit: found 0"),
        (["-o", "works.jsonl", "--search", "x", "--mailto", "me"], 2, "--mailto: found 'me'"),
        (["-o", "works.jsonl", "--filter", "wells:7"], 1, "wells is not a valid field."),
    ],
)
def test_wrong_usage_is_2_and_a_refusal_is_1_in_one_line(
    api: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    code: int,
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["fetch", "openalex", "--url", api.url, *words]) == code
    assert told in capsys.readouterr().err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_all_fields_and_some(api: Any, tmp_path: Path) -> None:
    out = tmp_path / "works.jsonl"
    assert run(fetching(api, out, "--limit", "1", "--select", "*", "--quiet")) == 0
    assert json.loads(out.read_bytes()) == api.works[0]
    assert run(fetching(api, out, "--limit", "1", "--select", "id, title", "--quiet")) == 0
    assert list(json.loads(out.read_bytes())) == ["id", "title"]


@pytest.mark.parametrize("way", ["option", "environment"])
def test_the_key_is_in_no_output_even_of_debug(
    api: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    way: str,
) -> None:
    api.key = "oa-right-77"
    out = tmp_path / "works.jsonl"
    given = ["--api-key", "oa-wrong-77"] if way == "option" else []
    monkeypatch.setenv("OPENALEX_API_KEY", " oa-wrong-77\n" if way == "environment" else "")
    assert run(fetching(api, out, "--debug", *given)) == 1
    seen = capsys.readouterr()
    assert "403: API key not valid" in seen.err
    assert "oa-wrong" not in seen.out + seen.err
    monkeypatch.setenv("OPENALEX_API_KEY", "oa-right-77\n")
    assert run(fetching(api, out, "--limit", "1")) == 0


def test_strict_says_when_works_are_missing(
    api: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aequa.fetch.waiting._BASE", 0.01)
    api.total = lambda number: number + 2
    out = tmp_path / "works.jsonl"
    assert run(fetching(api, out, "--quiet", "--strict")) == 3
    assert "the API counted 2 works more than it gave" in capsys.readouterr().err
    assert len(out.read_text(encoding="utf-8").splitlines()) == 950


def started(api: Any, out: Path) -> subprocess.Popen[str]:
    """A real process that has fetched two pages and is waiting for the third."""
    stalled, go_on = threading.Event(), threading.Event()

    def stall(api: Any, answer: Any) -> None:
        stalled.set()
        go_on.wait(20)

    api.troubles = [None, None, None, stall]
    process = subprocess.Popen(
        [sys.executable, "-m", "aequa", *fetching(api, out)],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"NO_PROXY": "127.0.0.1"},
    )
    assert stalled.wait(60)
    process.go_on = go_on  # type: ignore[attr-defined]
    return process


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT", "SIGTERM"])
def test_a_killed_process_is_gone_on_with_to_the_same_bytes(
    api: Any, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, out = tmp_path / "whole.jsonl.gz", tmp_path / "works.jsonl.gz"
    assert run(fetching(api, whole, "--quiet")) == 0
    process = started(api, out)
    part = tmp_path / "works.jsonl.gz.part"
    assert len(gzip.decompress(part.read_bytes()).splitlines()) == 400
    process.send_signal(getattr(signal, name))
    _, told = process.communicate(timeout=60)
    process.go_on.set()  # type: ignore[attr-defined]
    if name == "SIGKILL":
        assert process.returncode == -9
        with part.open("ab") as file:
            file.write(b"\x1f\x8b half a page")
    else:
        assert process.returncode == 130
        assert f"{part} is kept, the same command goes on from there" in told
    asked = len(api.pages())
    assert run(fetching(api, out, "--json")) == 0
    seen = capsys.readouterr()
    assert json.loads(seen.out.splitlines()[-1])["resumed"] == 400
    assert "going on after 400 works of 950" in seen.err
    assert len(api.pages()) == asked + 3
    assert out.read_bytes() == whole.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {whole.name, out.name}


def test_a_run_beside_another_says_so_and_stops(
    api: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("fcntl")
    out = tmp_path / "works.jsonl.gz"
    process = started(api, out)
    assert run(fetching(api, out)) == 1
    assert "another run is writing it" in capsys.readouterr().err
    process.go_on.set()  # type: ignore[attr-defined]
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert len(gzip.decompress(out.read_bytes()).splitlines()) == 950


def test_the_commands_of_the_guide_can_be_typed(
    api: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    guide = Path(__file__).parents[2] / "docs" / "fetch.md"
    text = guide.read_text(encoding="utf-8").replace("\\\n", " ")
    typed = [line for line in text.splitlines() if line.startswith("aequa fetch openalex")]
    assert len(typed) == 2
    monkeypatch.chdir(tmp_path)
    for line in typed:
        assert run([*shlex.split(line)[1:], "--url", api.url]) == 0
        assert "0 works " in capsys.readouterr().out
    assert api.asked[0][0]["filter"] == "cited_by_count:>50,publication_year:2024,type:article"
    assert [path.name for path in tmp_path.iterdir()] == ["works.jsonl.gz"]


def test_only_this_command_pays_for_the_import() -> None:
    code = "import sys, aequa.cli, aequa.fetching; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
