"""The tools that give goals to texts, each run alone in a fresh process on one core.

``python -m benchmarks.labellers TOOL FOLDER SET LIMIT`` labels the first LIMIT texts of the file
SET in FOLDER, leaves the answers there, and prints a JSON object. A tool is loaded and has read
one text before the clock starts.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.label_texts import Text, read
from benchmarks.loads import timed

DATA = Path(__file__).parents[2] / "shared" / "data"
TIMED = "timed"
"""The set on which tools are timed, one at a time."""
MODEL = "tfidf.pickle"
SENTENCES = re.compile(r"(?<!\w\.\w.)(?<![A-Z][a-z]\.)(?<=\.|\?)\s")
"""Where a sentence ends, as the authors of seesus recommend to split."""


class Answer(NamedTuple):
    """What a tool says of a text: its goals, the likeliest, and whether our encoder read it."""

    goals: list[int]
    best: int | None = None
    again: bool = False


Tool = Callable[[list[Text]], list[Answer]]


def aequa(tier: str, folder: Path) -> Tool:
    """All labels and evidence phrases, in batches as the pipeline makes them; nothing cached."""
    import numpy as np
    import pyarrow as pa

    from aequa.classify import encoder
    from aequa.classify.engine import Spec, classify_batch
    from aequa.labelling import AT_ONCE

    if tier != "fast":
        encoder.shipped()
    columns = ("id", "title", "abstract")

    def label(texts: list[Text]) -> list[Answer]:
        found: list[Answer] = []
        for start in range(0, len(texts), AT_ONCE):
            rows = texts[start : start + AT_ONCE]
            batch = pa.RecordBatch.from_pydict(
                {name: [getattr(row, name) for row in rows] for name in columns}
            )
            labels = classify_batch(batch, Spec(scores=True, tier=tier))
            best = np.array(labels["scores"].to_pylist()).argmax(axis=1) + 1
            goals = [[goal["goal"] for goal in row] for row in labels["goals"].to_pylist()]
            again = labels["second_reading"].is_valid().to_pylist()
            found += map(Answer, goals, best.tolist(), again)
        return found

    return label


def seesus(folder: Path, *, as_installed: bool = False) -> Tool:
    """Regular expressions for each target, sentence by sentence; no order among the goals.

    Its 557 expressions are more than the 500 that the package ``regex`` keeps compiled, so that
    most are compiled again for each sentence. Unless ``as_installed`` that number is raised, which
    changes nothing but the speed.
    """
    import regex
    from seesus import SeeSus

    if not as_installed:
        regex._main._MAXCACHE = 5000

    def label(texts: list[Text]) -> list[Answer]:
        return [Answer(sorted(_found(SeeSus, text.whole))) for text in texts]

    return label


def _found(judge: Any, text: str) -> set[int]:
    names = {name for one in SENTENCES.split(text) for name in judge(one).sdg}
    return {int(name.removeprefix("SDG")) for name in names}


def tfidf(folder: Path) -> Tool:
    """What ``train`` left: a goal where its probability is at least one half."""
    import numpy as np

    vectoriser, weights, bias = pickle.loads((folder / MODEL).read_bytes())

    def label(texts: list[Text]) -> list[Answer]:
        margins = vectoriser.transform([text.whole for text in texts]) @ weights + bias
        goals = [(np.flatnonzero(row >= 0) + 1).tolist() for row in margins]
        return list(map(Answer, goals, (margins.argmax(axis=1) + 1).tolist()))

    return label


def train(folder: str) -> dict[str, Any]:
    """TF-IDF of words and word pairs and a logistic regression per goal, on our training texts.

    The same model, texts and weights of texts as ``aequa.training.compare.baseline``.
    """
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    from aequa.classify.models import GOALS
    from aequa.training import data
    from aequa.training.fit import Spec, samples, target

    drawn = samples([one for one in data.load(DATA) if one.goals is not None])
    drawn = [one for one in drawn if not one.copy]
    result: dict[str, Any] = {}
    with timed(result):
        vectoriser = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True)
        rows = vectoriser.fit_transform(
            f"{one.example.title} {one.example.abstract}" for one in drawn
        )
        fitted = []
        for goal in range(GOALS):
            truth, weight = target(f"goal:{goal + 1}", drawn, Spec())
            model = LogisticRegression(C=10.0, max_iter=1000)
            fitted.append(model.fit(rows, truth, sample_weight=weight))
    weights = np.concatenate([model.coef_ for model in fitted]).T
    bias = np.concatenate([model.intercept_ for model in fitted])
    Path(folder, MODEL).write_bytes(pickle.dumps((vectoriser, weights, bias)))
    return result | {"records": len(drawn)}


TOOLS: dict[str, Callable[[Path], Tool]] = {
    "aequa --tier fast": partial(aequa, "fast"),
    "aequa --tier cascade": partial(aequa, "cascade"),
    "aequa --tier accurate": partial(aequa, "accurate"),
    "seesus": seesus,
    "seesus, as installed": partial(seesus, as_installed=True),
    "TF-IDF": tfidf,
}


def answers(folder: Path, tool: str, texts: str) -> Path:
    """Where a tool's answers are left."""
    return folder / f"{texts}.{tool}.json"


def run(tool: str, folder: str, name: str, limit: str) -> dict[str, Any]:
    """Label the texts of a file and leave the answers beside it."""
    if name == TIMED:
        one_core()
    texts, result = read(Path(folder, name))[: int(limit)], dict[str, Any]()
    label = TOOLS[tool](Path(folder))
    label(texts[:1])
    with timed(result):
        found = label(texts)
    answers(Path(folder), tool, name).write_text(json.dumps(found))
    words = sum(len(text.whole.split()) for text in texts) / len(texts)
    again = sum(answer.again for answer in found)
    return result | {"records": len(texts), "words": words, "again": again}


def one_core() -> None:
    """Bind this process to one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    name, *arguments = sys.argv[1:]
    print(json.dumps(train(*arguments) if name == "train" else run(name, *arguments)))
