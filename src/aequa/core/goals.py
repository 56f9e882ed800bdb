"""The 17 Sustainable Development Goals: number, name and official colour."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Goal(NamedTuple):
    """One goal of the 2030 Agenda (UN General Assembly resolution 70/1)."""

    goal: int
    name: str
    colour: str
    """Official colour as ``#RRGGBB`` (UN SDG guidelines, 2023)."""


@cache
def goals() -> tuple[Goal, ...]:
    """All 17 goals in order.

    >>> goals()[2].name
    'Good Health and Well-being'
    """
    text = files("aequa.core").joinpath("goals.json").read_text(encoding="utf-8")
    return tuple(Goal(**row) for row in json.loads(text))
