"""The shares of the page, corrected for label errors where their rates are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from aequa.core.results import Table
from aequa.core.works import AREAS, CHALLENGES
from aequa.evidence.correction import Rates, misfit, prevalence, prevalence_interval, refusal
from aequa.evidence.counting import GOALS, SCOPE_ORDER, by_scope
from aequa.evidence.flat import Corpus
from aequa.evidence.known import Known, label_of
from aequa.evidence.shares import Head, share_table
from aequa.evidence.spec import Spec

READINGS = ("explicit", "applied", "hinders")
_NAMES = {
    "challenge": [*CHALLENGES, "any"],
    "area": [*AREAS, "none"],
}
_ITEMS = " UNION ALL ".join(
    [
        f"SELECT unnest({list(READINGS)}) AS measure, NULL::VARCHAR AS key",
        f"SELECT 'goal', goal::VARCHAR FROM ({GOALS})",
        *(f"SELECT '{measure}', unnest({keys})" for measure, keys in _NAMES.items()),
    ]
)
_ANSWERS = f"""
  SELECT 'goal' AS measure, goal::VARCHAR AS key, n, true AS yes FROM flat_goals
  UNION ALL SELECT 'goal', goal::VARCHAR, n, NULL
    FROM flat_works CROSS JOIN ({GOALS}) WHERE NOT goals_known
  UNION ALL SELECT 'challenge', name, n, true FROM flat_challenges
  UNION ALL SELECT DISTINCT 'challenge', 'any', n, true FROM flat_challenges
  UNION ALL SELECT 'challenge', unnest({_NAMES["challenge"]}), n, NULL
    FROM flat_works WHERE NOT challenges_known
  UNION ALL SELECT 'area', name, n, true FROM flat_areas
  UNION ALL SELECT 'area', 'none', n, true FROM flat_works WHERE NOT applied
  UNION ALL SELECT 'area', unnest({_NAMES["area"]}), n, NULL FROM flat_works WHERE NOT areas_known
  UNION ALL SELECT 'explicit', NULL, n, supports FROM flat_works
  UNION ALL SELECT 'applied', NULL, n, applied FROM flat_works
  UNION ALL SELECT 'hinders', NULL, n, hinders FROM flat_works"""
_ORDER = f"""
  list_position({[*READINGS, "goal", *_NAMES]}, measure),
  coalesce(list_position({_NAMES["challenge"] + _NAMES["area"]}, key), try_cast(key AS INTEGER)),
  {SCOPE_ORDER}"""

NUMBERS = ("corrected", "corrected_low", "corrected_high")
_EMPTY: dict[str, Any] = {**dict.fromkeys(NUMBERS), "judged": None, "positives": None}
COLUMNS = pa.schema(
    [
        *(pa.field(name, pa.float64()) for name in NUMBERS),
        pa.field("basis", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("judged", pa.int64()),
        pa.field("positives", pa.int64()),
    ]
)
"""What the table adds to the columns of shares."""


def corrected(corpus: Corpus) -> Table:
    """The readings, goals, challenges and areas, as labelled and corrected for label errors."""
    head = Head(
        "corrected",
        "Shares of AI works as labelled, and corrected for label errors where these are known",
        "measure: explicit, applied and hinders as in the headline, or goal (whatever the "
        "contribution), challenge or area with its key. Denominator: AI works as labelled; in an "
        "audit, works rightly called AI. corrected, corrected_low, corrected_high: the share "
        "that deserves the label, with an interval that covers sampling and the count of errors; "
        "judged: works that a person judged for it, of which positives deserve the label. basis "
        "audit: they are a random part of this corpus (prediction-powered inference, Angelopoulos "
        "et al. 2023; the interval is for this corpus alone). basis error rates: they were drawn "
        "at random elsewhere (Rogan & Gladen 1978, interval by Lang & Reiczigel 2014), which "
        "assumes that the label errs here as it does there and that works are rightly called AI. "
        "basis none: not corrected, for the reason given. title_only: works of the denominator "
        "judged by title alone.",
    )
    plain = share_table(corpus, head, _counts())
    rows = [_row(row, corpus.known, corpus.spec) for row in plain.data.to_pylist()]
    added = pa.Table.from_pylist(rows, COLUMNS)
    data = plain.data.drop_columns(["effective"])
    for name in COLUMNS.names:
        data = data.append_column(COLUMNS.field(name), added[name])
    used = {
        "error_rates": _used(corpus.known.rates),
        "title_rates": _used(corpus.known.title_rates),
    }
    provenance = replace(
        plain.provenance,
        spec={**plain.provenance.spec, **used},
        inputs={**plain.provenance.inputs, **corpus.known.inputs},
    )
    return replace(plain, data=data.combine_chunks(), provenance=provenance)


def _used(rates: Mapping[str, Rates]) -> dict[str, dict[str, int]]:
    return {label: held._asdict() for label, held in sorted(rates.items())}


def _counts() -> str:
    counts = by_scope(("measure", "key"), _ITEMS, _ANSWERS, "true")
    return f"""
WITH titled AS (
  SELECT scope, coalesce(sum(weight) FILTER (title_only), 0) AS title_only
  FROM flat_scopes JOIN flat_works USING (n) GROUP BY scope
)
SELECT measure, key, scope, count, denominator, squares, unknown,
  coalesce(title_only, 0) AS title_only,
  denominator::DOUBLE * denominator::DOUBLE / nullif(squares::DOUBLE, 0) AS effective
FROM ({counts}) LEFT JOIN titled USING (scope)
WHERE scope = 'all' OR key IS NULL ORDER BY {_ORDER}"""


def _row(row: dict[str, Any], known: Known, spec: Spec) -> dict[str, Any]:
    """The added columns of one row: from the audit, else from error rates, else why not."""
    label = label_of(row["measure"], row["key"])
    if row["share"] is None:
        return {**_EMPTY, "basis": "none", "reason": "no work to count"}
    audit = known.audit_of(label) if row["scope"] == "all" else None
    if audit:
        numbers = dict(zip(NUMBERS, audit[:3], strict=True))
        sizes = {"judged": audit.labelled, "positives": audit.found}
        return {**_EMPTY, **numbers, "basis": "audit", **sizes}
    titles = row["title_only"] / row["denominator"]
    rates, reason = known.rates_for(label, min(titles, 1.0), spec.max_other_texts)
    reason = reason or refusal(rates, spec.min_judged, spec.min_youden)
    if rates and not reason:
        reason = misfit(row["low"], row["high"], rates, spec.level)
    sizes = {"judged": rates.judged, "positives": rates.positives} if rates else {}
    if reason or rates is None:
        return {**_EMPTY, **sizes, "basis": "none", "reason": reason}
    low, high = prevalence_interval(row["share"], row["effective"], rates, spec.level)
    found = (float(prevalence(row["share"], rates)), float(low), float(high))
    return {**sizes, **dict(zip(NUMBERS, found, strict=True)), "basis": "error rates"}
