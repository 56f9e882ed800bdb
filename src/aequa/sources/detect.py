"""Which format a file has, by its content, and what it is when it is none of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol, cast

import pyarrow as pa

from aequa.core.errors import FormatError, InputError
from aequa.core.works import Reject, Work
from aequa.sources import (
    bibtex,
    ieee,
    openalex,
    openalex_table,
    parquet,
    pubmed,
    ris,
    scopus,
    table,
    wos,
)
from aequa.sources.stream import HEAD, head_text
from aequa.sources.tsv import forms

FORMATS = (
    "OpenAlex (JSON lines, API pages, Parquet, CSV)",
    "Web of Science (plain text, tab-delimited, Excel saved as CSV, BibTeX)",
    "Scopus (CSV, BibTeX)",
    "BibTeX",
    "RIS",
    "PubMed",
    "IEEE CSV",
    "JSON lines, CSV or Parquet with a column title or abstract",
)
"""The formats we read, as messages list them."""

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_PARQUET = b"PAR1"


class Format(Protocol):
    """What a module of ``sources/`` that reads one format offers."""

    NAME: str

    def sniff(self, head: bytes) -> bool:
        """Whether the first bytes are of this format."""

    def read(self, stream: IO[bytes], file: str) -> Iterator[Work | Reject]:
        """Every record as one item."""


class ParquetFormat(Protocol):
    """What a module that reads Parquet offers."""

    NAME: str

    def sniff_parquet(self, schema: pa.Schema) -> bool:
        """Whether the columns are of this format."""

    def read_parquet(
        self, path: Path, file: str, part: parquet.Part = parquet.WHOLE
    ) -> Iterator[Work | Reject]:
        """Every row of the part as one item."""


TEXT_FORMATS = cast(
    "tuple[Format, ...]",
    (openalex, wos, pubmed, openalex_table, scopus, ieee, ris, bibtex, table),
)
"""In the order they are tried: ``table`` takes any file with a title or an abstract."""
_TABLES = cast("tuple[ParquetFormat, ...]", (openalex_table, table))


def is_parquet(head: bytes) -> bool:
    """Whether the first bytes are those of a Parquet file."""
    return head.startswith(_PARQUET)


def text_format(head: bytes, path: Path) -> Format:
    """The module that reads a file with this head.

    Raises:
        InputError: the file holds only blank lines.
        FormatError: no format fits; the message says what was found and what we read.
    """
    if not head_text(head).strip():
        start = "is empty" if len(head) < HEAD else f"starts with {HEAD >> 10} KiB of blanks"
        raise InputError(f"{path}: {start}, expected publication records")
    found = _foreign(head)
    if found is None:
        for module in TEXT_FORMATS:
            if module.sniff(head):
                return module
    raise FormatError(_message(path, found or _text_found(head)))


def parquet_format(path: Path) -> ParquetFormat:
    """The module that reads a Parquet file.

    Raises:
        InputError: the file cannot be read, or comes from standard input.
        FormatError: no column holds titles or abstracts.
    """
    if str(path) == "-":
        raise InputError("-: Parquet cannot be read from standard input: name the file")
    schema = parquet.schema(path, str(path))
    for module in _TABLES:
        if module.sniff_parquet(schema):
            return module
    columns = ", ".join(schema.names[:10])
    raise FormatError(_message(path, f"Parquet without titles or abstracts (columns {columns})"))


def _message(path: Path, found: str) -> str:
    return f"{path}: found {found}; expected one of: {'; '.join(FORMATS)}"


def _foreign(head: bytes) -> str | None:
    """What a file is by signatures of formats we do not read, or by its many control bytes."""
    if head.startswith(b"PK\x03\x04") and (b"xl/" in head or b"[Content_Types].xml" in head):
        return "an Office document or Excel workbook: save it as CSV"
    start = head[:16].hex()
    for signature, what in forms("signatures.tsv").items():
        if start.startswith(signature):
            return what
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    if max(head[0::2].count(0), head[1::2].count(0)) > len(head) * 0.4:
        return "UTF-16 text without its mark, or binary data: save it as UTF-8"
    return "binary data" if _is_binary(head) else None


def _is_binary(head: bytes) -> bool:
    """Many control bytes: over a fifth in text that is UTF-8, over a twentieth in any other."""
    share = len(_CONTROL.findall(head)) / len(head)
    try:
        head[:-4].decode("utf-8")
    except UnicodeDecodeError:
        return share > 1 / 20
    return share > 1 / 5


def _text_found(head: bytes) -> str:
    """What a text is that none of our formats fits."""
    start = head_text(head).lstrip()[:1000].lower()
    if re.match(r"<!doctype html|<html|<head|<body", start):
        return "an HTML page: export the records instead of saving the page"
    if start.startswith("<"):
        return "XML: export as one of the formats below"
    if start[:1] in ("{", "["):
        return "JSON without titles or abstracts that we know"
    first = " ".join(start.split("\n", 1)[0].split())[:60]
    return f"text that starts with “{first}”"
