"""BibTeX: counts on the real exports, and what each vendor and each damage does."""

from __future__ import annotations

import io
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.works import Reject, Work
from aequa.sources import bibtex, latex
from aequa.sources.bibtex_scan import entries
from aequa.sources.stream import open_bytes

SCOPUS = """Scopus
EXPORT DATE: 24 July 2023

@ARTICLE{De Freitas2021,
	author = {De Freitas, Ann and Roe, Bo},
	title = {Robots in the 5% of farms that pay},
	year = {2021},
	journal = {Farm Robots},
	doi = {10.1000/farm.1},
	url = {https://www.scopus.com/inward/record.uri?eid=2-s2.0-85147235230&doi=10.1000%2ffarm.1},
	affiliations = {Univ Oslo, Oslo, Norway; MIT, Cambridge, United States},
	abstract = {Farms buy ~50 robots, at $3 to $4 each.},
	author_keywords = {robot; farm},
	keywords = {Agriculture; Robots},
	language = {English},
	type = {Review},
	source = {Scopus},
	note = {Cited by: 12; All Open Access, Gold Open Access}
}
"""
WOS = r"""
@article{ WOS:000719584000015,
Author = {Doe, Ann and Roe, Bo Carl},
Title = {{Robots \& farms: a study of
   10\% of them}},
Journal = {{FARM ROBOTS}},
Year = {{2022}},
Abstract = {{We study {[}some] farms.}},
Type = {{Article; Early Access}},
Language = {{Portuguese}},
Affiliation = {{Roe, BC (Corresponding Author), MIT, Cambridge, MA USA.
   Doe, Ann; Roe, Bo Carl, Univ Oslo, Dept Farms, Oslo, Norway.
   Roe, Bo Carl, MIT, Cambridge, MA USA.}},
DOI = {{10.1000/FARM.2}},
Keywords = {{robot; farm}},
Keywords-Plus = {{YIELD}},
Web-of-Science-Categories  = {{Agronomy; Robotics}},
Times-Cited = {{7}},
Unique-ID = {{WOS:000719584000015}},
}
"""
GENERIC = r"""@string{jfr = "Journal of " # {Farm Robots}}
@comment{nothing here}
@preamble{"\newcommand{\x}{y}"}
@InProceedings{doe20,
  author    = {D{\"o}e, \'Ann and {The Farm Group} and others},
  title     = "The {RoboFarm} of {S{\~a}o} Paulo",
  booktitle = jfr,
  year      = 2020,
  eprint = {2001.01234}, archivePrefix = {arXiv},
  keywords  = {robots, farms}
}
"""


def works(text: str) -> list[Work | Reject]:
    return list(bibtex.read(io.BytesIO(text.encode()), "made.bib"))


def work(text: str) -> Work:
    (item,) = works(text)
    assert isinstance(item, Work)
    return item


def test_scopus() -> None:
    found = work(SCOPUS)
    assert found.title == "Robots in the 5% of farms that pay"
    assert found.abstract == "Farms buy ~50 robots, at $3 to $4 each."
    assert found.ids == ("doi:10.1000/farm.1", "eid:2-s2.0-85147235230")
    assert (found.year, found.type, found.language) == (2021, "review", "en")
    assert (found.venue, found.cited_by, found.source) == ("Farm Robots", 12, "scopus")
    assert found.keywords == ("robot", "farm", "Agriculture", "Robots")
    assert [author.name for author in found.authorships] == ["De Freitas, Ann", "Roe, Bo"]
    assert [place.name for place in found.authorships[1].affiliations] == [
        "Univ Oslo, Oslo, Norway",
        "MIT, Cambridge, United States",
    ]


def test_scopus_of_older_years() -> None:
    old = SCOPUS.replace("\t", "").replace(" = ", "=").replace("Cited by: 12;", "cited By 12;")
    assert work(old) == work(SCOPUS)
    assert work(SCOPUS.replace("type =", "document_type =")).type == "review"


def test_web_of_science() -> None:
    found = work(WOS)
    assert found.title == "Robots & farms: a study of 10% of them"
    assert found.abstract == "We study [some] farms."
    assert found.ids == ("doi:10.1000/farm.2", "wos:000719584000015")
    assert (found.year, found.type, found.language) == (2022, "article", "pt")
    assert (found.venue, found.field, found.cited_by) == ("FARM ROBOTS", "Agronomy", 7)
    assert (found.source, found.keywords) == ("wos", ("robot", "farm", "YIELD"))
    assert [[place.name for place in one.affiliations] for one in found.authorships] == [
        ["Univ Oslo, Dept Farms, Oslo, Norway"],
        ["MIT, Cambridge, MA USA", "Univ Oslo, Dept Farms, Oslo, Norway"],
    ]


