"""OpenAlex tables: the site's CSV, flat Parquet and CSV, nested Parquet."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aequa.core.errors import InputError
from aequa.core.works import Affiliation, Authorship, Reject, Work
from aequa.sources import openalex, openalex_table

UNI = "{'id': 'I1', 'display_name': \"Queen's Uni\", 'country_code': 'CA', 'type': 'education'}"
LAB = "{'id': 'I2', 'display_name': 'Lab | Co', 'country_code': None, 'type': 'company'}"
SITE: dict[str, str] = {
    "id": "https://openalex.org/W42",
    "doi": "https://doi.org/10.1000/ab",
    "title": "Deep wells",
    "publication_year": "2021",
    "type": "article",
    "is_retracted": "False",
    "cited_by_count": "7",
    "ids.pmid": "https://pubmed.ncbi.nlm.nih.gov/77",
    "primary_location.source.display_name": "Water",
    "primary_topic.field.display_name": "Engineering",
    "keywords.display_name": "Wells|Pumps",
    "citation_normalized_percentile.value": "0.5",
    "citation_normalized_percentile.is_in_top_1_percent": "False",
    "citation_normalized_percentile.is_in_top_10_percent": "True",
    "authorships.author.display_name": "Ada|Bo|Cy",
    "authorships.institutions": f"{UNI}||{LAB}",
    "authorships.countries": "CA|PE|",
    "authorships.raw_affiliation_strings": "",
    "abstract": "None",
}


def table(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def items(data: bytes) -> list[Work | Reject]:
    return list(openalex_table.read(io.BufferedReader(io.BytesIO(data)), "f"))


def one(row: dict[str, str]) -> Work:
    (work,) = items(table(row))
    assert isinstance(work, Work)
    return work


def test_site_csv() -> None:
    work = one(SITE)
    assert work.ids == ("openalex:W42", "doi:10.1000/ab", "pmid:77")
    assert (work.title, work.abstract, work.year, work.cited_by) == ("Deep wells", None, 2021, 7)
    assert (work.venue, work.field, work.keywords) == ("Water", "Engineering", ("Wells", "Pumps"))
    assert (work.percentile, work.top1, work.top10) == (0.5, False, True)
    assert work.type == "article"
    assert work.repairs == ()


def test_site_csv_one_entry_per_author() -> None:
    assert one(SITE).authorships == (
        Authorship("Ada", (Affiliation("Queen's Uni", "CAN", "academia"),)),
        Authorship("Bo", (Affiliation(None, "PER"),)),
        Authorship("Cy", (Affiliation("Lab | Co", None, "company"),)),
    )


def test_site_csv_with_more_entries_than_authors_gives_all_to_each() -> None:
    work = one({**SITE, "authorships.author.display_name": "Ada|Bo"})
    both = {Affiliation("Queen's Uni", "CAN", "academia"), Affiliation("Lab | Co", None, "company")}
    assert [author.name for author in work.authorships] == ["Ada", "Bo"]
    assert all(both <= set(author.affiliations) for author in work.authorships)
    assert {place.country for place in work.authorships[1].affiliations} == {"CAN", "PER", None}


def test_site_csv_without_institutions_uses_the_printed_strings() -> None:
    row = {**SITE, "authorships.institutions": "||", "authorships.countries": "||"}
    row["authorships.raw_affiliation_strings"] = "Lab, Lima, Peru||Pumps, Leeds"
    assert one(row).authorships == (
        Authorship("Ada", (Affiliation("Lab, Lima, Peru"),)),
        Authorship("Bo"),
        Authorship("Cy", (Affiliation("Pumps, Leeds"),)),
    )


def test_institution_entry_that_is_no_object_is_a_name() -> None:
    row = {**SITE, "authorships.author.display_name": "Ada", "authorships.countries": ""}
    row["authorships.institutions"] = "{'id': 'I1', 'display_name'"
    assert one(row).authorships[0].affiliations == (Affiliation("{'id': 'I1', 'display_name'"),)


def test_retracted_row() -> None:
    assert one({**SITE, "is_retracted": "True"}).type == "retraction"


FLAT: dict[str, Any] = {
    "work_id": ["W2794734225", "W2", "W3"],
    "title": ["Footprints", None, ""],
    "abstract": ["We saw", "Only text", None],
    "year": [2018.0, float("nan"), 0.0],
    "cited_by_count": [111, -1, None],
    "cnp_value": [0.99, 7.0, None],
    "is_top_1pct": [True, None, None],
    "primary_field": ["Social Sciences", None, None],
    "author_names": ["Ada|Bo", "", None],
    "institution_names": ["Hakai|Tula", "", None],
    "countries": ["CA", "ZZ|US", None],
}


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    pq.write_table(pa.table(FLAT), tmp_path / "flat.parquet")
    return tmp_path / "flat.parquet"


def test_flat_parquet(flat: Path) -> None:
    first, second, third = openalex_table.read_parquet(flat, "f")
    assert isinstance(first, Work)
    assert (first.id, first.given) == ("openalex:W2794734225", "W2794734225")
    assert (first.year, first.cited_by, first.percentile, first.top1) == (2018, 111, 0.99, True)
    assert first.field == "Social Sciences"
    places = (Affiliation("Hakai", "CAN"), Affiliation("Tula", "CAN"))
    assert first.authorships == (Authorship("Ada", places), Authorship("Bo", places))
    assert isinstance(second, Work)
    assert (second.title, second.abstract, second.year) == (None, "Only text", None)
    assert (second.cited_by, second.percentile, second.top1) == (None, None, None)
    assert second.authorships == (Authorship(None, (Affiliation(None, "USA"),)),)
    assert len(second.repairs) == 3
    assert isinstance(third, Reject)
    assert third.record == 3


def test_nested_parquet(tmp_path: Path) -> None:
    index = pa.map_(pa.string(), pa.list_(pa.int32()))
    rows = pa.table(
        {
            "id": ["https://openalex.org/W42"],
            "title": ["Deep wells"],
            "publication_year": pa.array([2020], pa.int16()),
            "abstract_inverted_index": pa.array([[("deep", [0]), ("wells", [1])]], index),
            "authorships": [
                [
                    {
                        "author": {"display_name": "Ada"},
                        "institutions": [
                            {"display_name": "U", "country_code": "KE", "type": "education"}
                        ],
                        "countries": ["KE"],
                    }
                ]
            ],
            "counts_by_year": [[{"year": 2020}]],
        }
    )
    assert openalex_table.sniff_parquet(rows.schema)
    pq.write_table(rows, tmp_path / "n.parquet")
    (work,) = openalex_table.read_parquet(tmp_path / "n.parquet", "f")
    assert isinstance(work, Work)
    assert (work.abstract, work.year) == ("deep wells", 2020)
    assert work.authorships == (Authorship("Ada", (Affiliation("U", "KEN", "academia"),)),)


def test_damaged_parquet(flat: Path) -> None:
    data = flat.read_bytes()
    flat.write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match="f: is not Parquet"):
        list(openalex_table.read_parquet(flat, "f"))


def test_sniff(flat: Path) -> None:
    assert openalex_table.sniff(table(SITE))
    assert openalex_table.sniff(b"\xef\xbb\xbfwork_id;title;cnp_value\n")
    assert openalex_table.sniff(
        b"id,title,publication_year,cited_by_count\nhttps://openalex.org/W1"
    )
    assert openalex_table.sniff_parquet(pq.read_schema(flat))
    for other in (
        b"id,title,abstract\n",
        b"id,title,publication_year,cited_by_count\n1,a,2020,3\n",
        b"Authors,Title,Year,Source title,Cited by,EID\n",
        b'{"publication_year": 2020, "title": "a", "cited_by_count": 3}',
        b"",
    ):
        assert not openalex_table.sniff(other)


def test_real_site_csv(shared: Path) -> None:
    data = gzip.decompress((shared / "formats/openalex/works-613.csv.gz").read_bytes())
    assert openalex_table.sniff(data[: 1 << 16])
    found = items(data)
    assert len(found) == 613
    assert Counter(map(type, found)) == {Work: 601, Reject: 12}
    works = {work.id: work for work in found if isinstance(work, Work)}
    authors = works["openalex:W2111628838"].authorships
    assert [author.affiliations[0].country for author in authors] == ["CAN", "USA"]
    assert all(len(author.affiliations) == 1 for author in authors)


def test_real_flat_parquet(shared: Path) -> None:
    path = shared / "works/openalex-ocean-1684.parquet"
    assert openalex_table.sniff_parquet(pq.read_schema(path))
    found = list(openalex_table.read_parquet(path, "f"))
    assert len(found) == 1684
    works = [work for work in found if isinstance(work, Work)]
    assert sum(work.percentile is not None for work in works) == 1366
    assert {work.id for work in works if work.id.startswith("openalex:W")} == {
        work.id for work in works
    }


NESTED: dict[str, Any] = {
    "id": "https://openalex.org/W7",
    "title": "Rivers",
    "publication_year": 2020,
    "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/7"},
    "primary_location": {"source": {"display_name": "Water"}},
    "authorships": [
        {
            "author": {"display_name": "Ada"},
            "institutions": [{"display_name": "Uni", "country_code": "KE", "type": "education"}],
        }
    ],
    "citation_normalized_percentile": {"value": 0.99, "is_in_top_1_percent": True},
    "abstract_inverted_index": {"Deep": [0], "rivers": [1]},
    "cited_by_count": 3,
    "is_retracted": False,
    "fwci": None,
}


@pytest.mark.parametrize("written", [json.dumps, str])
def test_api_records_that_a_data_frame_wrote_to_cells(written: Callable[[Any], str]) -> None:
    cells = {name: written(v) if isinstance(v, dict | list) else v for name, v in NESTED.items()}
    data = table(cells)
    assert openalex_table.sniff(data)
    (found,) = items(data)
    assert found == openalex.work(NESTED, "f", 1)
    assert isinstance(found, Work)
    assert found.authorships[0].affiliations == (Affiliation("Uni", "KEN", "academia"),)
    assert found.abstract == "Deep rivers"


def test_a_damaged_object_in_a_cell_is_noted(tmp_path: Path) -> None:
    cells = {name: str(v) for name, v in NESTED.items()} | {"authorships": "[{'author': {'disp"}
    pq.write_table(pa.Table.from_pylist([cells]), tmp_path / "w.parquet")
    (found,) = openalex_table.read_parquet(tmp_path / "w.parquet", "f")
    assert isinstance(found, Work)
    assert (found.venue, found.authorships) == ("Water", ())
    assert found.repairs == ("authorships: found [{'author': {'disp, expected JSON",)
