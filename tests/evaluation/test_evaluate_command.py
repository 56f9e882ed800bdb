"""``aequa evaluate`` on the card and on labelled files, through the command line."""

from __future__ import annotations

import copy
import gzip
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from aequa import evaluating
from aequa.classify import models
from aequa.cli import run
from aequa.evaluation import drawing, seen, tables
from aequa.evaluation.targets import measures, tiers

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def whole_card(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A card with everything a card can hold, for the weights that are shipped."""
    card = copy.deepcopy(models.card())
    fast = {"goals_overall": copy.deepcopy(card["goals_overall"]), "goals": card["goals"]}
    fast["goals_overall"]["dev_ai_works"]["micro_f1"] = 0.7777
    card["tiers"] = {"fast": fast}
    card["comparison"] = [
        {
            "model": "plain",
            "set": "dev",
            "micro_f1": 0.1234,
            "macro_f1": None,
            "docs_per_second": 700,
        }
    ]
    gain = {"macro_difference": 0.0345, "macro_interval": [0.01, 0.05]}
    card["comparison"].append(
        {"model": "cascade", "set": "policy texts", "works": 77, "over_baseline": gain}
    )
    card["learning_curve"] = [{"works": 100, "micro_f1": 0.4321, "macro_f1": 0.2}]
    card["general"] = {
        "policy texts": {"works": 9, "macro_f1": 0.6543, "macro_interval": [0.6, 0.7]}
    }
    card["confusion"] = {"3": {"3": 5, "6": 2.5}, "none": {"16": 1, "none": 9}}
    card["targets"] = [{"measure": "texts per second", "value": 3456.0, "reached": True}]
    card["challenges_overall"] = card["areas_overall"] = {"micro_f1": 0.9, "works": 5}
    monkeypatch.setattr(models, "card", lambda: card)
    return card


def test_the_card_is_printed_weakest_first(capsys: Capture) -> None:
    assert run(["evaluate"]) == 0
    out = capsys.readouterr().out
    card = models.card()
    assert card["weights_sha256"][:12] in out
    titles = ("What must be reached", "The weakest goals", "The weakest languages", "Goals, all")
    titles += ("Goals one by one", "Challenges", "Areas", "Contribution", "AI or not", "Languages")
    tier = "cascade: " if "tiers" in card else ""
    places = [out.index(f"\n{titles[0]}")]
    places += [out.index(f"\n{tier}{title}") for title in (*titles[1:], "Calibration error")]
    assert places == sorted(places)
    figures = card["goals_overall"]["dev_ai_works"]
    line = rf"dev ai works +{figures['works']:,} +{figures['micro_f1']:.3f}"
    assert re.search(line, out)
    worst = min(card["goals"], key=lambda goal: card["goals"][goal]["f1"] or 0.0)
    section = out[places[1] : places[2]]
    assert section.splitlines()[3].strip().startswith(f"{worst} ")


def test_all_that_a_card_can_hold_is_printed(whole_card: dict[str, Any], capsys: Capture) -> None:
    assert run(["evaluate"]) == 0
    out = capsys.readouterr().out
    for figure in ("0.123", "0.432", "0.654", "0.60–0.70", "0.778", "3,456"):
        assert figure in out, figure
    assert re.search(r"3 Good Health and Well-being +6 Clean Water and Sanitation +2\.5", out)
    assert re.search(r"\(nothing missed\) +16 Peace", out)
    assert "fast: Goals one by one" in out
    assert "The tiers side by side" in out


def test_one_tier_of_the_card(whole_card: dict[str, Any], capsys: Capture) -> None:
    assert run(["evaluate", "--tier", "fast"]) == 0
    out = capsys.readouterr().out
    assert "fast: Goals one by one" in out
    assert "cascade: Goals one by one" not in out
    assert run(["evaluate", "--tier", "accurate"]) == 2
    assert "expected one the card knows: cascade, fast" in capsys.readouterr().err


def test_the_card_as_json(whole_card: dict[str, Any], capsys: Capture) -> None:
    assert run(["evaluate", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["figures"]["cascade"]["goals"] == whole_card["goals"]
    assert found["figures"]["fast"]["goals_overall"]["dev_ai_works"]["micro_f1"] == 0.7777
    assert found["comparison"] == whole_card["comparison"]
    assert all({"measure", "value"} <= set(row) for row in found["measures"])


def test_weights_that_are_not_the_card_s_have_no_figures(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    card = models.card() | {"weights_sha256": "0" * 64}
    monkeypatch.setattr(models, "card", lambda: card)
    models.shipped.cache_clear()
    try:
        assert run(["evaluate"]) == 1
    finally:
        models.shipped.cache_clear()
    captured = capsys.readouterr()
    assert "expected 000000000000" in captured.err
    assert captured.out == ""


def test_targets_are_judged(whole_card: dict[str, Any]) -> None:
    rows = {(row.get("tier"), row["measure"]): row for row in measures(whole_card)}
    micro = "goals of AI works, micro F1"
    assert rows["fast", micro]["reached"] is True
    assert rows["cascade", micro]["reached"] is (rows["cascade", micro]["value"] >= 0.85)
    assert rows["cascade", "goals, calibration error"]["bound"] == "at most"
    gap = next(row for row in rows.values() if "below English" in row["measure"])
    scores = {name: row["micro_f1"] for name, row in whole_card["languages"].items()}
    assert gap["value"] == pytest.approx(scores["en"] - min(scores.values()), abs=1e-4)
    above = rows["cascade", "policy texts: macro F1 above TF-IDF + linear"]
    assert (above["value"], above["reached"], above["n"]) == (0.0345, True, 77)
    assert measures({})[0] | {"value": None, "reached": None} == measures({})[0]
    assert list(tiers({})) == ["cascade"]


def test_labelled_texts_are_classified_now(labelled: Path, capsys: Capture) -> None:
    assert run(["evaluate", str(labelled), "--tier", "fast", "--quiet"]) == 0
    captured = capsys.readouterr()
    assert re.search(r"all +4 ", captured.out)
    assert re.search(r"3 Good Health and Well-being +1\.000", captured.out)
    assert "4 read = 4 used + 0 rejected" in captured.err


def test_gzip_and_any_name_give_the_same_figures(labelled: Path, capsys: Capture) -> None:
    zipped = labelled.with_name("labelled.txt")
    zipped.write_bytes(gzip.compress(labelled.read_bytes()))
    found = []
    for path in (labelled, zipped):
        assert run(["evaluate", str(path), "--tier", "fast", "--json", "--quiet"]) == 0
        found.append(json.loads(capsys.readouterr().out)["files"][0])
    assert found[0].pop("file") != found[1].pop("file")
    assert found[0] == found[1]
    assert found[0]["figures"]["works"] == 4
    assert 0 <= found[0]["figures"]["ai"]["f1"] <= 1


def test_training_texts_are_no_evidence(
    labelled: Path, records: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    known = [seen.fingerprint(row["title"], row["abstract"]) for row in records[:3]]
    digests = seen.from_bytes(seen.to_bytes(known))
    monkeypatch.setattr(evaluating, "_training_digests", lambda: digests)
    assert run(["evaluate", str(labelled), "--tier", "fast", "--quiet"]) == 0
    captured = capsys.readouterr()
    assert "1 texts that the weights have not seen" in captured.out
    assert "NO EVIDENCE, the weights were trained on these 3 texts" in captured.out
    assert captured.out.index("have not seen") < captured.out.index("NO EVIDENCE")
    assert "trained on 3 of them" in captured.err
    assert run(["evaluate", str(labelled), "--tier", "fast", "--quiet", "--json"]) == 0
    one = json.loads(capsys.readouterr().out)["files"][0]
    assert (one["trained_on"], one["figures"]["works"]) == (3, 1)
    assert one["figures_trained_on"]["works"] == 3


def test_shipped_digests_are_read_or_told_to_be_absent(labelled: Path, capsys: Capture) -> None:
    digests = evaluating._training_digests()
    assert digests is None or (np.diff(digests.astype(object)) > 0).all()
    assert run(["evaluate", str(labelled), "--tier", "fast", "--quiet"]) == 0
    told = "not recorded" if digests is None else "trained on 0 of them"
    assert told in capsys.readouterr().err


def test_rejected_records_are_shown_and_strict_says_so(labelled: Path, capsys: Capture) -> None:
    with labelled.open("a") as file:
        file.write('{"id": "z", "title": "Wells", "goals": [99]}\n{oops\n')
    arguments = ["evaluate", str(labelled), "--tier", "fast", "--quiet"]
    assert run(arguments) == 0
    error = capsys.readouterr().err
    assert "6 read = 4 used + 2 rejected" in error
    assert "rejected: line 5: goals: found 99, expected 1 to 17" in error
    assert "rejected: line 6: record: is not valid JSON" in error
    assert run([*arguments, "--strict"]) == 3


def test_repeated_texts_are_told(labelled: Path, capsys: Capture) -> None:
    labelled.write_text(labelled.read_text() * 2)
    assert run(["evaluate", str(labelled), "--tier", "fast", "--quiet"]) == 0
    assert "4 repeat an earlier text of the file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"hello\n", "expected JSON lines, or a CSV header"),
        (b'{"id": "z"}\n', "no usable labelled text: line 1: title, abstract, text: found no text"),
        (gzip.compress(b'{"id": "a", "title": "x", "ai": 1}\n' * 99)[:-20], "cut off or damaged"),
    ],
)
def test_a_file_that_cannot_be_used_is_exit_code_one(
    tmp_path: Path, content: bytes, message: str, capsys: Capture
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)
    assert run(["evaluate", str(path), "--quiet"]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert str(path) in error
    assert len(error.strip().splitlines()) == 1


def test_missing_files_and_wrong_usage(tmp_path: Path, capsys: Capture) -> None:
    assert run(["evaluate", str(tmp_path / "none.jsonl"), "--quiet"]) == 1
    assert run(["evaluate", "--compare"]) == 2
    assert run(["evaluate", "--tier", "best"]) == 2
    capsys.readouterr()


def test_tiers_are_compared_on_the_same_texts(
    labelled: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(evaluating.engine, "TIERS", ("fast", "cascade"))
    arguments = ["evaluate", str(labelled), "--tier", "fast", "--compare", "--quiet"]
    assert run(arguments) == 0
    assert "Tier fast less tier cascade, same texts" in capsys.readouterr().out
    assert run([*arguments, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["files"][0]["comparisons"]
    assert (row["other"], row["works"]) == ("cascade", 4)
    low, high = row["micro_interval"]
    assert low <= row["micro_difference"] <= high


def test_tables_for_a_terminal_and_for_a_page(whole_card: dict[str, Any]) -> None:
    grids = tables.of_card(whole_card)
    console = Console(width=200, record=True, file=io.StringIO())
    drawing.on_terminal(grids, console)
    drawn, page = console.export_text(), drawing.as_markdown(grids)
    for grid in grids:
        assert grid.title in drawn
        assert f"### {grid.title}" in page
        assert all(len(row) == len(grid.head) for row in grid.rows), grid.title
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert all(re.fullmatch(r"\|( [^|]* \|)+|\|---(\|---:)*\|", row) for row in rows)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_figure_is_cut_on_any_terminal(whole_card: dict[str, Any], width: int) -> None:
    file = io.StringIO()
    grids = tables.of_card(whole_card)
    drawing.on_terminal(grids, Console(width=width, file=file, force_terminal=False))
    drawn = file.getvalue()
    assert "…" not in drawn
    for grid in grids:
        for row in grid.rows:
            for cell in row[1:]:
                assert not re.fullmatch(r"[\d.,–]+", cell) or cell in drawn, (grid.title, cell)


def test_aligned_lines_of_any_script() -> None:
    grid = tables.Grid("T", ("text", "n"), (("深井", "1"), ("wells", "22")))
    lines = drawing.as_text([grid]).splitlines()
    assert lines[2:4] == ["  深井    1", "  wells  22"]
