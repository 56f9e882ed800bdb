"""The shipped weights: size, digest, card, and what happens when they are damaged."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files

import numpy as np
import pytest

from aequa.classify import models
from aequa.classify.features import Vocabulary, Words, vectors
from aequa.core.errors import ModelError
from aequa.core.works import AREAS, CHALLENGES


def raw() -> bytes:
    return files("aequa.classify").joinpath("weights.npz").read_bytes()


def test_size_and_digest() -> None:
    assert len(raw()) < 6_000_000
    assert models.card()["weights_sha256"] == hashlib.sha256(raw()).hexdigest()


def test_the_card_gives_figures_for_every_label() -> None:
    card = models.card()
    assert list(card["goals"]) == [str(goal) for goal in range(1, 18)]
    assert set(card["challenges"]) == set(CHALLENGES)
    assert set(card["areas"]) == set(AREAS)
    rows = [*card["goals"].values(), *card["challenges"].values(), *card["areas"].values()]
    for row in [*rows, card["ai"]]:
        assert {"precision", "recall", "f1", "ece", "n"} <= set(row)
        known = [row[key] for key in ("precision", "recall", "f1", "ece") if row[key] is not None]
        assert all(0 <= value <= 1 for value in known)
    assert set(card["languages"]) == {"ar", "en", "es", "fr", "hi", "pt", "ru", "sw", "zh"}
    assert {"version", "seed", "training", "contribution"} <= set(card)


def test_no_source_without_a_licence_to_ship_was_used() -> None:
    names = [row["source"] for row in models.card()["training"]]
    assert not [name for name in names if name.startswith(("mixed-17", "swisstext"))]
    assert all(row["rows"] > 0 and row["licence"] for row in models.card()["training"])


def test_the_markdown_card_is_of_these_weights() -> None:
    from pathlib import Path

    page = Path(__file__).parents[2] / "docs" / "model-card.md"
    assert models.card()["weights_sha256"] in page.read_text(encoding="utf-8")


def test_titles_are_calibrated_apart_and_less_confident() -> None:
    overall = models.card()["goals_overall"]
    assert overall["dev_titles_only"]["ece"] < 0.02
    assert overall["dev_titles_only"]["micro_f1"] < overall["dev"]["micro_f1"]


def test_the_card_beats_the_baselines_of_the_design() -> None:
    ai_works = models.card()["goals_overall"]["dev_ai_works"]
    assert ai_works["micro_f1"] > 0.72
    assert ai_works["macro_f1"] > 0.59


def test_weights_survive_writing_and_reading() -> None:
    model = models.from_bytes(raw())
    again = models.from_bytes(models.to_bytes(model))
    np.testing.assert_allclose(again.weights, model.weights, atol=1e-6)
    np.testing.assert_array_equal(again.vocabulary.pairs, model.vocabulary.pairs)
    assert again.vocabulary.words == model.vocabulary.words
    assert models.to_bytes(again) == raw()


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"not weights at all"])
def test_damaged_bytes_are_refused(damage) -> None:
    with pytest.raises(ModelError):
        models.from_bytes(damage)


def test_cut_and_incomplete_archives_are_refused(tmp_path) -> None:
    with pytest.raises(ModelError):
        models.from_bytes(raw()[: len(raw()) // 2])
    np.savez(tmp_path / "w.npz", words=np.zeros(1, np.uint8))
    with pytest.raises(ModelError, match="damaged"):
        models.from_bytes((tmp_path / "w.npz").read_bytes())


@pytest.mark.parametrize("broken", ["missing weights", "missing card", "bad card", "other weights"])
def test_a_damaged_package_is_a_model_error(broken, tmp_path, monkeypatch) -> None:
    if broken != "missing weights":
        (tmp_path / "weights.npz").write_bytes(raw() if broken != "other weights" else b"x")
    if broken != "missing card":
        card = "{" if broken == "bad card" else json.dumps(models.card())
        (tmp_path / "card.json").write_text(card, encoding="utf-8")
    monkeypatch.setattr(models, "files", lambda _: tmp_path)
    with pytest.raises(ModelError, match="classify/"):
        models.shipped.__wrapped__()


def test_score_has_one_column_per_label() -> None:
    model = models.shipped()
    scores = model.score([Words(["malaria", "patients"], []), Words([], [])])
    assert scores.shape == (2, len(models.LABEL_NAMES))
    assert np.isfinite(scores).all()


def test_unknown_words_pull_a_vector_towards_zero() -> None:
    known = Vocabulary(("water",), np.zeros(0, np.int64), np.ones(1, np.float32), 1.0)
    alone = vectors([Words(["water"], [])], known).value
    among = vectors([Words(["water", "xq", "zq", "wq"], [])], known).value
    assert alone[0] == 1
    assert among[0] == pytest.approx(0.5)
