"""Texts to a file of labels: batches to all cores, with what the encoder found earlier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from aequa.classify import engine
from aequa.output import write_labels
from aequa.runners.local import cores, map_batches
from aequa.vectors import Vectors, location


class Labelled(NamedTuple):
    """What a run of the classifier did: works labelled, read by the encoder, given other goals."""

    works: int
    second: int
    changed: int

    def told(self) -> str:
        """What the accurate tier did, for people.

        >>> Labelled(works=8000, second=1034, changed=312).told()
        '1,034 (12.9 %) read by the accurate tier, which changed the goals of 312'
        """
        if not self.second:
            return "none read by the accurate tier"
        share = 100 * self.second / max(self.works, 1)
        return (
            f"{self.second:,} ({share:.1f} %) read by the accurate tier,"
            f" which changed the goals of {self.changed:,}"
        )


def label(
    batches: Iterable[pa.RecordBatch],
    spec: engine.Spec,
    out: Path,
    watch: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]] = iter,
) -> Labelled:
    """Label batches with ``id``, ``title`` and ``abstract``; ``watch`` sees the labels pass.

    Raises:
        SpecError: the suffix of ``out`` names no format.
        ModelError: the shipped weights are missing or damaged.
    """
    told: Counter[str | None] = Counter()
    read = partial(engine.classify_remembering, spec=spec)
    with Vectors(None if spec.tier == "fast" else location()) as known:
        made = map_batches(read, map(known.attach, batches), workers=cores())
        works = write_labels(watch(_tallied(map(known.detach, made), told)), out)
    return Labelled(works, told["agreed"] + told["changed"], told["changed"])


def _tallied(
    batches: Iterable[pa.RecordBatch], told: Counter[str | None]
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        told.update(batch.column("second_reading").to_pylist())
        yield batch
