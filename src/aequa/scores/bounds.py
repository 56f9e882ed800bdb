"""The values of each indicator that score 0 and 100, given or computed, and those without."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from aequa.core.panel import Cube
from aequa.scores.normalise import Floats, computed_bounds, latest

BOUNDS = pa.schema(
    [
        pa.field("indicator", pa.string(), nullable=False),
        pa.field("lower", pa.float64()),
        pa.field("optimum", pa.float64()),
        pa.field("origin", pa.string(), nullable=False),
    ]
)
"""One row per indicator that is scored; ``origin`` is ``given`` or ``computed``."""


class Bounds(NamedTuple):
    """Arrays over the indicators of a cube."""

    lower: Floats
    optimum: Floats
    given: npt.NDArray[np.bool_]
    """Both bounds come from the panel."""
    reasons: tuple[str, ...]
    """Why an indicator cannot be scored; empty where it can."""

    @property
    def usable(self) -> npt.NDArray[np.bool_]:
        """Which indicators can be scored."""
        return np.array([not reason for reason in self.reasons], bool)

    def table(self, indicators: tuple[str, ...]) -> pa.Table:
        """The bounds of the indicators that are scored, of schema ``BOUNDS``."""
        origin = np.where(self.given, "given", "computed").tolist()
        columns = [list(indicators), self.lower.tolist(), self.optimum.tolist(), origin]
        arrays = [
            pa.array(column, field.type) for column, field in zip(columns, BOUNDS, strict=True)
        ]
        return pa.Table.from_arrays(arrays, schema=BOUNDS).filter(pa.array(self.usable))


def bounds_of(cube: Cube, rows: pa.Table) -> Bounds:
    """The bounds of a cube's indicators; ``rows`` describes them in the cube's order.

    What the panel gives is kept; what it lacks is computed (``computed_bounds``).
    """
    lower, optimum = (_numbers(rows, name) for name in ("lower", "optimum"))
    direction = _numbers(rows, "direction")
    given = ~(np.isnan(lower) | np.isnan(optimum))
    low, high = computed_bounds(latest(cube.values), direction)
    lower, optimum = (
        np.where(np.isnan(lower), low, lower),
        np.where(np.isnan(optimum), high, optimum),
    )
    reasons = _reasons(lower, optimum, direction)
    return Bounds(lower, optimum, given, reasons)


def _numbers(rows: pa.Table, name: str) -> Floats:
    return np.asarray(rows[name].cast(pa.float64()).to_numpy(), np.float64)


def _reasons(lower: Floats, optimum: Floats, direction: Floats) -> tuple[str, ...]:
    unknown = np.isnan(lower) | np.isnan(optimum)
    against = (np.sign(optimum - lower) != direction) & ~np.isnan(direction)
    which = [unknown, optimum == lower, against]
    texts = [
        "no bounds given and no direction to compute them by",
        "a constant series: the lower bound equals the optimum",
        "the bounds run against the direction",
    ]
    return tuple(str(text) for text in np.select(which, texts, ""))