def test_generic() -> None:
    found = work(GENERIC)
    assert found.title == "The RoboFarm of São Paulo"
    assert (found.venue, found.year, found.source) == ("Journal of Farm Robots", 2020, "bibtex")
    assert [author.name for author in found.authorships] == ["Döe, Ánn", "The Farm Group"]
    assert (found.ids, found.given) == (("arxiv:2001.01234",), "doe20")
    assert found.keywords == ("robots", "farms")
    assert found.type == "preprint"


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (r"{\"O}zg\"ur \'{e}t\'e {\'\i}ndice", "Özgür été índice"),
        (r"\v{S}imon {\o}re stra{\ss}e", "Šimon øre straße"),
        (r"\c{c}a \H{o} \k{a} \r{a} {\aa}r \L{}\'od\'z", "ça ő ą å år Łódź"),
        (r"{\it Drosophila} \emph{in vivo} \textbf{bold}", "Drosophila in vivo bold"),
        (r"of \LaTeX users", "of LaTeX users"),
        (r"$\alpha$ is $x^2$ and $n$, for $5 to $6", "α is x^2 and n, for $5 to $6"),
        (r"Knuth, D.~E., ~50 pages -- or more", "Knuth, D. E., ~50 pages – or more"),
        (r"a---``quoted''", "a—“quoted”"),
        (r"10\,000 \{braces\} \& 5\% \_ \#", "10000 {braces} & 5% _ #"),
    ],
)  # fmt: skip
def test_latex_becomes_unicode(printed: str, expected: str) -> None:
    assert " ".join(latex.to_text(printed).split()) == expected


@pytest.mark.parametrize(
    "damage",
    [
        "@article{a,\n title = {First},\n abstract = {no {end,\n year = 2020\n}\n",
        "@article{a,\n title = {First},\n abstract = {too many}}},\n year = 2020\n}\n",
        "@article{a,\n title = {First}\n year = {2020}\n}\n",
        "@article{a\n title = {First},\n year = {2020}\n}\n",
        '@article{a,\n title = "First",\n abstract = "no end,\n year = 2020\n}\n',
        "@article{a,\n title = {First},\n year = 2020\n",
        "@article{a b\u00a0c,\n title = {First},\n year = 2020,\n}",
        "@article{,\n title = {First},\n year = 2020,,\n}\n",
        "@article(a,\n title = {First (1)},\n year = 2020\n)\n",
        "@article{a,\n title = {First},\n title = {Other},\n year = 2020\n}\n",
        "@article{a,\n title = {First},\n stray words\n year = {2020}\n}\n",
        "@article{a,\n title = {First},\n note = {one \\{ only},\n year = {2020}\n}\n",
    ],
)
def test_a_damaged_entry_keeps_what_can_be_read_and_spoils_no_other(damage: str) -> None:
    first, second = works(damage + GENERIC)
    assert isinstance(first, Work)
    assert (first.title or "").startswith("First")
    assert first.year == 2020
    assert second == work(GENERIC) or second.record == 2
    assert isinstance(second, Work)
    assert second.title == "The RoboFarm of São Paulo"


def test_preambles_and_text_around_entries_make_no_entry_and_hide_none() -> None:
    preamble = '@preamble{"\\providecommand{\\@url}{x @foo{y} }"}\n'
    assert [item.record for item in works(preamble + GENERIC)] == [1]
    assert len(works("Scopus export @misc{a, title={A}}\n" + GENERIC)) == 2
    assert len(works("@comment{ @misc{a, title={A}} }\n" + GENERIC)) == 2


def test_an_entry_glued_to_the_brace_before_it_is_an_entry() -> None:
    assert len(works(SCOPUS.rstrip("\n") + SCOPUS[SCOPUS.index("@ARTICLE") :])) == 2
    assert len(works("@misc{a, title={A}} @misc{b, title={B}}\n@misc{c, title={C}}")) == 3


