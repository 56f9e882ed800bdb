"""The page: valid, self-contained, complete, and made from whatever tables there are."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aequa.core.errors import InputError
from aequa.report import formats, page
from aequa.report.charts.svg import luminance
from aequa.report.figure import Material
from aequa.report.links import address
from aequa.report.sections import issues, methods, sentences
from aequa.report.sections.works import BUDGET, chosen
from aequa.report.sections.years import dated
from aequa.report.stored import Stored

LINK = r"#|https://|tables/\w+\.(csv|parquet)$|charts/[\w-]+\.(svg|png)$|\w[\w-]*\.json$"
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """What a test wants to know about a page."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict]] = []
        self.text = text
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        held = dict(attrs)
        assert len(held) == len(attrs), f"an attribute twice in {tag}: {attrs}"
        self.tags.append((tag, held))
        if "id" in held:
            self.ids.append(held["id"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> at {self.getpos()}"

    def of(self, *names: str) -> list[dict]:
        return [held for tag, held in self.tags if tag in names]


def read(directory) -> Page:
    return Page((directory / "index.html").read_text(encoding="utf-8"))


def check(seen: Page) -> None:
    """What must hold for every page."""
    assert seen.open == []
    assert len(seen.ids) == len(set(seen.ids)), "ids collide"
    assert len(seen.of("h1")) == 1
    assert len(seen.of("main")) == 1
    targets = {"#" + name for name in seen.ids}
    links = [held["href"] for held in seen.of("a")]
    assert [link for link in links if link.startswith("#") and link not in targets] == []
    assert all(re.match(LINK, x) for x in links)
    assert seen.of("script", "link", "img", "iframe", "object", "base") == []
    assert not [name for _, held in seen.tags for name in held if name.startswith("on")]
    assert not [held for _, held in seen.tags if "style" in held or "srcset" in held]
    labelled = [held["aria-labelledby"] for _, held in seen.tags if "aria-labelledby" in held]
    assert {name for names in labelled for name in names.split()} <= set(seen.ids)
    assert not re.search(r"\bnan[^a-z]?%", seen.text)
    assert ">nan<" not in seen.text
    assert "None" not in re.sub(r"<pre>.*?</pre>", "", seen.text, flags=re.S)


def test_page_is_valid_and_self_contained(written):
    seen = read(written)
    check(seen)
    assert seen.of("html")[0]["lang"] == "en"
    assert (written / "index.html").stat().st_size < 1_500_000
    assert "url(" not in seen.text
    assert "@import" not in seen.text


def test_policy_allows_the_style_and_nothing_else(written):
    seen = read(written)
    policy = next(h["content"] for h in seen.of("meta") if "http-equiv" in h)
    style = re.search(r"<style>(.*?)</style>", seen.text, re.S).group(1)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy


def colours(style: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", style))


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_the_contrast_of_wcag_aa(written, scheme):
    light, dark = re.findall(r":root \{(.*?)\}", read(written).text, re.S)[:2]
    held = colours(light) | (colours(dark) if scheme == "dark" else {})
    for ground in ("--paper", "--sheet"):
        for ink in ("--ink", "--soft", "--link"):
            assert contrast(held[ink], held[ground]) >= 4.5, (scheme, ink, ground)
    for mark in ("--supports", "--mixed", "--neutral", "--hinders"):
        assert contrast(held[mark], held["--paper"]) >= 3, (scheme, mark)
    assert contrast(held["--supports"], held["--land"]) >= 3


def test_every_number_that_links_leads_to_works(written):
    seen = read(written)
    links = [
        held["href"] for held in seen.of("a") if held["href"].startswith(("#works-", "#rule-"))
    ]
    assert "#works-goal-3-supports" in links
    assert "#works-country-ken" in links
    assert "#works-headline-explicit" in links


def test_findings_and_chapters_come_in_order(written):
    text = read(written).text
    heads = ["Five findings", "Progress: how AI works help", "Development: fields of use"]
    heads += ["Issues: what works against", "Interlinkages: goals that pull"]
    heads += ["The intelligence gap: who makes", "The intelligence gap: what countries"]
    heads += ["Open resources, capacity and governance", "What this cannot tell you"]
    heads += ["Methods and data", "Provenance", "The works behind"]
    places = [re.search(rf"<h2[^>]*>(<span.*?</span> )?{head}", text).start() for head in heads]
    assert places == sorted(places)
    assert text.count("Not measured yet: open data") == 2, "beside the finding and its chapter"


def test_each_finding_has_a_number_an_interval_a_sentence_and_a_chart(written):
    found = re.findall(r'<article class="finding".*?</article>', read(written).text, re.S)
    assert len(found) == 5
    for finding in found:
        if "No data" in finding:
            continue
        assert re.search(r'<p class="big"><a href="#[\w-]+">[\d.]+\u202f?%</a>', finding)
        assert re.search(r'<p class="ci">[^<]*\d', finding)
        assert re.search(r'<p class="sentence">[^<]{40,}\.</p>', finding)
        assert len(re.findall(r'class="chart[ "]', finding)) == 1
        assert "<table>" in finding
        assert 'class="on"><a href="#' in finding
    assert sum("No data" in finding for finding in found) == 1, "the panel is not among the tables"


def test_every_figure_can_be_taken_along(written):
    seen = read(written)
    files = {held["href"] for held in seen.of("a") if held["href"].startswith(("charts/", "tab"))}
    assert {name for name in files if not (written / name).is_file()} == set()
    stored = {f"charts/{path.name}" for path in (written / "charts").iterdir()}
    assert {name for name in files if name.startswith("charts/")} == stored
    assert "charts/progress.svg" in stored
    figures = re.findall(r"<figure.*?</figure>", seen.text, re.S)
    charts = [figure for figure in figures if 'class="chart' in figure]
    assert all(re.search(r'href="charts/[\w-]+\.svg" download', each) for each in charts)
    assert all(re.search(r'href="tables/\w+\.csv" download', each) for each in charts)
    crate = json.loads((written / "ro-crate-metadata.json").read_text())
    assert stored <= {entity["@id"] for entity in crate["@graph"]}


def test_pictures_of_an_earlier_run_are_gone(filled, about):
    (filled / "charts").mkdir()
    (filled / "charts" / "old.svg").write_text("<svg/>")
    page.write(filled, about)
    assert not (filled / "charts" / "old.svg").exists()


def test_every_chart_stands_beside_a_table_and_its_basis(written):
    text = read(written).text
    figures = re.findall(r"<figure.*?</figure>", text, re.S)
    charts = [figure for figure in figures if 'class="chart' in figure]
    assert len(charts) >= 20
    for figure in charts:
        assert "<table>" in figure
        assert re.search(r"n = |A count of all works", figure)
        assert "interval" in figure


def test_hostile_titles_stay_text(written):
    text = read(written).text
    assert "<script" not in text
    assert "&lt;script&gt;document.title=" in text
    assert "onerror=&#34;" in text or "onerror=&quot;" in text
    assert 'href="javascript' not in text


def test_headline_shows_shares_intervals_and_accuracy(written):
    text = read(written).text
    assert f"{formats.share(0.31)}" in text
    assert formats.interval(0.30044, 0.31955) in text
    assert "0.86 / 0.78" in text
    read_, kept = formats.count(10_000), formats.count(9500)
    assert f"{read_} read = {kept} kept + 480 merged + 20 rejected" in text


def test_sample_says_so_and_another_corpus_does_not(filled, about):
    page.write(filled, about)
    assert "bundled sample" in read(filled).text
    page.write(filled, about | {"sample": False})
    assert "bundled sample" not in read(filled).text


def test_same_inputs_give_the_same_bytes(filled, about):
    names = ["index.html", "report.json", "ro-crate-metadata.json", "tables/examples.csv"]
    page.write(filled, about)
    first = [(filled / name).read_bytes() for name in names]
    page.write(filled, about)
    assert first == [(filled / name).read_bytes() for name in names]
    assert not list(filled.rglob("*.tmp"))


def test_no_table_at_all_is_a_page_without_data(tmp_path):
    (tmp_path / "tables").mkdir()
    page.write(tmp_path, {})
    seen = read(tmp_path)
    check(seen)
    assert seen.text.count("No data") > 15
    assert json.loads((tmp_path / "report.json").read_text())["tables"] == {}


@pytest.mark.parametrize("turn", range(9))
def test_any_table_may_be_missing_or_empty(material, turn):
    """Each table is full, empty and missing in turn, among different neighbours."""
    lines = {**material.stored.lines, "examples": material.stored.lines["examples"][:20]}
    tables, held = {}, {}
    for place, (name, table) in enumerate(material.stored.tables.items()):
        state = (place + turn + place * turn // 3) % 3
        if state < 2:
            none = pa.table({column: [] for column in table.data.column_names})
            tables[name] = table if state == 0 else replace(table, data=none)
            held[name] = lines.get(name, ()) if state == 0 else ()
    keys = frozenset(str(row["key"]) for row in held.get("examples", ()))
    check(Page(page.render(Material(Stored(tables, held), material.about, keys))))


def test_an_empty_table_is_no_data(tmp_path, stored_rows, stored_in, about):
    directory = stored_in(tmp_path / "empty", {"goals": stored_rows["goals"]})
    path = directory / "tables" / "hindered.parquet"
    meta = {b"aequa": json.dumps({"title": "", "note": "", "provenance": {"step": "x"}})}
    pq.write_table(pa.table({"goal": pa.array([], pa.int8())}).replace_schema_metadata(meta), path)
    page.write(directory, about)
    check(read(directory))
    assert (directory / "tables" / "hindered.csv").read_bytes() == b"goal\r\n"
    found = json.loads((directory / "report.json").read_text())["warnings"]
    assert "Tables without a row: hindered." in found


def test_nulls_in_every_number_do_not_break_the_page(tmp_path, stored_rows, stored_in, about):
    def blank(row: dict) -> dict:
        return {key: (None if isinstance(value, float) else value) for key, value in row.items()}

    rows = {name: [blank(row) for row in lines] for name, lines in stored_rows.items()}
    directory = stored_in(tmp_path / "null", rows)
    page.write(directory, about)
    check(read(directory))
    assert "n/a" in read(directory).text


def test_foreign_parquet_is_named(tmp_path):
    (tmp_path / "tables").mkdir()
    pq.write_table(pa.table({"a": [1]}), tmp_path / "tables" / "goals.parquet")
    with pytest.raises(InputError, match=r"goals\.parquet"):
        page.write(tmp_path, {})


@pytest.mark.parametrize(
    ("top", "words"),
    [((0.4, 0.39, 0.41), "higher"), ((0.2, 0.19, 0.21), "lower"), ((0.31, 0.25, 0.4), "not clear")],
)
def test_sentence_compares_by_intervals(top, words):
    def row(scope, share, low, high):
        ends = {"share": share, "low": low, "high": high, "denominator": 100.0}
        return {"reading": "explicit", "scope": scope, **ends}

    rows = (row("all", 0.3, 0.29, 0.31), row("top10", *top))
    text = sentences.compared(Material(Stored({}, {"headline": rows})))
    assert words in text


def test_shares_of_too_few_works_are_in_the_table_only():
    full = {"unknown": 0.0, "low": 0.1, "high": 0.9, "goal": 3, "share": 0.5, "denominator": 90.0}
    rows = (full, {**full, "goal": 4, "share": 0.99, "denominator": 9.0, "few": True})
    figure = issues.hindered(Material(Stored({}, {"hindered": rows})))
    assert "Quality education" not in figure.charts[0]
    assert "Good health" in figure.charts[0]
    assert [line[0].text for line in figure.grid.rows] == ["3 Good health", "4 Quality education"]
    assert figure.grid.rows[1][4].text == "9 (few)"
    assert "1 more with too few works" in figure.basis


def test_years_of_too_few_works_are_not_drawn():
    row = {"share": 0.5, "low": 0.1, "high": 0.9}
    rows = [{**row, "year": 1990, "few": True}, {**row, "year": 2020}, {**row, "year": None}]
    assert dated(rows) == [(2020, 0.5, 0.1, 0.9)]
    assert dated(rows[:1]) == [(1990, 0.5, 0.1, 0.9)]


def test_paths_of_inputs_do_not_leak_into_the_page(filled, about):
    source = {**about["sources"][0], "file": "/home/someone/secret/works.csv.gz"}
    page.write(filled, about | {"sources": [source]})
    assert "works.csv.gz" in read(filled).text
    assert "secret" not in read(filled).text
    assert "secret" not in (filled / "ro-crate-metadata.json").read_text()


def test_examples_fit_their_budget():
    row = {"title": "x" * 900, "venue": None, "evidence": None, "id": "doi:10.1234/x"}
    rows = [{**row, "key": f"goal-{key}", "rank": rank} for key in range(99) for rank in (1, 2, 9)]
    kept = chosen(Stored({}, {"examples": tuple(rows)}))
    assert {held["key"] for held in kept} == {held["key"] for held in rows}
    assert sum(len(held["title"]) for held in kept) <= BUDGET
    assert {held["rank"] for held in chosen(Stored({}, {"examples": tuple(rows[:30])}))} == {
        1,
        2,
        9,
    }


def test_a_page_too_large_lists_fewer_works_of_each_number(material, monkeypatch):
    whole = page.render(material)
    monkeypatch.setattr(page, "LARGEST", len(whole.encode()) - 20_000)
    less = page.render(material)
    assert len(less.encode()) <= page.LARGEST
    assert set(Page(whole).ids) == set(Page(less).ids), "every number still leads to a work"


@pytest.mark.parametrize("sign", ["x", "&", "\u6c34"])
def test_texts_of_any_length_keep_the_page_small(tmp_path, stored_rows, stored_in, about, sign):
    keys = [f"country-{place:03}" for place in range(400)] + [f"goal-{goal}-any" for goal in (1, 2)]
    texts = {"title": sign * 5000, "venue": sign * 5000, "evidence": sign * 5000}
    rows = [{"key": key, "rank": 1, "id": "openalex:W1", **texts} for key in keys]
    directory = stored_in(tmp_path / "long", {**stored_rows, "examples": rows})
    page.write(directory, about)
    check(read(directory))
    assert (directory / "index.html").stat().st_size < 1_500_000


@pytest.mark.parametrize(
    ("identifier", "href"),
    [
        ("doi:10.1234/a<b>", None),
        ('doi:10.1234/"onload=x', None),
        ("doi:10.1234/a#b?c", "https://doi.org/10.1234/a%23b%3Fc"),
        ("openalex:W1 x", None),
        ("pmid:7", "https://pubmed.ncbi.nlm.nih.gov/7"),
        ("arxiv:2101.00001v2", "https://arxiv.org/abs/2101.00001v2"),
        ("javascript:alert(1)", None),
        ("wos:000123", None),
        (None, None),
    ],
)
def test_addresses_come_only_from_well_formed_identifiers(identifier, href):
    assert address(identifier) == href


def test_books_that_do_not_balance_are_shown_as_such():
    counts = {"read": 10, "kept": 7, "merged": 2, "rejected": 0}
    assert methods.balance(counts) == "10 read ≠ 7 kept + 2 merged + 0 rejected"
