from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from aequa.core.countries import alpha3_of_alpha2, countries
from aequa.core.errors import InputError
from aequa.core.panel import CELLS, INDICATORS, Panel
from aequa.divide.attention import RESOURCES
from aequa.divide.decompose import split
from aequa.divide.gap_spec import GapSpec
from aequa.divide.gap_tables import About
from aequa.divide.imbalances import Imbalances, Spreads, imbalances, splits_of, spread_rows
from aequa.divide.inequality import people
from aequa.divide.need import GOAL_SCORES
from aequa.divide.structure import structure

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "indicators"
SPEC = GapSpec(replicates=100, population="people", groupings=("north_south", "income"))
PARTS = structure(
    [
        {"indicator": "internet", "pillar": "connectivity"},
        {"indicator": "chips", "pillar": "compute", "transform": "per_million", "absent": 0},
        {"indicator": "nowhere", "pillar": "compute"},
        {"indicator": "quality", "pillar": "data"},
        {"indicator": "connectivity", "pillar": "technology"},
        {"indicator": "compute", "pillar": "technology"},
    ]
)
VALUES = {
    "people": {"KEN": 50.0, "FRA": 60.0, "USA": 300.0, "MLI": 20.0},
    "internet": {"KEN": 40.0, "FRA": 90.0, "USA": 95.0, "XKX": 3.0},
    "chips": {"USA": 900.0, "FRA": 60.0},
    "quality": {"KEN": 50.0, "FRA": 80.0, "MLI": 30.0},
}


def panel_of(values: dict[str, dict[str, float]]) -> Panel:
    cells = [
        {"country": country, "indicator": name, "year": 2020, "value": value, "nature": None}
        for country in sorted({country for found in values.values() for country in found})
        for name, found in sorted(values.items())
        if (value := found.get(country)) is not None
    ]
    about = [{**dict.fromkeys(INDICATORS.names), "indicator": name} for name in sorted(values)]
    return Panel(pa.Table.from_pylist(cells, CELLS), pa.Table.from_pylist(about, INDICATORS))


SCORES = pa.table([["KEN", "FRA"], [1, 1], [40.0, 90.0]], names=GOAL_SCORES.names).cast(GOAL_SCORES)
SPENT = pa.Table.from_pylist(
    [
        {"subject": "works", "unit": "works", "country": name, "goal": 1, "amount": amount}
        for name, amount in [("USA", 50.0), ("KEN", 2.0), (None, 8.0)]
    ],
    RESOURCES,
)


@pytest.fixture(scope="module")
def made() -> Imbalances:
    return imbalances(panel_of(VALUES), SCORES, SPENT, PARTS, SPEC)


def rows(table: pa.Table, **wanted: object) -> list[dict[str, Any]]:
    return [
        row
        for row in table.to_pylist()
        if all(row[name] == value for name, value in wanted.items())
    ]


def test_every_imbalance_is_there(made: Imbalances) -> None:
    found = made.imbalances.to_pylist()
    assert {row["imbalance"] for row in found} == {"attention", "data", "technology"}
    subjects = {row["subject"]: row["imbalance"] for row in found}
    assert subjects == {
        **{"works": "attention", "internet": "technology", "chips": "technology"},
        **{"quality": "data", "applicable series": "data"},
    }


def test_figures_name_what_is_missing(made: Imbalances) -> None:
    (gini,) = rows(made.imbalances, subject="internet", measure="gini")
    assert (gini["countries"], gini["missing"], gini["year"]) == (3, 2, 2020)  # MLI, XKX
    (unknown,) = rows(made.imbalances, measure="unknown_country_share")
    assert unknown["value"] == pytest.approx(8 / 60)
    (palma,) = rows(made.imbalances, subject="works", measure="palma", goal=None)
    assert palma["value"] is not None
    (endless,) = rows(made.imbalances, subject="works", measure="theil_l", goal=None)
    assert (endless["value"], endless["note"]) == (None, "infinite: the poorest hold nothing")


def test_what_a_source_does_not_list_is_nothing_where_it_lists_all(made: Imbalances) -> None:
    (share,) = rows(made.imbalances, subject="chips", measure="share", group="low")
    assert share["value"] == 0
    (top,) = rows(made.imbalances, subject="chips", measure="top2_share")
    assert top["value"] == 1
    assert rows(made.imbalances, subject="chips", measure="gini")[0]["countries"] == 4


def test_the_split_adds_up_to_theil(made: Imbalances) -> None:
    for row in made.decomposition.to_pylist():
        measure = {"subject": row["subject"], "measure": "theil_t", "goal": None}
        theil = rows(made.imbalances, **measure)[0]["value"]
        assert row["between"] + row["within"] == pytest.approx(theil, abs=1e-12)
        parts = rows(made.contributions, subject=row["subject"])
        assert sum(part["contribution"] for part in parts) == pytest.approx(theil, abs=1e-12)
        assert row["between_share"] == pytest.approx(row["between"] / theil)


