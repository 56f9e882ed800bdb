"""Random tables of works × goals with both margins fixed, drawn by trades.

Strona, G. et al. (2014). A fast and unbiased procedure to randomize ecological binary matrices with
fixed row and column totals. Nature Communications 5, 4114. Two works put the goals that only one of
them has into a heap and draw from it anew, each as many as it had. All works trade in random pairs
at once: a global trade (Carstens et al. 2018, Proc. ESA, 11:1–11:15).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Masks = NDArray[np.int64]
_BITS = 17


@cache
def _by_size() -> tuple[Masks, Masks, Masks]:
    """Masks of 0 … 2^17 − 1 by number of bits, where each (heap, size) starts, and how many.

    Masks of m bits and size k are the first C(m, k) of that size, since sorted masks of more bits
    come later.
    """
    every = np.arange(2**_BITS)
    size = np.bitwise_count(every).astype(np.int64)
    start = np.searchsorted(np.sort(size), np.arange(_BITS + 1))
    choose = np.zeros((_BITS + 1, _BITS + 1), np.int64)
    choose[:, 0] = 1
    for m in range(1, _BITS + 1):
        choose[m, 1:] = choose[m - 1, :-1] + choose[m - 1, 1:]
    return np.argsort(size, kind="stable"), start, choose


def global_trade(masks: Masks, rng: np.random.Generator) -> Masks:
    """The goal sets after every work has traded once with another; an odd one out stays.

    >>> before = np.array([0b011, 0b110, 0b001])
    >>> after = global_trade(before, np.random.default_rng(0))
    >>> np.bitwise_count(after).tolist()
    [2, 2, 1]
    """
    order = rng.permutation(len(masks))
    half = len(masks) // 2
    first, second = order[:half], order[half : 2 * half]
    heap = masks[first] ^ masks[second]
    mine = np.bitwise_count(masks[first] & heap).astype(np.int64)
    size = np.bitwise_count(heap).astype(np.int64)
    trading = np.flatnonzero((mine > 0) & (mine < size))
    heap, mine, size = heap[trading], mine[trading], size[trading]
    first, second = first[trading], second[trading]
    both = masks[first] & masks[second]
    taken = _drawn(heap, size, mine, rng)
    out = masks.copy()
    out[first], out[second] = both | taken, both | (heap ^ taken)
    return out


def _drawn(heap: Masks, size: Masks, wanted: Masks, rng: np.random.Generator) -> Masks:
    """A random subset of ``wanted`` bits of each ``heap`` of ``size`` bits."""
    masks, start, choose = _by_size()
    which = rng.integers(choose[size, wanted])
    chosen = masks[start[wanted] + which]
    out = np.zeros_like(heap)
    for bit in range(_BITS):  # deposits the chosen bits, low to high, on the bits of the heap
        here = heap >> bit & 1
        out |= (chosen & here) << bit
        chosen = chosen >> here
    return out


def curveball(masks: Masks, draws: int, trades: int, seed: int) -> NDArray[np.float64]:
    """Counts of works per pair of goals, (draws, 17, 17), ``trades`` global trades apart."""
    rng = np.random.default_rng(seed)
    now = masks.copy()
    out = np.empty((draws, _BITS, _BITS))
    for _ in range(4 * trades):
        now = global_trade(now, rng)
    for draw in range(draws):
        for _ in range(trades):
            now = global_trade(now, rng)
        counts = np.bincount(now, minlength=2**_BITS)
        patterns = np.flatnonzero(counts)
        bits = (patterns[:, None] >> np.arange(_BITS) & 1).astype(float)
        out[draw] = bits.T @ (bits * counts[patterns, None])
    return out
