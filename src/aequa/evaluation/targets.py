"""What the labels must reach, and whether the figures of a card do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

DEFAULT = "cascade"
"""The tier whose figures stand at the top level of a card."""
_LANGUAGE_GAP = 0.10
_GAIN = 0.03


def tiers(card: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The figures of each tier in a card, the default one first.

    >>> list(tiers({"goals": {}, "tiers": {"fast": {"goals": {}}}}))
    ['cascade', 'fast']
    """
    others = {name: part for name, part in card.get("tiers", {}).items() if name != DEFAULT}
    return {DEFAULT: card, **others}


def measures(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each target with its figure: ``tier, measure, value, interval, n, bound, least, reached``.

    ``reached`` is None where the card holds no figure. Entries of the card's own ``targets`` that
    name a ``measure`` and a ``value`` are added as they are.
    """
    known = tiers(card)
    rows = []
    for target in _targets():
        part = _inside(known.get(target["tier"]), target["path"])
        rows.append(
            {
                "tier": target["tier"],
                "measure": target["measure"],
                **_reached(_inside(part, target["value"]), target["bound"], float(target["least"])),
                "interval": _inside(part, target["interval"]),
                "n": _inside(part, target["n"]),
            }
        )
    rows += [_language_gap(card), *_gains(card)]
    own = card.get("targets")
    for row in own if isinstance(own, list) else []:
        if isinstance(row, Mapping) and {"measure", "value"} <= set(row):
            rows.append(dict(row))
    return rows


def _reached(value: Any, bound: str, limit: float) -> dict[str, Any]:
    reached = None
    if isinstance(value, int | float):
        reached = value >= limit if bound == "at least" else value <= limit
    return {"value": value, "bound": bound, "least": limit, "reached": reached}


def _language_gap(card: Mapping[str, Any]) -> dict[str, Any]:
    """How far the weakest language lies below English in micro F1 of goals."""
    rows = card.get("languages") or {}
    scores = {name: _inside(row, "micro_f1") for name, row in rows.items()}
    known = {name: value for name, value in scores.items() if isinstance(value, int | float)}
    others = {name: value for name, value in known.items() if name != "en"}
    weakest = min(others, key=lambda name: (others[name], name)) if others else None
    gap = round(known["en"] - others[weakest], 4) if weakest and "en" in known else None
    which = f" ({weakest})" if weakest else ""
    return {
        "tier": DEFAULT,
        "measure": f"weakest language{which} below English, micro F1 of goals",
        **_reached(gap, "at most", _LANGUAGE_GAP),
        "interval": None,
        "n": _inside(rows.get(weakest), "works"),
    }


def _gains(card: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """How far the default tier lies above TF-IDF + linear on general texts, where compared."""
    listed = card.get("comparison")
    for row in listed if isinstance(listed, list) else []:
        gain = _inside(row, "over_baseline")
        if gain is not None and row.get("model") == DEFAULT:
            yield {
                "tier": DEFAULT,
                "measure": f"{row.get('set')}: macro F1 above TF-IDF + linear",
                **_reached(_inside(gain, "macro_difference"), "at least", _GAIN),
                "interval": _inside(gain, "macro_interval"),
                "n": row.get("works"),
            }


def _inside(part: Any, path: str) -> Any:
    """The value under keys joined by dots, None where one is missing."""
    for key in path.split("."):
        part = part.get(key) if isinstance(part, Mapping) else None
    return part


@cache
def _targets() -> list[dict[str, str]]:
    text = files("aequa.evaluation").joinpath("targets.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
