"""Our own tables: the corpus as written, and the smallest table a person writes."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.errors import FormatError
from aequa.core.works import (
    RAW,
    SECTORS,
    WORKS,
    Affiliation,
    Authorship,
    Reject,
    Work,
    to_batch,
)
from aequa.sources import corpus_table, table
from aequa.sources.fields import text


def items(data: bytes) -> list[Work | Reject]:
    return list(table.read(io.BufferedReader(io.BytesIO(data)), "f"))


def one(data: bytes) -> Work:
    (work,) = items(data)
    assert isinstance(work, Work)
    return work


def record(**values: Any) -> Work:
    return one(orjson.dumps({"id": "1", "title": "Deep wells", **values}))


def as_csv(rows: Iterable[dict[str, Any]]) -> bytes:
    """Rows as our CSV: lists are JSON, an apostrophe guards what looks like a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(RAW.names)
    for row in rows:
        cells = (orjson.dumps(v).decode() if isinstance(v, list) else v for v in row.values())
        writer.writerow(f"'{cell}" if FORMULA.match(str(cell)) else cell for cell in cells)
    return out.getvalue().encode()


FORMULA = re.compile(r"'*[=+\-@\t\r]")
WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp")), min_size=1, max_size=12
).map(text)
MAYBE = st.none() | WORDS
AFFILIATIONS = st.builds(
    Affiliation, MAYBE, st.sampled_from([None, "KEN", "XKX"]), st.sampled_from([None, *SECTORS])
)
WORK = st.builds(
    Work,
    ids=st.sampled_from([("openalex:W42", "doi:10.1000/ab"), ("local:row; 7",), ("wos:000123",)]),
    title=WORDS.filter(bool),
    abstract=MAYBE,
    year=st.none() | st.integers(1500, 2100),
    type=st.sampled_from([None, "article", "retraction"]),
    language=st.sampled_from([None, "en", "zh"]),
    venue=MAYBE,
    field=MAYBE,
    keywords=st.lists(WORDS.filter(bool), max_size=3, unique=True).map(tuple),
    cited_by=st.none() | st.integers(0, 10**11),
    percentile=st.none() | st.floats(0, 1),
    top1=st.none() | st.booleans(),
    top10=st.none() | st.booleans(),
    authorships=st.lists(
        st.builds(Authorship, MAYBE, st.lists(AFFILIATIONS, max_size=2).map(tuple)), max_size=3
    ).map(tuple),
    source=st.sampled_from(["openalex", "wos"]),
)


def same(works: list[Work], found: Iterable[Work | Reject]) -> None:
    expected = [
        replace(work, file="f", record=number, given=work.id)
        for number, work in enumerate(works, 1)
    ]
    assert list(found) == expected


@settings(max_examples=60, deadline=None)
@given(works=st.lists(WORK, min_size=1, max_size=4))
def test_round_trip(works: list[Work], tmp_path_factory: pytest.TempPathFactory) -> None:
    batch = to_batch(works)
    rows = batch.to_pylist()
    same(works, items(b"\n".join(map(orjson.dumps, rows))))
    same(works, items(orjson.dumps(rows)))
    same(works, items(as_csv(rows)))
    path = tmp_path_factory.getbasetemp() / "raw.parquet"
    pq.write_table(pa.Table.from_batches([batch]), path)
    assert table.sniff_parquet(pq.read_schema(path))
    same(works, table.read_parquet(path, "f"))


