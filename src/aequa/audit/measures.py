"""The shares that an audit estimates, and what one work's labels say about each of them.

The definitions are those of the report (``evidence.progress``, ``evidence.issues``): a work
supports a goal when its contribution is supports or mixed, hinders it when hinders or mixed, and
all shares but the first are of the AI works.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from aequa.audit.moments import Bools
from aequa.core.works import AREAS, CHALLENGES

GOALS = range(1, 18)
SUPPORTS = ("supports", "mixed")
HINDERS = ("hinders", "mixed")


class Measure(NamedTuple):
    """One share: of the AI works those with a label (``ai``: of all works the AI works)."""

    measure: str
    """ai, explicit, applied, hinders, goal, goal_supports, challenge or area."""
    key: str | None = None
    """The goal's number or the name of the challenge or area; None where there is but one."""


MEASURES: tuple[Measure, ...] = (
    *(Measure(name) for name in ("ai", "explicit", "applied", "hinders")),
    *(Measure("goal", str(goal)) for goal in GOALS),
    *(Measure("goal_supports", str(goal)) for goal in GOALS),
    *(Measure("challenge", name) for name in CHALLENGES),
    *(Measure("area", name) for name in AREAS),
)
_AT = {measure: place for place, measure in enumerate(MEASURES)}


class Judgement(NamedTuple):
    """What somebody says about one work; None is an answer that was not given."""

    ai: bool | None
    goals: tuple[tuple[int, str | None], ...] | None = ()
    """Goals with their contribution, one of ``core.works.CONTRIBUTIONS``."""
    challenges: tuple[str, ...] | None = ()
    areas: tuple[str, ...] | None = ()


class Indicators(NamedTuple):
    """Judgements as arrays over N works and the K ``MEASURES``."""

    yes: Bools
    """(N, K, 2): has the label, and belongs to the denominator."""
    known: Bools
    """(N, K): whether the question was answered."""


def judgements(labels: pa.Table) -> list[Judgement]:
    """The machine's labels (schema ``core.works.LABELS``) as judgements, in the table's order."""
    return list(_judgements(labels))


def _judgements(labels: pa.Table) -> Iterator[Judgement]:
    columns = [labels[name].to_pylist() for name in ("ai", "goals", "challenges", "areas")]
    for ai, goals, challenges, areas in zip(*columns, strict=True):
        yield Judgement(
            None if ai is None else ai["label"],
            None if goals is None else tuple((g["goal"], g["contribution"]) for g in goals),
            None if challenges is None else tuple(part["name"] for part in challenges),
            None if areas is None else tuple(part["name"] for part in areas),
        )


def indicators(rows: Sequence[Judgement]) -> Indicators:
    """What each judgement says about each measure.

    >>> made = indicators([Judgement(True, ((3, "mixed"),), ("bias",)), Judgement(False)])
    >>> [tuple(m) for m, yes in zip(MEASURES, made.yes[0, :, 0]) if yes]  # doctest: +ELLIPSIS
    [('ai', None), ('explicit', None), ('hinders', None), ('goal', '3'), ('goal_supports', '3'), ...
    >>> int(made.yes[1].sum())
    1
    """
    yes = np.zeros((len(rows), len(MEASURES), 2), np.bool_)
    known = np.ones((len(rows), len(MEASURES)), np.bool_)
    yes[:, 0, 1] = True
    for number, row in enumerate(rows):
        if row.ai is None:
            known[number] = False
        elif row.ai:
            yes[number, :, 1] = True
            yes[number, [_AT[measure] for measure in _labels(row)], 0] = True
            for measure in _unknown(row):
                known[number, _AT[measure]] = yes[number, _AT[measure], 0]
    return Indicators(yes, known)


def _labels(row: Judgement) -> Iterator[Measure]:
    yield Measure("ai")
    for goal, contribution in row.goals or ():
        yield Measure("goal", str(goal))
        if contribution in SUPPORTS:
            yield Measure("explicit")
            yield Measure("goal_supports", str(goal))
        if contribution in HINDERS:
            yield Measure("hinders")
    if row.areas:
        yield Measure("applied")
    yield from (Measure("challenge", name) for name in row.challenges or ())
    yield from (Measure("area", name) for name in row.areas or ())


def _unknown(row: Judgement) -> Iterable[Measure]:
    """Measures without an answer, unless another answer settles them."""
    kinds: set[str] = set()
    if row.goals is None:
        kinds |= {"goal", "goal_supports", "explicit", "hinders"}
    if row.challenges is None:
        kinds |= {"challenge"}
    if row.areas is None:
        kinds |= {"area", "applied"}
    vague = {str(goal) for goal, contribution in row.goals or () if contribution is None}
    if vague:
        kinds |= {"explicit", "hinders"}
    unclear = (Measure("goal_supports", goal) for goal in vague)
    if not kinds:
        return list(unclear)
    return [*unclear, *(measure for measure in MEASURES if measure.measure in kinds)]
