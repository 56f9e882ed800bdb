"""Scores of indicators to goals and goals to an index, with what stands in for missing values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


def carried(values: Floats, years: int) -> tuple[Floats, Flags]:
    """The values with the last one carried on for at most so many years, and which were carried.

    ``values`` (…, years), one column for each calendar year. Nothing is carried back.

    >>> filled, by = carried(np.array([1.0, np.nan, np.nan, 4.0]), 1)
    >>> filled.tolist(), by.tolist()
    ([1.0, 1.0, nan, 4.0], [False, True, False, False])
    """
    seen = ~np.isnan(values)
    place = np.broadcast_to(np.arange(values.shape[-1]), values.shape)
    last = np.maximum.accumulate(np.where(seen, place, -1), axis=-1)
    within = ~seen & (last >= 0) & (place - last <= years)
    found = np.take_along_axis(values, np.maximum(last, 0), axis=-1)
    return np.where(within, found, values), within


def group_means(scores: Floats, group: Places, counts: Flags) -> Floats:
    """The plain mean of each country's group, in place of every score.

    ``scores`` (countries, items, years); ``group`` (countries,), the number of each country's
    group or −1 for none; ``counts`` (countries, years), who counts in the mean. NaN where the
    group has no score.

    >>> scores = np.array([[[60.0]], [[80.0]], [[np.nan]], [[10.0]]])
    >>> group_means(scores, np.array([0, 0, 0, -1]), np.full((4, 1), True))[:, 0, 0].tolist()
    [70.0, 70.0, 70.0, nan]
    """
    member = group[None, :] == np.arange(group.max(initial=-1) + 1)[:, None]
    known = ~np.isnan(scores) & counts[:, None, :]
    total = np.tensordot(member.astype(float), np.where(known, scores, 0.0), axes=1)
    size = np.tensordot(member.astype(float), known.astype(float), axes=1)
    mean = np.divide(total, size, out=np.full(size.shape, np.nan), where=size > 0)
    nowhere = np.full((1, *scores.shape[1:]), np.nan)
    return np.asarray(np.concatenate([mean, nowhere])[group], np.float64)


def mean_of_available(scores: Floats, least_share: float) -> Floats:
    """The mean over axis 1 where at least ``least_share`` of its members, and one, has a value.

    >>> mean_of_available(np.array([[[50.0], [np.nan]], [[np.nan], [np.nan]]]), 0.5).tolist()
    [[50.0], [nan]]
    """
    known = ~np.isnan(scores)
    count = known.sum(axis=1)
    # Half of a millionth of a share absorbs the rounding of products such as 0.2 × 5.
    enough = (count > 0) & (count >= least_share * scores.shape[1] - 5e-7)
    total = np.where(known, scores, 0.0).sum(axis=1)
    mean = np.divide(total, count, out=np.full(count.shape, np.nan), where=enough)
    return np.asarray(mean, np.float64)


def goal_scores(
    scores: Floats, goals: Places, stand_in: Floats, filled_goals: tuple[int, ...], least: float
) -> tuple[Floats, tuple[int, ...], int]:
    """Scores of goals (countries, goals, years), which goals these are, and the cells filled.

    ``scores`` (countries, indicators, years) of 0 to 100; ``goals`` (indicators,), 0 for none. A
    goal is the mean of its available indicators (Lafortune et al. 2018). In ``filled_goals`` a
    missing indicator takes the value of ``stand_in`` where another of its goal is available.

    >>> two = np.array([[[40.0], [np.nan]]])
    >>> goal_scores(two, np.array([4, 4]), np.full((1, 2, 1), 80.0), (4,), 0.2)[0].tolist()
    [[[60.0]]]
    """
    present = tuple(int(goal) for goal in np.unique(goals[goals > 0]))
    made, filled = [], 0
    for goal in present:
        part = scores[:, goals == goal]
        if goal in filled_goals:
            some = ~np.isnan(part).all(axis=1, keepdims=True)
            full = np.where(np.isnan(part) & some, stand_in[:, goals == goal], part)
            filled += int((np.isnan(part) & ~np.isnan(full)).sum())
            part = full
        made.append(mean_of_available(part, least))
    empty = np.empty((scores.shape[0], 0, scores.shape[2]))
    return np.stack(made, axis=1) if made else empty, present, filled


def index(goals: Floats, group: Places, counts: Flags) -> tuple[Floats, Places]:
    """The index (countries, years) and how many goals of each were filled.

    The mean of all goals, where a missing one takes the mean of the country's group; NaN for
    those who do not count, and where a goal is missing in the whole group.
    Source: Sachs et al. 2021, part 4, and their workbook ("Goal … Regional Score").

    >>> goals = np.array([[[50.0], [np.nan]], [[70.0], [90.0]]])
    >>> scores, filled = index(goals, np.array([0, 0]), np.full((2, 1), True))
    >>> scores.tolist(), filled.tolist()
    ([[70.0], [80.0]], [[1], [0]])
    """
    if not goals.shape[1]:
        return np.full(counts.shape, np.nan), np.zeros(counts.shape, np.int64)
    missing = np.isnan(goals)
    full = np.where(missing, group_means(goals, group, counts), goals)
    found = np.where(counts, full.mean(axis=1), np.nan)
    return found, np.asarray(np.where(np.isnan(found), 0, missing.sum(axis=1)), np.int64)


def covered(scores: Floats, goals: Places, least: float) -> Flags:
    """Where (countries, years) at least this share of the indicators that have a goal is known.

    >>> covered(np.array([[[50.0], [np.nan]]]), np.array([1, 2]), 0.8).tolist()
    [[False]]
    """
    known = ~np.isnan(scores[:, goals > 0])
    return np.asarray(known.sum(axis=1) >= max(least * known.shape[1] - 5e-7, 1), bool)


def places(countries: Sequence[str], regions: Mapping[str, str]) -> Places:
    """The number of each country's group, −1 where it has none or the group is ``unclassified``.

    >>> places(("KEN", "XXX", "NOR"), {"KEN": "Africa", "NOR": "Europe"}).tolist()
    [0, -1, 1]
    """
    names = [regions.get(country, "") for country in countries]
    known = sorted(set(names) - {"", "unclassified"})
    return np.array([known.index(name) if name in known else -1 for name in names], np.int64)
