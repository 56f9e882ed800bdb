"""The composite index, step by step as the OECD/JRC handbook (2008) has it.

Latest values → transforms → limits on what is missing → outliers → normalisation → weights →
aggregation → uncertainty. Every step is in the log, so that the result can be made again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from aequa.core.panel import Panel
from aequa.divide import index_tables as tables
from aequa.divide.compose import base, compose
from aequa.divide.ranks import ranks
from aequa.divide.robust import Setup, uncertainty
from aequa.divide.screen import Screened, screen
from aequa.divide.sensitivity import sensitivity
from aequa.divide.spec import Spec
from aequa.divide.structure import Structure

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Indexed:
    """An index and all that it was made of."""

    index: pa.Table
    """Per country: score, rank, and their medians and intervals (``index_tables.INDEX``)"""
    pillars: pa.Table
    """Per country and pillar: score, parts observed and parts there are (``PILLARS``)"""
    indicators: pa.Table
    """Per country and indicator: value, year, normalised score (``INDICATORS``)"""
    weights: pa.Table
    """Per part: its pillar, its weight there and in the index (``WEIGHTS``)"""
    steps: pa.Table
    """What was done, in order (``STEPS``)"""
    excluded: pa.Table
    """What was left out, and why (``EXCLUDED``)"""
    spec: Spec
    structure: Structure
    """Without the indicators that were left out"""
    screened: Screened
    setup: Setup
    normalised: Floats
    """(countries, indicators), 0 to 100"""
    scores: Floats
    """(nodes, countries)"""


def index(panel: Panel, structure: Structure, spec: Spec) -> Indexed:
    """The index of ``structure`` over the countries of ``panel`` that have enough data.

    Raises ``InputError`` where fewer than two countries or no indicator are left, ``SpecError``
    where an indicator has no direction.
    """
    seen = screen(panel, structure, spec)
    normalised, done = base(seen, spec.missing, spec.normalise, spec)
    setup, scores, own = compose(seen, normalised, spec)
    uncertain = uncertainty(setup, spec) if spec.runs else None
    placed = ranks(scores[-1])
    return Indexed(
        index=tables.index(seen, scores[-1], placed, uncertain),
        pillars=tables.pillars(seen, scores),
        indicators=tables.indicators(seen, normalised),
        weights=tables.weights(seen, setup, own),
        steps=tables.steps(seen, done, spec, normalised),
        excluded=tables.excluded(seen),
        spec=spec,
        structure=seen.structure,
        screened=seen,
        setup=setup,
        normalised=normalised,
        scores=scores,
    )


def choices(indexed: Indexed) -> pa.Table:
    """Which choice moves the ranks: Sobol' indices of an index (``sensitivity.TABLE``)."""
    return sensitivity(indexed.setup, indexed.spec)
