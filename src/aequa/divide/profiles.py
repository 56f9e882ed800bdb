"""One country's page: what it scores, who is like it, and what would raise its rank most."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from aequa.core.countries import countries
from aequa.core.errors import SpecError
from aequa.core.groups import groups
from aequa.divide.aggregate import aggregate
from aequa.divide.index import Indexed

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

RAISED = 3
"""How many indicators a profile names."""

PEERS = (
    "countries of the index in the same {grouping} group; those of the same region first, then by "
    "nearness of population (ratio)"
)
LIFT = {
    "quartile": "raised to the 75th percentile of its peers",
    "best": "raised to the best of its peers",
}
RULE = (
    "one indicator's normalised score {lift}, all else and the other countries unchanged, scale "
    "and weights held; rank counted anew by the {mean} mean"
)


def profile(indexed: Indexed, iso3: str) -> dict[str, Any]:
    """The profile of one country, ready for JSON.

    Raises ``SpecError`` where the country is not in the index.
    """
    if iso3 not in indexed.screened.countries:
        raise SpecError(f"country {iso3!r} is not in the index")
    at = indexed.screened.countries.index(iso3)
    own = next(row for row in indexed.index.to_pylist() if row["iso3"] == iso3)
    peers = peers_of(indexed, at)
    return {
        "iso3": iso3,
        "name": next(country.name for country in countries() if country.alpha3 == iso3),
        "group": indexed.screened.groups[at],
        "countries": len(indexed.screened.countries),
        "level": indexed.spec.level,
        **{name: own[name] for name in own if name != "iso3"},
        "pillars": _rows(indexed.pillars, iso3),
        "indicators": _rows(indexed.indicators, iso3),
        "peers": [indexed.screened.countries[peer] for peer in peers],
        "peers_rule": PEERS.format(grouping=indexed.spec.grouping),
        "raise": raises(indexed, at, peers),
        "raise_rule": RULE.format(lift=LIFT[indexed.spec.lift], mean=_mean(indexed)),
    }


def profiles(indexed: Indexed) -> dict[str, dict[str, Any]]:
    """The profile of every country of the index, by its code."""
    return {iso3: profile(indexed, iso3) for iso3 in indexed.screened.countries}


def peers_of(indexed: Indexed, at: int) -> Ints:
    """Places of the ``spec.peers`` countries most like the one at ``at``; see ``PEERS``."""
    seen, region = indexed.screened, groups("region")
    regions = np.array([region.get(country, "") for country in seen.countries])
    like = np.array([group == seen.groups[at] for group in seen.groups])
    like[at] = False
    people = np.log(np.where(seen.population > 0, seen.population, np.nan))
    distance = np.nan_to_num(np.abs(people - people[at]), nan=np.inf)
    order = np.lexsort((np.array(seen.countries), distance, regions != regions[at], ~like))
    return np.asarray(order[: min(indexed.spec.peers, int(like.sum()))])


def raises(indexed: Indexed, at: int, peers: Ints) -> list[dict[str, Any]]:
    """The indicators that raise the country's rank most, best first; see ``RULE``.

    Those at or above the peers' mark already, or missing in the country, raise nothing.
    """
    if not len(peers):
        return []
    values, setup = indexed.normalised, indexed.setup
    method, weights = _mean(indexed), (setup.leaf_weights[None], setup.node_weights[None])
    mark = _mark(values[peers], indexed.spec.lift)
    lifted = np.repeat(values[at][None], values.shape[1], axis=0)
    own = np.einsum("ii->i", lifted)
    target = np.fmax(own, mark)
    own[:] = np.where(np.isnan(own), np.nan, target)
    allowed = np.repeat(setup.allowed[:, at, None], len(lifted), axis=1)
    after = aggregate(method, lifted, *weights, setup.tree, allowed)[-1, 0]
    index = aggregate(method, values, *weights, setup.tree, setup.allowed)[-1, 0]
    others = np.delete(index, at)
    ranks = 1 + (others[None] > after[:, None] + 1e-9).sum(axis=1)
    before = 1 + int((others > index[at] + 1e-9).sum())
    best = np.lexsort((np.arange(len(after)), -after, ranks))
    names = indexed.structure.indicators
    return [
        {
            "indicator": names[part],
            "score": float(values[at, part]),
            "to": float(target[part]),
            "index_gain": float(after[part] - index[at]),
            "rank": before,
            "rank_after": int(ranks[part]),
        }
        for part in best.tolist()
        if after[part] > index[at] + 1e-9
    ][:RAISED]


def _mark(peers: Floats, lift: str) -> Floats:
    """(indicators,): the peers' 75th percentile (type 7) or best; NaN where no peer has any."""
    marks = np.full(peers.shape[1], np.nan)
    for part in np.flatnonzero(~np.isnan(peers).all(axis=0)):
        known = peers[~np.isnan(peers[:, part]), part]
        marks[part] = known.max() if lift == "best" else np.percentile(known, 75)
    return marks


def _mean(indexed: Indexed) -> str:
    """The mean that lifts are counted by: of the ordinal methods, the arithmetic stands in."""
    return "geometric" if indexed.spec.aggregate == "geometric" else "arithmetic"


def _rows(table: Any, iso3: str) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if name != "iso3"}
        for row in table.to_pylist()
        if row["iso3"] == iso3
    ]
