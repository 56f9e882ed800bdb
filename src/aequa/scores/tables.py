"""Arrays of scores back to panels and tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from aequa.core.goals import goals as all_goals
from aequa.core.panel import CELLS, INDICATORS, NATURES, Panel
from aequa.scores.aggregate import Flags, Floats, Places

UNIT = "score of 0 to 100"

INDEX = pa.schema(
    [
        pa.field("country", pa.string(), nullable=False),
        pa.field("year", pa.int16(), nullable=False),
        pa.field("index", pa.float64(), nullable=False),
        pa.field("goals", pa.int16(), nullable=False),
        pa.field("filled", pa.int16(), nullable=False),
    ]
)
"""One row per country and year with an index: goals it is the mean of, and how many of these are
the mean of the country's group for want of its own."""

EXCLUSIONS = pa.schema(
    [
        pa.field("what", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("cells", pa.int64(), nullable=False),
    ]
)
"""What has no score and why. ``what`` is ``indicator`` (not scored), ``goal`` (scored, in no goal)
or ``country`` (no index in some years); ``cells`` counts the observations or years left out."""

_CARRIED = 1 + NATURES.index("carried")


def scored_rows(rows: pa.Table) -> pa.Table:
    """The indicators as they are after scoring: 0 is worst and 100 best."""
    size = rows.num_rows
    new = {"direction": 1, "unit": UNIT, "lower": 0.0, "optimum": 100.0}
    for name, value in new.items():
        at = rows.schema.get_field_index(name)
        column = pa.array([value] * size, INDICATORS.field(name).type)
        rows = rows.set_column(at, INDICATORS.field(name), column)
    return rows.cast(INDICATORS)


def goal_rows(present: Sequence[int], rows: pa.Table) -> pa.Table:
    """The description of the indicators ``goal:1`` … ``goal:17``."""
    names = {goal.goal: goal.name for goal in all_goals()}
    licences = set(rows["licence"].drop_null().to_pylist()) if rows.num_rows else set()
    shared = licences.pop() if len(licences) == 1 and not rows["licence"].null_count else None
    columns = [
        {"indicator": f"goal:{goal}", "name": names[goal], "goal": goal, "licence": shared}
        for goal in present
    ]
    return scored_rows(pa.Table.from_pylist(columns, INDICATORS)).sort_by("indicator")


def long_cells(
    values: Floats,
    natures: npt.NDArray[np.uint8],
    countries: Sequence[str],
    indicators: Sequence[str],
    years: Sequence[int],
) -> pa.Table:
    """Every value that is not NaN as a row of ``CELLS``, sorted."""
    row, column, year = np.nonzero(~np.isnan(values))
    names = pa.array([*NATURES], pa.string())
    nature = natures[row, column, year].astype(np.int64)
    arrays = [
        pa.array(list(countries), pa.string()).take(pa.array(row)),
        pa.array(list(indicators), pa.string()).take(pa.array(column)),
        pa.array(np.asarray(years, np.int16)[year] if len(years) else [], pa.int16()),
        pa.array(values[row, column, year], pa.float64()),
        names.take(pa.array(nature - 1, pa.int64(), mask=nature == 0)),
    ]
    order = [(name, "ascending") for name in ("country", "indicator", "year")]
    return pa.Table.from_arrays(arrays, schema=CELLS).sort_by(order)


def goal_natures(
    natures: npt.NDArray[np.uint8], known: Flags, goals: Places, present: Sequence[int]
) -> npt.NDArray[np.uint8]:
    """The nature of each goal's score (countries, goals, years), as in ``Cube.natures``.

    ``carried`` where all its parts are carried on; else what the parts that are not share, or
    unknown (0) where they differ. ``natures`` and ``known`` (countries, indicators, years).

    >>> of = np.array([[[5], [5], [1]]], np.uint8)
    >>> goal_natures(of, of > 0, np.array([1, 1, 2]), [1, 2])[0, :, 0].tolist()
    [5, 1]
    """
    made = []
    for goal in present:
        part, seen = natures[:, goals == goal], known[:, goals == goal]
        fresh = seen & (part != _CARRIED)
        most = np.where(fresh, part, 0).max(axis=1)
        least = np.where(fresh, part, 255).min(axis=1)
        own = np.where(most == least, most, 0)
        made.append(np.where(fresh.any(axis=1), own, _CARRIED))
    shape = (natures.shape[0], 0, natures.shape[2])
    return (np.stack(made, axis=1) if made else np.empty(shape)).astype(np.uint8)


def panel_of(
    values: Floats,
    natures: npt.NDArray[np.uint8],
    at: tuple[Sequence[str], Sequence[str], Sequence[int]],
    rows: pa.Table,
) -> Panel:
    """A panel of scores; ``at`` names countries, indicators and years of the arrays' axes."""
    panel = Panel(long_cells(values, natures, *at), rows)
    return panel.of(sorted(set(panel.cells["indicator"].to_pylist())))


def index_table(
    scores: Floats, goals: int, filled: Places, countries: Sequence[str], years: Sequence[int]
) -> pa.Table:
    """The rows of ``INDEX``; ``scores`` and ``filled`` (countries, years)."""
    row, year = np.nonzero(~np.isnan(scores))
    arrays = [
        pa.array(list(countries), pa.string()).take(pa.array(row)),
        pa.array(np.asarray(years, np.int16)[year] if len(years) else [], pa.int16()),
        pa.array(scores[row, year], pa.float64()),
        pa.array(np.full(len(row), goals), pa.int16()),
        pa.array(filled[row, year], pa.int16()),
    ]
    return pa.Table.from_arrays(arrays, schema=INDEX)
