"""Small clean files of each format, made from nothing but a source of chance.

Every record carries one mark in its title, abstract, keyword and DOI, so that single damage leaves
copies of it; everything else is drawn from short lists of what real exports hold.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from fuzz.marked import mark

_WORDS = ("wells", "Müll", "x < 5", "R&amp;D", "<b>bold</b>", "50%", "a;b", "naïve", "深い", "–")
_NAMES = ("Doe, Ann", "Roe, Bo Carl", "O'Neil, J.-P.", "Łoś, K", "De la Cruz, M", "李, 明")
_PLACES = ("Univ Oslo, Oslo, Norway", "MIT, Cambridge, MA USA", "Lab X; Rome, Italy", "")
_YEARS = ("2020", "1999", "2021 Mar", "9999", "", "-5", "20201")
_COUNTS = ("3", "0", "1,024", "-3", "", "12.0", "1e999", "9" * 40)


def _some(rng: Random, words: Sequence[str], most: int = 3) -> list[str]:
    return rng.choices(words, k=rng.randint(0, most))


def _texts(rng: Random) -> tuple[str, str, str]:
    name = mark(rng)
    title = " ".join([f"The {name}", *_some(rng, _WORDS)])
    return name, title, " ".join([f"Text of {name}", *_some(rng, _WORDS, 6)])


def _records(rng: Random, one: Callable[[Random], str], between: str = "") -> str:
    return between.join(one(rng) for _ in range(rng.randint(1, 3)))


def wos(rng: Random) -> bytes:
    """Tagged text of Web of Science."""

    def one(rng: Random) -> str:
        name, title, abstract = _texts(rng)
        people = "\n   ".join(_some(rng, _NAMES) or ["Doe, Ann"])
        return (
            f"PT J\nTI {title}\nAU {people}\nAB {abstract}\nDE {name}; {rng.choice(_WORDS)}\n"
            f"C1 [{people.split(chr(10))[0]}] {rng.choice(_PLACES)}.\nTC {rng.choice(_COUNTS)}\n"
            f"PY {rng.choice(_YEARS)}\nDI 10.1000/{name}\nUT WOS:{rng.randrange(10**9):015d}\n"
            f"{rng.choice(('HC Y' + chr(10), ''))}ER\n\n"
        )

    return ("FN Clarivate\nVR 1.0\n" + _records(rng, one) + "EF\n").encode()


def wos_tab(rng: Random) -> bytes:
    """The tab-delimited export of Web of Science."""
    names = ["PT", "AU", "TI", "AB", "DE", "C1", "TC", "PY", "UT"]
    lines = ["\t".join(names)]
    for _ in range(rng.randint(1, 3)):
        name, title, abstract = _texts(rng)
        row = ["J", "; ".join(_some(rng, _NAMES)), title, abstract, name, rng.choice(_PLACES)]
        lines.append("\t".join([*row, rng.choice(_COUNTS), rng.choice(_YEARS), f"WOS:{name}1"]))
    return ("\n".join(lines) + "\n").encode()


def ris(rng: Random) -> bytes:
    """RIS as several vendors write it."""

    def one(rng: Random) -> str:
        name, title, abstract = _texts(rng)
        people = "".join(f"AU  - {person}\n" for person in _some(rng, _NAMES))
        return (
            f"TY  - {rng.choice(('JOUR', 'CONF', 'GEN', 'BOOK'))}\n"
            f"{rng.choice(('TI', 'T1'))}  - {title}\n{people}"
            f"{rng.choice(('AB', 'N2'))}  - {abstract}\nKW  - {name}\nPY  - {rng.choice(_YEARS)}\n"
            f"DO  - 10.1000/{name}\nAD  - (Doe A.) {rng.choice(_PLACES)}\n"
            f"N1  - Cited By: {rng.choice(_COUNTS)}\nER  - \n\n"
        )

    return _records(rng, one).encode()


def pubmed(rng: Random) -> bytes:
    """MEDLINE text of PubMed."""

    def one(rng: Random) -> str:
        name, title, abstract = _texts(rng)
        people = "".join(
            f"FAU - {person}\nAD  - {rng.choice(_PLACES)}\n" for person in _some(rng, _NAMES)
        )
        return (
            f"PMID- {rng.randrange(10**8)}\nOWN - NLM\nDP  - {rng.choice(_YEARS)}\n"
            f"TI  - {title}\n      that goes on.\nAB  - {abstract}\n{people}OT  - {name}\n"
            f"LID - 10.1000/{name} [doi]\nPT  - Review\nLA  - eng\n\n"
        )

    return _records(rng, one).encode()


def bibtex(rng: Random) -> bytes:
    """BibTeX of Scopus, Web of Science and nobody in particular."""

    def one(rng: Random) -> str:
        name, title, abstract = _texts(rng)
        opened, closed = rng.choice((("{", "}"), ("{{", "}}"), ('"', '"')))
        values = {
            "title": title.replace("&", "\\&"),
            "author": " and ".join(_some(rng, _NAMES)),
            "abstract": abstract.replace("%", "\\%"),
            "keywords": f"{name}; {rng.choice(_WORDS)}",
            "year": rng.choice(_YEARS),
            "doi": f"10.1000/{name}",
            "note": f"Cited by: {rng.choice(_COUNTS)}",
            "affiliation": rng.choice(_PLACES),
        }
        if rng.random() < 0.3:
            values["unique-id"] = f"WOS:{rng.randrange(10**9)}"
        if rng.random() < 0.3:
            values["source"] = "Scopus"
        lines = ",\n".join(f"  {key} = {opened}{text}{closed}" for key, text in values.items())
        return f"@{rng.choice(('article', 'misc', 'Book'))}{{k{name},\n{lines}\n}}\n\n"

    start = rng.choice(("", '@string{jfr = "Journal"}\n', "% made\n", "@comment{x}\n"))
    return (start + _records(rng, one)).encode()


def _csv(rows: list[dict[str, str]], rng: Random) -> bytes:
    text = io.StringIO(newline="")
    is_quoted = rng.random() < 0.5
    writer = csv.DictWriter(
        text,
        list(rows[0]),
        quoting=csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL,
        delimiter=rng.choice(",,;\t"),
        lineterminator=rng.choice(("\n", "\r\n")),
    )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _rows(rng: Random, one: Callable[[Random], dict[str, str]]) -> bytes:
    return _csv([one(rng) for _ in range(rng.randint(1, 3))], rng)


def scopus(rng: Random) -> bytes:
    """Scopus CSV, old or new columns."""
    is_new = rng.random() < 0.5

    def one(rng: Random) -> dict[str, str]:
        name, title, abstract = _texts(rng)
        row = {
            "Title": title,
            "Abstract": abstract,
            "Author Keywords": f"{name}; wells",
            "Authors": "; ".join(_some(rng, _NAMES)),
            "Year": rng.choice(_YEARS),
            "Source title": "Water",
            "Cited by": rng.choice(_COUNTS),
            "DOI": f"10.1000/{name}",
            "Affiliations": rng.choice(_PLACES),
            "Authors with affiliations": f"Doe, Ann, {rng.choice(_PLACES)}; Roe, Bo Carl, MIT",
            "EID": "2-s2.0-1",
        }
        return {**row, "Author full names": "Doe, Ann (12); Roe, Bo Carl (3)"} if is_new else row

    return _rows(rng, one)


def wos_csv(rng: Random) -> bytes:
    """The Excel export of Web of Science saved as CSV."""

    def one(rng: Random) -> dict[str, str]:
        name, title, abstract = _texts(rng)
        return {
            "Article Title": title,
            "Abstract": abstract,
            "Author Keywords": name,
            "Publication Type": "J",
            "Author Full Names": "; ".join(_some(rng, _NAMES)),
            "Keywords Plus": "WELLS",
            "Addresses": f"[Doe, Ann] {rng.choice(_PLACES)}",
            "Times Cited, WoS Core": rng.choice(_COUNTS),
            "WoS Categories": "Water Resources",
            "UT (Unique WOS ID)": f"WOS:{rng.randrange(10**9)}",
        }

    return _rows(rng, one)


def ieee(rng: Random) -> bytes:
    """IEEE Xplore CSV."""

    def one(rng: Random) -> dict[str, str]:
        name, title, abstract = _texts(rng)
        return {
            "Document Title": title,
            "Abstract": abstract,
            "Author Keywords": name,
            "Authors": "; ".join(_some(rng, _NAMES)),
            "Author Affiliations": rng.choice(_PLACES),
            "Publication Title": "IEEE Water",
            "Publication Year": rng.choice(_YEARS),
            "DOI": f"10.1109/{name}",
            "PDF Link": "https://ieeexplore.ieee.org/stamp/stamp.jsp?arnumber=7117334",
            "IEEE Terms": "Pumps;wells",
            "Article Citation Count": rng.choice(_COUNTS),
            "Document Identifier": "IEEE Journals",
        }

    return _rows(rng, one)


def openalex_csv(rng: Random) -> bytes:
    """The CSV of OpenAlex's site, or one with nested objects in its cells."""

    def one(rng: Random) -> dict[str, str]:
        name, title, abstract = _texts(rng)
        place = {"id": "I1", "display_name": rng.choice(_PLACES), "country_code": "CA"}
        return {
            "title": title,
            "abstract": abstract,
            "keywords.display_name": f"{name}|Pumps",
            "id": f"https://openalex.org/W{rng.randrange(10**9)}",
            "doi": f"https://doi.org/10.1000/{name}",
            "publication_year": rng.choice(_YEARS),
            "cited_by_count": rng.choice(_COUNTS),
            "primary_location.source.display_name": "Water",
            "citation_normalized_percentile.value": "0.5",
            "authorships.author.display_name": "|".join(_some(rng, _NAMES)),
            "authorships.institutions": rng.choice((f"{place}||{place}", json.dumps(place), "")),
            "authorships.countries": "CA|PE|",
        }

    return _rows(rng, one)


