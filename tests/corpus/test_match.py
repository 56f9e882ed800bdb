from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.corpus.match import (
    CURATED,
    DATABASE_KEYS,
    Record,
    alike,
    author_key,
    fold,
    match,
    title_key,
)

WELLS = Record(("doi:10.1/a",), "Learning to find water in dry wells", "Byron, Ada", 2020)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Deep Learning for Wells", "deep learning for wells."),
        ("Apprentissage profond à l’école", "Apprentissage profond a l'ecole"),
        ("Straße und Maschinenlernen", "STRASSE UND MASCHINENLERNEN"),
        ("Lærning af små søer i Øst", "Laerning af sma soer i Ost"),
        ("ＡＩ for clean water access", "AI for clean water access"),
        ("基于深度学习的水资源管理", "基于深度学习的水资源管理。"),
        ("التعلم العميق لإدارة المياه", "التّعلّم العميق لإدارة المياه"),
        ("ガンの早期発見と人工知能", "ガンの早期発見と人工知能"),
    ],
)
def test_titles_that_are_one(left: str, right: str) -> None:
    assert title_key(left) is not None
    assert title_key(left) == title_key(right)


def test_vowel_signs_are_letters() -> None:
    assert fold("किताब") != fold("कतब")
    assert fold("がん") != fold("かん")


@pytest.mark.parametrize(
    "title",
    [None, "", "Editorial", "EDITORIAL 12", "Guest editors' introduction", "Book Reviews", "???",
     "A survey", "综述", "Table of Contents", "Index", "Erratum"],
)  # fmt: skip
def test_titles_that_say_nothing(title: str | None) -> None:
    assert title_key(title) is None


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Müller, Jürgen", "muller"),
        ("Jürgen Müller", "muller"),
        ("Müller JH", "muller"),
        ("Müller J.-H.", "muller"),
        ("J. H. Müller", "muller"),
        ("MÜLLER, J", "muller"),
        ("J. LI", "li"),
        ("LI X", "li"),
        ("de la Cruz, Maria", "cruz"),
        ("Maria de la Cruz", "cruz"),
        ("García Márquez, G.", "marquez"),
        ("John O'Brien Jr.", "obrien"),
        ("King, Martin Luther, Jr.", "king"),
        ("张伟", "张伟"),
        ("Madonna", "madonna"),
        ("", None),
        (" , ", None),
        (None, None),
    ],
)
def test_author_key(name: str | None, key: str | None) -> None:
    assert author_key(name) == key


def same(*records: Record) -> bool:
    return len(match(records).groups) == 1


def test_preprint_and_publication_with_different_dois() -> None:
    preprint = WELLS._replace(ids=("doi:10.48550/arxiv.1",), author="Ada Byron", year=2019)
    assert same(WELLS, preprint)
    assert not same(WELLS, preprint._replace(year=2018))
    assert not same(WELLS, preprint._replace(author="Charles Babbage"))
    assert not same(WELLS, preprint._replace(author=None))


def test_curated_databases_know_their_own_records() -> None:
    for scheme in CURATED:
        two = [WELLS._replace(ids=(f"{scheme}:{n}",)) for n in (1, 2)]
        assert not same(*two)
        assert not same(*two, WELLS), "a third record must not join them by title"
    assert same(WELLS._replace(ids=("wos:1",)), WELLS._replace(ids=("eid:1",)))
    assert same(WELLS._replace(ids=("openalex:W1",)), WELLS._replace(ids=("openalex:W2",)))
    assert same(
        WELLS._replace(ids=("wos:1", "doi:10.1/a")), WELLS._replace(ids=("wos:2", *WELLS.ids))
    )


def test_an_unknown_year_joins_a_sole_chain_only() -> None:
    undated = WELLS._replace(ids=("local:1",), year=None)
    assert same(WELLS, undated)
    assert same(undated, undated._replace(ids=("local:2",)))
    later = WELLS._replace(ids=("local:3",), year=2025)
    assert match([WELLS, undated, later]).groups == ((0,), (1,), (2,))


def test_a_yearly_series_is_not_one_work() -> None:
    def series(*years: int) -> list[Record]:
        return [WELLS._replace(ids=(f"local:{year}",), year=year) for year in years]

    assert same(*series(2018, 2019, 2020))
    assert len(match(series(2018, 2019, 2020, 2021)).groups) == 4


def test_two_editorials_of_one_author_and_year_stay_two() -> None:
    one = Record(("doi:10.1/a",), "Editorial", "Byron, Ada", 2020)
    assert not same(one, one._replace(ids=("doi:10.1/b",)))


def test_a_hundred_papers_under_their_proceedings_doi() -> None:
    papers = [
        Record(
            ("doi:10.1/p", f"local:{n}"), f"{chr(97 + n % 26) * 9} paper {n}", f"A{n} B{n}", 2020
        )
        for n in range(100)
    ]
    found = match([*papers, papers[0]._replace(ids=("doi:10.1/p",))])
    assert len(found.groups) == 100
    assert found.groups[0] == (0, 100)
    assert found.refused == {"doi:10.1/p": tuple(range(101))}
    few = match([WELLS, Record(WELLS.ids, "A robot reads old maps of the city", "Hopper, G", 2020)])
    assert few.groups == ((0,), (1,))
    assert set(few.refused) == {"doi:10.1/a"}


def test_a_hundred_copies_of_one_record_are_one_work() -> None:
    assert same(*[WELLS] * 100)


def test_a_record_without_title_joins_only_where_the_doi_is_sure() -> None:
    untitled = Record(WELLS.ids, None, None, None)
    assert same(WELLS, untitled)
    other = Record(WELLS.ids, "A robot reads old maps of the city", "Hopper, G", 2020)
    assert len(match([WELLS, untitled, other]).groups) == 3


