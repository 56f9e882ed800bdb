"""Which texts the shipped weights were trained on, by digest: figures on those are no evidence.

Digests survive case, spaces, punctuation and where the title ends, not a changed word. They let
nobody rebuild a text.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata

import numpy as np
import numpy.typing as npt

from aequa.core.errors import ModelError

Digests = npt.NDArray[np.uint64]
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[\W_]+")


def fingerprint(title: str | None, abstract: str | None) -> int:
    """A 64-bit digest (BLAKE2b) of a text: NFKC, lower case, letters and digits only.

    >>> fingerprint("Deep  Wells", "Dry!") == fingerprint(None, "deep wells, dry")
    True
    """
    text = unicodedata.normalize("NFKC", f"{title or ''}{abstract or ''}").lower()
    plain = _NEITHER_LETTER_NOR_DIGIT.sub("", text)
    raw = plain.encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "big")


def to_bytes(digests: list[int]) -> bytes:
    """A NumPy file of the distinct digests in rising order; equal sets give equal bytes.

    >>> from_bytes(to_bytes([7, 3, 7])).tolist()
    [3, 7]
    """
    stream = io.BytesIO()
    np.save(stream, np.unique(np.array(digests, np.uint64)), allow_pickle=False)
    return stream.getvalue()


def from_bytes(raw: bytes) -> Digests:
    """The digests that ``to_bytes`` wrote.

    Raises:
        ModelError: the bytes are no such file.
    """
    try:
        found = np.load(io.BytesIO(raw), allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ModelError(f"digests of training texts: damaged ({error})") from error
    if not isinstance(found, np.ndarray) or found.dtype != np.uint64 or found.ndim != 1:
        raise ModelError("digests of training texts: expected one row of uint64")
    return found


def contains(digests: Digests, wanted: list[int]) -> npt.NDArray[np.bool_]:
    """Which of the wanted digests are among ``digests`` (sorted).

    >>> contains(np.array([3, 7], np.uint64), [7, 4]).tolist()
    [True, False]
    """
    codes = np.array(wanted, np.uint64)
    if not len(digests):
        return np.zeros(len(codes), bool)
    place = np.minimum(np.searchsorted(digests, codes), len(digests) - 1)
    return np.asarray(digests[place] == codes)
