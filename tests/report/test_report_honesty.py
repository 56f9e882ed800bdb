"""What the page must say beside its numbers, and how its sentences follow the data."""

import re

import pytest

from aequa.report import page
from aequa.report.accuracy import lean, uncorrected
from aequa.report.figure import Material
from aequa.report.sections import (
    goals,
    issues,
    limits,
    opening,
    places,
    sectors,
    sentences,
    unplaced,
    years,
)
from aequa.report.sections.statements import statements
from aequa.report.stored import Stored


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


def headline(share, works, unknown=0.0, scope="all"):
    few = works < 30
    ends = {"share": share, "low": share, "high": share, "denominator": float(works)}
    return {"reading": "explicit", "scope": scope, "unknown": unknown, "few": few, **ends}


def sentence(*rows, counts=None):
    return plain(sentences.sentence(Material(Stored({}, {"headline": rows}), {"counts": counts})))


def test_sentence_without_ai_works_names_the_corpus():
    text = sentence(headline(None, 0), counts={"kept": 5})
    assert text.startswith("None of the 5 works here is about artificial intelligence")
    assert sentence(headline(None, 0)).startswith("No work here")


def test_sentence_of_one_work_gives_no_share():
    text = sentence(headline(1.0, 1))
    assert text.startswith("Only 1 work on artificial intelligence is judged here")
    assert "%" not in text


def test_sentence_says_when_no_goal_was_judged():
    assert "The goals of all 7 works" in sentence(headline(None, 0, unknown=7.0))


def test_the_most_cited_are_not_compared_when_they_are_few():
    many = headline(0.3, 200)
    assert "tenth cited most" not in sentence(many, headline(0.9, 20, scope="top10"))
    assert "is higher" in sentence(many, headline(0.9, 40, scope="top10"))


@pytest.mark.parametrize(
    ("truth", "assigned", "which", "words"),
    [
        (0.711, 0.766, "under", "likely understated"),
        (0.766, 0.711, "over", "likely overstated"),
        (0.711, 0.715, "level", "neither way"),
        (None, 0.7, "", "not corrected for label errors"),
    ],
)
def test_direction_of_label_errors_follows_the_card(truth, assigned, which, words):
    held = {"no_goal_truth": truth, "no_goal_assigned": assigned}
    card = {"goals_overall": {"dev_random_strata": held}}
    assert lean(card) == which
    assert words in uncorrected(card)


def test_page_says_that_shares_are_not_corrected(written):
    text = plain((written / "index.html").read_text(encoding="utf-8"))
    caution = re.search(r'<p class="caution".*?</p>', text, re.S)[0]
    assert "not corrected for label errors" in caution
    assert "71.1 % concern no goal and the classifier gives none to 76.6 %" in caution
    assert "Label precision 0.86 and recall 0.78" in caution


def test_harm_is_one_class_with_its_accuracy(material):
    figure = goals.contributions(material)
    assert figure.grid.columns[1:4] == ("Supports", "Neutral", "Hinders or mixed")
    assert [css for css, _ in figure.legend] == ["supports", "neutral", "hinders"]
    assert figure.grid.rows[0][3].href == "#works-goal-1-hinders-or-mixed"
    for shown in (figure, issues.hindered(material)):
        assert "Label precision 0.86 and recall 0.78" in shown.lead
    harm = next(card for card in opening.cards(material) if card.reading == "hinders")
    assert "label precision / recall 0.86 / 0.78" in harm.basis


def test_top_shares_of_goals_carry_their_interval(material):
    cell = goals.contributions(material).grid.rows[2][9].text
    assert re.fullmatch(r"[\d.]+ % \([\d.]+–[\d.]+ %\)", plain(cell))


def test_page_says_whose_word_most_cited_is(written, material):
    text = plain((written / "index.html").read_text(encoding="utf-8"))
    said = "states it for 25.0 %, compared within this corpus for 70.0 %, unknown for 5.0 %"
    assert text.count(said) == 2, "beside the headline and among the limits"
    assert next(row[0].text for row in limits.origins(material).grid.rows) == "Stated by the source"
    assert sentences.impact(Material(Stored())) == ""


def groups(**works):
    total = sum(works.values())
    return [
        {"group": name, "works_fractional": held, "share_of_works": held / total, "works_full": 40}
        for name, held in works.items()
    ]


