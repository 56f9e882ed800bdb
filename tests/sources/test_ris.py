"""RIS: counts on the real vendor variants, and every field on exports made here."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.works import Reject, Work
from aequa.sources import ris
from aequa.sources.stream import open_bytes

RECORD = """TY  - JOUR
AU  - Doe, Ann
AU  - Roe, Bo
TI  - Buses that charge
at night
T2  - Journal of buses
AB  - Charging at night saves money.
PY  - 2019/05/01/
DO  - https://doi.org/10.1000/BUS.1
KW  - electric bus
KW  - *charging
LA  - eng
AD  - Univ Oslo, Oslo, Norway
N1  - Export Date: 1 May 2023; Cited By: 12
ER  -\x20

"""


def works(text: str) -> list[Work | Reject]:
    return list(ris.read(io.BytesIO(text.encode()), "made.ris"))


def work(text: str = RECORD) -> Work:
    (item,) = works(text)
    assert isinstance(item, Work)
    return item


def test_every_field_of_a_record() -> None:
    found = work()
    assert found.title == "Buses that charge at night"
    assert found.abstract == "Charging at night saves money."
    assert found.ids == ("doi:10.1000/bus.1",)
    assert (found.year, found.type, found.language) == (2019, "article", "en")
    assert (found.venue, found.keywords) == ("Journal of buses", ("electric bus", "charging"))
    assert (found.cited_by, found.source, found.record, found.repairs) == (12, "ris", 1, ())
    assert [author.name for author in found.authorships] == ["Doe, Ann", "Roe, Bo"]
    assert {place.name for author in found.authorships for place in author.affiliations} == {
        "Univ Oslo, Oslo, Norway"
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("  - ", " - "),
        lambda text: text.replace("  - ", "\t- "),
        lambda text: text.replace("  - ", "  -\t"),
        lambda text: "\ufeff" + text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "1.\n" + text,
        lambda text: "Provider: Someone\nContent: text\n\n" + text,
        lambda text: text.replace("TI  -", "T1  -").replace("T2  -", "JF  -"),
        lambda text: text.replace("AB  -", "N2  -").replace("AU  -", "A1  -"),
        lambda text: text.replace("PY  - 2019/05/01/", "Y1  - 2019//"),
        lambda text: text.replace("ER  - \n", "ER  -\n"),
        lambda text: text.replace("LA  -", "la  -").replace("TY  -", "ty  -"),
        lambda text: text.replace("  - ", "  \u2013 "),
    ],
)
def test_the_vendors_spellings_give_the_same_record(change: object) -> None:
    changed = change(RECORD)  # type: ignore[operator]
    assert ris.sniff(changed.encode())
    assert work(changed) == work(RECORD)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("UR  - https://doi.org/10.1000/abc", "doi:10.1000/abc"),
        ("L2  - http://dx.doi.org/10.1000%2Fabc", "doi:10.1000/abc"),
        ("M3  - doi: 10.1000/abc", "doi:10.1000/abc"),
        ("UR  - https://example.org/view/10.1000/of-another-work", None),
        ("UT  - WOS:000123", "wos:000123"),
        ("AN  - WOS:A1975W071600039", "wos:A1975W071600039"),
        ("DB  - PubMed\nAN  - 777", "pmid:777"),
        ("DB  - PsycINFO\nAN  - 777", None),
        ("L2  - https://pubmed.ncbi.nlm.nih.gov/777/", "pmid:777"),
        ("DB  - Scopus\nC2  - 777", "pmid:777"),
        ("UR  - https://www.scopus.com/inward/record.uri?eid=2-s2.0-85&md5=1", "eid:2-s2.0-85"),
        ("UR  - http://arxiv.org/abs/1706.03762v2", "arxiv:1706.03762"),
    ],
)
def test_identifiers_in_the_places_vendors_put_them(lines: str, expected: str | None) -> None:
    found = work(f"TY  - JOUR\nTI  - Buses\n{lines}\nER  - \n").ids
    assert found == (expected,) if expected else found[0].startswith("local:")


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("N1  - Cited By :3", 3),
        ("N1  - Cited By (since 1996): 1,204", 1204),
        ("N1  - Times Cited in Web of Science Core Collection:  7\nTotal Times Cited:  9", 7),
        ("N1  - nothing", None),
    ],
)
def test_citations_in_notes(note: str, expected: int | None) -> None:
    assert work(f"TY  - JOUR\nTI  - Buses\n{note}\nER  - \n").cited_by == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("JOUR", "article"),
        ("CPAPER", "article"),
        ("CHAP", "book-chapter"),
        ("THES", "dissertation"),
        ("RPRT", "report"),
        ("GEN", None),
        ("MUSIC", "other"),
        ("JOUR\nM3  - Review", "review"),
        ("JOUR\nM3  - Health & Treatment [3300]", "article"),
    ],
)
def test_types(kind: str, expected: str | None) -> None:
    assert work(f"TY  - {kind}\nTI  - Buses\nER  - \n").type == expected


def test_places_that_name_their_author() -> None:
    text = (
        "TY  - JOUR\nTI  - Buses\nA1  - Doe A.\nA1  - Roe B.\n"
        "M1  - (Doe A., ann@example.org) Univ Oslo, Norway\nM1  - (Roe B.) MIT, United States\n"
        "AD  - A. Doe, Univ Oslo, Norway\nER  - \n"
    )
    found = work(text).authorships
    assert [[place.name for place in one.affiliations] for one in found] == [
        ["Univ Oslo, Norway"],
        ["MIT, United States"],
    ]
    colon = "TY  - JOUR\nTI  - B\nA1  - Doe, Ann\nA1  - Roe, Bo\nAD  - Roe, Bo: MIT, USA\nER  - \n"
    assert [len(one.affiliations) for one in work(colon).authorships] == [0, 1]


def test_a_missing_er_and_a_missing_ty_are_noted_and_lose_nothing() -> None:
    body = RECORD.replace("ER  - \n", "")
    items = works(body + RECORD + RECORD.replace("TY  - JOUR\n", "") + body)
    assert [item.record for item in items] == [1, 2, 3, 4]
    assert [bool(item.repairs) for item in items if isinstance(item, Work)] == [
        True,
        False,
        True,
        True,
    ]


def test_text_between_records_is_no_record() -> None:
    text = (
        RECORD
        + "NL  - Clin Bus\n\nLink to the full text: http://example.org/a - b\n\n2.\n"
        + RECORD
    )
    assert len(works(text)) == 2


def test_words_that_look_like_tags_stay_in_the_text() -> None:
    found = work(
        "TY  - JOUR\nAB  - One thing\nis - as it seems - another.\nII - the second part\n"
        "TI  - B\nER  - \n"
    )
    assert found.abstract == "One thing is - as it seems - another. II - the second part"


def test_empty_values_are_missing_and_an_empty_record_is_rejected() -> None:
    titled, empty = works("TY  - GEN\nTI  - A\nN2  -\nER  -\n\nTY  - GEN\nTI  -\nN2  - \nER  -\n")
    assert isinstance(titled, Work)
    assert titled.abstract is None
    assert isinstance(empty, Reject)
    assert (empty.record, "title and abstract" in empty.reason) == (2, True)


@pytest.mark.parametrize("year", ["0", "0000", "9999", "10 15", "no date"])
def test_an_impossible_year_is_unknown_and_noted(year: str) -> None:
    found = work(RECORD.replace("2019/05/01/", year))
    assert found.year is None
    assert found.repairs[0].startswith("year: found")
    assert work(RECORD.replace("2019/05/01/", f"{year}\nDA  - 2018")).year == 2018


@pytest.mark.parametrize("text", ["", "TY is short\n", "TY  - JOUR\n", "PMID- 7\nTI  - x\n"])
def test_sniff_refuses(text: str) -> None:
    assert not ris.sniff(text.encode())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=12), st.randoms(), st.booleans())
def test_items_equal_record_starts_in_any_order(
    numbers: list[int], shuffler: random.Random, ended: bool
) -> None:
    one = RECORD if ended else RECORD.replace("ER  - \n", "")
    records = [one.replace("Buses that", f"Buses {number} that") for number in numbers]
    shuffled = records.copy()
    shuffler.shuffle(shuffled)
    text = "".join(records + shuffled)
    items = works(text)
    assert len(items) == sum(line.startswith("TY  -") for line in text.split("\n"))
    titles = [item.title for item in items if isinstance(item, Work)]
    assert sorted(titles[: len(numbers)]) == sorted(titles[len(numbers) :])


@pytest.mark.parametrize(
    ("name", "kept", "rejected"),
    [
        ("_baseline", 100, 0),
        ("baseline_empty_values", 4, 0),
        ("baseline_reference_types", 0, 61),
        ("baseline_tag-notes_zotero", 4, 0),
        ("baseline_tag_and_field_definitions", 1, 1),
        ("embase", 6, 0),
        ("faulty_year", 1, 0),
        ("ovid_psycinfo", 6, 0),
        ("pubmed_zotero", 6, 0),
    ],
)
def test_the_real_variants(shared: Path, name: str, kept: int, rejected: int) -> None:
    with open_bytes(shared / "formats" / "ris" / f"{name}.ris") as stream:
        items = list(ris.read(stream, name))
    found = [item for item in items if isinstance(item, Work)]
    assert (len(found), len(items) - len(found)) == (kept, rejected)
    if name in ("_baseline", "embase", "ovid_psycinfo", "pubmed_zotero"):
        assert all(item.title and item.year and item.authorships for item in found)
        assert all(item.id.startswith("doi:") for item in found)
        assert not any(item.repairs for item in found)


def test_the_real_embase_authors_have_their_own_places(shared: Path) -> None:
    with open_bytes(shared / "formats" / "ris" / "embase.ris") as stream:
        first = next(iter(ris.read(stream, "embase")))
    assert isinstance(first, Work)
    assert [len(author.affiliations) for author in first.authorships] == [1, 1]


def test_ovid_prints_the_doi_as_id() -> None:
    text = "TY  - JOUR\nDB  - Ovid MEDLINE(R)\nAN  - 7\nID  - 10.1000/A [doi]\nT1  - T\nER  - \n"
    assert work(text).ids == ("doi:10.1000/a", "pmid:7")
