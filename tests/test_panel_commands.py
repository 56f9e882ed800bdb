"""``interlink`` and ``divide`` as their users run them, and the results that ship with aequa."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pytest

from aequa import bundled, dividing, linking
from aequa.attended import attended
from aequa.cli import run
from aequa.core.provenance import digest
from aequa.interlink.direction_spec import DirectionSpec
from aequa.interlink.literature_links import literature

SHARED = Path(__file__).parents[1].parent / "shared" / "data" / "indicators"
WORKBOOK = SHARED / "SDR2021Database.xlsx"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def quiet(step: str, done: int, total: int | None) -> None:
    """No progress."""


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> tuple[linking.Linked, Path]:
    out = tmp_path_factory.mktemp("linked")
    found = linking.interlink([], quiet)
    linking.write(found, out)
    return found, out


@pytest.fixture(scope="module")
def divided(tmp_path_factory: pytest.TempPathFactory) -> tuple[dividing.Divided, Path]:
    out = tmp_path_factory.mktemp("divided")
    found = dividing.divide([], quiet)
    dividing.write(found, out)
    return found, out


def alike(one: pa.Table, other: pa.Table) -> bool:
    """Whether two tables are the same but for the last digits of numbers."""
    if one.schema.remove_metadata() != other.schema.remove_metadata():
        return False
    near: Any = pytest.approx
    return all(
        column.to_pylist() == near(again.to_pylist(), rel=1e-6, abs=1e-9)
        if pa.types.is_floating(column.type) and not column.null_count
        else [_round(a) for a in column.to_pylist()] == [_round(b) for b in again.to_pylist()]
        for column, again in zip(one.columns, other.columns, strict=True)
    )


def _round(value: object) -> object:
    return float(f"{value:.5g}") if isinstance(value, float) else value


def test_what_ships_is_what_the_commands_make(
    linked: tuple[linking.Linked, Path], divided: tuple[dividing.Divided, Path]
) -> None:
    made = [*linking.for_report(linked[0]), *dividing.for_report(divided[0])]
    shipped = {table.name: table for table in bundled.tables()}
    assert sorted(shipped) == sorted(table.name for table in made)
    for table in made:
        assert alike(table.data, shipped[table.name].data), table.name


def test_interlink_writes_the_files_of_its_contract(linked: tuple[linking.Linked, Path]) -> None:
    _, out = linked
    links, placebo = rows(out / "links.csv"), rows(out / "placebo.csv")
    asked = ["level", "method", "source", "target", "sign", "estimate", "low", "high", "p", "q"]
    assert set(asked) <= set(links[0])
    asked = ["method", "share_synergy", "share_tradeoff", "placebo_synergy", "placebo_tradeoff"]
    assert {*asked, "placebo_low", "placebo_high"} <= set(placebo[0])
    assert {row["method"] for row in links} >= {"classical", "conservative", "direct", "granger"}
    assert (out / "cascade.csv").stat().st_size
    assert (out / "centrality.csv").stat().st_size
    for name in ("network.graphml", "matrix.svg", "chord.svg"):
        ElementTree.parse(out / name)
    nodes = {node["id"] for node in json.loads((out / "network.json").read_text())["nodes"]}
    standing = [row for row in links if row["holds"] == "true"]
    assert {row[end] for row in standing for end in ("source", "target")} <= nodes
    assert {f"goal:{goal}" for goal in range(1, 18)} <= nodes
    checked(out)


def test_the_classical_method_finds_little_more_than_its_placebo(
    linked: tuple[linking.Linked, Path],
) -> None:
    found = {
        (row["level"], row["method"]): row
        for row in rows(linked[1] / "placebo.csv")
        if row["group"] == "all"
    }
    classical = found["indicator", "classical"]
    assert abs(float(classical["excess_synergy"])) < 0.03
    conservative = found["goal", "conservative"]
    assert float(conservative["placebo_synergy"]) < 0.01 < float(conservative["share_synergy"])


def test_divide_writes_the_files_of_its_contract(divided: tuple[dividing.Divided, Path]) -> None:
    _, out = divided
    index = rows(out / "index.csv")
    assert {"iso3", "score", "rank", "rank_low", "rank_high"} <= set(index[0])
    assert len(index) > 150
    inside = [int(row["rank_low"]) <= int(row["rank"]) <= int(row["rank_high"]) for row in index]
    assert sum(inside) > 0.85 * len(index)
    imbalances = rows(out / "imbalances.csv")
    assert {"imbalance", "measure", "unit", "value", "low", "high"} <= set(imbalances[0])
    split = rows(out / "decomposition.csv")
    assert {"measure", "grouping", "between", "within"} <= set(split[0])
    profile = json.loads((out / "country" / "KEN.json").read_text())
    assert profile["iso3"] == "KEN"
    assert len(profile["raise"]) == 3
    assert len(list((out / "country").iterdir())) == len(index)
    checked(out)


def checked(out: Path) -> None:
    """``result.json`` names every file that is there, by its digest, and how each was made."""
    about = json.loads((out / "result.json").read_text())
    books = about["cells"]
    assert books["read"] == books["kept"] + books["merged"] + books["rejected"]
    for name, told in about["files"].items():
        assert digest(out / name) == told["sha256"]
    tables = [told for name, told in about["files"].items() if name.endswith(".csv")]
    assert all(told["provenance"]["inputs"] for told in tables)


def test_both_run_on_the_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not WORKBOOK.exists():
        pytest.skip("needs ../shared/data")
    assert run(["divide", str(WORKBOOK), "-o", str(tmp_path / "d"), "--quiet", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kept"] > 167_366
    assert run(["interlink", str(WORKBOOK), "-o", str(tmp_path / "l"), "--quiet", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "read": 167_366,
        "kept": 167_366,
        "merged": 0,
        "rejected": 0,
    }
    found = {
        (row["level"], row["method"]): row
        for row in rows(tmp_path / "l" / "placebo.csv")
        if row["group"] == "all"
    }
    assert 0.30 < float(found["indicator", "classical"]["share_synergy"]) < 0.37


BAD = {
    "unknown countries only": "country,indicator,year,value\nXXQ,a,2010,1\n",
    "no header": "1,2,3\n4,5,6\n",
    "empty": "",
    "two countries": "country,indicator,year,value,goal\n"
    + "".join(
        f"{c},{i},{y},{y % 7},1\n" for c in ("KEN", "UGA") for i in "ab" for y in range(2000, 2015)
    ),
    "one year": "country,indicator,year,value,goal\n"
    + "".join(
        f"{c},{i},2010,{n},1\n" for n, c in enumerate(("KEN", "UGA", "TZA", "RWA")) for i in "ab"
    ),
}


@pytest.mark.parametrize("goal", ["", "3"])
def test_a_panel_of_no_goal_or_one_links_its_indicators(goal: str, tmp_path: Path) -> None:
    places = "KEN UGA TZA RWA NGA GHA SEN MLI NER TCD CMR GAB AGO ZMB ZWE MOZ MWI BWA NAM ZAF LSO"
    lines = [
        f"{country},{name},{year},{(place * 7 + year * year * (at + 3)) % 11},1,{goal}"
        for place, country in enumerate(places.split())
        for at, name in enumerate("abc")
        for year in range(2000, 2016)
    ]
    path, out = tmp_path / "mine.csv", tmp_path / "out"
    path.write_text("\n".join(["country,indicator,year,value,direction,goal", *lines, ""]))
    assert run(["interlink", str(path), "-o", str(out), "--quiet"]) == 0
    links = rows(out / "links.csv")
    assert {row["level"] for row in links} == {"indicator"}
    assert {(row["source"], row["target"]) for row in links} == {("a", "b"), ("a", "c"), ("b", "c")}
    told = [row["reason"] for row in rows(out / "excluded.csv")]
    assert any("no goal scores" in reason for reason in told)


@pytest.mark.parametrize("what", BAD)
def test_bad_panels_end_with_one_line(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "panel.csv"
    path.write_text(BAD[what])
    assert run(["interlink", str(path), "-o", str(tmp_path / "out"), "--quiet"]) == 1
    said = capsys.readouterr().err.strip()
    assert said.startswith("aequa: ")
    assert "\n" not in said
    assert "unexpected" not in said


def test_cells_that_cannot_be_used_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "country,indicator,year,value,direction\nKEN,mine,2020,5,1\nKEN,mine,2020,6,1\n"
        "Atlantis,mine,2020,5,1\nUGA,mine,2020,many,1\n"
    )
    out = tmp_path / "out"
    assert run(["divide", str(path), "-o", str(out), "--quiet", "--strict"]) == 3
    listed = [json.loads(line) for line in (out / "rejects.jsonl").read_text().splitlines()]
    assert len(listed) == 3
    assert all(row["reason"] and row["row"] for row in listed)
    assert "3 rejected" in capsys.readouterr().err


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reported")
    assert run(["report", "-o", str(out), "--tier", "fast", "--quiet"]) == 0
    return out


def test_the_works_of_a_report_stand_against_need(reported: Path, tmp_path: Path) -> None:
    out = tmp_path / "d"
    assert run(["divide", "--report", str(reported), "-o", str(out), "--quiet"]) == 0
    attention = [row for row in rows(out / "attention_goals.csv") if row["subject"] == "works"]
    assert {int(row["goal"]) for row in attention} == set(range(1, 18))
    share = sum(float(row["share"]) for row in attention if row["need"] == "people")
    assert share == pytest.approx(1)
    lower = [
        float(row["low"]) <= float(row["ratio"]) <= float(row["high"])
        for row in attention
        if row["ratio"]
    ]
    assert all(lower)
    works = [row for row in rows(out / "attention_countries.csv") if row["subject"] == "works"]
    table = {
        row["country"]: float(row["works_fractional"])
        for row in rows(reported / "tables" / "countries.csv")
        if row["works_fractional"]
    }
    ours = {row["country"]: float(row["amount"]) for row in works if float(row["amount"])}
    for country in ("USA", "CHN", "KEN"):
        assert ours.get(country, 0) == pytest.approx(table.get(country, 0), rel=0.02, abs=0.6)
    about = json.loads((out / "result.json").read_text())["files"]["index.csv"]["provenance"]
    assert "labels.parquet" in about["inputs"]


def test_goals_that_share_works_are_linked(reported: Path) -> None:
    seen = attended(reported)
    assert len(seen.sets) > 5000
    found = literature(seen.sets, DirectionSpec())
    assert found.num_rows == 136
    assert sum(found["holds"].to_pylist()) > 0


def test_the_report_says_the_same_of_its_works(reported: Path, tmp_path: Path) -> None:
    out = tmp_path / "d"
    assert run(["divide", "--report", str(reported), "-o", str(out), "--quiet"]) == 0
    for name, keys in (
        ("attention_goals", ("subject", "goal", "need")),
        ("attention_countries", ("subject", "country")),
    ):
        ours = {tuple(row[key] for key in keys): row for row in rows(out / f"{name}.csv")}
        told = rows(reported / "tables" / f"{name}.csv")
        assert told
        for row in told:
            other = ours[tuple(row[key] for key in keys)]
            for column in ("share", "share_need", "ratio"):
                assert bool(row[column]) == bool(other[column]), (row, other)
                if row[column]:
                    near = pytest.approx(float(other[column]), rel=1e-6, abs=2e-5)
                    assert float(row[column]) == near, (row, other)


def test_the_report_links_the_goals_of_its_works(reported: Path) -> None:
    told = rows(reported / "tables" / "literature_links.csv")
    found = literature(attended(reported).sets, DirectionSpec()).to_pylist()
    assert len(told) == len(found) == 136
    for row, other in zip(told, found, strict=True):
        assert row["source"] == f"goal:{other['source']}"
        assert row["holds"] == str(other["holds"]).lower()
        if other["estimate"]:
            assert float(row["estimate"]) == pytest.approx(other["estimate"])
    agreed = rows(reported / "tables" / "literature_agreement.csv")
    assert len(agreed) == 1
    assert int(agreed[0]["links_second"]) == sum(
        row["holds"] == "true" and row["sign"] == "1" for row in told
    )


def test_a_corpus_without_a_goal_has_empty_tables(tmp_path: Path) -> None:
    path, out = tmp_path / "in.jsonl", tmp_path / "r"
    path.write_text(json.dumps({"id": "a", "title": "Convergence of gradient descent"}) + "\n")
    assert run(["report", str(path), "-o", str(out), "--tier", "fast", "--quiet"]) == 0
    assert rows(out / "tables" / "literature_links.csv") == []
    assert rows(out / "tables" / "attention_goals.csv") == []
    assert (out / "index.html").stat().st_size


def test_a_folder_without_a_report_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["divide", "--report", str(tmp_path), "-o", str(tmp_path / "out"), "--quiet"]
    assert run(words) == 1
    assert "lacks works.parquet, labels.parquet" in capsys.readouterr().err
