"""No text may teach and judge: pairs, copies and near copies stay in one fold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from aequa.classify.reading import read_work
from aequa.training.data import Example
from aequa.training.splits import folds, groups, resemblance, shingles

LONG = (
    "we train a network on microscope images of patients from three hospitals and find that it "
    "recognises the parasite as well as trained technicians who work under pressure of time"
)


def example(name: str, text: str, **more: str) -> Example:
    return Example(id=name, title="", abstract=text, source="gold", **more)


def grouped(examples: list[Example]) -> list[int]:
    return groups(examples, [read_work(one.title, one.abstract) for one in examples])


def test_near_copies_share_a_group_and_others_do_not() -> None:
    copy = LONG.replace("three hospitals", "four hospitals")
    found = grouped([example("a", LONG), example("b", copy), example("c", LONG[::-1])])
    assert found[0] == found[1] != found[2]


def test_pairs_and_equal_identifiers_share_a_group() -> None:
    found = grouped(
        [
            example("a", "one short text", pair="p1"),
            example("b", "something else entirely", pair="p1"),
            example("c", "a third thing", pair="p2"),
            example("c", "said again in other words"),
        ]
    )
    assert found[0] == found[1]
    assert found[2] == found[3] != found[0]


def test_bonds_are_transitive() -> None:
    joined = example("b", LONG, pair="p")
    found = grouped([example("a", LONG), joined, replace(joined, id="c", abstract="unlike it")])
    assert len(set(found)) == 1


def test_folds_follow_groups_not_order() -> None:
    made = [example(f"w{number}", f"text {number} alone") for number in range(200)]
    group = grouped(made)
    first = folds(made, group, 5, seed=1)
    backwards = made[::-1]
    again = folds(backwards, grouped(backwards), 5, seed=1)[::-1]
    np.testing.assert_array_equal(first, again)
    assert set(first) == set(range(5))
    assert (first != folds(made, group, 5, seed=2)).any()


def test_short_texts_have_no_shingles() -> None:
    assert len(shingles(read_work("four words are few", ""))) == 0
    assert resemblance(read_work("few", ""), read_work("few", "")) == 0


def test_no_two_folds_of_the_real_data_share_a_text(examples) -> None:
    texts = [read_work(one.title, one.abstract) for one in examples]
    fold = folds(examples, groups(examples, texts), 5, seed=20261124)
    home: dict[int, list[int]] = {}
    for row, text in enumerate(texts):
        for mark in shingles(text).tolist():
            home.setdefault(mark, []).append(row)
    suspects = {
        (rows[0], other)
        for rows in home.values()
        for other in rows[1:]
        if fold[rows[0]] != fold[other]
    }
    leaks = [
        (examples[one].id, examples[other].id)
        for one, other in suspects
        if resemblance(texts[one], texts[other]) > 0.6
    ]
    assert leaks == []
    pairs = [(one.source, one.pair, fold[row]) for row, one in enumerate(examples) if one.pair]
    assert len(set(pairs)) == len({(source, pair) for source, pair, _ in pairs})


def test_folds_of_the_real_data_are_even(examples) -> None:
    texts = [read_work(one.title, one.abstract) for one in examples]
    sizes = np.bincount(folds(examples, groups(examples, texts), 5, seed=20261124))
    assert sizes.min() > 0.9 * sizes.max()
