"""Scopus CSV in its two generations of columns."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

from aequa.core.works import Affiliation, Authorship, Reject, Work
from aequa.sources import scopus

OLD: dict[str, str] = {
    "Authors": "Wong A., Li-Roe B.C.",
    "Title": "Deep wells",
    "Year": "2012",
    "Source title": "Water",
    "Cited by": "592",
    "DOI": "10.1000/AB",
    "Link": "https://www.scopus.com/inward/record.uri?eid=2-s2.0-111&doi=10.1000",
    "Abstract": "[No abstract available]",
    "Author Keywords": "wells; Pumps &amp; pipes; wells",
    "Index Keywords": "Water supply",
    "Document Type": "Conference Paper",
    "Source": "Scopus",
    "EID": "2-s2.0-84865331032",
}
NEW: dict[str, str] = {
    "Authors": "A., Wong, Ada; B., Li, Bo",
    "Author full names": "Wong, Ada (57226014243); Li, Bo (58113326000)",
    "Title": "Deep wells",
    "Year": "2024",
    "Source title": "Water",
    "Cited by": "0",
    "DOI": "",
    "Affiliations": "Uni X, Rome, Italy; Uni Y, Bonn, Germany",
    "Authors with affiliations": (
        "Wong, Ada, Lab of Wells, Uni X, Rome, Italy, Uni X, Rome, Italy, Uni Y, Bonn, Germany; "
        "Li, Bo, Uni Y, Bonn, Germany"
    ),
    "Abstract": "We dig.",
    "PubMed ID": "39521074",
    "Language of Original Document": "English; Chinese",
    "Document Type": "Review",
    "EID": "2-s2.0-2",
}


def table(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def items(data: bytes) -> list[Work | Reject]:
    return list(scopus.read(io.BufferedReader(io.BytesIO(data)), "f"))


def one(row: dict[str, str]) -> Work:
    (work,) = items(b"\xef\xbb\xbf" + table(row))
    assert isinstance(work, Work)
    return work


def test_old_columns() -> None:
    work = one(OLD)
    assert set(work.ids) == {"doi:10.1000/ab", "eid:2-s2.0-84865331032"}
    assert (work.title, work.abstract, work.year, work.cited_by) == ("Deep wells", None, 2012, 592)
    assert (work.type, work.language, work.venue) == ("article", None, "Water")
    assert work.keywords == ("wells", "Pumps & pipes", "Water supply")
    assert work.authorships == (Authorship("Wong A."), Authorship("Li-Roe B.C."))
    assert work.repairs == ()


def test_eid_from_the_link() -> None:
    assert "eid:2-s2.0-111" in one({**OLD, "EID": ""}).ids


def test_new_columns() -> None:
    work = one(NEW)
    assert set(work.ids) == {"eid:2-s2.0-2", "pmid:39521074"}
    assert (work.abstract, work.cited_by, work.type, work.language) == (
        "We dig.",
        0,
        "review",
        "en",
    )
    assert work.authorships == (
        Authorship(
            "Wong, Ada",
            (Affiliation("Lab of Wells, Uni X, Rome, Italy"), Affiliation("Uni Y, Bonn, Germany")),
        ),
        Authorship("Li, Bo", (Affiliation("Uni Y, Bonn, Germany"),)),
    )


def test_initials_before_affiliations() -> None:
    row = {**NEW, "Author full names": "", "Authors": "Wong A.; Li B."}
    row["Authors with affiliations"] = "Wong, A., Uni X, Rome, Italy; Li, B., Uni Y, Bonn, Germany"
    assert one(row).authorships == (
        Authorship("Wong A.", (Affiliation("Uni X, Rome, Italy"),)),
        Authorship("Li B.", (Affiliation("Uni Y, Bonn, Germany"),)),
    )


def test_semicolon_inside_an_affiliation() -> None:
    row = {**NEW, "Authors with affiliations": "Wong, Ada, Lab; Annex, Rome; Li, Bo, Bonn"}
    row["Affiliations"] = ""
    assert one(row).authorships == (
        Authorship("Wong, Ada", (Affiliation("Lab; Annex, Rome"),)),
        Authorship("Li, Bo", (Affiliation("Bonn"),)),
    )


def test_affiliations_of_the_work_alone_go_to_every_author() -> None:
    work = one({**NEW, "Authors with affiliations": ""})
    both = (Affiliation("Uni X, Rome, Italy"), Affiliation("Uni Y, Bonn, Germany"))
    assert [author.affiliations for author in work.authorships] == [both, both]


def test_no_authors() -> None:
    row = {**NEW, "Author full names": "", "Authors": "[No author name available]"}
    assert one({**row, "Affiliations": "", "Authors with affiliations": ""}).authorships == ()


def test_glued_exports_repeat_the_header() -> None:
    data = table(OLD)
    found = items(data + b"\xef\xbb\xbf" + data + b"\n\n")
    assert [item.record for item in found] == [1, 2]
    assert all(isinstance(item, Work) for item in found)


def test_neither_title_nor_abstract() -> None:
    (found,) = items(table({**OLD, "Title": "[No title available]"}))
    assert isinstance(found, Reject)
    assert found.reason == "title and abstract: found neither, expected at least one"
    assert "10.1000/AB" in found.excerpt


def test_sniff() -> None:
    assert scopus.sniff(table(OLD))
    assert scopus.sniff(b"\xef\xbb\xbf" + table(NEW))
    assert not scopus.sniff(b"id,title,abstract\n")
    assert not scopus.sniff(b"Document Title,Authors,PDF Link\n")
    assert not scopus.sniff(b'{"title": "Source title", "eid": 1, "link": 2}')


def test_real_old_export(shared: Path) -> None:
    data = gzip.decompress((shared / "formats/scopus-2012-top2000.csv.gz").read_bytes())
    assert scopus.sniff(data[: 1 << 16])
    works = [item for item in items(data) if isinstance(item, Work)]
    assert len(works) == 2000
    assert sum(any(i.startswith("eid:") for i in work.ids) for work in works) == 2000
    assert all(work.year == 2012 and work.authorships and not work.repairs for work in works)


def test_real_new_export(shared: Path) -> None:
    data = gzip.decompress((shared / "formats/scopus-newcolumns.csv.gz").read_bytes())
    works = [item for item in items(data) if isinstance(item, Work)]
    assert len(works) == 372
    authors = [author for work in works for author in work.authorships]
    placed = sum(bool(author.affiliations) for author in authors)
    assert placed / len(authors) > 0.95
    assert {work.language for work in works} == {"en"}


def test_an_export_of_few_columns_keeps_its_eid() -> None:
    data = b"Title,Year,Cited by,EID\nWells,2024,3,2-s2.0-7\n"
    assert scopus.sniff(data)
    (found,) = items(data)
    assert isinstance(found, Work)
    assert (found.ids, found.cited_by) == (("eid:2-s2.0-7",), 3)
    assert not scopus.sniff(b"title,link,cited by\nWells,x,3\n")
