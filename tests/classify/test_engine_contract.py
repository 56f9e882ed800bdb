"""The contract of ``classify_batch``: shape, order, nulls, verbatim evidence, odd input."""

from __future__ import annotations

import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.classify.engine import Spec, classify_batch
from aequa.core.works import AREAS, CHALLENGES, CONTRIBUTIONS, LABELS

MALARIA = (
    "Early detection of malaria in blood smears with deep learning",
    "Malaria kills children where laboratories are few. We train a convolutional neural network "
    "on microscope images of patients from three hospitals; it finds the parasite as well as "
    "trained technicians and shortens the time to diagnosis and treatment.",
)
SORTING = (
    "A tighter bound for randomised sorting networks",
    "We prove a lower bound on the depth of randomised comparator networks and give a matching "
    "construction for inputs whose length is a power of two.",
)
ODD = {
    "empty": ("", ""),
    "spaces": ("  ", "\n\t"),
    "title only": (MALARIA[0], None),
    "abstract only": (None, MALARIA[1]),
    "nothing": (None, None),
    "html": ("<b>Malaria</b> &amp; AI", "<p>Patients with <i>malaria</i></p><script>x()</script>"),
    "emoji": ("🤖🌍 malaria 🦟", "👩‍⚕️ patients 🏥 diagnosis of malaria"),
    "control": ("mal\x00aria\x07", "dis\u200bease\ufeff of patients\x1b[31m"),
    "numbers": ("12345", "3.14 2020 10,000"),
    "one long word": ("x" * 200_000, "y" * 200_000),
    "formula": ('=HYPERLINK("http://x")', "@SUM(1+1)*cmd|' /C calc'!A0"),
    "halves of pairs": ("malaria \ud83d".encode("utf-8", "replace").decode(), "patients"),
    "combining": ("Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L", "maladie du pa\u0301lu"),
    "mixed scripts": ("Malaria 疟疾 ملاريا मलेरिया", "пациент 患者 patient"),
}


def test_columns_order_and_types_are_those_of_labels(batch) -> None:
    rows = [(f"id-{name}", *texts) for name, texts in ODD.items()]
    labels = classify_batch(batch(rows), Spec())
    assert labels.schema.equals(LABELS)
    assert labels.column("id").to_pylist() == [row[0] for row in rows]
    labels.validate(full=True)


def test_an_empty_batch_gives_an_empty_batch(batch) -> None:
    assert classify_batch(batch([]), Spec(scores=True)).num_rows == 0


def test_further_columns_and_large_strings_are_accepted() -> None:
    table = pa.table(
        {
            "year": pa.array([2020], pa.int16()),
            "abstract": pa.array([MALARIA[1]], pa.large_string()),
            "id": pa.array(["a"]),
            "title": pa.array([MALARIA[0]]),
        }
    )
    labels = classify_batch(table.to_batches()[0], Spec())
    assert [goal["goal"] for goal in labels.to_pylist()[0]["goals"]] == [3]


def test_a_null_column_counts_as_missing_text() -> None:
    empty = pa.RecordBatch.from_pydict({"id": ["a"], "title": ["Malaria"], "abstract": [None]})
    assert classify_batch(empty, Spec()).num_rows == 1


def test_values_are_in_their_vocabularies_and_ranges(classify) -> None:
    rows = [("m", *MALARIA), ("s", *SORTING), *((name, *texts) for name, texts in ODD.items())]
    for row in classify(rows, scores=True):
        assert len(row["scores"]) == 17
        for goal in row["goals"]:
            assert 1 <= goal["goal"] <= 17
            assert goal["score"] == row["scores"][goal["goal"] - 1]
            assert goal["contribution"] in CONTRIBUTIONS
            assert 0 <= goal["contribution_score"] <= 1
        assert [goal["goal"] for goal in row["goals"]] == sorted(g["goal"] for g in row["goals"])
        assert all(one["name"] in CHALLENGES for one in row["challenges"])
        assert all(one["name"] in AREAS for one in row["areas"])
        named = [*row["challenges"], *row["areas"]]
        assert all(0 <= one["score"] <= 1 for one in named)
        assert all(0 <= score <= 1 for score in row["scores"])


def test_scores_only_when_asked(classify) -> None:
    assert classify([("m", *MALARIA)])[0]["scores"] is None


