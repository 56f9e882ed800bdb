"""Labels of a person and of the machine in, shares with valid intervals out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from aequa.audit.collapse import collapse
from aequa.audit.inference import Estimates, estimate
from aequa.audit.measures import MEASURES, Indicators, Judgement, indicators
from aequa.audit.moments import Array, Bools, moments
from aequa.core.errors import InputError

FEW = 10
"""With fewer labelled works than this in its denominator a share is not estimated."""
LEVEL = 0.95
TITLE = "Shares of the corpus, corrected by a person's labels of a random sample"
NOTE = (
    "Estimates for the whole corpus from a random stratified sample that a person labelled, "
    "combined with the machine's labels of all works by stratified prediction-powered inference"
    " (Angelopoulos et al. 2023; PPI++ 2023; Fisch et al. 2024). machine: the uncorrected "
    "share, as in the other tables. share, low, high: the estimate and its 95 % interval, which"
    " covers errors of the machine and the chance of the sample, with finite population "
    "correction, but not errors of the person. measure ai is of all works, all others are of "
    "the AI works; explicit, applied and hinders as in the headline; goal: any contribution; "
    "goal_supports: supports or mixed. labelled: works that the person placed in the "
    "denominator; found: those of them that have the label; null shares have fewer than {few}. "
    "effective: works of the denominator that a person alone would have to label, drawn at "
    "random, for an interval as narrow. tuning: the weight λ of the machine's labels. precision"
    " and recall: agreement of the machine with the person, weighted to the corpus. {labelled} "
    "works were labelled in strata {strata}."
)


class Result(NamedTuple):
    """What an audit found."""

    data: pa.Table
    """One row per measure: measure, key, machine, share, low, high, found, labelled, effective,
    tuning, precision, recall."""
    strata: tuple[tuple[str, ...], ...]
    """The strata as used; those with too few labels are joined (``collapse``)."""
    note: str


def audit(
    machine: Sequence[Judgement], stratum: Sequence[str], person: Mapping[int, Judgement]
) -> Result:
    """Estimate every measure.

    Args:
        machine: the machine's judgement of every work.
        stratum: the stratum of every work when the sample was drawn.
        person: the person's judgements by position of the work.

    Raises:
        InputError: fewer than ``FEW`` works are labelled.
    """
    if len(person) < FEW:
        raise InputError(f"{len(person)} works are labelled, expected {FEW} or more")
    places = sorted(person)
    groups = collapse(stratum, places)
    number = {name: at for at, group in enumerate(groups) for name in group}
    codes = np.array([number[name] for name in stratum], np.int64)
    said, human = indicators(machine), indicators([person[place] for place in places])
    found = estimate(moments(codes, said.yes, places, human.yes), LEVEL)
    agreed = agreement(weights(codes, places), said.yes[places, :, 0], human.yes[..., 0])
    table = _table(said, human, found, agreed)
    strata = ", ".join(" + ".join(group) for group in groups)
    return Result(table, groups, NOTE.format(few=FEW, labelled=len(places), strata=strata))


def weights(codes: np.ndarray[tuple[int], np.dtype[np.int64]], places: Sequence[int]) -> Array:
    """(n,) works of the corpus that each labelled work stands for: N_h / n_h.

    >>> weights(np.array([0, 0, 0, 1]), [0, 2, 3]).tolist()
    [1.5, 1.5, 1.0]
    """
    mine = codes[np.asarray(places)]
    return np.asarray(np.bincount(codes)[mine] / np.bincount(mine)[mine])


def agreement(weight: Array, machine: Bools, person: Bools) -> tuple[Array, Array]:
    """Precision and recall of the machine, (K,) each, NaN where nothing was labelled.

    >>> machine, person = np.array([[True], [True], [False]]), np.array([[True], [False], [True]])
    >>> precision, recall = agreement(np.array([2.0, 1.0, 1.0]), machine, person)
    >>> round(float(precision[0]), 3), round(float(recall[0]), 3)
    (0.667, 0.667)
    """
    both, said, meant = weight @ (machine & person), weight @ machine, weight @ person
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(both / said), np.asarray(both / meant)


def machine_shares(said: Indicators) -> Array:
    """The machine's uncorrected shares, unknown answers left out as in the report, (K,)."""
    count = (said.yes[..., 0] & said.known).sum(axis=0)
    of = (said.yes[..., 1] & said.known).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(count / of)


def _table(
    said: Indicators, human: Indicators, found: Estimates, agreed: tuple[Array, Array]
) -> pa.Table:
    labelled = human.yes[..., 1].sum(axis=0)
    enough = labelled >= FEW
    shares = {
        name: np.where(enough, getattr(found, name), np.nan)
        for name in ("share", "low", "high", "effective", "tuning")
    }
    shares["effective"] = np.where(np.isinf(shares["effective"]), np.nan, shares["effective"])
    columns = {"machine": machine_shares(said), **shares}
    columns |= {"precision": agreed[0], "recall": agreed[1]}
    order = ("machine", "share", "low", "high", "found", "labelled", "effective", "tuning")
    doubles = {
        name: pa.array(values, pa.float64(), from_pandas=True) for name, values in columns.items()
    }
    doubles["labelled"] = pa.array(labelled, pa.int64())
    doubles["found"] = pa.array(human.yes[..., 0].sum(axis=0), pa.int64())
    return pa.table(
        {
            "measure": pa.array([measure.measure for measure in MEASURES], pa.string()),
            "key": pa.array([measure.key for measure in MEASURES], pa.string()),
            **{name: doubles[name] for name in (*order, "precision", "recall")},
        }
    )
