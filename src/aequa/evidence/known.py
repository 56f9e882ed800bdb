"""What is known of the labels' errors: rates counted elsewhere, or an audit of this corpus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from aequa.evidence.correction import Rates


class Audited(NamedTuple):
    """What a person's labels of a random part of this very corpus say of one share."""

    share: float
    low: float
    high: float
    labelled: int
    """Works that the person labelled for it."""
    found: int
    """Those of them that deserve the label."""

    def complement(self) -> Audited:
        """The same of the works without the label."""
        left = self.labelled - self.found
        return Audited(1 - self.share, 1 - self.high, 1 - self.low, self.labelled, left)


def label_of(measure: str, key: str | None) -> str:
    """How a measure with its key is called where error rates and audits are looked up.

    >>> label_of("explicit", None), label_of("goal", "3")
    ('explicit', 'goal:3')
    """
    return measure if key is None else f"{measure}:{key}"


NO_AREA = ("area:none", "applied")
"""The absence of any area is the absence of the reading applied, and both err alike."""


@dataclass(frozen=True)
class Known:
    """All that is known of the labels' errors, by label: ``explicit``, ``goal:3``, ``area:none``.

    What is known of nothing corrects nothing, and the table says so.
    """

    rates: Mapping[str, Rates] = field(default_factory=dict)
    """Counted on whole texts."""
    title_rates: Mapping[str, Rates] = field(default_factory=dict)
    """Counted on titles alone."""
    audited: Mapping[str, Audited] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Names of the files that hold the audit, with their digests."""

    def audit_of(self, label: str) -> Audited | None:
        """What the audit says of a label, if anything."""
        none, applied = NO_AREA
        if label == none and applied in self.audited:
            return self.audited[applied].complement()
        return self.audited.get(label)

    def rates_for(self, label: str, titles: float, most: float) -> tuple[Rates | None, str]:
        """Error rates that fit works of which the share ``titles`` were judged by title alone.

        Up to ``most`` of the works may have been read otherwise than the judged works; where no
        rates fit, the second value says why.

        >>> known = Known({"explicit": Rates(6, 1, 2, 9)})
        >>> known.rates_for("explicit", 0.1, 0.2)
        (Rates(tp=6, fp=1, fn=2, tn=9), '')
        >>> known.rates_for("explicit", 1.0, 0.2)[1]
        '100 % of the works were judged by title alone, and error rates are of whole texts only'
        """
        whole, short = _held(self.rates, label), _held(self.title_rates, label)
        if titles <= most or (whole is None and short is None):
            return whole, ""
        if titles >= 1 - most and short is not None:
            return short, ""
        of = "titles only" if whole is None else "whole texts only"
        if whole is not None and short is not None:
            of = "either alone, not of a mix"
        found = f"{100 * titles:.0f} % of the works were judged by title alone"
        return None, f"{found}, and error rates are of {of}"


def _held(rates: Mapping[str, Rates], label: str) -> Rates | None:
    none, applied = NO_AREA
    if label == none and applied in rates:
        return rates[applied].complement()
    return rates.get(label)


def rates_of(counts: Mapping[str, Mapping[str, Any] | None] | None) -> dict[str, Rates]:
    """Error rates as a model card holds them; those that it leaves empty are left out.

    >>> rates_of({"goal:3": {"tp": 6, "fp": 1, "fn": 2, "tn": 91}, "goal:17": None})
    {'goal:3': Rates(tp=6, fp=1, fn=2, tn=91)}
    >>> rates_of(None)
    {}
    """
    return {
        label: Rates(*(int(held[name]) for name in Rates._fields))
        for label, held in (counts or {}).items()
        if held
    }
