"""The sheet comes back as it was filled in, and says what is wrong where it is wrong."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.audit.answers import Answer, answer
from aequa.audit.measures import Judgement
from aequa.audit.sheet import HEADER, read, write
from aequa.core.errors import InputError
from aequa.core.works import AREAS, CHALLENGES, CONTRIBUTIONS

SIGNS = {"supports": "+", "hinders": "-", "mixed": "±", "neutral": " 0"}
TEXT = st.text(max_size=60) | st.sampled_from(["=1+1", "-5", "@x", "'=x", '"a";\n"b"', "\ufeff"])
GOALS = st.dictionaries(st.integers(1, 17), st.sampled_from(CONTRIBUTIONS), max_size=4)
HEAD = ["id", "ai", "goals", "challenges", "areas"]


def in_order(choices: tuple[str, ...], names: set[str]) -> tuple[str, ...]:
    return tuple(name for name in choices if name in names)


AI = st.builds(
    Judgement,
    st.just(True),
    GOALS.map(lambda goals: tuple(sorted(goals.items()))),
    st.sets(st.sampled_from(CHALLENGES)).map(
        lambda names: tuple(n for n in CHALLENGES if n in names)
    ),
    st.sets(st.sampled_from(AREAS)).map(lambda names: tuple(n for n in AREAS if n in names)),
)
FILLED = st.none() | AI | st.just(Judgement(False))


def typed(judgement: Judgement | None) -> list[str]:
    """What a person types for a judgement."""
    if judgement is None:
        return ["", "", "", "", "a note"]
    if not judgement.ai:
        return ["no", "", "", "", ""]
    goals = " ".join(f"{goal}{SIGNS[kind or '']}" for goal, kind in judgement.goals or ())
    lists = [" ".join(names or ()) for names in (judgement.challenges, judgement.areas)]
    return ["yes", *(cell or "none" for cell in (goals, *lists)), ""]


def saved(rows: list[list[str]], separator: str = ",", bom: str = "\ufeff") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    return bom + text.getvalue()


@settings(max_examples=40, deadline=None)
@given(
    works=st.lists(st.tuples(TEXT, TEXT, st.none() | st.integers(1, 3000), FILLED), max_size=8),
    separator=st.sampled_from(",;\t"),
    bom=st.sampled_from(["", "\ufeff"]),
)
def test_a_sheet_comes_back_as_it_was_filled_in(
    works: list[tuple[str, str, int | None, Judgement | None]], separator: str, bom: str
) -> None:
    records = [
        {"id": f"doi:10.1/{n}", "title": title, "abstract": abstract, "year": year}
        for n, (title, abstract, year, _) in enumerate(works)
    ]
    rows = list(csv.reader(io.StringIO(write(records), newline="")))
    assert rows[0] == list(HEADER)
    assert all(row[4:] == [""] * 5 for row in rows[1:])
    for row, (*_, judgement) in zip(rows[1:], works, strict=True):
        row[4:] = typed(judgement)
    filled = read(saved(rows, separator, bom), [record["id"] for record in records])
    wanted = {f"doi:10.1/{n}": row[3] for n, row in enumerate(works) if row[3] is not None}
    assert filled.labelled == wanted
    assert filled.rows == len(works) == len(wanted) + filled.unlabelled
    assert filled.refused == ()


@settings(max_examples=40, deadline=None)
@given(cells=st.fixed_dictionaries(dict.fromkeys(HEADER[4:8], TEXT)))
def test_any_cell_is_read_refused_or_empty(cells: dict[str, str]) -> None:
    made = answer(cells)
    assert made.judgement is None or made.problems == ()
    assert all(part.column in cells and "expected" in part.reason for part in made.problems)


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_is_a_sheet_or_an_error_for_people(text: str) -> None:
    try:
        filled = read("id,ai,goals,challenges,areas\n" + text, ["a"])
    except InputError:
        return
    assert filled.rows == len(filled.labelled) + filled.unlabelled + len(filled.refused)


@pytest.mark.parametrize(
    ("cell", "goals"),
    [
        ("3+", ((3, "supports"),)),
        ("3+ 10-", ((3, "supports"), (10, "hinders"))),
        ("10−,3+-", ((3, "mixed"), (10, "hinders"))),
        ("3±; 13 0", ((3, "mixed"), (13, "neutral"))),
        ("1:0 17=", ((1, "neutral"), (17, "neutral"))),
        ("-3", ((3, "hinders"),)),
        ("10 0", ((10, "neutral"),)),
        ("3 +/- 4 +", ((3, "mixed"), (4, "supports"))),
        ("3:neutral 4 Supports", ((3, "neutral"), (4, "supports"))),
        ("None", ()),
    ],
)
def test_goals_are_read(cell: str, goals: tuple[tuple[int, str], ...]) -> None:
    made = answer({"ai": "YES", "goals": cell, "challenges": "none", "areas": "none"})
    assert made == Answer(Judgement(True, goals))


@pytest.mark.parametrize(
    "cell", ["3", "10", "18+", "0+", "3+ 3-", "health", "", "+", "3+ x", "3 -10", "3+-+"]
)
def test_unclear_goals_are_refused(cell: str) -> None:
    made = answer({"ai": "yes", "goals": cell, "challenges": "none", "areas": "none"})
    assert made.judgement is None
    assert [part.column for part in made.problems] == ["goals"]
    assert "expected" in made.problems[0].reason


def test_every_bad_cell_of_a_row_is_named() -> None:
    made = answer({"ai": "perhaps", "goals": "3", "challenges": "theft", "areas": "sky"})
    assert [part.column for part in made.problems] == ["ai", "goals", "challenges", "areas"]
    assert "privacy" in made.problems[2].reason
    assert "environment" in made.problems[3].reason


def test_an_empty_cell_of_an_ai_work_is_no_answer() -> None:
    made = answer({"ai": "yes", "goals": "none", "challenges": "", "areas": "none"})
    assert made.problems[0].column == "challenges"
    assert made.problems[0].reason.startswith("empty, expected")


def test_rows_that_are_foreign_or_doubled_are_refused_with_their_number() -> None:
    rows = [
        ["id", "ai", "goals", "challenges", "areas"],
        ["a", "no"],
        ["b", ""],
        ["a", "no"],
        ["c"],
    ]
    filled = read(saved([*rows, ["", "", ""]], ";", ""), ["a", "b"])
    assert filled.labelled == {"a": Judgement(False)}
    assert [(row.row, row.id) for row in filled.refused] == [(4, "a"), (5, "c")]
    assert (filled.rows, filled.unlabelled, filled.skipped, filled.present) == (4, 1, 0, 2)


def test_labels_below_an_unlabelled_row_show_that_rows_were_left_out() -> None:
    rows = [HEAD, ["a", ""], ["b", "no"], ["c", ""]]
    assert read(saved(rows), ["a", "b", "c"]).skipped == 1


def test_a_separator_line_of_excel_is_no_row() -> None:
    text = "sep=;\r\n" + saved([[name.upper() for name in HEAD], ["a", "maybe"]], ";", "")
    filled = read(text, ["a"])
    assert filled.refused[0].row == 2


def test_a_sheet_without_its_columns_is_refused() -> None:
    with pytest.raises(InputError, match="no column ai, goals"):
        read("id,title\na,b\n", ["a"])


def test_formulas_are_defused_and_long_texts_cut_visibly() -> None:
    text = write([{"id": "@a", "title": "=1+1", "abstract": "x " * 40_000, "year": None}])
    row = list(csv.reader(io.StringIO(text)))[1]
    assert row[:2] == ["'@a", "'=1+1"]
    assert len(row[2]) < 32_767
    assert row[2].endswith("[…]")
    assert row[3] == ""
    assert read(text, ["@a"]).present == 1
