"""The edition of one country: beside its peers, honest where works are few or none."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from aequa import bundled
from aequa.core.results import Provenance, Table
from aequa.report import country, page
from aequa.report.edition import Edition
from aequa.report.figure import Material
from aequa.report.sections.country_beside import apart, compared, peers, pooled
from aequa.report.sections.country_words import indicator
from aequa.report.stored import Stored, load

CHALLENGES = ("bias", "privacy", "any")
SIZES = {"KEN": 8, "BRA": 400, "TZA": 40, "GHA": 50}
"""AI works by country; the others have none."""


def shared(count: float, works: float) -> dict[str, Any]:
    """A row of shares, its interval ± 0.05."""
    share = count / works
    ends = {"low": max(share - 0.05, 0.0), "high": min(share + 0.05, 1.0)}
    return {"count": count, "denominator": works, "unknown": 3.0, "share": share, **ends}


def contributions() -> list[dict[str, Any]]:
    part = {"any": 0.6, "supports": 0.5, "hinders_or_mixed": 0.1}
    return [
        {"country": code, "goal": goal, "contribution": kind}
        | {**shared(works * share / (1 + goal), works), "few": works < 30}
        for code, works in SIZES.items()
        for goal in range(18)
        for kind, share in part.items()
    ]


def raised() -> list[dict[str, Any]]:
    return [
        {"country": code, "challenge": name, **shared(works * 0.25, works), "few": works < 30}
        for code, works in SIZES.items()
        for name in CHALLENGES
    ]


def table(name: str, rows: list[dict[str, Any]]) -> Table:
    return Table(name, f"The table {name}", pa.Table.from_pylist(rows), Provenance(name))


@pytest.fixture
def held(stored_rows: dict[str, list[dict[str, Any]]]) -> Stored:
    """The world's tables of these tests, those of the countries, and the panel's that ship."""
    sizes = [
        {"country": code, "works_full": float(works), **shared(works * 0.5, works)}
        | {"few": works < 30}
        for code, works in SIZES.items()
    ]
    works = [
        {"id": f"openalex:W{at}", "title": f"Work {at}", "year": 2020, "venue": None}
        | {"cited_by": at, "countries": codes, "goals": goals, "challenges": None}
        | {"evidence": "helps farmers" if goals else None}
        for at, (codes, goals) in enumerate(
            [("KEN", None), ("KEN TZA", "2:supports"), ("USA", "3:supports"), ("KEN", "3:mixed")]
        )
    ]
    made = stored_rows | {
        "countries": sizes,
        "country_contributions": contributions(),
        "country_challenges": raised(),
        "works": works,
    }
    tables = {name: table(name, rows) for name, rows in made.items()}
    tables |= {each.name: each for each in bundled.tables()}
    lines = {name: tuple(each.data.to_pylist()) for name, each in tables.items()}
    return Stored(tables, lines)


@pytest.fixture
def material(held: Stored, about: dict[str, Any]) -> Material:
    return Material(held, about, frozenset({"country-KEN"}))


def texts(material: Material, iso3: str) -> str:
    """All cells, leads and sentences of an edition."""
    cells = [
        cell.text
        for section in country.sections(material, iso3)
        for figure in section.figures
        for row in figure.grid.rows
        for cell in row
    ]
    return "\n".join([*cells, *(one.sentence for one in country.opening(material, iso3))])


def test_a_country_stands_beside_its_peers_region_and_the_world(material: Material) -> None:
    places = compared(material, "KEN")
    assert [one.role for one in places] == ["own", *["peer"] * 5, "region", "world"]
    nearest = [row["peer"] for row in material.stored.rows("gap_peers", iso3="KEN")]
    assert list(peers(material, "KEN")) == nearest
    lead = country.sections(material, "KEN")[0].lead
    assert "Ghana" in lead
    assert "same income group" in lead


def test_there_are_five_findings_each_with_a_chapter(material: Material) -> None:
    keys = {section.key for section in country.sections(material, "BRA")}
    found = country.opening(material, "BRA")
    assert len(found) == 5
    assert {one.chapter for one in found} <= keys
    assert all(one.number != "n/a" and one.sentence for one in found)
    assert "50.0" in found[0].number
    assert "45.0–55.0" in found[0].interval
    assert len({one.figure.key for one in found}) == 5


def test_few_works_have_no_share_and_no_dot(material: Material) -> None:
    first = country.opening(material, "KEN")[0]
    assert first.number == "4"
    assert "too few" in first.interval
    assert "Only 8 works of Kenya" in first.sentence
    chart = str(first.figure.charts[0])
    rows = chart.split('class="track"')[1:]
    assert "Kenya" in rows[0]
    assert "<circle" not in rows[0], "the share of eight works is not drawn"
    ghana = next(row for row in rows if ">Ghana<" in row)
    assert "<circle" in ghana


def test_a_difference_is_told_only_where_intervals_part(material: Material) -> None:
    first = country.opening(material, "BRA")[0].sentence
    assert "above the world" in first  # 45–55 % against 31 % ± 1
    alike = {"low": 0.2, "high": 0.4}
    assert apart(alike, {"low": 0.3, "high": 0.5}) == "alike"
    assert apart(alike, {"low": 0.5, "high": 0.6}) == "lower"
    assert apart({**alike, "few": True}, {"low": 0.5, "high": 0.6}) == ""
    assert apart(alike, {"low": None, "high": 0.6}) == ""


def test_peers_together_are_counted_not_averaged() -> None:
    held = pooled([shared(1, 10), shared(30, 90)])
    assert held["share"] == pytest.approx(0.31)
    assert held["low"] < 0.31 < held["high"]
    assert pooled([]) == {}


def test_the_three_things_that_raise_the_rank_are_those_of_the_profile(material: Material) -> None:
    gap = country.sections(material, "KEN")[-1]
    figure = next(each for each in gap.figures if each.key == "country-raises")
    rows = material.stored.rows("gap_raises", iso3="KEN")
    assert [row[0].text for row in figure.grid.rows] == [
        indicator(row["indicator"], row["indicator_name"]) for row in rows
    ]
    last = country.opening(material, "KEN")[-1]
    assert last.number == f"+{rows[0]['index_gain']:.1f}"
    assert f"from {rows[0]['rank']} to {rows[0]['rank_after']}" in last.sentence


@pytest.mark.parametrize("iso3", ["ATA", "FRA", "XKX", "PRK", "TWN", "NRU"])
def test_a_country_without_works_has_an_edition_that_says_so(iso3: str, material: Material) -> None:
    assert "No work" in country.head(material, iso3).sentence
    assert "No work" in country.opening(material, iso3)[0].sentence
    assert country.opening(material, iso3)[0].number == "n/a"
    words = " ".join(text for _, text in country.statements(material, iso3))
    assert "says nothing of the research" in words
    assert "None" not in texts(material, iso3)
    assert "nan" not in texts(material, iso3)


def test_a_country_outside_the_index_has_no_peers_and_no_rank(material: Material) -> None:
    assert not material.stored.row("gap_index", iso3="ATA")
    assert peers(material, "ATA") == ()
    assert "not ranked" in country.opening(material, "ATA")[3].sentence
    assert "no peers" in country.sections(material, "ATA")[0].lead


def test_its_works_are_listed_those_with_a_goal_first(held: Stored) -> None:
    rows = country.examples(held, "KEN")
    assert [row["id"] for row in rows] == ["openalex:W3", "openalex:W1", "openalex:W0"]
    assert {row["key"] for row in rows} == {"country-KEN"}
    bare = replace(held, tables={name: one for name, one in held.tables.items() if name != "works"})
    assert {row["key"] for row in country.examples(bare, "KEN")} == {"country-KEN"}


def test_without_any_table_it_says_that_there_is_no_data() -> None:
    nothing = Material(Stored())
    assert len(country.sections(nothing, "KEN")) == 4
    assert all(one.number == "n/a" for one in country.opening(nothing, "KEN"))
    assert country.examples(nothing.stored, "KEN") == ()


@pytest.mark.parametrize("iso3", ["KEN", "ATA"])
def test_the_page_is_the_edition_of_the_country(
    iso3: str, held: Stored, about: dict[str, Any], tmp_path: Path
) -> None:
    from aequa.core.results import write_parquet

    (tmp_path / "tables").mkdir()
    for name, each in held.tables.items():
        write_parquet(each, tmp_path / "tables" / f"{name}.parquet")
    page.write(tmp_path, about, Edition(iso3))
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    title = country.head(Material(load(tmp_path / "tables"), about), iso3).title
    assert f"<h1>{title}</h1>" in text
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)
    assert ("Work 3" in text) == (iso3 == "KEN")
    assert "Work 2" not in text, "a work of another country is not listed"
    page.write(tmp_path, about)
    assert title not in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_every_indicator_of_the_index_has_a_short_name(material: Material) -> None:
    named = {
        row["indicator"]: indicator(row["indicator"], "none")
        for row in material.stored.rows("gap_indicators")
    }
    assert len(named) == 18
    assert "none" not in named.values()
    assert len(set(named.values())) == 18


def test_rows_are_found_by_any_columns_as_by_looking_at_all(held: Stored) -> None:
    for where in (
        {"country": "KEN"},
        {"country": "KEN", "goal": 3},
        {"goal": 3, "contribution": "any", "country": "BRA"},
        {"country": "XXX"},
        {"no_such_column": 1},
        {"no_such_column": None, "country": "KEN", "goal": 0},
    ):
        asked = tuple(
            row
            for row in held.lines["country_contributions"]
            if all(row.get(column) == value for column, value in where.items())
        )
        assert held.rows("country_contributions", **where) == asked
        assert held.rows("country_contributions", **where) == asked, "the second time too"
    assert held.rows("no_such_table", country="KEN") == ()
    assert len(held.rows("country_contributions")) == 4 * 18 * 3
