from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from aequa.core.errors import InputError
from aequa.core.panel import CELLS, INDICATORS, Panel
from aequa.divide.attention import (
    RESOURCES,
    WORKS,
    countries_against_need,
    displaced,
    goals_against_need,
    held,
    works_as_resources,
)
from aequa.divide.gap_spec import GapSpec
from aequa.divide.need import GOAL_SCORES, Need, goal_scores, need

SPEC = GapSpec(replicates=500)
POPULATION = {"KEN": 100.0, "FRA": 50.0}


def resources(*rows: tuple[str, str | None, int | None, float]) -> pa.Table:
    names = ("subject", "country", "goal", "amount")
    return pa.Table.from_pylist(
        [{"unit": "things", **dict(zip(names, row, strict=True))} for row in rows], RESOURCES
    )


@pytest.fixture
def needed() -> Need:
    rows = [("KEN", 1, 40.0), ("KEN", 2, 80.0), ("FRA", 1, 100.0), ("XXX", 1, 3.0)]
    columns = list(map(list, zip(*rows, strict=True)))
    return need(pa.table(columns, names=GOAL_SCORES.names).cast(GOAL_SCORES), POPULATION)


def test_need_is_people_times_distance(needed: Need) -> None:
    assert needed.countries == ("FRA", "KEN")
    assert needed.no_population == ("XXX",)
    assert needed.people[:, :2].tolist() == [[0, pytest.approx(np.nan, nan_ok=True)], [60, 20]]


@pytest.mark.parametrize(("goal", "score"), [(1, 101.0), (1, -1.0), (18, 5.0), (1, None)])
def test_a_score_that_is_none_is_named(goal: int, score: float | None) -> None:
    rows = pa.table([["KEN"], [goal], [score]], names=GOAL_SCORES.names)
    with pytest.raises(InputError, match=f"KEN, goal {goal}: found {score}"):
        need(rows, POPULATION)


def test_goal_scores_of_a_panel_are_the_latest() -> None:
    cells = pa.Table.from_pylist(
        [
            {"country": "KEN", "indicator": name, "year": year, "value": value, "nature": None}
            for name, year, value in [("a", 2019, 1.0), ("a", 2020, 30.0), ("b", 2020, 50.0)]
        ],
        CELLS,
    )
    about = pa.Table.from_pylist([{"indicator": "a", "goal": 1}, {"indicator": "b", "goal": 1}])
    padded = [
        about[name] if name in about.column_names else pa.nulls(2, kind)
        for name, kind in zip(INDICATORS.names, INDICATORS.types, strict=True)
    ]
    panel = Panel(cells, pa.table(padded, names=INDICATORS.names).cast(INDICATORS))
    rows = goal_scores(panel, window=10).to_pylist()
    assert rows == [{"country": "KEN", "goal": 1, "score": 40.0}]


def test_works_become_two_subjects() -> None:
    works = pa.table([["KEN", None], [1, None], [2.5, 1.0], [0.5, 0.0]], names=WORKS.names)
    first, second = held(works_as_resources(works.cast(WORKS)))
    assert (first.subject, second.subject) == ("highly_cited", "works")
    assert second.by_country() == {"KEN": 2.5}
    assert second.by_goal.tolist() == [2.5] + [0] * 16
    assert second.unknown_share == pytest.approx(1 / 3.5)


@pytest.mark.parametrize("amount", [-1.0, float("nan"), float("inf")])
def test_a_wrong_amount_is_named(amount: float) -> None:
    with pytest.raises(InputError, match=r"compute, MLI, goal None: found amount"):
        held(resources(("compute", "KEN", None, 1), ("compute", "MLI", None, amount)))
    with pytest.raises(InputError, match="expected a goal from 1 to 17"):
        held(resources(("compute", "KEN", 18, 1)))


def test_a_ratio_is_share_of_attention_over_share_of_need(needed: Need) -> None:
    (works,) = held(resources(("works", "KEN", 1, 30), ("works", None, 2, 10)))
    rows = goals_against_need(works, needed, SPEC).to_pylist()
    one = next(row for row in rows if row["goal"] == 1 and row["need"] == "people")
    assert (one["share"], one["share_need"], one["ratio"]) == (0.75, 0.75, 1.0)
    assert one["low"] < 1 < one["high"]
    distance = [row for row in rows if row["need"] == "distance" and row["goal"] in (1, 2)]
    assert [row["share_need"] for row in distance] == [0.6, 0.4]
    assert next(row for row in rows if row["goal"] == 3)["ratio"] is None
    assert displaced(works, needed, SPEC)[0].value == 0
    assert displaced(works, needed, SPEC)[1].value == pytest.approx(0.15)


def test_more_works_narrow_the_interval(needed: Need) -> None:
    widths = []
    for times in (1, 100):
        (works,) = held(
            resources(("works", "KEN", 1, 30.0 * times), ("works", "KEN", 2, 10.0 * times))
        )
        row = goals_against_need(works, needed, SPEC).to_pylist()[0]
        widths.append(row["high"] - row["low"])
    assert widths[0] / widths[1] == pytest.approx(10, rel=0.25)


def test_money_varies_with_the_countries(needed: Need) -> None:
    rows = [("aid", name, goal, 1.0) for name, goal in [("KEN", 1), ("FRA", 2), ("MLI", 1)]]
    (aid,) = held(resources(*rows))
    first = goals_against_need(aid, needed, SPEC).to_pylist()[0]
    assert first["low"] == 0
    assert first["high"] == pytest.approx(1 / 0.75)
    (one,) = held(resources(("aid", "KEN", 1, 5)))
    assert goals_against_need(one, needed, SPEC).to_pylist()[0]["low"] is None


def test_countries_per_head_and_against_need(needed: Need) -> None:
    (works,) = held(resources(("works", "KEN", 1, 30), ("works", "MLI", None, 10)))
    rows = {
        row["country"]: row for row in countries_against_need(works, needed, POPULATION).to_pylist()
    }
    assert rows["KEN"]["per_million"] == 300_000
    assert (rows["KEN"]["share"], rows["KEN"]["share_need"]) == (0.75, 1)
    assert (rows["FRA"]["amount"], rows["FRA"]["ratio"]) == (0, None)
    assert rows["MLI"]["per_million"] is None


def test_a_subject_without_goals_or_of_nothing(needed: Need) -> None:
    (compute,) = held(resources(("compute", "KEN", None, 5)))
    assert goals_against_need(compute, needed, SPEC).num_rows == 0
    assert displaced(compute, needed, SPEC) == []
    (nothing,) = held(resources(("compute", "KEN", None, 0)))
    assert np.isnan(nothing.unknown_share)
    assert countries_against_need(nothing, needed, POPULATION)["share"].null_count == 2
    assert held(RESOURCES.empty_table()) == []
