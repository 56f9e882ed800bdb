"""Pages answer, in every language, and numbers lead to their works."""

import html
import re
from urllib.parse import urljoin

import pytest
from starlette.testclient import TestClient

from aequa.report.words import LANGUAGES
from aequa.serving import site_of
from aequa.web.app import create_app
from aequa.web.security import HEADERS, LOOPBACK

PAGES = [
    "/en/",
    "/en/goals",
    "/en/goals/3",
    "/en/issues",
    "/en/links",
    "/en/gap",
    "/en/countries",
    "/en/countries?q=kenya",
    "/en/countries/KEN",
    "/en/limits",
    "/en/methods",
    "/en/works",
    "/en/works?goal=3&contribution=supports",
    "/en/compare?a=KEN&b=GHA",
    "/en/compare?a=3&b=13",
    "/en/network",
    "/en/network?goal=3&sure=on",
    "/en/gap/weights?attention=3",
    "/en/figures/report/progress",
    "/en/api",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole(reader, path):
    answer = reader.get(path)
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert not re.search(r'(?:src|href)="https?://(?!doi|openalex|arxiv|pubmed)', answer.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_page(reader, language):
    page = reader.get(f"/{language}/").text
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in page


def test_the_language_is_the_browsers(reader):
    answer = reader.get("/", headers={"Accept-Language": "de, sw;q=0.8, en;q=0.5"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sw/")


def test_numbers_lead_to_their_works(reader):
    goals = reader.get("/en/goals").text
    path = re.search(r'href="(/en/works\?goal=3[^"]*)"', goals)[1].replace("&amp;", "&")
    works = reader.get(path).text
    work = re.search(r'href="(/en/works/[^"?]+)"', works)[1]
    page = reader.get(work).text
    assert '<mark data-goals="3' in page


def test_a_page_that_is_held_is_not_sent_again(reader):
    first = reader.get("/en/gap")
    again = reader.get("/en/gap", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_first_page_is_small(reader):
    page = reader.get("/en/", headers={"Accept-Encoding": "gzip"})
    style = re.search(r'href="(/static/[^"]+site.css)"', page.text)[1]
    sent = [reader.get(path, headers={"Accept-Encoding": "gzip"}) for path in ("/en/", style)]
    assert sum(int(one.headers["content-length"]) for one in sent) <= 100_000


@pytest.mark.parametrize(
    "path",
    [
        "/xx/",
        "/en/nothing",
        "/en/goals/18",
        "/en/countries/XXX",
        "/en/works/none",
        "/tables/none.csv",
        "/tables/..%2f..%2freport.json",
        "/tables/%00.csv",
        "/en/figures/report/none.svg",
        "/static/x/..%2fapp.py",
    ],
)
def test_what_is_not_there_is_404(reader, path):
    answer = reader.get(path)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/en/works?goal=99",
        "/en/works?year=abc",
        "/en/works?country=' OR 1=1",
        "/en/works?after=x",
        "/en/compare?a=KEN&b=3",
        "/en/gap/weights?attention=-1",
        "/en/gap/weights?attention=0&data=0&technology=0",
        "/en/network?method=none",
    ],
)
def test_what_is_not_valid_is_400(reader, path):
    assert reader.get(path).status_code == 400


def test_tables_and_pictures_can_be_taken_along(reader):
    csv = reader.get("/tables/headline.csv")
    assert csv.text.startswith("reading,scope")
    assert reader.get("/tables/headline.parquet").content[:4] == b"PAR1"
    assert len(reader.get("/tables/headline.json").json()["rows"]) == 9
    assert reader.get("/en/figures/report/progress.svg").text.startswith("<svg")
    assert reader.get("/en/figures/report/progress.bib").text.startswith("@misc{")


def test_too_much_is_refused(site):
    app = create_app(site, LOOPBACK, rate=1)
    with TestClient(app, base_url="http://localhost") as one:
        found = [one.get("/robots.txt").status_code for _ in range(6)]
        assert found.count(429) >= 1
        assert found[0] == 200
    with TestClient(create_app(site, LOOPBACK), base_url="http://elsewhere.example") as other:
        assert other.get("/en/").status_code == 421
    with TestClient(create_app(site), base_url="http://localhost") as long:
        assert long.get("/en/works?q=" + "x" * 3000).status_code == 414
        assert long.delete("/en/").status_code == 405


def test_a_flag_is_stored_only_where_it_may_be(reader, workspace, site):
    work = reader.get("/api/v1/works").json()["works"][0]["id"]
    told = {"label": "goal-3", "should": "no", "note": "<b>not</b> health"}
    there = f"/en/works/{work}/flag"
    foreign = reader.post(there, data=told, headers={"Origin": "http://evil.example"})
    assert foreign.status_code == 403
    assert reader.post(there, data=told).status_code == 303
    assert "&lt;b&gt;not&lt;/b&gt;" in reader.get(f"/en/works/{work}").text
    assert (workspace / "flags.jsonl").read_text().count("\n") == 1
    shut = site_of(workspace)
    with TestClient(create_app(shut), base_url="http://localhost") as one:
        assert one.post(there, data=told).status_code == 403


LINKED = ["/en/", "/en/goals/3", "/en/gap", "/en/countries/KEN", "/en/methods"]


@pytest.mark.parametrize("page", LINKED)
def test_no_link_of_a_page_is_dead(reader, page):
    text = reader.get(page).text
    found = {html.unescape(one).partition("#")[0] for one in re.findall(r'href="([^"]+)"', text)}
    there = sorted(urljoin(page, one) for one in found if one and not one.startswith("http"))
    assert len(there) > 20
    dead = [one for one in there if reader.get(one).status_code >= 400]
    assert dead == []