def test_evidence_is_copied_short_and_does_not_repeat(classify) -> None:
    title, abstract = MALARIA
    goal = classify([("m", title, abstract)])[0]["goals"][0]
    assert goal["goal"] == 3
    assert 1 <= len(goal["evidence"]) <= 3
    for phrase in goal["evidence"]:
        assert phrase in title or phrase in abstract
        assert 1 <= len(phrase.split()) <= 12
    lowered = [phrase.lower() for phrase in goal["evidence"]]
    assert not any(a in b for a in lowered for b in lowered if a is not b)
    assert any("malaria" in phrase for phrase in lowered)


def test_evidence_is_verbatim_in_odd_texts(classify) -> None:
    noisy = (
        "<p>MALARIA\u00a0patients &lt;b&gt; — “early–diagnosis”</p> of\tmalaria,"
        "\nhospitals; treatment 🦟 "
    )
    row = classify([("n", "Malaria<br/>diagnosis: patients", noisy * 3)])[0]
    assert row["goals"]
    for goal in row["goals"]:
        for phrase in goal["evidence"]:
            assert phrase in noisy * 3 or phrase in "Malaria<br/>diagnosis: patients"
            assert "<" not in phrase


def test_a_text_without_words_has_no_labels_and_ai_is_unknown(classify) -> None:
    for name in ("empty", "spaces", "nothing", "numbers"):
        row = classify([(name, *ODD[name])])[0]
        assert (row["language"], row["ai"], row["goals"], row["areas"]) == (None, None, [], []), (
            name
        )


def test_a_megabyte_of_text_is_read_in_part_and_quickly(classify) -> None:
    long = (MALARIA[1] + " ") * 4100
    assert len(long) > 1_000_000
    assert [goal["goal"] for goal in classify([("long", MALARIA[0], long)])[0]["goals"]] == [3]


WORDS = ("malaria", "patients", "water", "school", "bias", "attack", "疟疾", "<b>", "energy")
TEXTS = st.one_of(
    st.none(),
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            [
                "malaria",
                "patients",
                "water",
                "school",
                "bias",
                "attack",
                "robot",
                "疟疾",
                "<b>",
                "energy",
            ]
        ),
        max_size=12,
    ).map(" ".join),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=7), st.integers(1, 6))
def test_a_work_gets_the_same_labels_in_any_batch(texts, size) -> None:
    columns = {
        "id": [str(number) for number in range(len(texts))],
        "title": pa.array([title for title, _ in texts], pa.string()),
        "abstract": pa.array([abstract for _, abstract in texts], pa.string()),
    }
    whole = pa.RecordBatch.from_pydict(columns)
    together = classify_batch(whole, Spec(scores=True)).to_pylist()
    apart = [
        row
        for first in range(0, len(texts), size)
        for row in classify_batch(whole.slice(first, size), Spec(scores=True)).to_pylist()
    ]
    assert apart == together
    for row, (title, abstract) in zip(together, texts, strict=True):
        for goal in row["goals"]:
            assert goal["evidence"]
            assert all(
                span in (title or "") or span in (abstract or "") for span in goal["evidence"]
            )


def test_another_process_gives_the_same_labels(batch, tmp_path) -> None:
    rows = [("m", *MALARIA), ("s", *SORTING), ("t", MALARIA[0], None)] * 50
    here = classify_batch(batch(rows), Spec(scores=True))
    with (
        pa.OSFile(str(tmp_path / "in.arrow"), "wb") as out,
        pa.ipc.new_file(out, batch(rows).schema) as writer,
    ):
        writer.write_batch(batch(rows))
    code = (
        "import sys, pyarrow as pa\n"
        "from aequa.classify.engine import Spec, classify_batch\n"
        "batch = pa.ipc.open_file(pa.OSFile(sys.argv[1])).get_batch(0)\n"
        "labels = classify_batch(batch, Spec(scores=True))\n"
        "with pa.ipc.new_file(sys.argv[2], labels.schema) as writer: writer.write_batch(labels)\n"
    )
    paths = [str(tmp_path / "in.arrow"), str(tmp_path / "out.arrow")]
    subprocess.run([sys.executable, "-c", code, *paths], check=True, env={"PYTHONHASHSEED": "7"})
    with pa.OSFile(paths[1]) as stored:
        assert pa.ipc.open_file(stored).get_batch(0).equals(here)


@pytest.mark.parametrize("name", sorted(ODD))
def test_odd_text_never_stops_a_batch(name, classify) -> None:
    odd, plain = classify([("odd", *ODD[name]), ("m", *MALARIA)])
    assert odd["id"] == "odd"
    assert [goal["goal"] for goal in plain["goals"]] == [3]
