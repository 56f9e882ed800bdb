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


def test_page_prints(tmp_path, written):
    pdf = tmp_path / "page.pdf"
    browse(tmp_path, written / "index.html", f"--print-to-pdf={pdf}", "--no-pdf-header-footer")
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert pdf.stat().st_size > 100_000
