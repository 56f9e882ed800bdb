"""A real report of the bundled sample, and the dashboard over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from aequa import pipeline
from aequa.classify.engine import Spec
from aequa.serving import site_of
from aequa.web.app import create_app


@pytest.fixture(scope="session")
def workspace(tmp_path_factory) -> Path:
    """A folder that ``aequa report`` wrote."""
    folder = tmp_path_factory.mktemp("report")
    pipeline.report([], folder, Spec(tier="fast"), lambda *_: None)
    return folder


@pytest.fixture(scope="session")
def site(workspace):
    made = site_of(workspace, writable=True)
    made.corpus.search.prepare()
    return made


@pytest.fixture(scope="session")
def reader(site) -> Iterator[TestClient]:
    with TestClient(create_app(site), base_url="http://localhost", follow_redirects=False) as made:
        yield made
