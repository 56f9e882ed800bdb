"""Training on a small made corpus: reproducible, blind to its judges, and able to learn."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from aequa.classify import models
from aequa.core.errors import InputError
from aequa.evaluation.metrics import mean_f1
from aequa.training import data, splits, stored
from aequa.training.calibrate import calibrate, logistic, softmax_regression
from aequa.training.data import Example, sources
from aequa.training.evaluate import error_rates
from aequa.training.fit import Sample, Spec, fit, samples, target, vocabulary
from aequa.training.nested import model_of, nested

SPEC = Spec(folds=3)


def trained(examples: list[Example]) -> bytes:
    drawn = samples(examples)
    linear = fit(drawn, SPEC)
    margins = linear.margins([one.words for one in drawn])
    fast = calibrate(drawn, margins, SPEC)
    second = calibrate(drawn, margins, SPEC, logits_of(drawn))
    return models.to_bytes(model_of(linear, fast, second, SPEC))


def logits_of(drawn: list[Sample], missing: int = 7) -> np.ndarray:
    """Answers as a good encoder would give, with noise; none for every ``missing``-th text."""
    noise = np.random.default_rng(3)
    found = noise.normal(0, 1, (len(drawn), 102)).astype(np.float32)
    for place, name in enumerate(models.LABEL_NAMES):
        truth, _ = target(name, drawn, SPEC)
        found[:, place] += np.where(truth, 4, -4)
    for row, one in enumerate(drawn):
        bad = "hinders" in (one.example.goals or {}).values()
        found[row, 30:34] += (-3, 3, 0, 0) if bad else (3, -3, 0, 0)
    found[::missing] = np.nan
    return found


def test_the_same_data_and_seed_give_the_same_bytes(small, tmp_path) -> None:
    first = trained(small)
    assert trained(small) == first
    assert models.to_bytes(models.from_bytes(first)) == first


def test_another_process_gives_the_same_vocabulary(small) -> None:
    code = (
        "from aequa.classify.reading import read_work\n"
        "from aequa.training.fit import vocabulary\n"
        "texts = [read_work('solar grid', 'wind energy school') for _ in range(4)]\n"
        "print(vocabulary(texts, 3).words)\n"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_nested_validation_learns_goals_and_directions(small) -> None:
    drawn = samples(small)
    fold = np.array([int(one.example.id[1:]) // 12 % 3 for one in drawn])
    outcomes, margins = nested(drawn, fold, SPEC, lambda step: None)
    outcome = outcomes["fast"]
    whole = [row for row, one in enumerate(drawn) if not one.copy]
    micro, _ = mean_f1(outcome.truth[whole][:, :17], outcome.assigned[whole][:, :17])
    assert micro > 0.8
    assert margins.any(axis=1).all()
    harm = outcome.harm[np.isin(outcome.pairs[:, 0], whole)]
    bad = outcome.pairs[np.isin(outcome.pairs[:, 0], whole)][:, 2] == 1
    assert harm[bad].mean() > harm[~bad].mean()


def test_labels_of_the_left_out_fold_change_nothing_there(small) -> None:
    """Shuffled labels of fold 0 must not move what the models say of fold 0."""
    drawn = samples(small)
    fold = np.array([int(one.example.id[1:]) // 12 % 3 for one in drawn])
    wrong = [
        one._replace(example=replace(one.example, goals={}, ai=False)) if place == 0 else one
        for one, place in zip(drawn, fold, strict=True)
    ]
    logits = logits_of(drawn)
    first, _ = nested(drawn, fold, SPEC, lambda step: None, logits)
    second, _ = nested(wrong, fold, SPEC, lambda step: None, logits)
    for tier, before in first.items():
        after = second[tier]
        np.testing.assert_array_equal(before.chances[fold == 0], after.chances[fold == 0])
        np.testing.assert_array_equal(before.assigned[fold == 0], after.assigned[fold == 0])
        np.testing.assert_array_equal(before.direction[fold == 0], after.direction[fold == 0])


def test_a_good_encoder_makes_the_accurate_tier_better_and_the_cascade_asks_it(small) -> None:
    words = ("network", "model", "learning", "training", "classifier")
    vague = [
        replace(one, title=words[place % 5], abstract=" ".join(words[place % 3 :]))
        for place, one in enumerate(small)
    ]
    drawn = samples(vague)  # the linear model finds nothing in them
    fold = np.array([int(one.example.id[1:]) // 12 % 3 for one in drawn])
    logits = logits_of(drawn)
    found, _ = nested(drawn, fold, SPEC, lambda step: None, logits)
    read = np.isfinite(logits[:, 0])
    reached = {
        tier: mean_f1(one.truth[read, :17], one.assigned[read, :17])[0]
        for tier, one in found.items()
    }
    assert reached["accurate"] > reached["fast"]
    assert reached["accurate"] > 0.95
    assert reached["fast"] < reached["cascade"]
    assert np.isnan(found["accurate"].chances[~read]).all()
    cascade, fast = found["cascade"], found["fast"]
    np.testing.assert_array_equal(cascade.chances[~read], fast.chances[~read])
    moved = (cascade.chances != fast.chances).any(axis=1)
    unsure = (fast.chances[:, :17] > SPEC.goal_doubt[0]).any(axis=1)
    assert (moved[read & unsure]).all()


def test_rates_of_error_add_up_to_the_judged_works(small) -> None:
    drawn = samples(small)
    fold = np.array([int(one.example.id[1:]) // 12 % 3 for one in drawn])
    found, _ = nested(drawn, fold, SPEC, lambda step: None)
    rows = np.flatnonzero([not one.copy and one.example.ai is True for one in drawn])
    rates = error_rates(found["fast"], rows)
    assert {sum(counts.values()) for counts in rates.values()} == {len(rows)}
    harmful = sum("hinders" in (drawn[row].example.goals or {}).values() for row in rows)
    assert rates["hinders"]["tp"] + rates["hinders"]["fn"] == harmful
    assert {"explicit", "applied", "goal:3", "goal:3:supports", "challenge:bias"} <= set(rates)


def test_stored_answers_come_back_to_their_texts(small) -> None:
    drawn = samples(small)
    logits = logits_of(drawn)
    raw = stored.to_bytes(drawn, logits)
    assert stored.to_bytes(drawn, logits) == raw
    again = stored.from_bytes(raw, drawn[::-1])[::-1]
    known = np.isfinite(again[:, 0])
    assert known.sum() >= np.isfinite(logits[:, 0]).sum()  # equal texts share an answer
    other = replace(small[0], title="unlike", abstract="anything here")
    assert np.isnan(stored.from_bytes(raw, [*drawn, *samples([other])])[-1, 0])
    with pytest.raises(InputError, match="answer none"):
        stored.from_bytes(raw, samples([other]))
    with pytest.raises(InputError, match="damaged"):
        stored.from_bytes(raw[:50], drawn)


def test_an_absent_goal_of_a_single_label_text_weighs_little(small) -> None:
    one = replace(small[0], source="zora-uzh", complete=False, goals={3: None}, ai=None)
    drawn = samples([one, small[1]])
    truth, weight = target("goal:4", drawn[:2], SPEC)
    assert truth.tolist() == [False, True]
    assert weight.tolist() == [SPEC.single_label_weight, 1.0]
    assert target("contribution:supports", drawn[:1], SPEC)[1].tolist() == [0.0]


def test_works_become_title_only_copies(small) -> None:
    drawn = samples(small)
    copies = [one for one in drawn if one.copy]
    assert len(copies) == len(small)
    assert all(one.words.title and not one.words.abstract for one in copies)


def test_rare_words_are_not_kept() -> None:
    from aequa.classify.features import Words

    texts = [Words([], ["common", "pair"])] * 3 + [Words([], ["secret", "name"])] * 2
    known = vocabulary(texts, 3)
    assert known.words == ("common", "pair")
    assert len(known.pairs) == 1


def test_logistic_follows_its_prior_without_data_and_data_without_prior() -> None:
    prior = np.array([1.5, -0.5])
    nothing = logistic(np.zeros((1, 2)), np.ones(1), np.ones(1), prior, 10.0)
    np.testing.assert_allclose(nothing, prior)
    inputs = np.ones((400, 1))
    truth = np.r_[np.ones(300), np.zeros(100)]
    free = logistic(inputs, truth, np.ones(400), np.zeros(1), 1e-6)
    assert free[0] == pytest.approx(np.log(3), abs=1e-3)


def test_softmax_regression_recovers_shares() -> None:
    values = np.repeat([0, 1, 2, 3], [40, 30, 20, 10])
    beta = softmax_regression(np.ones((100, 1)), values, np.ones(100), 1e-6)
    powers = np.exp(beta[:, 0] - beta[:, 0].max())
    np.testing.assert_allclose(powers / powers.sum(), [0.4, 0.3, 0.2, 0.1], atol=1e-3)


def test_only_sources_with_a_licence_to_ship_are_read(examples) -> None:
    allowed = {one.source for one in sources()}
    assert {one.source for one in examples} == allowed
    assert not [name for name in allowed if name.startswith(("mixed", "swiss"))]


def test_counts_of_the_real_data(examples) -> None:
    splits_seen = [one.split for one in examples]
    assert (splits_seen.count("dev"), splits_seen.count("more")) == (1224, 2057)
    assert sum(one.source == "multilingual" for one in examples) == 684
    assert sum(one.source == "ai-filter" for one in examples) == 10_604


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(InputError, match=r"dev\.jsonl\.gz: is missing"):
        data.load(tmp_path)


def test_identifiers_in_the_small_corpus_stay_apart(small) -> None:
    texts = [one.words for one in samples(small)[: len(small)]]
    assert len(splits.folds(small, splits.groups(small, texts), 3, 1)) == len(small)
