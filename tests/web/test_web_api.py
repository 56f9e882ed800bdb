"""The API answers what its OpenAPI document promises, whatever it is asked."""

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from aequa.serving import site_of
from aequa.web.app import create_app


def test_lists_lead_from_page_to_page(reader):
    first = reader.get("/api/v1/works?goal=3").json()
    second = reader.get(first["next"]).json()
    assert first["total"] == second["total"]
    assert not {w["id"] for w in first["works"]} & {w["id"] for w in second["works"]}
    assert reader.get(second["previous"]).json()["works"] == first["works"]


def test_errors_have_the_form_of_rfc_9457(reader):
    for path in ("/api/v1/works?goal=99", "/api/v1/none", "/api/v1/tables/none"):
        answer = reader.get(path)
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"type", "title", "status", "instance"} <= set(answer.json())
        assert answer.json()["status"] == answer.status_code


def test_tables_tell_where_they_come_from(reader):
    tables = reader.get("/api/v1/tables").json()["tables"]
    assert all(table["provenance"]["step"] for table in tables)
    page = reader.get("/api/v1/tables/goals?limit=5&offset=10").json()
    assert (len(page["rows"]), page["offset"]) == (5, 10)


def test_no_request_is_a_server_error(workspace):
    """All checks but that every valid value is taken: codes of countries are no pattern."""
    app = create_app(site_of(workspace))
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    seen = []

    for operation in schema.get_all_operations():
        made = operation.ok().as_strategy()

        @settings(
            max_examples=12,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=made)
        def one(case):
            answer = case.call()
            seen.append(answer.status_code)
            assert answer.status_code < 500
            case.validate_response(answer, excluded_checks=[positive_data_acceptance])

        one()
    assert len(seen) > 50