@pytest.mark.parametrize("origin", ["source", "computed", None])
def test_corpus_after_merging(origin: str | None, tmp_path: Path) -> None:
    work = Work(
        ids=("doi:10.1000/ab",),
        title="Deep wells",
        percentile=0.5,
        top1=False,
        top10=True,
        source="x",
    )
    row = to_batch([work]).to_pylist()[0] | {
        "percentile_origin": origin,
        "top1": 0.0,
        "top10": 1.0,
        "countries": ["KEN"],
        "country_shares": [{"country": "KEN", "share": 1.0}],
        "sectors": [],
        "merged": ["a#2"],
    }
    pq.write_table(pa.Table.from_pylist([row], schema=WORKS), tmp_path / "w.parquet")
    (found,) = table.read_parquet(tmp_path / "w.parquet", "f")
    assert isinstance(found, Work)
    expected = (None, None, None) if origin == "computed" else (0.5, False, True)
    assert (found.percentile, found.top1, found.top10) == expected
    assert found.authorships == ()


def test_guard_against_formulas_is_taken_off() -> None:
    row = to_batch([Work(ids=("doi:10.1/a",), title="a", source="x")]).to_pylist()[0]
    assert one(as_csv([row | {"title": "=1+1"}])).title == "=1+1"


def test_weights_that_ties_share_are_no_statement_of_the_source() -> None:
    row = to_batch([Work(ids=("doi:10.1/a",), title="a", source="x")]).to_pylist()[0]
    found = one(orjson.dumps(row | {"percentile_origin": "source", "top1": 0.3}))
    assert found.top1 is None


@pytest.mark.parametrize(
    "data",
    [
        b"id,title,abstract\n7,Deep wells,We dig\n",
        b"\xef\xbb\xbfID;Title;Abstract\r\n7;Deep wells;We dig\r\n",
        b"id\ttitle\tsummary\n7\tDeep wells\tWe dig\n",
        b'{"id": 7, "title": "Deep wells", "abstract": "We dig"}',
        b'[{"id": "7", "Title": "Deep wells", "abstract_text": "We dig"}]',
        "id,title,abstract\n7,Deep wells,We dig\n".encode("utf-16"),
    ],
)
def test_smallest_tables(data: bytes) -> None:
    work = one(data)
    assert (work.ids, work.given) == (("local:7",), "7")
    assert (work.title, work.abstract, work.source) == ("Deep wells", "We dig", "table")
    assert work.repairs == ()


def test_text_alone_is_an_abstract() -> None:
    work = one(b"text\nWe dig wells\n")
    assert (work.title, work.abstract) == (None, "We dig wells")
    assert work.id.startswith("local:")


def test_every_optional_column() -> None:
    work = record(
        DOI="https://doi.org/10.1000/AB",
        publication_year="2020",
        journal="Water",
        category="Engineering",
        type="Conference Paper",
        language="German",
        keywords="wells; pumps",
        citations="1,024",
        percentile=0.9,
        top10=True,
        top1="false",
    )
    assert work.ids == ("local:1", "doi:10.1000/ab")
    assert (work.id, work.given) == ("doi:10.1000/ab", "1")
    assert (work.year, work.venue, work.field) == (2020, "Water", "Engineering")
    assert (work.type, work.language, work.keywords) == ("article", "de", ("wells", "pumps"))
    assert (work.cited_by, work.percentile, work.top1, work.top10) == (1024, 0.9, False, True)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("https://openalex.org/W42", "openalex:W42"),
        ("W2741809807", "openalex:W2741809807"),
        ("W4", "local:W4"),
        ("https://doi.org/10.1000/AB", "doi:10.1000/ab"),
        ("doi:10.1000/AB", "doi:10.1000/ab"),
        ("DOI: 10.1000/AB", "doi:10.1000/ab"),
        ("WOS:000667508800015", "wos:000667508800015"),
        ("2-s2.0-84865331032", "eid:2-s2.0-84865331032"),
        ("pmid:22752652", "pmid:22752652"),
        ("local:x y", "local:x y"),
        ("urn:isbn:1", "local:urn:isbn:1"),
        ("see 10.1000/AB", "local:see 10.1000/AB"),
        (7.0, "local:7"),
        (None, None),
        ("  ", None),
    ],
)
def test_identifiers(raw: object, expected: str | None) -> None:
    assert corpus_table.identifier(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (["KE", "DEU", "Peru"], ["KEN", "DEU", "PER"]),
        ("KE|DE", ["KEN", "DEU"]),
        ("ke, de", ["KEN", "DEU"]),
        ("Viet Nam", ["VNM"]),
        ("UK", ["GBR"]),
        ("Persia; KE", ["Persia", "KEN"]),
        ("", []),
    ],
)
def test_countries(raw: object, expected: list[str]) -> None:
    found = record(countries=raw).authorships
    assert all(author.name is None and len(author.affiliations) == 1 for author in found)
    assert [a.affiliations[0].country or a.affiliations[0].name for a in found] == expected


