"""OpenAlex JSON: every shape of file, every field, and damaged records."""

from __future__ import annotations

import gzip
import io
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.errors import AequaError, InputError
from aequa.core.works import Affiliation, Authorship, Reject, Work, to_batch
from aequa.sources import openalex
from aequa.sources.fields import Repairs


def items(data: bytes) -> list[Work | Reject]:
    return list(openalex.read(io.BufferedReader(io.BytesIO(data)), "f"))


def one(**raw: Any) -> Work | Reject:
    return openalex.work(raw, "f", 1)


FULL: dict[str, Any] = {
    "id": "https://openalex.org/W42",
    "doi": "https://doi.org/10.1000/ABC",
    "ids": {"openalex": "https://openalex.org/W42", "pmid": "https://pubmed.ncbi.nlm.nih.gov/77"},
    "title": "Deep <i>wells</i>",
    "publication_year": 2021,
    "type": "article",
    "language": "en",
    "is_xpac": False,
    "primary_location": {
        "landing_page_url": "http://arxiv.org/abs/2101.00001v2",
        "source": {"display_name": "Water &amp; Code"},
    },
    "primary_topic": {"field": {"display_name": "Environmental Science"}},
    "keywords": [{"display_name": "Groundwater"}, {"display_name": "Groundwater"}],
    "cited_by_count": 7,
    "citation_normalized_percentile": {
        "value": 0.98,
        "is_in_top_1_percent": False,
        "is_in_top_10_percent": True,
    },
    "abstract_inverted_index": {"We": [0], "dig": [1, 3], "and": [2]},
    "authorships": [
        {
            "author": {"display_name": "Ada Wong"},
            "institutions": [
                {"display_name": "Uni Nairobi", "country_code": "KE", "type": "education"},
                {"display_name": "Uni Nairobi", "country_code": "KE", "type": "education"},
                {"display_name": "Pump Inc", "country_code": "US", "type": "company"},
            ],
            "countries": ["KE", "US", "DE"],
            "raw_affiliation_strings": ["not used"],
        },
        {
            "author": {"display_name": "Bo Li"},
            "institutions": [],
            "countries": [],
            "raw_affiliation_strings": ["Lab of Wells, Lima, Peru", ""],
        },
    ],
}


def test_every_field_of_a_work() -> None:
    work = one(**FULL)
    assert isinstance(work, Work)
    assert work.ids == ("openalex:W42", "doi:10.1000/abc", "pmid:77", "arxiv:2101.00001")
    assert (work.id, work.given) == ("openalex:W42", "https://openalex.org/W42")
    assert (work.title, work.abstract) == ("Deep wells", "We dig and dig")
    assert (work.year, work.type, work.language) == (2021, "article", "en")
    assert (work.venue, work.field) == ("Water & Code", "Environmental Science")
    assert (work.keywords, work.cited_by) == (("Groundwater",), 7)
    assert (work.percentile, work.top1, work.top10) == (0.98, False, True)
    assert work.authorships == (
        Authorship(
            "Ada Wong",
            (
                Affiliation("Uni Nairobi", "KEN", "academia"),
                Affiliation("Pump Inc", "USA", "company"),
                Affiliation(None, "DEU", None),
            ),
        ),
        Authorship("Bo Li", (Affiliation("Lab of Wells, Lima, Peru"),)),
    )
    assert work.repairs == ()


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b'{"title":"a"}\n\n{"title":"b"}\r\n{"title":"c"}', 3),
        (b'\xef\xbb\xbf{"title":"a"}', 1),
        (b'{"meta":{"count":2},"results":[{"title":"a"},{"title":"b"}]}', 2),
        (b'{"meta":{},"results":[{"title":"a"}]}\n{"meta":{},"results":[]}\n{"title":"b"}', 2),
        (b'[{"title":"a"},{"title":"b"}]', 2),
        (b'[\n{"title":"a"},\n{"title":"b"}\n]\n', 2),
        (
            b'{\n "meta": {"x": {"y": 1}},\n "results": [\n{\n"title": "a"}\n ],"group_by": []\n}',
            1,
        ),
        (b'{\n  "id": "W1",\n  "title": "a"\n}\n', 1),
        (b'{\n  "id": "W1",\n  "title": "a"\n}\n{\n  "title": "b"\n}', 2),
        ('[{"title":"ä"}]'.encode("utf-16"), 1),
        (b"[]", 0),
    ],
)
def test_shapes_of_files(data: bytes, count: int) -> None:
    found = items(data)
    assert [type(item) for item in found] == [Work] * count
    assert [item.record for item in found] == list(range(1, count + 1))


def test_long_array_is_read_in_pieces() -> None:
    works = [{**FULL, "id": f"W{n}", "title": f"Wells «{n}»"} for n in range(1, 1500)]
    for data in (orjson.dumps(works), orjson.dumps({"meta": {}, "results": works})):
        found = items(data)
        assert [work.ids[0] for work in found if isinstance(work, Work)] == [
            f"openalex:W{n}" for n in range(1, 1500)
        ]
        assert found[-1].title == "Wells «1499»"  # type: ignore[union-attr]


