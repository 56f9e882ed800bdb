"""The parsers under test: how to make a file for each, read it, and find its marks."""

from __future__ import annotations

import io
import json
import re
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import IO, Any, NamedTuple, cast
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq

from aequa.audit import sheet
from aequa.core.errors import FormatError, InputError
from aequa.core.works import Reject, Work
from aequa.evaluation import labelled
from aequa.sources import (
    bibtex,
    documents,
    fields,
    ieee,
    openalex,
    openalex_table,
    pieces,
    pubmed,
    ris,
    rows,
    scopus,
    stream,
    table,
    wos,
)
from aequa.sources.read import name_of, read, read_file
from fuzz import samples
from fuzz.marked import MARK
from fuzz.properties import Outcome, check_items, check_marks, check_reject
from fuzz.wanted import Wanted, anywhere, as_text, in_bibtex, in_cells, in_fields, in_json

Make = Callable[[Random], bytes]
_FOLDER = tempfile.TemporaryDirectory(prefix="aequa-fuzz-")  # removed when the process ends
_PATH = Path(_FOLDER.name) / "input"


class Target(NamedTuple):
    """One parser: clean files for it, the check that an input must pass, tokens of its format."""

    makes: tuple[Make, ...]
    check: Callable[[bytes], tuple[int, int]]
    """Raises ``AssertionError``; gives the marks looked for, and those found under a note."""
    tokens: tuple[bytes, ...] = ()

    def samples(self, rng: Random, count: int) -> list[bytes]:
        """Clean files, in turn from each of the ``makes``."""
        return [self.makes[number % len(self.makes)](rng) for number in range(count)]


@contextmanager
def _limits(**values: tuple[Any, int]) -> Iterator[None]:
    with ExitStack() as stack:
        for name, (module, value) in values.items():
            stack.enter_context(patch.object(module, name, value))
        yield


def _tight() -> Any:
    """Bounds so low that small inputs meet them."""
    return _limits(
        LONGEST_LINE=(stream, 1500),
        LONGEST_ROW=(rows, 400),
        _OVERRUNS=(rows, 2),
        HEAD=(stream, 600),
    )


Reader = Callable[[IO[bytes]], Iterable[Work | Reject]]


def _outcome(reader: Reader, data: IO[bytes]) -> Outcome:
    items: list[Work | Reject] = []
    try:
        for item in reader(data):
            items.append(item)
    except InputError as error:
        check_reject(Reject("f", 0, str(error)))
        return Outcome(items, error)
    return Outcome(items)


def _whole(data: bytes) -> IO[bytes]:
    return cast(IO[bytes], io.BufferedReader(cast(Any, io.BytesIO(data)), 1 << 18))


class _Pieces(io.BytesIO):
    """All bytes at a glance, but few at a time."""

    def peek(self, size: int = 0) -> bytes:
        return self.getvalue()[self.tell() :]

    def read1(self, size: int | None = -1) -> bytes:
        return super().read1(1 + self.tell() * 7 % 50 if self.tell() else 64)


def checked(reader: Reader, wanted: Wanted) -> Callable[[bytes], tuple[int, int]]:
    """The check of a parser that reads a stream; ``wanted`` finds marks in the text."""

    def check(data: bytes) -> tuple[int, int]:
        mode = zlib.crc32(data) % 8
        if mode == 0:
            with _tight():
                outcome = _outcome(reader, _whole(data))
        else:
            outcome = _outcome(reader, _whole(data))
        check_items(outcome.items, is_stored=mode < 3)
        if mode == 1 and len(data) < 20_000:
            _check_pieces(reader, data, outcome)
        return check_marks(wanted(as_text(data)), outcome)

    return check


def _check_pieces(reader: Reader, data: bytes, outcome: Outcome) -> None:
    with _limits(_CHUNK=(documents, 64)):
        again = _outcome(reader, cast(IO[bytes], _Pieces(data)))
    assert again.items == outcome.items, "small pieces give other items"
    assert type(again.error) is type(outcome.error), "small pieces give another error"


