"""Citation impact: where a work stands among works of the same field, year and type.

A cell is field × year × type; an unknown field or type is a value of its own, so such works are
compared with each other. A work without a year or a citation count is in no cell and gets null.

Top shares follow Waltman & Schreiber (2013), "On the calculation of percentile-based bibliometric
indicators", JASIST 64(2), 372–379, doi:10.1002/asi.22775: works tied at the threshold share the
remaining places equally, so exactly 10 % (1 %) of each cell is top, whatever the ties.

A source's own statement goes before ours. A work for which the source gives a percentile, top1 or
top10 has the origin ``source``: what it gives is kept (true is 1, false is 0), what follows from
it is added (top 1 % implies top 10 %, not top 10 % implies not top 1 %), and only what is then
still missing is taken from the cell. All other works in a cell have the origin ``computed``.

``store.py`` says the same in SQL, to run out of core; a test holds the two together.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from aequa.core.works import RAW, WORKS

SMALL_CELL = 100
"""Cells of fewer works are flagged: one work is then more than a percentile."""
UNKNOWN = "unknown"
"""The value that stands for an unknown field or type when cells are formed."""
CELL = pa.schema(
    [RAW.field(name) for name in ("field", "year", "type", "cited_by", "percentile")]
    + [RAW.field("top1"), RAW.field("top10")]
)
"""What ``assign`` needs of each work."""
IMPACT = pa.schema(
    [
        WORKS.field(name)
        for name in ("percentile", "percentile_origin", "top1", "top10", "cell_size", "cell_small")
    ]
)
"""What ``assign`` gives for each work."""

Floats = npt.NDArray[np.float64]


class Standing(NamedTuple):
    """Where each work of one cell stands; arrays of length n, in the order given."""

    percentile: Floats
    top1: Floats
    top10: Floats


def standing(cited_by: npt.ArrayLike) -> Standing:
    """Percentiles and top weights within one cell.

    With n works, of which b are cited less, e equally (itself included) and g more::

        percentile = (b + e / 2) / n             ties stand at the middle of the places they share
        top(p)     = clip((p·n − g) / e, 0, 1)   Waltman & Schreiber 2013: sums to p·n exactly

    Args:
        cited_by: n citation counts.

    >>> standing([0, 5, 5, 5, 9, 1, 1, 1, 1, 1]).top10.tolist()  # 1 place, one work above all
    [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    >>> standing([7, 7, 7, 7, 0, 0, 0, 0, 0, 0]).top10.tolist()[:5]  # 1 place, four tie for it
    [0.25, 0.25, 0.25, 0.25, 0.0]
    >>> standing([0, 3, 3, 8]).percentile.tolist()
    [0.125, 0.5, 0.5, 0.875]
    """
    counts = np.asarray(cited_by, dtype=np.int64)
    _, group, sizes = np.unique(counts, return_inverse=True, return_counts=True)
    equal = sizes[group].astype(np.float64)
    below = (np.cumsum(sizes) - sizes)[group].astype(np.float64)
    return Standing(
        (below + equal / 2) / max(len(counts), 1),
        _top(below, equal, len(counts), 100),
        _top(below, equal, len(counts), 10),
    )


def _top(below: Floats, equal: Floats, size: int, one_in: int) -> Floats:
    more = size - below - equal
    return np.clip((size / one_in - more) / equal, 0.0, 1.0)


def assign(works: pa.RecordBatch) -> pa.RecordBatch:
    """Impact of each work of a whole corpus: ``CELL`` columns in, ``IMPACT`` out, same order.

    This is the reference that the SQL of ``store.py`` is tested against; it holds all works.
    """
    rows: list[dict[str, Any]] = works.select(CELL.names).to_pylist()
    cells: dict[tuple[str, int, str], list[int]] = {}
    for place, row in enumerate(rows):
        if row["year"] is not None and row["cited_by"] is not None:
            key = (row["field"] or UNKNOWN, row["year"], row["type"] or UNKNOWN)
            cells.setdefault(key, []).append(place)
    found: list[dict[str, Any]] = [{} for _ in rows]
    for members in cells.values():
        stand = standing([rows[place]["cited_by"] for place in members])
        for at, place in enumerate(members):
            percentile, top1, top10 = (float(column[at]) for column in stand)
            size = len(members)
            found[place] = {"percentile": percentile, "top1": top1, "top10": top10, "size": size}
    return pa.RecordBatch.from_pylist(
        [settle(row, cell) for row, cell in zip(rows, found, strict=True)], schema=IMPACT
    )


def settle(given: dict[str, Any], cell: dict[str, Any]) -> dict[str, Any]:
    """One work's impact from what its source says and what its cell says (module rule).

    Args:
        given: the source's ``percentile``, ``top1``, ``top10`` (or None).
        cell: ``percentile``, ``top1``, ``top10`` and ``size`` of the cell; empty without a cell.

    >>> settle({"percentile": None, "top1": True, "top10": None}, {})["top10"]
    1.0
    """
    top1, top10 = given["top1"], given["top10"]
    if top10 is None and top1:
        top10 = True
    if top1 is None and top10 is False:
        top1 = False
    size = cell.get("size")
    stated = any(given[name] is not None for name in ("percentile", "top1", "top10"))
    return {
        "percentile": cell.get("percentile")
        if given["percentile"] is None
        else given["percentile"],
        "percentile_origin": "source" if stated else "computed" if cell else None,
        "top1": cell.get("top1") if top1 is None else float(top1),
        "top10": cell.get("top10") if top10 is None else float(top10),
        "cell_size": size,
        "cell_small": None if size is None else size < SMALL_CELL,
    }
