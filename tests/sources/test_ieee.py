"""IEEE Xplore CSV."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest

from aequa.core.works import Affiliation, Authorship, Reject, Work
from aequa.sources import ieee

ROW: dict[str, str] = {
    "Document Title": "Deep wells",
    "Authors": "A. Wong; B. Li",
    "Author Affiliations": "Lab, Uni X, Rome, Italy; Uni Y, Bonn, Germany",
    "Publication Title": "IEEE Water",
    "Publication Year": "2015",
    "Abstract": "p &lt;; .01 wells",
    "DOI": "10.1109/JSTARS.2015.2417832",
    "PDF Link": "https://ieeexplore.ieee.org/stamp/stamp.jsp?arnumber=7117334",
    "Author Keywords": "wells;pumps",
    "IEEE Terms": "Pumps;wells",
    "Article Citation Count": "14",
    "Document Identifier": "IEEE Journals",
}


def table(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def items(data: bytes) -> list[Work | Reject]:
    return list(ieee.read(io.BufferedReader(io.BytesIO(data)), "f"))


def one(**changes: str) -> Work:
    (work,) = items(table({**ROW, **changes}))
    assert isinstance(work, Work)
    return work


def test_every_field() -> None:
    work = one()
    assert set(work.ids) == {"doi:10.1109/jstars.2015.2417832", "ieee:7117334"}
    assert (work.title, work.year, work.venue) == ("Deep wells", 2015, "IEEE Water")
    assert (work.cited_by, work.type) == (14, "article")
    assert work.keywords == ("wells", "pumps", "Pumps")
    assert work.authorships == (
        Authorship("A. Wong", (Affiliation("Lab, Uni X, Rome, Italy"),)),
        Authorship("B. Li", (Affiliation("Uni Y, Bonn, Germany"),)),
    )


@pytest.mark.parametrize(
    ("printed", "kind"),
    [
        ("IEEE Conferences", "article"),
        ("IEEE Early Access Articles", "article"),
        ("IEEE Standards", "standard"),
        ("Wiley-IEEE Press eBook Chapters", "book-chapter"),
        ("IEEE Courses", "other"),
        ("", None),
    ],
)
def test_types(printed: str, kind: str | None) -> None:
    assert one(**{"Document Identifier": printed}).type == kind


def test_author_without_affiliation_keeps_the_alignment() -> None:
    work = one(**{"Author Affiliations": "; Uni Y, Bonn, Germany"})
    assert work.authorships == (
        Authorship("A. Wong"),
        Authorship("B. Li", (Affiliation("Uni Y, Bonn, Germany"),)),
    )


def test_query_line_before_the_header() -> None:
    data = b'"http://ieeexplore.ieee.org/search?q=a,b",2017/01/01\n' + table(ROW)
    assert ieee.sniff(data)
    assert len(items(data)) == 1


def test_sniff() -> None:
    assert ieee.sniff(table(ROW))
    assert not ieee.sniff(b"Authors,Title,Year,Source title,Cited by,EID\n")
    assert not ieee.sniff(b"document title,year\n")


def test_real_export(shared: Path) -> None:
    path = shared / "formats/ieee.csv.gz"
    works = [item for item in items(gzip.decompress(path.read_bytes())) if isinstance(item, Work)]
    assert len(works) == 118
    assert all(any(i.startswith("ieee:") for i in work.ids) for work in works)
    assert all(author.affiliations for work in works for author in work.authorships)