def test_attention_stands_against_need(made: Imbalances) -> None:
    (first,) = rows(made.attention_goals, goal=1, need="people")
    assert (first["share"], first["share_need"], first["ratio"]) == (1, 1, 1)
    (kenya,) = rows(made.attention_countries, country="KEN")
    assert kenya["share"] == pytest.approx(2 / 52)
    assert kenya["share_need"] == pytest.approx(30 / 36)
    assert rows(made.lorenz, subject="works")[-1]["y"] == 1
    assert rows(made.coverage, grouping="world")[0]["countries"] == 5


def test_it_repeats(made: Imbalances) -> None:
    again = imbalances(panel_of(VALUES), SCORES, SPENT, PARTS, SPEC)
    assert all(one.equals(two) for one, two in zip(made, again, strict=True))


def test_without_attention_the_rest_stands() -> None:
    found = imbalances(panel_of(VALUES), SCORES, RESOURCES.empty_table(), PARTS, SPEC)
    assert found.attention_goals.num_rows == 0
    assert {row["imbalance"] for row in found.imbalances.to_pylist()} == {"data", "technology"}


def test_a_negative_value_is_named() -> None:
    values = {**VALUES, "internet": {"KEN": -4.0, "FRA": 1.0}}
    with pytest.raises(InputError, match="internet, KEN: found -4, expected 0 or more"):
        imbalances(panel_of(values), SCORES, SPENT, PARTS, SPEC)


def shared(path: str) -> Iterator[dict[str, str]]:
    with gzip.open(SHARED / path, "rt", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)


def people_of_cldr() -> dict[str, float]:
    text = (SHARED / "language" / "territoryInfo.json").read_text("utf-8")
    places = json.loads(text)["supplemental"]["territoryInfo"]
    found = {alpha3_of_alpha2(code): about["_population"] for code, about in places.items()}
    return {code: float(size) for code, size in found.items() if code}


def compute_of_clusters() -> dict[str, float]:
    """H100 equivalents of existing clusters whose country is known."""
    codes = {country.name: country.alpha3 for country in countries()}
    codes |= {"Korea (Republic of)": "KOR", "Russia": "RUS", "Taiwan": "TWN", "Hong Kong": "HKG"}
    codes |= {"Vietnam": "VNM", "Philippines (the)": "PHL", "Netherlands": "NLD"}
    found: dict[str, float] = {}
    for row in shared("compute/gpu_clusters_2026.csv.gz"):
        if row["Status"] == "Existing" and row["H100 equivalents"] and row["Country"]:
            code = codes[row["Country"]]
            found[code] = found.get(code, 0.0) + float(row["H100 equivalents"])
    return found


def internet_users() -> dict[str, float]:
    """The latest per cent of people online."""
    latest: dict[str, tuple[int, float]] = {}
    for row in shared("connectivity/internet-use.csv.gz"):
        if row["dataValue"]:
            year = int(row["dataYear"])
            latest[row["entityIso"]] = max(
                latest.get(row["entityIso"], (0, 0.0)), (year, float(row["dataValue"]))
            )
    return {code: value for code, (_, value) in latest.items()}


@pytest.mark.skipif(not SHARED.exists(), reason="shared data are not here")
def test_facts_of_the_divide() -> None:
    """Compute: Gini .90, USA and China 89.7 %, low income 0; internet use: .19, .74 by income.

    Between income groups lies .60 of compute's Theil with the groups of 2019, .56 with FY2026's.
    """
    spec, population = GapSpec(replicates=200), people_of_cldr()
    compute = people("compute", compute_of_clusters(), population, totals=True, absent=0)
    internet = people("internet", internet_users(), population)
    assert compute.no_population == ()
    found = {}
    for name, group in (("compute", compute), ("internet", internet)):
        spread = Spreads(About("technology", name), group)
        by_measure = {
            (row["measure"], row["group"]): row["value"] for row in spread_rows(spread, spec)
        }
        splits = {row["grouping"]: row["between_share"] for row in splits_of(spread, spec)[0]}
        found[name] = (by_measure, splits["income"])
    figures, income = found["compute"]
    assert figures["top2_share", "world"] == pytest.approx(0.897, abs=5e-4)
    assert figures["gini", "world"] == pytest.approx(0.90, abs=5e-3)
    assert figures["share", "low"] == 0
    assert income == pytest.approx(0.557, abs=1e-3)
    figures, income = found["internet"]
    assert figures["gini", "world"] == pytest.approx(0.19, abs=5e-3)
    assert income == pytest.approx(0.74, abs=5e-3)


@pytest.mark.skipif(not SHARED.exists(), reason="shared data are not here")
def test_the_between_share_of_compute_with_the_income_groups_of_2019() -> None:
    group = people("compute", compute_of_clusters(), people_of_cldr(), totals=True, absent=0)
    with (SHARED / "wdi" / "WDICountry_2019.csv").open(encoding="utf-8-sig") as file:
        income = {row["Country Code"]: row["Income Group"] for row in csv.DictReader(file)}
    labels = [income.get(code, "") for code in group.countries]
    made = split(group.totals, group.population, labels, np.ones(len(labels)))
    assert float(made.between_share) == pytest.approx(0.60, abs=5e-3)
