"""Clear sentences written for these tests: what a reader would say at once."""

from __future__ import annotations

import pytest

CLEAR = {
    1: ("Cash transfers and machine-learned targeting of poor households", "We predict poverty of rural households from phone records and use it to direct social protection and cash transfers to the poorest families. Poverty falls among those reached."),
    2: ("Detecting maize leaf disease for smallholder farmers", "A convolutional network recognises crop diseases in photographs of maize leaves. Farmers use it to protect yields, and food security in the district improves."),
    3: ("Predicting sepsis in intensive care", "A recurrent network trained on records of hospital patients predicts sepsis six hours before clinicians and lowers mortality."),
    4: ("Adaptive tutoring in primary schools", "An intelligent tutoring system adapts exercises to each student. Pupils taught with it learn to read faster, and teachers plan lessons with its feedback."),
    5: ("Women in the machine learning workforce", "We study gender inequality in hiring and find that a structured review removes the disadvantage of women; we release a tool that helps employers reach gender equality."),
    6: ("Forecasting drinking water quality", "We forecast turbidity and contamination of drinking water and wastewater from sensors, so that the water utility can keep the supply of rural villages safe."),
    7: ("Forecasting solar power for the grid", "A neural network forecasts photovoltaic and wind power generation and lowers the cost of balancing the electricity grid with renewable energy."),
    9: ("Predictive maintenance in manufacturing", "We detect faults of bearings in industrial machines on the factory floor by deep learning and reduce downtime of the manufacturing process and infrastructure."),
    10: ("Fair speech recognition for people with disabilities", "Speech recognition fails for people with disabilities and for minority dialects. We reduce this discrimination by adapting to speakers with dysarthria from under-represented groups."),
    11: ("Predicting urban traffic congestion", "A graph neural network predicts traffic flow in the road network of a city and improves public transport and signal control for urban mobility."),
    13: ("Deep learning for climate model downscaling", "We downscale climate projections to study extreme weather under climate change and support adaptation to rising temperatures and carbon emissions."),
    14: ("Monitoring coral reefs from underwater images", "We segment coral reef images to monitor marine ecosystems and detect illegal fishing vessels, in support of ocean conservation and fisheries."),
    15: ("Mapping deforestation and wildlife", "We detect deforestation in satellite images and count wildlife species in camera traps to protect forest biodiversity."),
    16: ("Detecting fake news and hate speech", "We detect misinformation, fake news and hate speech on social media with a transformer, so that platforms can protect elections and public debate."),
}  # fmt: skip
NONE = [
    ("Faster convergence of stochastic gradient descent", "We analyse momentum in stochastic gradient descent and prove faster convergence for smooth convex functions. Experiments on image classification benchmarks agree with the theory."),
    ("Neural radiance fields with sparse views", "We render novel views of a scene from few images by regularising depth, and outperform prior work on two benchmarks."),
    ("Multi-agent path finding with bounded suboptimality", "A search algorithm that plans collision-free paths for many agents on grid maps with bounded cost and less memory."),
    ("Relation extraction with span-level attention", "We propose an attention mechanism for entity and relation extraction and report state-of-the-art results on three data sets."),
]  # fmt: skip


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


HARM = [
    ("A deepfake attack on election news", "We show how deepfake videos deceive voters: our attack generates misinformation that fools detectors and threatens elections and public trust."),
    ("Racial bias in commercial face recognition", "We audit commercial face recognition and find that it discriminates against darker-skinned women; error rates are thirty times higher and minorities suffer wrongful arrests."),
    ("Evading hate speech detection", "We propose an adversarial attack that evades hate speech detectors, exposing that harmful content still passes moderation."),
]  # fmt: skip
HELP = [
    ("A defence against deepfakes in election news", "We propose a detector of deepfake videos that protects voters against misinformation and restores trust in elections."),
    ("Removing racial bias from face recognition", "We propose a method that mitigates bias in face recognition and makes error rates equal for darker-skinned women and other minorities, improving fairness."),
    ("Robust detection of hate speech", "We improve detection of hate speech with a robust model that helps moderators remove harmful content."),
]  # fmt: skip


def test_harm_ranks_above_its_helpful_twin() -> None:
    from aequa.classify import contribution
    from aequa.classify.features import vectors
    from aequa.classify.models import shipped, traits
    from aequa.classify.reading import read_work

    model = shipped()
    works = [read_work(*text) for text in [*HARM, *HELP]]
    margins = model.margins(vectors(works, model.vocabulary))
    goal = [15, 9, 15] * 2
    inputs = contribution.inputs(margins[:, -4:], traits(works), goal)
    chances = contribution.probabilities(inputs, model.contribution)
    harm = chances[:, contribution.HINDERS] + chances[:, contribution.MIXED]
    assert (harm[:3] > harm[3:]).all()


def test_a_finding_of_bias_hinders_and_a_remedy_supports(classify) -> None:
    bad, good = classify([("bad", *HARM[1]), ("good", *HELP[1])])
    assert {one["goal"]: one["contribution"] for one in bad["goals"]}[10] in {"hinders", "mixed"}
    assert {one["goal"]: one["contribution"] for one in good["goals"]}[10] == "supports"
    assert "bias" in [one["name"] for one in bad["challenges"]]


def test_a_title_alone_scores_lower_than_with_its_abstract(classify) -> None:
    rows = [(str(goal), *text) for goal, text in CLEAR.items()]
    bare = [(name, title, None) for name, title, _ in rows]
    whole, short = classify(rows, scores=True), classify(bare, scores=True)
    sums = [sum(row["scores"][int(row["id"]) - 1] for row in answers) for answers in (whole, short)]
    assert sums[1] < sums[0]
    assert any(row["goals"] for row in short)
