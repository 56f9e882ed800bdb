from __future__ import annotations

from pathlib import Path

import pytest

from aequa.training import data
from aequa.training.data import Example


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = Path(__file__).parents[2].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared data is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def examples(shared: Path) -> list[Example]:
    return data.load(shared)


TOPICS = {
    3: ("malaria", "patients", "hospital", "diagnosis", "disease", "clinic"),
    4: ("school", "students", "teachers", "lessons", "reading", "education"),
    7: ("solar", "electricity", "grid", "wind", "energy", "battery"),
}
METHODS = ("network", "learning", "classifier", "training", "model", "attention")
VERBS = {
    "supports": ("improves", "helps", "reduces harm"),
    "hinders": ("attacks", "biased", "fails"),
}


@pytest.fixture(scope="session")
def small() -> list[Example]:
    """Made works: three goals, both directions, general methods, and texts that are not AI."""
    made = []
    for number in range(120):
        goal = (3, 4, 7, None)[number % 4]
        direction = "hinders" if number % 12 < 3 else "supports"
        topic = TOPICS.get(goal or 0, ("bound", "proof", "convex", "rate", "lemma", "norm"))
        turn = number % 6
        said = [topic[turn], topic[(turn + 1) % 6], METHODS[turn], VERBS[direction][number % 3]]
        made.append(
            Example(
                id=f"w{number}",
                title=f"{topic[turn]} {METHODS[turn]} {number % 7}",
                abstract=" ".join([*said, *reversed(topic), VERBS[direction][0]]),
                source="gold",
                split="dev" if number % 2 else "more",
                stratum="venue_random",
                ai=number % 5 != 0,
                goals={goal: direction} if goal else {},
                challenges=frozenset({"bias"} if direction == "hinders" else ()),
                areas=frozenset({"society"} if goal else ()),
            )
        )
    return made