def test_damaged_records_are_rejected_one_by_one() -> None:
    found = items(b'{"title":"a"}\n{"title": "b\n[1]\n7\n{"type":"article"}\n{"title":"c"}\n')
    assert [type(item) for item in found] == [Work, Reject, Reject, Reject, Reject, Work]
    reasons = [item.reason for item in found if isinstance(item, Reject)]
    assert "not valid JSON" in reasons[0]
    assert reasons[1:3] == ["record: found a JSON int, expected an object"] * 2
    assert reasons[3] == "title and abstract: found neither, expected at least one"


def test_title_that_is_no_text_is_none() -> None:
    (found,) = items(b'{"title":{"0":"a"},"display_name":["b"],"publication_year":2020}')
    assert isinstance(found, Reject)


def test_first_line_may_be_the_damaged_one() -> None:
    found = items(b'{"title": "a", \n{"title":"b"}\n')
    assert [type(item) for item in found] == [Reject, Work]


def test_array_goes_on_after_a_damaged_record() -> None:
    found = items(b'[{"title":"a"},\n{"title":"b" "x":[{}]},\n{"title":"c"}, nul, {"title":"d"}]')
    assert [type(item) for item in found] == [Work, Reject, Work, Reject, Work]


def test_array_cut_off_keeps_what_is_whole() -> None:
    found = items(b'[{"title":"a"},{"title":"b"},{"title":"c", "abs')
    assert [type(item) for item in found] == [Work, Work, Reject]


def test_array_that_loses_a_quote_says_that_it_gives_up() -> None:
    reader = openalex.read(
        io.BufferedReader(io.BytesIO(b'[{"title":"a"},{"t:1},{"title":"b"}]')), "f"
    )
    assert isinstance(next(reader), Work)
    assert isinstance(next(reader), Reject)
    with pytest.raises(InputError, match="f: JSON is damaged"):
        list(reader)


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ({"b": [1], "a": [0]}, "a b"),
        ({"a": [0], "c": [9]}, "a c"),
        ({"a": [0], "b": [0, 0]}, "a b"),
        ({"a": [0], "b": [-1], "c": ["x"], "d": [None], "e": 1}, "a e"),
        ({"a": [10**15], "b": [2]}, "b a"),
        ({"a": [0.5], "b": [0]}, "b"),
    ],
)
def test_inverted_index_with_bad_positions(index: dict[str, Any], expected: str) -> None:
    assert openalex.rebuild(index, Repairs()) == expected


def test_bad_positions_are_noted() -> None:
    work = one(title="a", abstract_inverted_index={"a": [0], "b": [-1]})
    assert isinstance(work, Work)
    assert work.repairs == (
        "abstract_inverted_index: found 1 such as -1, expected positions of 0 or more",
    )


def test_abstract_forms() -> None:
    pairs = [("deep", [0]), ("wells", [1])]
    for raw in (
        {"abstract": "deep wells"},
        {"abstract_inverted_index": '{"deep":[0],"wells":[1]}'},
        {"abstract_inverted_index": pairs},
        {"abstract_inverted_index": None, "abstract": "deep <b>wells</b>"},
    ):
        work = one(**raw)
        assert isinstance(work, Work)
        assert (work.title, work.abstract) == (None, "deep wells")


def test_impossible_values_are_unknown_and_noted() -> None:
    work = one(
        title="a",
        publication_year=9999,
        cited_by_count=-3,
        citation_normalized_percentile={"value": 99},
        language="klingon",
        authorships=[{"institutions": [{"display_name": "X", "country_code": "ZZ"}]}],
    )
    assert isinstance(work, Work)
    assert (work.year, work.cited_by, work.percentile, work.language) == (None,) * 4
    assert work.authorships[0].affiliations == (Affiliation("X"),)
    assert sorted(note.partition(":")[0] for note in work.repairs) == [
        "cited_by",
        "country",
        "language",
        "percentile",
        "year",
    ]


def test_missing_values_stay_missing() -> None:
    work = one(title="a", cited_by_count=None, citation_normalized_percentile=None, doi=None)
    assert isinstance(work, Work)
    assert (work.cited_by, work.percentile, work.top1, work.year, work.repairs) == (
        None,
        None,
        None,
        None,
        (),
    )
    assert work.id.startswith("local:")


def test_flags_and_types() -> None:
    kinds = [
        one(title="a", **raw).type  # type: ignore[union-attr]
        for raw in (
            {"type": "article", "is_retracted": True},
            {"type": "other", "is_paratext": True},
            {"type": "proceedings-article"},
            {"type": "peer-review"},
            {},
        )
    ]
    assert kinds == ["retraction", "paratext", "article", "peer-review", None]


