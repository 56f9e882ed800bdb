import json
from pathlib import Path

import pyarrow as pa
import pytest

from aequa.core.works import RAW, Work, to_batch
from aequa.corpus.fields import assign, field_name, field_names, name_key

FIELDS = (
    Path(__file__).parents[2].parent / "shared/data/reference/src_data_openalex_fields_2024_09.json"
)


@pytest.mark.skipif(not FIELDS.exists(), reason="shared/data is not beside the repository")
def test_names_are_openalex_fields() -> None:
    assert set(json.loads(FIELDS.read_text())["display_name"].values()) == field_names()


def test_every_field_maps_to_itself_in_any_case() -> None:
    assert all(field_name(name.upper(), None) == name for name in field_names())
    assert len(field_names()) == 26


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Computer Science, Artificial Intelligence", "Computer Science"),
        ("COMPUTER SCIENCE, SOMETHING NEW", "Computer Science"),
        ("Engineering, Chemical", "Chemical Engineering"),
        ("Engineering, Environmental; Water Resources", "Environmental Science"),
        ("Multidisciplinary Sciences; Biology", "Agricultural and Biological Sciences"),
        ("Multidisciplinary Sciences", None),
        ("Operations Research \\& Management Science", "Decision Sciences"),
        ("Women's Studies", "Social Sciences"),
        ("Arts and Humanities", "Arts and Humanities"),
        ("cs.CL", None),
        ("", None),
        (None, None),
    ],
)
def test_categories(raw: str | None, expected: str | None) -> None:
    assert field_name(raw, None) == expected


@pytest.mark.parametrize(
    ("venue", "expected"),
    [
        ("NIPS", "Computer Science"),
        ("Advances in Neural Information Processing Systems 32", "Computer Science"),
        ("2019 IEEE/CVF Conference on Computer Vision and Pattern Recognition", "Computer Science"),
        ("IEEE International Conference on Robotics and Automation (ICRA)", "Engineering"),
        ("2021 IEEE International Conference on Robotics and Automation, Xi'an", "Engineering"),
        ("Robotics: Science and Systems", "Engineering"),
        ("CORL", "Engineering"),
        ("SIGGRAPHASIA", "Computer Science"),
        ("Water Research", None),
        ("Journal of Web Conference Law", None),
        (None, None),
    ],
)
def test_venues(venue: str | None, expected: str | None) -> None:
    assert field_name(None, venue) == expected


def test_a_known_category_goes_before_the_venue() -> None:
    assert field_name("Oncology", "ICML") == "Medicine"
    assert field_name("no category of anyone", "ICML") == "Computer Science"


def test_assign_replaces_only_the_field() -> None:
    works = [
        Work(ids=("doi:10.1/a",), title="a", field="Robotics", source="wos"),
        Work(ids=("doi:10.1/b",), title="b", venue="ICLR", source="ris"),
        Work(ids=("doi:10.1/c",), title="c", source="ris"),
    ]
    batch = to_batch(works)
    found = assign(batch)
    assert found.schema == RAW
    assert found.column("field").to_pylist() == ["Engineering", "Computer Science", None]
    assert found.drop_columns(["field"]) == batch.drop_columns(["field"])
    assert assign(found) == found
    more = batch.append_column("extra", pa.array([1, 2, 3]))
    assert assign(more).schema == more.schema


def test_name_key_ignores_years_ordinals_and_accents() -> None:
    assert name_key("36th Ünion of the 2019 Robots") == "union robots"
