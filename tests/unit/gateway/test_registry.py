"""An agency's Kafka client asks the gateway for schemas: to read, and to change nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from gateway.limits import Limit
from gateway.schema_numbers import SchemaNumbers, fingerprints
from schemas.catalogue import event_types
from schemas.history import VERSIONS, kept_versions
from schemas.registry import MemoryRegistry, RegistryError, UnknownSchema
from tests.unit.gateway.conftest import Gateway

REVIEW = event_types()["ApReviewHeld"]
SUBJECT = f"/registry/subjects/{REVIEW.full_name}"


class Numbered(MemoryRegistry):
    """A registry that has what was registered, counts what it is asked, and may be away."""

    def __init__(self) -> None:
        """Begin with one schema."""
        super().__init__()
        self.register(REVIEW.full_name, REVIEW.schema)
        self.asked = 0
        self.is_away = False

    def number_of(self, full_name: str, schema: dict[str, Any]) -> int:
        """Return the number of a schema that was registered."""
        self._count()
        known = {json.dumps(one): number for number, one in self._schemas.items()}
        if json.dumps(schema) not in known:
            raise UnknownSchema("not here")
        return known[json.dumps(schema)]

    def schema(self, schema_id: int) -> dict[str, Any]:
        """Return the schema of this number."""
        self._count()
        return self.schema_of(schema_id)

    def close(self) -> None:
        """Do nothing."""

    def _count(self) -> None:
        self.asked += 1
        if self.is_away:
            raise RegistryError("at http://127.0.0.1:8081")


@pytest.fixture
def registry(gateway: Gateway) -> Numbered:
    made = Numbered()
    numbers = SchemaNumbers(made, Limit(1, 5, gateway.clock))
    app = gateway.http.app
    app.state.parts = replace(app.state.parts, schemas=numbers)  # type: ignore[attr-defined]
    return made


def body(schema: Any) -> dict[str, str]:
    return {"schema": schema if isinstance(schema, str) else json.dumps(schema)}


def test_a_client_without_a_token_is_told_number_and_schema_of_a_type(
    gateway: Gateway, registry: Numbered
) -> None:
    newest = gateway.http.get(f"{SUBJECT}/versions/latest").json()
    assert json.loads(newest["schema"]) == REVIEW.schema
    assert newest["version"] == len(kept_versions(REVIEW.full_name))
    looked_up = gateway.http.post(SUBJECT, json=body(REVIEW.schema)).json()
    assert looked_up == newest
    by_number = gateway.http.get(f"/registry/schemas/ids/{newest['id']}").json()
    assert json.loads(by_number["schema"]) == REVIEW.schema
    assert registry.asked == 2, "a number is asked for once"


def test_a_schema_without_our_words_but_with_our_bytes_is_that_version(
    gateway: Gateway, registry: Numbered
) -> None:
    bare = {**REVIEW.schema, "doc": "", "unknown": 1}
    assert gateway.http.post(SUBJECT, json=body(bare)).json()["id"] == 1


@pytest.mark.parametrize(
    "schema",
    [
        {**REVIEW.schema, "fields": REVIEW.schema["fields"][:-1]},
        {"type": "array", "items": "null"},
        "[" * 30_000,
        "no json",
        "7",
    ],
)
def test_what_is_none_of_our_schemas_is_answered_and_never_handed_over(
    gateway: Gateway, registry: Numbered, schema: Any
) -> None:
    answer = gateway.http.post(SUBJECT, json=body(schema))
    assert (answer.status_code, answer.json()["error_code"]) == (404, 40403)
    assert registry.asked == 0


@pytest.mark.parametrize(
    "subject", ["no.such.Type", "..", "%2e%2e%2favsc", "joinedup*", "é", "ApReviewHeld"]
)
def test_a_subject_that_is_no_type_is_not_there(
    gateway: Gateway, registry: Numbered, subject: str
) -> None:
    answer = gateway.http.get(f"/registry/subjects/{subject}/versions/latest")
    assert answer.status_code == 404
    assert registry.asked == 0


def test_nothing_is_registered_and_a_client_that_would_is_told_how_not_to(
    gateway: Gateway, registry: Numbered
) -> None:
    answer = gateway.http.post(f"{SUBJECT}/versions", json=body(REVIEW.schema))
    assert answer.status_code == 403
    assert "auto.register.schemas" in answer.json()["message"]
    for method in ("PUT", "DELETE"):
        assert gateway.http.request(method, SUBJECT).status_code == 405
        assert gateway.http.request(method, "/registry/config").status_code == 404
    assert registry.asked == 0


def test_a_number_that_stands_for_nothing_is_not_there(
    gateway: Gateway, registry: Numbered
) -> None:
    for number in ("99", "-1", "9" * 30):
        answer = gateway.http.get(f"/registry/schemas/ids/{number}")
        assert (answer.status_code, answer.json()["error_code"]) == (404, 40403)


def test_a_registry_that_is_away_is_said_to_be_and_where_it_is_is_not(
    gateway: Gateway, registry: Numbered
) -> None:
    registry.is_away = True
    for answer in (
        gateway.http.get("/registry/schemas/ids/1"),
        gateway.http.get(f"{SUBJECT}/versions/latest"),
    ):
        assert answer.status_code == 503
        assert "8081" not in answer.text


def test_who_asks_too_often_is_told_when_to_ask_again(gateway: Gateway, registry: Numbered) -> None:
    for _ in range(5):
        gateway.http.get("/registry/schemas/ids/1")
    answer = gateway.http.get("/registry/schemas/ids/1")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


def test_a_gateway_without_a_registry_says_so(gateway: Gateway) -> None:
    assert gateway.http.get("/registry/schemas/ids/1").status_code == 503


def test_every_type_of_ours_can_be_asked_for() -> None:
    types = {one.full_name for one in event_types().values()}
    assert {one.name for one in VERSIONS.iterdir()} <= types
    assert all(fingerprints(one) for one in types)
