"""Named models side by side on the same works."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aequa.evaluation.metrics import Bools, compared, with_interval


def side_by_side(truth: Bools, models: Mapping[str, Bools], seed: int) -> list[dict[str, Any]]:
    """One row a model: its micro and macro F1, and how far it lies from the first model.

    ``truth`` and each model's labels have shape (works, labels), rows in the same order: out-of-
    fold labels when the models were fitted on the same folds. Differences and their intervals are
    paired (``metrics.compared``); the first model has none.

    >>> import numpy as np
    >>> truth = np.array([[True, False], [False, True]])
    >>> rows = side_by_side(truth, {"plain": truth & False, "ours": truth}, seed=1)
    >>> [(row["model"], row["micro_f1"]) for row in rows], rows[1]["macro_difference"]
    ([('plain', 0.0), ('ours', 1.0)], 1.0)
    """
    first = next(iter(models), None)
    rows = []
    for name, assigned in models.items():
        row = {"model": name, **with_interval(truth, assigned, seed)}
        if name != first:
            apart = compared(truth, assigned, models[first or name], seed)
            for kind in ("micro", "macro"):
                row[f"{kind}_difference"] = apart[f"{kind}_difference"]
                row[f"{kind}_difference_interval"] = apart[f"{kind}_interval"]
        rows.append(row)
    return rows