def test_unknown_country_code_is_noted() -> None:
    work = record(countries=["ZZ", "KE"])
    assert work.authorships == (Authorship(None, (Affiliation(None, "KEN"),)),)
    assert work.repairs == (
        "countries: found ZZ, expected a country's name or its code of ISO 3166-1",
    )


def test_authors_with_places() -> None:
    assert record(authors=["Ada", {"name": "Bo"}], affiliations=["U", "V"]).authorships == (
        Authorship("Ada", (Affiliation("U"),)),
        Authorship("Bo", (Affiliation("V"),)),
    )
    assert record(authors="Ada; Bo", country="KE").authorships == (
        Authorship("Ada", (Affiliation(None, "KEN"),)),
        Authorship("Bo", (Affiliation(None, "KEN"),)),
    )
    nested = [{"name": "Ada", "affiliations": [{"name": "U", "country": "QQQ", "sector": "x"}]}]
    work = record(authorships=nested)
    assert work.authorships == (Authorship("Ada", (Affiliation("U"),)),)
    assert len(work.repairs) == 2


def test_missing_text_columns_are_named() -> None:
    with pytest.raises(FormatError, match=r"f: has the columns id, year; expected a title or"):
        items(b"id,year\n1,2020\n")


def test_missing_text_columns_in_parquet(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["1"], "year": [2020]}), tmp_path / "x.parquet")
    with pytest.raises(FormatError, match="expected a title or"):
        list(table.read_parquet(tmp_path / "x.parquet", "f"))


def test_parquet_of_plain_columns(tmp_path: Path) -> None:
    rows = {"id": [1, 2], "Title": ["a", None], "abstract": [None, ""], "year": [2020.0, None]}
    pq.write_table(pa.table(rows), tmp_path / "x.parquet")
    first, second = table.read_parquet(tmp_path / "x.parquet", "f")
    assert isinstance(first, Work)
    assert (first.ids, first.title, first.year) == (("local:1",), "a", 2020)
    assert isinstance(second, Reject)
    assert second.record == 2


def test_sniff_leaves_named_sources_to_their_readers() -> None:
    for ours in (
        b"id,title,abstract\n",
        b"text\nsome words\n",
        b"id,year,venue\n",
        b'{"id":1,"summary":"x"}',
        orjson.dumps(to_batch([Work(ids=("doi:10.1/a",), title="a", source="x")]).to_pylist()),
    ):
        assert table.sniff(ours)
    for other in (
        b"Authors,Title,Year,Source title,Cited by,EID\n",
        b"Document Title,Authors,PDF Link,Document Identifier\n",
        b"id,title,authorships.countries,primary_location.version\n",
        b'{"id":"https://openalex.org/W1","title":"a","publication_year":2020,"authorships":[]}',
        b"TY  - JOUR\nTI  - x\n",
        b"@article{a,\n title={x}}",
        b"PMID- 1\nTI  - x\n",
        b"FN Clarivate\nVR 1.0\nPT J\n",
        b"\x89PNG\r\n\x1a\n\0\0\0",
        b"<html><title>x</title>",
        b"",
    ):
        assert not table.sniff(other)


