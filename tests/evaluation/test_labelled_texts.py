"""Every form of labelled text, and what is not one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.errors import FormatError
from aequa.evaluation.labelled import parse
from aequa.sources import stream


def one(record: dict[str, Any]) -> Any:
    reading = parse([json.dumps(record)], "x.jsonl")
    assert not reading.rejects, reading.rejects
    return reading.texts[0]


def reason(record: Any) -> str:
    reading = parse([json.dumps(record)], "x.jsonl")
    assert reading.read == 1
    assert not reading.texts
    return reading.rejects[0].reason


def test_an_annotated_work(records: list[dict[str, Any]]) -> None:
    text = one(records[1])
    assert text.goals == {5: "hinders", 8: "hinders"}
    assert (text.ai, text.language, text.complete) == (True, "en", True)
    assert (text.challenges, text.areas) == ({"bias"}, {"economy"})


def test_null_and_absent_labels_were_not_recorded_and_empty_ones_were() -> None:
    text = one({"id": 7, "title": "Wells", "abstract": None, "ai": None, "goals": {}})
    assert (text.id, text.ai, text.goals) == ("7", None, {})
    assert (text.challenges, text.areas, text.abstract, text.language) == (None, None, None, None)


def test_a_text_of_which_one_goal_was_recorded() -> None:
    text = one({"id": "x", "text": "Water. For all.", "goals": [6], "multilabel": False})
    assert (text.title, text.abstract) == (None, "Water. For all.")
    assert (text.goals, text.complete) == ({6: None}, False)
    assert one({"text": "Water", "goals": [6, 3], "multilabel": True}).complete


def test_a_text_that_is_ai_or_not() -> None:
    text = one({"label": "False", "text": "water. in wells.", "meta": {"id": "1807.1"}})
    assert (text.id, text.title, text.abstract) == ("1807.1", "water", "in wells.")
    assert (text.ai, text.goals) == (False, None)


def test_a_spreadsheet() -> None:
    rows = [
        "ID,Title,Abstract,Goals,AI,Challenges",
        'a,Wells,"Dry, in\n2020",3+ 10- 6,1,bias privacy',
        "b,'=Wells,,none,0,none",
        "c,Wells,,13:mixed;7±,,",
        "",
        "d,Wells,,,,",
        "e,Wells,,18,,",
        "f,Wells",
    ]
    reading = parse("\n".join(rows).split("\n"), "x.csv")
    assert reading.read == 6
    first, second, third = reading.texts
    assert first.goals == {3: "supports", 10: "hinders", 6: None}
    assert (first.ai, first.challenges, first.abstract) == (
        True,
        {"bias", "privacy"},
        "Dry, in\n2020",
    )
    assert (second.title, second.goals, second.ai, second.challenges) == (
        "=Wells",
        {},
        False,
        set(),
    )
    assert (third.goals, third.ai, third.challenges) == ({13: "mixed", 7: "mixed"}, None, None)
    assert [(reject.record, reject.reason) for reject in reading.rejects] == [
        (7, "goals, ai, challenges, areas: found nothing, expected a label ('none' for no goal)"),
        (8, "goals: found '18', expected such as '3+ 10-' or 'none'"),
        (9, "record: found 2 cells, expected 6"),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": None, "abstract": " "}, "title, abstract, text: found no text"),
        ({"title": 3}, "title: found 3, expected a string"),
        ({"goals": {"18": "supports"}}, "goals: found '18', expected 1 to 17"),
        ({"goals": {"3": "helps"}}, "goals.3: found 'helps', expected supports, hinders"),
        ({"goals": [True]}, "goals: found True, expected 1 to 17"),
        ({"goals": 3}, "goals: found 3, expected an object or a list"),
        ({"ai": "perhaps"}, "ai: found 'perhaps', expected 1 or 0"),
        ({"ai": 2}, "ai: found 2, expected 1 or 0"),
        ({"challenges": ["fire"]}, "challenges: found ['fire'], expected of energy, bias"),
        ({"areas": [["economy"]]}, "areas: found [['economy']], expected of economy"),
        ({"lang": 7}, "lang: found 7, expected a string"),
        ({"id": [1]}, "id: found [1], expected a string"),
        ({"multilabel": False, "goals": [1, 2]}, "goals: found 2 goals with multilabel false"),
    ],
)
def test_a_bad_field_is_named(
    records: list[dict[str, Any]], change: dict[str, Any], message: str
) -> None:
    assert message in reason(records[0] | change)


def test_a_text_without_any_label_is_rejected() -> None:
    assert "found nothing, expected a label" in reason({"id": "a", "title": "Wells"})
    reading = parse(['{"id": "a", "title": "Wells", "ai": 1}', "[1]"], "x.jsonl")
    assert reading.rejects[0].reason == "record: found [1], expected a JSON object"


def test_books_balance_and_lines_are_named(records: list[dict[str, Any]]) -> None:
    lines = [json.dumps(records[0]), "", "{oops", json.dumps({"id": "z"}), json.dumps(records[1])]
    reading = parse(lines, "x.jsonl")
    assert (reading.read, len(reading.texts)) == (4, 2)
    assert [text.line for text in reading.texts] == [1, 5]
    assert [reject.record for reject in reading.rejects] == [3, 4]
    assert "is not valid JSON" in reading.rejects[0].reason
    assert reading.rejects[1].file == "x.jsonl"


@pytest.mark.parametrize("first", ["", "TY  - JOUR", "id,title,year", "[1, 2]", "a b c"])
def test_what_is_not_labelled_at_all_is_a_format_error(first: str) -> None:
    with pytest.raises(FormatError, match=r"x: line 1: found .*, expected JSON lines, or a CSV"):
        parse([first], "x")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
NAMES = ["id", "title", "abstract", "text", "goals", "ai", "label", "challenges", "areas"]
NAMES += ["lang", "multilabel", "meta", "pair"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(NAMES), values), min_size=1, max_size=4))
def test_any_object_is_used_or_rejected(rows: list[dict[str, Any]]) -> None:
    reading = parse([json.dumps(row) for row in rows], "x")
    assert reading.read == len(rows) == len(reading.texts) + len(reading.rejects)
    assert all(": " in reject.reason for reject in reading.rejects)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=6))
def test_any_lines_are_read_or_refused(rows: list[str]) -> None:
    for first in ("id,title,goals", '{"id": "a", "title": "Wells", "goals": []}'):
        reading = parse([first, *rows], "x")
        assert reading.read == len(reading.texts) + len(reading.rejects)


@pytest.mark.parametrize(
    ("name", "number", "check"),
    [
        ("ai-sdg-gold/dev.jsonl.gz", 1224, lambda t: t.complete and t.areas is not None),
        ("ai-sdg-gold/more.jsonl.gz", 2057, lambda t: t.goals is not None),
        ("multilingual/dev.jsonl", 684, lambda t: t.language is not None and t.areas is None),
        ("multilingual/contrast.jsonl", 266, lambda t: t.pair is not None),
        ("sdg-text/train.jsonl.gz", 9333, lambda t: t.ai is None and t.goals is not None),
        ("ai-filter/dev.jsonl.gz", 10604, lambda t: t.ai is not None and t.goals is None),
    ],
)
def test_every_shared_set_is_read_whole(shared: Path, name: str, number: int, check: Any) -> None:
    path = shared / name
    with stream.open_bytes(path) as raw:
        reading = parse(stream.lines(raw, path), name)
    assert (reading.read, reading.rejects) == (number, ())
    assert all(check(text) for text in reading.texts)
