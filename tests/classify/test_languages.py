"""Languages: written passages (CC0, shared/data/multilingual) and texts of our own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aequa.classify.glossary import glossed_languages, translate
from aequa.classify.language import identify
from aequa.classify.words import tokens, words

GERMAN = (
    "Früherkennung von Malaria in Blutbildern",
    "Wir zeigen, wie Krankenhäuser die Behandlung der Patienten verbessern und die Sterblichkeit "
    "senken, wenn Ärztinnen und Ärzte ein neuronales Netz zur Diagnose einsetzen.",
)


def named(title: str, abstract: str) -> str | None:
    return identify(f"{abstract} {title}", [*words(abstract), *words(title)])


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "hi", "pt", "ru", "sw", "zh"])
def test_passages_are_recognised(language, shared) -> None:
    lines = (shared / "multilingual" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["lang"] == language]
    right = sum(named(row["title"], row["abstract"]) == language for row in rows)
    assert right >= 0.98 * len(rows)
    titles = [identify(row["title"], words(row["title"])) for row in rows]
    assert sum(one not in (language, None) for one in titles) <= 0.08 * len(rows)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("日本語の音声認識のための深層学習", "ja"),
        ("한국어 음성 인식을 위한 심층 학습", "ko"),
        ("Die Erkennung von Krankheiten mit neuronalen Netzen in der Klinik", "de"),
        ("Il riconoscimento delle malattie con reti neurali nella sanità pubblica", "it"),
        ("تشخیص بیماری‌ها با یادگیری عمیق در بیمارستان‌های کشور", "fa"),
        (
            "Розпізнавання хвороб рослин за допомогою нейронних мереж у сільському господарстві",
            "uk",
        ),
        ("", None),
        ("12 34 56", None),
        ("ab", None),
        ("🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂", None),
    ],
)
def test_other_languages_and_none(text, language) -> None:
    assert identify(text, words(text)) == language


def test_a_language_outside_the_glossary_gets_no_goals_rather_than_guesses(classify) -> None:
    row = classify([("de", *GERMAN)], scores=True)[0]
    assert row["language"] == "de"
    assert row["goals"] == []
    assert max(row["scores"]) < 0.5


def spoken() -> dict[str, tuple[str, str, int]]:
    text = (Path(__file__).parent / "spoken.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[2:]]
    return {row[0]: (row[2], row[3], int(row[1])) for row in rows}


SPOKEN = spoken()


@pytest.mark.parametrize("language", sorted(SPOKEN))
def test_a_clear_text_in_another_language_is_given_its_goal(language, classify) -> None:
    title, abstract, goal = SPOKEN[language]
    row = classify([(language, title, abstract)])[0]
    assert row["language"] == language
    assert goal in [one["goal"] for one in row["goals"]]
    spans = [span for one in row["goals"] for span in one["evidence"]]
    assert spans
    assert all(span in title or span in abstract for span in spans)


def test_every_glossed_language_has_entries_and_english_none() -> None:
    assert sorted(glossed_languages()) == ["ar", "es", "fr", "hi", "pt", "ru", "sw", "zh"]
    assert translate(["water"], "en") == ["water"]
    assert translate(["water"], None) == ["water"]


def test_a_short_beginning_does_not_swallow_long_words() -> None:
    assert translate(["ar"], "pt") == ["ar", "air"]
    assert translate(["arquivo"], "pt") == ["arquivo"]


def test_arabic_articles_are_looked_through() -> None:
    assert "water" in translate(["والمياه"], "ar")


def test_words_know_their_place() -> None:
    text = "École — Überprüfung der 水资源 और स्वास्थ्य <b>tag</b>"
    found = tokens(text)
    assert [text[one.start : one.end].lower() for one in found] == [one.word for one in found]
    assert "स्वास्थ्य" in [one.word for one in found]
    assert "水资" in [one.word for one in found]