def test_arxiv_listing(shared: Path) -> None:
    with gzip.open(shared / "works/arxiv.jsonl.gz") as stream:
        found = items(b"".join(islice(stream, 1000)))
    works = [work for work in found if isinstance(work, Work)]
    assert len(works) == 1000
    assert all(any(i.startswith("arxiv:") for i in work.ids) and work.abstract for work in works)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "affiliations", "country"]), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = [*RAW.names, "countries", "authors", "affiliations", "summary", "doi", "percentile_origin"]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=20), min_size=1, max_size=4))
def test_any_values_give_works_or_rejects(rows: list[dict[str, Any]]) -> None:
    data = b"\n".join(map(orjson.dumps, rows))
    found = items(data)
    assert len(found) == len(rows)
    assert to_batch(item for item in found if isinstance(item, Work)).schema == RAW


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"Title": "T", "Abstract Note": "Text", "Item Type": "journalArticle"}, ("Text", None)),
        ({"Title": "T", "Author/s": "Doe, J", "Citing Works Count": "4"}, (None, 4)),
        ({"Title": "T", "Cites": "5", "PubYear": "2020"}, (None, 5)),
    ],
)
def test_columns_of_zotero_lens_dimensions_and_publish_or_perish(
    row: dict[str, str], expected: tuple[str | None, int | None]
) -> None:
    data = f"{','.join(row)}\n".encode() + ",".join(f'"{cell}"' for cell in row.values()).encode()
    (found,) = items(data)
    assert isinstance(found, Work)
    assert (found.abstract, found.cited_by) == expected


def test_the_sentence_dimensions_puts_above_its_header_is_no_header() -> None:
    data = (
        b'"About the data: Exported on Jan 12, 2024. Criteria: AI"\nRank,Title,PubYear\n1,T,2023\n'
    )
    assert table.sniff(data)
    (found,) = items(data)
    assert isinstance(found, Work)
    assert (found.title, found.year, found.record) == ("T", 2023, 1)


def test_a_list_of_csl_items() -> None:
    csl = {
        "id": "a",
        "type": "article-journal",
        "title": "T",
        "container-title": "Nature",
        "issued": {"date-parts": [["2019", 3, 1]]},
        "author": [{"family": "Doe", "given": "Jane"}],
    }
    (found,) = items(orjson.dumps([csl]))
    assert isinstance(found, Work)
    assert (found.year, found.type, found.venue) == (2019, "article", "Nature")
    assert found.authorships == (Authorship("Doe, Jane"),)


@pytest.mark.parametrize(
    "envelope",
    [
        {"status": "ok", "message": {"items": [{"DOI": "10.1000/1", "title": ["T"]}]}},
        {"total": 2, "data": [{"lens_id": "1", "title": "T", "abstract": "A"}]},
    ],
)
def test_records_inside_an_envelope_we_do_not_know_are_not_one_bad_record(
    envelope: dict[str, object],
) -> None:
    assert not table.sniff(orjson.dumps(envelope))
    assert not table.sniff(orjson.dumps(envelope, option=orjson.OPT_INDENT_2))
    assert table.sniff(orjson.dumps({"count": 1, "results": [{"title": "T"}]}))


def test_bytes_columns_and_names_that_differ_in_case(tmp_path: Path) -> None:
    columns = {"Title": ["A", None], "title": ["B", "C"], "venue": pa.array([b"M\xfc", None])}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    found = list(table.read_parquet(tmp_path / "t.parquet", "f"))
    assert [work.title for work in found if isinstance(work, Work)] == ["A", "C"]
    assert [work.venue for work in found if isinstance(work, Work)] == ["M\xfc", None]


def test_countries_of_the_whole_work_belong_to_every_author() -> None:
    data = b"title,authors,affiliations,countries\nT,A;B;C,X;Y,DE;KE\n"
    (found,) = items(data)
    assert isinstance(found, Work)
    places = [
        Affiliation("X"),
        Affiliation("Y"),
        Affiliation(None, "DEU"),
        Affiliation(None, "KEN"),
    ]
    assert [list(author.affiliations) for author in found.authorships] == [places] * 3
