"""Named models on the same folds and texts: the usual baseline beside our tiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from aequa.classify.features import Floats
from aequa.classify.models import GOALS
from aequa.evaluation.metrics import compared, mean_f1, with_interval
from aequa.training.fit import Sample, Spec, fit, target
from aequa.training.nested import HELD, Bools, Ints, Outcome

BASELINE = "TF-IDF + logistic regression"
SETS = {
    "policy texts": ("osdg-excerpts-1", "osdg-excerpts-2", "qu-sentences", "un-targets"),
    "papers of all fields": ("zora-uzh", "aurora-survey"),
}
"""General texts of which one goal was recorded, in the fold that no tier was trained on."""


def baseline(drawn: Sequence[Sample], fold: Ints, spec: Spec) -> Floats:
    """Out-of-fold probabilities (samples, GOALS) of the usual model on the same training texts.

    Words and word pairs, sublinear TF-IDF, one logistic regression per goal (scikit-learn).
    """
    texts = [f"{one.example.title} {one.example.abstract}" for one in drawn]
    found = np.full((len(drawn), GOALS), np.nan, np.float32)
    answers = [target(f"goal:{goal + 1}", drawn, spec) for goal in range(GOALS)]
    usable = np.array([not one.copy for one in drawn]) & (answers[0][1] > 0)
    for left in range(spec.folds):
        seen, test = (
            np.flatnonzero(usable & (fold != left)),
            np.flatnonzero(usable & (fold == left)),
        )
        words = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True)
        rows = words.fit_transform([texts[row] for row in seen.tolist()])
        asked = words.transform([texts[row] for row in test.tolist()])
        for goal, (truth, weight) in enumerate(answers):
            model = LogisticRegression(C=10.0, solver="liblinear", random_state=spec.seed)
            model.fit(rows, truth[seen], sample_weight=weight[seen])
            found[test, goal] = model.predict_proba(asked)[:, 1]
    return found


def comparison(
    drawn: Sequence[Sample],
    outcomes: Mapping[str, Outcome],
    usual: Floats,
    answered: Bools,
    spec: Spec,
) -> list[dict[str, Any]]:
    """Rows ``model, set, micro_f1, macro_f1, works`` on AI works and on general texts.

    On AI works every goal is judged (the baseline at probability one half). Of general texts one
    goal was recorded, so the likeliest goal of each model is. ``answered`` are the samples to which
    every tier has an unseen answer.
    """
    whole = np.array([not one.copy for one in drawn]) & answered
    dev = np.array([one.example.split == "dev" and one.example.ai is True for one in drawn])
    source = np.array([one.example.source for one in drawn])
    chances = {BASELINE: usual} | {name: one.chances for name, one in outcomes.items()}
    any_tier = next(iter(outcomes.values()))
    known = any_tier.recorded[:, :GOALS]
    truth = any_tier.truth[:, :GOALS] & known
    found = []
    rows = np.flatnonzero(whole & dev)
    for name, own in chances.items():
        said = own[rows] >= 0.5 if name == BASELINE else outcomes[name].assigned[rows, :GOALS]
        found.append(_row(name, "AI works", truth[rows], said & known[rows], spec))
    for place, sources in SETS.items():
        rows = np.flatnonzero(whole & np.isin(source, sources))
        best = {name: _likeliest(own[rows, :GOALS]) for name, own in chances.items()}
        for name, said in best.items():
            row = _row(name, place, truth[rows], said, spec)
            found.append(row | {"over_baseline": _gain(truth[rows], said, best[BASELINE], spec)})
    return found


def _likeliest(chances: Floats) -> Bools:
    return np.asarray(np.eye(GOALS, dtype=bool)[chances.argmax(axis=1)])


def _row(model: str, place: str, truth: Bools, said: Bools, spec: Spec) -> dict[str, Any]:
    return {"model": model, "set": place, **with_interval(truth, said, spec.seed)}


def _gain(truth: Bools, said: Bools, usual: Bools, spec: Spec) -> dict[str, Any]:
    found = compared(truth, said, usual, spec.seed)
    return {key: found[key] for key in ("macro_difference", "macro_interval")}


def learning_curve(drawn: Sequence[Sample], fold: Ints, spec: Spec) -> list[dict[str, Any]]:
    """F1 of the fast tier's margins on fold HELD, by how many annotated works it learnt from.

    All goals are decided at one margin, the best on the next fold, which is not trained on either.
    """
    gold = np.array([one.example.source == "gold" and not one.copy for one in drawn])
    judged, tuned = np.flatnonzero(gold & (fold == HELD)), np.flatnonzero(gold & (fold == HELD + 1))
    truth = np.stack([target(f"goal:{goal + 1}", drawn, spec)[0] for goal in range(GOALS)], axis=1)
    works = np.flatnonzero(gold & (fold > HELD + 1))
    order = np.random.default_rng(spec.seed).permutation(works)
    found = []
    for part in (0.125, 0.25, 0.5, 1.0):
        kept = {drawn[row].example.id for row in order[: int(part * len(order))].tolist()}
        seen = [
            one
            for one, place in zip(drawn, fold.tolist(), strict=True)
            if place > HELD + 1 and (one.example.source != "gold" or one.example.id in kept)
        ]
        linear = fit(seen, spec)
        tuning, judging = (
            linear.margins([drawn[row].words for row in rows.tolist()])[:, :GOALS]
            for rows in (tuned, judged)
        )
        least = max(np.arange(-1.0, 0.2, 0.05), key=lambda at: mean_f1(truth[tuned], tuning > at))
        micro, macro = mean_f1(truth[judged], judging > least)
        found.append({"works": len(kept), "micro_f1": round(micro, 4), "macro_f1": round(macro, 4)})
    return found
