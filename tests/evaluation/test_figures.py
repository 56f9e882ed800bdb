"""Figures from labels: by hand, against scikit-learn, and under the names of the card."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import f1_score

from aequa.classify import models
from aequa.core.works import LABELS
from aequa.evaluation.answers import Answers, answers
from aequa.evaluation.figures import confusion, figures
from aequa.evaluation.labelled import Labelled

SCORES = [0.01] * 17


def text(**fields: Any) -> Labelled:
    return Labelled(**{"id": "x", "title": "Wells", "abstract": None, "line": 1, **fields})


def said(*rows: dict[str, Any], scores: bool = True) -> Answers:
    """Labels as ``classify`` gives them: ``goals`` as {goal: (score, contribution)}."""
    full = []
    for number, row in enumerate(rows):
        chances = list(SCORES)
        for goal, (score, _) in row.get("goals", {}).items():
            chances[goal - 1] = score
        for goal, score in row.get("below", {}).items():
            chances[goal - 1] = score
        full.append(
            {
                "id": str(number),
                "language": row.get("language", "en"),
                "ai": row.get("ai", {"label": True, "score": 0.9}),
                "goals": [
                    {
                        "goal": goal,
                        "score": score,
                        "contribution": kind,
                        "contribution_score": 0.9,
                        "evidence": [],
                    }
                    for goal, (score, kind) in row.get("goals", {}).items()
                ],
                "challenges": [{"name": n, "score": 0.8} for n in row.get("challenges", [])],
                "areas": [{"name": n, "score": 0.8} for n in row.get("areas", [])],
                "scores": chances if scores else None,
            }
        )
    return answers([pa.RecordBatch.from_pylist(full, schema=LABELS)])


def test_goals_by_hand() -> None:
    truth = [text(goals={3: None}), text(goals={3: None, 10: None}), text(goals={}), text(goals={})]
    model = said(
        {"goals": {3: (0.9, "supports")}},
        {"goals": {3: (0.8, "supports"), 11: (0.6, "supports")}},
        {"goals": {16: (0.7, "hinders")}},
        {},
    )
    found = figures(truth, model)
    overall = found["goals_overall"]["all"]
    assert overall["micro_f1"] == round(2 * 2 / (4 + 3), 4)
    assert overall["macro_f1"] == 0.5  # goal 3 found twice, goal 10 missed; others do not occur
    assert (overall["no_goal_truth"], overall["no_goal_assigned"]) == (0.5, 0.25)
    assert overall["no_goal"]["recall"] == 0.5
    assert found["goals"]["3"]["f1"] == 1.0
    assert found["goals"]["10"]["precision"] is None
    assert found["goals"]["17"]["f1"] is None
    assert found["confusion"]["10"] == {"11": 1.0}
    assert found["confusion"]["none"] == {"16": 1.0, "none": 1.0}
    assert sum(row["n"] for row in found["reliability"]) == 4 * 17
    assert "ai" not in found
    assert "languages" not in found


def test_goals_as_in_scikit_learn() -> None:
    noise = np.random.default_rng(4)
    wanted, given = noise.random((2, 60, 17)) < 0.15
    truth = [text(goals=dict.fromkeys((np.flatnonzero(row) + 1).tolist())) for row in wanted]
    rows = [{"goals": {g + 1: (0.9, None) for g in np.flatnonzero(row).tolist()}} for row in given]
    found = figures(truth, said(*rows))["goals_overall"]["all"]
    assert found["micro_f1"] == pytest.approx(f1_score(wanted, given, average="micro"), abs=1e-4)
    assert found["macro_f1"] == pytest.approx(f1_score(wanted, given, average="macro"), abs=1e-4)


def test_each_figure_rests_on_texts_whose_truth_is_known() -> None:
    truth = [
        text(goals={3: None}, ai=True, challenges=frozenset(["bias"])),
        text(ai=False, areas=frozenset(["economy"])),
        text(goals={6: None}, complete=False),
    ]
    ai = {"label": False, "score": 0.2}
    found = figures(truth, said({"goals": {3: (0.9, None)}}, {"ai": ai, "areas": ["economy"]}, {}))
    assert found["works"] == 3
    assert found["goals_overall"]["all"]["works"] == 1
    assert (found["ai"]["works"], found["ai"]["f1"]) == (2, 1.0)
    assert found["ai"]["ece"] == pytest.approx((0.1 + 0.2) / 2)
    assert found["challenges_overall"] | {"micro_interval": 0, "macro_interval": 0} == {
        "micro_f1": 0.0,
        "micro_interval": 0,
        "macro_f1": 0.0,
        "macro_interval": 0,
        "works": 1,
    }
    assert found["areas"]["economy"]["f1"] == 1.0
    assert found["recorded_goal"]["works"] == 1


def test_ai_works_stand_apart_where_there_are_others() -> None:
    truth = [text(goals={3: None}, ai=True), text(goals={6: None}, ai=False)]
    found = figures(truth, said({"goals": {3: (0.9, None)}}, {}))
    assert found["goals_overall"]["ai_works"]["micro_f1"] == 1.0
    assert found["goals_overall"]["all"]["micro_f1"] == round(2 / 3, 4)


def test_one_recorded_goal() -> None:
    truth = [
        text(goals={3: None}, complete=False),
        text(goals={3: None}, complete=False),
        text(goals={6: None}, complete=False),
        text(goals={}, complete=False),
    ]
    model = said(
        {"goals": {3: (0.9, None), 10: (0.95, None)}},  # found, but another is thought better
        {"below": {3: 0.3}},  # best-scored, under its threshold
        {"goals": {6: (0.7, None)}},
        {},
    )
    found = figures(truth, model)["recorded_goal"]
    assert (found["works"], found["with_goal"]) == (4, 3)
    assert found["top1"] == round(2 / 3, 4)
    assert found["answered"] == round(2 / 3, 4)
    assert found["answer"] == 0.5  # the third and the last
    assert found["goals"]["3"]["recall"] == 0.5
    assert found["goals"]["6"]["precision"] == 1.0
    assert found["answer_macro_f1"] == 0.5


def test_contribution_is_judged_on_found_goals_and_says_so() -> None:
    truth = [
        text(goals={3: "supports", 10: "hinders", 6: "neutral"}),
        text(goals={10: "mixed"}),
        text(goals={10: "hinders"}),
    ]
    model = said(
        {"goals": {3: (0.9, "supports"), 10: (0.9, "mixed"), 6: (0.9, "hinders")}},
        {"goals": {10: (0.9, "supports")}},
        {},
    )
    found = figures(truth, model)["contribution"]
    assert (found["known"], found["found"]) == (4, 3)
    assert found["hinders_or_mixed"]["recall"] == 0.5
    assert found["supports"]["precision"] == 0.5
    assert found["macro_f1"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["ece"] == pytest.approx(0.9 - 1 / 3, abs=1e-4)  # one of three exactly right


def test_pairs_are_right_when_both_texts_are() -> None:
    def pair(name: str, kind: str) -> Labelled:
        return text(pair=name, goals={10: kind})

    truth = [
        pair("p", "supports"),
        pair("p", "hinders"),
        pair("q", "supports"),
        pair("q", "hinders"),
    ]
    kinds = ("supports", "mixed", "supports", "supports")
    model = said(*({"goals": {10: (0.9, kind)}} for kind in kinds))
    found = figures(truth, model)["contribution"]
    assert (found["pairs"], found["both_right"]) == (2, 0.5)


def test_harm_end_to_end_counts_missed_and_wrong_goals() -> None:
    truth = [
        text(goals={10: "hinders", 3: "supports"}),
        text(goals={10: "mixed"}),
        text(goals={}),
        text(goals={5: None}),  # direction not recorded: left out
    ]
    model = said(
        {"goals": {10: (0.9, "mixed"), 3: (0.9, "supports")}},
        {},
        {"goals": {16: (0.9, "hinders")}},
        {"goals": {5: (0.9, "hinders")}},
    )
    found = figures(truth, model)["contribution"]["end_to_end"]
    assert (found["n"], found["precision"], found["recall"]) == (2, 0.5, 0.5)


def test_sources_one_by_one() -> None:
    truth = [
        text(source="a", goals={3: None}),
        text(source="b", goals={6: None}, complete=False),
        text(source="b", goals={6: None}, complete=False),
        text(source="c", ai=True),
    ]
    found = figures(truth, said({"goals": {3: (0.9, None)}}, {"below": {6: 0.3}}, {}, {}))[
        "sources"
    ]
    assert list(found) == ["a", "b"]
    assert (found["a"]["works"], found["a"]["micro_f1"]) == (1, 1.0)
    assert found["b"] | {"top1_interval": 0} == {
        "works": 2,
        "top1": 0.5,
        "top1_interval": 0,
        "answer": 0.0,
        "answer_macro_f1": 0.0,
    }
    assert "sources" not in figures(truth[:1], said({}))


def test_languages_one_by_one() -> None:
    truth = [text(language="fr", goals={3: "supports"}, ai=True), text(language="sw", goals={})]
    found = figures(truth, said({"language": "fr", "goals": {3: (0.9, "supports")}}, {}))[
        "languages"
    ]
    assert (found["fr"]["identified"], found["sw"]["identified"]) == (1.0, 0.0)
    assert found["fr"]["micro_f1"] == 1.0
    assert found["fr"]["hinders_or_mixed"]["n"] == 0
    assert "ai" not in found["sw"]


def test_without_scores_there_is_no_calibration_error_of_what_was_not_assigned() -> None:
    found = figures([text(goals={3: None}), text(goals={})], said({}, {}, scores=False))
    assert found["goals"]["3"]["ece"] is None
    assert found["goals_overall"]["all"]["ece_equal_mass"] is None
    assert found["reliability"] == []


def test_a_text_of_which_nothing_is_known_has_no_ai_chance() -> None:
    found = figures([text(ai=False), text(ai=True)], said({"ai": None}, {}))["ai"]
    assert found["f1"] == 1.0
    assert found["ece"] == pytest.approx(0.1)


def test_names_are_those_of_the_card() -> None:
    """The same tables print both."""
    card = models.card()
    truth = [
        text(
            language="en",
            goals={3: "supports"},
            ai=True,
            challenges=frozenset(),
            areas=frozenset(["society"]),
        )
    ]
    found = figures(truth, said({"goals": {3: (0.9, "supports")}}))
    for name in ("goals", "challenges", "areas"):
        assert set(found[name]) == set(card[name]), name
        assert set(next(iter(card[name].values()))) <= set(next(iter(found[name].values()))), name
    parts = [
        (card["goals_overall"]["dev"], found["goals_overall"]["all"]),
        (
            {name: card["ai"][name] for name in ("precision", "recall", "f1", "n", "ece")},
            found["ai"],
        ),
        (card["languages"]["en"], found["languages"]["en"]),
        (
            {"macro_f1", "macro_interval", "ece", "supports", "hinders_or_mixed"},
            found["contribution"],
        ),
    ]
    for old, new in parts:
        assert set(old) <= set(new)


def test_confusion_names_goals() -> None:
    truth, assigned = np.zeros((1, 17), bool), np.zeros((1, 17), bool)
    truth[0, 0] = assigned[0, 16] = True
    assert confusion(truth, assigned)["1"] == {"17": 1.0}
