"""What the page must say beside its numbers, and how its sentences follow the data."""

import json
import re

import pytest

from aequa.report import page
from aequa.report.accuracy import lean, uncorrected
from aequa.report.figure import Material
from aequa.report.sections import (
    divide,
    findings,
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
    """The text with numbers written in one way, whatever marks the language has."""
    spaced = re.sub(r"(?<=\d)[\u202f\u00a0]?%", " %", text.replace(" %", "%"))
    return re.sub(r"(?<=\d)[,\u202f](?=\d{3}\b)", " ", spaced)


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


def compared(*rows):
    return sentences.compared(Material(Stored({}, {"headline": rows})))


def test_the_most_cited_are_not_compared_when_they_are_few():
    many = headline(0.3, 200)
    assert compared(many, headline(0.9, 20, scope="top10")) == ""
    assert "is higher" in compared(many, headline(0.9, 40, scope="top10"))


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


def cautioned(directory):
    text = plain((directory / "index.html").read_text(encoding="utf-8"))
    return re.search(r'<p class="caution".*?</p>', text, re.S)[0]


def without_correction(stored_rows, reason):
    """The tables where nothing could be corrected."""
    numbers = dict.fromkeys(("corrected", "corrected_low", "corrected_high"))
    rows = [
        {**row, **numbers, "basis": "none", "reason": reason} for row in stored_rows["corrected"]
    ]
    return {**stored_rows, "corrected": rows}


def test_page_says_that_shares_are_not_corrected(tmp_path, stored_rows, stored_in, about):
    rows = without_correction(stored_rows, "no error rates are known")
    directory = stored_in(tmp_path / "uncorrected", rows)
    page.write(directory, about)
    caution = cautioned(directory)
    assert "not corrected for label errors" in caution
    assert "71.1 % concern no goal and the classifier gives none to 76.6 %" in caution
    assert "They could not be corrected: no error rates are known." in caution
    assert "Label precision 0.86 and recall 0.78" in caution
    found = json.loads((directory / "report.json").read_text())["warnings"]
    assert "No share could be corrected for label errors." in found


def test_without_the_table_of_corrections_the_page_says_so_too(material):
    lines = {name: rows for name, rows in material.stored.lines.items() if name != "corrected"}
    bare = Material(Stored(material.stored.tables, lines), material.about)
    assert "not corrected for label errors" in sentences.caution(bare)
    first = opening.cards(bare)[0]
    assert plain(first.share) == "31.0 %"
    assert "could not be corrected for label errors: no error rates are known" in first.interval


def test_corrected_shares_come_first_with_interval_and_basis(material):
    explicit, applied, hinders = opening.cards(material)
    assert plain(explicit.share) == "24.8 %"
    assert plain(explicit.interval) == (
        "95 % interval 21.7–27.9 %, corrected for label errors by error rates (148 of 512 judged "
        "works); as labelled: 31.0 % (30.0–32.0 %)"
    )
    assert "by audit (240 of 400 judged works); as labelled: 62.0 %" in plain(applied.interval)
    assert plain(hinders.share) == "1.8 %"
    assert "as labelled; could not be corrected for label errors: too few judged works" in (
        hinders.interval
    )


def test_a_chart_of_scopes_tells_corrected_from_labelled(material):
    explicit, applied, hinders = opening.cards(material)
    assert explicit.basis.startswith("Chart: shares corrected")
    assert "24.8 %" in plain(explicit.chart)
    assert "31.0 %" not in plain(explicit.chart)
    assert applied.basis.startswith("Chart: shares as labelled, but for the first.")
    marks = ["All AI works, corrected", "All AI works", "Top 10 % cited", "Top 1 % cited"]
    assert [plain(applied.chart).count(f">{mark}<") for mark in marks] == [1, 1, 1, 1]
    assert "49.6 %" in plain(applied.chart)
    assert "62.0 %" in plain(applied.chart)
    assert hinders.basis.startswith("Chart: shares as labelled. n")


def test_the_sentences_tell_corrected_from_labelled(material):
    first, second, *_ = findings.findings(material)
    text = plain(first.sentence)
    assert text.startswith("Of 9 000 works on artificial intelligence, about 24.8 % give explicit")
    assert re.search(r"about 49.6 % \([\d.–]+ %; as labelled 62.0 %\) name a field", text)
    assert "(1.5–2.1 %, as labelled) give ground that they work against" in plain(second.sentence)


def test_the_number_above_a_sentence_says_how_it_came_about(material):
    first, second, *_ = findings.findings(material)
    assert plain(first.number) == "24.8 %"
    assert "corrected for label errors by error rates (148 of 512" in plain(first.interval)
    assert "as labelled; could not be corrected for label errors" in plain(second.interval)
    bare = dict(material.stored.lines) | {"corrected": ()}
    first = findings.findings(Material(Stored({}, bare), material.about))[0]
    assert plain(first.number) == "31.0 %"
    assert plain(first.sentence).startswith("Of 9 000 works on artificial intelligence, 31.0 % ")


def test_what_holds_for_all_readings_is_said_once(material):
    rows = dict(material.stored.lines)
    assert opening.note(material).startswith("Among the tenth"), "one is corrected, one is not"
    rows["corrected"] = tuple(row for row in rows["corrected"] if row["measure"] == "goal")
    text = plain(opening.note(Material(Stored({}, rows), material.about)))
    assert text.startswith("All of these are as labelled: they could not be corrected")
    fixed = [row for row in material.stored.rows("corrected") if row["measure"] == "explicit"]
    rows["corrected"] = tuple(
        {**row, "measure": name} for name in sentences.READINGS for row in fixed
    )
    text = plain(opening.note(Material(Stored({}, rows), material.about)))
    assert text.startswith("All of these are corrected for label errors.")


def test_the_gap_gives_the_south_bounds_and_not_a_number(material):
    gap = findings.findings(material)[3]
    assert re.search(
        r"the South makes at least [\d.]+ % and at most [\d.]+ % of all works", plain(gap.sentence)
    )


def test_a_finding_without_tables_has_no_number(about):
    for finding in findings.findings(Material(Stored({}, {}), about)):
        assert finding.number == "n/a"
        assert finding.sentence == ""
        assert finding.figure.charts == ()


def test_what_is_not_measured_is_said_where_the_conclusion_is(material):
    last = findings.findings(material)[-1]
    assert last.unmeasured.startswith("Not measured yet: open data, models and tools")


def test_the_caution_names_ground_assumption_and_what_is_left(written):
    caution = cautioned(written)
    assert "A person judged AI works drawn at random from this corpus (400 of them)" in caution
    assert "512 judged works drawn at random from Scopus, AI venues and arXiv" in caution
    assert "is an assumption" in caution
    assert "Against the goals could not be corrected for label errors: too few" in caution


@pytest.mark.parametrize("audit", [None, "used", "other"])
def test_an_audit_of_other_works_is_named_and_not_used(filled, about, audit):
    page.write(filled, about | {"audit": audit})
    said = "belongs to another corpus or to other labels, so it was not used"
    assert (said in cautioned(filled)) is (audit == "other")
    report = json.loads((filled / "report.json").read_text())
    assert report["audit"] == audit
    assert any(said in warning for warning in report["warnings"]) is (audit == "other")
    text = (filled / "index.html").read_text(encoding="utf-8")
    assert ("a person judged a random part" in text) is (audit == "used")


def test_goals_challenges_and_areas_have_columns_of_corrected_shares(material):
    for figure in (
        goals.contributions(material),
        goals.areas(material),
        issues.challenges(material),
    ):
        at = figure.grid.columns.index("Corrected, interval")
        assert figure.grid.columns[at + 1] == "Basis"
        assert "corrected" in figure.tables
        for row in figure.grid.rows:
            assert row[at + 1].text.startswith(("error rates (", "none: no error rates"))
    third = goals.contributions(material).grid.rows[2]
    assert plain(third[9].text) == "8.0 % (7.0–9.0 %)"
    assert third[10].text == "error rates (148 of 512 judged works)"


def test_each_section_says_once_that_its_other_shares_are_as_labelled(material):
    rates = {"explicit": {"tp": 60, "fp": 20, "fn": 40, "tn": 392}}
    about = {**material.about, "card": {**material.about["card"], "error_rates": rates}}
    known = Material(material.stored, about, material.keys)
    for room in (goals, issues, divide):
        assert room.section(known).lead.count("not corrected for label errors") == 1
    for room in (goals, divide):
        assert "precision 0.75 and recall 0.60" in room.section(known).lead


def test_no_share_of_the_opening_is_bare(material):
    """A share in a sentence has its interval, or is the one whose interval stands above it."""
    for finding in findings.findings(material):
        text = plain(finding.sentence)
        bounds = "at least", "at most", "since"
        for found in re.finditer(r"[\d.]+ %", text):
            before, after = text[: found.start()], text[found.end() :]
            inside = before.count("(") > before.count(")")
            main = found[0] == plain(finding.number)
            counted = before.rstrip().endswith(bounds)
            assert inside or main or counted or after.startswith(" ("), (found[0], text)


def test_harm_is_one_class_with_its_accuracy(material):
    figure = goals.contributions(material)
    assert figure.grid.columns[1:4] == ("Supports", "Neutral", "Hinders or mixed")
    assert [css for css, _ in figure.legend] == ["supports", "neutral", "hinders"]
    assert figure.grid.rows[0][3].href == "#works-goal-1-hinders-or-mixed"
    for shown in (figure, issues.hindered(material)):
        assert "Label precision 0.86 and recall 0.78" in shown.lead
    harm = next(card for card in opening.cards(material) if card.reading == "hinders")
    assert "Label precision / recall 0.86 / 0.78" in harm.basis


def test_top_shares_of_goals_carry_their_interval(material):
    cell = goals.contributions(material).grid.rows[2][11].text
    assert re.fullmatch(r"[\d.]+ % \([\d.]+–[\d.]+ %\)", plain(cell))


def test_page_says_whose_word_most_cited_is(written, material):
    text = plain((written / "index.html").read_text(encoding="utf-8"))
    said = "the source states it for 25.0 %, it is compared within this corpus for 70.0 %, and"
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
        "it found none of these: goal 17 Partnerships, the challenge Employment."
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
    assert figure.lead.startswith("1 work is in a language the classifier was not tested on.")


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
    assert "Years before 2000 are listed in the CSV table only." in years.yearly(rows)
    assert "before" not in years.yearly(rows[100:])
