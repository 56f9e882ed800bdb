from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.works import RAW, Affiliation, Authorship, Work, preferred, to_batch
from aequa.corpus.merge import id_order, merge


def rows(*works: Work) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = to_batch(works).to_pylist()
    return found


def work(**known: Any) -> Work:
    basic: dict[str, Any] = {"ids": ("doi:10.1/x",), "title": "Wells", "source": "ris"}
    return Work(**basic | known)


def raw(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in RAW.names}


def test_what_is_kept_from_which() -> None:
    scopus = work(
        ids=("doi:10.1/x", "eid:2"), title="WELLS", abstract="Long abstract", cited_by=9, year=2021,
        type="article", keywords=("Water", "AI"), source="scopus", file="s.csv", record=3,
    )  # fmt: skip
    openalex = work(
        ids=("openalex:W1", "doi:10.1/x"), abstract="Short", cited_by=12, percentile=0.9,
        year=2021, type="article", keywords=("water", "deep"), source="openalex", file="o",
        record=1, field="Energy",
    )  # fmt: skip
    arxiv = work(ids=("arxiv:1",), cited_by=40, year=2020, type="preprint", top10=True, record=2)
    found = merge(rows(arxiv, scopus, openalex))
    assert found["ids"] == ["openalex:W1", "doi:10.1/x", "eid:2", "arxiv:1"]
    assert (found["id"], found["title"], found["abstract"]) == (
        "openalex:W1",
        "Wells",
        "Long abstract",
    )
    assert (found["year"], found["type"], found["field"]) == (2021, "article", "Energy")
    assert found["keywords"] == ["water", "deep", "AI"]
    assert (found["percentile"], found["top10"]) == (0.9, None), "one source's statement, not a mix"
    assert found["cited_by"] == 12
    assert found["cited_by_rule"] == "openalex (of openalex 12, scopus 9, ris 40)"
    assert found["merged"] == ["s.csv#3", "#2"]
    assert (found["source"], found["file"], found["record"]) == ("openalex", "o", 1)


@pytest.mark.parametrize(
    ("counts", "kept", "rule"),
    [
        ([("scopus", None), ("ris", None)], None, None),
        ([("scopus", None), ("ris", 3)], 3, "ris (only count)"),
        ([("wos", 3), ("wos", 5)], 5, "wos (highest, of wos 5, wos 3)"),
        ([("wos", 3), ("openalex", 0)], 0, "openalex (of openalex 0, wos 3)"),
        ([("wos", 3), ("scopus", 8)], 3, "wos (of wos 3, scopus 8)"),
    ],
)
def test_citation_counts(counts: list[Any], kept: int | None, rule: str | None) -> None:
    found = merge(rows(*(work(source=source, cited_by=count) for source, count in counts)))
    assert (found["cited_by"], found["cited_by_rule"]) == (kept, rule)


def test_a_statement_of_another_source_is_used_when_the_counted_one_has_none() -> None:
    found = merge(rows(work(source="openalex", cited_by=5), work(source="wos", top1=True)))
    assert (found["cited_by"], found["top1"]) == (5, True)


def test_the_published_version_gives_year_and_type() -> None:
    preprint = work(source="openalex", year=2019, type="preprint", abstract="same")
    published = work(source="ris", year=2020, type="article")
    found = merge(rows(preprint, published))
    assert (found["year"], found["type"], found["abstract"]) == (2020, "article", "same")


def test_affiliations_are_united_author_by_author() -> None:
    oslo = Affiliation("University of Oslo", "NOR", None)
    first = work(
        source="openalex",
        authorships=(
            Authorship("Ada Byron", (oslo,)),
            Authorship("Wei Zhang"),
            Authorship("Li Zhang"),
        ),
    )
    second = work(
        source="wos",
        authorships=(
            Authorship("Byron, A", (Affiliation("UNIVERSITY OF OSLO", None, "academia"),)),
            Authorship("Zhang, Li", (Affiliation("Makerere University"),)),
        ),
    )
    found = merge(rows(second, first))["authorships"]
    assert found == [
        {
            "name": "Ada Byron",
            "affiliations": [
                {"name": "University of Oslo", "country": "NOR", "sector": "academia"}
            ],
        },
        {"name": "Wei Zhang", "affiliations": []},
        {
            "name": "Li Zhang",
            "affiliations": [{"name": "Makerere University", "country": None, "sector": None}],
        },
    ]


