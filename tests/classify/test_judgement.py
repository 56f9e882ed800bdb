"""Clear sentences written for these tests: what a reader would say at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aequa.classify import contribution
from aequa.classify.features import vectors
from aequa.classify.models import shipped, traits
from aequa.classify.reading import read_work

Judgement = tuple[int, tuple[str, str]]


def written(kind: str) -> list[Judgement]:
    text = (Path(__file__).parent / "judgements.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()]
    return [(int(row[1] or 0), (row[2], row[3])) for row in rows if row[0] == kind]


CLEAR = dict(written("clear"))
NONE = [text for _, text in written("none")]
HARM, HELP = written("harm"), written("help")


@pytest.mark.parametrize("goal", sorted(CLEAR))
def test_a_clear_text_is_given_its_goal(goal, classify) -> None:
    row = classify([("x", *CLEAR[goal])])[0]
    assert goal in [one["goal"] for one in row["goals"]]
    assert len(row["goals"]) <= 3
    assert row["language"] == "en"


@pytest.mark.parametrize("place", range(len(NONE)))
def test_a_general_method_has_no_goal_and_is_ai(place, classify) -> None:
    row = classify([("x", *NONE[place])])[0]
    assert row["goals"] == []
    assert row["ai"]["label"] is True


def test_a_text_far_from_ai_is_not_ai(classify) -> None:
    title = "Footprints of the late Pleistocene on a tidal island"
    abstract = (
        "We excavated sediments of a beach and dated footprints by radiocarbon to 13,000 years."
    )
    assert classify([("x", title, abstract)])[0]["ai"]["label"] is False


def test_harm_ranks_above_its_helpful_twin() -> None:
    model = shipped()
    works = [read_work(*text) for _, text in [*HARM, *HELP]]
    margins = model.margins(vectors(works, model.vocabulary))
    goal = np.array([number - 1 for number, _ in [*HARM, *HELP]])
    inputs = contribution.inputs(margins[:, -4:], traits(works), goal)
    chances = contribution.probabilities(inputs, model.contribution)
    harm = chances[:, contribution.HINDERS] + chances[:, contribution.MIXED]
    assert (harm[:3] > harm[3:]).all()


def test_a_finding_of_bias_hinders_and_a_remedy_supports(classify) -> None:
    bad, good = classify([("bad", *HARM[1][1]), ("good", *HELP[2][1])])
    assert {one["goal"]: one["contribution"] for one in bad["goals"]}[10] in {"hinders", "mixed"}
    assert {one["goal"]: one["contribution"] for one in good["goals"]}[16] == "supports"
    assert "bias" in [one["name"] for one in bad["challenges"]]


def test_a_title_alone_scores_lower_than_with_its_abstract(classify) -> None:
    rows = [(str(goal), *text) for goal, text in CLEAR.items()]
    bare = [(name, title, None) for name, title, _ in rows]
    whole, short = classify(rows, scores=True), classify(bare, scores=True)
    sums = [sum(row["scores"][int(row["id"]) - 1] for row in answers) for answers in (whole, short)]
    assert sums[1] < sums[0]
    assert any(row["goals"] for row in short)
