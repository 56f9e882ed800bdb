from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files

from aequa.core.targets import all_targets

PER_GOAL = {
    **{1: 7, 2: 8, 3: 13, 4: 10, 5: 9, 6: 8, 7: 5, 8: 12, 9: 8, 10: 10, 11: 10, 12: 11, 13: 5},
    **{14: 10, 15: 12, 16: 12, 17: 19},
}


def test_there_are_169_targets_in_their_goals_and_in_order() -> None:
    found = all_targets()
    assert Counter(target.goal for target in found) == PER_GOAL
    assert len({target.code for target in found}) == 169
    for goal, number in PER_GOAL.items():
        marks = [one.code.split(".")[1] for one in found if one.goal == goal]
        outcomes = [mark for mark in marks if mark.isdigit()]
        means = [mark for mark in marks if not mark.isdigit()]
        assert outcomes == [str(place + 1) for place in range(len(outcomes))]
        assert means == [chr(ord("a") + place) for place in range(len(means))]
        assert marks == outcomes + means
        assert len(marks) == number


def test_codes_names_and_phrases_have_the_agreed_form() -> None:
    for target in all_targets():
        assert re.fullmatch(rf"{target.goal}\.(\d+|[a-d])", target.code)
        assert 2 <= len(target.name.split()) <= 11
        assert target.words
        assert all(target.words)
        assert all(phrase == phrase.lower().strip() for phrase in target.words)
        assert len(set(target.words)) == len(target.words)


def test_the_table_says_where_it_comes_from() -> None:
    first = files("aequa.core").joinpath("targets.tsv").read_text("utf-8").splitlines()[0]
    assert first.startswith("#")
    assert all(word in first for word in ("source:", "licence:", "date:"))
