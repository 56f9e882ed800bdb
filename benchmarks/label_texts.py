"""The texts on which tools that give goals are timed and judged; none of them was trained on."""

from __future__ import annotations

import gzip
import hashlib
import heapq
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from aequa.core.works import Work
from aequa.sources.read import read as read_files
from aequa.training import data, splits
from aequa.training.data import Example

SEED = "aequa-labels-1"
SETS = {"swisstext2024": 430, "mixed-17": 800}
"""Sets for judging, and how many texts are drawn: seesus takes a third of a second for each."""
AI_WORKS = 500


class Text(NamedTuple):
    """A text to be labelled, and the goals recorded for it (none where it is only timed)."""

    id: str
    title: str
    abstract: str
    goals: list[int]

    @property
    def whole(self) -> str:
        return f"{self.title} {self.abstract}".strip()


class Judged(NamedTuple):
    """A random draw of the texts of a set that are like no training text."""

    texts: list[Text]
    apart: int
    """How many it was drawn from"""
    all: int
    """How many the set has"""


def write(path: Path, texts: Iterable[Text]) -> None:
    path.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")


def read(path: Path) -> list[Text]:
    return [Text(*json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def rank(text: Text) -> str:
    """A number that is random in the text and fixed in the seed."""
    return hashlib.sha256(f"{SEED}:{text.id}".encode()).hexdigest()


def timed_texts(path: Path, size: int) -> list[Text]:
    """A simple random sample of the works of a file that have title and abstract."""
    works = (item for item in read_files([path]) if isinstance(item, Work))
    texts = (Text(one.ids[0], one.title or "", one.abstract, []) for one in works if one.abstract)
    return heapq.nsmallest(size, (text for text in texts if text.title), key=rank)


def judged_texts(folder: Path) -> dict[str, Judged]:
    """Texts with goals whose licence forbids training on them, and so nobody here was.

    Near copies of training texts, and of one another, are left out: most of swisstext2024, since
    the same abstracts are in zora-uzh.
    """
    rows = [row for row in _lines(folder / "sdg-text" / "train.jsonl.gz") if _evaluation(row)]
    asked = [Example(row["id"], "", row["text"], row["source"]) for row in rows]
    apart = _apart(data.load(folder), asked)
    found = {}
    for name, most in SETS.items():
        here = [one.source.startswith(name) for one in asked]
        texts = (Text(row["id"], "", row["text"], row["goals"]) for row in rows)
        kept = [text for text, *true in zip(texts, here, apart, strict=True) if all(true)]
        found[name] = Judged(heapq.nsmallest(most, kept, key=rank), len(kept), sum(here))
    return found


def ai_works(folder: Path) -> list[Text]:
    """AI works annotated twice, in random order: our models were trained on them, others not."""
    rows = _lines(folder / "ai-sdg-gold" / "dev.jsonl.gz")
    texts = (
        Text(row["id"], row["title"] or "", row["abstract"] or "", [*map(int, row["goals"])])
        for row in rows
        if row["ai"] == 1
    )
    return heapq.nsmallest(AI_WORKS, texts, key=rank)


def _evaluation(row: dict[str, Any]) -> bool:
    return str(row["source"]).startswith(tuple(SETS))


def _apart(known: list[Example], asked: list[Example]) -> list[bool]:
    """Which of ``asked`` are like nothing before them."""
    from aequa.classify.reading import read_work

    examples = [*known, *asked]
    group = splits.groups(examples, [read_work(one.title, one.abstract) for one in examples])
    return [group[place] == place for place in range(len(known), len(examples))]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        yield from map(json.loads, stream)
