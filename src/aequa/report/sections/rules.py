"""How to find all works behind a number in ``tables/works.csv``: one rule per kind of number."""

from __future__ import annotations

from typing import NamedTuple

from aequa.report.words import say


class Rule(NamedTuple):
    """A condition on the columns of the works table; words of a cell are parted by spaces."""

    key: str
    title: str
    condition: str


def rules() -> tuple[Rule, ...]:
    """All rules, in the language that is spoken."""
    return (*_of_labels(), *_of_places(), *_of_records())


def _of_labels() -> tuple[Rule, ...]:
    return (
        Rule(
            "headline",
            say("The readings"),
            say(
                "explicit: goals has a word ending in :supports or :mixed; applied: areas is not "
                "empty; hinders: goals has a word ending in :hinders or :mixed. For the top 10%, "
                "weigh each work by top10."
            ),
        ),
        Rule(
            "goal",
            say("A goal"),
            say(
                "goals has the word 3:supports for goal 3 and that contribution; 3:hinders or "
                "3:mixed for hinders or mixed; any word that starts with 3: for any contribution."
            ),
        ),
        Rule(
            "area",
            say("A field of use"),
            say("areas has the word, such as society; none: areas is empty."),
        ),
        Rule(
            "challenge",
            say("A challenge"),
            say(
                "challenges has the word, such as bias; for a cell of the matrix, goals has a word "
                "that starts with the goal's number and a colon too."
            ),
        ),
    )


def _of_places() -> tuple[Rule, ...]:
    return (
        Rule("country", say("A country"), say("countries has the alpha-3 code, such as KEN.")),
        Rule(
            "group",
            say("A group of countries"),
            say(
                "countries has the code of a member; members are listed in the countries' groups "
                "of the source code (core/groups.tsv)."
            ),
        ),
        Rule("sector", say("A sector"), say("sectors has the word, such as company.")),
        Rule(
            "collaboration",
            say("Who works together"),
            say(
                "sectors, or countries, has both words; single_sector and domestic: exactly one "
                "word."
            ),
        ),
    )


def _of_records() -> tuple[Rule, ...]:
    return (
        Rule(
            "year",
            say("A year"),
            say("the condition of the goal, challenge or kind, and year equals it."),
        ),
        Rule(
            "countries",
            say("Concentration"),
            say("all works; goals or countries counted in equal parts."),
        ),
        Rule(
            "language",
            say("A language"),
            say(
                "language equals the code. The languages are counted over all works, of which "
                "works.csv lists those on artificial intelligence."
            ),
        ),
    )
