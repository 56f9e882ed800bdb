"""Bad input for the text formats: nothing raises but our own errors, nothing is lost unlisted."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.errors import AequaError
from aequa.core.works import Reject, Work
from aequa.sources import bibtex, pubmed, ris, wos
from aequa.sources.read import read
from aequa.sources.stream import LONGEST_LINE, lines, open_bytes

MODULES = {"wos": wos, "ris": ris, "pubmed": pubmed, "bibtex": bibtex}
EXPORTS = {
    "wos": (
        "FN Clarivate\nVR 1.0\nPT J\nAF Doe, Ann\nTI {title}\nAB Text.\nC1 [Doe, Ann] MIT, USA.\n"
        "TC {cited}\nPY {year}\nUT WOS:0001\nER\n\nPT J\nTI The second\nER\n\nEF\n"
    ),
    "ris": (
        "TY  - JOUR\nAU  - Doe, Ann\nTI  - {title}\nAB  - Text.\nAD  - MIT, USA\nPY  - {year}\n"
        "N1  - Cited By: {cited}\nER  - \n\nTY  - JOUR\nTI  - The second\nER  - \n"
    ),
    "pubmed": (
        "PMID- 1\nOWN - NLM\nDP  - {year}\nTI  - {title}\nAB  - Text.\nFAU - Doe, Ann\n"
        "AD  - MIT, USA.\n\nPMID- 2\nOWN - NLM\nTI  - The second\n"
    ),
    "bibtex": (
        "@article{{one,\n author = {{Doe, Ann}},\n title = {{{title}}},\n abstract = {{Text.}},\n"
        " year = {{{year}}},\n note = {{Cited by: {cited}}}\n}}\n\n"
        "@misc{{two,\n title = {{The second}}\n}}\n"
    ),
}
TYPED = st.text(st.characters(blacklist_characters="\n\r\ufeff", blacklist_categories=("Cs",)))
"""One line of anything."""
each = pytest.mark.parametrize("name", MODULES)


def export(name: str, title: str = "The first", year: str = "2020", cited: str = "3") -> str:
    return EXPORTS[name].format(title=title, year=year, cited=cited)


def items(name: str, content: bytes) -> list[Work | Reject]:
    return list(MODULES[name].read(io.BufferedReader(io.BytesIO(content)), "bad"))


def first(name: str, content: bytes) -> Work:
    found = items(name, content)
    assert len(found) == 2
    assert isinstance(found[0], Work)
    return found[0]


@each
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.encode("cp1252"),
    ],
    ids=["utf-8", "bom", "utf-16-le", "utf-16-be", "crlf", "cr", "cp1252"],
)
def test_encodings_marks_and_line_ends(
    name: str, change: Callable[[str], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "wrong-extension.xlsx"
    path.write_bytes(change(export(name, title="Müll für Öfen")))
    found = list(read([path]))
    assert [item.title for item in found if isinstance(item, Work)] == [
        "Müll für Öfen",
        "The second",
    ]


@each
def test_mixed_encodings_in_one_file(name: str) -> None:
    mixed = export(name, title="Müll").encode() + export(name, title="Öfen").encode("cp1252")
    found = [item.title for item in items(name, mixed) if isinstance(item, Work)]
    assert found == ["Müll", "The second", "Öfen", "The second"]


@each
@pytest.mark.parametrize("year", ["0", "0000", "9999", "20201", "-5"])
def test_impossible_years(name: str, year: str) -> None:
    found = first(name, export(name, year=year).encode())
    assert found.year is None
    assert any(note.startswith("year: found") for note in found.repairs)


@pytest.mark.parametrize("name", ["wos", "ris", "bibtex"])
def test_negative_citations(name: str) -> None:
    found = first(name, export(name, cited="-3").encode())
    assert found.cited_by is None
    assert found.repairs == ("cited_by: found -3, expected a whole number, 0 or more",)


@each
def test_control_characters_and_markup_leave_the_text(name: str) -> None:
    title = "A\x00 title\x07 of <b>bold</b> <script>alert(1)</script>\x1b[31m wells &amp; roads"
    found = first(name, export(name, title=title).encode())
    assert found.title == "A title of bold alert(1)[31m wells & roads"


@each
def test_a_half_written_last_record_is_kept_or_listed(name: str) -> None:
    text = export(name)
    for end in range(text.index("The second") + 3, len(text)):
        found = items(name, text[:end].encode())
        assert len(found) == 2
        assert (found[1].title or "").startswith("The")  # type: ignore[union-attr]


@each
@pytest.mark.parametrize("at", [0, 1])
def test_a_line_of_fifty_megabytes_is_refused_after_the_good_records(
    name: str, at: int, tmp_path: Path
) -> None:
    path = tmp_path / "long"
    text = export(name).encode()
    long = text.replace(b"The second" if at else b"The first", b"word " * 10_000_000)
    path.write_bytes(long)
    found = list(read([path]))
    assert isinstance(found[-1], Reject)
    assert f"longer than {LONGEST_LINE >> 20} MiB" in found[-1].reason
    kept = [item.title for item in found if isinstance(item, Work)]
    assert kept[:at] == ["The first"][:at]


def test_a_long_line_below_the_limit_is_read() -> None:
    found = first("ris", export("ris", title="w" * 1_000_000).encode())
    assert len(found.title or "") == 1_000_000


@each
def test_a_reject_shows_a_short_clean_piece_of_the_record(name: str) -> None:
    text = export(name, title="").replace("Text.", "").replace("MIT", "M\x00I\x07T " * 100)
    (found, _) = items(name, text.encode())
    assert isinstance(found, Reject)
    assert 0 < len(found.excerpt) <= 200
    assert found.excerpt.isprintable()
    assert (found.file, found.record) == ("bad", 1)


def survives(name: str, content: bytes) -> list[Work | Reject]:
    found: list[Work | Reject] = []
    try:
        for item in MODULES[name].read(io.BufferedReader(io.BytesIO(content)), "fuzz"):
            found.append(item)
    except AequaError:
        pass
    assert [item.record for item in found] == list(range(1, len(found) + 1))
    for item in found:
        assert item.file == "fuzz"
        if isinstance(item, Work):
            assert item.ids
            assert item.title or item.abstract
    return found


@each
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_random_bytes_and_text(name: str, data: st.DataObject) -> None:
    marks = st.sampled_from(
        [
            "TY  - ",
            "ER  - \n",
            "TI  - a\n",
            "PT J\n",
            "ER\n",
            "PMID- ",
            "@a{",
            "}",
            '"',
            "=",
            "\n",
            ";",
        ]
    )
    parts = data.draw(st.lists(st.one_of(st.text(max_size=20), marks), max_size=40))
    survives(name, "".join(parts).encode("utf-8", "surrogatepass"))
    survives(name, data.draw(st.binary(max_size=300)))


@each
@settings(max_examples=80, deadline=None)
@given(st.data())
def test_mutations_of_a_valid_export(name: str, data: st.DataObject) -> None:
    content = bytearray(export(name).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        kind = data.draw(st.sampled_from(["cut", "put", "set", "end"]))
        if kind == "cut":
            del content[place : place + data.draw(st.integers(1, 12))]
        elif kind == "put":
            content[place:place] = data.draw(st.binary(min_size=1, max_size=8))
        elif kind == "set":
            content[place] = data.draw(st.integers(0, 255))
        elif place:
            del content[place:]
        if not content:
            content += b" "
    survives(name, bytes(content))


@each
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_inside_a_value_of_one_record_never_costs_another(
    name: str, data: st.DataObject
) -> None:
    """Whatever stands in a title, both records are listed and the second is untouched."""
    title = data.draw(TYPED)
    found = survives(name, export(name, title=title).encode())
    assert found[-1].title == "The second"  # type: ignore[union-attr]
    assert len(found) >= 2


@settings(max_examples=80, deadline=None)
@given(
    st.lists(TYPED, min_size=1),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_lines_are_the_lines_that_were_written(written: list[str], code: str, end: str) -> None:
    content = "".join(line + end for line in written).encode(code)
    assert list(lines(io.BytesIO(content), "made")) == written


def test_lines_longer_than_a_block_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    written = ["ä" * 300_000, "b", "ö" * 500_001]
    for encoding in ("utf-8", "utf-16", "cp1252"):
        path.write_bytes("\n".join(written).encode(encoding))
        with open_bytes(path) as stream:
            assert list(lines(stream, path)) == written
