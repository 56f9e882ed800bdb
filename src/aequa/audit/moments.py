"""What the estimator needs of a stratified sample: sizes, means and products per stratum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Moments:
    """A stratified sample of works with two labellers, summed up for K shares.

    A share is a ratio: works with the label over works that could have it. For each work,
    ``a`` says that the person gave the label, ``d`` that the person counts the work in the
    denominator, ``f`` and ``g`` are the machine's answers to the same two questions.
    """

    sizes: Array
    """(H,) works of the corpus in each stratum."""
    drawn: Array
    """(H,) of these, the works that a person labelled."""
    means: Array
    """(K, H, 4) means of a, d, f, g over the labelled works."""
    products: Array
    """(K, H, 4, 4) means of the products of each two of a, d, f, g over the labelled works."""
    machine: Array
    """(K, H, 2) means of f, g over all works of the stratum."""

    @property
    def weights(self) -> Array:
        """(H,) part of the corpus that each stratum holds."""
        return np.asarray(self.sizes / self.sizes.sum())

    @property
    def finite(self) -> Array:
        """(H,) finite population correction 1 - n/N: nothing is uncertain once all are labelled."""
        return np.asarray(1 - self.drawn / self.sizes)


def moments(
    stratum: NDArray[np.int64], machine: Bools, picked: Sequence[int], human: Bools
) -> Moments:
    """The moments of K shares.

    Args:
        stratum: (N,) number of each work's stratum, 0 to H - 1; each holds a labelled work.
        machine: (N, K, 2) the machine's f and g of every work.
        picked: (n,) positions of the labelled works among the N.
        human: (n, K, 2) the person's a and d of these.
    """
    strata, where = int(stratum.max()) + 1, np.asarray(picked, np.int64)
    both = np.concatenate([human, machine[where]], axis=2).astype(float)
    inside = [stratum[where] == number for number in range(strata)]
    return Moments(
        sizes=np.bincount(stratum, minlength=strata).astype(float),
        drawn=np.array([float(rows.sum()) for rows in inside]),
        means=np.stack([both[rows].mean(axis=0) for rows in inside], axis=1),
        products=np.stack(
            [np.einsum("nki,nkj->kij", both[rows], both[rows]) / rows.sum() for rows in inside],
            axis=1,
        ),
        machine=np.stack([machine[stratum == h].mean(axis=0) for h in range(strata)], axis=1),
    )
