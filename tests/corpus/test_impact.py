from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.corpus.impact import CELL, IMPACT, assign, standing

COUNTS = st.lists(st.integers(0, 30), min_size=1, max_size=250)


def row(**known: Any) -> dict[str, Any]:
    return {field.name: None for field in CELL} | known


def impact(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    found = assign(pa.RecordBatch.from_pylist(list(rows), schema=CELL))
    assert found.schema == IMPACT
    return found.to_pylist()


def test_ties_at_the_threshold_share_the_places_that_are_left() -> None:
    # 100 works, 10 places in the top 10 %: 6 stand above 8 works that tie for the other 4.
    counts = [50] * 6 + [20] * 8 + [1] * 86
    top = standing(counts).top10
    assert top.tolist() == [1.0] * 6 + [0.5] * 8 + [0.0] * 86
    assert standing(counts).top1.tolist() == pytest.approx([1 / 6] * 6 + [0.0] * 94)


def test_all_equal_share_equally() -> None:
    found = standing([3] * 40)
    assert found.top10.tolist() == pytest.approx([0.1] * 40)
    assert found.top1.tolist() == pytest.approx([0.01] * 40)
    assert found.percentile.tolist() == [0.5] * 40


def test_a_cell_of_one_and_of_none() -> None:
    assert [float(column[0]) for column in standing([0])] == [0.5, 0.01, 0.1]
    assert standing([]).percentile.size == 0


@settings(max_examples=100, deadline=None)
@given(COUNTS)
def test_identities(counts: list[int]) -> None:
    found = standing(counts)
    assert found.top10.sum() == pytest.approx(0.1 * len(counts), abs=1e-9)
    assert found.top1.sum() == pytest.approx(0.01 * len(counts), abs=1e-9)
    assert found.percentile.mean() == pytest.approx(0.5)
    assert np.all(found.top1 <= found.top10 + 1e-12)
    assert np.all((found.percentile > 0) & (found.percentile < 1))


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.randoms())
def test_order_does_not_matter_and_more_citations_never_hurt(
    counts: list[int], random: Any
) -> None:
    by_order = sorted(range(len(counts)), key=lambda at: counts[at])
    for column in standing(counts):
        assert np.all(np.diff(column[by_order]) >= -1e-12)
    shuffled = list(range(len(counts)))
    random.shuffle(shuffled)
    again = standing([counts[at] for at in shuffled])
    for column, other in zip(standing(counts), again, strict=True):
        assert column[shuffled].tolist() == other.tolist()


def test_cells_are_field_year_and_type_and_unknown_is_a_value() -> None:
    known = row(field="Energy", year=2020, type="article", cited_by=1)
    rows = [
        known,
        known | {"cited_by": 9},
        known | {"year": 2021},
        known | {"type": "review"},
        known | {"field": None, "type": None},
        known | {"field": None, "type": None, "cited_by": 5},
    ]
    found = impact(*rows)
    assert [each["cell_size"] for each in found] == [2, 2, 1, 1, 2, 2]
    assert [each["percentile"] for each in found] == [0.25, 0.75, 0.5, 0.5, 0.25, 0.75]
    assert {each["percentile_origin"] for each in found} == {"computed"}
    assert all(each["cell_small"] for each in found)


def test_unknown_citations_or_year_have_no_cell_and_do_not_fill_one() -> None:
    known = row(field="Energy", year=2020, cited_by=1)
    found = impact(known, known | {"cited_by": None}, known | {"year": None})
    assert found[0]["cell_size"] == 1
    assert found[1] == found[2] == dict.fromkeys(IMPACT.names)


def test_cells_under_a_hundred_are_flagged() -> None:
    rows = [row(field="Energy", year=2020, cited_by=at) for at in range(100)]
    assert not any(each["cell_small"] for each in impact(*rows))
    assert all(each["cell_small"] for each in impact(*rows[:99]))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"percentile": 0.7}, ("source", 0.7, 0.01, 0.1)),
        ({"top1": True}, ("source", 0.5, 1.0, 1.0)),
        ({"top1": False}, ("source", 0.5, 0.0, 0.1)),
        ({"top10": False}, ("source", 0.5, 0.0, 0.0)),
        ({"top10": True}, ("source", 0.5, 0.01, 1.0)),
        ({}, ("computed", 0.5, 0.01, 0.1)),
    ],
)
def test_the_source_goes_first_then_logic_then_the_cell(
    given: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    found = impact(row(year=2020, cited_by=4, **given))[0]
    names = ("percentile_origin", "percentile", "top1", "top10")
    assert tuple(found[name] for name in names) == expected


def test_the_source_counts_without_a_cell() -> None:
    found = impact(row(top1=True))[0]
    assert (found["percentile_origin"], found["top1"], found["top10"]) == ("source", 1.0, 1.0)
    assert found["percentile"] is None
    assert found["cell_size"] is None
