"""What must hold for any panel: bounds, units, order, direction, missing values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aequa.core.panel import CELLS, INDICATORS, Panel
from aequa.scores import aggregate
from aequa.scores.engine import Scores, score
from aequa.scores.normalise import computed_bounds, normalise
from aequa.scores.spec import Spec

COUNTRIES = ("BRA", "DEU", "IND", "KEN", "NOR", "USA")
REGIONS = dict(zip(COUNTRIES, "ababab", strict=True))
EVERYONE = Spec(least_coverage=0.0)

finite = st.floats(-1e6, 1e6, allow_nan=False)
boxes = arrays(np.float64, (6, 4, 3), elements=st.one_of(finite, st.just(np.nan)))
directions = st.lists(st.sampled_from([-1, 1]), min_size=4, max_size=4)


def panel(box: np.ndarray, direction: list[int], names: str = "abcd") -> Panel:
    place = np.nonzero(~np.isnan(box))
    cells = {
        "country": [COUNTRIES[at] for at in place[0]],
        "indicator": [names[at] for at in place[1]],
        "year": (2018 + place[2]).astype(np.int16),
        "value": box[place],
        "nature": pa.nulls(len(place[0]), pa.string()),
    }
    about = [
        {"indicator": name, "goal": 1 + at // 2, "direction": sign}
        for at, (name, sign) in enumerate(zip(names, direction, strict=True))
    ]
    return Panel(pa.table(cells, schema=CELLS), pa.Table.from_pylist(about, INDICATORS))


def values(scores: Panel) -> dict[tuple[str, str, int], float]:
    return {
        (row["country"], row["indicator"], row["year"]): row["value"]
        for row in scores.cells.to_pylist()
    }


def scored(box: np.ndarray, direction: list[int], spec: Spec = EVERYONE) -> Scores:
    return score(panel(box, direction), spec, REGIONS)


@given(boxes, directions)
@settings(max_examples=40, deadline=None)
def test_scores_lie_between_0_and_100(box: np.ndarray, direction: list[int]) -> None:
    made = scored(box, direction)
    for numbers in (
        made.normalised.cells["value"],
        made.goals.cells["value"],
        made.index["index"],
    ):
        assert all(-1e-9 <= value <= 100 + 1e-9 for value in numbers.to_pylist())


@given(boxes, directions)
@settings(max_examples=40, deadline=None)
def test_what_is_missing_stays_missing_and_no_observation_is_lost(
    box: np.ndarray, direction: list[int]
) -> None:
    made = scored(box, direction)
    assert values(made.normalised).keys() <= values(panel(box, direction)).keys()
    lost = [row for row in made.exclusions.to_pylist() if row["what"] == "indicator"]
    left_out = sum(row["cells"] for row in lost)
    assert made.normalised.cells.num_rows + left_out == int((~np.isnan(box)).sum())
    assert made.bounds.num_rows + len(lost) == int((~np.isnan(box)).any(axis=(0, 2)).sum())


@given(
    boxes, directions, st.sampled_from([0.25, 2.0, 1024.0]), st.permutations(list(range(6 * 4 * 3)))
)
@settings(max_examples=40, deadline=None)
def test_units_and_the_order_of_rows_do_not_matter(
    box: np.ndarray, direction: list[int], factor: float, order: list[int]
) -> None:
    one, other = panel(box, direction), panel(box * factor, direction)
    rows = [place for place in order if place < other.cells.num_rows]
    shuffled = Panel(other.cells.take(pa.array(rows, pa.int64())), other.indicators)
    first, second = (score(each, EVERYONE, REGIONS) for each in (one, shuffled))
    # A power of two changes no digit of a number, so that nothing may change.
    assert values(first.normalised) == values(second.normalised)
    assert values(first.goals) == values(second.goals)
    assert first.index.equals(second.index)


@given(boxes, st.integers(0, 5), st.floats(0.1, 1e3))
@settings(max_examples=40, deadline=None)
def test_a_better_value_never_lowers_a_score(box: np.ndarray, country: int, by: float) -> None:
    lower, optimum = np.array([0.0, 50.0, -9.0, 1e5]), np.array([10.0, -50.0, 9.0, 0.0])
    better = box.copy()
    better[country] += by * np.sign(optimum - lower)[:, None]
    before, after = (normalise(each, lower, optimum) for each in (box, better))
    assert np.all((after >= before) | np.isnan(before))
    assert np.array_equal(np.isnan(before), np.isnan(after))
    goals = np.array([1, 1, 2, 3])
    nothing = np.full_like(before, np.nan)
    one, two = (aggregate.goal_scores(each, goals, nothing, (), 0.0)[0] for each in (before, after))
    assert np.all((two >= one - 1e-9) | np.isnan(one))


@given(arrays(np.float64, (30, 1), elements=finite))
@settings(max_examples=40, deadline=None)
def test_computed_bounds_mirror_when_the_direction_turns(column: np.ndarray) -> None:
    low, high = computed_bounds(column, np.array([1.0]))
    mirrored = computed_bounds(-column, np.array([-1.0]))
    assert low <= high
    assert np.allclose([low, high], [-mirrored[0], -mirrored[1]])


@given(arrays(np.float64, (3, 6), elements=st.one_of(finite, st.just(np.nan))), st.integers(0, 6))
@settings(max_examples=40, deadline=None)
def test_values_are_carried_forward_only_and_only_so_far(rows: np.ndarray, years: int) -> None:
    filled, by = aggregate.carried(rows, years)
    expected = rows.copy()
    for row in range(3):
        for year in range(6):
            for back in range(1, min(year, years) + 1):
                if np.isnan(expected[row, year]):
                    expected[row, year] = rows[row, year - back]
    assert np.array_equal(filled, expected, equal_nan=True)
    assert np.array_equal(by, np.isnan(rows) & ~np.isnan(expected))


def test_the_latest_value_is_scored_with_no_older_than_the_spec_says() -> None:
    box = np.full((6, 4, 3), np.nan)
    box[:, :, 0] = np.arange(24.0).reshape(6, 4)
    box[0, 0, 2] = 99.0
    made = scored(box, [1, 1, 1, 1], replace(EVERYONE, carry=1))
    years = made.goals.cells["year"].to_pylist()
    natures = {
        (row["country"], row["year"]): row["nature"]
        for row in made.goals.cells.to_pylist()
        if row["indicator"] == "goal:2"
    }
    assert set(years) == {2018, 2019, 2020}
    assert natures[("BRA", 2018)] is None
    assert natures[("BRA", 2019)] == "carried"
    assert ("BRA", 2020) not in natures
    assert made.carried == 24
