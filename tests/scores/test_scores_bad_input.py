"""Panels that cannot be scored in whole or in part: counted and named, or a clear error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from aequa.core.errors import InputError, SpecError
from aequa.core.panel import CELLS, INDICATORS, Panel
from aequa.scores.engine import score
from aequa.scores.spec import Spec

Make = Callable[..., Panel]
EVERYONE = Spec(least_coverage=0.0)


def of(table: pa.Table, what: str) -> list[tuple[str, str, int]]:
    rows = [row for row in table.to_pylist() if row["what"] == what]
    return [(row["name"], row["reason"], row["cells"]) for row in rows]


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"direction": 1}, "a constant series: the lower bound equals the optimum"),
        ({"lower": 7.0, "optimum": 7.0}, "a constant series: the lower bound equals the optimum"),
        ({}, "no bounds given and no direction to compute them by"),
        ({"lower": 0.0}, "no bounds given and no direction to compute them by"),
        ({"direction": -1, "lower": 0.0, "optimum": 9.0}, "the bounds run against the direction"),
    ],
)
def test_an_indicator_that_cannot_be_scored_is_counted(
    made: Make, about: dict[str, Any], reason: str
) -> None:
    rows = [("KEN", "a", 2020, 5.0), ("NOR", "a", 2020, 5.0), ("KEN", "b", 2020, 5.0)]
    good = {"indicator": "b", "goal": 2, "lower": 0.0, "optimum": 10.0}
    found = score(made(rows, [{"indicator": "a", "goal": 1, **about}, good]), EVERYONE)
    assert of(found.exclusions, "indicator") == [("a", reason, 2)]
    assert found.normalised.cells.to_pylist()[0]["value"] == 50.0
    assert found.normalised.indicators["indicator"].to_pylist() == ["b"]
    assert found.goals.cells["indicator"].to_pylist() == ["goal:2"]
    assert found.bounds.to_pylist() == [
        {"indicator": "b", "lower": 0.0, "optimum": 10.0, "origin": "given"}
    ]


def test_one_country_has_an_index_when_its_bounds_are_given(made: Make) -> None:
    about = [{"indicator": "a", "goal": 3, "direction": -1, "lower": 20.0, "optimum": 0.0}]
    found = score(made([("KEN", "a", 2020, 5.0, "modelled")], about))
    assert found.index.to_pylist() == [
        {"country": "KEN", "year": 2020, "index": 75.0, "goals": 1, "filled": 0}
    ]
    goal = found.goals.cells.to_pylist()[0]
    assert (goal["indicator"], goal["value"], goal["nature"]) == ("goal:3", 75.0, "modelled")
    row = found.goals.indicators.to_pylist()[0]
    assert (row["goal"], row["direction"], row["lower"], row["optimum"]) == (3, 1, 0.0, 100.0)
    assert row["name"] == "Good Health and Well-being"


def test_an_empty_panel_gives_empty_scores() -> None:
    found = score(Panel(CELLS.empty_table(), INDICATORS.empty_table()))
    tables = [found.normalised.cells, found.goals.cells, found.index, found.bounds]
    assert [table.num_rows for table in (*tables, found.exclusions)] == [0] * 5
    assert found.normalised.cells.schema == found.goals.cells.schema == CELLS


def test_nothing_to_score_gives_empty_scores_and_says_why(made: Make) -> None:
    rows = [("KEN", "a", 2019, 5.0), ("KEN", "a", 2021, 6.0)]
    found = score(made(rows, [{"indicator": "a", "goal": 1}]))
    assert found.goals.cells.num_rows == found.index.num_rows == 0
    assert [row["name"] for row in found.exclusions.to_pylist()] == ["a", "KEN"]
    assert of(found.exclusions, "country")[0][2] == 3


def test_an_indicator_without_a_goal_is_scored_and_named(made: Make) -> None:
    about = [{"indicator": "a", "lower": 0.0, "optimum": 10.0}]
    found = score(made([("KEN", "a", 2020, 5.0)], about), EVERYONE)
    assert found.normalised.cells["value"].to_pylist() == [50.0]
    assert of(found.exclusions, "goal") == [("a", "has no goal", 1)]


def test_a_country_with_few_indicators_has_goals_and_no_index(made: Make) -> None:
    about = [
        {"indicator": name, "goal": goal, "lower": 0.0, "optimum": 10.0}
        for name, goal in (("a", 1), ("b", 2))
    ]
    rows = [("KEN", "a", 2020, 5.0), ("KEN", "b", 2020, 5.0), ("UGA", "a", 2020, 2.0)]
    found = score(made(rows, about))
    assert found.index["country"].to_pylist() == ["KEN"]
    assert ("UGA", "goal:1") in [
        (row["country"], row["indicator"]) for row in found.goals.cells.to_pylist()
    ]
    reason = "fewer than 80% of the indicators have a value"
    assert of(found.exclusions, "country") == [("UGA", reason, 1)]


def test_a_missing_goal_takes_the_mean_of_the_region(made: Make) -> None:
    about = [
        {"indicator": name, "goal": goal, "lower": 0.0, "optimum": 10.0}
        for name, goal in (("a", 1), ("b", 2))
    ]
    rows = [("KEN", "a", 2020, 5.0), ("KEN", "b", 2020, 8.0), ("NOR", "b", 2020, 1.0)]
    rows = [*rows, ("UGA", "a", 2020, 2.0)]
    found = score(made(rows, about), EVERYONE, {"KEN": "x", "UGA": "x", "NOR": "y"})
    index = {row["country"]: (row["index"], row["filled"]) for row in found.index.to_pylist()}
    assert index == {"KEN": (65.0, 0), "UGA": (50.0, 1)}
    assert of(found.exclusions, "country") == [("NOR", "a goal is missing in the whole group", 1)]


def test_values_without_a_description_are_an_error(made: Make) -> None:
    with pytest.raises(InputError, match="indicator 'a' has values but no description"):
        score(made([("KEN", "a", 2020, 5.0)], []))


@pytest.mark.parametrize(
    ("field", "value"),
    [("carry", -1), ("least_share", 1.5), ("least_coverage", -0.1), ("filled_goals", (18,))],
)
def test_a_spec_outside_its_choices_is_an_error(field: str, value: object) -> None:
    with pytest.raises(SpecError, match=field):
        Spec(**{field: value})  # type: ignore[arg-type]


def test_an_unknown_grouping_is_an_error(made: Make) -> None:
    about = [{"indicator": "a", "goal": 1, "lower": 0.0, "optimum": 10.0}]
    with pytest.raises(SpecError, match="grouping"):
        score(made([("KEN", "a", 2020, 5.0)], about), Spec(grouping="planet"))
