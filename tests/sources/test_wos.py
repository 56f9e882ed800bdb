"""Web of Science: counts on the real exports, and every field on exports made here."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.works import Reject, Work
from aequa.sources import wos
from aequa.sources.stream import open_bytes

HEADER = "FN Clarivate Analytics Web of Science\nVR 1.0\n"
RECORD = """PT J
AU Doe, A
   Roe, BC
AF Doe, Ann
   Roe, Bo Carl
TI Wells that warn of drought in
   three river basins
SO JOURNAL OF WELLS
LA English
DT Article; Early Access
DE drought; early warning
ID DROUGHT; GROUNDWATER
AB Sensors in wells.

   A second paragraph.
C1 [Doe, Ann] Univ Oslo, Dept Geosci, Oslo, Norway.
   [Doe, Ann; Roe, Bo Carl] Univ Nairobi, Nairobi, Kenya.
RP Roe, BC (corresponding author), Univ Nairobi, Nairobi, Kenya.
CR ABEL N, 1999, WATER, V1
   BELL A, 2001, WATER, V2
TC 12
Z9 14
EA SEP 2025
DI 10.1000/WELLS.1
WC Water Resources; Geosciences, Multidisciplinary
SC Water Resources; Geology
UT WOS:000123456700001
PM 12345678
HC Y
HP N
ER

