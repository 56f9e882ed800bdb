"""The tables of a corpus of five AI works, counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aequa.core.results import SHARE_COLUMNS, Table, read_parquet, write_parquet
from aequa.evidence.spec import Spec

Tables = dict[str, Table]
NAMES = [
    *("headline", "corrected", "progress", "goals", "areas"),
    *("countries", "groups", "group_goals", "country_goals"),
    *("sectors", "sector_goals", "challenges", "challenge_years"),
    *("challenge_goals", "hindered", "collaboration", "collaboration_years"),
    *("attention", "concentration", "lorenz"),
    *("country_contributions", "country_challenges", "group_challenges"),
    *("country_attention", "goal_sets", "coverage"),
    *("languages", "impact_cells", "impact_origins", "examples", "works"),
]
PLAIN = {"concentration", "lorenz", "coverage", "examples", "works"}
PLAIN |= {"impact_cells", "impact_origins", "country_attention", "goal_sets"}


@pytest.fixture(scope="module")
def made(tables: Callable[..., Tables], corpus: tuple[Any, Any]) -> Tables:
    return tables(*corpus)


def cells(table: Table, *columns: str, **where: Any) -> Any:
    """The named columns of the one row that equals ``where``."""
    rows = [
        row
        for row in table.data.to_pylist()
        if all(row[key] == value for key, value in where.items())
    ]
    assert len(rows) == 1, f"{len(rows)} rows of {table.name} for {where}"
    return tuple(rows[0][column] for column in columns)


def counts(table: Table, **where: Any) -> Any:
    return cells(table, "count", "denominator", "unknown", **where)


def test_every_table_is_there_and_says_how_to_read_it(made: Tables) -> None:
    assert list(made) == NAMES
    for table in made.values():
        assert table.title
        assert table.note
        assert table.provenance.step == f"evidence.{table.name}"
        assert table.provenance.inputs == {"works": "sha256:0"}
        assert table.provenance.spec["replicates"] == 50


def test_share_tables_have_the_columns_of_shares(made: Tables) -> None:
    for name in set(NAMES) - PLAIN:
        table = made[name].data
        first = table.column_names.index("count")
        assert tuple(table.column_names[first : first + 6]) == SHARE_COLUMNS
        assert {str(table[column].type) for column in SHARE_COLUMNS} == {"double"}
        assert "sampling" in made[name].note


def test_headline(made: Tables) -> None:
    headline = made["headline"]
    assert counts(headline, reading="explicit", scope="all") == (2, 5, 0)  # a, b
    assert counts(headline, reading="explicit", scope="top10") == (1.5, 1.5, 2)  # d, e unknown
    assert counts(headline, reading="applied", scope="all") == (3, 5, 0)  # a, b, d
    assert counts(headline, reading="hinders", scope="all") == (3, 5, 0)  # a, b, c
    assert cells(headline, "share", "low", "high", reading="explicit", scope="top1") == (None,) * 3
    extras = cells(headline, "title_only", "small_cells", reading="hinders", scope="all")
    assert extras == (1, 1)  # c, b
    assert cells(headline, "small_cells", reading="applied", scope="top10") == (0.5,)
    low, high = cells(headline, "low", "high", reading="explicit", scope="all")
    assert (low, high) == (pytest.approx(0.1176, abs=5e-5), pytest.approx(0.7693, abs=5e-5))


def test_progress_keeps_works_without_a_year(made: Tables) -> None:
    progress = made["progress"]
    assert counts(progress, year=2020, goal=0) == (2, 2, 1)
    assert counts(progress, year=2021, goal=3) == (0, 2, 1)
    assert counts(progress, year=None, goal=0) == (0, 1, 0)
    assert progress.data.num_rows == 3 * 18


def test_goals_and_areas(made: Tables) -> None:
    goals = made["goals"]
    for contribution, count in {
        "supports": 1,
        "hinders": 1,
        "mixed": 1,
        "hinders_or_mixed": 2,
        "neutral": 1,
        "any": 4,
    }.items():
        assert counts(goals, goal=3, contribution=contribution, scope="all") == (count, 5, 0)
    assert counts(goals, goal=10, contribution="hinders", scope="top10") == (1, 1.5, 2)
    assert goals.data.num_rows == 17 * 6 * 3
    assert counts(made["areas"], area="economy", scope="all") == (2, 5, 0)
    assert counts(made["areas"], area="none", scope="all") == (2, 5, 0)
    assert counts(made["areas"], area="science", scope="all") == (0, 5, 0)


def test_countries(made: Tables) -> None:
    countries = made["countries"]
    sizes = ("works_full", "works_fractional", "share_of_works", "supports", "top10_full")
    assert cells(countries, *sizes, country="KEN") == (2, 1.5, 0.3, 1.5, 1.5)
    assert cells(countries, *sizes, country="USA") == (3, 1.5, 0.3, 0.5, 0.5)
    assert cells(countries, *sizes, country="unknown") == (2, 1.5, 0.3, 0, 0)
    assert cells(countries, *sizes, country="IND") == (0, 0, 0, 0, 0)  # f is not about AI
    assert counts(countries, country="KEN") == (2, 2, 2)
    assert counts(countries, country="USA") == (1, 3, 1)  # c is counted here, e could be
    assert counts(countries, country="unknown") == (0, 2, 0)
    assert countries.data["country"].to_pylist()[-1] == "unknown"
    assert cells(countries, "name", country="unknown") == (None,)


def test_groups(made: Tables) -> None:
    groups = made["groups"]
    north = {"grouping": "north_south", "group": "North"}
    assert cells(groups, "works_full", "works_fractional", **north) == (3, 2)
    assert counts(groups, **north) == (1, 3, 1)
    assert counts(groups, grouping="income", group="lower-middle") == (2, 2, 2)
    assert cells(groups, "works_full", grouping="north_south", group="unclassified") == (0,)
    assert counts(made["group_goals"], **north, goal=3) == (0.5, 2, 1.5)
    assert counts(made["country_goals"], country="USA", goal=3) == (1, 3, 1)
    assert "IND" not in made["country_goals"].data["country"].to_pylist()


def test_sectors(made: Tables) -> None:
    assert cells(made["sectors"], "works", sector="company") == (2,)
    assert counts(made["sectors"], sector="company") == (1, 2, 2)
    assert counts(made["sectors"], sector="unknown") == (0, 2, 0)
    assert counts(made["sectors"], sector="nonprofit") == (0, 0, 2)
    assert counts(made["sector_goals"], sector="academia", goal=3) == (2, 2, 2)


def test_issues(made: Tables) -> None:
    assert counts(made["challenges"], challenge="bias", scope="all") == (2, 5, 0)
    assert counts(made["challenges"], challenge="any", scope="top10") == (1.5, 1.5, 2)
    assert counts(made["challenge_years"], challenge="any", year=2020) == (2, 2, 1)
    assert counts(made["challenge_goals"], challenge="bias", goal=3) == (2, 2, 0)
    assert counts(made["challenge_goals"], challenge="energy", goal=3) == (0, 0, 0)
    assert counts(made["hindered"], goal=3) == (2, 4, 0)
    assert cells(made["hindered"], "share", goal=1) == (None,)


def test_collaboration(made: Tables) -> None:
    collaboration = made["collaboration"]
    assert counts(collaboration, kind="academia_company") == (1, 3, 2)
    assert counts(collaboration, kind="single_sector") == (2, 3, 2)
    assert counts(collaboration, kind="domestic") == (2, 4, 1)  # a, c; e unknown
    assert counts(collaboration, kind="north_south") == (1, 4, 1)
    assert counts(collaboration, kind="north_north") == (1, 4, 1)
    assert cells(collaboration, "partly_unknown", kind="domestic") == (1,)
    assert cells(collaboration, "partly_unknown", kind="single_sector") == (None,)
    assert counts(made["collaboration_years"], kind="north_south", year=2020) == (1, 2, 1)
    assert counts(made["collaboration_years"], kind="international", year=None) == (0, 0, 1)


def test_attention_and_its_concentration(made: Tables) -> None:
    attention = made["attention"]
    assert cells(attention, "works_fractional", "share", goal=3) == (3.5, 0.875)
    assert counts(attention, goal=10) == (0.5, 4, 0)
    # goals: fifteen zeros, 0.5 and 3.5: (14 · 0.5 + 16 · 3.5) / (17 · 4)
    assert cells(made["concentration"], "value", "n", measure="gini_goals") == (
        pytest.approx(63 / 68),
        17,
    )
    # countries: 0, 0, 0.5, 1.5, 1.5: (2 · 1.5 + 4 · 1.5) / (5 · 3.5)
    value, low, high = cells(
        made["concentration"], "value", "low", "high", measure="gini_countries"
    )
    assert value == pytest.approx(9 / 17.5)
    assert 0 <= low <= value <= high <= 0.8
    assert cells(made["concentration"], "value", measure="top5_countries_share") == (1,)
    points = [(row["x"], row["y"]) for row in made["lorenz"].data.to_pylist()]
    assert points[0] == points[18] == (0, 0)
    assert points[17] == points[-1] == (1, 1)
    assert points[16] == pytest.approx((16 / 17, 0.125))


def test_coverage_languages_and_cells(made: Tables) -> None:
    coverage = made["coverage"]
    assert cells(coverage, "known", "total", population="all", variable="doi") == (6, 6)
    assert cells(coverage, "known", "total", population="ai", variable="abstract") == (4, 5)
    assert cells(coverage, "known", population="all", variable="country") == (5,)
    assert counts(made["languages"], language="sw") == (1, 1, 5)
    assert counts(made["languages"], language="unknown") == (5, 6, 0)
    assert cells(made["impact_cells"], "works", "small", year=2020) == (3, True)
    assert cells(made["impact_cells"], "works", "small", year=None) == (1, None)


def test_impact_origins_say_whose_word_it_is(tables: Any, work: Any, label: Any) -> None:
    origins = {"a": "source", "b": "computed", "c": "computed", "d": None, "e": "source"}
    works = [work(name, percentile_origin=origin) for name, origin in origins.items()]
    made = tables(works, [label(name, ai=name != "e") for name in origins])
    rows = made["impact_origins"].data.to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("source", 1, 0.25),
        ("computed", 2, 0.5),
        ("none", 1, 0.25),
    ]


def test_examples_name_the_works_behind_a_number(made: Tables) -> None:
    rows = made["examples"].data.to_pylist()
    ids: dict[str, list[str]] = {}
    for row in rows:
        ids.setdefault(row["key"], []).append(row["id"].removeprefix("doi:10.1/"))
    assert ids == {
        "area-economy": ["b", "d"],
        "area-society": ["a", "b"],
        "challenge-any": ["a", "b"],
        "challenge-bias": ["a", "b"],
        "challenge-privacy": ["b"],
        "country-KEN": ["a", "b"],
        "country-USA": ["b"],
        "goal-10-any": ["a"],
        "goal-10-hinders_or_mixed": ["a"],
        "goal-3-any": ["a", "b", "c", "d"],
        "goal-3-hinders_or_mixed": ["b", "c"],
        "goal-3-neutral": ["d"],
        "goal-3-supports": ["a"],
        "headline-applied": ["a", "b", "d"],
        "headline-explicit": ["a", "b"],
        "headline-hinders": ["a", "b", "c"],
    }
    first = next(row for row in rows if row["key"] == "headline-hinders")
    assert (first["rank"], first["cited_by"], first["score"]) == (1, 9, 0.75)
    assert first["evidence"] == "goal 10"


def test_works_lists_every_ai_work(made: Tables) -> None:
    rows = made["works"].data.to_pylist()
    assert [row["id"][-1] for row in rows] == ["a", "b", "c", "d", "e"]
    assert rows[1] == {
        "id": "doi:10.1/b",
        "title": "Work b",
        "year": 2020,
        "venue": "V",
        "cited_by": 9,
        "top10": 0.5,
        "countries": "KEN USA",
        "sectors": "academia company",
        "language": None,
        "goals": "3:mixed",
        "challenges": "bias privacy",
        "areas": "society economy",
        "ai_score": 0.5,
        "evidence": "goal 3",
        "text": "title and abstract",
    }
    assert rows[0]["goals"] == "3:supports 10:hinders"
    assert rows[0]["evidence"] == "goal 3 | goal 10"
    assert rows[2]["text"] == "title"
    assert (rows[4]["countries"], rows[4]["goals"]) == (None, None)


def test_the_connection_is_left_as_it_was(opened: Any, corpus: Any, tables: Any) -> None:
    from aequa.evidence.engine import evidence

    con = opened(*corpus)
    before = con.sql("SHOW TABLES").fetchall()
    list(evidence(con, Spec(replicates=2), {}))
    assert con.sql("SHOW TABLES").fetchall() == before


def test_the_same_corpus_gives_the_same_tables(made: Tables, tables: Any, corpus: Any) -> None:
    again = tables(*(list(reversed(rows)) for rows in corpus))
    for name, table in made.items():
        assert again[name].data.equals(table.data), name


def test_a_table_survives_its_file(made: Tables, tmp_path: Any) -> None:
    for name, table in made.items():
        write_parquet(table, tmp_path / f"{name}.parquet")
        assert read_parquet(tmp_path / f"{name}.parquet") == table


def test_what_the_works_of_a_country_do(made: Tables) -> None:
    done = made["country_contributions"]
    kenya = {"country": "KEN", "goal": 0}
    assert (
        counts(done, contribution="supports", **kenya)[:2]
        == counts(made["countries"], country="KEN")[:2]
    )
    rows = done.data.to_pylist()
    touched = {
        (row["country"], row["goal"]): row["count"] for row in rows if row["contribution"] == "any"
    }
    for row in rows:
        assert row["count"] <= touched[row["country"], row["goal"]]
    goals = made["country_goals"].data.to_pylist()
    supports = {
        (row["country"], row["goal"]): (row["count"], row["denominator"])
        for row in rows
        if row["contribution"] == "supports" and row["goal"]
    }
    assert supports == {
        (row["country"], row["goal"]): (row["count"], row["denominator"]) for row in goals
    }


def test_challenges_of_countries_and_groups(made: Tables) -> None:
    raised = made["country_challenges"].data.to_pylist()
    world = {
        row["challenge"]: row["count"]
        for row in made["challenges"].data.to_pylist()
        if row["scope"] == "all"
    }
    assert sum(row["count"] for row in raised) > 0
    assert all(row["count"] <= world[row["challenge"]] for row in raised)
    south = counts(made["group_challenges"], grouping="north_south", group="South", challenge="any")
    kenya = counts(made["country_challenges"], country="KEN", challenge="any")
    assert south[0] >= kenya[0]
    assert south[1] == counts(made["groups"], grouping="north_south", group="South")[1]


def test_works_split_over_countries_and_goals_add_up(made: Tables) -> None:
    spread = made["country_attention"].data.to_pylist()
    assert sum(row["works"] for row in spread) == pytest.approx(5)
    sizes = {row["country"]: row["works_fractional"] for row in made["countries"].data.to_pylist()}
    for country in ("KEN", "USA"):
        held = sum(row["works"] for row in spread if row["country"] == country)
        assert held == pytest.approx(sizes[country])


def test_sets_of_goals_count_every_work_with_a_goal_once(made: Tables) -> None:
    sets = made["goal_sets"].data.to_pylist()
    touching = sum(row["works"] for row in sets)
    attended = made["attention"].data.to_pylist()
    assert touching == attended[0]["denominator"]
    for goal in range(1, 18):
        works = sum(row["works"] for row in sets if goal in row["goals"])
        assert works == counts(made["goals"], goal=goal, contribution="any", scope="all")[0]
