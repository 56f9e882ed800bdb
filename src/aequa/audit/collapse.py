"""Strata without enough labels join their neighbour, so that every stratum shows its variance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from aequa.audit.strata import STRATA


def collapse(stratum: Sequence[str], labelled: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """Groups of the strata's names, each with two labelled works or more, or all of its works.

    A stratum with fewer joins the neighbour in the order of ``STRATA`` that has more labels
    (Cochran 1977, Sampling techniques, §5A.12: collapsed strata). The labels of that neighbour
    then stand for both, which the report of an audit has to say.

    Args:
        stratum: the stratum of every work.
        labelled: positions of the works that a person labelled.

    >>> collapse(["area"] * 9 + ["goal"] * 9 + ["hinders"], [0, 1, 2, 9, 18])
    (('area', 'goal'), ('hinders',))
    """
    sizes, labels = Counter(stratum), Counter(stratum[place] for place in labelled)
    groups = [[name] for name in STRATA if sizes[name]]
    while len(groups) > 1:
        count = [sum(labels[name] for name in group) for group in groups]
        size = [sum(sizes[name] for name in group) for group in groups]
        thin = [at for at in range(len(groups)) if count[at] < min(2, size[at])]
        if not thin:
            break
        at = thin[0]
        sides = [side for side in (at - 1, at + 1) if 0 <= side < len(groups)]
        other = max(sides, key=lambda side: (count[side], -side))
        low, high = sorted((at, other))
        groups[low : high + 1] = [groups[low] + groups[high]]
    return tuple(tuple(group) for group in groups)
