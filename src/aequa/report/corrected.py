"""Shares beside their correction for label errors: on what basis, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aequa.report import formats
from aequa.report.accuracy import part, uncorrected
from aequa.report.figure import Cell, Material
from aequa.report.names import name
from aequa.report.stored import Row

HEADS = ("Corrected, interval", "Basis")
"""Columns beside a labelled share."""
READINGS = ("explicit", "applied", "hinders")


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

    >>> with_interval({"share": 0.3, "low": 0.25, "high": 0.35}).replace(formats.SPACE, " ")
    '30.0 % (25.0–35.0 %)'
    """
    return (
        f"{formats.share(row.get('share'))} ({formats.interval(row.get('low'), row.get('high'))})"
    )


def why(row: Row) -> str:
    """Why a share could not be corrected.

    >>> why({"basis": "none", "reason": "too few judged works: 3 positives"}), why({})
    ('too few judged works: 3 positives', 'no error rates are known')
    """
    return str(row.get("reason") or "no error rates are known")


def cells(row: Row) -> tuple[Cell, Cell]:
    """The corrected share with its interval, and its basis or why there is none."""
    if not is_corrected(row):
        return Cell(formats.MISSING), Cell(f"none: {why(row)}", numeric=False)
    return Cell(with_interval(renamed(row))), Cell(_basis(row), numeric=False)


def _basis(row: Row) -> str:
    """What a correction rests on.

    >>> _basis({"basis": "error rates", "judged": 512, "positives": 80})
    'error rates (80 of 512 judged works)'
    """
    ground, judged, positives = (row.get(name) for name in ("basis", "judged", "positives"))
    if formats.known(judged) is None or formats.known(positives) is None:
        return str(ground)
    return f"{ground} ({formats.count(positives)} of {formats.plural(judged, 'judged work')})"


def explained(labelled: Row, row: Row) -> str:
    """What stands under a large number: its interval, and how it came about or why it did not."""
    if is_corrected(row):
        found = formats.interval(row["corrected_low"], row["corrected_high"])
        return (
            f"95{formats.SPACE}% interval {found}, corrected for label errors by "
            f"{_basis(row)}; as labelled: {with_interval(labelled)}"
        )
    found = formats.interval(labelled.get("low"), labelled.get("high"))
    return (
        f"95{formats.SPACE}% interval {found}, as labelled; could not be corrected for label "
        f"errors: {why(row)}"
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
        "An audit lies in this folder (audit.parquet), but it belongs to another corpus or to "
        "other labels, so it was not used; aequa audit estimate makes it anew."
    ]


def _by_audit(rows: Sequence[Row]) -> str:
    works = formats.plural(_most(rows, "judged"), "AI work")
    return (
        f"A person judged {works} drawn at random from this corpus, and numbers with the basis "
        "audit join these judgements with the machine's labels, so that their intervals cover "
        "label errors (prediction-powered inference)."
    )


def _by_rates(rows: Sequence[Row]) -> str:
    works = formats.plural(_most(rows, "judged"), "judged work")
    return (
        f"Numbers with the basis error rates are corrected by the label errors counted on {works} "
        "drawn at random from Scopus, AI venues and arXiv; their intervals cover chance in both. "
        "That labels err in your corpus as they did there is an assumption; the command aequa "
        "audit replaces it by a look at your own works."
    )


def _most(rows: Sequence[Row], column: str) -> float | None:
    return max((found for row in rows if (found := formats.known(row.get(column)))), default=None)


def _left(rows: Mapping[str, Row]) -> list[str]:
    """Which readings stay as labelled although others are corrected, and why."""
    return [
        f"{name('reading', key)} could not be corrected for label errors: {why(row)}."
        for key, row in rows.items()
        if formats.known(row.get("share")) is not None
    ]


def _reasons(rows: Mapping[str, Row]) -> list[str]:
    """Why no reading could be corrected; nothing where the table was not made."""
    found = list(dict.fromkeys(why(row) for row in rows.values() if row))
    return [f"They could not be corrected: {'; '.join(found)}."] if found else []


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
    return (
        f"Over {formats.count(tp + fp + fn + tn)} judged works drawn at random, "
        f'"supports a goal" has precision {formats.decimal(tp / (tp + fp))} and recall '
        f"{formats.decimal(tp / (tp + fn))}."
    )


AS_LABELLED = (
    "are as labelled: they are not corrected for label errors, which may differ between them."
)
"""What a section says once of all its shares without a column of corrected ones."""
