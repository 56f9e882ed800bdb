"""Golden values: the ASEM example of COINr 1.1.14, treated, normalised and aggregated."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from aequa.divide.aggregate import aggregate
from aequa.divide.missing import group_means
from aequa.divide.normalise import minmax, oriented
from aequa.divide.ranks import ranks
from aequa.divide.spec import Spec
from aequa.divide.structure import Structure, structure
from aequa.divide.treat import treat

ASEM = Path(__file__).parents[2].parent / "shared" / "data" / "indicators" / "composite-asem"

pytestmark = pytest.mark.skipif(not ASEM.is_dir(), reason="needs ../shared/data")


class Asem(NamedTuple):
    countries: list[str]
    raw: npt.NDArray[np.float64]
    groups: list[str]
    structure: Structure
    treated: npt.NDArray[np.float64]
    normalised: npt.NDArray[np.float64]
    results: list[dict[str, str]]


def read(name: str) -> list[dict[str, str]]:
    with (ASEM / f"ASEM_{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def number(text: str) -> float:
    return float("nan") if text in ("", "NA") else float(text)


@pytest.fixture(scope="module", name="asem")
def _asem() -> Asem:
    meta = [row for row in read("iMeta") if row["Type"] in ("Indicator", "Aggregate")]
    made = structure(
        [
            {
                "indicator": row["iCode"],
                "pillar": row["Parent"],
                "weight": row["Weight"],
                "direction": row["Direction"] if row["Type"] == "Indicator" else None,
            }
            for row in meta
            if row["Parent"] != "NA"
        ]
    )
    treated, names = read("treated_ref"), made.indicators
    under = {row["iCode"]: row["Denominator"] for row in meta}
    data = {row["uCode"]: row for row in read("iData")}
    countries = [row["uCode"] for row in treated]
    raw = [
        [
            number(data[code][name])
            / (1 if under[name] == "NA" else number(data[code][under[name]]))
            for name in names
        ]
        for code in countries
    ]
    return Asem(
        countries,
        np.array(raw),
        [data[code]["EurAsia_group"] for code in countries],
        made,
        np.array([[number(row[name]) for name in names] for row in treated]),
        np.array([[number(row[name]) for name in names] for row in read("normalised_ref")]),
        read("results_ref"),
    )


def test_group_means_and_treatment_are_those_of_coinr(asem: Asem) -> None:
    filled, imputed = group_means(asem.raw, asem.groups)
    treated, done = treat(filled, Spec())
    assert imputed.sum() == np.isnan(asem.raw).sum() == 65
    np.testing.assert_allclose(treated, asem.treated, rtol=1e-9, atol=1e-9)
    changed = {
        name: (what.high, what.low, what.transform)
        for name, what in zip(asem.structure.indicators, done, strict=True)
        if what.high or what.low or what.transform != "none"
    }
    assert changed["NGOs"] == (3, 0, "none")
    assert changed["FemLab"] == (0, 1, "none")
    assert len(changed) == 15


def test_normalised_values_are_those_of_coinr(asem: Asem) -> None:
    directions = np.array(asem.structure.directions, float)
    normalised = minmax(oriented(asem.treated, directions))
    np.testing.assert_allclose(normalised, asem.normalised, rtol=0, atol=1e-6)


def test_aggregates_are_those_of_coinr(asem: Asem) -> None:
    made = asem.structure
    treated, _ = treat(group_means(asem.raw, asem.groups)[0], Spec())
    normalised = minmax(oriented(treated, np.array(made.directions, float)))
    weights = made.leaf_weights[None], made.node_weights[None]
    scores = aggregate("arithmetic", normalised, *weights, made.tree)[:, 0]
    at = [asem.countries.index(row["uCode"]) for row in asem.results]
    for node, pillar in enumerate(made.pillars):
        published = [float(row[pillar]) for row in asem.results]
        # the reference is rounded to two decimals
        np.testing.assert_allclose(scores[node, at], published, rtol=0, atol=0.005 + 1e-6)
    placed = dict(zip(asem.countries, ranks(scores[-1]), strict=True))
    assert [placed[row["uCode"]] for row in asem.results] == list(range(1, 52))
    top = dict(zip(asem.countries, scores[-1].round(2), strict=True))
    five = {"CHE": 68.38, "NLD": 64.82, "DNK": 64.80, "NOR": 64.47, "BEL": 63.54}
    assert {code: top[code] for code in five} == five