"""
FOOTER = "EF\n"


def works(text: str) -> list[Work | Reject]:
    return list(wos.read(io.BufferedReader(io.BytesIO(text.encode())), "made.txt"))


def work(text: str = RECORD) -> Work:
    (item,) = works(HEADER + text + FOOTER)
    assert isinstance(item, Work)
    return item


def test_every_field_of_a_record() -> None:
    found = work()
    assert found.title == "Wells that warn of drought in three river basins"
    assert found.abstract == "Sensors in wells. A second paragraph."
    assert found.ids == ("doi:10.1000/wells.1", "wos:000123456700001", "pmid:12345678")
    assert (found.year, found.type, found.language) == (2025, "article", "en")
    assert (found.venue, found.field) == ("JOURNAL OF WELLS", "Water Resources")
    assert found.keywords == ("drought", "early warning", "DROUGHT", "GROUNDWATER")
    assert (found.cited_by, found.top1, found.top10) == (12, True, True)
    assert (found.source, found.file, found.record, found.repairs) == ("wos", "made.txt", 1, ())
    assert found.given == "WOS:000123456700001"


def test_addresses_go_to_the_authors_in_brackets() -> None:
    ann, bo = work().authorships
    assert (ann.name, bo.name) == ("Doe, Ann", "Roe, Bo Carl")
    assert [place.name for place in ann.affiliations] == [
        "Univ Oslo, Dept Geosci, Oslo, Norway",
        "Univ Nairobi, Nairobi, Kenya",
    ]
    assert [place.name for place in bo.affiliations] == ["Univ Nairobi, Nairobi, Kenya"]


@pytest.mark.parametrize(
    ("c1", "expected"),
    [
        ("C1 Univ Oslo, Oslo, Norway.\n", [["Univ Oslo, Oslo, Norway"]] * 2),
        ("C1 UNIV A,\n   OSLO,NORWAY.\n   MIT,USA.\n", [["UNIV A, OSLO,NORWAY", "MIT,USA"]] * 2),
        ("C1 [Roe, BC] MIT, USA.\n", [[], ["MIT, USA"]]),
        ("C1 [Doe, Ann; Roe, B.] MIT, USA.\n", [["MIT, USA"], ["MIT, USA"]]),
        ("C1 [Poe, Cy] MIT, USA.\n", [[], [], ["MIT, USA"]]),
        ("", [[], ["Univ Nairobi, Nairobi, Kenya"]]),
    ],
)  # fmt: skip
def test_addresses_without_brackets_and_other_forms(c1: str, expected: list[list[str]]) -> None:
    start, end = RECORD.index("C1 "), RECORD.index("RP ")
    found = work(RECORD[:start] + c1 + RECORD[end:]).authorships
    assert [[place.name for place in author.affiliations] for author in found] == expected


def test_the_tags_tell_known_citations_hc_and_years_apart() -> None:
    assert work(RECORD.replace("HC Y\n", "")).top1 is None
    assert work(RECORD.replace("TC 12\n", "")).cited_by == 14
    dated = RECORD.replace("EA SEP 2025", "PY 2024\nEA SEP 2025")
    assert work(dated).year == 2024
    assert (
        work(RECORD.replace("UT WOS:000123456700001", "UT MEDLINE:777")).ids[1] == "wos:MEDLINE:777"
    )


def test_impossible_values_are_unknown_and_noted() -> None:
    found = work(RECORD.replace("EA SEP 2025", "PY 9999").replace("TC 12", "TC -3"))
    assert (found.year, found.cited_by) == (None, None)
    assert any("year: found 9999" in note for note in found.repairs)
    assert any("cited_by: found -3" in note for note in found.repairs)


def test_a_half_written_record_is_kept_and_noted() -> None:
    items = works(HEADER + RECORD + "PT J\nAU Doe, J\nTI Half a rec")
    assert [item.title for item in items if isinstance(item, Work)][1] == "Half a rec"
    assert "no end mark" in items[1].repairs[0]  # type: ignore[union-attr]


def test_a_record_that_lost_its_er_does_not_swallow_the_next() -> None:
    items = works(HEADER + RECORD.replace("ER\n", "") + RECORD + FOOTER)
    assert [item.record for item in items] == [1, 2]


def test_a_record_with_neither_title_nor_abstract_is_rejected() -> None:
    (item,) = works(HEADER + "PT J\nAU Doe, J\nUT WOS:0001\nER\n")
    assert isinstance(item, Reject)
    assert "title and abstract" in item.reason


def test_damaged_lines_lose_nothing() -> None:
    broken = RECORD.replace("AF Doe, Ann", "AFDoe, Ann").replace("   three river", "three river")
    found = work(broken)
    assert found.authorships[0].name == "Doe, Ann"
    assert found.title == "Wells that warn of drought in three river basins"


def test_conference_records_and_languages_outside_english() -> None:
    found = work(RECORD.replace("PT J", "PT C").replace("LA English", "LA Slovene"))
    assert (found.language, found.type) == ("sl", "article")
    assert (
        work(RECORD.replace("DT Article; Early Access\n", "").replace("PT J", "PT B")).type
        == "book"
    )


def test_the_tab_delimited_export() -> None:
    text = (
        "PT\tAU\tAF\tTI\tSO\tLA\tDT\tC1\tTC\tPY\tUT\n"
        "J\tDoe, A; Roe, BC\tDoe, Ann; Roe, Bo Carl\tWells\tWATER\tGerman\tReview\t"
        "[Doe, Ann; Roe, Bo Carl] Univ Oslo, Norway; [Roe, Bo Carl] MIT, USA\t3\t2020\tWOS:0001\n"
    )
    assert wos.sniff(text.encode("utf-16"))
    (item,) = wos.read(io.BufferedReader(io.BytesIO(text.encode("utf-16"))), "tab.txt")
    assert isinstance(item, Work)
    assert (item.title, item.year, item.cited_by, item.repairs) == ("Wells", 2020, 3, ())
    assert [len(author.affiliations) for author in item.authorships] == [1, 2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEADER + RECORD, True),
        ("\ufeff" + HEADER + RECORD, True),
        (RECORD, True),
        ("PT J\nnothing else\n", False),
        ("TY  - JOUR\nTI  - x\nER  - \n", False),
        ("FN is a word\n", False),
    ],
)
def test_sniff(text: str, expected: bool) -> None:
    assert wos.sniff(text.encode()) is expected


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=12), st.randoms())
def test_items_equal_record_starts_in_any_order(
    numbers: list[int], shuffler: random.Random
) -> None:
    records = [RECORD.replace("Wells that", f"Wells {n} that") for n in numbers]
    shuffled = records.copy()
    shuffler.shuffle(shuffled)
    text = HEADER + "".join(records) + FOOTER + HEADER + "".join(shuffled) + FOOTER
    items = works(text)
    assert len(items) == text.count("\nPT ")
    titles = [item.title for item in items if isinstance(item, Work)]
    assert sorted(titles[: len(numbers)]) == sorted(titles[len(numbers) :])


def test_the_real_export_of_ten_thousand(shared: Path) -> None:
    with open_bytes(shared / "works" / "wos-10000.txt.gz") as stream:
        items = list(wos.read(stream, "wos"))
    found = [item for item in items if isinstance(item, Work)]
    assert len(items) == len(found) == 10_000
    accession = {name for item in found for name in item.ids if name.startswith("wos:")}
    assert len(accession) == 9_500
    assert sum(item.top1 is True for item in found) == 41
    assert sum(len(item.authorships) for item in found) == 42_846
    assert sum(item.cited_by is None for item in found) == 0
    assert sum(item.abstract is not None for item in found) == 9_794


@pytest.mark.parametrize(
    ("name", "count", "accessions"), [("wos-bad", 32, 32), ("wos-small", 34, 33)]
)
def test_the_real_damaged_exports(shared: Path, name: str, count: int, accessions: int) -> None:
    with open_bytes(shared / "formats" / f"{name}.isi") as stream:
        items = list(wos.read(stream, name))
    found = [item for item in items if isinstance(item, Work)]
    assert len(items) == len(found) == count
    assert sum(any(one.startswith("wos:") for one in item.ids) for item in found) == accessions
    assert all(item.authorships for item in found)


def test_a_reject_shows_its_record() -> None:
    (item,) = works(HEADER + "PT J\nAU Doe, J\nUT WOS:0001\nER\n" + FOOTER)
    assert isinstance(item, Reject)
    assert item.excerpt.startswith("PT J | AU Doe, J | UT WOS:0001")


COLUMNS = (
    "Publication Type,Authors,Author Full Names,Article Title,Source Title,Keywords Plus,Abstract,"
    'Addresses,Affiliations,"Times Cited, WoS Core",Publication Year,DOI,WoS Categories,'
    "Pubmed Id,Highly Cited Status,UT (Unique WOS ID)"
)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_excel_export_saved_as_csv(mark: str) -> None:
    cells = [
        "J", "Doe, J; Roe, B", "Doe, Jane; Roe, Bo", "Wells, found", "WATER", "DEEP; NETS", "Text.",
        "[Doe, Jane] Univ Ghana, Accra, Ghana; [Roe, Bo] MIT, Cambridge, MA USA",
        "University of Ghana; MIT", "7", "2021", "10.1000/W", "Water Resources; Geology", "34",
        "Y", "WOS:000667508800015",
    ]  # fmt: skip
    text = io.StringIO()
    writer = csv.writer(text, delimiter=mark)
    writer.writerows([*csv.reader([COLUMNS]), cells, ["J", *[""] * 15]])
    data = text.getvalue().encode("utf-8-sig")
    assert wos.sniff(data)
    found, refused = wos.read(io.BufferedReader(io.BytesIO(data)), "savedrecs.csv")
    assert isinstance(found, Work)
    assert isinstance(refused, Reject)
    assert found.ids == ("doi:10.1000/w", "wos:000667508800015", "pmid:34")
    assert (found.title, found.year, found.cited_by, found.top1) == ("Wells, found", 2021, 7, True)
    assert (found.field, found.keywords) == ("Water Resources", ("DEEP", "NETS"))
    assert [(a.name, a.affiliations[0].name) for a in found.authorships] == [
        ("Doe, Jane", "Univ Ghana, Accra, Ghana"),
        ("Roe, Bo", "MIT, Cambridge, MA USA"),
    ]
    assert not found.repairs


def test_a_tab_delimited_export_that_a_spreadsheet_has_quoted() -> None:
    text = (
        "PT\tAU\tTI\tSO\tPY\tDI\tUT\n"
        'J\t"Doe, J; Roe, B"\t"Wells, ""deep"" ones"\tWATER\t2020\t\tWOS:01\n'
        'J\tDoe, J\t"Deep" or "wide"?\tWATER\t2020\t\tWOS:02\n'
    )
    first, second = works(text)
    assert isinstance(first, Work)
    assert isinstance(second, Work)
    assert (first.title, second.title) == ('Wells, "deep" ones', '"Deep" or "wide"?')
    assert [author.name for author in first.authorships] == ["Doe, J", "Roe, B"]


@pytest.mark.parametrize("owners", ["", "[Doe, J] "])
def test_addresses_joined_by_semicolons_come_apart(owners: str) -> None:
    (found,) = works(
        f"PT\tAU\tTI\tSO\tPY\tC1\tUT\nJ\tDoe, J\tW\t\t\t{owners}A, Oslo; B, Rome\tWOS:1"
    )
    assert isinstance(found, Work)
    assert [place.name for place in found.authorships[0].affiliations] == ["A, Oslo", "B, Rome"]