def _module(module: Any) -> Reader:
    return lambda data: cast("Iterator[Work | Reject]", module.read(data, "f"))


def _documents(data: IO[bytes]) -> Iterator[Work | Reject]:
    """Raw JSON records as items: what is no object, or has no title, is a reject."""
    for number, raw in enumerate(documents.records(data, "f"), 1):
        shown = fields.text(raw) or "x"
        if isinstance(raw, dict):
            yield Work(ids=("local:1",), title=shown, source="table", record=number)
        else:
            yield documents.reject(raw, "f", number)


def _lines(data: IO[bytes]) -> Iterator[Work | Reject]:
    for number, line in enumerate(stream.lines(data, "f"), 1):
        assert not {"\n", "\r", "\ufeff"} & set(line)
        yield Work(ids=("local:1",), title=line or "x", source="table", record=number)


def _check_parquet(data: bytes) -> tuple[int, int]:
    _PATH.write_bytes(data)
    items = list(read_file(_PATH, "f"))
    if [item.record for item in items] == [0]:
        check_reject(cast(Reject, items[0]))
        return 0, 0
    check_items(items)
    broken = isinstance(items[-1], Reject) and "Parquet" in items[-1].reason if items else False
    if broken:
        return 0, 0
    try:
        found = pq.read_table(_PATH, use_threads=False)
    except (pa.ArrowException, OSError, ValueError):  # in a column that we do not read
        return 0, 0
    assert len(items) == found.num_rows, f"{len(items)} items of {found.num_rows} rows"
    names = [name for name in found.column_names if name in ("title", "abstract")]
    text = "\n".join(f"{row}" for row in found.select(names).to_pylist())
    return check_marks(anywhere(text), Outcome(items))


def parquet_of(row: Callable[[Random], dict[str, Any]]) -> Make:
    """Parquet of such rows, some of their values or columns of another type."""

    def make(rng: Random) -> bytes:
        found = [row(rng) for _ in range(rng.randint(1, 4))]
        for name in list(found[0]):
            if rng.random() < 0.15:
                odd = rng.choice((None, 7, -1.5, b"\xff", True, ["a"], {"b": 1}, "text", 10**18))
                for one in found:
                    one[name] = odd
        sink = io.BytesIO()
        try:
            made = pa.Table.from_pylist(found)
        except (pa.ArrowException, OverflowError):
            made = pa.Table.from_pylist([{k: str(v) for k, v in one.items()} for one in found])
        compression = rng.choice(("none", "zstd", "snappy"))
        pq.write_table(made, sink, compression=compression, row_group_size=rng.choice((1, 100)))
        return sink.getvalue()

    return make


def _check_read(data: bytes) -> tuple[int, int]:
    """Whole files through detection and decompression: nothing is raised, and it ends."""
    _PATH.write_bytes(data)
    items = list(read([_PATH]))
    for item in items:
        assert item.file == name_of(_PATH)
    if items and items[0].record == 0:
        assert len(items) == 1
        check_reject(cast(Reject, items[0]))
    else:
        check_items(items)
    marks = len(MARK.findall(as_text(data)))
    assert items or marks < 8, "a file with marks gives nothing at all"
    return 0, 0


def _check_pieces_of_files(data: bytes) -> tuple[int, int]:
    """A file cut into pieces gives the records of the file, or loses none if a line is no object.

    Where its compression is damaged, the last line may come out as a broken record or not at all,
    so such files are left out.
    """
    if data[:2] == b"\x1f\x8b":
        return 0, 0
    _PATH.write_bytes(data)
    with _limits(SIZE=(pieces, 400), HEAD=(stream, 300), _BLOCK=(stream, 200)):
        whole = list(read_file(_PATH, "f"))
        apart = [i for p in pieces.pieces(_PATH, "f") for i in pieces.read_piece(p)]
    if _unnumbered(apart) == _unnumbered(whole):
        return 0, 0
    text = as_text(data)
    assert not _is_an_object_a_line(text), "pieces give other records than the file"
    return check_marks(in_json(text), Outcome(apart))


