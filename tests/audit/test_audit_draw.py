"""Strata partition the corpus; the draw is random, complete and repeatable."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.audit.collapse import collapse
from aequa.audit.measures import MEASURES, Judgement, indicators
from aequa.audit.strata import STRATA, Spec, allocate, draw, strata
from aequa.core.errors import SpecError
from aequa.core.works import AREAS, CHALLENGES, CONTRIBUTIONS

GOALS = st.dictionaries(st.integers(1, 17), st.sampled_from(CONTRIBUTIONS), max_size=3)
JUDGEMENTS = st.builds(
    Judgement,
    st.sampled_from([True, True, True, False, None]),
    st.none() | GOALS.map(lambda goals: tuple(sorted(goals.items()))),
    st.none() | st.lists(st.sampled_from(CHALLENGES), unique=True, max_size=2).map(tuple),
    st.none() | st.lists(st.sampled_from(AREAS), unique=True, max_size=2).map(tuple),
)
CORPORA = st.lists(st.tuples(JUDGEMENTS, st.none() | st.floats(0, 1)), max_size=150)


@settings(max_examples=40, deadline=None)
@given(rows=CORPORA, seed=st.integers(0, 99), size=st.integers(20, 200))
def test_a_draw_takes_each_work_at_most_once_and_two_of_each_stratum(
    rows: list[tuple[Judgement, float | None]], seed: int, size: int
) -> None:
    said, scores = [row for row, _ in rows], [score for _, score in rows]
    made = draw(said, scores, Spec(size, seed))
    assert len(made.stratum) == len(rows)
    assert set(made.stratum) <= set(STRATA)
    assert len(set(made.picked)) == len(made.picked) == min(size, len(rows))
    sizes = Counter(made.stratum)
    taken = Counter(made.stratum[place] for place in made.picked)
    assert all(taken[name] >= min(2, sizes[name]) for name in sizes)
    assert made == draw(said, scores, Spec(size, seed))


@given(sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=9), size=st.integers(20, 400))
@settings(max_examples=40, deadline=None)
def test_larger_strata_get_more_but_a_smaller_part(sizes: list[int], size: int) -> None:
    taken = allocate(sizes, size)
    assert sum(taken) == min(size, sum(sizes))
    for n, k in zip(sizes, taken, strict=True):
        assert min(2, n) <= k <= n
        assert all(k <= other_k for other, other_k in zip(sizes, taken, strict=True) if other > n)


def test_another_seed_draws_other_works() -> None:
    rows = [Judgement(True)] * 100
    first, second = (draw(rows, [None] * 100, Spec(20, seed)) for seed in (0, 1))
    assert set(first.picked) != set(second.picked)


def test_every_work_is_drawn_equally_often_within_its_stratum() -> None:
    rows = [Judgement(True)] * 30 + [Judgement(True, ((3, "hinders"),))] * 10
    counts: Counter[int] = Counter()
    for seed in range(400):
        counts.update(draw(rows, [None] * 40, Spec(20, seed)).picked)
    for places in (range(30), range(30, 40)):
        mean = sum(counts[place] for place in places) / len(places)
        assert all(abs(counts[place] - mean) < 50 for place in places)  # five standard deviations


def test_rare_kinds_of_label_come_first() -> None:
    often = [Judgement(True, ((3, "supports"),))] * 9
    rows = [
        *often,
        Judgement(True, ((3, "supports"), (14, "mixed"))),
        Judgement(True, ((14, "neutral"),)),
        Judgement(True, (), ("bias",), ("society",)),
        Judgement(True, (), (), ("society",)),
        Judgement(True),
        Judgement(False),
        Judgement(False),
        Judgement(None),
    ]
    scores = [0.9] * 14 + [0.3, None, None]
    assert strata(rows, scores)[9:] == (
        "hinders",
        "rare_goal",
        "challenge",
        "area",
        "no_label",
        "nearly_ai",
        "not_ai",
        "unjudged",
    )


@pytest.mark.parametrize("wrong", [{"size": 0}, {"size": 19}, {"seed": -1}])
def test_impossible_specs_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(SpecError, match=next(iter(wrong))):
        Spec(**wrong)


def test_strata_without_labels_join_their_neighbour() -> None:
    stratum = ["not_ai"] * 5 + ["no_label"] * 5 + ["goal"] * 5 + ["hinders"] * 2
    assert collapse(stratum, [0, 1, 5, 6, 10, 11, 15, 16]) == (
        ("not_ai",),
        ("no_label",),
        ("goal",),
        ("hinders",),
    )
    assert collapse(stratum, [0, 1, 5, 6, 7, 10, 11]) == (
        ("not_ai",),
        ("no_label",),
        ("goal", "hinders"),
    )
    assert collapse(stratum, [5, 6]) == (("not_ai", "no_label", "goal", "hinders"),)


def test_what_was_not_judged_is_unknown_unless_something_else_settles_it() -> None:
    said = indicators(
        [
            Judgement(True, None, None, None),
            Judgement(True, ((3, None), (4, "supports"))),
            Judgement(None),
            Judgement(False, None),
        ]
    )
    known = {measure: said.known[:, at].tolist() for at, measure in enumerate(MEASURES)}
    by_name = {" ".join(filter(None, measure)): value for measure, value in known.items()}
    assert by_name["ai"] == [True, True, False, True]
    assert by_name["explicit"] == [False, True, False, True]
    assert by_name["hinders"] == [False, False, False, True]
    assert by_name["goal 3"] == [False, True, False, True]
    assert by_name["goal_supports 3"] == [False, False, False, True]
    assert by_name["applied"] == [False, True, False, True]
