"""The page in a real browser: nothing runs, everything shows, and it prints."""

import shutil
import subprocess

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
BINARY = next((path for name in NAMES if (path := shutil.which(name))), None)
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.skipif(BINARY is None, reason="no Chromium on this machine")


def browse(tmp_path, page, *flags: str) -> str:
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    command = [BINARY, *QUIET, profile, *flags, page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def test_hostile_titles_do_not_run(tmp_path, written):
    dom = browse(tmp_path, written / "index.html", "--dump-dom")
    assert "<title>AI research and the Sustainable Development Goals</title>" in dom
    assert "pwned" in dom, "the hostile title is shown as text"
    assert "<script" not in dom
    assert "<img" not in dom


def test_page_looks_the_same_without_scripts(tmp_path, written):
    shots = []
    for place, allowed in enumerate(("allow-scripts", "")):
        frame = tmp_path / f"{place}.html"
        source = (written / "index.html").as_uri()
        size = 'width="780" height="580"'
        frame.write_text(f'<iframe sandbox="{allowed}" src="{source}" {size}></iframe>')
        shot = tmp_path / f"{place}.png"
        browse(tmp_path, frame, f"--screenshot={shot}", "--window-size=800,600")
        shots.append(shot.read_bytes())
    assert shots[0] == shots[1]
    assert len(shots[0]) > 20_000, "the frame is not blank"


def test_style_passes_the_policy(tmp_path, written):
    plain = (written / "index.html").read_text(encoding="utf-8")
    probe = written / "probe.html"
    probe.write_text(plain.replace("sha256-", "sha256-0"), encoding="utf-8")
    shots = []
    for place, page in enumerate((written / "index.html", probe)):
        shot = tmp_path / f"{place}.png"
        browse(tmp_path, page, f"--screenshot={shot}", "--window-size=800,600")
        shots.append(shot.read_bytes())
    assert shots[0] != shots[1], "the style sheet made no difference: its digest is wrong"


@pytest.fixture
def opened(written):
    """Function that opens the page in a browser of a given width and colour scheme."""
    driver = pytest.importorskip("playwright.sync_api")
    with driver.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=BINARY, args=["--no-sandbox"])

        def view(width: int, scheme: str, **more):
            size = {"width": width, "height": 900}
            context = browser.new_context(viewport=size, color_scheme=scheme, **more)
            shown = context.new_page()
            shown.goto((written / "index.html").as_uri())
            return shown

        yield view
        browser.close()


SMALL = """[...document.querySelectorAll('a, summary')].filter(each => {
  const box = each.getBoundingClientRect();
  const flows = getComputedStyle(each).display === 'inline';
  return !flows && box.width > 1 && (box.width < 24 || box.height < 24);
}).map(each => each.outerHTML.slice(0, 120))"""
ACROSS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [320, 390, 768, 1400, 3840])
def test_page_fits_every_width_with_targets_large_enough(opened, width):
    shown = opened(width, "light")
    assert shown.evaluate(ACROSS) <= 0
    assert shown.evaluate(SMALL) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
def test_page_has_no_known_barrier(opened, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    shown = opened(width, scheme, bypass_csp=True)
    found = axe.Axe().run(shown, options={"runOnly": {"type": "tag", "values": tags}}).response
    assert len(found["passes"]) > 15, "the rules were applied"
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []


def test_all_is_reached_by_keyboard_and_focus_shows(opened):
    shown = opened(1400, "light")
    shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.className") == "skip"
    assert shown.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    for _ in range(20):
        shown.keyboard.press("Tab")
    look = "(e => [e.tagName, getComputedStyle(e).outlineStyle])(document.activeElement)"
    tag, outline = shown.evaluate(look)
    assert tag in ("A", "SUMMARY", "DIV")
    assert outline == "solid"


def test_page_prints(tmp_path, written):
    pdf = tmp_path / "page.pdf"
    browse(tmp_path, written / "index.html", f"--print-to-pdf={pdf}", "--no-pdf-header-footer")
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert pdf.stat().st_size > 100_000
