"""The registry's client, against a small HTTP server that answers as it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import socket
from threading import Thread
from typing import Any

import pytest

from schemas.catalogue import event_types
from schemas.registry import (
    IncompatibleSchema,
    MemoryRegistry,
    Registry,
    RegistryError,
    UnknownSchema,
)

ENDED = event_types()["ApPlacementEnded"]
SCHEMA = json.dumps(ENDED.schema)


class Told(HTTPServer):
    """Answers in the order given, the last answer again and again; remembers what was asked."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = list(answers)
        self.asked: list[tuple[str, str, Any]] = []

    @property
    def registry(self) -> Registry:
        return Registry(f"http://127.0.0.1:{self.server_port}/", attempts=3)


class _Handler(BaseHTTPRequestHandler):
    server: Told

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.asked.append((self.command, self.path, json.loads(body) if body else None))
        answers = self.server.answers
        status, answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        self.end_headers()
        self.wfile.write((answer if isinstance(answer, str) else json.dumps(answer)).encode())

    do_POST = do_GET
    do_PUT = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing on the test's output."""


@contextmanager
def answering(*answers: tuple[int, Any]) -> Iterator[Told]:
    with Told(*answers) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def test_a_schema_is_registered_under_its_full_name() -> None:
    with answering((200, {"id": 7})) as server:
        assert server.registry.register(ENDED.full_name, ENDED.schema) == 7
    method, path, body = server.asked[0]
    assert (method, path) == ("POST", f"/subjects/{ENDED.full_name}/versions")
    assert json.loads(body["schema"]) == ENDED.schema


def test_registering_all_sets_the_rule_first() -> None:
    with answering((200, {"compatibility": "FULL_TRANSITIVE"}), (200, {"id": 7})) as server:
        registry = server.registry
        assert registry.register_all([ENDED]) == {ENDED.full_name: 7}
        assert registry.id_of(ENDED.full_name) == 7
    assert server.asked[0] == ("PUT", "/config", {"compatibility": "FULL_TRANSITIVE"})
    assert len(server.asked) == 2


def test_a_schema_is_asked_for_once() -> None:
    with answering((200, {"schema": SCHEMA})) as server:
        registry = server.registry
        assert registry.schema_of(7) == ENDED.schema
        assert registry.schema(7) == ENDED.schema
    assert [path for _, path, _ in server.asked] == ["/schemas/ids/7"]


def test_an_id_is_looked_up_once_and_never_registered_by_the_way() -> None:
    with answering((200, {"id": 7, "version": 1})) as server:
        registry = server.registry
        assert registry.id_of(ENDED.full_name) == registry.id_of(ENDED.full_name) == 7
    assert [(method, path) for method, path, _ in server.asked] == [
        ("POST", f"/subjects/{ENDED.full_name}")
    ]


def test_an_unknown_schema_is_said_to_be_unknown() -> None:
    with answering((404, {"error_code": 40403, "message": "not found"})) as server:
        with pytest.raises(UnknownSchema, match="register the schemas first"):
            server.registry.schema_of(9)


@pytest.mark.parametrize("answer", [(404, "<html>"), (404, {"status": 404}), (200, "<html>")])
def test_another_server_is_not_taken_for_a_registry(answer: tuple[int, Any]) -> None:
    with answering(answer) as server:
        with pytest.raises(RegistryError, match="JOINEDUP_REGISTRY_URL") as caught:
            server.registry.schema_of(9)
    assert not isinstance(caught.value, UnknownSchema)


def test_an_incompatible_schema_is_refused_with_what_to_do() -> None:
    with answering((409, {"error_code": 409, "message": "incompatible"})) as server:
        with pytest.raises(IncompatibleSchema, match="add fields with defaults"):
            server.registry.register(ENDED.full_name, ENDED.schema)


def test_a_registry_that_is_not_ready_is_asked_again() -> None:
    with answering((503, "starting"), (429, ""), (200, {"id": 7})) as server:
        assert server.registry.id_of(ENDED.full_name) == 7
    assert len(server.asked) == 3


def test_a_registry_whose_rule_is_being_set_by_somebody_else_is_asked_again() -> None:
    taken = {"error_code": 40901, "message": "A rule named 'COMPATIBILITY' already exists."}
    with answering((409, taken), (200, {"compatibility": "FULL_TRANSITIVE"})) as server:
        server.registry.set_compatibility()
    assert [path for _, path, _ in server.asked] == ["/config", "/config"]


def test_a_registry_that_stays_ill_is_reported_after_the_last_attempt() -> None:
    with answering((500, "")) as server:
        with pytest.raises(RegistryError, match=r"did not answer \(status 500\) after 3 attempts"):
            server.registry.id_of(ENDED.full_name)
    assert len(server.asked) == 3


def test_a_registry_that_is_not_there_is_reported() -> None:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        registry = Registry(f"http://127.0.0.1:{free.getsockname()[1]}", attempts=2)
        with pytest.raises(RegistryError, match=r"\(ConnectError\) after 2 attempts"):
            registry.id_of(ENDED.full_name)
    registry.close()


def test_the_registry_in_memory_knows_our_types_and_no_others() -> None:
    registry = MemoryRegistry()
    assert registry.schema_of(registry.id_of(ENDED.full_name)) == ENDED.schema
    with pytest.raises(UnknownSchema):
        registry.id_of("joinedup.education.Holiday")
    with pytest.raises(UnknownSchema):
        registry.schema_of(99)


def test_the_registry_in_memory_gives_one_number_to_one_schema() -> None:
    registry = MemoryRegistry()
    ours = registry.id_of(ENDED.full_name)
    other = registry.register(ENDED.full_name, {**ENDED.schema, "doc": "Another."})
    assert ours != other
    assert registry.id_of(ENDED.full_name) == ours


def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "nowhere.pem"):
        with pytest.raises(RegistryError, match=f"{name} is no certificate"):
            Registry("https://gateway.example/registry", ca_file=tmp_path / name)