def test_north_and_south_come_with_the_bounds_of_the_unknown():
    text = plain(unplaced.note("north_south", groups(North=50.0, South=16.0, unknown=34.0)))
    assert text.startswith("34.0 % of the works, counted in parts, have no known country.")
    assert "leans to the South" in text
    assert text.endswith("at least 16.0 % and at most 50.0 %.")
    assert unplaced.note("north_south", groups(North=5.0, South=1.0, unknown=0.0)) == ""
    assert "South" not in unplaced.note("ldc", groups(LDC=5.0, other=1.0, unknown=4.0))


def test_unknown_is_a_row_that_stands_out(material, written):
    figure = places.group(material, "north_south")
    assert [row[0].text for row in figure.grid.rows if row[0].strong] == ["Unknown country"]
    assert "bar neutral" in figure.charts[0]
    assert figure.grid.columns[-1] == "May be here too"
    assert "unknown = 14.3 %" in plain(figure.basis)
    assert '<tr class="strong"' in (written / "index.html").read_text(encoding="utf-8")


def test_no_country_at_all_reads_well():
    rows = ({"country": "unknown", "works_full": 1, "works_fractional": 1.0, "unknown": 0.0},)
    figure = places.countries(Material(Stored({}, {"countries": rows})))
    assert figure.lead == "No work names a country that could be resolved."
    assert "No number is known." in figure.charts[0]


def test_collaboration_says_how_many_countries_are_partly_unknown():
    row = {"kind": "international", "partly_unknown": 41.0, "denominator": 100.0, "count": 9.0}
    material = Material(Stored({}, {"collaboration": (row,)}))
    assert "41 of the 100 works with a country (41.0 %)" in plain(
        sectors.collaboration(material).lead
    )


def test_labels_that_are_never_found_are_named():
    none, some = {"recall": 0.0, "f1": 0.0}, {"recall": 0.7, "f1": 0.6}
    card = {"goals": {"3": some, "17": none}, "challenges": {"bias": some, "employment": none}}
    said = dict(statements(Material(Stored(), {"card": card})))
    assert (
        "Of goal 17 Partnerships and the challenge Employment it found none"
        in said["Labels are estimates"]
    )
    assert "Good health" not in said["Labels are estimates"]


def test_titles_are_compared_with_whole_texts_on_the_same_works(material):
    said = plain(dict(statements(material))["Titles alone"])
    assert "gives no goal to 70.0 % by title, 66.0 % by whole text" in said


def test_unknown_countries_are_counted_in_parts_too(material):
    said = plain(dict(statements(material))["Unknown countries"])
    assert said.startswith("20.0 % of the AI works name no country")
    assert "0.31 % of the works, counted in parts" in said


def known_countries(share, parts):
    rows = {
        "coverage": ({"variable": "country", "population": "ai", "share": share},),
        "countries": ({"country": "unknown", "share_of_works": parts},),
    }
    return plain(dict(statements(Material(Stored({}, rows))))["Unknown countries"])


def test_unknown_countries_say_only_what_is_so():
    assert known_countries(1.0, 0.0) == "Every author of the AI works has a known country."
    assert "In others" in known_countries(1.0, 0.1)
    assert "In others" not in known_countries(0.8, 0.2)


def test_statements_of_a_corpus_without_ai_works_do_not_blame_the_record():
    said = statements(Material(Stored({}, {"headline": (headline(None, 0),)})))
    assert "No work here is about artificial intelligence." in dict(said)["Titles alone"]
    assert dict(said)["Unknown countries"] == dict(said)["Whose citations"]


def test_languages_without_a_test_are_counted():
    rows = ({"language": "en", "count": 9.0}, {"language": "et", "count": 1.0})
    card = {"languages": {"en": {"works": 76}}}
    figure = limits.languages(Material(Stored({}, {"languages": rows}), {"card": card}))
    assert figure.lead.startswith("1 work is in languages the classifier was not tested on.")


def test_too_few_works_are_a_warning(tmp_path, stored_in, about):
    rows = {"headline": [headline(1.0, 1)]}
    directory = stored_in(tmp_path / "one", rows)
    page.write(directory, about)
    assert "Only 1 work on AI could be judged" in (directory / "report.json").read_text()


def test_a_long_run_of_years_is_listed_in_part():
    rows = [
        {"year": year, "share": 0.1, "denominator": 50.0} for year in (*range(1900, 2025), None)
    ]
    assert len(years.listed(rows)) == years.YEARS + 1
    assert "Years before 1965 are listed in the CSV table only." in years.yearly(rows)
    assert "before" not in years.yearly(rows[90:])
