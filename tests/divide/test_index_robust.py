"""Monte-Carlo runs, Sobol' indices, and the whole index on simulated panels."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from aequa.core.countries import countries
from aequa.core.errors import InputError, SpecError
from aequa.core.panel import CELLS, INDICATORS, Panel
from aequa.divide.index import Indexed, choices, index
from aequa.divide.profiles import peers_of, profile, profiles
from aequa.divide.sensitivity import sobol
from aequa.divide.spec import AGGREGATIONS, NORMALISATIONS, WEIGHTINGS, Spec
from aequa.divide.structure import Structure, structure

Floats = npt.NDArray[np.float64]

NAMES = tuple("abcdef")
PEOPLE = "people"
MADE = structure(
    [
        {"indicator": name, "pillar": "pqr"[at // 2], "direction": 1, "lower": -4, "upper": 4}
        for at, name in enumerate(NAMES)
    ]
)
SMALL = Spec(runs=200, sobol=16, population=PEOPLE, until=2020)
CODES = [country.alpha3 for country in countries()]


def panel(values: Floats, names: tuple[str, ...] = NAMES, year: int = 2020) -> Panel:
    rows, columns = np.nonzero(~np.isnan(values))
    cells = {
        "country": [CODES[row] for row in rows],
        "indicator": [names[column] for column in columns],
        "year": [year] * len(rows),
        "value": values[rows, columns],
        "nature": [None] * len(rows),
    }
    return Panel(pa.table(cells).cast(CELLS), about(names))


def about(names: tuple[str, ...]) -> pa.Table:
    rows = [{"indicator": name, "direction": 1} for name in sorted(names)]
    return pa.Table.from_pylist(rows, schema=INDICATORS)


def drawn(rows: int = 40, seed: int = 5) -> Floats:
    rng = np.random.default_rng(seed)
    return np.asarray(rng.normal(size=(rows, 1)) + rng.normal(size=(rows, len(NAMES))))


def scores(made: Indexed) -> dict[str, float]:
    table = made.index
    return dict(zip(table["iso3"].to_pylist(), table["score"].to_pylist(), strict=True))


def test_sobol_indices_of_ishigami_are_those_of_salib() -> None:
    def ishigami(draws: Floats) -> Floats:
        x = np.pi * (2 * draws - 1)
        return np.asarray(
            np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
        )

    found = sobol(ishigami, 3, 4096, seed=1, level=0.9)
    # SALib 1.5.1, sobol.sample(N=4096, seed=1) and sobol.analyze on its own Ishigami function
    np.testing.assert_allclose(found.first, SALIB_FIRST, atol=0.02)
    np.testing.assert_allclose(found.total, SALIB_TOTAL, atol=0.02)
    # Saltelli et al. (2008), in closed form
    np.testing.assert_allclose(found.first, [0.3139, 0.4424, 0], atol=0.02)
    np.testing.assert_allclose(found.total, [0.5576, 0.4424, 0.2437], atol=0.02)
    assert (found.first_interval[:, 0] <= found.first).all()
    assert (found.first <= found.first_interval[:, 1]).all()


SALIB_FIRST = [0.3142, 0.4434, -0.0003]
SALIB_TOTAL = [0.5576, 0.4422, 0.2445]


def test_a_function_that_does_not_vary_has_no_indices() -> None:
    found = sobol(lambda draws: np.ones(len(draws)), 2, 8, 1, 0.9)
    assert found.first.tolist() == found.total.tolist() == [0, 0]


def test_the_same_seed_gives_the_same_index_and_another_does_not() -> None:
    seen = panel(drawn())
    first, second = index(seen, MADE, SMALL), index(seen, MADE, SMALL)
    assert first.index.equals(second.index)
    assert choices(first).equals(choices(second))
    other = index(seen, MADE, replace(SMALL, seed=9))
    assert not other.index["score_low"].equals(first.index["score_low"])
    assert other.index["score"].equals(first.index["score"])


def test_intervals_hold_ranks_and_widen_with_the_choices() -> None:
    seen = panel(drawn())
    wide = index(seen, MADE, SMALL).index
    assert pc.all(pc.less_equal(wide["rank_low"], wide["rank_high"])).as_py()
    assert pc.all(pc.less_equal(wide["score_low"], wide["score_high"])).as_py()
    assert wide["rank"].to_pylist() == sorted(wide["rank"].to_pylist())
    fixed = replace(
        SMALL,
        normalisations=("minmax",),
        aggregations=("arithmetic",),
        missings=("none",),
        leave_out=False,
        perturbation=0.0,
    )
    none = index(seen, MADE, fixed)
    assert none.index["rank_low"].equals(none.index["rank"])
    assert none.index["rank_high"].equals(none.index["rank"])
    np.testing.assert_allclose(none.index["score_low"], none.index["score"])
    assert set(choices(none)["total"].to_pylist()) == {0.0}
    width = pc.sum(pc.subtract(wide["rank_high"], wide["rank_low"])).as_py()
    assert width > len(wide)


def test_the_only_choice_left_explains_everything() -> None:
    spec = replace(
        SMALL,
        normalisations=("minmax",),
        aggregations=("arithmetic",),
        leave_out=False,
        sobol=256,
    )
    table = choices(index(panel(drawn()), MADE, spec))
    total = dict(zip(table["choice"].to_pylist(), table["total"].to_pylist(), strict=True))
    assert total["weights"] == pytest.approx(1, abs=0.1)
    assert {total[name] for name in ("normalisation", "aggregation", "missing", "left_out")} == {0}


@pytest.mark.parametrize("weights", WEIGHTINGS)
@pytest.mark.parametrize("normalise", NORMALISATIONS)
def test_every_method_ranks_a_panel(weights: str, normalise: str) -> None:
    spec = replace(SMALL, weights=weights, normalise=normalise, runs=0)
    made = index(panel(drawn()), MADE, spec)
    assert made.index.num_rows == 40
    assert made.index["rank"][0].as_py() == 1
    assert made.index["rank_low"].null_count == 40
    assert pc.min(made.index["score"]).as_py() >= 0
    assert pc.max(made.index["score"]).as_py() <= 100 + 1e-9
    per_pillar: dict[str, float] = {}
    for row in made.weights.to_pylist():
        if row["iso3"] is None:
            per_pillar[row["pillar"]] = per_pillar.get(row["pillar"], 0) + row["weight"]
    assert list(per_pillar.values()) == pytest.approx([1] * 4)
    assert sum(made.weights["effective"].drop_null().to_pylist()) == pytest.approx(1)
    if weights == "bod":
        assert made.index["score"][0].as_py() == pytest.approx(100)


@pytest.mark.parametrize("aggregate", AGGREGATIONS)
def test_units_and_order_of_countries_do_not_matter(aggregate: str) -> None:
    values, spec = drawn(), replace(SMALL, aggregate=aggregate, runs=0)
    made = scores(index(panel(values), MADE, spec))
    other = scores(index(panel(values * [1, 2, 3, 0.1, 5, 1000] + 7), MADE, spec))
    assert other == pytest.approx(made)
    turned = structure([dict(row) for row in reversed(MADE.rows())])
    assert scores(index(panel(values), turned, spec)) == pytest.approx(made)


def test_gaps_are_limited_flagged_and_never_zero() -> None:
    values = drawn()
    values[0, 1:] = np.nan  # one of six: out
    values[1, 0] = np.nan  # half of a pillar: in
    values[2, :2] = np.nan  # two pillars of three: in, without a score in the first
    made = index(panel(values), MADE, SMALL)
    assert CODES[0] not in scores(made)
    reasons = {(row["iso3"], row["part"]): row["reason"] for row in made.excluded.to_pylist()}
    assert reasons[(CODES[0], "index")] == "has 33% of the parts, expected 67%"
    assert reasons[(CODES[2], "p")] == "has 0% of the parts, expected 50%"
    row = next(row for row in made.pillars.to_pylist() if row["iso3"] == CODES[2])
    assert row["score"] is None
    how = made.indicators.filter(pc.equal(made.indicators["iso3"], CODES[1]))["how"]
    assert how.to_pylist() == ["missing"] + ["observed"] * 5
    filled = index(panel(values), MADE, replace(SMALL, missing="group"))
    how = filled.indicators.filter(pc.equal(filled.indicators["iso3"], CODES[1]))["how"]
    assert how.to_pylist() == ["imputed"] + ["observed"] * 5
    step = next(row for row in filled.steps.to_pylist() if row["name"] == "missing")
    assert (step["method"], step["count"]) == ("group", 3)


def test_old_values_and_strange_codes_are_counted_exclusions() -> None:
    old = panel(drawn()[:30], year=2005).cells.slice(0, 1)
    new = panel(drawn()).cells.filter(
        pc.invert(
            pc.and_(
                pc.equal(panel(drawn()).cells["country"], old["country"][0]),
                pc.equal(panel(drawn()).cells["indicator"], old["indicator"][0]),
            )
        )
    )
    world = new.slice(0, 1).set_column(0, CELLS.field(0), pa.array(["WLD"]))
    cells = pa.concat_tables([new, old, world]).cast(CELLS)
    made = index(Panel(cells, about(NAMES)), MADE, SMALL)
    rows = made.excluded.to_pylist()
    assert {"iso3": "ABW", "part": "a", "year": 2005} in [
        {key: row[key] for key in ("iso3", "part", "year")} for row in rows
    ]
    assert ("WLD", "not a country of ISO 3166-1") in [(r["iso3"], r["reason"]) for r in rows]
    assert "WLD" not in scores(made)


def test_constant_and_empty_indicators_are_named_and_left_out() -> None:
    values = drawn()
    values[:, 2], values[:, 5] = 7, np.nan
    made = index(panel(values), MADE, SMALL)
    reasons = {row["part"]: row["reason"] for row in made.excluded.to_pylist()}
    assert reasons == {"c": "constant", "f": "no value in the window"}
    assert made.structure.indicators == ("a", "b", "d", "e")
    assert made.index.num_rows == 40


def test_two_countries_make_an_index_and_one_does_not() -> None:
    made = index(panel(drawn(2)), MADE, SMALL)
    assert made.index.num_rows == 2
    assert made.index["rank"][0].as_py() == 1
    with pytest.raises(InputError):
        index(panel(drawn(1)), MADE, SMALL)
    with pytest.raises(InputError, match="no indicator"):
        index(panel(np.ones((5, 6))), MADE, SMALL)
    with pytest.raises(InputError, match="found no value"):
        index(panel(drawn(), tuple("uvwxyz")), MADE, SMALL)


def test_an_infinite_value_is_refused() -> None:
    values = drawn()
    values[3, 2] = np.inf
    with pytest.raises(InputError, match=f"{CODES[3]}, c, 2020: found inf"):
        index(panel(values), MADE, SMALL)


def test_a_direction_comes_from_the_panel_or_is_asked_for() -> None:
    rows = [{"indicator": name, "pillar": "p"} for name in NAMES]
    seen = panel(drawn())
    assert index(seen, structure(rows), SMALL).index.num_rows == 40
    nothing = seen.indicators.set_column(3, INDICATORS.field(3), pa.nulls(6, pa.int8()))
    with pytest.raises(SpecError, match="no direction"):
        index(Panel(seen.cells, nothing), structure(rows), SMALL)


def test_per_head_and_absence_are_steps_of_the_log() -> None:
    values = np.abs(drawn()) + 1
    values[:20, 0] = np.nan
    people = np.full((40, 1), 2e6)
    people[-1] = np.nan
    cells = pa.concat_tables([panel(values).cells, panel(people, (PEOPLE,)).cells])
    first = {"indicator": "a", "pillar": "p", "transform": "per_million_log", "absent": 0}
    rest = [{"indicator": name, "pillar": "p"} for name in NAMES[1:]]
    made = index(Panel(cells, about(NAMES)), structure([first, *rest]), SMALL)
    row = next(row for row in made.indicators.to_pylist() if row["indicator"] == "a")
    assert (row["value"], row["score"], row["how"], row["year"]) == (0, 0, "assumed", None)
    at = made.screened.countries.index(CODES[25])
    assert made.screened.values[at, 0] == pytest.approx(np.log1p(values[25, 0] / 2))
    assert np.isnan(made.screened.values[-1, 0])
    counted = {row["name"]: row["count"] for row in made.steps.to_pylist() if row["part"] == "a"}
    assert (counted["absent"], counted["transform"]) == (20, 39)


def test_profiles_name_peers_and_what_would_raise_the_rank() -> None:
    people = np.linspace(1e5, 1e7, 40)[:, None]
    cells = pa.concat_tables([panel(drawn()).cells, panel(people, (PEOPLE,)).cells])
    made = index(Panel(cells, about(NAMES)), MADE, SMALL)
    every = profiles(made)
    assert set(every) == set(made.screened.countries)
    worst = made.index["iso3"][-1].as_py()
    own = json.loads(json.dumps(every[worst], allow_nan=False))
    assert own["rank"] == 40
    assert len(own["peers"]) <= 5
    assert worst not in own["peers"]
    at = made.screened.countries.index(worst)
    assert {made.screened.groups[peer] for peer in peers_of(made, at)} <= {own["group"]}
    for raised in own["raise"]:
        assert raised["rank_after"] <= raised["rank"] == 40
        assert raised["to"] > raised["score"]
        assert raised["index_gain"] > 0
    gains = [raised["rank_after"] for raised in own["raise"]]
    assert gains == sorted(gains)
    with pytest.raises(SpecError, match="not in the index"):
        profile(made, "ZZZ")


def test_a_lift_is_the_index_made_again() -> None:
    """With goalposts one country's value changes no other's score, so both ways must agree."""
    values, spec = drawn(), replace(SMALL, normalise="goalposts", runs=0, lift="best")
    made: Structure = MADE
    first = index(panel(values), made, spec)
    worst = first.index["iso3"][-1].as_py()
    raised = profile(first, worst)["raise"][0]
    at, part = CODES.index(worst), NAMES.index(raised["indicator"])
    values[at, part] = raised["to"] / 100 * 8 - 4
    again = scores(index(panel(values), made, spec))
    assert again[worst] == pytest.approx(scores(first)[worst] + raised["index_gain"])
    rank = 1 + sum(score > again[worst] + 1e-9 for score in again.values())
    assert rank == raised["rank_after"]
