"""Digests of training texts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.errors import ModelError
from aequa.evaluation.seen import contains, fingerprint, from_bytes, to_bytes


def test_the_digest_is_fixed() -> None:
    """A change here would make every shipped digest worthless."""
    assert fingerprint("Deep wells", "Dry in 2020.") == 0xB552ACBA4075FA53


def test_what_does_not_change_a_text_does_not_change_its_digest() -> None:
    same = fingerprint("Deep wells", "Dry in 2020.")
    assert fingerprint(None, "DEEP WELLS -- dry in 2020") == same
    assert fingerprint("Deep wells. Dry", "in “2020”!") == same
    assert fingerprint("ＤＥＥＰ wells", "dry in ２０２０") == same
    assert fingerprint("Deep wells", "Dry in 2021.") != same


def test_every_script_counts() -> None:
    texts = ("глубокие колодцы", "深井", "آبار عميقة", "गहरे कुएँ", "deep wells")
    assert len({fingerprint(text, None) for text in texts}) == len(texts)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_has_a_digest_of_64_bits(title: str, abstract: str) -> None:
    assert 0 <= fingerprint(title, abstract) < 2**64


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 2**64 - 1), max_size=30),
    st.lists(st.integers(0, 2**64 - 1), max_size=9),
)
def test_exactly_the_stored_digests_are_found(stored: list[int], others: list[int]) -> None:
    digests = from_bytes(to_bytes(stored))
    assert contains(digests, stored + others).tolist() == [
        code in set(stored) for code in stored + others
    ]
    assert to_bytes(stored) == to_bytes(stored[::-1])


def test_damaged_digests_are_an_error() -> None:
    whole = to_bytes([1, 2, 3])
    for raw in (b"", b"x", whole[:-3], np.array([1.5]).tobytes()):
        with pytest.raises(ModelError, match="digests of training texts"):
            from_bytes(raw)
