"""``aequa evaluate``: the figures in the model card, or new ones on labelled texts.

It opens files and runs the classifier; what is counted, and how it is shown, is in ``evaluation``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.text import Text

from aequa.classify import encoder, engine, models
from aequa.core.errors import InputError, SpecError
from aequa.evaluation import drawing, seen, tables
from aequa.evaluation.answers import Answers, answers, true_goals
from aequa.evaluation.figures import SEED, figures
from aequa.evaluation.grids import Grid
from aequa.evaluation.labelled import Labelled, Reading, parse
from aequa.evaluation.metrics import compared
from aequa.evaluation.targets import DEFAULT, measures, tiers
from aequa.progress import Tell
from aequa.runners.local import cores, map_batches
from aequa.sources import stream

BATCH = 200
"""Texts per batch: few, since the slow tier reads some dozens a second."""
_EXTRAS = ("comparison", "learning_curve", "general", "targets")
_NOT_FIGURES = {"version", "seed", "spec", "training", "tiers", *_EXTRAS}
_NOT_FIGURES |= {"weights_sha256", "encoder_sha256"}


class Section(NamedTuple):
    """Tables under one heading."""

    heading: str
    grids: Sequence[Grid]


def recorded(tier: str | None) -> dict[str, Any]:
    """The cross-validated figures that the card holds of the shipped weights.

    Keys: ``version``, ``weights_sha256``, ``measures`` (see ``targets.measures``), ``figures``
    (tier → figures), and whatever the card holds of comparison, learning_curve, general, targets.

    Raises:
        ModelError: weights or card are missing or damaged, or do not belong together.
        SpecError: the card has no figures of this tier.
    """
    card = _checked_card()
    known = tiers(card)
    if tier is not None and tier not in known:
        raise SpecError(f"--tier: found {tier}, expected one the card knows: {', '.join(known)}")
    parts = {
        name: {key: value for key, value in part.items() if key not in _NOT_FIGURES}
        for name, part in known.items()
        if tier in (None, name)
    }
    return {
        "version": card.get("version"),
        "weights_sha256": card.get("weights_sha256"),
        "measures": measures(card),
        "figures": parts,
        **{key: card[key] for key in _EXTRAS if key in card},
    }


def recorded_sections(tier: str | None) -> list[Section]:
    """``recorded`` for people."""
    card = models.card()
    heading = (
        f"Shipped weights {str(card.get('weights_sha256'))[:12]}, version {card.get('version')}:"
        " cross-validated figures of the model card"
    )
    return [Section(heading, tables.of_card(card, tier))]


def measured(paths: Sequence[Path], tier: str | None, compare: bool, tell: Tell) -> dict[str, Any]:
    """Figures of the shipped weights on labelled files, classified now.

    Keys: ``version`` of the card, ``weights_sha256``, ``tier``, and ``files``, for each of which
    ``file``, ``read``, ``used``, ``rejected``, ``rejects``; ``repeated`` (texts equal to
    an earlier one of the file); ``trained_on`` (how many of its texts the weights have seen, null
    when that is not recorded); ``second_reading`` (texts read by the
    encoder, and how many of them it gave other goals); ``figures`` of unseen texts and
    ``figures_trained_on`` of the others, null without any; ``comparisons`` of tiers.

    Raises:
        InputError: a file is missing or damaged, or holds no usable record.
        FormatError: a file is neither JSON lines nor CSV of labelled texts.
        ModelError: the shipped weights are missing or damaged.
    """
    card, chosen = _checked_card(), tier or DEFAULT
    others = [name for name in engine.TIERS if compare and name != chosen]
    digests = _training_digests()
    return {
        "version": card.get("version"),
        "weights_sha256": card.get("weights_sha256"),
        "tier": chosen,
        "files": [_file(path, chosen, others, digests, tell) for path in paths],
    }


def measured_sections(result: Mapping[str, Any]) -> list[Section]:
    """``measured`` for people: what is no evidence stands apart, under a heading that says so."""
    found = []
    for one in result["files"]:
        about = f"{one['file']}, tier {result['tier']}"
        if one["figures"] is not None:
            grids = [
                *tables.of_figures(one["figures"]),
                *(_versus(result["tier"], row) for row in one["comparisons"]),
            ]
            found.append(Section(f"{about}: {_origin(one)}", grids))
        if one["figures_trained_on"] is not None:
            number = one["figures_trained_on"]["works"]
            heading = f"{about}: NO EVIDENCE, the weights were trained on these {number:,} texts"
            found.append(Section(heading, tables.of_figures(one["figures_trained_on"])))
    return found


def told(one: Mapping[str, Any]) -> str:
    """One line on a file: its books, training texts, and what the second tier did."""
    parts = [f"{one['read']:,} read = {one['used']:,} used + {one['rejected']:,} rejected"]
    if one["repeated"]:
        parts.append(f"{one['repeated']:,} repeat an earlier text of the file")
    trained = one["trained_on"]
    parts.append(
        "which texts the weights were trained on is not recorded"
        if trained is None
        else f"the weights were trained on {trained:,} of them"
    )
    second = one["second_reading"]
    if second["works"]:
        again = f"{second['works']:,} read by the accurate tier"
        parts.append(f"{again}, which changed the goals of {second['changed']:,}")
    return f"{one['file']}: {'; '.join(parts)}"


def show(sections: Iterable[Section]) -> None:
    """Print sections to standard output: drawn on a terminal, else as plain aligned lines."""
    console = Console()
    for section in sections:
        if console.is_terminal:
            console.print(Text(f"\n{section.heading}", style="bold reverse"))
            drawing.on_terminal(section.grids, console)
        else:
            print(f"{section.heading}\n{'=' * len(section.heading)}\n")
            print(drawing.as_text(section.grids))


def _checked_card() -> dict[str, Any]:
    """The card, once the weights (of both tiers, where it names both) are those it describes."""
    models.shipped()
    card = models.card()
    if "encoder_sha256" in card:
        encoder.shipped()
    return card


def _origin(one: Mapping[str, Any]) -> str:
    number = one["figures"]["works"]
    if one["trained_on"] is None:
        return f"{number:,} texts, of which some may be training texts"
    return f"{number:,} texts that the weights have not seen"


def _versus(tier: str, row: Mapping[str, Any]) -> Grid:
    return tables.of_comparison(f"Tier {tier} less tier {row['other']}, same texts", row)


def _file(
    path: Path, tier: str, others: Sequence[str], digests: seen.Digests | None, tell: Tell
) -> dict[str, Any]:
    reading = _read(path)
    texts = reading.texts
    said, second = _classified(texts, tier, f"{path}, {tier}", tell)
    codes = [seen.fingerprint(text.title, text.abstract) for text in texts]
    trained = np.zeros(len(texts), bool) if digests is None else seen.contains(digests, codes)
    fresh = np.flatnonzero(~trained)
    return {
        "file": str(path),
        "read": reading.read,
        "used": len(texts),
        "rejected": len(reading.rejects),
        "rejects": [{"line": row.record, "reason": row.reason} for row in reading.rejects],
        "repeated": len(codes) - len(set(codes)),
        "trained_on": None if digests is None else int(trained.sum()),
        "second_reading": second,
        "figures": _figures(texts, said, fresh),
        "figures_trained_on": _figures(texts, said, np.flatnonzero(trained)),
        "comparisons": [_compared(texts, said, fresh, other, path, tell) for other in others],
    }


def _read(path: Path) -> Reading:
    with stream.open_bytes(path) as raw:
        stream.peek(raw, path)
        reading = parse(stream.lines(raw, path), str(path))
    if not reading.texts:
        why = reading.rejects[0] if reading.rejects else None
        first = f": line {why.record}: {why.reason}" if why else ""
        raise InputError(f"{path}: no usable labelled text{first}")
    return reading


def _figures(texts: Sequence[Labelled], said: Answers, rows: Any) -> dict[str, Any] | None:
    if not len(rows):
        return None
    return figures([texts[row] for row in rows.tolist()], said.part(rows))


def _compared(
    texts: Sequence[Labelled], said: Answers, rows: Any, other: str, path: Path, tell: Tell
) -> dict[str, Any]:
    """The paired difference in goals to another tier, on unseen texts with all goals recorded."""
    whole = [row for row in rows.tolist() if texts[row].goals is not None and texts[row].complete]
    chosen = [texts[row] for row in whole]
    against, _ = _classified(chosen, other, f"{path}, {other}", tell)
    return {"other": other, **compared(true_goals(chosen), said.goals[whole], against.goals, SEED)}


def _classified(
    texts: Sequence[Labelled], tier: str, step: str, tell: Tell
) -> tuple[Answers, dict[str, int]]:
    """What a tier says of texts, and how many the encoder read and gave other goals."""
    counts: Counter[str | None] = Counter()
    classify = partial(engine.classify_batch, spec=engine.Spec(scores=True, tier=tier))
    made = map_batches(classify, _batches(texts), workers=cores())
    said = answers(_counted(made, counts, len(texts), step, tell))
    works = counts["agreed"] + counts["changed"]
    return said, {"works": works, "changed": counts["changed"]}


def _counted(
    batches: Iterable[pa.RecordBatch],
    counts: Counter[str | None],
    total: int,
    step: str,
    tell: Tell,
) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in batches:
        counts.update(batch.column("second_reading").to_pylist())
        done += batch.num_rows
        tell(step, done, total)
        yield batch


def _batches(texts: Sequence[Labelled]) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(texts), BATCH):
        part = texts[start : start + BATCH]
        columns = [
            pa.array([str(start + place) for place in range(len(part))], pa.string()),
            pa.array([text.title for text in part], pa.string()),
            pa.array([text.abstract for text in part], pa.string()),
        ]
        yield pa.RecordBatch.from_arrays(columns, names=["id", "title", "abstract"])


def _training_digests() -> seen.Digests | None:
    """Digests of the texts the shipped weights were trained on, None when they are not shipped."""
    path = files("aequa.classify").joinpath("seen.npy")
    return seen.from_bytes(path.read_bytes()) if path.is_file() else None
