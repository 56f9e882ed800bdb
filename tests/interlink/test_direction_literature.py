"""The literature's network against chance with both margins fixed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.errors import InputError
from aequa.interlink.agreement import agreement
from aequa.interlink.curveball import curveball, global_trade
from aequa.interlink.direction_spec import DirectionSpec
from aequa.interlink.literature import goal_sets, shared
from aequa.interlink.literature_links import compared, literature

MASKS = st.lists(st.integers(0, 2**17 - 1), min_size=2, max_size=40)


def works(size: int, seed: int, linked: float = 0.0):
    """Goal sets of independent goals; goals 7 and 13 come together in a share ``linked``."""
    rng = np.random.default_rng(seed)
    chances = np.array([2, 3, 20, 8, 2, 3, 6, 6, 15, 3, 10, 5, 7, 2, 4, 5, 3]) / 140
    bits = rng.random((size, 17)) < chances
    bits[rng.random(size) < linked, 6] = True
    both = rng.random(size) < linked
    bits[both, 6] = bits[both, 12] = True
    return (bits @ (1 << np.arange(17))).astype(np.int64)


@settings(max_examples=50, deadline=None)
@given(MASKS, st.integers(0, 999))
def test_trades_keep_both_margins(masks: list[int], seed: int) -> None:
    before = np.array(masks, np.int64)
    after = global_trade(before, np.random.default_rng(seed))
    np.testing.assert_array_equal(np.bitwise_count(before), np.bitwise_count(after))
    for goal in range(17):
        assert (before >> goal & 1).sum() == (after >> goal & 1).sum()


def test_trades_reach_every_table_equally_often() -> None:
    """Works of 1, 1 and 2 goals, goals of 1, 2 and 1 works: five tables, counted by hand."""
    before = np.array([0b001, 0b010, 0b110])
    rng = np.random.default_rng(0)
    seen: dict[tuple[int, ...], int] = {}
    now = before
    for _ in range(6000):
        now = global_trade(now, rng)
        seen[tuple(now.tolist())] = seen.get(tuple(now.tolist()), 0) + 1
    tables = {(1, 2, 6), (2, 1, 6), (2, 2, 5), (2, 4, 3), (4, 2, 3)}
    assert set(seen) == tables
    assert max(seen.values()) / min(seen.values()) < 1.25


@pytest.mark.parametrize("size", [400, 3000])
def test_expected_counts_and_spread_are_those_of_random_tables(size: int) -> None:
    masks = works(size, 1, 0.02)
    found, drawn = shared(masks), curveball(masks, 300, 5, 0)
    pairs = np.triu_indices(17, 1)
    mean, spread = drawn.mean(0)[pairs], drawn.std(0)[pairs]
    error = (found.expected[pairs] - mean) / np.maximum(spread / np.sqrt(300), 1e-9)
    assert np.sqrt((error**2).mean()) < 1.4
    busy = mean > 2
    assert np.median(found.spread[pairs][busy] / spread[busy]) == pytest.approx(1, abs=0.05)


def test_a_planted_link_is_found_and_independent_goals_are_not() -> None:
    sets = works(20_000, 2, 0.02)
    lists = pa.array([[g + 1 for g in range(17) if m >> g & 1] for m in sets.tolist()])
    rows = literature(lists, DirectionSpec()).to_pylist()
    held = {(r["source"], r["target"]) for r in rows if r["holds"] and r["sign"] > 0}
    assert ("7", "13") in held
    assert len(held) <= 3
    one = next(r for r in rows if (r["source"], r["target"]) == ("7", "13"))
    assert one["low"] < one["estimate"] < one["high"]
    assert one["observations"] == (sets > 0).sum()


def test_chance_is_found_at_the_level() -> None:
    p = np.concatenate([shared(works(3000, s)).p[np.triu_indices(17, 1)] for s in range(6)])
    assert 0.01 < (p[np.isfinite(p)] < 0.05).mean() < 0.07


def test_intervals_of_the_ratio_cover_it_over_samples_of_works() -> None:
    truth = shared(works(200_000, 9, 0.02))
    ratio = truth.observed[6, 12] / truth.expected[6, 12]
    found = [shared(works(3000, s, 0.02)) for s in range(20, 60)]
    inside = sum(f.low[6, 12] <= ratio <= f.high[6, 12] for f in found)
    assert inside >= 34  # of 40 at 95 %


def test_order_of_works_changes_nothing() -> None:
    masks = works(500, 3)
    again = shared(masks[::-1].copy())
    for one, other in zip(shared(masks), again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_wrong_goals_and_no_works_are_told() -> None:
    with pytest.raises(InputError, match=r"found 18, expected 1 … 17"):
        goal_sets(pa.array([[1], [18]]))
    with pytest.raises(InputError, match="null"):
        goal_sets(pa.array([[1, None]]))
    with pytest.raises(InputError, match="none with a goal among 2"):
        literature(pa.array([[], None], pa.list_(pa.int8())), DirectionSpec())


def test_a_chunk_of_a_column_is_read_from_its_own_start() -> None:
    column = pa.chunked_array([[[1]], [[2, 3], []]]).slice(1)
    assert goal_sets(column).tolist() == [6, 0]


def test_a_network_agrees_with_itself_and_not_with_noise() -> None:
    rng = np.random.default_rng(0)
    a, b = (np.triu(rng.normal(size=(17, 17)), 1) for _ in range(2))
    a, b = a + a.T, b + b.T
    same = agreement((a, a), (a > 1, a > 1), 500, 0)
    other = agreement((a, b), (a > 1, b > 1), 500, 0)
    assert same.spearman == pytest.approx(1)
    assert same.jaccard == 1
    assert same.both == same.first
    assert same.spearman_p == same.both_p == pytest.approx(1 / 501)
    assert other.spearman_p > 0.05
    assert other.both_p > 0.05
    assert other.pairs == 136


def test_two_tables_of_links_are_compared_over_the_same_goals() -> None:
    lists = pa.array([[1, 2], [2, 3], [1, 2, 3], [4]] * 30)
    links = literature(lists, DirectionSpec())
    assert compared(links, links, DirectionSpec()).spearman == pytest.approx(1)
