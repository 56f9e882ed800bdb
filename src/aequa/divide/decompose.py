"""Theil's T split into what lies between groups of countries and what lies within them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from aequa.core.inequality import Array
from aequa.divide.gap_spec import GapSpec
from aequa.divide.inequality import Measured, People, country_draws, interval


class Split(NamedTuple):
    """T = between + within, and the parts of groups and countries that add up to them."""

    groups: tuple[str, ...]
    total: Array
    """(…) Theil's T"""
    between: Array
    """(…, groups): Sᵍ ln(Sᵍ/Pᵍ); their sum is the between part. Negative for a group that holds
    less than its share of people."""
    within: Array
    """(…, groups): Sᵍ Tᵍ"""
    countries: Array
    """(…, countries): sᵢ ln(sᵢ/pᵢ); their sum is T"""

    @property
    def between_share(self) -> Array:
        """(…) The part of T between groups; NaN where all have the same."""
        whole = np.where(self.total > 0, self.total, np.nan)
        return np.asarray(self.between.sum(axis=-1) / whole)


def split(totals: Array, population: Array, labels: Sequence[str], counts: Array) -> Split:
    """Split Theil's T by groups of countries (Theil 1967; Shorrocks 1980, Econometrica 48)::

        T = Σᵍ Sᵍ ln(Sᵍ/Pᵍ) + Σᵍ Sᵍ Tᵍ

    with s, S the shares of the total and p, P of the people. ``totals`` and ``population`` have
    shape (countries,), ``counts`` (…, countries) says how often each country is in (1, or the
    draws of a bootstrap). A group that holds nothing adds 0 (0 · ln 0 = 0).

    >>> made = split(np.array([1., 3.]), np.ones(2), ["a", "b"], np.ones(2))
    >>> round(float(made.total), 4), float(made.between_share)
    (0.1308, 1.0)
    """
    names, member = np.unique(np.array(labels, dtype=str), return_inverse=True)
    inside = np.eye(len(names))[member]
    amount, size = counts * totals, counts * population
    held = amount / _positive(amount.sum(axis=-1, keepdims=True))
    peopled = size / _positive(size.sum(axis=-1, keepdims=True))
    countries = _divergence(held, peopled)
    between = _divergence(held @ inside, peopled @ inside)
    within = countries @ inside - between
    return Split(tuple(names.tolist()), countries.sum(axis=-1), between, within, countries)


def measured_split(
    group: People, labels: Sequence[str], spec: GapSpec, draws: Array | None = None
) -> tuple[Split, Measured]:
    """The split, and the between part's share of T with its interval over countries."""
    n = len(group.countries)
    counts = country_draws(n, spec) if draws is None else draws
    made = split(group.totals, group.population, labels, np.ones(n))
    samples = split(group.totals, group.population, labels, counts).between_share
    bounds = interval(samples, n, spec.level)
    return made, Measured("between_share", float(made.between_share), *bounds)


def _divergence(held: Array, peopled: Array) -> Array:
    """h ln(h/p), 0 where h is 0; NaN only where there is no total."""
    some = held > 0
    ratio = np.where(some, held, 1) / np.where(some, peopled, 1)
    return np.asarray(np.where(np.isnan(held), np.nan, held * np.log(ratio)))


def _positive(total: Array) -> Array:
    return np.where(total > 0, total, np.nan)
