"""The document of the JSON API says of every route what it takes and what it answers."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI

from dashboard.access import ROUTES
from dashboard.app import API_ROUTERS
from dashboard.document import ANSWERS, described


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document, as it is served."""
    app = FastAPI(openapi_url=None)
    for router in API_ROUTERS:
        app.include_router(router)
    return described(app.openapi())


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": said
        for path, methods in document["paths"].items()
        for method, said in methods.items()
    }


def test_it_has_every_route_of_the_api_and_every_answer_has_its_route(
    document: dict[str, Any],
) -> None:
    of_api = {name for name in ROUTES if " /api/" in name} - {"GET /api/openapi.json"}
    assert set(operations(document)) == of_api == set(ANSWERS)


def test_every_operation_says_in_a_sentence_what_it_is_and_what_it_answers(
    document: dict[str, Any],
) -> None:
    schemas = document["components"]["schemas"]
    for name, said in operations(document).items():
        assert said["description"].partition("\n")[0].endswith("."), name
        status, kind = ANSWERS[name]
        (media,) = said["responses"][str(status)]["content"].values()
        assert schemas[media["schema"]["$ref"].rpartition("/")[2]]["title"] == kind.__name__


def test_every_act_says_what_it_takes_and_no_field_is_of_any_length(
    document: dict[str, Any],
) -> None:
    schemas, acts = document["components"]["schemas"], 0
    for name, said in operations(document).items():
        if name.startswith("POST "):
            body = said["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            fields = schemas[body.rpartition("/")[2]]["properties"]
            for field in fields.values():
                assert field.get("type") != "string" or field["maxLength"] <= 1000, name
            acts += 1
    assert acts == 7


def test_what_is_sent_and_what_is_answered_have_names_of_their_own(
    document: dict[str, Any],
) -> None:
    taken = {
        said["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for said in operations(document).values()
        if "requestBody" in said
    }
    answered = {kind.__name__ for _status, kind in ANSWERS.values()}
    assert not taken & answered and taken | answered <= set(document["components"]["schemas"])
