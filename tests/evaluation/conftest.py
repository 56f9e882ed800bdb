from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = Path(__file__).parents[2].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared data is not beside this checkout")
    return folder


RECORDS: list[dict[str, Any]] = [
    {
        "id": "a",
        "title": "Deep learning for early detection of malaria",
        "abstract": "We train a convolutional network that detects malaria parasites in blood.",
        "ai": 1,
        "goals": {"3": "supports"},
        "challenges": [],
        "areas": ["society"],
        "lang": "en",
    },
    {
        "id": "b",
        "title": "Hiring algorithms shut women out",
        "abstract": "An audit of a recruiting system that uses machine learning finds gender bias.",
        "ai": 1,
        "goals": {"5": "hinders", "8": "-"},
        "challenges": ["bias"],
        "areas": ["economy"],
        "lang": "en",
    },
    {
        "id": "c",
        "title": "Faster convergence of stochastic gradient descent",
        "abstract": "We prove a rate of convergence for neural networks.",
        "ai": True,
        "goals": {},
        "challenges": [],
        "areas": [],
        "lang": "en",
    },
    {
        "id": "d",
        "title": "Une étude de la nappe phréatique",
        "abstract": "Nous mesurons la qualité de l'eau des puits de dix villages.",
        "ai": 0,
        "goals": {"6": "neutral"},
        "challenges": [],
        "areas": ["environment"],
        "lang": "fr",
    },
]


@pytest.fixture
def records() -> list[dict[str, Any]]:
    return [dict(record) for record in RECORDS]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in RECORDS), encoding="utf-8")
    return path
