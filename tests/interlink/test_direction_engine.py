"""Direction from end to end: tables, ranks, network files, and bad input."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.errors import InputError, SpecError
from aequa.interlink import direction_tables as schemas
from aequa.interlink.cascade import verdict
from aequa.interlink.centrality import eigenvector, measured, score_draws
from aequa.interlink.direction import Directed, direction
from aequa.interlink.direction_input import series
from aequa.interlink.direction_spec import DirectionSpec
from aequa.interlink.network import GRAPHML, as_json, graphml
from aequa.interlink.ranking import rank_intervals

SPEC = DirectionSpec(permutations=60, half_samples=20, bootstraps=100)
GOALS = ("1", "2", "3", "4")


def levels(seed: int = 0, countries: int = 60, years: int = 24):
    """Goal 1 moves first, goal 2 follows a year later; 3 moves with 4 in the same year."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=(countries, 4, years))
    steps[:, 3] += 0.8 * steps[:, 2]
    steps[:, 1, 1:] += 0.6 * steps[:, 0, :-1]
    return (steps + rng.normal(size=(1, 4, years))).cumsum(-1) + 50


def names(count: int) -> list[str]:
    return [f"C{i:02d}" for i in range(count)]


@pytest.fixture(scope="module")
def found() -> Directed:
    return direction(series(names(60), GOALS, levels()), SPEC)


def held(links: pa.Table, method: str) -> set[tuple[str, str]]:
    rows = links.to_pylist()
    return {(r["source"], r["target"]) for r in rows if r["method"] == method and r["holds"]}


def test_each_method_finds_its_own_kind_of_link(found: Directed) -> None:
    assert held(found.links, "granger") == {("1", "2")}
    assert held(found.links, "projection") == {("1", "2")}
    assert held(found.links, "direct") == {("3", "4")}


def test_tables_have_their_schemas_and_all_pairs(found: Directed) -> None:
    for name, table in found._asdict().items():
        assert table.schema == getattr(schemas, name.upper()), name
    assert found.links.num_rows == 6 + 12 + 12
    assert found.responses.num_rows == 6 * 16
    assert found.cascade.num_rows == 6 * 4
    for row in found.links.to_pylist():
        assert row["low"] <= row["estimate"] <= row["high"]
        assert 0 <= row["p"] <= row["q"] <= 1


def test_calibration_shows_the_textbook_beside_the_placebo(found: Directed) -> None:
    rows = {row["method"]: row for row in found.calibration.to_pylist()}
    assert rows["granger"]["tested"] == 12
    assert rows["granger"]["calibrated"] == 1
    assert rows["granger"]["placebo_low"] <= rows["granger"]["placebo"]


def test_the_goal_that_pulls_leads_the_cascade_only_where_it_can_be_told(found: Directed) -> None:
    rows = [row for row in found.cascade.to_pylist() if row["horizon"] == 1]
    first = next(row for row in rows if row["source"] == "1")
    assert first["low"] > 0.3
    assert first["rank_low"] == 1
    for row in rows:
        assert row["ranked"] == (row["rank_low"] == row["rank_high"])
        assert row["ranked"] or "not told apart from" in row["note"]


def test_order_of_countries_and_goals_changes_nothing(found: Directed) -> None:
    rng = np.random.default_rng(1)
    rows, columns = rng.permutation(60), rng.permutation(4)
    shuffled = series(
        [names(60)[i] for i in rows], [GOALS[i] for i in columns], levels()[rows][:, columns]
    )
    again = direction(shuffled, SPEC)
    for one, other in zip(found, again, strict=True):
        assert one.equals(other)


def test_what_never_changes_or_is_missing_is_counted() -> None:
    values = levels(1, 20, 16)
    values[:3, 0] = 100.0
    values[:, 3] = np.nan
    made = direction(series(names(20), GOALS, values), SPEC)
    rows = made.excluded.to_pylist()
    still = [r for r in rows if r["reason"] == "countries where it never changes"]
    assert [(r["variable"], r["count"], r["of"]) for r in still] == [("1", 3, 20)]
    direct = [r for r in rows if r["method"] == "direct"]
    assert [(r["variable"], r["count"]) for r in direct] == [("4", 20)]
    lost = [r for r in made.links.to_pylist() if "4" in (r["source"], r["target"])]
    assert all(r["estimate"] is None and r["p"] is None and not r["holds"] for r in lost)
    gone = [r for r in made.cascade.to_pylist() if r["source"] == "4"]
    assert {r["note"] for r in gone} == {"too few countries or years"}
    assert {r["response"] for r in gone} == {None}


@pytest.mark.parametrize(
    ("countries", "goals", "values", "message"),
    [
        (names(2), GOALS, levels(0, 2), "countries: found 2, expected 3 or more"),
        (names(9), GOALS, levels(0, 9, 1), "years: found 1, expected 6 or more"),
        (names(9), GOALS[:1], levels(0, 9)[:, :1], "variables: found 1, expected 2 or more"),
        (["C00"] * 9, GOALS, levels(0, 9), "countries: found a name twice"),
        (names(8), GOALS, levels(0, 9), r"found shape \(9, 4, 24\), expected \(8, 4, years\)"),
        (names(9), GOALS, levels(0, 9) * np.inf, "found an infinite value"),
        (names(9), GOALS, levels(0, 9)[0], "levels: found shape"),
    ],
)
def test_bad_input_is_told(countries, goals, values, message: str) -> None:
    with pytest.raises(InputError, match=message):
        series(countries, goals, values)