def plain_csv(rng: Random) -> bytes:
    """A small table as people write it."""

    def one(rng: Random) -> dict[str, str]:
        name, title, abstract = _texts(rng)
        return {
            "title": title,
            "abstract": abstract,
            "keywords": f"{name}; wells",
            "id": rng.choice(("W12345", f"row {name}", "10.1000/x", "")),
            "doi": f"10.1000/{name}",
            "year": rng.choice(_YEARS),
            "cited by": rng.choice(_COUNTS),
            "authors": rng.choice(("Doe J, Roe B.C.", "; ".join(_some(rng, _NAMES)))),
            "countries": rng.choice(("DE|KEN; Peru", "ZZ", "Norway", "")),
        }

    return _rows(rng, one)


def corpus_csv(rng: Random) -> bytes:
    """A corpus as `aequa ingest` writes it to CSV."""

    def one(rng: Random) -> dict[str, str]:
        row = corpus_row(rng)
        lists = {k: json.dumps(v) for k, v in row.items() if isinstance(v, list)}
        return {**{k: "" if v is None else str(v) for k, v in row.items()}, **lists}

    return _rows(rng, one)


def corpus_row(rng: Random) -> dict[str, Any]:
    """A row of a corpus with the columns of `core.works.RAW`."""
    name, title, abstract = _texts(rng)
    place = {"name": rng.choice(_PLACES), "country": rng.choice(("NOR", "XXX", None))}
    return {
        "title": title,
        "abstract": abstract,
        "keywords": [name, "wells"],
        "id": f"doi:10.1000/{name}",
        "ids": [f"doi:10.1000/{name}", "pmid:12"],
        "year": rng.choice((2020, 1999, None)),
        "cited_by": rng.choice((3, 0, None)),
        "percentile": rng.choice((0.5, None)),
        "authorships": [
            {"name": person, "affiliations": [{**place, "sector": "academia"}]}
            for person in _some(rng, _NAMES)
        ],
        "source": "ris",
    }


