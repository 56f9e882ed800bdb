"""``report.pdf``: tagged, with bookmarks, on A4, and whole or not there at all."""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from aequa.core.errors import AequaError
from aequa.report import page, pdf
from aequa.report.edition import Edition

pypdf = pytest.importorskip("pypdf")

try:
    BROWSER = pdf.browser()
except AequaError:
    BROWSER = ""
needed = pytest.mark.skipif(not BROWSER, reason="no Chromium, Chrome or Edge on this machine")
A4 = (595.0, 842.0)


@pytest.fixture
def printed(filled: Path, about: dict[str, Any]) -> Path:
    """A run's directory with its PDF, in French."""
    page.write(filled, about, Edition(language="fr", pdf=True))
    return filled


def chapters(text: str) -> list[str]:
    """The heads of the page's chapters."""
    found = re.findall(r"<h2[^>]*>(.*?)</h2>", text, re.DOTALL)
    return [plain(html.unescape(re.sub(r"<[^>]+>", "", head))) for head in found]


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@needed
def test_the_pdf_is_tagged_named_and_on_a4(printed: Path) -> None:
    read = pypdf.PdfReader(printed / "report.pdf")
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "fr"
    for one in read.pages:
        size = (float(one.mediabox.width), float(one.mediabox.height))
        assert size == pytest.approx(A4, abs=1)
    assert read.metadata is not None
    assert (
        read.metadata.title
        == re.findall(
            r"<title>(.*?)</title>", (printed / "index.html").read_text(encoding="utf-8")
        )[0]
    )


@needed
def test_its_bookmarks_are_the_chapters(printed: Path) -> None:
    read = pypdf.PdfReader(printed / "report.pdf")
    top = read.outline[1]
    assert isinstance(top, list), "below the title"
    titles = [plain(str(one.title)) for one in top if not isinstance(one, list)]
    asked = chapters((printed / "index.html").read_text(encoding="utf-8"))
    assert titles == asked
    assert len(titles) > 5


@needed
def test_its_text_can_be_read_out(printed: Path) -> None:
    read = pypdf.PdfReader(printed / "report.pdf")
    text = plain(" ".join(one.extract_text() for one in read.pages))
    heads = chapters((printed / "index.html").read_text(encoding="utf-8"))
    assert all(head in text for head in heads)


@needed
def test_the_crate_names_the_pdf_and_the_next_page_takes_it_away(
    printed: Path, about: dict[str, Any]
) -> None:
    graph = json.loads((printed / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    entity = next(one for one in graph if one["@id"] == "report.pdf")
    assert entity["encodingFormat"] == "application/pdf"
    page.write(printed, about)
    assert not (printed / "report.pdf").exists(), "it was of another page"


def test_without_a_browser_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(AequaError, match="install Chromium, Chrome or Edge"):
        pdf.browser({"PATH": str(tmp_path)})
    with pytest.raises(AequaError, match="AEQUA_BROWSER: found 'no-such-browser'"):
        pdf.browser({"AEQUA_BROWSER": "no-such-browser"})


def program(folder: Path, body: str) -> Path:
    """A program that stands for a browser."""
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


BROKEN = {
    "fails": ("exit 3", "failed"),
    "writes nothing": ("exit 0", "no whole PDF"),
    "is cut off": (
        'for a in "$@"; do case $a in --print-to-pdf=*) echo "%PDF-1.4" > "${a#*=}";; esac; done',
        "no whole PDF",
    ),
    "hangs": ("exec sleep 60", "took over"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
@pytest.mark.parametrize("what", BROKEN)
def test_a_browser_that_does_not_print_leaves_the_earlier_pdf(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, said = BROKEN[what]
    monkeypatch.setenv("AEQUA_BROWSER", str(program(tmp_path, body)))
    source, target = tmp_path / "index.html", tmp_path / "report.pdf"
    source.write_text("<h1>Page</h1>")
    target.write_bytes(b"earlier")
    with pytest.raises(AequaError, match=said):
        pdf.write(source, target, seconds=1.0)
    assert target.read_bytes() == b"earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "browser",
        "index.html",
        "report.pdf",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_the_browser_gets_a_profile_of_its_own_and_one_local_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = (
        f'printf "%s\\n" "$@" > {tmp_path}/asked\n'
        'for a in "$@"; do case $a in --print-to-pdf=*) echo "%%EOF" > "${a#*=}";; esac; done'
    )
    monkeypatch.setenv("AEQUA_BROWSER", str(program(tmp_path, body)))
    source = tmp_path / "a page.html"
    source.write_text("<h1>Page</h1>")
    pdf.write(source, tmp_path / "report.pdf")
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[-1] == source.as_uri()
    profile = next(one for one in asked if one.startswith("--user-data-dir="))
    assert not Path(profile.partition("=")[2]).exists(), "it is gone again"
    assert {"--export-tagged-pdf", "--generate-pdf-document-outline"} <= set(asked)
