from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.classify.features import Words
from aequa.classify.reading import read_work
from aequa.classify.targets import measured, suppressed, targets
from aequa.classify.words import stem, words
from aequa.core.intervals import wilson
from aequa.core.targets import all_targets

Judgement = dict[str, str]
PHRASE_WORDS = sorted({word for one in all_targets() for p in one.words for word in p.split()})
WORKS = {"works", "works-more", "works-2", "venues"}


def judgements() -> list[Judgement]:
    text = files("aequa.training").joinpath("target_judgements.tsv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()[1:], delimiter="\t"))


def codes(title: str, abstract: str, goal: int) -> list[str]:
    return [ground.code for ground in targets(read_work(title, abstract), goal)]


@pytest.mark.parametrize(
    ("goal", "expected", "title", "abstract"),
    [
        (1, ["1.3"], "Who gets the cash transfers?", "Payments reach the old first."),
        (2, ["2.3"], "Maize yields seen from orbit", "Crop yield and farm income of smallholders."),
        (3, ["3.3"], "A microscope for malaria", "Parasites are counted in blood films."),
        (3, ["3.4"], "Screening", "Breast cancer is found early; the cancer grows slowly."),
        (4, ["4.c"], "Tools for teacher training", "Novices practise with a chatbot."),
        (6, ["6.2"], "Where toilets are missing", "We map open defecation from surveys."),
        (10, ["10.3"], "Fairness of credit scores", "We remove discrimination by postcode."),
        (11, ["11.5"], "Floods and who is warned", "Evacuation of a delta town."),
        (14, ["14.4"], "Dark vessels", "Illegal fishing is seen by radar."),
        (16, ["16.5"], "Bribery in road building", "Signs of corruption in contracts."),
    ],
)
def test_clear_texts_name_their_target(
    goal: int, expected: list[str], title: str, abstract: str
) -> None:
    assert codes(title, abstract, goal) == expected


def test_one_passing_mention_names_no_target() -> None:
    assert codes("Learning with few labels", "We test on images, faces and malaria.", 3) == []
    assert codes("Learning with few labels", "We test on malaria, and malaria again.", 3) == ["3.3"]


def test_a_target_far_behind_the_best_of_its_goal_is_left_out() -> None:
    text = "Malaria, malaria and malaria: mosquito nets against malaria and dengue. "
    assert "3.a" in codes("Smoking", "", 3)
    assert codes("Malaria", text * 2 + "HIV, tuberculosis, cholera. Smoking, smoking.", 3) == [
        "3.3"
    ]


def test_a_phrase_inside_another_counts_once() -> None:
    once = targets(read_work("Renewable energy sources", ""), 7)
    assert [(one.code, one.because) for one in once] == [("7.2", "renewable energy source")]
    assert once[0].score == pytest.approx(1 - 2 ** (-1.5))


@pytest.mark.parametrize(
    ("goal", "code", "title", "abstract"),
    [
        (3, "3.3", "Cas de paludisme au Sahel", "Le paludisme recule dans les villages."),
        (14, "14.4", "Pesca ilegal en la costa", "La pesca ilegal se detecta desde satélites."),
        (13, "13.1", "Прогноз наводнений", "Наводнения и засухи угрожают деревням реки."),
    ],
)
def test_other_languages_are_read_through_the_glossary(
    goal: int, code: str, title: str, abstract: str
) -> None:
    assert code in codes(title, abstract, goal)


def test_empty_and_unknown_texts_name_nothing_and_a_wrong_goal_is_an_error() -> None:
    for goal in range(1, 18):
        assert targets(Words([], [], None), goal) == []
        assert codes("Qwrt zxcv", "§ 12 % …", goal) == []
    with pytest.raises(KeyError):
        targets(Words(["malaria"], [], "en"), 18)


def test_a_megabyte_of_repeated_words_is_answered() -> None:
    assert codes("Flood", "flood water cholera " * 60_000, 13) == ["13.1"]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(PHRASE_WORDS), max_size=60),
    st.lists(st.sampled_from(PHRASE_WORDS), max_size=12),
    st.sampled_from(["en", "fr", None]),
    st.integers(1, 17),
)
def test_answers_keep_their_promises(
    abstract: list[str], title: list[str], language: str | None, goal: int
) -> None:
    work = Words(title, abstract, language)
    found = targets(work, goal)
    assert found == targets(Words(list(title), list(abstract), language), goal)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    phrases = {one.code: one.words for one in all_targets() if one.goal == goal}
    said = {stem(word) for word in [*title, *abstract]}
    for one in found:
        assert one.code not in suppressed()
        assert 0.5 <= one.score <= 1
        assert one.because in phrases[one.code]
        assert {stem(word) for word in words(one.because)} <= said


