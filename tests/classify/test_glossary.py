"""The glossary: the table keeps its rules, and words are lent as the table says."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.classify.glossary import glossed_languages, lend, translate
from aequa.classify.words import fold, words

LANGUAGES = ["es", "fr", "pt", "ru", "ar", "hi", "sw", "zh"]
HAN = range(0x4E00, 0xA000)


def table() -> list[list[str]]:
    text = files("aequa.classify").joinpath("glossary.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


HEADER, *ROWS = table()


def starts(language: str) -> list[tuple[str, str]]:
    """English and beginning of every alternative of a language."""
    column = HEADER.index(language)
    return [(row[0], start) for row in ROWS for start in row[column].split("|")]


def test_every_row_has_english_and_eight_filled_cells() -> None:
    assert ["en", *LANGUAGES] == HEADER
    assert glossed_languages() == set(LANGUAGES)
    assert all(len(row) == 9 and all(cell.strip() == cell != "" for cell in row) for row in ROWS)


def test_no_english_row_twice_and_all_of_one_to_six_plain_words() -> None:
    assert [row for row, times in Counter(row[0] for row in ROWS).items() if times > 1] == []
    for row in ROWS:
        english = row[0].split(" ")
        assert 1 <= len(english) <= 6
        assert all(part == part.lower() and part.isascii() and part for part in english)


@pytest.mark.parametrize("language", LANGUAGES)
def test_alternatives_are_bare_beginnings(language) -> None:
    for english, start in starts(language):
        assert len(start) > 1, english
        assert not any(letter.isspace() for letter in start), english


def test_chinese_alternatives_are_pairs_of_characters() -> None:
    assert [s for _, s in starts("zh") if len(s) != 2 or any(ord(c) not in HAN for c in s)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_beginning_stands_for_at_most_three_rows(language) -> None:
    times = Counter(start for _, start in {(row, fold(start)) for row, start in starts(language)})
    assert [start for start, rows in times.items() if rows > 3] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_beginning_can_be_met_in_a_text(language) -> None:
    for english, start in starts(language):
        stem = start.removeprefix("-") if language == "sw" else start
        assert words(stem) == [fold(stem)], english


@pytest.mark.parametrize(
    ("language", "text", "english"),
    [
        ("es", "redes neuronales mejoran la salud de los niños", "network neural improve health"),
        ("fr", "les émissions de carbone sans équité", "emission carbon without fairness"),
        ("pt", "reduz a pobreza das mulheres", "reduce poverty women"),
        ("ru", "снижение смертности без врачей", "reduce mortality without physician"),
        ("ar", "التعلم الآلي وحماية الأطفال في المدارس", "learning machine protect child school"),
        ("hi", "गरीब किसानों के लिए पानी", "poor farmer water"),
        ("sw", "mfumo unapunguza umaskini wa wakulima", "system reduce poverty farmer"),
        ("zh", "识别疟疾与贫困儿童", "recognition malaria poverty child"),
    ],
)
def test_words_are_lent_in_order(language, text, english) -> None:
    found = iter(lend(words(text), language))
    assert all(word in found for word in english.split()), lend(words(text), language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "إلى من"),
        ("es", "norte realizar donde"),
        ("fr", "pour donc sous"),
        ("hi", "करने कर आधार"),
        ("sw", "hali zao kinachotumia"),
    ],
)
def test_frequent_words_of_grammar_are_not_taken_for_topics(language, text) -> None:
    found = words(text)
    assert [one for one in translate(found, language) if one not in found] in ([], ["use"])


def test_lend_keeps_latin_names_and_leaves_out_other_unknown_words() -> None:
    assert lend(["resnet", "щщщ", "вода"], "ru") == ["resnet", "water"]
    assert lend(["the", "вода"], "en") == ["the", "вода"]
    assert lend(["wasser"], "de") == lend(["wasser"], None) == ["wasser"]


ANY_WORD = st.text(min_size=1, max_size=12) | st.sampled_from(
    [start for language in LANGUAGES for _, start in starts(language)]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(ANY_WORD, max_size=20), st.sampled_from([*LANGUAGES, "en", "de", None]))
def test_translate_keeps_every_word_in_order_and_adds_only_english(found, language) -> None:
    read = translate(found, language)
    lent = 0
    rest = iter(read)
    for word in found:
        for one in rest:
            if one == word:
                break
            assert one.isascii()
            lent += 1
        else:
            pytest.fail(f"{word!r} is lost")
    lent += len(list(rest))
    assert len(read) == len(found) + lent


@settings(max_examples=100, deadline=None)
@given(st.lists(ANY_WORD, max_size=20), st.sampled_from(LANGUAGES))
def test_lend_is_word_by_word_and_says_what_translate_adds(found, language) -> None:
    assert lend(found, language) == [one for word in found for one in lend([word], language)]
    for word in found:
        added = translate([word], language)[1:]
        assert not added or lend([word], language) == added
