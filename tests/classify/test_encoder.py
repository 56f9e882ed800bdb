"""The encoder: what it is given, that its answers are exact and repeatable, and its failures."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.classify import attribution, encoder, models
from aequa.classify.models import GOALS
from aequa.classify.phrases import Weighed
from aequa.classify.wordpiece import WIDTH
from aequa.classify.words import tokens
from aequa.core.errors import ModelError

TITLE = "Early detection of malaria in <i>blood smears</i>"
ABSTRACT = (
    "Malaria kills children, where laboratories are few; we train a network on COVID-19 images."
)
FRENCH = ("Eau potable", "La qualité de l'eau dans les écoles des villages du Sahel")


def read(title: str, abstract: str, language: str | None) -> encoder.Read:
    found = encoder.read(title, abstract, language)
    assert found is not None
    return found


def test_english_is_read_as_written_and_knows_its_places() -> None:
    found = read(TITLE, ABSTRACT, "en")
    assert [TITLE[start:].split()[0] for start in found.title] == [
        "Early", "detection", "of", "malaria", "in", "blood", "smears</i>",
    ]  # fmt: skip
    assert ABSTRACT[found.abstract[-1]] == "."
    assert max(found.pieces.words) == len(found.title) + len(found.abstract) - 1


def test_a_language_of_the_glossary_is_read_in_english_with_places_in_the_original() -> None:
    title, abstract = FRENCH
    found = read(title, abstract, "fr")
    starts = {title[start:].split()[0] for start in found.title}
    assert "Eau" in starts
    assert found.pieces.ids == read("water", "", "en").pieces.ids[:-1] + found.pieces.ids[2:]


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Wasserqualität in Schulen der Dörfer", "de"),
        ("学校の水質検査", "ja"),
        ("ქართული", None),
        ("", "en"),
        ("  ", None),
        ("щжзъ", "ru"),
    ],
)
def test_what_could_only_be_guessed_is_not_read(title: str, language: str | None) -> None:
    assert encoder.read(title, "", language) is None


def test_short_latin_text_of_no_known_language_is_read() -> None:
    assert read("GPT-4", "", None).pieces.ids == read("GPT-4", "", "en").pieces.ids


def test_a_long_text_is_cut_to_the_width() -> None:
    assert len(read(TITLE * 30, ABSTRACT * 3000, "en").pieces.ids) == WIDTH


def test_the_answer_is_the_mean_over_pieces() -> None:
    model, text = encoder.shipped(), read(TITLE, ABSTRACT, "en")
    outputs = model.outputs(text.pieces.ids)
    assert outputs.shape == (len(text.pieces.ids), encoder.OUTPUTS)
    score = model.decode(model.vector(text), text)
    assert score is not None
    np.testing.assert_array_equal(score.logits, outputs.mean(axis=0))
    shares = (outputs[:, :GOALS] - outputs[1:-1, :GOALS].mean(axis=0)) / len(outputs)
    np.testing.assert_allclose(score.steps, shares / score.unit, atol=0.51)
    assert (np.abs(score.steps).max(axis=0) == 127).all()


def test_the_answer_does_not_depend_on_what_was_read_before() -> None:
    model = encoder.shipped()
    texts = [read(TITLE, "", "en"), read(*FRENCH, "fr"), read(TITLE, ABSTRACT * 9, "en")]
    forth = [model.vector(text) for text in texts]
    back = [model.vector(text) for text in reversed(texts)]
    assert forth == back[::-1]


def test_another_process_gives_the_same_vector() -> None:
    code = (
        "from aequa.classify import encoder\n"
        f"print(encoder.shipped().vector(encoder.read({TITLE!r}, {ABSTRACT!r}, 'en')).hex())"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert told.stdout.strip() == encoder.shipped().vector(read(TITLE, ABSTRACT, "en")).hex()


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=3000), st.integers(0, 15))
def test_a_vector_of_anything_else_is_not_taken(noise: bytes, place: int) -> None:
    model, text = encoder.shipped(), read(TITLE, "", "en")
    vector = bytearray(model.vector(text))
    assert model.decode(noise, text) is None
    assert model.decode(bytes(vector[:-1]), text) is None
    vector[place] ^= 1
    assert model.decode(bytes(vector), text) is None
    assert model.decode(model.vector(text), read(TITLE + " now", "", "en")) is None


def test_evidence_is_the_phrase_whose_pieces_moved_the_goal() -> None:
    text = read(TITLE, ABSTRACT, "en")
    silent = [
        Weighed(part, tokens(part), np.zeros(len(tokens(part)))) for part in (TITLE, ABSTRACT)
    ]
    for word in ("laboratories", "children", "smears", "images"):
        place = (TITLE + ABSTRACT).index(word)
        starts = [*text.title.tolist(), *(text.abstract + len(TITLE)).tolist()]
        steps = np.full((len(text.pieces.ids), GOALS), -1, np.int8)
        steps[np.array(text.pieces.words) == starts.index(place), 4] = 100
        score = encoder.Score(np.zeros(encoder.OUTPUTS), steps, np.ones(GOALS))
        spans = attribution.evidence(silent, 4, text, score)
        assert word in spans[0]
        assert len(spans) == 1


def test_evidence_weighs_the_linear_model_beside_the_encoder() -> None:
    text = read(TITLE, ABSTRACT, "en")
    parts = [Weighed(part, tokens(part), np.zeros(len(tokens(part)))) for part in (TITLE, ABSTRACT)]
    parts[1].moved[1] = 5  # kills
    steps = np.zeros((len(text.pieces.ids), GOALS), np.int8)
    steps[-3] = 4  # the word before the last mark
    score = encoder.Score(np.zeros(encoder.OUTPUTS), steps, np.ones(GOALS))
    assert attribution.evidence(parts, 0, text, score) == ["Malaria kills children", "images"]


@pytest.mark.parametrize("raw", [b"", b"junk", b"\x08\x0a" * 50])
def test_a_damaged_encoder_is_one_clear_error(raw: bytes) -> None:
    with pytest.raises(ModelError, match="damaged"):
        encoder.Encoder(raw, "digest")


def test_an_encoder_that_does_not_belong_to_the_card_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(models, "card", lambda: {"encoder_sha256": "0" * 64})
    with pytest.raises(ModelError, match=r"encoder\.onnx: found SHA-256"):
        encoder.shipped.__wrapped__()


def test_a_missing_encoder_is_one_clear_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(models, "card", lambda: {"encoder_sha256": "0" * 64})
    monkeypatch.setattr(models, "files", lambda _: tmp_path)
    with pytest.raises(ModelError, match=r"encoder\.onnx cannot be read"):
        encoder.shipped.__wrapped__()


def test_without_onnxruntime_the_message_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelError, match="--tier fast"):
        encoder.Encoder(b"", "digest")


@pytest.mark.parametrize(
    "code",
    [
        "from aequa.cli import run; run(['--help']); run(['classify', '--help'])",
        "import pyarrow as pa\n"
        "from aequa.classify.engine import Spec, classify_batch\n"
        "columns = {'id': ['a'], 'title': ['Malaria'], 'abstract': ['']}\n"
        "batch = pa.RecordBatch.from_pydict(columns)\n"
        "classify_batch(batch, Spec(tier='fast'))",
    ],
)
def test_onnxruntime_is_loaded_only_when_a_work_is_read(code: str) -> None:
    code += "\nimport sys; assert 'onnxruntime' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
