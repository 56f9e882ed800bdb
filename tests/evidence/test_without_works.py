"""No AI work, no label, no judgement: tables stay valid and shares stay unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aequa.core.errors import SpecError
from aequa.core.results import SHARE_COLUMNS, Table
from aequa.evidence.spec import Spec

Made = Callable[..., dict[str, Table]]


@pytest.mark.parametrize("rows", [0, 3])
def test_without_ai_works_every_share_is_null(
    tables: Made, work: Any, label: Any, rows: int
) -> None:
    names = [str(number) for number in range(rows)]
    made = tables([work(name) for name in names], [label(name, ai=False) for name in names])
    for name, table in made.items():
        if name != "languages" and "denominator" in table.data.column_names:
            for row in table.data.to_pylist():
                assert row["count"] == row["denominator"] == 0, name
                assert row["share"] is row["low"] is row["high"] is None, name
    assert made["headline"].data.num_rows == 9
    assert made["attention"].data.num_rows == 17
    assert made["works"].data.num_rows == made["lorenz"].data.num_rows == 0
    assert made["concentration"].data["value"].to_pylist() == [None] * 3
    assert made["countries"].data["share_of_works"].to_pylist() == [None] * 6


def test_empty_tables_have_the_types_of_full_ones(tables: Made, corpus: Any) -> None:
    full, empty = tables(*corpus), tables([], [])
    for name, table in full.items():
        assert empty[name].data.schema == table.data.schema, name


def test_works_without_a_label_are_named(tables: Made, work: Any, label: Any) -> None:
    made = tables([work("a"), work("b"), work("c")], [label("a"), label("b", ai=None)])
    assert "Of 3 works 1 are about AI and 2 have no judgement" in made["headline"].note


def test_what_was_not_judged_is_unknown_not_no(tables: Made, work: Any, label: Any) -> None:
    works = [work("a", ["KEN"], year=2020), work("b", ["KEN"], year=2020)]
    labels = [label("a", goals=None, challenges=None, areas=None), label("b", {3: None})]
    made = tables(works, labels)

    def counts(name: str, **where: Any) -> list[tuple[float, ...]]:
        return [
            (row["count"], row["denominator"], row["unknown"])
            for row in made[name].data.to_pylist()
            if all(row[key] == value for key, value in where.items())
        ]

    assert counts("headline", scope="all") == [(0, 0, 2), (0, 1, 1), (0, 0, 2)]
    assert counts("goals", goal=3, scope="all") == [(0, 0, 2)] * 5 + [(1, 1, 1)]
    assert counts("goals", goal=4, contribution="any", scope="all") == [(0, 1, 1)]
    assert counts("progress", goal=3) == counts("progress", goal=0) == [(0, 0, 2)]
    assert counts("progress", goal=4) == [(0, 1, 1)]
    assert counts("countries", country="KEN") == [(0, 0, 2)]
    assert counts("hindered", goal=3) == [(0, 0, 2)]
    assert counts("challenges", challenge="bias", scope="all") == [(0, 1, 1)]
    assert counts("areas", area="none", scope="all") == [(1, 1, 1)]
    assert counts("attention", goal=3) == [(1, 1, 1)]
    assert made["works"].data["goals"].to_pylist() == [None, "3:unknown"]


def test_titles_may_be_missing(tables: Made, work: Any, label: Any) -> None:
    made = tables([work("a", title=None), work("b", abstract="")], [label("a"), label("b")])
    assert made["works"].data["text"].to_pylist() == ["abstract", "title"]


def test_few_flags_small_denominators(tables: Made, corpus: Any) -> None:
    made = tables(*corpus, Spec(replicates=2, min_denominator=2))
    progress = made["progress"].data
    flags = {row["year"]: row["few"] for row in progress.to_pylist()}
    assert flags == {2020: False, 2021: False, None: True}
    assert progress.column_names[-1] == "few"
    assert set(SHARE_COLUMNS) < set(progress.column_names)


def test_examples_are_bounded(tables: Made, work: Any, label: Any) -> None:
    names = [f"{number:02}" for number in range(15)]
    made = tables(
        [work(name, ["KEN"], cited_by=None if name == "00" else 7) for name in names],
        [label(name, {3: "supports"}) for name in names],
    )
    rows = made["examples"].data.to_pylist()
    ids = [row["id"][-2:] for row in rows if row["key"] == "headline-explicit"]
    assert ids == names[1:11]
    assert sum(row["key"] == "country-KEN" for row in rows) == 5


@pytest.mark.parametrize(
    "wrong", [{"level": 1.0}, {"replicates": 0}, {"min_denominator": 0}, {"seed": -1}]
)
def test_a_spec_outside_its_choices_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match=next(iter(wrong))):
        Spec(**wrong)


def test_works_that_were_never_labelled_are_in_no_count(
    tables: Made, work: Any, label: Any, corpus: Any
) -> None:
    """A part of the corpus that could not be labelled is left out above and below the line."""
    works, labels = corpus
    lost = [
        work(f"z{number}", ["KEN", None], year=2020, cited_by=9, top10=1.0, language="sw",
             sectors=["company"], cell_small=True)
        for number in range(3)
    ]  # fmt: skip
    without, made = tables(works, labels), tables([*works, *lost], labels)
    for name, table in made.items():
        if name != "impact_cells":  # the cells in which citations were compared: of all works
            assert table.data.equals(without[name].data), name
    assert made["headline"].note == without["headline"].note.replace(
        "Of 6 works 5 are about AI and 0 have", "Of 9 works 5 are about AI and 3 have"
    )
