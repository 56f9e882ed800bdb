"""Shares beside their correction for label errors: on what basis, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aequa.report import formats
from aequa.report.accuracy import part, uncorrected
from aequa.report.figure import Cell, Material
from aequa.report.names import name
from aequa.report.reasons import reason
from aequa.report.stored import Row
from aequa.report.words import say

READINGS = ("explicit", "applied", "hinders")


def heads() -> tuple[str, str]:
    """Heads of the columns beside a labelled share."""
    return say("Corrected, interval"), say("Basis")


def of(material: Material, measure: str, key: object = None, scope: str = "all") -> Row:
    """The row of the table ``corrected``, or an empty one."""
    code = None if key is None else str(key)
    return material.stored.row("corrected", measure=measure, key=code, scope=scope)


def is_corrected(row: Row) -> bool:
    """Whether a corrected share with its interval is known."""
    columns = ("corrected", "corrected_low", "corrected_high")
    return all(formats.known(row.get(column)) is not None for column in columns)


def renamed(row: Row) -> Row:
    """The corrected share and interval under the names of a labelled one."""
    return {
        "share": row["corrected"],
        "low": row["corrected_low"],
        "high": row["corrected_high"],
    }


def with_interval(row: Row) -> str:
    """A labelled share with its interval.

    >>> with_interval({"share": 0.3, "low": 0.25, "high": 0.35})
    '30.0% (25.0–35.0%)'
    """
    return (
        f"{formats.share(row.get('share'))} ({formats.interval(row.get('low'), row.get('high'))})"
    )


def why(row: Row) -> str:
    """Why a share could not be corrected.

    >>> why({"basis": "none", "reason": "too few judged works: 3 positives"}), why({})
    ('too few judged works: 3 positives', 'no error rates are known')
    """
    return reason(str(row.get("reason") or "no error rates are known"))


def cells(row: Row) -> tuple[Cell, Cell]:
    """The corrected share with its interval, and its basis or why there is none."""
    if not is_corrected(row):
        return Cell(formats.missing()), Cell(say("none: {why}", why=why(row)), numeric=False)
    return Cell(with_interval(renamed(row))), Cell(_basis(row), numeric=False)


def _basis(row: Row) -> str:
    """What a correction rests on.

    >>> _basis({"basis": "error rates", "judged": 512, "positives": 80})
    'error rates (80 of 512 judged works)'
    """
    ground, judged, positives = (row.get(name) for name in ("basis", "judged", "positives"))
    if formats.known(judged) is None or formats.known(positives) is None:
        return name("ground", ground)
    return say(
        "{ground} ({positives} of {judged} judged works)",
        ground=name("ground", ground),
        positives=formats.count(positives),
        judged=formats.count(judged),
    )


def explained(labelled: Row, row: Row) -> str:
    """What stands under a large number: its interval, and how it came about or why it did not."""
    if is_corrected(row):
        found = formats.interval(row["corrected_low"], row["corrected_high"])
        return say(
            "95% interval {found}, corrected for label errors by {basis}; as labelled: {labelled}",
            found=found,
            basis=_basis(row),
            labelled=with_interval(labelled),
        )
    found = formats.interval(labelled.get("low"), labelled.get("high"))
    return say(
        "95% interval {found}, as labelled; could not be corrected for label errors: {why}",
        found=found,
        why=why(row),
    )


def caution(material: Material) -> str:
    """How far the large numbers are corrected for label errors, on what ground, and what is not."""
    rows = {key: of(material, key) for key in READINGS}
    audited = [row for row in rows.values() if is_corrected(row) and row["basis"] == "audit"]
    rated = [row for row in rows.values() if is_corrected(row) and row["basis"] != "audit"]
    said = []
    if audited:
        said.append(_by_audit(audited))
    if rated:
        said.append(_by_rates(rated))
    if audited or rated:
        said += _left({key: row for key, row in rows.items() if not is_corrected(row)})
    else:
        said += [uncorrected(material.about.get("card") or {}), *_reasons(rows)]
    return " ".join([*said, *other_audit(material)])


def other_audit(material: Material) -> list[str]:
    """That an audit lies beside the page which is not of these works and labels, if so."""
    if material.about.get("audit") != "other":
        return []
    return [
        say(
            "An audit lies in this folder (audit.parquet), but it belongs to another corpus or to "
            "other labels, so it was not used; aequa audit estimate makes it anew."
        )
    ]


def _by_audit(rows: Sequence[Row]) -> str:
    return say(
        "A person judged AI works drawn at random from this corpus ({n} of them), and numbers with "
        "the basis audit join these judgements with the machine's labels, so that their intervals "
        "cover label errors (prediction-powered inference).",
        n=formats.count(_most(rows, "judged")),
    )


def _by_rates(rows: Sequence[Row]) -> str:
    return say(
        "Numbers with the basis error rates are corrected by the label errors counted on {n} "
        "judged works drawn at random from Scopus, AI venues and arXiv; their intervals cover "
        "chance in both. That labels err in your corpus as they did there is an assumption; the "
        "command aequa audit replaces it by a look at your own works.",
        n=formats.count(_most(rows, "judged")),
    )


def _most(rows: Sequence[Row], column: str) -> float | None:
    return max((found for row in rows if (found := formats.known(row.get(column)))), default=None)


def _left(rows: Mapping[str, Row]) -> list[str]:
    """Which readings stay as labelled although others are corrected, and why."""
    return [
        say(
            "{reading} could not be corrected for label errors: {why}.",
            reading=name("reading", key),
            why=why(row),
        )
        for key, row in rows.items()
        if formats.known(row.get("share")) is not None
    ]


def _reasons(rows: Mapping[str, Row]) -> list[str]:
    """Why no reading could be corrected; nothing where the table was not made."""
    found = list(dict.fromkeys(why(row) for row in rows.values() if row))
    return [say("They could not be corrected: {why}.", why="; ".join(found))] if found else []


def supports(card: Mapping[str, Any]) -> str:
    """Precision and recall of the reading explicit, as counted on works drawn at random.

    >>> supports({"error_rates": {"explicit": {"tp": 60, "fp": 20, "fn": 40, "tn": 392}}})
    'Over 512 judged works drawn at random, "supports a goal" has precision 0.75 and recall 0.60.'
    >>> supports({})
    ''
    """
    held = part(card, "error_rates", "explicit")
    tp, fp, fn, tn = (formats.known(held.get(which)) for which in ("tp", "fp", "fn", "tn"))
    if tp is None or fp is None or fn is None or tn is None or not tp:
        return ""
    return say(
        'Over {n} judged works drawn at random, "supports a goal" has precision {precision} and '
        "recall {recall}.",
        n=formats.count(tp + fp + fn + tn),
        precision=formats.decimal(tp / (tp + fp)),
        recall=formats.decimal(tp / (tp + fn)),
    )
