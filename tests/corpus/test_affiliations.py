from __future__ import annotations

import math

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.countries import is_country
from aequa.core.works import PLACED, SECTORS, Affiliation, Authorship, Work, to_batch
from aequa.corpus.affiliations import country_shares, place


def work(*authorships: Authorship, number: int = 1) -> Work:
    return Work(ids=(f"doi:10.1/{number}",), title="t", authorships=authorships, source="ris")


def author(*names: str | None) -> Authorship:
    return Authorship("A", tuple(Affiliation(name) for name in names))


def placed(*works: Work) -> list[dict[str, object]]:
    out = place(to_batch(works))
    assert out.schema == PLACED
    rows: list[dict[str, object]] = out.to_pylist()
    return rows


def shares(row: dict[str, object]) -> dict[str | None, float]:
    listed = row["country_shares"]
    assert isinstance(listed, list)
    return {each["country"]: each["share"] for each in listed}


def test_fills_what_is_null_and_keeps_what_the_source_gave() -> None:
    given_ = Affiliation("University of Oxford", "AUS", "company")
    row = placed(work(Authorship("A", (given_, Affiliation("University of Oxford")))))[0]
    first, second = row["authorships"][0]["affiliations"]  # type: ignore[index]
    assert first == {"name": "University of Oxford", "country": "AUS", "sector": "company"}
    assert second == {"name": "University of Oxford", "country": "GBR", "sector": "academia"}
    assert row["countries"] == ["AUS", "GBR"]
    assert row["sectors"] == ["academia", "company"]


def test_fractional_counting_at_author_level() -> None:
    row = placed(work(author("Kenyatta University", "ETH Zurich"), author("EPFL"), author()))[0]
    assert shares(row) == pytest.approx({"CHE": 1 / 2, "KEN": 1 / 6, None: 1 / 3})
    listed = row["country_shares"]
    assert [each["country"] for each in listed] == ["CHE", "KEN", None]  # type: ignore[attr-defined]


def test_two_affiliations_in_one_country_count_once() -> None:
    row = placed(work(author("ETH Zurich", "EPFL", "Kenyatta University")))[0]
    assert shares(row) == {"CHE": 0.5, "KEN": 0.5}


def test_a_work_without_authors_is_unknown() -> None:
    for row in placed(work(), work(author()), work(author(None)), work(author("Department"))):
        assert shares(row) == {None: 1.0}
        assert row["countries"] == row["sectors"] == []


def test_null_lists_and_null_members_survive() -> None:
    batch = to_batch([work(author("EPFL")), work()])
    index = batch.schema.get_field_index("authorships")
    kind = batch.schema.field(index).type
    column = pa.array(
        [None, [None, {"name": "A", "affiliations": None}, {"affiliations": [None]}]], kind
    )
    out = place(batch.set_column(index, batch.schema.field(index), column))
    assert out.column("authorships").to_pylist() == column.to_pylist()
    assert [shares(row) for row in out.to_pylist()] == [{None: 1.0}, {None: 1.0}]


def test_an_empty_batch_stays_empty() -> None:
    assert placed() == []


NAMES = st.sampled_from(
    ["EPFL", "Univ Tokyo, Tokyo, Japan", "Google", "Department", "", "Kenyatta University", None]
)
COUNTRIES = st.sampled_from([None, None, "DEU", "BRA"])
AFFILIATIONS = st.builds(Affiliation, st.one_of(NAMES, st.text(max_size=30)), COUNTRIES, st.none())
AUTHORS = st.builds(Authorship, st.just("A"), st.lists(AFFILIATIONS, max_size=3).map(tuple))
WORKS = st.lists(st.lists(AUTHORS, max_size=4).map(lambda authors: work(*authors)), max_size=8)


@given(WORKS)
@settings(max_examples=60, deadline=None)
def test_shares_sum_to_one_and_values_are_valid(works: list[Work]) -> None:
    for row in placed(*works):
        found = shares(row)
        assert math.isclose(sum(found.values()), 1.0, abs_tol=1e-12)
        assert [code for code in found if code] == row["countries"]
        assert all(is_country(code) for code in found if code)
        assert set(row["sectors"]) <= set(SECTORS)  # type: ignore[call-overload]


@given(WORKS, st.integers(0, 8))
@settings(max_examples=60, deadline=None)
def test_batch_splits_do_not_matter(works: list[Work], cut: int) -> None:
    whole = to_batch(works)
    parts = [place(whole.slice(0, cut)), place(whole.slice(cut))]
    assert pa.Table.from_batches(parts).to_pylist() == place(whole).to_pylist()


@given(st.lists(AUTHORS, max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_order_of_authors_does_not_matter(authors: list[Authorship], random: object) -> None:
    shuffled = list(authors)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = placed(work(*authors), work(*shuffled))
    for column in ("countries", "country_shares", "sectors"):
        assert one[column] == two[column]


@given(st.lists(st.frozensets(st.sampled_from(["DEU", "KEN", "USA"])), max_size=30))
def test_shares_of_any_number_of_authors(authors: list[frozenset[str]]) -> None:
    listed = country_shares(authors)
    assert math.isclose(math.fsum(each["share"] for each in listed), 1.0, abs_tol=1e-12)  # type: ignore[misc]
    assert listed == country_shares(authors[::-1])
