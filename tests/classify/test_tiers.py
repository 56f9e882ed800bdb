"""Two tiers and a cascade: who reads what, and that nothing but the text decides the answer."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.classify import engine
from aequa.classify.engine import TIERS, Spec, classify_batch, classify_remembering
from aequa.classify.models import shipped
from aequa.cli import aequa
from aequa.core.errors import SpecError
from aequa.core.works import LABELS, VECTOR

TEXTS = {
    "malaria": (
        "Early detection of malaria in blood smears with deep learning",
        "Malaria kills children where laboratories are few. A convolutional network finds the "
        "parasite as well as trained technicians and shortens the time to treatment.",
    ),
    "sorting": ("A tighter bound for sorting networks", "We prove a bound on their depth."),
    "title": ("Learning to route ambulances", None),
    "harm": (
        "The carbon footprint of training large language models",
        "Training emits more carbon dioxide than a car in its life; demand for power grows, and "
        "poor towns near the data centres lose their water.",
    ),
    "french": (
        "Détection précoce du paludisme",
        "Le paludisme tue des enfants dans les villages où les laboratoires manquent.",
    ),
    "chinese": ("基于深度学习的水资源管理", "我们用神经网络预测农村学校的饮用水质量。"),
    "german": (
        "Früherkennung von Malaria",
        "Malaria tötet Kinder in Dörfern, in denen es keine Labore gibt.",
    ),
    "mixed": ("Malaria 疟疾 ملاريا मलेरिया", "пациент 患者 patient and the children of the village"),
    "html": ("<b>Malaria</b> &amp; AI", "<p>Patients with <i>malaria</i></p><script>x()</script>"),
    "word": ("malaria", None),
    "function words": ("of the and", "it is of the, and which"),
    "repeated": ("malaria " * 900, "malaria patients " * 900),
    "symbols": ("§§ ★ → ≤ %", "(){}[] 123 !!"),
    "letters": ("a b c", "x"),
    "empty": ("", None),
    "control": ("mal\x00aria\x07 patients", "dis\u200bease\ufeff of the patients\x1b[31m"),
    "replaced": ("malaria \ufffd patients", "\U0010ffff\ue000 treatment of the patients"),
    "scripts": ("ქართული ენა და წყალი", "వరదలు మరియు నీరు"),
    "hidden": ("", "! " * 900 + "malaria" + " !" * 900),
    "megabyte": ("Malaria and the patients", "Children with malaria in the village. " * 28_000),
}


def batch_of(names: list[str]) -> pa.RecordBatch:
    columns = {
        "id": names,
        "title": pa.array([TEXTS[name][0] for name in names], pa.string()),
        "abstract": pa.array([TEXTS[name][1] for name in names], pa.string()),
    }
    return pa.RecordBatch.from_pydict(columns)


def rows_of(tier: str, names: list[str] | None = None) -> dict[str, dict[str, Any]]:
    labels = classify_batch(batch_of(names or list(TEXTS)), Spec(scores=True, tier=tier))
    assert labels.schema.equals(LABELS)
    labels.validate(full=True)
    return {row["id"]: row for row in labels.to_pylist()}


def plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "second_reading"}


def goals(row: dict[str, Any]) -> list[int]:
    return [goal["goal"] for goal in row["goals"]]


def test_an_unknown_tier_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(SpecError, match="'slow', expected one of fast, cascade, accurate"):
        Spec(tier="slow")


@pytest.mark.parametrize("command", ["classify", "report"])
def test_the_command_line_offers_the_tiers_and_the_default(command: str) -> None:
    option = next(one for one in aequa.commands[command].params if one.name == "tier")
    assert (tuple(option.type.choices), option.default) == (TIERS, Spec().tier)  # type: ignore[attr-defined]


def test_the_fast_tier_reads_alone() -> None:
    assert {row["second_reading"] for row in rows_of("fast").values()} == {None}


def test_the_accurate_tier_reads_all_that_it_can() -> None:
    unread = {name for name, row in rows_of("accurate").items() if row["second_reading"] is None}
    assert unread == {"german", "repeated", "symbols", "letters", "empty", "scripts"}


def test_a_second_reading_says_whether_the_goals_changed() -> None:
    fast, accurate = rows_of("fast"), rows_of("accurate")
    for name, row in accurate.items():
        if row["second_reading"] is None:
            assert row == fast[name]
        else:
            same = goals(row) == goals(fast[name])
            assert row["second_reading"] == ("agreed" if same else "changed"), name


def test_the_cascade_is_one_tier_or_the_other_for_each_work() -> None:
    fast, cascade, accurate = (rows_of(tier) for tier in TIERS)
    read = [name for name, row in cascade.items() if row["second_reading"] is not None]
    assert 0 < len(read) < len(TEXTS)
    for name, row in cascade.items():
        assert row == (accurate if name in read else fast)[name]


def test_the_cascade_sends_on_what_the_model_is_unsure_of(monkeypatch: pytest.MonkeyPatch) -> None:
    never = np.zeros_like(shipped().doubt)
    sure = replace(shipped(), doubt=never)
    monkeypatch.setattr(engine, "shipped", lambda: sure)
    assert rows_of("cascade") == rows_of("fast")
    unsure = replace(sure, doubt=never + np.array([-1, 2]))
    monkeypatch.setattr(engine, "shipped", lambda: unsure)
    assert rows_of("cascade") == rows_of("accurate")


@pytest.mark.parametrize("tier", TIERS)
def test_whatever_is_labelled_has_evidence_of_its_own_words(
    tier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    zero = shipped().thresholds * 0
    eager = replace(shipped(), thresholds=zero, second_thresholds=zero)
    monkeypatch.setattr(engine, "shipped", lambda: eager)
    for name, row in rows_of(tier).items():
        words = name not in ("symbols", "letters", "empty")
        assert len(row["goals"]) == (17 if words else 0), name
        for goal in row["goals"]:
            assert 1 <= len(goal["evidence"]) <= 3, name
            assert all(
                span in TEXTS[name][0] or span in (TEXTS[name][1] or "")
                for span in goal["evidence"]
            )
            assert all(1 <= len(span.split()) <= 12 for span in goal["evidence"]), name


def test_evidence_of_both_tiers_names_the_disease() -> None:
    for tier in ("fast", "accurate"):
        row = rows_of(tier)["malaria"]
        assert 3 in goals(row)
        spans = next(goal["evidence"] for goal in row["goals"] if goal["goal"] == 3)
        assert any("malaria" in span.lower() for span in spans), (tier, spans)


@pytest.mark.parametrize("tier", TIERS)
@settings(max_examples=15, deadline=None)
@given(st.permutations(sorted(set(TEXTS) - {"megabyte", "repeated"})), st.integers(1, 7))
def test_neighbours_do_not_matter(tier: str, names: list[str], size: int) -> None:
    batch = batch_of(names)
    apart = [
        row
        for first in range(0, len(names), size)
        for row in classify_batch(batch.slice(first, size), Spec(True, tier)).to_pylist()
    ]
    assert {row["id"]: row for row in apart} == rows_of(tier, names)


NOISE = st.one_of(
    st.none(),
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["the", "malaria", "of", "water", "疟疾", "<b>", "\x00", "eau", "!", "школа"]
        ),
        max_size=20,
    ).map(" ".join),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NOISE, NOISE), min_size=1, max_size=5))
def test_any_text_has_an_answer(texts: list[tuple[str | None, str | None]]) -> None:
    columns = {
        "id": [str(number) for number in range(len(texts))],
        "title": pa.array([title for title, _ in texts], pa.string()),
        "abstract": pa.array([abstract for _, abstract in texts], pa.string()),
    }
    batch = pa.RecordBatch.from_pydict(columns)
    whole = classify_batch(batch, Spec(True, "accurate")).to_pylist()
    for place, row in enumerate(whole):
        alone = classify_batch(batch.slice(place, 1), Spec(True, "accurate")).to_pylist()
        assert alone == [row]
        assert all(goal["evidence"] for goal in row["goals"])


@pytest.mark.parametrize("tier", TIERS)
def test_not_a_number_counts_as_no_text(tier: str) -> None:
    batch = pa.RecordBatch.from_pydict({"id": ["a"], "title": [float("nan")], "abstract": [None]})
    row = classify_batch(batch, Spec(tier=tier)).to_pylist()[0]
    assert (row["ai"], row["goals"], row["second_reading"]) == (None, [], None)


def test_another_process_gives_the_same_labels(tmp_path: Path) -> None:
    names = sorted(set(TEXTS) - {"megabyte"})
    path = tmp_path / "in.json"
    path.write_text(json.dumps([[name, *TEXTS[name]] for name in names]))
    code = (
        "import json, sys, pyarrow as pa\n"
        "from aequa.classify.engine import Spec, classify_batch\n"
        "columns = zip(*json.load(open(sys.argv[1], encoding='utf-8')))\n"
        "batch = pa.RecordBatch.from_pydict(dict(zip(('id', 'title', 'abstract'), columns)))\n"
        "labels = classify_batch(batch, Spec(True, 'accurate'))\n"
        "json.dump(labels.to_pylist(), sys.stdout)\n"
    )
    told = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code, str(path)], capture_output=True, check=True
    )
    assert json.loads(told.stdout) == list(rows_of("accurate", names).values())


@pytest.mark.parametrize("tier", TIERS)
def test_vectors_save_reading_and_change_nothing(tier: str) -> None:
    batch = batch_of(list(TEXTS))
    first = classify_remembering(batch, Spec(tier=tier))
    vectors = first.column(VECTOR.name)
    read = [value is not None for value in first.column("second_reading").to_pylist()]
    assert [value is not None for value in vectors.to_pylist()] == read
    second = classify_remembering(batch.append_column(VECTOR, vectors), Spec(tier=tier))
    assert second.column(VECTOR.name).null_count == batch.num_rows
    assert second.drop_columns([VECTOR.name]).equals(classify_batch(batch, Spec(tier=tier)))


def test_vectors_of_other_texts_are_passed_over() -> None:
    batch = batch_of(list(TEXTS))
    first = classify_remembering(batch, Spec(tier="accurate"))
    wrong = pa.array(first.column(VECTOR.name).to_pylist()[::-1], VECTOR.type)
    second = classify_remembering(batch.append_column(VECTOR, wrong), Spec(tier="accurate"))
    assert second.equals(first)
