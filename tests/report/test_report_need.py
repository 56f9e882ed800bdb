"""The works against need, and the goals that share works, as the page shows them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from aequa import attended, bundled
from aequa.core.results import Provenance, Table
from aequa.report import formats
from aequa.report.figure import Figure, Material
from aequa.report.sections import literature, need
from aequa.report.stored import Stored

SETS = {(3,): 900, (6,): 60, (7,): 80, (6, 7): 40, (3, 6): 2, (13,): 30}
SPREAD = {
    ("KEN", 3): 20.0,
    ("USA", 3): 700.0,
    ("USA", 7): 60.0,
    (None, 6): 50.0,
    ("USA", None): 9.0,
}


def material(sets: dict[Any, int] = SETS, spread: dict[Any, float] = SPREAD) -> Material:
    goals = pa.table(
        {
            "goals": pa.array([list(each) for each in sets], pa.list_(pa.int8())),
            "works": pa.array(list(sets.values()), pa.int64()),
        }
    )
    parts = pa.table(
        {
            "country": pa.array([country for country, _ in spread], pa.string()),
            "goal": pa.array([goal for _, goal in spread], pa.int8()),
            "works": pa.array(list(spread.values()), pa.float64()),
            "highly_cited": pa.array([0.0] * len(spread), pa.float64()),
        }
    )
    made = {
        name: Table(name, name, data, Provenance(name, inputs={"works": "sha256:0"}))
        for name, data in (("goal_sets", goals), ("country_attention", parts))
    }
    shipped = {table.name: table for table in bundled.tables()}
    found = [*shipped.values(), *attended.of_corpus(made, shipped)]
    return Material(
        Stored(
            {table.name: table for table in found},
            {table.name: tuple(table.data.to_pylist()) for table in found},
        )
    )


def cells(figure: Figure, head: str) -> tuple[str, ...]:
    row = next(row for row in figure.grid.rows if row[0].text.startswith(head))
    return tuple(cell.text for cell in row)


def test_goals_that_share_works_stand_with_what_the_panel_says() -> None:
    held = material()
    figure = literature.shared(held)
    pair = cells(figure, "Clean water and Clean energy")
    row = held.stored.row("literature_links", source="goal:6", target="goal:7")
    assert row["estimate"] > 1
    assert row["low"] > 1
    linked = held.stored.row(
        "goal_links", source="goal:6", target="goal:7", method="conservative", group="all"
    )
    assert pair[-1] == ("yes" if linked["holds"] and linked["sign"] > 0 else "no")
    assert f"{formats.count(1112)} works" in figure.lead
    assert "136 pairs tested" in figure.basis
    assert figure.charts


def test_a_goal_with_more_works_than_need_is_told_with_its_interval() -> None:
    held = material()
    figure = need.goals(held)
    good = cells(figure, "3 ")
    row = held.stored.row("attention_goals", subject="works", need="people", goal=3)
    assert row["amount"] == 720
    assert row["low"] < row["ratio"] < row["high"]
    assert f"{row['low']:.2f} to {row['high']:.2f}" == good[-1]
    none = cells(figure, "1 ")
    assert none[1] == "0"
    assert none[-1] == "n/a", "a goal without a work has no interval"
    assert "Of 17 goals" in figure.lead
    assert len(figure.grid.rows) == 17


def test_countries_without_works_are_counted_not_drawn() -> None:
    held = material()
    figure = need.countries(held)
    assert [row[0].text for row in figure.grid.rows] == ["United States of America", "Kenya"]
    rows = held.stored.rows("attention_countries", subject="works")
    without = sum(bool(row["share_need"]) and not row["share"] for row in rows)
    assert f"{without} countries" in figure.lead
    shares = [row["share"] for row in rows if row["share"]]
    assert sum(shares) == pytest.approx(1), "of works whose country is known"


def test_a_corpus_without_a_goal_shows_no_data() -> None:
    held = material({}, {})
    assert not literature.shared(held).charts
    assert "No pair" in literature.shared(held).lead
    assert not need.goals(held).grid.rows
    assert not need.countries(held).charts


def test_without_the_tables_there_is_no_figure_with_rows() -> None:
    nothing = Material(Stored())
    for figure in (*literature.figures(nothing), *need.figures(nothing)):
        assert not figure.grid.rows
        assert not figure.charts
