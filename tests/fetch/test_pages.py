"""Pages and headers as no one should send them: read right, or refused, never anything else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.fetch.connection import BrokenError
from aequa.fetch.pages import Query, count, page
from aequa.fetch.waiting import asked, back_off, used_up

quick = settings(max_examples=100, deadline=None)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.text(), values, max_size=4)


def encoded(value: Any, **layout: Any) -> bytes:
    return json.dumps(value, **layout).encode("utf-8", "surrogatepass")


@quick
@given(
    st.lists(objects, max_size=4),
    st.integers(0, 10**9),
    st.none() | st.text(min_size=1),
    objects,
    st.sampled_from([None, 2]),
    st.booleans(),
)
def test_every_work_of_a_page_comes_out_as_it_was_sent(
    works: list[Any],
    total: int,
    cursor: str | None,
    other: dict[str, Any],
    indent: int | None,
    ascii_only: bool,
) -> None:
    whole = other | {"meta": {"count": total, "next_cursor": cursor}, "results": works}
    body = encoded(whole, indent=indent, ensure_ascii=ascii_only)
    try:
        found = page(body)
    except BrokenError:
        with pytest.raises(UnicodeError):  # half of a pair of surrogates, which is no text
            json.dumps(whole, ensure_ascii=False).encode()
        return
    assert [json.loads(text) for text in found.works] == works
    assert not any("\n" in text or "\r" in text for text in found.works)
    assert (found.total, found.cursor) == (total, cursor)
    assert count(body) == total


@quick
@given(st.lists(objects, min_size=1, max_size=3), st.data())
def test_a_page_cut_anywhere_is_broken(works: list[Any], data: st.DataObject) -> None:
    whole = encoded({"meta": {"count": 3, "next_cursor": None}, "results": works})
    with pytest.raises(BrokenError):
        page(whole[: data.draw(st.integers(0, len(whole) - 1))])


@quick
@given(
    st.binary(max_size=200)
    | values.map(encoded)
    | objects.map(lambda meta: encoded({"meta": meta, "results": []}))
)
def test_anything_else_is_broken_and_nothing_worse(body: bytes) -> None:
    for reading in (page, count):
        with pytest.raises(BrokenError):
            reading(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"meta": {"count": 1, "next_cursor": null}, "results": [{"a": '
        + b"[" * 2000
        + b"]" * 2000
        + b"}]}",
        b'{"meta": {"count": 1, "next_cursor": null}, "results": [{}], "results": [{}, {}]}',
        b'{"meta": {"count": true, "next_cursor": null}, "results": []}',
        b'{"meta": {"count": -1, "next_cursor": null}, "results": []}',
        b'{"meta": {"count": 1, "next_cursor": ""}, "results": []}',
        b'{"meta": {"count": 1, "next_cursor": 7}, "results": []}',
        b'{"meta": {"count": 1, "next_cursor": null}, "results": {"0": {}}}',
        b'{"meta": {"count": 1, "next_cursor": null}, "results": [{"a": 1e999}]}',
    ],
)
def test_pages_that_look_right_and_are_not(body: bytes) -> None:
    with pytest.raises(BrokenError):
        page(body)


header = st.text(max_size=30) | st.integers().map(str) | st.floats().map(str)
NAMES = (
    "retry-after",
    *(
        f"x-ratelimit-{name}"
        for name in ("remaining", "reset", "credits-used", "onetime-remaining")
    ),
)


@quick
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, header)), st.floats(0, 4e9))
def test_headers_of_any_kind_give_a_time_or_none(headers: dict[str, str], now: float) -> None:
    for told in (asked(headers, now), used_up(headers, now)):
        assert told is None or 0 <= told < 10**16


@quick
@given(st.integers(1, 1000), st.floats(0, 1))
def test_back_off_stays_within_its_bounds(failures: int, chance: float) -> None:
    assert 0.5 <= back_off(failures, chance) <= 60


def test_a_reset_given_as_a_time_counts_from_now() -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000060"}
    assert used_up(headers, 1_700_000_000) == 60
    assert used_up(headers, 1_800_000_000) == 0


def test_a_query_says_the_same_whatever_the_order_of_its_filters() -> None:
    query = Query("wells", ("a:1", "b:2,c:3"), ())
    assert query.parameters() == {"search": "wells", "filter": "a:1,b:2,c:3"}
    assert json.loads(json.dumps(query.stored())) == query.stored()
