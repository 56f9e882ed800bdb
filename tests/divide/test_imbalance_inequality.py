from __future__ import annotations

import numpy as np
import pytest

from aequa.core.errors import InputError, SpecError
from aequa.divide.gap_spec import GapSpec
from aequa.divide.inequality import country_draws, group_means, measured, people
from aequa.divide.lorenz import curve

SPEC = GapSpec(replicates=200)
VALUES = {"CHN": 2.0, "FRA": 4.0, "KEN": 0.0, "USA": 9.0}
POPULATION = {"CHN": 14.0, "FRA": 1.0, "KEN": 1.0, "USA": 3.0}


def test_who_is_in_and_who_is_missing() -> None:
    made = people("x", {"KEN": 2, "FRA": float("nan"), "XXX": 1}, {"KEN": 1, "FRA": 2, "MLI": 0})
    assert made.countries == ("KEN",)
    assert made.no_value == ("FRA",)
    assert made.no_population == ("XXX",)


def test_totals_are_divided_by_people_and_absence_is_nothing() -> None:
    made = people("x", {"KEN": 6}, {"KEN": 3, "FRA": 2}, totals=True, absent=0)
    assert made.values.tolist() == [0, 2]
    assert made.totals.tolist() == [0, 6]
    assert made.no_value == ("FRA",)


@pytest.mark.parametrize("wrong", [-1.0, float("inf"), float("-inf")])
def test_a_wrong_value_is_named_with_its_country(wrong: float) -> None:
    with pytest.raises(InputError, match=r"compute, MLI: found -?(1|inf), expected 0 or more"):
        people("compute", {"KEN": 1, "MLI": wrong}, {"KEN": 1.0})
    with pytest.raises(InputError, match="population, MLI"):
        people("compute", {"KEN": 1}, {"MLI": wrong})


def test_all_measures_with_intervals() -> None:
    found = {row.measure: row for row in measured(people("x", VALUES, POPULATION), SPEC)}
    assert list(found) == [
        *("gini", "theil_t", "theil_l", "palma", "top2_share", "top5_share"),
    ]
    assert found["top2_share"].value == pytest.approx((28 + 27) / 59)
    assert found["top5_share"].value == 1
    assert found["theil_l"].value == np.inf
    gini = found["gini"]
    assert 0 <= gini.low < gini.value < gini.high < 1


def test_one_country_has_a_figure_and_no_interval() -> None:
    rows = measured(people("x", {"KEN": 3}, {"KEN": 2}), SPEC)
    assert rows[0].value == 0
    assert all(np.isnan([row.low, row.high]).all() for row in rows)
    assert measured(people("x", {}, {}), SPEC) == []


def test_all_zero_is_unknown() -> None:
    rows = measured(people("x", {"KEN": 0, "FRA": 0}, {"KEN": 2, "FRA": 1}), SPEC)
    assert all(np.isnan([row.value, row.low, row.high]).all() for row in rows)


def test_means_and_shares_of_groups() -> None:
    made = people("x", VALUES, POPULATION)
    rows = group_means(made, ["S", "N", "S", "N"], SPEC, country_draws(4, SPEC))
    (north, n, mean, share), (south, _, mean_s, share_s) = rows
    assert (north, n, south) == ("N", 2, "S")
    assert (mean.value, share.value) == (pytest.approx(31 / 4), pytest.approx(31 / 59))
    assert (mean_s.value, share_s.value) == (pytest.approx(28 / 15), pytest.approx(28 / 59))
    assert mean.low <= mean.value <= mean.high


def test_the_lorenz_curve_runs_from_nothing_to_all() -> None:
    points = curve("x", people("x", VALUES, POPULATION), SPEC).to_pydict()
    assert points["x"][0] == points["y"][0] == 0
    assert points["x"][-1] == points["y"][-1] == 1
    assert (np.diff(points["y"]) >= 0).all()
    assert all(low <= high for low, high in zip(points["low"], points["high"], strict=True))
    assert curve("x", people("x", {"KEN": 0.0}, {"KEN": 1.0}), SPEC).num_rows == 0


def test_draws_are_of_countries_and_repeat() -> None:
    draws = country_draws(5, SPEC)
    assert draws.shape == (200, 5)
    assert (draws.sum(axis=1) == 5).all()
    assert (draws == country_draws(5, SPEC)).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": 95},
        {"replicates": 0},
        {"window": 0},
        {"scope_share": -0.1},
        {"tops": (0,)},
        {"seed": -1},
        {"groupings": ("planet",)},
    ],
)
def test_a_wrong_spec_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SpecError):
        GapSpec(**wrong)  # type: ignore[arg-type]
