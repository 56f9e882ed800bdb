"""``python -m benchmarks labels``: our tiers beside seesus and TF-IDF, on the same texts."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import starmap
from pathlib import Path
from typing import NamedTuple

from aequa.classify.models import card
from benchmarks.label_figures import f1, figures, line, matrix, number, over
from benchmarks.label_texts import Judged, Text, ai_works, judged_texts, timed_texts, write
from benchmarks.labellers import DATA, TIMED, Answer, answers
from benchmarks.measure import Measured, measure

HEADING = "## Labels"
VENUES = DATA / "works" / "venues.openalex.jsonl.gz"
USUAL, OTHER = "TF-IDF", "seesus"
AI_WORKS = "AI works"


class Timing(NamedTuple):
    """A tool, how many of the timed texts it is given, and what must hold."""

    tool: str
    texts: int
    target: str = ""


TIMINGS = (
    Timing("aequa --tier fast", 2000, "≥ 3,000/s, < 1,024 MB"),
    Timing("aequa --tier cascade", 2000, "≥ 250/s, < 1,024 MB"),
    Timing("aequa --tier accurate", 300, "< 1,024 MB"),
    Timing(OTHER, 60),
    Timing("seesus, as installed", 4),
    Timing(USUAL, 2000),
)
TIERS = [timing.tool for timing in TIMINGS if timing.tool.startswith("aequa")]

ABOUT = """{heading}

The same run, the same texts. TF-IDF is words and word pairs with one logistic regression per goal
(scikit-learn), trained here in {seconds:.0f} s on the {texts:,} texts with goals that aequa learnt
from. seesus (regular expressions, English only) is given sentence by sentence, as its authors
recommend.

**Speed** on works drawn at random from the 94,344, title and abstract; one process bound to one
core, loaded and warm; nothing cached. Slow tools are given the first of the same texts. aequa also
gives language, AI or not, contribution, challenges, areas and the phrases that decided; seesus also
targets. As installed, seesus compiles most of its 557 expressions again for each sentence, because
the package regex keeps 500; in the line above it that is mended.

"""
SPEED = f"tool|texts|mean words|seconds|docs/s per core|× {OTHER}|× {USUAL}|peak MB"
SPEED += "|read by the encoder|target"
JUDGED = """
**Accuracy** on texts that nobody may train on (their licence allows evaluation only): abstracts of
swisstext2024 (one goal was recorded, or none) and mixed-17 (web pages, encyclopedia, abstracts,
company reports; often several goals). "51 of 60 (430)": 51 were drawn from the 60 of 430 texts that
are no near copies of training texts; most of swisstext2024 is, as zora-uzh has the same abstracts.
Each tool decides itself how many goals it gives, at the threshold it ships with. Macro: mean over
goals of F1. Top-1: the likeliest goal was recorded, of texts with a goal. Silent: no goal given, of
texts without one. The last column is macro F1 less that of TF-IDF on the same resamples. Intervals
are 95 %, from resampling texts.

"""
ACCURACY = "texts|tool|macro F1|micro F1|top-1|recall|silent|goals a text|macro over TF-IDF"
AI = """
**AI works** (ai-sdg-gold dev): our tiers and TF-IDF as cross-validated in the model card, since the
shipped weights have seen all of these works; seesus learnt from none and is given a random part.

"""
AI_COLUMNS = "tool|works|micro F1|macro F1"


def section() -> str:
    """Run everything and write it up; about ten minutes on two cores."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        judged = judged_texts(DATA)
        sets = {name: one.texts for name, one in judged.items()} | {AI_WORKS: ai_works(DATA)}
        timed = timed_texts(VENUES, max(timing.texts for timing in TIMINGS))
        for file, texts in {**sets, TIMED: timed}.items():
            write(folder / file, texts)
        trained = label_all(folder, sets).result
        about = ABOUT.format(heading=HEADING, seconds=trained["seconds"], texts=trained["records"])
        speed = table(SPEED, speed_rows(folder))
        accuracy = table(ACCURACY, accuracy_rows(folder, judged))
        return about + speed + JUDGED + accuracy + AI + table(AI_COLUMNS, ai_rows(folder, sets))


def table(columns: str, rows: Iterator[str]) -> str:
    names = columns.split("|")
    return line(*names) + "|" + "---|" * len(names) + "\n" + "".join(rows)


def label(folder: Path, tool: str, texts: str, limit: int) -> Measured:
    """Run one tool over the first texts of a set."""
    done = measure(tool, str(folder), texts, str(limit), module="benchmarks.labellers")
    print(f"labels: {tool}, {texts}: {done.seconds:.0f} s", flush=True)
    return done


def label_all(folder: Path, sets: dict[str, list[Text]]) -> Measured:
    """Every tool's answers, two processes at a time, slow ones first; how TF-IDF was trained."""
    judged = [name for name in sets if name != AI_WORKS]
    jobs = [(OTHER, name) for name in sorted(sets, key=lambda name: -len(sets[name]))]
    jobs += [(tool, name) for tool in reversed(TIERS) for name in judged]
    with ThreadPoolExecutor(2) as pool:
        training = pool.submit(measure, "train", str(folder), module="benchmarks.labellers")
        runs = [pool.submit(label, folder, *job, len(sets[job[1]])) for job in jobs]
        trained = training.result()
        runs += [pool.submit(label, folder, USUAL, name, len(sets[name])) for name in judged]
        for done in runs:
            done.result()
    return trained


def speed_rows(folder: Path) -> Iterator[str]:
    """One line a tool, which has the machine for itself."""
    measured = {one.tool: label(folder, one.tool, TIMED, one.texts) for one in TIMINGS}
    rates = {tool: one.result["records"] / one.result["seconds"] for tool, one in measured.items()}
    for tool, _, target in TIMINGS:
        got, rate = measured[tool].result, rates[tool]
        cells = [tool, f"{got['records']:,}", f"{got['words']:.0f}", f"{got['seconds']:.2f}"]
        cells += map(number, (rate, rate / rates[OTHER], rate / rates[USUAL]))
        sent = f"{got['again'] / got['records']:.1%}" if tool in TIERS else "—"
        yield line(*cells, f"{measured[tool].peak_mb:,.0f}", sent, target)


def accuracy_rows(folder: Path, judged: dict[str, Judged]) -> Iterator[str]:
    """One line for each set and tool."""
    for name, (texts, apart, every) in judged.items():
        truth = matrix([text.goals for text in texts])
        place = f"{name}: {len(texts):,} of {apart:,} ({every:,})"
        usual = given(folder, USUAL, name)
        for tool in (*TIERS, USUAL, OTHER):
            found = given(folder, tool, name)
            gain = "—" if tool == USUAL else over(truth, found, usual)
            yield line(place, tool, *figures(truth, found), gain)


def ai_rows(folder: Path, sets: dict[str, list[Text]]) -> Iterator[str]:
    """What the card says of AI works, and seesus on a part of the same."""
    for row in card()["comparison"]:
        if row["set"] == AI_WORKS:
            yield line(row["model"], f"{row['works']:,}", *f1(row))
    own = matrix([text.goals for text in sets[AI_WORKS]])
    yield line(OTHER, f"{len(own):,}", *figures(own, given(folder, OTHER, AI_WORKS))[1::-1])


def given(folder: Path, tool: str, name: str) -> list[Answer]:
    """The answers that a tool left."""
    return list(starmap(Answer, json.loads(answers(folder, tool, name).read_text())))
