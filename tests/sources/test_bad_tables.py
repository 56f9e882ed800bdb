"""Bad tables: every reader of CSV and JSON survives them and loses no record unlisted."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from types import ModuleType

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.errors import AequaError, FormatError, InputError
from aequa.core.works import Reject, Work, to_batch
from aequa.sources import ieee, openalex, openalex_table, rows, scopus, table
from aequa.sources.stream import LONGEST_LINE, open_bytes

HEADER = b"id,title,abstract,year,cited_by\n"
READERS = [table, scopus, ieee, openalex_table, openalex]
SEEDS = [
    HEADER
    + b'1,Deep wells,"We dig, and dig",2020,3\n2,"Shallow ""wells""",x,2021,\n3,c,d,2022,5\n',
    b'Authors,Title,Year,Source title,Cited by,EID\n"Wong A., Li B.",Wells,2012,W,5,2-s2.0-1\n',
    b"Document Title,Authors,PDF Link\nWells,A. Wong; B. Li,https://x/?arnumber=7\n",
    b"id,title,authorships.institutions,authorships.countries\nW1,a,\"{'id': 'x'}|\",KE|\n",
    b'{"id":"https://openalex.org/W42","title":"a","publication_year":2020,"authorships":[]}\n',
]


def stream(data: bytes) -> io.BufferedReader:
    return io.BufferedReader(io.BytesIO(data))


def items(data: bytes, reader: ModuleType = table) -> list[Work | Reject]:
    return list(reader.read(stream(data), "f"))


def kinds(found: list[Work | Reject]) -> str:
    return "".join("w" if isinstance(item, Work) else "r" for item in found)


def test_unclosed_quote_costs_one_row() -> None:
    data = HEADER + b'1,a,b,2020,1\n2,"a,b,2020,1\n3,a,b,2020,1\n4,"a",b,2020,1\n5,a,b,2020,1\n'
    found = items(data)
    assert kinds(found) == "wrwww"
    assert [work.given for work in found if isinstance(work, Work)] == ["1", "3", "4", "5"]
    assert found[1] == Reject(
        "f",
        2,
        "row: found a quote that is not closed, expected its end in the same cell",
        '2,"a,b,2020,1',
    )


def test_unclosed_quote_in_the_last_cell() -> None:
    found = items(b'id,title\n1,"a\n2,"b"\n3,c\n')
    assert kinds(found) == "rww"


def test_unclosed_quote_at_the_end_of_the_file() -> None:
    found = items(HEADER + b'1,a,b,2020,1\n2,a,"half a rec')
    assert kinds(found) == "wr"


def test_two_unclosed_quotes() -> None:
    found = items(HEADER + b'1,"a,b,2020,1\n2,a,b,2020,1\n3,a,"b,2020,1\n4,a,b,2020,1\n')
    assert kinds(found) == "rwrw"


def test_unclosed_quote_before_a_long_rest() -> None:
    rest = b"".join(b"%d,%s,b,2020,1\n" % (n, b"a" * 400) for n in range(2, 3000))
    found = items(HEADER + b'1,"a,b,2020,1\n' + rest)
    assert len(rest) > rows.LONGEST_ROW
    assert isinstance(found[0], Reject)
    assert len(found) == 2999
    assert all(isinstance(item, Work) for item in found[1:])


def test_line_breaks_inside_quotes_are_kept_together() -> None:
    (work,) = items(HEADER + b'1,a,"line 1\n\nline 2, with, four, commas, x\n",2020,1\n')
    assert isinstance(work, Work)
    assert work.abstract == "line 1 line 2, with, four, commas, x"


def test_whole_row_quoted_inside_a_cell_is_text() -> None:
    (work,) = items(HEADER + b'1,a,"b\n2,a,b,2020,1\n",2020,1\n')
    assert isinstance(work, Work)
    assert work.abstract == "b 2,a,b,2020,1"


def test_unescaped_quotes_on_one_line_are_forgiven() -> None:
    (work,) = items(HEADER + b'1,"the "best" wells",b,2020,1\n')
    assert isinstance(work, Work)
    assert work.title == 'the best" wells"'


def test_too_few_and_too_many_cells() -> None:
    found = items(HEADER + b"1,a\n2,a,b,2020,1,,\n3,a,b,2020,1,extra\n")
    assert kinds(found) == "wwr"
    first, second, third = found
    assert isinstance(first, Work)
    assert isinstance(second, Work)
    assert isinstance(third, Reject)
    assert first.repairs == ("row: found 2 cells, expected 5 as in the header",)
    assert (first.abstract, first.year) == (None, None)
    assert second.repairs == ()
    assert third.reason == "row: found 6 cells, expected 5 as in the header"


def test_duplicated_column_names() -> None:
    found = items(b"id,title,Title,abstract\n1,,a,x\n2,b,c,y\n")
    first, second = found
    assert isinstance(first, Work)
    assert isinstance(second, Work)
    assert (first.title, second.title) == ("a", "b")
    note = "header: found title more than once, expected once; the first value counts"
    assert (first.repairs, second.repairs) == ((note,), ())


def test_repeated_header_and_blank_lines_are_not_records() -> None:
    data = HEADER + b"1,a,b,2020,1\n\n  \n" + b"ID,Title,Abstract,Year,Cited_by\n2,a,b,2020,1\n"
    assert [item.record for item in items(data)] == [1, 2]


def test_row_of_empty_cells_is_rejected() -> None:
    assert kinds(items(HEADER + b",,,,\n1,a,b,2020,1\n")) == "rw"