def test_a_title_that_cannot_be_read_is_a_reject_with_an_excerpt() -> None:
    (item,) = works("@article{a,\n year = {2020},\n note = {x}\n}\n")
    assert isinstance(item, Reject)
    assert (item.record, item.excerpt[:10]) == (1, "@article{a")


def test_duplicate_keys_are_two_entries_and_impossible_values_unknown() -> None:
    bad = WOS.replace("{{2022}}", "{{9999}}").replace("{{7}}", "{{-7}}")
    _, second = works(WOS + bad)
    assert isinstance(second, Work)
    assert (second.year, second.cited_by) == (None, None)
    assert len(second.repairs) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeff" + SCOPUS, True),
        ("\ufeff\n" + WOS, True),
        (GENERIC, True),
        ("% a comment\n" + GENERIC, True),
        ("mail me @home {now}\n", False),
        ("@media print { color: red }\n", False),
        ("title,year\n@SUM(1+1),2020\n", False),
    ],
)
def test_sniff(text: str, expected: bool) -> None:
    assert bibtex.sniff(text.encode()) is expected


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([SCOPUS, WOS, GENERIC]), min_size=1, max_size=8),
    st.randoms(),
    st.sampled_from(["", "\n", "text between\n"]),
)
def test_items_equal_entry_starts_in_any_order(
    texts: list[str], shuffler: random.Random, gap: str
) -> None:
    shuffled = texts.copy()
    shuffler.shuffle(shuffled)
    text = gap.join(texts + shuffled)
    items = works(text)
    starts = [line for line in text.lower().split("\n") if line.startswith(("@art", "@inp"))]
    assert len(items) == len(starts)
    titles = [item.title for item in items if isinstance(item, Work)]
    assert sorted(titles[: len(texts)]) == sorted(titles[len(texts) :])


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='{}"\\@#,= \nab1', max_size=300))
def test_any_braces_are_read_to_the_end(text: str) -> None:
    found = list(entries(("@article{k, title = {Start},\n" + text + "\n@misc{z,\n}").split("\n")))
    assert found[0].kind == "article"
    assert any(entry.kind == "misc" and entry.key == "z" for entry in found)


@pytest.mark.parametrize("piece", ["{", "}", '"', "@a{", "a = {", "\\", "~", "$"])
def test_long_damage_takes_no_long_time(piece: str) -> None:
    start = time.process_time()
    works("@article{k, title = {Start},\n abstract = {" + piece * 20_000 + "\n}\n}")
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("name", "count", "source"),
    [("scopus-263", 263, "scopus"), ("scopus-933", 942, "scopus"), ("wos-236", 236, "wos")],
)
def test_the_real_exports(shared: Path, name: str, count: int, source: str) -> None:
    """scopus-933 has 933 lines that start with @ and 9 entries behind a brace: 942 EIDs."""
    with open_bytes(shared / "formats" / f"{name}.bib.gz") as stream:
        items = list(bibtex.read(stream, name))
    found = [item for item in items if isinstance(item, Work)]
    assert len(items) == len(found) == count
    assert {item.source for item in found} == {source}
    strong = "eid:" if source == "scopus" else "wos:"
    assert len({one for item in found for one in item.ids if one.startswith(strong)}) == count
    assert all(item.title and item.year and item.cited_by is not None for item in found)
    assert not any(item.repairs for item in found)


@pytest.mark.parametrize(
    "printed",
    [
        "journal={arXiv preprint arXiv:2101.00002}",
        "journal={CoRR}, volume={abs/2101.00002}",
        "eprint={2101.00002}, archivePrefix={arXiv}",
        "howpublished={x}, url={https://arxiv.org/abs/2101.00002v3}",
    ],
)
def test_the_arxiv_number_wherever_it_is_printed(printed: str) -> None:
    (found,) = works(f"@article{{k, title={{T}}, {printed}}}")
    assert isinstance(found, Work)
    assert (found.ids, found.type) == (("arxiv:2101.00002",), "preprint")


def test_a_doi_is_no_typography_and_a_link_prints_its_text() -> None:
    (dashed,) = works("@article{k, title={T}, doi={10.1000/a--1}}")
    (linked,) = works(r"@article{k, title={T}, doi={\href{https://doi.org/10.1000/a}{10.1000/a}}}")
    assert isinstance(dashed, Work)
    assert isinstance(linked, Work)
    assert (dashed.ids, linked.ids) == (("doi:10.1000/a--1",), ("doi:10.1000/a",))