def _unnumbered(items: list[Work | Reject]) -> list[str]:
    """Items without their numbers, which a line that holds nothing readable may shift."""
    return [re.sub(r"\brecord=\d+", "", repr(item)) for item in items]


def _is_an_object_a_line(text: str) -> bool:
    try:
        return all(isinstance(json.loads(line), dict) for line in text.split("\n") if line.strip())
    except (ValueError, RecursionError):
        return False


def _check_labelled(data: bytes) -> tuple[int, int]:
    try:
        found = labelled.parse(stream.lines(_whole(data), "f"), "f")
    except (FormatError, InputError) as error:
        check_reject(Reject("f", 0, str(error)))
        return 0, 0
    assert found.read == len(found.texts) + len(found.rejects)
    for reject in found.rejects:
        check_reject(reject)
    numbers = [text.line for text in found.texts]
    assert numbers == sorted(numbers)
    texts = repr(found.texts).lower()
    names = [name for _, name in in_json(as_text(data)) or _LABELLED(as_text(data))]
    missing = [name for name in names if name not in texts]
    assert not missing or found.rejects, f"{missing} vanished"
    return len(names), len(missing)


def _check_sheet(data: bytes) -> tuple[int, int]:
    text = data.decode("utf-8", "replace")
    drawn = [f"W{number}" for number in range(4)]
    try:
        found = sheet.read(text, drawn)
    except InputError as error:
        check_reject(Reject("f", 0, str(error)))
        return 0, 0
    assert found.rows == len(found.labelled) + found.unlabelled + len(found.refused)
    assert set(found.labelled) <= set(drawn)
    assert found.skipped <= found.unlabelled
    return 0, 0


_JSON_TOKENS = (
    b'"title": ', b'"abstract": ', b'"results": [', b'{"meta": {}, "results": [', b"}, {", b"}\n{",
    b"\n", b": ", b", ", b"[", b"]", b"{", b"}", b'"', b"null", b"\\", b'"authorships": ', b"-0",
    b'"abstract_inverted_index": {', b"[[[[", b"1e400", b"[-1]", b"[99999999]", b"[1.5]",
)  # fmt: skip
_CSV_TOKENS = (b'"', b'""', b",", b";", b"\t", b"\n", b'"\n"', b'","', b'",\n', b"|", b"sep=;\n")
_RIS_TOKENS = (
    b"TY  - JOUR\n", b"ER  - \n", b"TI  - ", b"AB  - ", b"AU  - ", b"  - ", b"TY", b"ER", b"\n",
    b" - ", b"DO  - ", b"ID  - ", b"(a; b) ",
)  # fmt: skip
_WOS_TOKENS = (
    b"PT J\n", b"ER\n", b"EF\n", b"FN x\n", b"VR 1.0\n", b"   ", b"\nTI ", b"\nAB ", b"\nC1 [",
    b"\nAF ", b"ER\n\n", b"[", b"]", b"; ", b"\t", b"PT\tAU\tTI\tAB\tDE\tC1\tTC\n", b"UT WOS:",
)  # fmt: skip
_PUBMED_TOKENS = (
    b"PMID- ", b"OWN - ", b"TI  - ", b"AB  - ", b"FAU - ", b"AD  - ", b"\n\n", b"      ", b"- ",
    b"STAT- ", b"[doi]", b"\n",
)  # fmt: skip
_BIBTEX_TOKENS = (
    b"@article{", b"@misc{x,\n", b"@string{", b"@comment{", b"@preamble{", b"}", b"{", b'"', b",",
    b"=", b" # ", b"title = {", b"\\", b"\\{", b"\\}", b"}\n}\n", b"@", b"(", b")", b"},\n", b"$",
    b'\\"', b"\\'{\\i}", b"--", b" and ",
)  # fmt: skip
_CORPUS = in_cells(samples.corpus_csv)
_LABELLED = in_cells(samples.labelled)

