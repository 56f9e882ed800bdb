"""PubMed: counts on the real export, and every field on exports made here."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.works import Reject, Work
from aequa.sources import pubmed
from aequa.sources.stream import open_bytes

RECORD = """PMID- 12345678
OWN - NLM
STAT- MEDLINE
DP  - 2021 Mar-Apr
TI  - A model that reads chest X-rays
      in rural clinics.
LID - S0000-1 [pii]
LID - 10.1000/XRAY.7 [doi]
AB  - BACKGROUND: Few radiologists.
      RESULTS: Many readings.
FAU - Doe, Ann
AU  - Doe A
AUID- ORCID: 0000-0000-0000-0000
AD  - Clinic of Oslo, Oslo, Norway. ann@example.org.
AD  - WHO, Geneva, Switzerland.
FAU - Roe, Bo
AU  - Roe B
CN  - The X-ray Group
LA  - nor
PT  - Journal Article
PT  - Systematic Review
TA  - J Rural Med
JT  - Journal of rural medicine
MH  - *Radiology
OT  - deep learning
AID - 10.1000/xray.7 [doi]
PMC - PMC1
"""


def works(text: str) -> list[Work | Reject]:
    return list(pubmed.read(io.BytesIO(text.encode()), "made.nbib"))


def work(text: str = RECORD) -> Work:
    (item,) = works(text)
    assert isinstance(item, Work)
    return item


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_every_field_of_a_record(ends: str) -> None:
    found = work(RECORD.replace("\n", ends))
    assert found.title == "A model that reads chest X-rays in rural clinics"
    assert found.abstract == "BACKGROUND: Few radiologists. RESULTS: Many readings."
    assert found.ids == ("pmid:12345678", "doi:10.1000/xray.7")
    assert (found.year, found.type, found.language) == (2021, "review", "no")
    assert (found.venue, found.keywords) == (
        "Journal of rural medicine",
        ("deep learning", "Radiology"),
    )
    assert (found.cited_by, found.source, found.repairs) == (None, "pubmed", ())
    assert found.given == "12345678"


def test_addresses_belong_to_the_author_above_and_hold_no_mail() -> None:
    ann, bo, group = work().authorships
    assert (ann.name, bo.name, group.name) == ("Doe, Ann", "Roe, Bo", "The X-ray Group")
    assert [place.name for place in ann.affiliations] == [
        "Clinic of Oslo, Oslo, Norway",
        "WHO, Geneva, Switzerland",
    ]
    assert bo.affiliations == ()


def test_short_author_names_count_where_there_are_no_full_ones() -> None:
    plain = RECORD.replace("FAU - Doe, Ann\n", "").replace("FAU - Roe, Bo\n", "")
    assert [author.name for author in work(plain).authorships][:2] == ["Doe A", "Roe B"]


def test_a_translated_title_loses_its_brackets() -> None:
    start, end = RECORD.index("TI  -"), RECORD.index("LID -")
    found = work(RECORD[:start] + "TI  - [A model for clinics].\n" + RECORD[end:])
    assert found.title == "A model for clinics"


def test_a_year_is_taken_from_the_electronic_date_when_the_issue_has_none() -> None:
    found = work(RECORD.replace("DP  - 2021 Mar-Apr", "DP  - 0000\nDEP - 20220609"))
    assert found.year == 2022
    assert "year: found 0000" in found.repairs[0]


def test_a_book_is_titled_by_its_own_tag() -> None:
    assert work(RECORD.replace("TI  -", "BTI -")).title is not None


def test_a_record_of_which_only_the_number_is_left_is_rejected() -> None:
    first, second = works("PMID- 1\nOWN - NLM\n\n" + RECORD)
    assert isinstance(first, Reject)
    assert isinstance(second, Work)
    assert second.record == 2


def test_a_record_without_its_number_is_not_glued_to_the_one_before() -> None:
    items = works(RECORD + "\n" + RECORD.replace("PMID- 12345678\n", ""))
    assert len(items) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (RECORD, True),
        ("\r\n\r\n" + RECORD.replace("\n", "\r\n"), True),
        ("PMID- 7\n", False),
        ("Notes on PMID- 7\nTI  - x\n", False),
        ("TY  - JOUR\nTI  - x\nER  - \n", False),
    ],
)
def test_sniff(text: str, expected: bool) -> None:
    assert pubmed.sniff(text.encode()) is expected


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 10**8), min_size=1, max_size=12), st.sampled_from(["", "\n", "\n\n"])
)
def test_items_equal_record_starts(numbers: list[int], gap: str) -> None:
    text = gap.join(RECORD.replace("12345678", str(number)) for number in numbers)
    items = works(text)
    assert len(items) == sum(line.startswith("PMID-") for line in text.splitlines())
    assert [item.ids[0] for item in items if isinstance(item, Work)] == [
        f"pmid:{number}" for number in numbers
    ]


def test_the_real_export(shared: Path) -> None:
    with open_bytes(shared / "formats" / "pubmed-335.txt.gz") as stream:
        items = list(pubmed.read(stream, "pubmed"))
    found = [item for item in items if isinstance(item, Work)]
    assert len(items) == len(found) == 335
    assert len({item.id for item in found}) == 335
    assert all(item.title and item.abstract and item.year and item.language for item in found)
    # 2,076 full names and 8 corporate authors are printed
    assert sum(len(item.authorships) for item in found) == 2_084
    # and 1,717 of them are followed by at least one address
    assert sum(bool(one.affiliations) for item in found for one in item.authorships) == 1_717


def test_a_title_that_is_not_available_is_the_printed_one() -> None:
    text = "PMID- 2\nOWN - NLM\nTI  - [Not Available].\nTT  - Un titre.\nDP  - 1975\n"
    assert work(text).title == "Un titre"
    (item,) = works(text.replace("TT  - Un titre.\n", ""))
    assert isinstance(item, Reject)
