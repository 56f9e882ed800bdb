"""The figures of the Sustainable Development Report 2021 (Sachs et al. 2021), computed again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aequa.core.panel import Panel
from aequa.scores import aggregate
from aequa.scores.engine import Scores, score
from aequa.scores.normalise import normalise
from aequa.scores.spec import SDR_2021
from aequa.sources.panels.sdr_overview import Overview

ROUNDED = 5.1e-4
"""Half of the third decimal, to which the publisher rounds normalised values, and its rounding."""


def bounds(report: Overview) -> tuple[np.ndarray, np.ndarray]:
    lower, optimum = (report.indicators[name].to_numpy() for name in ("lower", "optimum"))
    return lower, optimum


@pytest.fixture(scope="module")
def groups_of(report: Overview) -> dict[str, str]:
    """The publisher's regions; its groups of countries stand in for each other."""
    regions = [region or "groups" for region in report.regions]
    return dict(zip(report.codes, regions, strict=True))


@pytest.fixture(scope="module")
def ranked(report: Overview) -> np.ndarray:
    return np.flatnonzero(~np.isnan(report.index))


@pytest.fixture(scope="module")
def whole(report: Overview) -> Panel:
    """The raw values of all 193 countries.

    Those of one indicator of goal 16 are withheld from the workbook (Gallup's), while its scores
    are there: the values come back from the scores.
    """
    lower, optimum = bounds(report)
    back = lower + (optimum - lower) * report.normalised / 100
    return replace(report, raw=np.where(np.isnan(report.raw), back, report.raw)).panel()


@pytest.fixture(scope="module")
def scores(whole: Panel, groups_of: dict[str, str]) -> Scores:
    return score(whole, SDR_2021, groups_of)


def test_every_normalised_cell_is_reproduced(report: Overview) -> None:
    made = normalise(report.raw[:, :, None], *bounds(report))[:, :, 0]
    both = ~np.isnan(made) & ~np.isnan(report.normalised)
    assert int(both.sum()) == 14_933
    assert float(np.abs(made - report.normalised)[both].max()) <= ROUNDED
    withheld = np.isnan(made) & ~np.isnan(report.normalised)
    assert withheld.sum() == 167
    names = report.indicators["indicator"].to_pylist()
    assert {names[place] for place in np.nonzero(withheld)[1]} == {"sdg16_safe"}


@pytest.mark.parametrize(("filled", "goals", "indices"), [((), 2_977, 144), ((4,), 3_009, 177)])
def test_goals_and_index_from_the_publishers_own_cells(
    report: Overview,
    ranked: np.ndarray,
    groups_of: dict[str, str],
    filled: tuple[int, ...],
    goals: int,
    indices: int,
) -> None:
    """Of 177 rows (165 countries, 12 groups) and 17 goals; the first case shows why goal 4 needs
    the means of regions: 32 of its rows lack an indicator that the publisher fills with them."""
    cells = report.normalised[ranked][:, :, None]
    codes = [report.codes[place] for place in ranked]
    group, everyone = aggregate.places(codes, groups_of), np.ones((len(codes), 1), bool)
    of = report.indicators["goal"].to_numpy().astype(int)
    means = aggregate.group_means(cells, group, everyone)
    made, present, _ = aggregate.goal_scores(cells, of, means, filled, SDR_2021.least_share)
    assert present == tuple(range(1, 18))
    published = report.goals[ranked]
    same = np.isclose(made[:, :, 0], published, rtol=0, atol=1e-9, equal_nan=True)
    assert int(same.sum()) == goals
    assert set(np.nonzero(~same)[1]) <= {3}
    index, _ = aggregate.index(made, group, everyone)
    found = np.isclose(index[:, 0], report.index[ranked], rtol=0, atol=1e-9)
    assert int(found.sum()) == indices


def test_the_empty_cells_of_goal_14_are_the_landlocked(
    report: Overview, ranked: np.ndarray
) -> None:
    """Their one indicator of six is a spillover: the rule of a fifth leaves them unscored."""
    empty = [report.codes[place] for place in ranked if np.isnan(report.goals[place, 13])]
    marine = report.indicators["goal"].to_numpy() == 14
    known = (~np.isnan(report.normalised[ranked][:, marine])).sum(axis=1)
    one = [report.codes[place] for place, count in zip(ranked, known, strict=True) if count == 1]
    assert empty == one
    assert len(empty) == 41
    assert {"AUT", "NPL", "ZWE", "_E_Euro_Asia"} <= set(empty)


def test_the_engine_ranks_the_same_countries_with_the_same_index(
    scores: Scores, report: Overview
) -> None:
    ours = dict(
        zip(scores.index["country"].to_pylist(), scores.index["index"].to_pylist(), strict=True)
    )
    theirs = {
        code: float(value)
        for code, value in zip(report.codes, report.index, strict=True)
        if not np.isnan(value) and not code.startswith("_")
    }
    assert ours.keys() == theirs.keys()
    assert len(ours) == 165
    assert max(abs(ours[code] - theirs[code]) for code in ours) < ROUNDED
    top = sorted(ours, key=lambda code: -ours[code])[:3]
    assert [(code, round(ours[code], 2)) for code in top] == [
        ("FIN", 85.90),
        ("SWE", 85.61),
        ("DNK", 84.86),
    ]


def test_the_engine_gives_every_goal_of_a_ranked_country(scores: Scores, report: Overview) -> None:
    cells = scores.goals.cells
    ours = {
        (row["country"], int(row["indicator"].removeprefix("goal:"))): row["value"]
        for row in cells.to_pylist()
    }
    ranked = {
        code for code, value in zip(report.codes, report.index, strict=True) if value == value
    }
    theirs = {
        (report.codes[row], goal + 1): report.goals[row, goal]
        for row, goal in zip(*np.nonzero(~np.isnan(report.goals)), strict=True)
        if not report.codes[row].startswith("_")
    }
    assert len(theirs) == 2_738
    assert max(abs(ours[place] - value) for place, value in theirs.items()) < ROUNDED
    assert {place for place in ours if place[0] in ranked} == theirs.keys()
    assert scores.filled == 51


def test_regional_scores_are_plain_means(report: Overview, ranked: np.ndarray) -> None:
    codes = [report.codes[place] for place in ranked]
    regions = [report.regions[place] or "groups" for place in ranked]
    group = aggregate.places(codes, dict(zip(codes, regions, strict=True)))
    everyone = np.ones((len(codes), 1), bool)
    means = aggregate.group_means(report.goals[ranked][:, :, None], group, everyone)[:, :, 0]
    assert np.allclose(means, report.regional_goals[ranked], rtol=0, atol=1e-9)
