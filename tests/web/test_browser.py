"""In a real browser: the three ways to an answer, and WCAG 2.2 AA by axe on every kind of page."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
SHOTS = Path(os.environ.get("AEQUA_SCREENSHOTS", "build/screenshots"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = [
    "",
    "goals",
    "goals/3",
    "issues",
    "links",
    "gap",
    "gap/weights",
    "countries",
    "countries/KEN",
    "works?goal=3",
    "compare?a=KEN&b=IND",
    "network",
    "limits",
    "methods",
    "figures/report/progress",
    "api",
]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def server(workspace) -> Iterator[str]:
    command = [sys.executable, "-m", "aequa", "serve", str(workspace), "--port", "0"]
    with subprocess.Popen([*command, "--rate", "0"], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        yield re.search(r"http://\S+", running.stdout.readline())[0].rstrip("/")
        running.terminate()
        running.wait(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        made.close()


def opened(browser: Browser, size: dict[str, int], **more) -> Page:
    """A page that fails on an error in its console and on a request to another host."""
    page = browser.new_context(viewport=size, **more).new_page()
    page.on("console", lambda told: pytest.fail(told.text) if told.type == "error" else None)
    page.on("request", lambda asked: None if "127.0.0.1" in asked.url else pytest.fail(asked.url))
    return page


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_country_is_found(browser, server, language, size):
    page = opened(browser, size, locale=language)
    page.goto(f"{server}/")
    assert page.url == f"{server}/{language}/"
    shot(page, f"findings-{language}-{size['width']}")
    page.fill("#find-country", "India" if language == "en" else "الهند")
    page.keyboard.press("Enter")
    page.click("tbody a")
    assert page.url.endswith("/countries/IND")
    assert page.locator("h1").count() == 1
    assert page.locator(".finding").count() == 5
    shot(page, f"country-{language}-{size['width']}")
    page.click(f"a[href='/{language}/works?country=IND']")
    assert page.locator("ol.works li").count() > 0
    page.context.close()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_claim_is_checked(browser, server, language, size):
    page = opened(browser, size)
    page.goto(f"{server}/{language}/")
    page.click(".finding .big a >> nth=0")
    assert "/works?reading=explicit" in page.url
    page.click("ol.works h2 a >> nth=0")
    assert page.locator("mark").count() >= 1
    assert page.locator("table tbody tr").count() >= 2
    shot(page, f"work-{language}-{size['width']}")
    page.goto(f"{server}/{language}/figures/report/progress")
    assert "aequa" in page.locator("#citation").inner_text()
    page.context.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_institution_reads_its_own_export(browser, tmp_path, size):
    export, folder = tmp_path / "ours.csv", tmp_path / "out"
    export.write_text(
        "title,abstract,year\n"
        "Deep learning finds malaria in blood smears,We train neural networks that detect malaria"
        " early in rural clinics of Kenya and so reduce deaths.,2023\n"
        "A faster sorting network,We sort numbers.,2022\n"
    )
    aequa = [sys.executable, "-m", "aequa"]
    subprocess.run(
        [*aequa, "report", str(export), "-o", str(folder), "--tier", "fast", "--quiet"], check=True
    )
    command = [*aequa, "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        there = re.search(r"http://\S+", running.stdout.readline())[0].rstrip("/")
        page = opened(browser, size)
        page.goto(f"{there}/en/works?ai=any")
        assert page.locator("ol.works li").count() == 2
        with page.expect_download() as held:
            page.click("a[href^='/en/works.csv']")
        assert "malaria" in Path(held.value.path()).read_text()
        page.context.close()
        running.terminate()
        running.wait(20)


def violations(page: Page) -> list[str]:
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text())
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_used_by_all(browser, server, path):
    for language, size, scheme in (
        ("en", DESKTOP, "light"),
        ("ar", PHONE, "dark"),
    ):
        page = opened(browser, size, color_scheme=scheme, bypass_csp=True)
        page.goto(f"{server}/{language}/{path}")
        assert violations(page) == []
        page.context.close()


def test_narrow_screens_do_not_scroll_sideways(browser, server):
    page = opened(browser, {"width": 320, "height": 640})
    for path in PAGES:
        page.goto(f"{server}/en/{path}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320, path
    page.context.close()


def test_keys_alone_lead_through(browser, server):
    page = opened(browser, DESKTOP)
    page.goto(f"{server}/en/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()


def test_pages_are_whole_without_scripts(browser, server):
    with_, without = (
        browser.new_context(java_script_enabled=allowed).new_page() for allowed in (True, False)
    )
    for path in ("", "gap/weights", "works?goal=3"):
        texts = []
        for page in (with_, without):
            page.goto(f"{server}/en/{path}")
            texts.append(page.locator("main").inner_text().split())
        assert texts[0] == texts[1]
    with_.context.close()
    without.context.close()


def test_sliders_move_the_ranks(browser, server):
    page = opened(browser, DESKTOP)
    page.goto(f"{server}/en/gap/weights")
    before = page.locator("#ranks tbody").inner_text()
    page.locator("#weight-attention").fill("10")
    page.wait_for_function(
        "told => document.querySelector('#ranks tbody').innerText !== told", arg=before
    )
    assert "attention=10" in page.url
    shot(page, "weights-en-1280")
    page.context.close()
