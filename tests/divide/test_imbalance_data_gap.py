from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aequa.core.countries import alpha3_of_alpha2
from aequa.core.groups import groups
from aequa.core.panel import CELLS, INDICATORS, Panel
from aequa.divide.data_gap import coverage
from aequa.divide.gap_spec import GapSpec
from aequa.divide.scope import applicable, labelled, reports

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "indicators"
SPEC = GapSpec(replicates=200, groupings=("income",))


def panel_of(
    rows: list[tuple[str, str, int, str | None]], about: dict[str, tuple[int | None, str | None]]
) -> Panel:
    cells = [
        {"country": c, "indicator": i, "year": y, "value": 1.0, "nature": n}
        for c, i, y, n in sorted(rows, key=lambda row: row[:3])
    ]
    known = [
        {**dict.fromkeys(INDICATORS.names), "indicator": name, "goal": goal, "family": family}
        for name, (goal, family) in sorted(about.items())
    ]
    return Panel(pa.Table.from_pylist(cells, CELLS), pa.Table.from_pylist(known, INDICATORS))


@pytest.fixture
def panel() -> Panel:
    """Mali has no coast; catch is reported by coasts only; aid by two of the North."""
    rows: list[tuple[str, str, int, str | None]] = [
        ("KEN", "poor", 2019, "country"),
        ("MLI", "poor", 2012, "estimated"),
        ("FRA", "poor", 2020, "country"),
        ("DEU", "poor", 2018, None),
        ("KEN", "catch", 2020, "modelled"),
        ("FRA", "catch", 2020, "adjusted"),
        ("FRA", "aid", 2020, "country"),
        ("DEU", "aid", 2020, "country"),
        ("DEU", "aid_women", 2013, "country"),
    ]
    about = {"poor": (1, None), "catch": (14, None), "aid": (17, "aid"), "aid_women": (17, "aid")}
    return panel_of(rows, about)


def rows_of(panel: Panel, spec: GapSpec = SPEC) -> dict[tuple[str, str, int | None], Any]:
    found = coverage(panel, spec).to_pylist()
    return {(row["grouping"], row["group"], row["goal"]): row for row in found}


def test_a_series_is_for_those_whose_groups_report_it(panel: Panel) -> None:
    made = reports(panel)
    assert made.series == ("aid", "catch", "poor")
    mask = dict(zip(made.countries, applicable(made, SPEC).tolist(), strict=True))
    assert mask["MLI"] == [False, False, True]
    assert mask["KEN"] == [False, True, True]
    assert mask["DEU"] == [True, True, True]
    everything = applicable(made, GapSpec(scope_share=0))
    assert everything.all()


def test_figures_of_a_country(panel: Panel) -> None:
    rows = rows_of(panel)
    mali = rows["country", "MLI", None]
    assert (mali["series_applicable"], mali["series_covered"], mali["share"]) == (1, 0, 0)
    assert mali["median_age"] == 8
    assert mali["country_produced_share"] is None
    germany = rows["country", "DEU", None]
    assert (germany["series_applicable"], germany["series_covered"]) == (3, 2)
    assert (germany["country_produced_share"], germany["unknown_nature"]) == (1, 0.5)
    assert germany["low"] is None
    assert rows["country", "KEN", 14]["country_produced_share"] == 0
    assert ("country", "KEN", 2) not in rows


def test_figures_of_the_world_and_of_groups(panel: Panel) -> None:
    rows = rows_of(panel)
    world = rows["world", "world", None]
    assert world["share"] == pytest.approx(7 / 9)  # of 3 + 3 + 2 + 1 series
    assert world["share_of_all_series"] == pytest.approx(7 / 12)
    assert world["low"] < world["share"] < world["high"]
    assert world["countries"] == 4
    assert world["unknown_nature"] == pytest.approx(1 / 7)
    assert world["country_produced_share"] == pytest.approx(5 / 6)
    assert rows["income", "high", 17]["share"] == 1
    assert rows["income", "low", 17]["share"] is None
    assert rows["income", "low", None]["low"] is None  # of one country


def test_the_year_looked_back_from(panel: Panel) -> None:
    rows = rows_of(panel, GapSpec(replicates=50, until=2013, groupings=("income",)))
    assert rows["country", "MLI", 1]["share"] == 1
    assert rows["world", "world", None]["countries"] == 2