def test_institutions_of_authors_that_match_nobody_are_not_lost() -> None:
    first = work(source="openalex", authorships=(Authorship("Ada Byron"), Authorship("G. Hopper")))
    second = work(source="ris", authorships=(Authorship(None, (Affiliation("Navy", "USA"),)),))
    found = merge(rows(first, second))["authorships"]
    assert [author["name"] for author in found] == ["Ada Byron", "G. Hopper", None]
    assert found[2]["affiliations"] == [{"name": "Navy", "country": "USA", "sector": None}]


def test_unnamed_authors_are_matched_by_position() -> None:
    first = work(source="openalex", authorships=(Authorship("Ada Byron"), Authorship("G. Hopper")))
    second = work(
        source="ris", authorships=(Authorship(None), Authorship(None, (Affiliation("Navy"),)))
    )
    found = merge(rows(first, second))["authorships"]
    assert [len(author["affiliations"]) for author in found] == [0, 1]


AUTHORSHIPS = st.lists(
    st.builds(
        Authorship,
        st.sampled_from(["Ada Byron", "Byron, A", "Grace Hopper", "Hopper G", "张伟", None]),
        st.lists(
            st.builds(
                Affiliation,
                st.sampled_from(["Oslo", "OSLO", "Navy", None]),
                st.sampled_from(["NOR", "USA", None]),
                st.sampled_from(["academia", None]),
            ),
            max_size=2,
        ).map(tuple),
    ),
    max_size=3,
).map(tuple)
WORKS = st.lists(
    st.builds(
        Work,
        ids=st.lists(st.sampled_from(["doi:10.1/a", "wos:1", "local:z"]), min_size=1, unique=True)
        .map(tuple),
        title=st.sampled_from(["Wells", "WELLS", None]),
        abstract=st.sampled_from([None, "a", "bb", "cc"]),
        year=st.sampled_from([None, 2019, 2020]),
        type=st.sampled_from([None, "preprint", "article"]),
        keywords=st.lists(st.sampled_from(["AI", "ai", "x"])).map(tuple),
        cited_by=st.sampled_from([None, 0, 3, 7]),
        top1=st.sampled_from([None, True, False]),
        authorships=AUTHORSHIPS,
        source=st.sampled_from(["openalex", "wos", "ris", "table"]),
        file=st.sampled_from(["a", "b"]),
        record=st.integers(1, 99),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(WORKS, st.randoms())
def test_order_does_not_matter_and_merging_again_changes_nothing(
    works: list[Work], random: Any
) -> None:
    found = merge(rows(*works))
    shuffled = list(works)
    random.shuffle(shuffled)
    assert merge(rows(*shuffled)) == found
    again = merge([raw(found)])
    assert raw(again) == raw(found)
    assert again["merged"] == []
    assert len(found["merged"]) == len(works) - 1


@settings(max_examples=100, deadline=None)
@given(WORKS)
def test_nothing_known_is_lost(works: list[Work]) -> None:
    found = merge(rows(*works))
    assert set(found["ids"]) == {text for work in works for text in work.ids}
    assert found["id"] == preferred(found["ids"])
    for name in ("title", "abstract", "year", "type", "cited_by", "top1"):
        known = {value for work in works if (value := getattr(work, name)) is not None}
        assert found[name] in known or (not known and found[name] is None)
    institutions = {
        place.name.casefold()
        for work in works
        for author in work.authorships
        for place in author.affiliations
        if place.name
    }
    kept = {
        place["name"].casefold()
        for author in found["authorships"]
        for place in author["affiliations"]
        if place["name"]
    }
    assert kept == institutions


def test_id_order_is_that_of_preferred() -> None:
    ids = ["local:1", "pmid:2", "doi:10.1/b", "doi:10.1/a", "openalex:W1", "zzz:1"]
    assert min(ids, key=id_order) == preferred(ids)
    assert sorted(ids, key=id_order)[-1] == "zzz:1"
