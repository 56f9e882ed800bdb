"""The encoder's training and export; they need torch and onnx, which `make train` installs."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is installed by `make train` only")
pytest.importorskip("onnx", reason="onnx is installed by `make train` only")

from aequa.training import export, neural  # noqa: E402

MARKS = (2, 3)


def encoder(seed: int = 1) -> neural.Encoder:
    torch.manual_seed(seed)
    return neural.Encoder(60, 0.0).eval()


def items(count: int) -> list[neural.Item]:
    """Texts about goal 3 hold piece 10, and harm goes with piece 20."""
    noise = np.random.default_rng(4)
    made = []
    for number in range(count):
        health, harm = bool(number % 2), number % 4 == 1
        body = noise.integers(30, 60, 12).tolist()
        body[2:4] = [10 if health else 11, 20 if harm else 21]
        truth = np.zeros(neural.LABELS, np.float32)
        truth[2] = health
        pairs = ((2, int(harm)),) if health else ()
        made.append(neural.Item([5, 6], body, truth, np.ones_like(truth), pairs, 1.0))
    return made


def test_a_text_is_cut_to_its_title_and_both_ends() -> None:
    body = list(range(100, 400))
    found = neural.cut([7] * 60, body, MARKS)
    assert len(found) == 128
    assert found[:41] == [2, *[7] * 40]
    assert found[41] == 100
    assert found[-2:] == [399, 3]
    assert neural.cut([7], body, MARKS, start=9)[2:5] == [109, 110, 111]
    assert neural.cut([7], [8], MARKS) == [2, 7, 8, 3]


def test_padding_changes_no_score() -> None:
    model = encoder()
    alone = neural.score(model, [[2, 9, 10, 3]])
    beside = neural.score(model, [[2, 9, 10, 3], [2, *range(9, 59), 3]])
    np.testing.assert_allclose(alone[0], beside[0], atol=0.02)  # bfloat16


def test_training_fits_and_is_reproducible() -> None:
    spec = neural.Spec(rate=1e-3, dropout=0.0, title_only=0.0)
    made, told = items(48), []
    models = []
    for _ in range(2):
        model = encoder()
        neural.train(model, made, made[:10], 3, spec, 5, MARKS, told.append)
        models.append(model)
    first, second = (one.state_dict() for one in models)
    assert all(torch.equal(first[name], second[name]) for name in first)
    loss = [float(line.split("loss ")[1].split(",")[0]) for line in told]
    assert loss[:3] == loss[3:]
    assert loss[2] < loss[0] / 2
    words = encoder().word.weight
    assert torch.equal(models[0].word.weight, words)  # the words' vectors stay as published


def test_contributions_of_a_goal_are_its_own_and_the_shared_ones() -> None:
    logits = torch.arange(2.0 * neural.OUTPUTS).reshape(2, -1)
    found = neural.directions(logits, torch.tensor([0, 16]))
    first = neural.LABELS
    np.testing.assert_array_equal(
        found[0], logits[0, first : first + 4] + logits[0, first + 4 : first + 8]
    )
    np.testing.assert_array_equal(found[1], logits[1, first : first + 4] + logits[1, -4:])


def test_the_exported_graph_says_what_the_model_says() -> None:
    import onnxruntime

    model = encoder()
    raw = export.to_onnx(model)
    assert export.to_onnx(model) == raw
    session = onnxruntime.InferenceSession(raw, providers=["CPUExecutionProvider"])
    for width in (3, 17, 128):
        ids = [2, *np.random.default_rng(width).integers(4, 60, width - 2).tolist(), 3]
        pieces = session.run(None, {"ids": np.array([ids])})[0]
        assert pieces.shape == (width, neural.OUTPUTS)
        with torch.no_grad():
            whole = model(*neural.padded([ids])).numpy()[0]
        assert np.corrcoef(pieces.mean(axis=0), whole)[0, 1] > 0.99
