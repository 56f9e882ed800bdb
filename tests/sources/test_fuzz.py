"""The short form of `python -m fuzz`, and every input that ever broke a property there."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aequa.core.works import Reject, Work
from aequa.sources.read import read
from fuzz.damage import TOKENS, damaged
from fuzz.marked import MARK
from fuzz.properties import Outcome, bounded, check_items, check_marks
from fuzz.runs import Run
from fuzz.targets import TARGETS

CRASHES = sorted((Path(__file__).parent / "crashes").iterdir())
"""Named ``parser-what``; each broke a property once."""
INPUTS = 60
each = pytest.mark.parametrize("name", TARGETS)
quick = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@each
def test_damaged_files(name: str, tmp_path: Path) -> None:
    run, rng = Run(name, 0, tmp_path), Random(name)
    for _ in range(INPUTS):
        run.one(run.draw(rng))
    assert run.tally().crashes == {}


@each
@quick
@given(st.data())
def test_anything_between_the_pieces_of_a_file(name: str, data: st.DataObject) -> None:
    target = TARGETS[name]
    (whole,) = target.samples(Random(data.draw(st.integers(0, 99))), 1)
    cut = sorted(data.draw(st.lists(st.integers(0, len(whole)), min_size=2, max_size=2)))
    token = st.sampled_from((*TOKENS, *target.tokens))
    between = data.draw(
        st.one_of(st.binary(max_size=40), st.lists(token, max_size=5).map(b"".join))
    )
    with bounded():
        target.check(whole[: cut[0]] + between + whole[cut[data.draw(st.integers(0, 1))] :])


@pytest.mark.parametrize("path", CRASHES, ids=[path.name for path in CRASHES])
def test_what_broke_a_property_once(path: Path) -> None:
    with bounded():
        TARGETS[path.name.partition("-")[0]].check(path.read_bytes())
    for item in read([path]):
        assert isinstance(item, Work | Reject)


def test_lines_of_separators_before_a_header_are_not_read_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"sep=;\n" * 70_000 + b"title;abstract\nZq000001qZ;Zq000001qZ\n")
    with bounded():
        TARGETS["table"].check(path.read_bytes())
    assert all(isinstance(item, Work | Reject) for item in read([path]))


def test_equal_seeds_give_equal_inputs(tmp_path: Path) -> None:
    runs = [Run("ris", 3, tmp_path) for _ in range(2)]
    first, second = ([run.draw(rng) for _ in range(50)] for run, rng in _with_seed(runs))
    assert first == second
    assert len(set(first)) > 40


def _with_seed(runs: list[Run]) -> list[tuple[Run, Random]]:
    return [(run, Random(4)) for run in runs]


def test_a_record_that_vanishes_is_seen() -> None:
    """The properties can fail: a reader that skips a record, and one that numbers wrongly."""
    work = Work(ids=("local:1",), title="Zq000001qZ", source="ris", record=1)
    wanted = [(0, "zq000001qz"), (9, "zq000002qz")]
    with pytest.raises(AssertionError, match="zq000002qz vanished"):
        check_marks(wanted, Outcome([work]))
    assert check_marks(wanted, Outcome([work, Reject("f", 2, "row: odd")])) == (2, 1)
    with pytest.raises(AssertionError, match="numbers"):
        check_items([work, work])
    with pytest.raises(AssertionError, match="control characters"):
        check_items([Reject("f", 1, "found \x1b[31m")])


@each
def test_clean_files_lose_nothing(name: str) -> None:
    for data in TARGETS[name].samples(Random(name), 5):
        assert TARGETS[name].check(data)[1] == 0


def test_damage_leaves_marks_alone_or_makes_new_ones() -> None:
    rng = Random(1)
    (data,) = TARGETS["ris"].samples(rng, 1)
    many = [damaged(data, rng, (b"ER  - ",), [data]) for _ in range(200)]
    assert any(one != data for one in many)
    assert any(
        len(MARK.findall(one.decode("latin-1"))) > len(MARK.findall(data.decode())) for one in many
    )
