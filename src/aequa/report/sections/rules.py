"""How to find all works behind a number in ``tables/works.csv``: one rule per kind of number."""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """A condition on the columns of the works table; words of a cell are parted by spaces."""

    key: str
    title: str
    condition: str


RULES = (
    Rule(
        "headline",
        "The readings",
        "explicit: goals has a word ending in :supports or :mixed; applied: areas is not empty; "
        "hinders: goals has a word ending in :hinders or :mixed. For the top 10 %, weigh each "
        "work by top10.",
    ),
    Rule(
        "goal",
        "A goal",
        "goals has the word 3:supports for goal 3 and that contribution; 3:hinders or 3:mixed for "
        "hinders or mixed; any word that starts with 3: for any contribution.",
    ),
    Rule("area", "A field of use", "areas has the word, such as society; none: areas is empty."),
    Rule(
        "challenge",
        "A challenge",
        "challenges has the word, such as bias; for a cell of the matrix, goals has a word that "
        "starts with the goal's number and a colon too.",
    ),
    Rule("country", "A country", "countries has the alpha-3 code, such as KEN."),
    Rule(
        "group",
        "A group of countries",
        "countries has the code of a member; members are listed in the countries' groups of the "
        "source code (core/groups.tsv).",
    ),
    Rule("sector", "A sector", "sectors has the word, such as company."),
    Rule(
        "collaboration",
        "Who works together",
        "sectors, or countries, has both words; single_sector and domestic: exactly one word.",
    ),
    Rule("year", "A year", "the condition of the goal, challenge or kind, and year equals it."),
    Rule("countries", "Concentration", "all works; goals or countries counted in equal parts."),
    Rule(
        "language",
        "A language",
        "language equals the code. The languages are counted over all works, of which works.csv "
        "lists those on artificial intelligence.",
    ),
)
