"""How attention is spread over goals and countries, and how unequally."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from aequa.core.inequality import Array, gini, lorenz, percentile_interval, top_share
from aequa.core.results import Table
from aequa.evidence.concentration import Spread, resampled
from aequa.evidence.counting import GOALS
from aequa.evidence.flat import Corpus
from aequa.evidence.shares import Head, fetch, result, share_table


def attention(corpus: Corpus) -> Table:
    """What share of all attention to goals each goal gets."""
    head = Head(
        "attention",
        "How the AI works that touch a goal are spread over the goals",
        "Each work that touches a goal is split in equal parts over its goals, whatever the "
        "contribution; denominator: works that touch a goal, so the shares sum to 1. unknown: "
        "works whose goals were not judged. For split works the interval is on the wide side.",
    )
    sql = f"""
WITH split AS (
  SELECT goal, n, 1 / count(*) OVER (PARTITION BY n) AS part FROM flat_goals
), touched AS (SELECT count(DISTINCT n) AS works FROM flat_goals)
SELECT goal, coalesce(sum(part::DECIMAL(18, 12)), 0) AS works_fractional,
  works_fractional AS count, any_value(works) AS denominator, any_value(works) AS squares,
  (SELECT count(*) FROM flat_works WHERE NOT goals_known) AS unknown
FROM ({GOALS}) LEFT JOIN split USING (goal) CROSS JOIN touched GROUP BY goal ORDER BY goal"""
    return share_table(corpus, head, sql)


def concentration(corpus: Corpus) -> Table:
    """Gini coefficients of goals and countries and the share of the five leading countries."""
    spec = corpus.spec
    head = Head(
        "concentration",
        "How unequally AI works are spread over goals and countries",
        "gini_goals: over the 17 goals, works split in equal parts over theirs; gini_countries: "
        "over all countries, those without a work included, fractional counts of works with a "
        "known country; 0 is equal, 1 is one for all. top5_countries_share: what the five leading "
        f"countries hold. n: goals or countries. low and high: {100 * spec.level:g} % percentile "
        f"interval of {spec.replicates:,} bootstrap samples of works (sampling, not label errors).",
    )
    goals, countries = _goals(corpus), _countries(corpus)
    rows = [
        *_measured(corpus, goals, {"gini_goals": gini}),
        *_measured(
            corpus,
            countries,
            {"gini_countries": gini, "top5_countries_share": lambda sums: top_share(sums, 5)},
        ),
    ]
    names = ("measure", "value", "low", "high", "n")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    arrays = {
        name: pa.array(values, None if name in ("measure", "n") else pa.float64(), from_pandas=True)
        for name, values in columns.items()
    }
    return result(corpus, head, pa.table(arrays))


def _measured(
    corpus: Corpus, spread: Spread, measures: dict[str, Callable[[Array], Array]]
) -> list[tuple[str, float, float, float, int]]:
    samples = resampled(spread, corpus.spec.replicates, corpus.spec.seed)
    totals = spread.totals()
    return [
        (
            name,
            float(measure(totals)),
            *percentile_interval(measure(samples), corpus.spec.level),
            spread.units,
        )
        for name, measure in measures.items()
    ]


def lorenz_points(corpus: Corpus) -> Table:
    """The Lorenz curves of goals and countries."""
    head = Head(
        "lorenz",
        "Lorenz curves of AI works over goals and countries",
        "x: share of the goals or countries, the least served first; y: share of the works they "
        "hold, counted as in the table concentration. Equality is the diagonal.",
    )
    populations, xs, ys = [], [], []
    for name, spread in (("goals", _goals(corpus)), ("countries", _countries(corpus))):
        x, y = lorenz(spread.totals())
        populations += [name] * len(x)
        xs.append(x)
        ys.append(y)
    columns = [pa.array(populations, pa.string()), np.concatenate(xs), np.concatenate(ys)]
    return result(corpus, head, pa.table(columns, names=["population", "x", "y"]))


def _goals(corpus: Corpus) -> Spread:
    entries = """
SELECT n, goal - 1 AS unit, 1 / count(*) OVER (PARTITION BY n) AS share
FROM flat_goals ORDER BY n, unit"""
    return _spread(fetch(corpus, entries), 17)


def _countries(corpus: Corpus) -> Spread:
    known = "SELECT code FROM flat_groups WHERE grouping = 'country' AND \"group\" <> 'unknown'"
    entries = f"""
WITH unit AS (SELECT code, row_number() OVER (ORDER BY code) - 1 AS unit FROM ({known}))
SELECT n, unit, share::DOUBLE AS share FROM flat_members JOIN unit USING (code) ORDER BY n, unit"""
    units = fetch(corpus, f"SELECT count(*) AS units FROM ({known})")["units"][0].as_py()
    return _spread(fetch(corpus, entries), units)


def _spread(entries: pa.Table, units: int) -> Spread:
    works, work = np.unique(entries["n"].to_numpy(), return_inverse=True)
    return Spread(
        work=work.astype(np.int64),
        unit=entries["unit"].to_numpy().astype(np.int64),
        share=entries["share"].to_numpy().astype(np.float64),
        works=len(works),
        units=units,
    )
