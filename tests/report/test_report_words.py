"""The catalogues hold what is said, no more and no less; what they translate keeps its values."""

import importlib.util
from pathlib import Path

import pytest

from aequa.report import formats
from aequa.report.names import country
from aequa.report.words import LANGUAGES, say, speaking

_PATH = Path(__file__).parents[2] / "tools" / "messages.py"
_SPEC = importlib.util.spec_from_file_location("messages_tool", _PATH)
tool = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(tool)
OTHERS = [code for code in LANGUAGES if code != "en"]


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_holds_what_is_said(code):
    stored = (tool.FOLDER / f"{code}.po").read_bytes()
    assert stored == tool.written(tool.updated(code)), "run: python tools/messages.py"


@pytest.mark.parametrize("code", OTHERS)
def test_translations_keep_their_values(code):
    assert [one for one in tool.faults(code) if "not translated" not in one] == []


@pytest.mark.parametrize(
    ("code", "share", "number"),
    [
        ("en", "12.3%", "12,345"),
        ("fr", "12,3\xa0%", "12\u202f345"),
        ("ru", "12,3\xa0%", "12\xa0345"),
    ],
)
def test_numbers_are_the_languages(code, share, number):
    with speaking(code):
        assert (formats.share(0.123), formats.count(12345)) == (share, number)


def test_countries_are_the_languages():
    with speaking("ar"):
        assert country("IND") == "الهند"
    assert country("IND") == "India"


def test_a_message_without_translation_is_said_in_english():
    with speaking("sw"):
        assert say("a text that no catalogue has") == "a text that no catalogue has"
