"""All splits in one place: which texts must stay together, and which fold they are in.

Texts stay together when they form a pair, carry the same identifier, or share most of their
five-word shingles (MinHash with banding; Broder 1997, "On the resemblance of documents").
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from aequa.classify.features import Words
from aequa.training.data import Example

SHINGLE = 5
HASHES, BANDS = 60, 20
"""Twenty bands of three hashes find 93 % of texts that share half of their shingles."""
_ODD = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def groups(examples: Sequence[Example], texts: Sequence[Words]) -> list[int]:
    """Group number of each example; equal numbers must never be split."""
    parent = list(range(len(examples)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for first, second in _bonds(examples, texts):
        parent[max(root(first), root(second))] = min(root(first), root(second))
    return [root(one) for one in range(len(examples))]


def folds(
    examples: Sequence[Example], group: Sequence[int], count: int, seed: int
) -> npt.NDArray[np.int64]:
    """Fold of each example in 0 … count-1, by a hash of its group's first identifier."""
    names = {number: examples[number].id for number in set(group)}
    fold = {
        number: int(hashlib.sha256(f"{seed}:{name}".encode()).hexdigest(), 16) % count
        for number, name in names.items()
    }
    return np.array([fold[number] for number in group], np.int64)


def resemblance(one: Words, other: Words) -> float:
    """Share of five-word shingles that two texts have in common (Jaccard), 0 when one has none.

    >>> text = Words([], "a b c d e f".split())
    >>> resemblance(text, text)
    1.0
    """
    first, second = set(shingles(one).tolist()), set(shingles(other).tolist())
    return len(first & second) / len(first | second) if first and second else 0.0


def shingles(text: Words) -> npt.NDArray[np.uint64]:
    """Hashes of every run of ``SHINGLE`` words of title and abstract."""
    found = [*text.title, *text.abstract]
    codes = np.array([zlib.crc32(word.encode()) for word in found], np.uint64)
    if len(codes) < SHINGLE:
        return np.zeros(0, np.uint64)
    total = np.zeros(len(codes) - SHINGLE + 1, np.uint64)
    for place in range(SHINGLE):
        total = total * np.uint64(0x9E3779B97F4A7C15) + codes[place : place + len(total)]
    return np.unique(total >> np.uint64(29))


def _bonds(examples: Sequence[Example], texts: Sequence[Words]) -> Iterator[tuple[int, int]]:
    seen: dict[object, int] = {}
    noise = np.random.default_rng(0)
    salt = noise.integers(0, 1 << 63, (HASHES, 1)).astype(np.uint64)
    for number, (example, text) in enumerate(zip(examples, texts, strict=True)):
        keys: list[object] = [("id", example.id)]
        if example.pair:
            keys.append(("pair", example.source, example.pair))
        marks = shingles(text)
        if len(marks):
            least = _mixed(marks ^ salt).min(axis=1).reshape(BANDS, -1)
            keys.extend((band, row.tobytes()) for band, row in enumerate(least))
        for key in keys:
            first = seen.setdefault(key, number)
            if first != number:
                yield first, number


def _mixed(codes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Scramble 64-bit codes (the finaliser of SplitMix64, Steele et al. 2014)."""
    for factor in _ODD:
        codes = (codes ^ (codes >> np.uint64(30))) * factor
    return codes ^ (codes >> np.uint64(31))