def test_every_phrase_survives_the_tokeniser_and_none_is_written_twice() -> None:
    for target in all_targets():
        parts = [part for phrase in target.words for part in phrase.split(" & ")]
        assert [" ".join(words(part)) for part in parts] == parts
        stems = Counter(" ".join(map(stem, phrase.split())) for phrase in target.words)
        assert max(stems.values()) == 1, target.code


def _share(rights: list[int]) -> dict[str, Any] | None:
    if not rights:
        return None
    share = sum(rights) / len(rights)
    low, high = wilson(share, len(rights))
    bounds = {"low": round(float(low), 3), "high": round(float(high), 3)}
    return {"precision": round(share, 3), **bounds, "judged": len(rights)}


def _without_note(given: dict[str, Any] | None) -> dict[str, Any] | None:
    return given and {key: given[key] for key in given if key != "of"}


def test_the_figures_follow_from_the_judgements() -> None:
    rows, said = judgements(), measured()
    held_out = [int(row["right"]) for row in rows if row["set"] in {"works-2", "venues"}]
    assert _without_note(said["overall"]) == _share(held_out)
    for name, figure in said["sets"].items():
        assert figure == _share([int(row["right"]) for row in rows if row["set"] == name])
    shipped = [
        row
        for row in rows
        if row["set"] in WORKS and row["still"] == "1" and row["target"] not in suppressed()
    ]
    assert _without_note(said["shipped"]) == _share([int(row["right"]) for row in shipped])
    for goal in range(1, 18):
        rights = [int(r["right"]) for r in shipped if r["target"].split(".")[0] == str(goal)]
        assert said["goals"][str(goal)] == _share(rights)


def test_targets_are_held_back_where_the_evidence_is_poor_or_missing() -> None:
    rights: dict[str, list[int]] = {target.code: [] for target in all_targets()}
    for row in judgements():
        if row["still"] == "1":
            rights[row["target"]].append(int(row["right"]))
    few = {code for code, found in rights.items() if len(found) < 2}
    poor = {code for code, found in rights.items() if sum(found) < 0.6 * len(found)} - few
    expected = {code: "few" if code in few else "poor" for code in rights if code in few | poor}
    assert measured()["suppressed"] == expected


def _annotated(shared: Path) -> Iterator[dict[str, Any]]:
    for name in ("dev", "more"):
        with gzip.open(shared / f"ai-sdg-gold/{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def test_judged_assignments_are_those_that_the_code_makes(shared: Path) -> None:
    read = {r["id"]: read_work(r["title"] or "", r["abstract"] or "") for r in _annotated(shared)}
    rows = [row for row in judgements() if row["id"] in read and row["target"] not in suppressed()]
    assert len(rows) > 200
    for row in rows:
        goal = int(row["target"].split(".")[0])
        named = row["target"] in [one.code for one in targets(read[row["id"]], goal)]
        assert named == (row["still"] == "1"), row


def test_how_many_annotated_goals_get_a_target(shared: Path) -> None:
    pairs = named = 0
    for row in _annotated(shared):
        work = read_work(row["title"] or "", row["abstract"] or "")
        found = [targets(work, int(goal)) for goal in row["goals"]]
        pairs += len(found)
        named += sum(map(bool, found))
    assert measured()["coverage"] == {"goals": pairs, "with_a_target": named}


def test_wording_of_indicators(shared: Path) -> None:
    path = shared / "reference" / "IRCAI-SDGObservatory-Indicators.csv"
    known, seen = {target.code for target in all_targets()}, set()
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            match = re.match(r"\s*(\d+\.[\da-d]+)\.\d+\s+(.+?)(\||$)", row["Long Name"])
            if match and match[1] in known:
                seen.add((match[1], match[2].strip()))
    best = [(code, codes(text, "", int(code.split(".")[0]))[:1]) for code, text in sorted(seen)]
    named = [(code, first[0]) for code, first in best if first]
    right = sum(code == first for code, first in named)
    assert measured()["indicator_wording"]["shipped"] == {"named": len(named), "right": right}
    assert measured()["indicator_wording"]["rows"] == len(best)
