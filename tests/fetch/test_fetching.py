"""Fetching from a real server on this machine: paging, failures, going on, and what is kept."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from aequa.core.errors import FetchError, SpecError
from aequa.fetch.pages import SELECT
from aequa.sources import openalex
from aequa.sources.read import read


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def test_all_pages_come_in_order_and_every_work_is_what_the_api_sent(fetch: Any, api: Any) -> None:
    done = fetch()
    path = fetch.folder / "works.jsonl.gz"
    assert (done.matching, done.works, done.pages, done.resumed, done.notes) == (950, 950, 5, 0, ())
    assert lines(path) == [{key: w[key] for key in SELECT if key in w} for w in api.works]
    assert fetch.left() == {"works.jsonl.gz"}
    assert next(place["cursor"] for place in api.pages()) == "*"
    assert {place["per-page"] for place in api.pages()} == {"200"}
    assert fetch.told == [("fetching", n, 950) for n in (200, 400, 600, 800, 950)]
    assert fetch.said == ["950 works match; fetching 950 in about 5 pages"]


def test_what_is_fetched_can_be_read(fetch: Any) -> None:
    fetch()
    works = list(read([fetch.folder / "works.jsonl.gz"]))
    assert [item.id for item in works[:2]] == ["openalex:W1", "openalex:W2"]
    assert len(works) == 950
    assert works[0].abstract == 'Lernen über Wälder № 1 «深度学习» "quoted" \\ /'


def test_the_default_fields_are_those_that_the_reader_asks_for() -> None:
    class Asked(dict[str, Any]):
        names: set[str]

        def get(self, key: str, default: Any = None) -> Any:
            self.names.add(key)
            return default

    raw = Asked()
    raw.names = set()
    openalex.work(raw, "file", 1)
    gone_from_the_api = {"host_venue", "abstract"}
    assert raw.names - gone_from_the_api == set(SELECT)


def test_a_plain_file_holds_the_same_lines(fetch: Any) -> None:
    fetch()
    fetch(out="plain.jsonl")
    plain = (fetch.folder / "plain.jsonl").read_bytes()
    assert plain == gzip.decompress((fetch.folder / "works.jsonl.gz").read_bytes())


def test_filters_and_words_may_hold_any_script(fetch: Any, api: Any) -> None:
    api.works[6]["title"] = "深度学习 für Wälder & Seen = 100 %?"
    api.works[6]["language"] = "zh+de"
    done = fetch("language:zh+de", search="深度学习 für Wälder & Seen = 100 %?")
    assert (done.works, fetch.ids("works.jsonl.gz")) == (1, [7])


def test_the_cap_holds_and_is_not_overshot(fetch: Any, api: Any) -> None:
    done = fetch(limit=450)
    assert fetch.ids("works.jsonl.gz") == list(range(1, 451))
    assert (done.matching, done.works, done.short) == (950, 450, 0)
    assert len(api.pages()) == 3
    fetch(limit=7, out="few.jsonl.gz")
    assert api.pages()[-1]["per-page"] == "7"
    assert len(fetch.ids("few.jsonl.gz")) == 7


def test_nothing_found_is_an_empty_file_and_no_error(fetch: Any) -> None:
    done = fetch(search="no such words")
    assert (done.matching, done.works, done.notes) == (0, 0, ())
    assert lines(fetch.folder / "works.jsonl.gz") == []
    assert fetch.left() == {"works.jsonl.gz"}


def test_requests_are_a_tenth_of_a_second_apart(fetch: Any) -> None:
    fetch()
    assert fetch.slept == pytest.approx([0.1] * 5)


def test_who_asks_is_told(fetch: Any, api: Any) -> None:
    fetch(limit=1)
    assert all(
        re.fullmatch(r"aequa/\S+ \(mailto:me@example\.org\)", headers["user-agent"])
        for _, headers in api.asked
    )


def failures(trouble: Any) -> list[Any]:
    return [
        trouble.cut,
        trouble.refused(503),
        trouble.refused(429, retry_after="3"),
        trouble.changed(lambda body: body[: len(body) // 2]),
        trouble.changed(lambda body: body[:-1]),
        trouble.changed(lambda body: b""),
        trouble.changed(lambda body: b"<html>a proxy's page</html>"),
        trouble.changed(lambda body: b"null"),
        trouble.changed(lambda body: body.replace(b'"results"', b'"result"')),
        trouble.changed(
            lambda body: re.sub(rb'"results": \[.*\], "group', b'"results": [], "group', body)
        ),
        trouble.changed(lambda body: body.replace(b'"results": [', b'"results": [17, ')),
        trouble.changed(lambda body: body.replace(b'"next_cursor"', b'"cursor"')),
        trouble.changed(lambda body: re.sub(rb'"count": \d+', b'"count": "many"', body)),
        trouble.changed(lambda body: body.replace(b"Made", b"\xff\xfe")),
    ]


@pytest.mark.parametrize("kind", range(14))
def test_a_damaged_or_refused_page_is_asked_again_and_never_half_written(
    fetch: Any, api: Any, trouble: Any, kind: int
) -> None:
    fetch(out="whole.jsonl.gz")
    bad = failures(trouble)[kind]
    api.troubles = [bad, None, bad, None, bad, bad, None, None, bad]  # count, pages 1, 2, 4 and 5
    done = fetch()
    assert done.works == 950
    assert done.notes == ()
    whole = (fetch.folder / "whole.jsonl.gz").read_bytes()
    assert (fetch.folder / "works.jsonl.gz").read_bytes() == whole
    assert sum("asking again" in line for line in fetch.said) >= 4


def test_a_last_page_that_is_damaged_to_look_last_is_asked_again(
    fetch: Any, api: Any, trouble: Any
) -> None:
    early = trouble.changed(
        lambda body: re.sub(rb'"next_cursor": "[^"]*"', b'"next_cursor": null', body)
    )
    api.troubles = [None, None, early, early]
    assert fetch().works == 950
    assert "the API ended after 400 of 950 works" in "".join(fetch.said)


def test_bursts_of_failures_are_waited_out_longer_each_time(
    fetch: Any, api: Any, trouble: Any
) -> None:
    api.troubles = [None, *[trouble.refused(503)] * 7]
    assert fetch().works == 950
    assert [seconds for seconds in fetch.slept if seconds > 0.2] == [
        0.75 * 2**n for n in range(6)
    ] + [45.0]


def test_failures_without_end_end_the_run_and_keep_what_is_there(
    fetch: Any, api: Any, trouble: Any
) -> None:
    api.troubles = [None, None, *[trouble.refused(500, "out of order")] * 8]
    with pytest.raises(FetchError, match=r"8 times.*500: Error: out of order.*\.part is kept"):
        fetch()
    assert fetch.left() == {"works.jsonl.gz.part", "works.jsonl.gz.part.json"}
    assert len(fetch.ids("works.jsonl.gz.part")) == 200
    assert fetch().resumed == 200


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("17", 17.0),
        ("Tue, 14 Nov 2023 22:14:10 GMT", 50.0),
        ("Tue, 14 Nov 2023 22:13:00 GMT", 0.75),
    ],
)
def test_the_server_says_how_long_to_wait(
    fetch: Any, api: Any, trouble: Any, header: str, seconds: float
) -> None:
    api.troubles = [trouble.refused(429, "100 requests per second", retry_after=header)]
    fetch(limit=1)
    assert max(fetch.slept) == pytest.approx(seconds, abs=0.2)


def test_a_budget_used_up_ends_the_run_with_the_time_to_come_back(
    fetch: Any, api: Any, trouble: Any
) -> None:
    used_up = {
        "retry_after": "5400",
        "x_ratelimit_remaining": "0",
        "x_ratelimit_credits_required": "10",
        "x_ratelimit_reset": "5400",
    }
    api.troubles = [None, None, None, trouble.refused(429, "Insufficient budget.", **used_up)]
    with pytest.raises(FetchError) as caught:
        fetch()
    for said in ("budget is used up", "Insufficient budget.", "2023-11-14 23:43 UTC", "is kept"):
        assert said in str(caught.value)
    assert max(fetch.slept) < 1
    assert len(fetch.ids("works.jsonl.gz.part")) == 400
    assert (fetch().resumed, fetch.ids("works.jsonl.gz")) == (400, list(range(1, 951)))


def test_a_budget_that_the_last_page_used_up_is_not_asked_of_again(fetch: Any, api: Any) -> None:
    api.headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "7200"}
    with pytest.raises(FetchError, match="budget is used up; it answers again at 2023-11-15 00:13"):
        fetch()
    assert len(api.asked) == 1
    api.headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "45"}
    assert fetch(limit=1).works == 1
    assert 45.0 in fetch.slept
    api.headers |= {"X-RateLimit-Onetime-Remaining": "5000"}
    fetch.slept.clear()
    assert fetch(limit=1).works == 1
    assert max(fetch.slept) < 1


def test_the_api_says_why_it_refuses(fetch: Any, api: Any) -> None:
    with pytest.raises(FetchError, match=r"400: Invalid query .*: wells is not a valid field\.$"):
        fetch("type:article", "wells:7")
    assert len(api.asked) == 1
    assert fetch.left() == set()


def test_a_missing_key_is_explained(fetch: Any, api: Any, trouble: Any) -> None:
    api.troubles = [None, trouble.refused(401, "Cursor paging needs a key.")]
    with pytest.raises(FetchError, match=r"401: Error: Cursor paging .* OPENALEX_API_KEY or"):
        fetch()


def test_the_key_is_sent_in_a_header_and_leaks_nowhere(
    fetch: Any, api: Any, trouble: Any, caplog: pytest.LogCaptureFixture
) -> None:
    api.key = "oa-secret-1234"
    caplog.set_level(0)
    api.troubles = [None, None, *[trouble.refused(500, "key oa-secret-1234 hurt")] * 8]
    with pytest.raises(FetchError) as failed:
        fetch(key="oa-secret-1234")
    with pytest.raises(FetchError, match="403: API key not valid") as wrong:
        fetch(key="oa-secret-9999")
    assert fetch.slept
    seen = [str(failed.value), str(wrong.value), repr(failed.value.__cause__), caplog.text]
    seen += [*fetch.said, *(str(parameters) for parameters, _ in api.asked)]
    seen += [path.read_bytes().decode("latin-1") for path in fetch.folder.iterdir()]
    assert not [text for text in seen if "oa-secret" in text]
    assert fetch(key="oa-secret-1234").works == 950


def test_a_server_that_takes_fewer_works_a_page_gets_fewer(fetch: Any, api: Any) -> None:
    api.largest = 100
    assert fetch().works == 950
    assert [place["per-page"] for place in api.pages()] == ["200", *["100"] * 10]


def test_a_count_that_changes_while_paging_is_noted(fetch: Any, api: Any) -> None:
    counts = iter([950, 950, 950, 960, 960, 960])
    api.total = lambda number: next(counts, 951)
    done = fetch()
    assert (done.works, done.matching, done.short) == (950, 951, 1)
    assert "from 950 to 951" in done.notes[0]
    assert "counted 1 works more" in done.notes[1]


def test_an_api_that_ends_far_too_early_is_not_believed(fetch: Any, api: Any) -> None:
    api.total = lambda number: 2 * number
    with pytest.raises(FetchError, match=r"ended after 950 of 1,900 works; .* is kept"):
        fetch()


def test_a_page_that_names_itself_as_the_next_does_not_go_on_for_ever(
    fetch: Any, api: Any, trouble: Any
) -> None:
    again = trouble.changed(
        lambda body: re.sub(rb'"next_cursor": "[^"]*"', b'"next_cursor": "*"', body)
    )
    api.troubles = [None, *[again] * 8]
    with pytest.raises(FetchError, match="names itself as the next"):
        fetch()


@pytest.mark.parametrize(
    "wrong",
    [
        {"filters": ("no colon",)},
        {"filters": ("type:",)},
        {"select": ("id, title",)},
        {"limit": 0},
        {"search": "  "},
        {"search": None},
        {"out": "works.parquet"},
        {"key": "two words"},
        {"key": "schlüssel"},
    ],
)
def test_options_that_cannot_be_meant_are_refused_before_anything_is_asked(
    fetch: Any, api: Any, wrong: dict[str, Any]
) -> None:
    with pytest.raises(SpecError):
        fetch(*wrong.pop("filters", ()), **wrong)
    assert api.asked == []
    assert fetch.left() == set()


@pytest.mark.parametrize(
    "url", ["ftp://x", "x", "http://", "https://user:pw@x", "https://x/?a=1", "http://api.example"]
)
def test_addresses_that_are_none_or_would_show_the_key_are_refused(fetch: Any, url: str) -> None:
    fetch.api.url = url
    with pytest.raises(SpecError, match="--url: ") as caught:
        fetch(key="oa-1")
    assert "pw" not in str(caught.value)


def test_a_redirect_is_not_followed_with_the_key(fetch: Any, api: Any, trouble: Any) -> None:
    api.troubles = [trouble.refused(301, "moved", location="https://elsewhere.example/works")]
    with pytest.raises(FetchError, match=r"answered 301.*elsewhere\.example/works, expected that"):
        fetch(key="oa-1")
    assert len(api.asked) == 1