def openalex_row(rng: Random) -> dict[str, Any]:
    """A work object of OpenAlex."""
    name, title, abstract = _texts(rng)
    place = {"display_name": rng.choice(_PLACES), "country_code": "NO", "type": "education"}
    index: dict[str, list[int]] = {}
    for at, word in enumerate(abstract.split()):
        index.setdefault(word, []).append(at)
    return {
        "title": title,
        "id": f"https://openalex.org/W{rng.randrange(10**9)}",
        "doi": f"https://doi.org/10.1000/{name}",
        "abstract_inverted_index": index,
        "keywords": [{"display_name": name}],
        "publication_year": rng.choice((2020, "2021", None, 9999, 10**30)),
        "cited_by_count": rng.choice((3, 0, -3, None, 1e300)),
        "primary_location": {"source": {"display_name": "Water"}},
        "citation_normalized_percentile": {"value": 0.99, "is_in_top_1_percent": True},
        "authorships": [
            {"author": {"display_name": person}, "institutions": [place], "countries": ["NO"]}
            for person in _some(rng, _NAMES)
        ],
    }


def plain_row(rng: Random) -> dict[str, Any]:
    """A record as a person writes it."""
    name, title, abstract = _texts(rng)
    return {
        "title": title,
        "abstract": abstract,
        "keywords": [name],
        "id": rng.choice((7, "A7", None)),
        "doi": f"10.1000/{name}",
        "year": rng.choice((2020, "2020-01-01", None)),
        "authors": rng.choice((_some(rng, _NAMES), [{"family": "Doe", "given": "A"}], "Doe; Roe")),
    }


