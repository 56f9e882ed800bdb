"""Words in titles and abstracts: an index that SQLite keeps (FTS5), made once beside the report.

It is made in a thread when a report is first served, written aside and then renamed, and found
again by the digest of the corpus. Until it is there, ``find`` gives None and titles are scanned.
Han, kana and Hangul are indexed sign by sign, for they are written without spaces.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Lock, Thread

import pyarrow.parquet as pq

from aequa.core.aside import aside
from aequa.core.provenance import digest

_CREATE = (
    "CREATE VIRTUAL TABLE words USING fts5(text, content='', detail=full,"
    " tokenize='unicode61 remove_diacritics 2')"
)
_BATCH = 2_000
_SIGN = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff])")
_TERM = re.compile(r'"([^"]*)"|(\S+)')
MOST_TERMS = 12


class Search:
    """The index of one corpus; safe to ask from several threads."""

    def __init__(self, works: Path, folder: Path) -> None:
        self._works, self._folder = works, folder
        self._path: Path | None = None
        self._lock, self._thread = Lock(), None  # type: tuple[Lock, Thread | None]
        self.failed = ""
        """Why there is no index and will be none; empty while there may be."""

    @property
    def ready(self) -> bool:
        """Whether abstracts can be searched."""
        return self._path is not None

    def start(self) -> None:
        """Find the index, or make it in a thread of its own."""
        with self._lock:
            if self._thread is None and self._path is None:
                self._thread = Thread(target=self.prepare, name="search", daemon=True)
                self._thread.start()

    def prepare(self) -> None:
        """Find the index, or make it; returns when it is there or cannot be."""
        try:
            self._path = self._made(f"search-{digest(self._works)[7:27]}.sqlite")
        except (OSError, sqlite3.Error) as error:
            self.failed = str(error)

    def _made(self, name: str) -> Path:
        for folder in (self._folder, Path(tempfile.gettempdir()) / "aequa-serve"):
            if (folder / name).is_file():
                return folder / name
        try:
            self._folder.mkdir(exist_ok=True)
            return _write(self._works, self._folder / name)
        except OSError:  # a report may lie where nothing can be written
            spare = Path(tempfile.gettempdir()) / "aequa-serve"
            spare.mkdir(mode=0o700, exist_ok=True)
            return _write(self._works, spare / name)

    def find(self, text: str) -> list[int] | None:
        """Row numbers in the corpus of the works with all words; None while there is no index."""
        if self._path is None:
            return None
        asked = expression(text)
        if not asked:
            return []
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as con:
            found = con.execute("SELECT rowid FROM words WHERE words MATCH ?", (asked,))
            return [row - 1 for (row,) in found]


def _write(works: Path, path: Path) -> Path:
    with aside(path) as beside, closing(sqlite3.connect(beside)) as con:
        con.execute("PRAGMA journal_mode = OFF")
        con.execute("PRAGMA synchronous = OFF")
        con.execute(_CREATE)
        con.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", _texts(works))
        con.commit()
        con.execute("INSERT INTO words (words) VALUES ('optimize')")
        con.commit()
    return path


def _texts(works: Path) -> Iterator[tuple[int, str]]:
    """Row number from 1, and title and abstract of every work."""
    place = 0
    for batch in pq.ParquetFile(works).iter_batches(_BATCH, columns=["title", "abstract"]):
        titles, abstracts = (column.to_pylist() for column in batch.columns)
        for title, abstract in zip(titles, abstracts, strict=True):
            place += 1
            yield place, spaced(f"{title or ''}\n{abstract or ''}")


def spaced(text: str) -> str:
    """The text with every Han, kana or Hangul sign a word of its own.

    >>> spaced("AI 模型").split()
    ['AI', '模', '型']
    """
    return _SIGN.sub(r" \1 ", text)


def expression(text: str) -> str:
    """What a reader typed as a query of FTS5: all words, "phrases" and beginnings* must be there.

    Whatever has a meaning to FTS5 is taken for a word, so no text is an error.

    >>> expression('malaria "deep learning" net*')
    '"malaria" "deep learning" "net"*'
    """
    terms = []
    for phrase, word in _TERM.findall(spaced(text).replace("\\x00", " "))[:MOST_TERMS]:
        begins = bool(word) and word.endswith("*")
        clean = (phrase or word).replace('"', " ").strip("* ")
        if any(sign.isalnum() for sign in clean):
            terms.append(f'"{clean}"{"*" if begins else ""}')
    return " ".join(terms)
