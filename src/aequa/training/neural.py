"""The encoder of the accurate tier: MiniLM-L6 (Wang et al. 2020), fine-tuned on all labels at once.

Two stages: first on general texts, then on annotated works and written passages with some general
texts mixed in. Every label is linear in the mean of the last layer, so that what each word adds to
a label can be read off. Arithmetic is bfloat16 where the processor has it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from aequa.classify.models import LABEL_NAMES
from aequa.classify.wordpiece import HEAD, TITLE, WIDTH
from aequa.core.works import CONTRIBUTIONS

LABELS = len(LABEL_NAMES)
GOALS = 17
KINDS = len(CONTRIBUTIONS)
OUTPUTS = LABELS + KINDS * (1 + GOALS)
"""Labels, then contributions shared by all goals, then contributions of each goal."""
SIZE, PARTS, LAYERS, INNER = 384, 12, 6, 1536
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Spec:
    """How the encoder is trained."""

    seed: int = 20261124
    rate: float = 8e-5
    """Highest learning rate of AdamW (Loshchilov & Hutter 2019)."""
    batch: int = 16
    general_epochs: int = 2
    epochs: int = 3
    again_epochs: int = 2
    """More epochs of the second stage from a lower rate, since the loss was still falling."""
    again_rate: float = 6e-5
    again_replay: float = 0.1
    warm: float = 0.1
    decay: float = 0.01
    dropout: float = 0.1
    absent: float = 0.3
    """Weight of a goal that is absent from a text of which only one goal was recorded."""
    replay: float = 0.2
    """Part of the general texts mixed into each epoch of the second stage."""
    title_only: float = 0.12
    """Chance that an epoch shows only the title of a work."""
    window: float = 0.25
    """Chance that an epoch shows another part of a long abstract than its two ends."""


class Item(NamedTuple):
    """One text as the encoder sees it."""

    title: list[int]
    """Pieces, without marks."""
    abstract: list[int]
    truth: Floats
    """(LABELS,)"""
    weight: Floats
    """(LABELS,) 0 where the label was not recorded."""
    pairs: tuple[tuple[int, int], ...]
    """(goal from 0, contribution) where the contribution was recorded."""
    pair_weight: float


class Layer(nn.Module):
    """One layer of BERT."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(SIZE, 3 * SIZE), nn.Linear(SIZE, SIZE)
        self.up, self.down = nn.Linear(SIZE, INNER), nn.Linear(INNER, SIZE)
        self.norm1, self.norm2 = nn.LayerNorm(SIZE, eps=1e-12), nn.LayerNorm(SIZE, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor, drop: float) -> Tensor:
        """(texts, pieces, SIZE) to the same."""
        texts, width, _ = x.shape
        q, k, v = self.qkv(x).view(texts, width, 3, PARTS, SIZE // PARTS).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=mask.to(q.dtype))
        seen = self.out(seen.transpose(1, 2).reshape(texts, width, SIZE))
        x = self.norm1(x + F.dropout(seen, drop, self.training))
        return torch.as_tensor(
            self.norm2(x + F.dropout(self.down(F.gelu(self.up(x))), drop, self.training))
        )


class Encoder(nn.Module):
    """MiniLM with a linear head on every piece; the score of a text is the mean over its pieces."""

    def __init__(self, pieces: int, drop: float) -> None:
        super().__init__()
        self.word, self.place = nn.Embedding(pieces, SIZE), nn.Embedding(512, SIZE)
        self.norm = nn.LayerNorm(SIZE, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.head = nn.Linear(SIZE, OUTPUTS)
        self.drop = drop
        self.word.weight.requires_grad_(False)

    def states(self, ids: Tensor, seen: Tensor) -> Tensor:
        """Last layer of shape (texts, pieces, SIZE)."""
        x = self.norm(self.word(ids) + self.place.weight[: ids.shape[1]])
        mask = (~seen)[:, None, None, :].to(x.dtype) * -1e4
        for layer in self.layers:
            x = layer(x, mask, self.drop)
        return x

    def forward(self, ids: Tensor, seen: Tensor) -> Tensor:
        """Logits of shape (texts, OUTPUTS); ``seen`` is False at padding."""
        x = self.states(ids, seen)
        part = seen[:, :, None].to(x.dtype)
        mean = (x * part).sum(1) / part.sum(1)
        return torch.as_tensor(self.head(F.dropout(mean.float(), self.drop, self.training)))


def initial(weights: dict[str, Tensor], drop: float, seed: int) -> Encoder:
    """The pretrained encoder from its published weights, with an untrained head."""
    torch.manual_seed(seed)
    model = Encoder(weights["embeddings.word_embeddings.weight"].shape[0], drop)
    state = dict(model.state_dict())
    kinds = weights["embeddings.token_type_embeddings.weight"][0]
    state["word.weight"] = weights["embeddings.word_embeddings.weight"]
    state["place.weight"] = weights["embeddings.position_embeddings.weight"] + kinds
    for end in ("weight", "bias"):
        state[f"norm.{end}"] = weights[f"embeddings.LayerNorm.{end}"]
        for number in range(LAYERS):
            old, new = f"encoder.layer.{number}.", f"layers.{number}."
            three = [
                weights[f"{old}attention.self.{one}.{end}"] for one in ("query", "key", "value")
            ]
            state[f"{new}qkv.{end}"] = torch.cat(three)
            for mine, theirs in (
                ("out", "attention.output.dense"),
                ("norm1", "attention.output.LayerNorm"),
                ("up", "intermediate.dense"),
                ("down", "output.dense"),
                ("norm2", "output.LayerNorm"),
            ):
                state[f"{new}{mine}.{end}"] = weights[f"{old}{theirs}.{end}"]
    model.load_state_dict(state)
    nn.init.normal_(model.head.weight, std=0.02)
    nn.init.zeros_(model.head.bias)
    with torch.no_grad():
        model.head.bias[:LABELS] = -2.0  # most labels are absent from most texts
    return model


def train(
    model: Encoder,
    items: Sequence[Item],
    replayed: Sequence[Item],
    epochs: int,
    spec: Spec,
    seed: int,
    marks: tuple[int, int],
    tell: Callable[[str], None],
) -> None:
    """Fit ``model`` in place; a part of ``replayed`` is mixed into each epoch."""
    noise = np.random.default_rng(seed)
    torch.manual_seed(seed)
    plan = [list(_epoch(items, replayed, spec, noise, marks)) for _ in range(epochs)]
    total, step, started = sum(map(len, plan)), 0, time.monotonic()
    wanted = [one for one in model.parameters() if one.requires_grad]
    steps = torch.optim.AdamW(
        [
            {"params": [one for one in wanted if one.ndim > 1], "weight_decay": spec.decay},
            {"params": [one for one in wanted if one.ndim == 1], "weight_decay": 0.0},
        ],
        lr=spec.rate,
    )
    model.train()
    for number, batches in enumerate(plan, 1):
        losses = []
        for batch in batches:
            step += 1
            part = min(step / (spec.warm * total), (total - step) / ((1 - spec.warm) * total))
            for group in steps.param_groups:
                group["lr"] = spec.rate * part
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(batch.ids, batch.seen)
            loss = _loss(logits.float(), batch)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(wanted, 1.0)
            steps.step()
            steps.zero_grad()
            losses.append(float(loss.detach()))
        spent = time.monotonic() - started
        tell(f"epoch {number} of {epochs}: loss {np.mean(losses):.4f}, {spent:.0f} s")
    model.eval()


class _Batch(NamedTuple):
    ids: Tensor
    seen: Tensor
    truth: Tensor
    weight: Tensor
    pairs: Tensor
    """(pairs, 3): row, goal, contribution"""
    pair_weight: Tensor


def _epoch(
    items: Sequence[Item],
    replayed: Sequence[Item],
    spec: Spec,
    noise: np.random.Generator,
    marks: tuple[int, int],
) -> Iterator[_Batch]:
    """Batches of texts of like length, in random order."""
    again = noise.permutation(len(replayed))[: int(spec.replay * len(replayed))]
    drawn = [*items, *(replayed[place] for place in again.tolist())]
    views = [_view(one, spec, noise, marks) for one in drawn]
    length = np.array([len(view) for view in views])
    mixed = noise.permutation(len(drawn))
    order = mixed[np.argsort(length[mixed] // 8, kind="stable")]
    groups = [order[first : first + spec.batch] for first in range(0, len(order), spec.batch)]
    for place in noise.permutation(len(groups)).tolist():
        rows = groups[place].tolist()
        yield _batch([views[row] for row in rows], [drawn[row] for row in rows])


def cut(
    title: list[int], abstract: list[int], marks: tuple[int, int], start: int = -1
) -> list[int]:
    """Pieces with marks, at most WIDTH; from ``start`` on, or both ends of the abstract."""
    title = title[:TITLE]
    room = WIDTH - 2 - len(title)
    if len(abstract) > room:
        begin = int(room * HEAD)
        if start >= 0:
            abstract = abstract[start : start + room]
        else:
            abstract = abstract[:begin] + abstract[begin - room :]
    return [marks[0], *title, *abstract, marks[1]]


def _view(one: Item, spec: Spec, noise: np.random.Generator, marks: tuple[int, int]) -> list[int]:
    first, second = noise.random(2)
    if one.title and one.abstract and first < spec.title_only:
        return cut(one.title, [], marks)
    spare = len(one.abstract) - (WIDTH - 2 - len(one.title))
    start = int(noise.integers(0, spare + 1)) if spare > 0 and second < spec.window else -1
    return cut(one.title, one.abstract, marks, start)


def _batch(views: Sequence[list[int]], items: Sequence[Item]) -> _Batch:
    ids, seen = padded(views)
    pairs = [(row, *pair) for row, one in enumerate(items) for pair in one.pairs]
    heavy = [one.pair_weight for one in items for _ in one.pairs]
    return _Batch(
        ids,
        seen,
        torch.from_numpy(np.stack([one.truth for one in items])),
        torch.from_numpy(np.stack([one.weight for one in items])),
        torch.tensor(pairs, dtype=torch.long).reshape(-1, 3),
        torch.tensor(heavy),
    )


def padded(views: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    """Ids and whether a piece is one, both (texts, longest)."""
    width = max(map(len, views))
    ids = torch.zeros((len(views), width), dtype=torch.long)
    seen = torch.zeros((len(views), width), dtype=torch.bool)
    for row, view in enumerate(views):
        ids[row, : len(view)] = torch.tensor(view)
        seen[row, : len(view)] = True
    return ids, seen


def _loss(logits: Tensor, batch: _Batch) -> Tensor:
    """Weighted cross-entropy of labels, summed over them, and of contributions."""
    own = F.binary_cross_entropy_with_logits(logits[:, :LABELS], batch.truth, batch.weight)
    loss = own * LABELS / 6
    if len(batch.pairs):
        told = directions(logits[batch.pairs[:, 0]], batch.pairs[:, 1])
        each = F.cross_entropy(told, batch.pairs[:, 2], reduction="none")
        loss = loss + 0.5 * (each * batch.pair_weight).sum() / len(logits)
    return loss


def directions(logits: Tensor, goals: Tensor) -> Tensor:
    """Logits of contributions (pairs, KINDS) from those of texts (pairs, OUTPUTS)."""
    places = LABELS + KINDS * (1 + goals)[:, None] + torch.arange(KINDS)
    return logits[:, LABELS : LABELS + KINDS] + torch.gather(logits, 1, places)


def score(model: Encoder, views: Sequence[list[int]]) -> Floats:
    """Logits (texts, OUTPUTS) of pieces with marks."""
    out = np.zeros((len(views), OUTPUTS), np.float32)
    order = sorted(range(len(views)), key=lambda place: len(views[place]))
    model.eval()
    for first in range(0, len(order), 32):
        rows = order[first : first + 32]
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            out[rows] = model(*padded([views[row] for row in rows])).float().numpy()
    return out
