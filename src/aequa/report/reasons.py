"""Why a share could not be corrected: what the tables say in English, in the reader's language."""

from __future__ import annotations

import re

from aequa.report.formats import count, decimal, percent
from aequa.report.words import say


def reason(text: str) -> str:
    """A reason of the table ``corrected``; one that is not known is printed as it is.

    >>> reason("too few judged works: 3 positives"), reason("of another kind")
    ('too few judged works: 3 positives', 'of another kind')
    """
    found = re.fullmatch(r"too few judged works: (\d+) (positive|negative)s?", text)
    if found and found[2] == "positive":
        return say("too few judged works: {n} positives", n=count(int(found[1])))
    if found:
        return say("too few judged works: {n} negatives", n=count(int(found[1])))
    weak = r"the label is too weak: sensitivity ([\d.]+), specificity ([\d.]+)"
    found = re.fullmatch(weak, text)
    if found:
        return say(
            "the label is too weak: sensitivity {sensitivity}, specificity {specificity}",
            sensitivity=decimal(float(found[1])),
            specificity=decimal(float(found[2])),
        )
    found = re.fullmatch(r"(\d+) % of the works were judged by title alone, and .*", text)
    if found:
        return say(
            "{share} of the works were judged by title alone, unlike those that error rates were "
            "counted on",
            share=percent(int(found[1]) / 100, 0),
        )
    return _plain().get(text, text)


def _plain() -> dict[str, str]:
    """Reasons without a number."""
    return {
        "no error rates are known": say("no error rates are known"),
        "no work to count": say("no work to count"),
        "error rates do not fit: fewer works have the label than false positives alone would "
        "give": say(
            "error rates do not fit: fewer works have the label than false positives alone would "
            "give"
        ),
        "error rates do not fit: more works have the label than if all deserved it": say(
            "error rates do not fit: more works have the label than if all deserved it"
        ),
    }