def test_country_of_the_author_completes_one_printed_affiliation() -> None:
    work = one(
        title="a",
        authorships=[{"countries": ["UK"], "raw_affiliation_strings": ["Pumps Ltd, Leeds"]}],
    )
    assert isinstance(work, Work)
    assert work.authorships == (Authorship(None, (Affiliation("Pumps Ltd, Leeds", "GBR"),)),)


def test_funder_is_no_sector() -> None:
    place = {"display_name": "Georgia State University", "country_code": "US", "type": "funder"}
    work = one(title="a", authorships=[{"institutions": [place]}])
    assert isinstance(work, Work)
    assert work.authorships[0].affiliations[0].sector is None


def test_sniff() -> None:
    assert openalex.sniff(orjson.dumps(FULL))
    assert openalex.sniff(orjson.dumps({"meta": {"count": 1}, "results": [FULL]})[:300])
    assert openalex.sniff(b'{"meta":{"count":0},"results":[]}')
    assert openalex.sniff(orjson.dumps([FULL]))
    for other in (
        b'{"id": "1", "title": "a", "abstract": "b"}',
        b'{"id":"1","ids":["doi:10.1/x"],"title":"a","authorships":[],"cited_by":1,"source":"x"}',
        b"id,title,publication_year,cited_by_count\n",
        b"TY  - JOUR\n",
        b"@article{x,\n",
        b"",
    ):
        assert not openalex.sniff(other)


@pytest.mark.parametrize(
    ("number", "count"),
    [(1, 49), (2, 50), (3, 50), (4, 25), (5, 49), (6, 50), (7, 50), (8, 25)],
)
def test_real_pages(number: int, count: int, shared: Path) -> None:
    data = gzip.decompress((shared / f"formats/openalex/page-{number}.json.gz").read_bytes())
    assert openalex.sniff(data[: 1 << 16])
    found = items(data)
    assert len(found) == count
    assert all(isinstance(item, Work) for item in found)


def test_pages_and_lines_of_the_same_works_agree(shared: Path) -> None:
    pages, lines = (
        [
            work
            for number in numbers
            for work in items(
                gzip.decompress((shared / f"formats/openalex/page-{number}.json.gz").read_bytes())
            )
            if isinstance(work, Work)
        ]
        for numbers in ((1, 2, 3, 4), (5, 6, 7, 8))
    )
    for page, line in zip(pages, lines, strict=True):
        assert page.ids == line.ids
        assert page.title == line.title
        assert page.authorships == line.authorships


def test_first_two_thousand_venue_works(shared: Path) -> None:
    with gzip.open(shared / "works/venues.openalex.jsonl.gz") as stream:
        data = b"".join(islice(stream, 2000))
    works = [item for item in items(data) if isinstance(item, Work)]
    assert len(works) == 2000
    batch = to_batch(works)
    assert batch.num_rows == 2000
    assert sum(work.abstract is not None for work in works) > 1500


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(FULL)), JSON))
def test_any_values_give_a_work_or_a_reject(raw: dict[str, Any]) -> None:
    found = openalex.work({**FULL, **raw}, "f", 1)
    assert isinstance(found, Work | Reject)
    if isinstance(found, Work):
        assert to_batch([found]).num_rows == 1


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_broken_files_raise_nothing_but_our_errors(data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from(
            [orjson.dumps([FULL, FULL]), orjson.dumps(FULL) + b"\n" + orjson.dumps(FULL)]
        )
    )
    at = data.draw(st.integers(0, len(whole)))
    junk = data.draw(
        st.binary(max_size=12) | st.sampled_from([b'"', b"{", b"]", b"\\", b"\n", b","])
    )
    drop = data.draw(st.integers(0, 30))
    try:
        found = items(whole[:at] + junk + whole[at + drop :])
    except AequaError:
        return
    assert [item.record for item in found] == list(range(1, len(found) + 1))


@settings(max_examples=60, deadline=None)
@given(st.lists(JSON, max_size=8))
def test_one_item_per_record(values: list[Any]) -> None:
    assert len(items(orjson.dumps(values))) == len(values)
    objects = [{"x": value} for value in values]
    assert len(items(b"\n".join(map(orjson.dumps, objects)))) == len(objects)


@pytest.mark.parametrize(
    "index",
    [
        '{"Deep": [0], "wells": [1]}',
        "{'Deep': [0], 'wells': [1]}",
        {"IndexLength": 2, "InvertedIndex": {"Deep": [0], "wells": [1]}},
    ],
)
def test_an_abstract_index_as_text_or_as_microsoft_academic_wrapped_it(index: object) -> None:
    found = one(title="A", abstract_inverted_index=index)
    assert isinstance(found, Work)
    assert (found.abstract, found.repairs) == ("Deep wells", ())


def test_records_of_selected_fields_keep_their_abstract() -> None:
    data = b'{"id":"https://openalex.org/W1","title":"A","abstract_inverted_index":{"Deep":[0]}}'
    assert openalex.sniff(data)
