"""Evidence of the accurate tier: what each word of a work adds to the score of a goal.

That score weighs the margin of the linear model and the logit of the encoder, so a word has a share
by each. The encoder's logit is the mean of its head over all pieces, hence the share of a word is
that of its pieces, exactly; the share of an average piece of the text is taken off, or long phrases
and words of many pieces would win by length (the head of every piece knows of the whole text).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aequa.classify.encoder import Read, Score, Starts
from aequa.classify.features import Floats
from aequa.classify.models import SECOND_INPUTS, TRAITS
from aequa.classify.phrases import Weighed, spans


def evidence(first: Sequence[Weighed], goal: int, read: Read, score: Score) -> list[str]:
    """One to three spans copied from the title or the abstract, the weightiest first.

    ``first`` holds title and abstract with what each word adds by the linear model, in the unit of
    the encoder's logit (see ``pull``). ``goal`` counts from 0. Empty only without words.
    """
    words = np.array(read.pieces.words)
    added = np.zeros(len(read.title) + len(read.abstract))
    shares = score.steps[:, goal] * float(score.unit[goal])
    np.add.at(added, words[words >= 0], shares[words >= 0])
    title, abstract = first
    middle = len(read.title)
    return spans(
        [
            _with(title, read.title, added[:middle]),
            _with(abstract, read.abstract, added[middle:]),
        ]
    )


def pull(calibration: Floats, facts: Floats) -> tuple[float, float]:
    """By how much a goal's score grows with its margin, and with the encoder's logit.

    ``calibration`` has one number per ``SECOND_INPUTS``, ``facts`` one per ``TRAITS``.

    >>> pull(np.arange(len(SECOND_INPUTS)), np.array([0, 0, 1]))
    (7.0, 19.0)
    """
    own = dict(zip(SECOND_INPUTS, calibration.tolist(), strict=True))
    given = dict(zip(TRAITS, facts.tolist(), strict=True))
    margin, encoder = (
        own[name] + sum(fact * own[f"{trait} × {name}"] for trait, fact in given.items())
        for name in ("margin", "encoder")
    )
    return float(margin), float(encoder)


def _with(first: Weighed, given: Starts, added: npt.NDArray[np.float64]) -> Weighed:
    """What words add by the encoder too; ``given`` is where each word it was given begins.

    What it was given belongs to the last word of the text that starts before its end.
    """
    moved = first.moved.copy()
    if first.found:
        owner = np.searchsorted([token.start for token in first.found], given, "right") - 1
        inside = (owner >= 0) & (given < np.array([token.end for token in first.found])[owner])
        np.add.at(moved, owner[inside], added[inside])
    return first._replace(moved=moved)