def test_of_one_family_and_year_the_country_made_value_counts() -> None:
    rows: list[tuple[str, str, int, str | None]] = [
        ("KEN", "a", 2020, "modelled"),
        ("KEN", "b", 2020, "country"),
        ("KEN", "c", 2019, None),
    ]
    made = reports(panel_of(rows, dict.fromkeys("abc", (3, "family"))))
    assert (made.last.tolist(), made.nature.tolist()) == ([[2020]], [[1]])


def test_a_value_carried_on_says_nothing_of_who_made_it() -> None:
    (row,) = (
        row
        for row in coverage(
            panel_of([("KEN", "a", 2020, "carried")], {"a": (3, None)}), SPEC
        ).to_pylist()
        if row["grouping"] == "country" and row["goal"] is None
    )
    assert (row["country_produced_share"], row["unknown_nature"]) == (None, 1)


def test_years_are_counted_back_from_the_end_of_each_series(panel: Panel) -> None:
    made = reports(panel)
    assert made.ends.tolist() == [2020, 2020, 2020]
    old = panel_of([("KEN", "a", 2001, None), ("FRA", "a", 1990, None)], {"a": (3, None)})
    rows = rows_of(old)
    assert (rows["country", "KEN", 3]["share"], rows["country", "FRA", 3]["share"]) == (1, 0)
    assert rows["country", "FRA", 3]["median_age"] == 11


def test_people_weigh_the_shares_of_groups(panel: Panel) -> None:
    found = coverage(panel, SPEC, {"KEN": 3, "MLI": 1, "FRA": 1}).to_pylist()
    world = next(row for row in found if row["grouping"] == "world" and row["goal"] is None)
    assert world["share"] == pytest.approx((3 * 2 + 0 + 3) / (3 * 2 + 1 + 3))
    assert world["share_by_country"] == pytest.approx(7 / 9)
    assert world["no_population"] == 1


def test_no_cells_no_rows() -> None:
    empty = Panel(CELLS.empty_table(), INDICATORS.empty_table())
    assert coverage(empty, SPEC).num_rows == 0


def test_everyone_has_a_group() -> None:
    assert labelled(["KEN", "ZZZ"], "region") == ["Africa", "unclassified"]


@pytest.mark.skipif(not SHARED.exists(), reason="shared data are not here")
def test_naive_coverage_misleads_in_the_un_database() -> None:
    """Filled cells of 259 headline series, 2000–2019: low income .33, high income .31."""
    table = pq.read_table(SHARED / "un_sdg_headline_wide.parquet")
    names = [name for name in table.column_names if name not in ("iso", "year")]
    filled = np.array([table[name].is_valid().to_numpy() for name in names]).T
    income = groups("income")
    group = np.array([income.get(code, "unclassified") for code in table["iso"].to_pylist()])
    shares = {name: round(float(filled[group == name].mean()), 2) for name in ("low", "high")}
    assert shares == {"low": 0.33, "high": 0.31}
    at, which = np.nonzero(filled)
    rows = pa.table(
        [
            table["iso"].take(pa.array(at)),
            pa.array(np.array(names)[which]),
            table["year"].take(pa.array(at)).cast(pa.int16()),
            pa.array(np.ones(len(at))),
            pa.nulls(len(at), pa.string()),
        ],
        schema=CELLS,
    )
    about = pa.Table.from_pylist(
        [{**dict.fromkeys(INDICATORS.names), "indicator": name} for name in names], INDICATORS
    )
    spec = GapSpec(replicates=200, until=2019, groupings=("income",))
    found = coverage(Panel(rows, about), spec, people_of_cldr())
    by_group = {row["group"]: row for row in found.to_pylist() if row["grouping"] == "income"}
    low, high = by_group["low"], by_group["high"]
    assert (round(low["share_of_all_series"], 2), round(high["share_of_all_series"], 2)) == (
        *(0.58, 0.51),
    )
    assert (round(low["share"], 2), round(high["share"], 2)) == (0.72, 0.83)
    assert low["high"] < high["low"]


def people_of_cldr() -> dict[str, float]:
    text = (SHARED / "language" / "territoryInfo.json").read_text("utf-8")
    places = json.loads(text)["supplemental"]["territoryInfo"]
    found = {alpha3_of_alpha2(code): about["_population"] for code, about in places.items()}
    return {code: float(size) for code, size in found.items() if code}
