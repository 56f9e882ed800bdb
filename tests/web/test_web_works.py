"""Lists agree with the labels, pages with each other, and search with its words."""

import pyarrow.parquet as pq
import pytest

from aequa.web.filters import Filters
from aequa.web.search import expression


def labels(workspace):
    return pq.read_table(workspace / "labels.parquet").to_pylist()


def test_filters_count_what_the_labels_say(site, workspace):
    rows = [row for row in labels(workspace) if row["ai"]["label"]]
    goal = sum(any(g["goal"] == 3 for g in row["goals"]) for row in rows)
    helped = sum(
        any((g["goal"], g["contribution"]) == (3, "supports") for g in row["goals"]) for row in rows
    )
    bias = sum(any(c["name"] == "bias" for c in row["challenges"]) for row in rows)
    listed = site.corpus.listed
    assert listed(Filters()).total == len(rows)
    assert listed(Filters(goal="3")).total == goal
    assert listed(Filters(goal="3", contribution="supports")).total == helped
    assert listed(Filters(challenge="bias")).total == bias
    assert listed(Filters(area="none")).total == sum(not row["areas"] for row in rows)


def test_pages_meet_without_gap_or_overlap(site):
    asked, seen, after = Filters(goal="3"), [], None
    while True:
        page = site.corpus.listed(asked, after)
        seen += [row["id"] for row in page.rows]
        if page.after is None:
            break
        after = page.after
    assert len(seen) == len(set(seen)) == site.corpus.listed(asked).total
    second = site.corpus.listed(asked, site.corpus.listed(asked).after)
    back = site.corpus.listed(asked, before=second.before)
    assert [row["id"] for row in back.rows] == seen[:25]
    assert back.before is None


def test_search_finds_whole_words_in_any_order(site):
    found = site.corpus.listed(Filters(q="detection graph"))
    assert found.total > 0
    for row in found.rows:
        assert {"detection", "graph"} <= set(row["title"].lower().replace("-", " ").split())


@pytest.mark.parametrize("text", ['"', "a AND", "NEAR(", "*", "col:x", "-", "'; DROP", "模型", ""])
def test_no_text_breaks_the_search(site, text):
    site.corpus.listed(Filters(q=text or "x"))
    assert isinstance(expression(text), str)


def test_a_download_has_the_works_of_the_list(reader, site):
    lines = reader.get("/en/works.csv?goal=3").text.splitlines()
    assert len(lines) == 1 + site.corpus.listed(Filters(goal="3")).total
    assert not any(cell[:1] in "=+-@" for line in lines[1:] for cell in line.split(",")[:1])
