"""``python -m aequa.training --data DIR``: fit, evaluate, and write weights and both cards."""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from aequa import __version__
from aequa.classify.models import to_bytes
from aequa.training import card, data, splits
from aequa.training.calibrate import calibrate
from aequa.training.evaluate import figures, model_of, nested
from aequa.training.fit import Spec, fit, samples


def main(arguments: list[str] | None = None) -> int:
    """Run the training; returns the exit code."""
    package = Path(__file__).parents[1]
    parser = argparse.ArgumentParser(prog="python -m aequa.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the shared data directory")
    parser.add_argument("--out", type=Path, default=package / "classify", help="for the weights")
    parser.add_argument("--card", type=Path, default=package.parents[1] / "docs" / "model-card.md")
    parser.add_argument("--seed", type=int, default=Spec.seed)
    asked = parser.parse_args(arguments)
    train(asked.data, asked.out, asked.card, replace(Spec(), seed=asked.seed))
    return 0


def train(folder: Path, out: Path, page: Path, spec: Spec) -> None:
    """Weights and ``card.json`` into ``out``, the Markdown card to ``page``."""
    started = time.monotonic()

    def tell(step: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {step}", file=sys.stderr, flush=True)

    tell("reading")
    examples = data.load(folder)
    drawn = samples(examples)
    group = splits.groups(examples, [one.words for one in drawn[: len(examples)]])
    placed = splits.folds(examples, group, spec.folds, spec.seed)
    fold_of = dict(zip(map(id, examples), placed, strict=True))
    fold = np.array([fold_of[id(one.example)] for one in drawn])
    outcome, margins = nested(drawn, fold, spec, tell)
    tell("final fit")
    raw = to_bytes(model_of(fit(drawn, spec), calibrate(drawn, margins, spec)))
    sha256 = hashlib.sha256(raw).hexdigest()
    about = card.facts(examples, figures(drawn, outcome, spec), spec, __version__, sha256)
    (out / "weights.npz").write_bytes(raw)
    (out / "card.json").write_text(card.as_json(about), encoding="utf-8")
    page.write_text(card.as_markdown(about, len(raw)), encoding="utf-8")
    tell(f"done: {len(raw) / 1e6:.2f} MB, SHA-256 {sha256[:12]}")


if __name__ == "__main__":
    sys.exit(main())
