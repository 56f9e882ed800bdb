"""On random labelled corpora the tables agree with plain Python that counts one work at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aequa.evidence import development, issues, progress, stakeholders
from aequa.evidence.flat import Corpus, build, drop
from aequa.evidence.spec import Spec

Record = dict[str, Any]
Answer = Callable[[Record], bool | None]
SETTINGS = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="session")
def counted(opened: Any) -> Callable[..., list[list[Record]]]:
    """The rows of some tables of a corpus."""

    def run(rows: Any, *makers: Any) -> list[list[Record]]:
        with opened(*rows) as con:
            build(con)
            made = [make(Corpus(con, Spec(), {})).data.to_pylist() for make in makers]
            drop(con)
        return made

    return run


def ai_works(rows: Any) -> list[Record]:
    labels = {label["id"]: label for label in rows[1]}
    return [{**labels[work["id"]], **work} for work in rows[0] if labels[work["id"]]["ai"]["label"]]


def does(*wanted: str, goal: int | None = None) -> Answer:
    """Has the work a goal (or this one) with a wanted contribution? None where unknown."""

    def answer(work: Record) -> bool | None:
        if work["goals"] is None:
            return None
        said = [g["contribution"] for g in work["goals"] if goal is None or g["goal"] == goal]
        return True if set(said) & set(wanted) else None if None in said else False

    return answer


def touches(goal: int) -> Answer:
    return lambda work: (
        None if work["goals"] is None else any(g["goal"] == goal for g in work["goals"])
    )


def applied(work: Record) -> bool | None:
    return None if work["areas"] is None else bool(work["areas"])


def weighed(works: list[Record], weight: Any, answer: Answer) -> tuple[float, float, float]:
    """count, denominator, unknown by the definitions; a work of weight 0 lies elsewhere."""
    count = denominator = unknown = 0.0
    for work in works:
        share, yes = weight(work), answer(work)
        if share is None:
            unknown += 1
        elif yes is None:
            unknown += share
        else:
            denominator += share
            count += share if yes else 0
    return count, denominator, unknown


def agrees(row: Record, expected: tuple[float, float, float]) -> None:
    found = (row["count"], row["denominator"], row["unknown"])
    assert found == pytest.approx(expected, abs=1e-5), row
    if row["denominator"]:
        assert row["share"] == pytest.approx(row["count"] / row["denominator"])
        assert 0 <= row["low"] <= row["share"] + 1e-12
        assert row["share"] - 1e-12 <= row["high"] <= 1
    else:
        assert row["share"] is row["low"] is row["high"] is None


def scope(name: str) -> Any:
    return lambda work: 1 if name == "all" else work.get(name)


@SETTINGS
@given(data=st.data())
def test_headline_and_goals(data: st.DataObject, drawn: Any, counted: Any) -> None:
    rows = data.draw(drawn)
    works = ai_works(rows)
    headline, goals = counted(rows, progress.headline, development.goals)
    readings = {
        "explicit": does("supports", "mixed"),
        "applied": applied,
        "hinders": does("hinders", "mixed"),
    }
    for row in headline:
        weight = scope(row["scope"])
        agrees(row, weighed(works, weight, readings[row["reading"]]))
        known = [work for work in works if weight(work) is not None]
        titles = sum(weight(work) for work in known if not work["abstract"])
        small = sum(weight(work) for work in known if work["cell_small"])
        assert (row["title_only"], row["small_cells"]) == pytest.approx((titles, small))
    for row in goals:
        what, goal = row["contribution"], row["goal"]
        wanted = ("hinders", "mixed") if what == "hinders_or_mixed" else (what,)
        answer = touches(goal) if what == "any" else does(*wanted, goal=goal)
        agrees(row, weighed(works, scope(row["scope"]), answer))


@SETTINGS
@given(data=st.data())
def test_progress_and_challenges(data: st.DataObject, drawn: Any, counted: Any) -> None:
    rows = data.draw(drawn)
    works = ai_works(rows)
    by_year, challenges = counted(rows, progress.progress, issues.challenges)
    for row in by_year:
        goal = row["goal"] or None

        def weight(work: Record, year: int | None = row["year"]) -> int | None:
            return 1 if work["year"] == year else None if work["year"] is None else 0

        agrees(row, weighed(works, weight, does("supports", "mixed", goal=goal)))
    for row in challenges:

        def raises(work: Record, name: str = row["challenge"]) -> bool | None:
            if work["challenges"] is None:
                return None
            return any(name in ("any", each["name"]) for each in work["challenges"])

        agrees(row, weighed(works, scope(row["scope"]), raises))


GROUPS = {
    "north_south": {"DEU": "North", "USA": "North", "KEN": "South", "IND": "South"}
    | {"ATA": "unclassified"},
    "income": {"DEU": "high", "USA": "high", "KEN": "lower-middle", "IND": "lower-middle"},
    "country": {name: name for name in ("DEU", "USA", "KEN", "IND", "ATA")},
}


def placed(work: Record, grouping: str) -> dict[str, Fraction]:
    """The parts of a work per group."""
    parts: dict[str, Fraction] = {}
    shares = work["country_shares"] or [{"country": None, "share": 1}]
    for part in shares:
        name = GROUPS[grouping].get(part["country"], "unknown")
        share = Fraction(part["share"]).limit_denominator(12)
        parts[name] = parts.get(name, Fraction(0)) + share
    return parts


def full(grouping: str, group: str) -> Any:
    """1 for a work of the group, None for one that may be, 0 for others."""

    def weight(work: Record) -> int | None:
        parts = placed(work, grouping)
        return 1 if group in parts else None if "unknown" in parts else 0

    return weight


@SETTINGS
@given(data=st.data())
def test_countries_and_groups(data: st.DataObject, drawn: Any, counted: Any) -> None:
    rows = data.draw(drawn)
    works = ai_works(rows)
    countries, groups, group_goals, country_goals = counted(
        rows,
        development.countries,
        development.groups,
        development.group_goals,
        development.country_goals,
    )
    supports = does("supports", "mixed")
    named = [{"grouping": "country", "group": row["country"], **row} for row in countries]
    for row in named + groups:
        where = (row["grouping"], row["group"])
        agrees(row, weighed(works, full(*where), supports))
        parts = [placed(work, where[0]).get(where[1], Fraction(0)) for work in works]
        assert row["works_full"] == sum(part > 0 for part in parts)
        assert row["works_fractional"] == pytest.approx(float(sum(parts)), abs=1e-5)
        helping = sum(part for part, work in zip(parts, works, strict=True) if supports(work))
        assert row["supports"] == pytest.approx(float(helping), abs=1e-5)
    for row in country_goals:
        weight = full("country", row["country"])
        agrees(row, weighed(works, weight, does("supports", "mixed", goal=row["goal"])))
    for row in group_goals:
        answer = does("supports", "mixed", goal=row["goal"])
        expected = list(weighed(works, fraction(row["grouping"], row["group"]), answer))
        if row["group"] != "unknown":
            expected[2] += sum(float(placed(w, row["grouping"]).get("unknown", 0)) for w in works)
        agrees(row, tuple(expected))


def fraction(grouping: str, group: str) -> Any:
    return lambda work: float(placed(work, grouping).get(group, 0))


def totals(rows: list[Record], column: str) -> Iterator[float]:
    for grouping in {row.get("grouping") for row in rows}:
        yield sum(row[column] for row in rows if row.get("grouping") == grouping)


@SETTINGS
@given(data=st.data())
def test_fractions_sum_to_the_corpus(data: st.DataObject, drawn: Any, counted: Any) -> None:
    rows = data.draw(drawn)
    works = ai_works(rows)
    countries, groups, group_goals, areas = counted(
        rows,
        development.countries,
        development.groups,
        development.group_goals,
        development.areas,
    )
    for table in (countries, groups):
        assert list(totals(table, "works_fractional")) == pytest.approx(
            [len(works)] * len(list(totals(table, "works_fractional"))), abs=1e-5
        )
        if works:
            assert all(
                total == pytest.approx(1, abs=1e-5) for total in totals(table, "share_of_works")
            )
    judged = sum(does("supports", "mixed", goal=3)(work) is not None for work in works)
    third = [row for row in group_goals if row["goal"] == 3]
    assert all(total == pytest.approx(judged, abs=1e-5) for total in totals(third, "denominator"))
    none, some = (
        sum(
            row["count"]
            for row in areas
            if (row["area"] == "none") is flag and row["scope"] == "all"
        )
        for flag in (True, False)
    )
    assert none + some >= sum(work["areas"] is not None for work in works)


@SETTINGS
@given(data=st.data())
def test_collaboration(data: st.DataObject, drawn: Any, counted: Any) -> None:
    rows = data.draw(drawn)
    works = ai_works(rows)
    (table,) = counted(rows, stakeholders.collaboration)
    by_kind = {row["kind"]: row for row in table}
    for kind, row in by_kind.items():
        agrees(row, weighed(works, lambda work: 1, lambda work, kind=kind: joins(work, kind)))
    for one, other in (("single_sector", "two_or_more_sectors"), ("domestic", "international")):
        assert by_kind[one]["count"] + by_kind[other]["count"] == by_kind[one]["denominator"]


def joins(work: Record, kind: str) -> bool | None:
    """Is the work a collaboration of this kind? None where that cannot be told."""
    sectors, countries = set(work["sectors"]), work["countries"]
    if "sector" in kind or kind.startswith("academia"):
        if not sectors:
            return None
        if kind.startswith("academia"):
            return {"academia", kind.partition("_")[2]} <= sectors
        return (len(sectors) == 1) is (kind == "single_sector")
    if not countries:
        return None
    if kind in ("domestic", "international"):
        return (len(countries) > 1) is (kind == "international")
    if len(countries) == 1:
        return False
    sides = {GROUPS["north_south"][country] for country in countries}
    known = sides - {"unclassified"}
    wanted = {"north_north": {"North"}, "south_south": {"South"}}.get(kind, {"North", "South"})
    if known - wanted:
        return False
    if len(wanted) == 2 and known == wanted:
        return True
    return None if "unclassified" in sides else known == wanted
