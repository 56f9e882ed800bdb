"""Figures as tables for people, the weakest first. How they are drawn is in ``drawing``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aequa.core.goals import goals
from aequa.evaluation import grids
from aequa.evaluation.grids import Grid, between, number, signed, without_empty_columns
from aequa.evaluation.targets import DEFAULT, measures, tiers

_WEAKEST = 5
_EXTRA = {
    "comparison": "Named models on the same texts",
    "learning_curve": "Learning curve",
    "general": "Sets never trained on",
}
_HEADINGS = {
    "micro_f1": "micro F1",
    "macro_f1": "macro F1",
    "docs_per_second": "texts per second",
}


def of_card(card: Mapping[str, Any], tier: str | None = None) -> list[Grid]:
    """All that a card says: targets first, then each tier (or one), then what else it holds."""
    found = [_measures(measures(card))]
    known = tiers(card)
    for name, part in known.items():
        if tier in (None, name):
            label = f"{name}: " if len(known) > 1 else ""
            found += [grid._replace(title=f"{label}{grid.title}") for grid in of_figures(part)]
    if len(known) > 1:
        found.append(_side_by_side(known))
    found += [_generic(title, card[key]) for key, title in _EXTRA.items() if card.get(key)]
    return [without_empty_columns(grid) for grid in found if grid.rows]


def of_figures(part: Mapping[str, Any]) -> list[Grid]:
    """The tables of one set of figures; what is not there is left out."""
    overall = part.get("goals_overall", {})
    recorded = part.get("recorded_goal", {})
    found = [
        _weakest_goals(part.get("goals", {})),
        _weakest_languages(part.get("languages", {})),
        grids.overall("Goals, all labels together", overall),
        grids.labels("Goals one by one", _goal_rows(part.get("goals", {}))),
        grids.recorded(recorded),
        grids.labels(
            "The recorded goal (precision: at least)", _goal_rows(recorded.get("goals", {}))
        ),
        grids.overall("Challenges and areas, all labels together", _kinds(part)),
        grids.labels("Challenges", part.get("challenges", {}).items()),
        grids.labels("Areas", part.get("areas", {}).items()),
        grids.directions(part.get("contribution", {})),
        grids.labels("Harm to a goal, goal and direction both right", _harm(part)),
        grids.labels("AI or not", grids.nested("all", part.get("ai", {}))),
        grids.languages(part.get("languages", {})),
        grids.sources(part.get("sources", {})),
        grids.calibration(overall),
        grids.reliability(part.get("reliability", [])),
        grids.confusion(part.get("confusion", {})),
    ]
    return [without_empty_columns(grid) for grid in found if grid.rows]


def of_comparison(title: str, row: Mapping[str, Any]) -> Grid:
    """The paired difference of two models, from ``metrics.compared``."""
    rows = tuple(
        (f"{kind} F1", signed(row[f"{kind}_difference"]), between(row[f"{kind}_interval"]))
        for kind in ("micro", "macro")
    )
    note = f"{row['works']:,} texts, {row['changed']:,} of them with other goals; 0 outside the "
    return Grid(title, ("goals", "difference", "95 %"), rows, note + "interval is a difference")


def _measures(rows: Sequence[Mapping[str, Any]]) -> Grid:
    cells = tuple(
        (
            str(row["measure"]),
            str(row.get("tier", "")),
            number(row["value"]),
            between(row.get("interval")),
            number(row.get("n")),
            f"{row.get('bound', '')} {row['least']:g}".strip() if "least" in row else "",
            number(row.get("reached")),
        )
        for row in rows
    )
    head = ("measure", "tier", "figure", "95 %", "n", "must be", "reached")
    return Grid("What must be reached", head, cells, "n/a: the card holds no such figure")


def _weakest_goals(rows: Mapping[str, Any]) -> Grid:
    order = sorted(rows, key=lambda goal: (rows[goal].get("f1") is None, _f1(rows[goal])))
    weakest = {goal: rows[goal] for goal in order[:_WEAKEST]}
    return grids.labels("The weakest goals", _goal_rows(weakest))


def _weakest_languages(rows: Mapping[str, Any]) -> Grid:
    order = sorted(rows, key=lambda name: rows[name].get("micro_f1") or 0.0)
    if len(rows) < 2:
        return Grid("The weakest languages", (), ())
    return grids.languages({name: rows[name] for name in order[:3]}, "The weakest languages")


def _f1(row: Mapping[str, Any]) -> float:
    return float(row.get("f1") or 0.0)


def _goal_rows(rows: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    names = {str(goal.goal): goal.name for goal in goals()}
    for goal, row in rows.items():
        yield f"{goal} {names.get(str(goal), '')}".strip(), row


def _kinds(part: Mapping[str, Any]) -> dict[str, Any]:
    names = ("challenges", "areas")
    return {name: part[f"{name}_overall"] for name in names if f"{name}_overall" in part}


def _harm(part: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    row = part.get("contribution", {}).get("end_to_end")
    if row is not None:
        yield "hinders or mixed", row


def _side_by_side(known: Mapping[str, Mapping[str, Any]]) -> Grid:
    sets = list(
        dict.fromkeys(name for part in known.values() for name in part.get("goals_overall", {}))
    )
    cells = []
    for name in sets:
        rows = [part.get("goals_overall", {}).get(name, {}) for part in known.values()]
        scores = [f"{number(row.get('micro_f1'))} / {number(row.get('macro_f1'))}" for row in rows]
        cells.append((name.replace("_", " "), *scores))
    title = "The tiers side by side: micro / macro F1 of goals"
    return Grid(title, ("texts", *known), tuple(cells), f"default: {DEFAULT}")


def _generic(title: str, rows: Any) -> Grid:
    """A list of records, or records by name, as they are; intervals stay beside their figure."""
    if isinstance(rows, Mapping):
        rows = [
            {"set": name, **(row if isinstance(row, Mapping) else {"figure": row})}
            for name, row in rows.items()
        ]
    rows = [_flat(row) for row in rows if isinstance(row, Mapping)]
    keys = list(dict.fromkeys(key for row in rows for key, value in row.items() if _plain(value)))
    head = tuple(_HEADINGS.get(key, key.replace("_", " ")) for key in keys)
    cells = tuple(tuple(_cell(row.get(key)) for key in keys) for row in rows)
    return Grid(title, head, cells)


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A record with the entries of records inside it beside its own."""
    found: dict[str, Any] = {}
    for key, value in row.items():
        inner = value.items() if isinstance(value, Mapping) else None
        found |= {key: value} if inner is None else {f"{key} {name}": one for name, one in inner}
    return found


def _plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float) or between(value) != ""


def _cell(value: Any) -> str:
    return between(value) or number(value) if isinstance(value, list | tuple) else number(value)