@pytest.mark.parametrize(
    ("cells", "notes"),
    [
        (b"0,1", ["year"]),
        (b"9999,1", ["year"]),
        (b"-5,1", ["year"]),
        (b"2020,-3", ["cited_by"]),
        (b"2020,3.5", ["cited_by"]),
        (b"soon,many", ["year", "cited_by"]),
    ],
)
def test_impossible_numbers(cells: bytes, notes: list[str]) -> None:
    (work,) = items(HEADER + b"1,a,b," + cells + b"\n")
    assert isinstance(work, Work)
    assert [note.partition(":")[0] for note in work.repairs] == notes
    assert (work.year is None) == ("year" in notes)
    assert (work.cited_by is None) == ("cited_by" in notes)


def test_control_characters_html_and_formulas() -> None:
    data = b'id,title,abstract\n1,"=HYPERLINK(""x"")",<script>alert(1)</script>\x00\x07 w\x1bells\n'
    (work,) = items(data)
    assert isinstance(work, Work)
    assert work.title == '=HYPERLINK("x")'
    assert work.abstract == "alert(1) wells"


def test_mixed_encodings_and_line_ends() -> None:
    data = (
        HEADER
        + "1,Müller,b,2020,1\r\n".encode()
        + "2,Müller,b,2020,1\r3,c,d,2020,\n".encode("cp1252")
    )
    found = items(data)
    assert [work.title for work in found if isinstance(work, Work)] == ["Müller", "Müller", "c"]


def test_no_header() -> None:
    with pytest.raises(FormatError, match="f: has no header"):
        items(b"\n\n")
    (alone,) = items(HEADER)
    assert isinstance(alone, Reject)
    assert alone.reason == "row: found none below the header, expected one a record"


def test_header_with_an_unclosed_quote() -> None:
    with pytest.raises(FormatError, match="header cannot be read"):
        items(b'id,"title,abstract\n1,a,b\n')


def test_separator_line_of_spreadsheets() -> None:
    (work,) = items(b"sep=;\nid;title\n1;a, b\n")
    assert isinstance(work, Work)
    assert work.title == "a, b"


def test_truncated_gzip_keeps_the_whole_rows(tmp_path: Path) -> None:
    whole = HEADER + b"".join(b"%d,title %d,%d,2020,1\n" % (n, n * n, n**5) for n in range(30_000))
    path = tmp_path / "x.csv.gz"
    packed = gzip.compress(whole)
    path.write_bytes(packed[: len(packed) // 2])
    found: list[Work | Reject] = []
    with open_bytes(path) as opened, pytest.raises(InputError, match=r"x\.csv\.gz: is cut off"):
        found.extend(table.read(opened, "x.csv.gz"))
    assert len(found) > 5000
    assert kinds(found[:-1]) == "w" * (len(found) - 1)


def test_very_long_lines() -> None:
    big = b"1,a," + b"x" * (LONGEST_LINE - 1000) + b",2020,1\n"
    (work,) = items(HEADER + big)
    assert isinstance(work, Work)
    assert work.abstract is not None
    assert len(work.abstract) == LONGEST_LINE - 1000
    with pytest.raises(InputError, match="f: a line is longer than"):
        items(HEADER + b"1,a," + b"x" * (LONGEST_LINE + 300_000) + b",2020,1\n2,a,b,2020,1\n")


def test_quotes_beyond_repair_end_in_an_error() -> None:
    line = b'a","' * 300 + b"\n"
    data = HEADER + b'"' + line * 3000
    with pytest.raises(InputError, match="f: quotes are not closed"):
        items(data)


NO_TABLES = [b"", b"\n", b"\0" * 100, b"\x89PNG\r\n\x1a\n" + bytes(range(256))]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("data", NO_TABLES)
def test_no_table_at_all(reader: ModuleType, data: bytes) -> None:
    assert not reader.sniff(data)
    found, error = outcome(data, reader)
    assert error is None or error.startswith("f: ")
    assert all(isinstance(item, Reject) for item in found)


def outcome(data: bytes, reader: ModuleType) -> tuple[list[Work | Reject], str | None]:
    """What was read, and the message of our own error if there was one."""
    try:
        return items(data, reader), None
    except AequaError as error:
        return [], str(error)


JUNK = st.binary(max_size=8) | st.sampled_from([b'"', b",", b"\n", b"|", b"{", b";"])


@settings(max_examples=100, deadline=None)
@given(st.data())
@pytest.mark.parametrize("reader", READERS)
def test_mutated_files_raise_only_our_errors(reader: ModuleType, data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from(SEEDS))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(seed)))
        junk = data.draw(JUNK)
        seed = seed[:at] + junk + seed[at + data.draw(st.integers(0, 9)) :]
    reader.sniff(seed)
    found, _ = outcome(seed, reader)
    assert [item.record for item in found] == list(range(1, len(found) + 1))
    assert to_batch(item for item in found if isinstance(item, Work)).num_rows <= len(found)
    assert all(len(item.excerpt) <= 200 for item in found if isinstance(item, Reject))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
@pytest.mark.parametrize("reader", READERS)
def test_random_bytes_raise_only_our_errors(reader: ModuleType, data: bytes) -> None:
    reader.sniff(data)
    found, error = outcome(data, reader)
    assert error is None or error.startswith("f: ")
    assert [item.record for item in found] == list(range(1, len(found) + 1))


CELL = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\r\0\ufeff"), max_size=20
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8))
def test_well_formed_csv_gives_one_item_per_row(cells: list[tuple[str, str, str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "title", "abstract"])
    writer.writerows(cells)
    assert len(items(out.getvalue().encode())) == len(cells)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8), st.booleans())
def test_well_formed_json_gives_one_item_per_record(
    cells: list[tuple[str, str]], as_lines: bool
) -> None:
    raw = [{"id": number, "title": title} for number, title in cells]
    data = b"\n".join(map(orjson.dumps, raw)) if as_lines else orjson.dumps(raw)
    assert len(items(data)) == len(raw)
