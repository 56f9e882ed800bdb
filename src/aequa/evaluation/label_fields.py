"""The fields of a labelled record, checked: what is found, and what was expected instead.

Every function raises ``RecordError`` for a value it cannot use.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from aequa.core.errors import RecordError
from aequa.core.works import CONTRIBUTIONS

GOALS = 17
_SIGNS = {"+": "supports", "-": "hinders", "−": "hinders", "±": "mixed", "0": "neutral"}
_SHORT_GOAL = re.compile(r"(1[0-7]|[1-9])(?:([+\-−±])|[:=]([a-z0+\-−±]+))?")
_TRUTH = {"1": True, "0": False, "true": True, "false": False}


def texts(raw: dict[str, Any]) -> tuple[str | None, str | None]:
    """Title and abstract; of a ``text`` whose label is AI or not, the first sentence is the title,
    as in the CSET sample of arXiv."""
    whole = string(raw, "text")
    if whole is None:
        title, abstract = string(raw, "title"), string(raw, "abstract")
        if title is None and abstract is None:
            raise RecordError("title, abstract, text: found no text, expected at least one")
        return title, abstract
    if "label" in raw:
        first, _, rest = whole.partition(". ")
        return first or None, rest or None
    return None, whole


def identifier(raw: dict[str, Any], line: int) -> str:
    """The text's name, or the line where it ends."""
    meta = raw.get("meta")
    value = raw.get("id", meta.get("id") if isinstance(meta, dict) else None)
    if value is None:
        return f"line {line}"
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise RecordError(f"id: found {shown(value)}, expected a string")
    return str(value)


def string(raw: dict[str, Any], name: str) -> str | None:
    """A string that is not blank, None when absent or blank."""
    value = raw.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise RecordError(f"{name}: found {shown(value)}, expected a string")
    return value.encode("utf-8", "replace").decode("utf-8") if value.strip() else None


def yes(raw: dict[str, Any], name: str) -> bool | None:
    """Whether a field says yes, None when absent."""
    value = raw.get(name)
    if value is None:
        return None
    known = _TRUTH.get(str(value).strip().lower()) if isinstance(value, str | int) else None
    if known is None:
        raise RecordError(f"{name}: found {shown(value)}, expected 1 or 0, true or false")
    return known


def goals(value: Any) -> dict[int, str | None] | None:
    """Goal to contribution in any of the forms, None when not recorded."""
    if value is None:
        return None
    if isinstance(value, str):
        return _short_goals(value)
    if isinstance(value, dict):
        return {_goal(goal): _contribution(goal, said) for goal, said in value.items()}
    if isinstance(value, list):
        return dict.fromkeys(map(_goal, value))
    raise RecordError(f"goals: found {shown(value)}, expected an object or a list of 1 to 17")


def _short_goals(value: str) -> dict[int, str | None]:
    """Goals as a spreadsheet writes them: ``3+ 10-``, ``3:neutral``, ``none``."""
    parts = value.lower().replace(",", " ").replace(";", " ").split()
    if parts == ["none"]:
        return {}
    found: dict[int, str | None] = {}
    for part in parts:
        match = _SHORT_GOAL.fullmatch(part)
        if match is None:
            raise RecordError(f"goals: found {part[:40]!r}, expected such as '3+ 10-' or 'none'")
        said = match[2] or match[3]
        found[int(match[1])] = None if said is None else _contribution(match[1], said)
    return found


def _goal(value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"1[0-7]|[1-9]", str(value)):
        raise RecordError(f"goals: found {shown(value)}, expected 1 to {GOALS}")
    return int(value)


def _contribution(goal: Any, value: Any) -> str | None:
    said = _SIGNS.get(value, value) if isinstance(value, str) else value
    if said is None or said in CONTRIBUTIONS:
        return said
    expected = f"{', '.join(CONTRIBUTIONS)} or null"
    raise RecordError(f"goals.{goal}: found {shown(value)}, expected {expected}")


def names(raw: dict[str, Any], field: str, valid: Sequence[str]) -> frozenset[str] | None:
    """Challenges or areas, None when not recorded."""
    value = raw.get(field)
    if isinstance(value, str):
        value = value.lower().replace(",", " ").replace(";", " ").split()
        value = [] if value == ["none"] else value
    if value is None:
        return None
    if not isinstance(value, list) or any(name not in valid for name in value):
        raise RecordError(f"{field}: found {shown(value)}, expected of {', '.join(valid)}")
    return frozenset(value)


def shown(value: Any) -> str:
    """A value as an error shows it."""
    return repr(value)[:60]
