"""The second reading: which works of a batch the encoder reads, and what it says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aequa.classify import encoder
from aequa.classify.features import Floats, Words


@dataclass(frozen=True)
class Second:
    """The works of a batch that the encoder read."""

    place: dict[int, int]
    """Row in the batch → place in the lists below, in order of rows"""
    reads: list[encoder.Read]
    scores: list[encoder.Score]
    fresh: dict[int, bytes]
    """Row in the batch → vector, where none that fitted was given"""

    @property
    def rows(self) -> list[int]:
        """Their places in the batch, rising."""
        return list(self.place)

    @property
    def logits(self) -> Floats:
        """Mean outputs of the encoder, shape (works read, ``encoder.OUTPUTS``)."""
        rows = [score.logits for score in self.scores]
        return np.stack(rows) if rows else np.zeros((0, encoder.OUTPUTS), np.float32)


def again(
    texts: Sequence[tuple[str, str]],
    works: Sequence[Words],
    wanted: Any,
    given: Sequence[bytes | None],
) -> Second:
    """Read the ``wanted`` works (booleans, one a work) that the encoder can read.

    ``texts`` are titles and abstracts. A vector in ``given`` stands for reading the work again, if
    it is of this encoder and these words; anything else there is passed over.

    Raises:
        ModelError: a work is to be read, and the shipped encoder is missing or damaged.
    """
    done = Second({}, [], [], {})
    for row in np.flatnonzero(wanted).tolist():
        read = encoder.read(*texts[row], works[row].language)
        if read is not None:
            score = _score(read, given[row], row, done.fresh)
            done.place[row] = len(done.reads)
            done.reads.append(read)
            done.scores.append(score)
    return done


def _score(
    read: encoder.Read, known: bytes | None, row: int, fresh: dict[int, bytes]
) -> encoder.Score:
    model = encoder.shipped()
    found = model.decode(known, read) if known is not None else None
    if found is None:
        fresh[row] = model.vector(read)
        found = model.decode(fresh[row], read)
    assert found is not None
    return found
