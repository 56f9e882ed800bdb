from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from aequa.divide.pooled import flagged, pooled

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "indicators"


def names(n: int) -> list[str]:
    return [f"c{at:03}" for at in range(n)]


def test_whole_percents_share_values_and_are_no_pools() -> None:
    for seed in range(10):
        values = np.round(np.random.default_rng(seed).beta(2, 3, 200) * 100)
        assert pooled(names(200), values.tolist()).num_rows == 0, seed


def test_measured_values_of_few_decimals_are_no_pools() -> None:
    for seed in range(10):
        values = np.round(np.random.default_rng(seed).gamma(2, 10, 180), 1)
        assert pooled(names(180), values.tolist()).num_rows == 0, seed


def test_a_pool_is_found_with_its_members() -> None:
    values = np.round(np.random.default_rng(3).gamma(2, 10, 180), 1)
    values[:7] = 13.4
    found = pooled(names(180), values.tolist())
    assert found["values"].to_pylist() == [[13.4]]
    assert set(names(7)) <= set(found["names"][0].as_py())
    assert found["chance"][0].as_py() < 1e-3
    assert found["expected"][0].as_py() < 2


def test_the_end_of_a_scale_is_shown_and_not_flagged() -> None:
    values = np.minimum(100, np.round(np.random.default_rng(3).uniform(20, 160, 200), 2))
    found = pooled(names(200), values.tolist())
    assert found["values"].to_pylist() == [[100]]
    assert found["bound"].to_pylist() == [True]
    assert flagged(found) == set()


def test_nothing_known_nothing_found() -> None:
    nan = float("nan")
    for values in ([], [nan, nan], [1.0], [1.5, 1.5], [1.0, nan]):
        assert pooled(names(len(values)), values).num_rows <= 1


def test_rows_that_are_measured_apart_are_no_pools() -> None:
    for seed in range(5):
        random = np.random.default_rng(seed)
        first = np.round(random.gamma(2, 7, 147) + 4, 1)
        second = np.round(first * (1 + random.normal(0.07, 0.02, 147)), 1)
        assert pooled(names(147), np.stack([first, second], 1)).num_rows == 0, seed


@pytest.mark.skipif(not SHARED.exists(), reason="shared data are not here")
def test_the_pools_of_an_ai_usage_table() -> None:
    """34 of 147 share a value with three others in the newest column; one of them by chance.

    By all three columns five pools stand out, of 12, 8, 5, 4 and 4 countries.
    """
    with (SHARED / "ai-readiness" / "AI_Diffusion_Q12026_Update.csv").open(
        encoding="mac-roman"
    ) as file:
        rows = list(csv.reader(file))[1:]
    values = np.array([[float(cell.rstrip("%")) for cell in row[1:]] for row in rows])
    _, counts = np.unique(values[:, 2], return_counts=True)
    assert (len(rows), counts[counts >= 4].sum()) == (147, 34)
    found = pooled([row[0] for row in rows], values)
    assert found["countries"].to_pylist() == [12, 8, 5, 4, 4]
    assert found["values"][0].as_py() == [8.7, 9.3, 10.1]
    assert len(flagged(found)) == 33