TARGETS: dict[str, Target] = {
    "openalex": Target(
        (samples.as_json(samples.openalex_row),), checked(_module(openalex), in_json), _JSON_TOKENS
    ),
    "openalex_table": Target(
        (samples.openalex_csv,),
        checked(_module(openalex_table), in_cells(samples.openalex_csv)),
        _CSV_TOKENS,
    ),
    "wos": Target(
        (samples.wos,), checked(_module(wos), in_fields(r"^(?:TI|AB|DE) [^\n]*")), _WOS_TOKENS
    ),
    "wos_tables": Target(
        (samples.wos_tab, samples.wos_csv),
        checked(_module(wos), in_cells(samples.wos_tab, samples.wos_csv)),
        (*_CSV_TOKENS, *_WOS_TOKENS),
    ),
    "scopus": Target(
        (samples.scopus,), checked(_module(scopus), in_cells(samples.scopus)), _CSV_TOKENS
    ),
    "pubmed": Target(
        (samples.pubmed,),
        checked(_module(pubmed), in_fields(r"^(?:TI|AB|OT)  - [^\n]*")),
        _PUBMED_TOKENS,
    ),
    "ieee": Target((samples.ieee,), checked(_module(ieee), in_cells(samples.ieee)), _CSV_TOKENS),
    "ris": Target(
        (samples.ris,),
        checked(_module(ris), in_fields(r"^(?:TI|T1|AB|N2|KW)  - [^\n]*")),
        _RIS_TOKENS,
    ),
    "bibtex": Target(
        (samples.bibtex,),
        checked(
            _module(bibtex),
            in_bibtex,
        ),
        _BIBTEX_TOKENS,
    ),
    "table": Target(
        (samples.plain_csv,), checked(_module(table), in_cells(samples.plain_csv)), _CSV_TOKENS
    ),
    "table_json": Target(
        (samples.as_json(samples.plain_row),), checked(_module(table), in_json), _JSON_TOKENS
    ),
    "corpus_table": Target(
        (samples.corpus_csv, samples.as_json(samples.corpus_row)),
        checked(_module(table), lambda text: _CORPUS(text) or in_json(text)),
        (*_CSV_TOKENS, *_JSON_TOKENS, b"'=", b'[{"name": '),
    ),
    "documents": Target(
        (samples.as_json(samples.plain_row), samples.as_json(samples.openalex_row)),
        checked(_documents, in_json),
        _JSON_TOKENS,
    ),
    "stream": Target(
        (samples.ris, samples.plain_csv),
        checked(_lines, anywhere),
        _RIS_TOKENS,
    ),
    "parquet": Target(
        tuple(map(parquet_of, (samples.plain_row, samples.openalex_row, samples.corpus_row))),
        _check_parquet,
        (b"PAR1", b"\x15\x00", b"\x18", b"title", b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f"),
    ),
    "read": Target(
        (
            samples.wos,
            samples.wos_tab,
            samples.wos_csv,
            samples.ris,
            samples.pubmed,
            samples.bibtex,
            samples.scopus,
            samples.ieee,
            samples.openalex_csv,
            samples.plain_csv,
            samples.as_json(samples.plain_row),
            samples.as_json(samples.openalex_row),
        ),
        _check_read,
        (*_RIS_TOKENS, *_BIBTEX_TOKENS, *_CSV_TOKENS, *_JSON_TOKENS, b"\x1f\x8b\x08", b"PK\3\4"),
    ),
    "labelled": Target((samples.labelled,), _check_labelled, (*_JSON_TOKENS, *_CSV_TOKENS)),
    "sheet": Target((samples.sheet,), _check_sheet, (*_CSV_TOKENS, b"3+ ", b"none", b"yes")),
    "pieces": Target(
        (samples.as_json(samples.plain_row), samples.as_json(samples.openalex_row)),
        _check_pieces_of_files,
        _JSON_TOKENS,
    ),
}
"""By name; every parser of ``aequa.sources`` and the two that read people's labels."""
