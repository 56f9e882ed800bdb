"""``python -m aequa.training --data DIR``: fit, evaluate, and write weights and both cards.

With ``--encoder WORK`` the encoder is trained too (an hour and a half on two cores; finished parts
are kept in the folder WORK). Without it, the shipped encoder stays, and its stored answers to texts
that it did not see (``logits.npz``) serve for calibration and evaluation.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from aequa import __version__
from aequa.classify.features import Floats
from aequa.classify.models import to_bytes
from aequa.classify.targets import measured as measured_targets
from aequa.core.aside import aside
from aequa.evaluation import seen
from aequa.training import card, compare, data, splits, stored
from aequa.training.calibrate import calibrate
from aequa.training.data import Example
from aequa.training.evaluate import figures
from aequa.training.fit import Sample, Spec, fit, samples
from aequa.training.nested import Ints, Outcome, Tell, model_of, nested

PACKAGE = Path(__file__).parents[1]


class Prepared(NamedTuple):
    """The examples, their samples, and the folds of both."""

    examples: list[Example]
    drawn: list[Sample]
    group: list[int]
    placed: Ints
    """Fold of each example"""
    fold: Ints
    """Fold of each sample"""


def main(arguments: list[str] | None = None) -> int:
    """Run the training; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m aequa.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the shared data directory")
    parser.add_argument("--encoder", type=Path, metavar="WORK", help="train the encoder too")
    parser.add_argument("--out", type=Path, default=PACKAGE, help="the package to write into")
    parser.add_argument("--card", type=Path, default=PACKAGE.parents[1] / "docs" / "model-card.md")
    parser.add_argument("--seed", type=int, default=Spec.seed)
    asked = parser.parse_args(arguments)
    started = time.monotonic()

    def tell(step: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {step}", file=sys.stderr, flush=True)

    spec = replace(Spec(), seed=asked.seed)
    tell("reading")
    ready = prepare(asked.data, spec)
    if asked.encoder is not None:
        encode(ready, asked.encoder, asked.out, tell)
    train(ready, asked.out, asked.card, spec, tell)
    return 0


def prepare(folder: Path, spec: Spec) -> Prepared:
    """Everything that all models share: texts, and the folds that keep like texts together."""
    examples = data.load(folder)
    drawn = samples(examples)
    group = splits.groups(examples, [one.words for one in drawn[: len(examples)]])
    placed = splits.folds(examples, group, spec.folds, spec.seed)
    fold_of = dict(zip(map(id, examples), placed, strict=True))
    fold = np.array([fold_of[id(one.example)] for one in drawn])
    return Prepared(examples, drawn, group, placed, fold)


def encode(ready: Prepared, work: Path, out: Path, tell: Tell) -> None:
    """Train the encoder; write it and its answers to texts it did not see."""
    from aequa.training import encoding, export, neural

    work.mkdir(parents=True, exist_ok=True)
    held = encoding.corpus(ready.drawn[: len(ready.examples)], ready.group, ready.placed)
    spec = neural.Spec()
    logits = encoding.answers(ready.drawn, held, spec, work, tell)
    tell("encoder of all folds")
    raw = export.to_onnx(encoding.second_stage(held, encoding.ALL, spec, work, tell))
    _write(out / "classify" / "encoder.onnx", raw)
    _write(out / "training" / "logits.npz", stored.to_bytes(ready.drawn, logits))


def train(ready: Prepared, out: Path, page: Path, spec: Spec, tell: Tell) -> None:
    """Weights, ``card.json`` and the digests of training texts into ``out``, the card to ``page``.

    The second tier is calibrated on the stored answers of the encoder in ``out``.
    """
    raw = (out / "training" / "logits.npz").read_bytes()
    logits = stored.from_bytes(raw, ready.drawn)
    outcomes, margins = nested(ready.drawn, ready.fold, spec, tell, logits)
    tell("final fit")
    fast = calibrate(ready.drawn, margins, spec)
    second = calibrate(ready.drawn, margins, spec, logits)
    weights = to_bytes(model_of(fit(ready.drawn, spec), fast, second, spec))
    _write(out / "classify" / "weights.npz", weights)
    texts = [seen.fingerprint(one.title, one.abstract) for one in ready.examples]
    _write(out / "classify" / "seen.npy", seen.to_bytes(texts))
    measured = measure(ready, outcomes, logits, spec, tell)
    encoder = (out / "classify" / "encoder.onnx").read_bytes()
    digests = {
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "encoder_sha256": hashlib.sha256(encoder).hexdigest(),
    }
    about = card.facts(ready.examples, measured, spec, __version__, digests)
    _write(out / "classify" / "card.json", card.as_json(about).encode())
    _write(page, card.as_markdown(about, len(weights), len(encoder)).encode())
    tell(f"done: {len(weights) / 1e6:.2f} MB, SHA-256 {digests['weights_sha256'][:12]}")


def measure(
    ready: Prepared, outcomes: dict[str, Outcome], logits: Floats, spec: Spec, tell: Tell
) -> dict[str, object]:
    """The figures of every tier, of the default one at the top, and comparisons."""
    tell("figures")
    answered = np.isfinite(logits[:, 0])
    tiers = {name: figures(ready.drawn, one, spec, answered) for name, one in outcomes.items()}
    tell("comparison")
    usual = compare.baseline(ready.drawn, ready.fold, spec)
    tell("learning curve")
    return {
        **tiers.pop("cascade"),
        "tiers": tiers,
        "sent": sent(ready.drawn, outcomes),
        "targets": target_level(),
        "comparison": compare.comparison(ready.drawn, outcomes, usual, answered, spec),
        "learning_curve": compare.learning_curve(ready.drawn, ready.fold, spec),
    }


def sent(drawn: Sequence[Sample], outcomes: dict[str, Outcome]) -> dict[str, float]:
    """Share of annotated works that the cascade sends to the encoder, by random stratum."""
    answered = np.isfinite(outcomes["accurate"].chances[:, 0])
    moved = (outcomes["cascade"].chances != outcomes["fast"].chances).any(axis=1)
    rows: dict[str, list[int]] = {}
    for row, one in enumerate(drawn):
        if answered[row] and "random" in one.example.stratum and not one.copy:
            rows.setdefault(one.example.stratum, []).append(row)
    return {name: round(float(moved[rows[name]].mean()), 4) for name in sorted(rows)}


def target_level() -> list[dict[str, object]]:
    """Precision of the named targets (``classify/targets.json``) as rows beside the measures."""
    held = measured_targets()["overall"]
    bounds = [held["low"], held["high"]]
    row = {"measure": "targets named, judged right", "value": held["precision"]}
    return [{**row, "interval": bounds, "n": held["judged"]}]


def _write(path: Path, raw: bytes) -> None:
    with aside(path) as beside:
        beside.write_bytes(raw)


if __name__ == "__main__":
    sys.exit(main())