def test_a_translated_title_under_one_doi() -> None:
    german = WELLS._replace(title="Lernende Maschinen suchen Grundwasser")
    assert alike(WELLS, german)
    assert not alike(WELLS, german._replace(year=2010))
    assert not alike(WELLS, german._replace(author=None))


def test_database_keys_are_believed_unless_a_crowd_shares_them() -> None:
    def crowd(size: int) -> list[Record]:
        return [Record(("wos:1",), f"{chr(97 + n % 26) * 30}{n}", None, None) for n in range(size)]

    assert same(*crowd(50))
    assert len(match(crowd(51)).groups) == 51


TITLES = ("Learning to find water in dry wells", "Learning to find water in dry wells: a survey",
          "A robot reads old maps of the city", "Editorial", None)  # fmt: skip
RECORDS = st.lists(
    st.builds(
        Record,
        st.lists(
            st.sampled_from(
                ["doi:10.1/a", "doi:10.1/b", "wos:1", "wos:2", "openalex:W1", "openalex:W2"]
            ),
            max_size=2,
            unique=True,
        ).map(tuple),
        st.sampled_from(TITLES),
        st.sampled_from(["Byron, Ada", "Ada Byron", "Hopper G", None]),
        st.sampled_from([2018, 2019, 2020, 2021, 2023, None]),
    ),
    max_size=9,
)


def closure(size: int, edges: set[tuple[int, int]]) -> list[set[int]]:
    """Transitive closure by repeated search, as slow and plain as can be."""
    left, found = set(range(size)), []
    while left:
        group = {min(left)}
        while more := {b for a, b in edges | {(b, a) for a, b in edges} if a in group} - group:
            group |= more
        left -= group
        found.append(group)
    return found


def id_edges(records: list[Record]) -> tuple[set[tuple[int, int]], set[str]]:
    edges: set[tuple[int, int]] = set()
    refused = set()
    for identifier in {text for record in records for text in record.ids}:
        places = [at for at, record in enumerate(records) if identifier in record.ids]
        titled = [at for at in places if records[at].title]
        pairs = set(combinations(titled, 2))
        if identifier.split(":")[0] not in DATABASE_KEYS:
            pairs = {(a, b) for a, b in pairs if fold(records[a].title) == fold(records[b].title)
                     or alike(records[a], records[b])}  # fmt: skip
        parts = [group for group in closure(len(records), pairs) if group & set(titled)]
        if len(parts) > 1:
            refused.add(identifier)
            edges |= pairs
        else:
            edges |= set(combinations(places, 2))
    return edges, refused


def naive(records: list[Record]) -> set[frozenset[int]]:
    edges, refused = id_edges(records)
    works = closure(len(records), edges)
    home = {at: number for number, group in enumerate(works) for at in group}

    def curated(number: int, scheme: str) -> bool:
        ids = {text for at in works[number] for text in records[at].ids}
        return any(text.startswith(f"{scheme}:") and text not in refused for text in ids)

    keys = [(title_key(r.title), author_key(r.author)) for r in records]
    for key in {key for key in keys if None not in key}:
        places = {at for at, each in enumerate(keys) if each == key}
        dated = {at for at in places if records[at].year is not None}
        near = {(a, b) for a, b in combinations(sorted(dated), 2) if
                abs((records[a].year or 0) - (records[b].year or 0)) <= 1}  # fmt: skip
        chains = [group for group in closure(len(records), near) if group & dated]
        if len(chains) <= 1:
            chains = [set().union(*chains, places - dated)]
        for chain in chains:
            years = [year for at in chain if (year := records[at].year) is not None]
            homes = {home[at] for at in chain}
            if (not years or max(years) - min(years) <= 2) and all(
                sum(curated(number, scheme) for number in homes) <= 1 for scheme in CURATED
            ):
                edges |= set(combinations(sorted(chain), 2))
    return {frozenset(group) for group in closure(len(records), edges)}


@settings(max_examples=100, deadline=None)
@given(RECORDS)
def test_match_is_the_naive_closure_of_the_rule(records: list[Record]) -> None:
    assert {frozenset(group) for group in match(records).groups} == naive(records)


@settings(max_examples=60, deadline=None)
@given(RECORDS, st.randoms())
def test_order_does_not_matter_and_every_record_is_in_one_work(
    records: list[Record], random: Any
) -> None:
    groups = match(records).groups
    assert sorted(at for group in groups for at in group) == list(range(len(records)))
    assert [group[0] for group in groups] == sorted(group[0] for group in groups)
    order = list(range(len(records)))
    random.shuffle(order)
    again = match([records[at] for at in order]).groups
    assert {frozenset(order[at] for at in group) for group in again} == {
        frozenset(group) for group in groups
    }


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.text(max_size=40))
def test_any_text_has_a_stable_key(title: str, name: str) -> None:
    assert fold(fold(title)) == fold(title)
    assert author_key(name) is None or author_key(name)
    assert title_key(title) in (None, fold(title))


def test_the_row_numbers_of_two_tables_join_nothing_but_equal_titles() -> None:
    first = Record(("local:1",), "Machine learning for clean water", None, 2020)
    other = first._replace(title="Machine learning for clean energy")
    untitled = first._replace(title=None)
    found = match([first, other, first, untitled, untitled])
    assert found.groups == ((0, 2), (1,), (3,), (4,))
    assert found.refused == {"local:1": (0, 1, 2, 3, 4)}


def test_an_id_made_from_content_is_believed_without_a_title() -> None:
    made = Record(("local:0123456789abcdef0123",), None, None, None)
    assert match([made, made]).groups == ((0, 1),)