def test_a_group_of_too_few_countries_is_told() -> None:
    data = series(names(5), GOALS, levels(0, 5), group="SIDS")
    with pytest.raises(InputError, match="countries of SIDS: found 5, expected 10 or more"):
        direction(data, SPEC)


def test_all_missing_gives_empty_numbers_and_no_warning() -> None:
    made = direction(series(names(12), GOALS, np.full((12, 4, 20), np.nan)), SPEC)
    assert not any(made.links["holds"].to_pylist())
    assert made.links["estimate"].null_count == made.links.num_rows
    assert made.excluded.num_rows > 0


@pytest.mark.parametrize(
    "wrong", [{"level": 1.0}, {"lags": 0}, {"threshold": 0.5}, {"false_edges": 0}, {"seed": -1}]
)
def test_a_wrong_parameter_is_told(wrong: dict[str, float]) -> None:
    with pytest.raises(SpecError, match=next(iter(wrong))):
        DirectionSpec(**wrong)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=2, max_size=8), st.floats(0, 3))
def test_rank_intervals_hold_the_plain_rank_and_narrow_to_it(values, critical: float) -> None:
    array = np.array(values)
    low, high = rank_intervals(array, np.ones((len(array),) * 2), critical)
    plain = 1 + (array[None] > array[:, None]).sum(1)
    assert ((low <= plain) & (plain <= high)).all()
    assert verdict(int(low[0]), int(high[0]), len(array), 0)[0] == (low[0] == high[0])


def test_rank_intervals_hold_true_ranks_at_their_level() -> None:
    rng = np.random.default_rng(0)
    truth = np.array([3.0, 2.0, 1.0, 0.9])
    kept = 0
    for _ in range(400):
        low, high = rank_intervals(truth + rng.normal(size=4) / 2, np.full((4, 4), 0.5**0.5), 2.64)
        kept += bool(((low <= [1, 2, 3, 4]) & (high >= [1, 2, 3, 4])).all())
    assert kept >= 375


def test_bootstrap_intervals_of_strength_cover_it() -> None:
    inside = 0
    rng = np.random.default_rng(3)
    for seed in range(60):
        sample = rng.normal(1.0, 1.0, size=40)
        shares = ((sample - sample.mean()) / 40)[None]
        draws = score_draws(np.array([sample.mean()]), shares, 300, seed)
        one = measured("strength", np.array([sample.mean()]), draws, 0.95)
        inside += bool(one.low[0] <= 1.0 <= one.high[0])
    assert inside >= 51  # of 60 at 95 %


def test_eigenvector_of_a_star_and_of_no_links() -> None:
    star = np.zeros((4, 4))
    star[0, 1:] = star[1:, 0] = -0.3
    np.testing.assert_allclose(eigenvector(star), [1, *[3**-0.5] * 3])
    assert np.isnan(eigenvector(np.zeros((3, 3)))).all()


def test_graphml_reads_back_with_its_types(found: Directed) -> None:
    labels = {goal: f"Goal {goal} <&\x07" for goal in GOALS} | {"5": "alone"}
    root = ET.fromstring(graphml(found.links, labels))
    space = {"g": GRAPHML}
    kinds = {k.get("id"): k.get("attr.type") for k in root.findall("g:key", space)}
    assert kinds["edge_weight"] == kinds["edge_q"] == "double"
    assert kinds["edge_sign"] == "int"
    nodes = root.findall("g:graph/g:node", space)
    assert [n.get("id") for n in nodes] == [*GOALS, "5"]
    assert "<&" in (nodes[0].findtext("g:data", "", space))
    edges = root.findall("g:graph/g:edge", space)
    assert len(edges) == found.links.num_rows
    for edge, row in zip(edges, found.links.to_pylist(), strict=True):
        data = {d.get("key"): d.text for d in edge.findall("g:data", space)}
        assert (edge.get("source"), edge.get("target")) == (row["source"], row["target"])
        assert edge.get("directed") == ("false" if row["method"] == "direct" else "true")
        assert float(data["edge_weight"]) == row["estimate"]
        assert int(data["edge_sign"]) == row["sign"]


def test_json_has_nulls_for_what_is_unknown() -> None:
    row = dict.fromkeys(schemas.LINKS.names) | {"source": "1", "target": "2", "p": float("nan")}
    network = as_json(pa.Table.from_pylist([row], schemas.LINKS), {})
    assert network["edges"][0]["p"] is None
    assert network["nodes"] == [{"id": "1", "label": "1"}, {"id": "2", "label": "2"}]
    assert json.loads(json.dumps(network, allow_nan=False)) == network
