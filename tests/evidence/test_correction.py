"""Shares corrected for label errors: the formulas, their coverage, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.intervals import wilson
from aequa.core.results import Table
from aequa.evidence.correction import Rates, misfit, prevalence, prevalence_interval, refusal
from aequa.evidence.engine import evidence
from aequa.evidence.known import Audited, Known, rates_of
from aequa.evidence.spec import Spec

RATES = Rates(tp=75, fp=10, fn=25, tn=390)
Fixed = Callable[..., dict[tuple[str, str | None, str], dict[str, Any]]]


def test_correction_undoes_what_the_errors_did() -> None:
    """What a label of known sensitivity and specificity makes of a share leads back to it."""
    for true in (0.0, 0.1, 0.5, 1.0):
        labelled = true * 0.75 + (1 - true) * 0.025
        assert prevalence(labelled, RATES) == pytest.approx(true)


def test_perfect_labels_change_nothing_and_cost_little() -> None:
    perfect = Rates(tp=5000, fp=0, fn=0, tn=5000)
    low, high = prevalence_interval(0.3, 1000, perfect)
    assert prevalence(0.3, perfect) == pytest.approx(0.3)
    assert (float(low), float(high)) == pytest.approx((0.2724, 0.3291), abs=0.002), "as Wilson's"


@pytest.mark.parametrize(
    ("true", "sensitivity", "specificity", "works", "judged", "positive"),
    [
        (0.30, 0.80, 0.95, 1000, 512, 0.30),
        (0.30, 0.80, 0.95, 100_000, 512, 0.30),
        (0.02, 0.60, 0.995, 5000, 512, 0.03),
        (0.00, 0.60, 0.995, 5000, 512, 0.03),
        (0.10, 0.75, 0.98, 100_000, 512, 0.05),
        (0.60, 0.90, 0.90, 2000, 512, 0.60),
        (0.98, 0.90, 0.90, 500, 512, 0.60),
        (0.05, 0.50, 0.99, 100, 512, 0.04),
        (0.001, 0.80, 0.99, 100_000, 512, 0.03),
    ],
)
def test_intervals_cover_the_true_share(
    true: float, sensitivity: float, specificity: float, works: int, judged: int, positive: float
) -> None:
    """Works and judged works are drawn anew each time; refused draws do not count."""
    random = np.random.default_rng(2014)
    labelled = true * sensitivity + (1 - true) * (1 - specificity)
    hits = []
    for _ in range(1500):
        deserve = int(random.binomial(judged, positive))
        tp = int(random.binomial(deserve, sensitivity))
        tn = int(random.binomial(judged - deserve, specificity))
        rates = Rates(tp, judged - deserve - tn, deserve - tp, tn)
        if not refusal(rates, 10, 0.2):
            low, high = prevalence_interval(random.binomial(works, labelled) / works, works, rates)
            hits.append(bool(low <= true <= high))
    assert len(hits) > 1000
    assert np.mean(hits) >= 0.93


def test_ignoring_the_errors_of_the_rates_would_not_cover() -> None:
    """Why the interval is wide: with rates taken as exact it would miss most of the time."""
    random = np.random.default_rng(3)
    hits = []
    for _ in range(500):
        tp, tn = int(random.binomial(50, 0.7)), int(random.binomial(450, 0.97))
        rates = Rates(tp, 450 - tn, 50 - tp, tn)
        exact = Rates(tp * 10**6, (450 - tn) * 10**6, (50 - tp) * 10**6, tn * 10**6)
        share = random.binomial(100_000, 0.2 * 0.7 + 0.8 * 0.03) / 100_000
        (low, high), (least, most) = (
            prevalence_interval(share, 100_000, held) for held in (rates, exact)
        )
        hits.append((low <= 0.2 <= high, least <= 0.2 <= most))
    covered = np.mean(hits, axis=0)
    assert covered[0] >= 0.93
    assert covered[1] < 0.5


@settings(max_examples=100, deadline=None)
@given(
    st.floats(0, 1),
    st.floats(0.01, 1e7),
    st.tuples(*[st.integers(0, 2000)] * 4).map(lambda counts: Rates(*counts)),
)
def test_an_interval_holds_its_share_and_stays_in_the_unit(
    share: float, size: float, rates: Rates
) -> None:
    if refusal(rates, 10, 0.2):
        return
    low, high = prevalence_interval(share, size, rates)
    assert 0 <= low <= prevalence(share, rates) <= high <= 1


def test_arrays_are_corrected_element_by_element() -> None:
    shares, sizes = np.array([0.1, 0.4, np.nan]), np.array([50.0, 500.0, 0.0])
    low, high = prevalence_interval(shares, sizes, RATES)
    one = prevalence_interval(0.4, 500, RATES)
    assert (low[1], high[1]) == pytest.approx([float(bound) for bound in one])
    assert np.isnan([low[2], high[2]]).all()


@pytest.mark.parametrize(
    ("rates", "words"),
    [
        (None, "no error rates are known"),
        (Rates(3, 0, 6, 500), "too few judged works: 9 positives"),
        (Rates(1, 0, 0, 500), "too few judged works: 1 positive"),
        (Rates(400, 1, 100, 8), "too few judged works: 9 negatives"),
        (Rates(4, 40, 16, 60), "the label is too weak: sensitivity 0.20, specificity 0.60"),
        (Rates(8, 1, 2, 9), ""),
    ],
)
def test_too_little_knowledge_is_refused_with_its_reason(rates: Rates | None, words: str) -> None:
    assert refusal(rates, least=10, weakest=0.2) == words


def test_a_card_without_rates_knows_none() -> None:
    assert rates_of(None) == rates_of({}) == rates_of({"ai": None}) == {}


@pytest.fixture(scope="module")
def fixed(opened: Any, work: Any, label: Any) -> Fixed:
    """Rows of the table for 200 AI works: a third supports goal 3 and names society."""

    def run(known: Known | None = None, spec: Spec | None = None, titles: int = 0) -> Any:
        works = [
            work(f"{n:03}", ["KEN"], top10=float(n < 50), abstract=None if n < titles else "Text.")
            for n in range(200)
        ]
        labels = [
            label(f"{n:03}", {3: "supports"}, ["bias"], ["society"])
            if n % 3 == 0
            else label(f"{n:03}")
            for n in range(200)
        ]
        with opened(works, labels) as con:
            made = list(evidence(con, spec or Spec(replicates=2), {}, known))
        (table,) = [table for table in made if table.name == "corrected"]
        return {(row["measure"], row["key"], row["scope"]): row for row in table.data.to_pylist()}

    return run


KNOWN = Known({"explicit": RATES, "applied": RATES, "goal:3": RATES, "goal:4": Rates(2, 1, 1, 508)})


def test_rows_are_the_readings_by_scope_and_every_goal_challenge_and_area(fixed: Fixed) -> None:
    rows = fixed()
    assert list(rows)[:4] == [
        ("explicit", None, "all"),
        ("explicit", None, "top10"),
        ("explicit", None, "top1"),
        ("applied", None, "all"),
    ]
    assert len(rows) == 9 + 17 + 9 + 5
    assert [key for measure, key, _ in rows if measure == "goal"] == [str(n) for n in range(1, 18)]
    assert ("challenge", "any", "all") in rows
    assert ("area", "none", "all") in rows


def test_labelled_shares_are_those_of_the_other_tables(
    tables: Callable[..., dict[str, Table]], corpus: Any
) -> None:
    made = {name: table.data.to_pylist() for name, table in tables(*corpus).items()}
    rows = {(row["measure"], row["key"], row["scope"]): row for row in made["corrected"]}
    pairs = [((row["reading"], None, row["scope"]), row) for row in made["headline"]]
    pairs += [
        (("goal", str(row["goal"]), "all"), row)
        for row in made["goals"]
        if (row["contribution"], row["scope"]) == ("any", "all")
    ]
    for name, column in (("challenges", "challenge"), ("areas", "area")):
        pairs += [
            ((column, row[column], "all"), row) for row in made[name] if row["scope"] == "all"
        ]
    assert len(pairs) == len(rows)
    columns = ("count", "denominator", "unknown", "share", "low", "high", "few")
    for key, row in pairs:
        assert [rows[key][name] for name in columns] == [row[name] for name in columns], key


def test_error_rates_correct_and_their_absence_is_told(fixed: Fixed) -> None:
    rows = fixed(KNOWN)
    explicit = rows["explicit", None, "all"]
    assert explicit["basis"] == "error rates"
    assert explicit["reason"] is None
    assert explicit["corrected"] == pytest.approx((67 / 200 - 0.025) / 0.725)
    width = explicit["corrected_high"] - explicit["corrected_low"]
    assert width > explicit["high"] - explicit["low"], "sampling alone"
    assert (explicit["judged"], explicit["positives"]) == (500, 100)
    assert rows["explicit", None, "top10"]["basis"] == "error rates"
    few = rows["goal", "4", "all"]
    assert (few["basis"], few["reason"]) == ("none", "too few judged works: 3 positives")
    assert (few["judged"], few["positives"]) == (512, 3)
    for row in rows.values():
        if row["basis"] == "none":
            assert row["corrected"] is row["corrected_low"] is row["corrected_high"] is None
            assert row["reason"]
    assert rows["hinders", None, "all"]["reason"] == "no error rates are known"
    assert rows["explicit", None, "top1"]["reason"] == "no work to count", "no percentile is known"


def test_no_area_is_the_absence_of_the_reading_applied(fixed: Fixed) -> None:
    for known in (KNOWN, Known(audited={"applied": Audited(0.4, 0.3, 0.5, 90, 36)})):
        rows = fixed(known)
        applied, none = rows["applied", None, "all"], rows["area", "none", "all"]
        assert none["corrected"] == pytest.approx(1 - applied["corrected"])
        assert none["corrected_low"] == pytest.approx(1 - applied["corrected_high"])
        assert none["basis"] == applied["basis"]


def test_rates_that_cannot_hold_here_are_not_used(fixed: Fixed) -> None:
    """A third has the label, against a false positive rate of .5 or a sensitivity of .2."""
    for rates in (Rates(tp=190, fp=150, fn=10, tn=150), Rates(tp=50, fp=0, fn=190, tn=300)):
        row = fixed(Known({"explicit": rates}), Spec(replicates=2, min_youden=0.1))
        assert row["explicit", None, "all"]["basis"] == "none"
        assert row["explicit", None, "all"]["reason"].startswith("error rates do not fit")


def test_rates_that_hold_are_hardly_ever_refused_as_a_misfit() -> None:
    random = np.random.default_rng(5)
    refused = []
    for _ in range(1000):
        fp = int(random.binomial(480, 0.01))
        share = random.binomial(5000, 0.01) / 5000  # no work deserves the label
        low, high = (float(bound) for bound in wilson(share, 5000))
        refused.append(misfit(low, high, Rates(24, fp, 8, 480 - fp)) != "")
    assert np.mean(refused) < 0.025


def test_an_audit_goes_first_and_only_for_all_works(fixed: Fixed) -> None:
    audited = {"explicit": Audited(0.2, 0.15, 0.26, 120, 25)}
    rows = fixed(Known(KNOWN.rates, audited=audited))
    row = rows["explicit", None, "all"]
    found = [row[name] for name in ("corrected", "corrected_low", "corrected_high", "judged")]
    assert found == [0.2, 0.15, 0.26, 120]
    assert (row["basis"], row["positives"]) == ("audit", 25)
    assert rows["explicit", None, "top10"]["basis"] == "error rates"
    assert rows["applied", None, "all"]["basis"] == "error rates"


@pytest.mark.parametrize(
    ("titles", "both", "basis", "words"),
    [
        (30, False, "error rates", None),
        (100, False, "none", "50 % of the works were judged by title alone"),
        (200, False, "none", "100 % of the works were judged by title alone"),
        (100, True, "none", "not of a mix"),
        (200, True, "error rates", None),
    ],
)
def test_error_rates_serve_the_kind_of_text_they_were_counted_on(
    fixed: Fixed, titles: int, both: bool, basis: str, words: str | None
) -> None:
    short = Rates(tp=50, fp=10, fn=50, tn=390)
    known = Known({"explicit": RATES}, {"explicit": short} if both else {})
    row = fixed(known, titles=titles)["explicit", None, "all"]
    assert row["basis"] == basis
    assert words is None or words in row["reason"]
    if basis != "none":
        sensitivity = 0.5 if titles == 200 else 0.75
        assert row["corrected"] == pytest.approx((67 / 200 - 0.025) / (sensitivity + 0.975 - 1))


def test_provenance_holds_the_rates_and_the_audit(opened: Any, corpus: Any) -> None:
    known = Known({"explicit": RATES}, inputs={"audit.parquet": "sha256:1"})
    with opened(*corpus) as con:
        made = {table.name: table for table in evidence(con, Spec(replicates=2), {}, known)}
    provenance = made["corrected"].provenance
    assert provenance.spec["error_rates"] == {"explicit": RATES._asdict()}
    assert provenance.inputs == {"audit.parquet": "sha256:1"}
    assert made["headline"].provenance.inputs == {}
