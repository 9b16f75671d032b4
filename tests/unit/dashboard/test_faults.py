"""Each fault of a request to the JSON API is a problem that says what to do and repeats nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

import msgspec
import psycopg
import pytest
from fastapi import FastAPI, Query
from pydantic import BaseModel, Field
from starlette.testclient import TestClient

from consumers.errors import ConsumerError
from dashboard.access import NotYours
from dashboard.answers import Problem
from dashboard.child import Key
from dashboard.faults import IN_THE_API, ON_A_PAGE, add_faults
from dashboard.last_resort import LastResort
from dashboard.missing import NothingThere
from dashboard.queue import NotInOrder
from dashboard.session import Forged, NotSignedIn
from journey.standing import Act

NAME = "Alice Example"


class Body(BaseModel):
    act: Act
    number: int = Field(ge=0)
    until: date | None = None
    note: str = Field("", max_length=5)


@pytest.fixture
def client() -> TestClient:
    """An application with the routes that a fault needs, and the faults of ours."""
    app = FastAPI(openapi_url=None)
    app.add_middleware(LastResort)
    add_faults(app)

    @app.post("/api/acts")
    def act(body: Body) -> None: ...

    @app.get("/api/children/{child}")
    def child(child: Key, many: Annotated[int, Query(le=5)] = 1) -> None: ...

    return TestClient(app, base_url="http://127.0.0.1")


def problem(answer: Any) -> Problem:
    """The problem that an answer is; what was sent is in none."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert NAME not in answer.text and "Page" not in answer.text
    said = msgspec.json.decode(answer.content, type=Problem)
    assert said.status == answer.status_code and said.detail.endswith(".")
    return said


@pytest.mark.parametrize("body", ["", "{", f'{{"note": "{NAME}', "[" * 100_000, "nonsense"])
def test_a_body_that_is_no_json_is_said_to_be_none(client: TestClient, body: str) -> None:
    answer = client.post("/api/acts", content=body, headers={"Content-Type": "application/json"})
    said = problem(answer)
    assert said.status in (400, 422) and not said.fields
    assert "JSON" in said.title or said.title == "The request cannot be read"
    assert "/api/openapi.json" in said.detail


def test_a_body_in_another_encoding_is_said_to_be_unreadable(client: TestClient) -> None:
    answer = client.post("/api/acts", content=b'{"note": "\xe9"}')
    assert problem(answer).status in (400, 422)
    named = {"Content-Type": "application/json"}
    said = problem(client.post("/api/acts", content=b'{"note": "\xe9"}', headers=named))
    assert (said.status, said.title) == (400, "The request cannot be read")


@pytest.mark.parametrize("content", ["[]", '"text"', "7", "null"])
def test_a_body_that_is_json_and_no_object_is_told_apart(client: TestClient, content: str) -> None:
    answer = client.post("/api/acts", content=content, headers={"Content-Type": "application/json"})
    said = problem(answer)
    assert (said.status, said.title) == (422, "The body is not a JSON object")


def test_each_field_that_is_not_in_order_is_named_with_what_it_takes(client: TestClient) -> None:
    sent = {"act": NAME, "until": NAME, "note": NAME}
    said = problem(client.post("/api/acts", json=sent))
    assert (said.status, said.title) == (422, "The body is not in order")
    assert set(said.fields) == {"act", "number", "until", "note"}
    assert "'SNOOZE'" in said.fields["act"] and said.fields["number"] == "It is missing"
    assert "at most 5 characters" in said.fields["note"]


def test_an_address_with_a_part_that_is_none_says_which(client: TestClient) -> None:
    key = "0" * 36
    said = problem(client.get(f"/api/children/{key}", params={"many": NAME}))
    assert (said.status, said.title, set(said.fields)) == (
        422,
        "The address is not in order",
        {"many"},
    )


@pytest.mark.parametrize("path", ["/api/nowhere", f"/api/children/{NAME}"])
def test_what_can_be_nowhere_is_answered_as_what_there_is_not(
    client: TestClient, path: str
) -> None:
    said = problem(client.get(path))
    assert (said.status, said.title) == (404, "Nothing is there")


def test_another_method_is_told_which_one_is_taken(client: TestClient) -> None:
    answer = client.delete("/api/acts")
    said = problem(answer)
    assert (said.status, answer.headers["allow"]) == (405, "POST") and "POST" in said.detail


def raising(fault: Exception) -> Callable[[], None]:
    def raises() -> None:
        raise fault

    return raises


@pytest.mark.parametrize(
    ("fault", "status", "title"),
    [
        (NothingThere(NAME), 404, "Nothing is there"),
        (NotInOrder(NAME), 422, "The filter is not in order"),
        (Forged(NAME), 403, "The token of the session is missing"),
        (NotYours(NAME), 403, "This is not for your role"),
        (NotSignedIn(), 401, "Sign in first"),
        (psycopg.OperationalError(NAME), 503, "The store does not answer"),
        (ConsumerError(NAME), 503, "What is sealed cannot be opened now"),
        (KeyError(NAME), 500, "Sorry, there is a fault in the dashboard"),
    ],
)
def test_every_fault_has_a_title_of_its_own_and_says_nothing_of_what_it_was_about(
    client: TestClient, fault: Exception, status: int, title: str
) -> None:
    app: FastAPI = client.app  # type: ignore[assignment]
    app.add_api_route("/api/fault", raising(fault))
    said = problem(client.get("/api/fault"))
    assert (said.status, said.title) == (status, title)


def test_what_a_page_and_a_problem_say_ends_in_a_sentence_and_names_no_command() -> None:
    for said in (*ON_A_PAGE.values(), *IN_THE_API.values()):
        assert said.words.endswith(".") and "joinedup" not in said.words