def as_json(row: Callable[[Random], dict[str, Any]]) -> Callable[[Random], bytes]:
    """Files of such records as lines, an array, an API page, or over many lines."""

    def make(rng: Random) -> bytes:
        found = [row(rng) for _ in range(rng.randint(1, 3))]
        form = rng.randrange(5)
        escape = rng.random() < 0.3
        if form < 2:
            lines = (json.dumps(one, ensure_ascii=escape) for one in found)
            return ("\n".join(lines) + "\n").encode()
        held = {"meta": {"count": 4}, "results": found} if form == 3 else found
        indent = 1 if form == 4 else None
        return json.dumps(held, indent=indent, ensure_ascii=escape).encode()

    return make


def labelled(rng: Random) -> bytes:
    """Labelled texts for `aequa evaluate`, as JSON lines or CSV."""
    rows: list[dict[str, Any]] = []
    for _ in range(rng.randint(1, 3)):
        name, title, abstract = _texts(rng)
        goals = rng.choice(({"3": "supports"}, [3, 10], "3+ 10-", "none", {}, None))
        row: dict[str, Any] = {"title": title, "abstract": abstract, "id": name, "goals": goals}
        rows.append({**row, "ai": rng.choice((1, 0)), "areas": rng.choice((["economy"], []))})
    if rng.random() < 0.5:
        return ("\n".join(json.dumps(row) for row in rows) + "\n").encode()
    for row in rows:
        row["goals"] = row["goals"] if isinstance(row["goals"], str) else "3+"
        row["areas"] = " ".join(row["areas"]) or "none"
    return _csv(rows, rng)


def sheet(rng: Random) -> bytes:
    """An audit sheet that a person has begun to fill in."""
    rows = []
    for number in range(rng.randint(1, 3)):
        name, title, abstract = _texts(rng)
        row = {"id": f"W{number}", "title": title, "abstract": abstract, "year": "2020"}
        answers = {
            "ai": rng.choice(("yes", "no", "", "?")),
            "goals": rng.choice(("3+ 10-", "none", "", "99")),
            "challenges": rng.choice(("bias", "none", "")),
            "areas": rng.choice(("economy", "")),
        }
        rows.append({**row, **answers, "note": name})
    return _csv(rows, rng)
