"""The gateway as a process: over TLS, before the real broker, and what it writes intake takes."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from typer.testing import CliRunner

from consumers.intake.examining import Accepted, Examiner
from consumers.intake.incoming import Incoming
from consumers.tokens import Tokens
from joinedup.commands import sources
from schemas.codec import Codec
from schemas.registry import Registry
from schemas.sources import SourceRegistry
from schemas.topics import TopicSet
from stack import LocalStack
from stack.environment import read_environment, write_environment
from tests.integration.documents import by, hold, operations
from tests.integration.producers.conftest import ReadTopic

RUN = ("-m", "joinedup.start")
WAIT_SECONDS = 180
REVIEW: dict[str, Any] = {
    "type": "ApReviewHeld",
    "source_record_id": "placement/17/review/1",
    "revision": 1,
    "identifiers": [{"scheme": "UPN", "value": "K330400125001"}],
    "held_on": "2026-10-16",
}


@pytest.fixture
def secret(
    stack: LocalStack, registered: str, live_topic_set: TopicSet, tmp_path: Path
) -> dict[str, str]:
    """The settings of a school's system that was let in by the operator's command."""
    environment = stack.environment(
        "admin", live_topic_set.prefix, partitions=live_topic_set.partitions, simulated=False
    )
    operator = tmp_path / "admin.env"
    own = {"JOINEDUP_SOURCES_FILE": str(tmp_path / "sources.json")}
    write_environment(operator, environment | own)
    app = typer.Typer()
    sources.register(app)
    names = ("--organisation", "trust7", "--system", "mis", "--agency", "education")
    add = ("source", "add", *names, "--la", "330", "--http", "--env-file", str(operator))
    said = CliRunner().invoke(app, add)
    assert said.exit_code == 0, said.output
    return read_environment(tmp_path / "sources" / "trust7" / "mis.http.env")


@pytest.fixture
def gateway(
    stack: LocalStack, live_topic_set: TopicSet, store: str, secret: dict[str, str], tmp_path: Path
) -> Iterator[httpx.Client]:
    """The gateway as a process, and a client that knows its certificate."""
    certificates = stack.layout.certificates
    environment = stack.environment(
        "gateway",
        live_topic_set.prefix,
        store,
        partitions=live_topic_set.partitions,
        simulated=False,
    )
    file = tmp_path / "gateway.env"
    own = {"JOINEDUP_GATEWAY_FILE": str(tmp_path / "gateway.json")}
    write_environment(file, environment | own | {"JOINEDUP_DELIVERY_SECONDS": "5"})
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    pem = certificates.server("gateway", ("127.0.0.1", "localhost"))
    options = ("--port", str(port), "--env-file", str(file), "--tls", str(pem))
    command = [sys.executable, *RUN, "gateway", "--log-json", *options]
    with log_in(tmp_path).open("wb") as log:
        process = subprocess.Popen(command, stderr=log)
    where = f"https://localhost:{port}"
    known = ssl.create_default_context(cafile=certificates.authority)
    try:
        with httpx.Client(base_url=where, verify=known, timeout=30) as client:
            wait_until_it_answers(client, process)
            yield client
    finally:
        process.terminate()
        assert process.wait(WAIT_SECONDS) in (0, -signal.SIGTERM)


def log_in(folder: Path) -> Path:
    """Return the file of what the gateway logs."""
    return folder / "gateway.log"


def wait_until_it_answers(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            assert client.get("/health").status_code == 200
            return
        except httpx.TransportError:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)


def test_what_is_answered_202_stands_on_the_topic_and_intake_takes_it(
    gateway: httpx.Client,
    secret: dict[str, str],
    live_topic_set: TopicSet,
    read_topic: ReadTopic,
    registered: str,
    stack: LocalStack,
    tmp_path: Path,
) -> None:
    events = [{**REVIEW, "source_record_id": f"review/{number}"} for number in range(50)]
    bearer = bearer_of(gateway, secret)
    answer = gateway.post("/events", json=events, headers=bearer)
    assert answer.status_code == 202, answer.text
    partition = live_topic_set.partition_of("330")
    messages = read_topic(live_topic_set.education, partition)
    assert len(messages) == 50
    # As an agency's client from elsewhere: by the gateway, since the registry is out of its reach.
    authority = stack.layout.certificates.authority
    shown = Registry(f"{gateway.base_url}/registry", ca_file=authority)
    name = "joinedup.education.ApReviewHeld"
    assert shown.id_of(name) == Registry(registered).id_of(name)
    codec = Codec(shown)
    speakers = SourceRegistry.load(tmp_path / "sources.json")
    examiner = Examiner(live_topic_set, codec, speakers, Tokens(b"a pseudonym key for tests"))
    for message in messages:
        incoming = Incoming(
            topic=live_topic_set.education,
            partition=partition,
            offset=message.offset(),
            time=message.timestamp()[1],
            key=message.key(),
            value=message.value(),
            headers=tuple(message.headers()),
        )
        assert isinstance(examiner.examine(incoming), Accepted)


def bearer_of(gateway: httpx.Client, secret: dict[str, str]) -> dict[str, str]:
    who = (secret["JOINEDUP_GATEWAY_CLIENT_ID"], secret["JOINEDUP_GATEWAY_CLIENT_SECRET"])
    form = {"grant_type": "client_credentials"}
    token = gateway.post("/token", data=form, auth=who).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


OF_A_CHILD = ("K330400125001", "placement/17", "9990000018", "Bloggs", "2012-05-01", "rang, and")
"""What names a child in the requests below: identifiers, a record's id, name, birth, free text."""


def test_no_log_of_the_gateway_says_anything_of_a_child_or_of_a_secret(
    gateway: httpx.Client, secret: dict[str, str], tmp_path: Path
) -> None:
    said, bearer = "/".join(OF_A_CHILD), bearer_of(gateway, secret)
    answers = [
        gateway.post("/events", json=REVIEW, headers=bearer),
        gateway.post("/events", json={**REVIEW, "held_on": said}, headers=bearer),
        gateway.post("/events", json={**REVIEW, said: said}, headers={**bearer, "x-child": said}),
        gateway.post("/events", json=REVIEW, headers={"Authorization": f"Bearer {said}"}),
        gateway.post("/token", data={"grant_type": said}, auth=(said, said)),
        gateway.post("/token", data={"grant_type": "client_credentials"}, auth=(said, said)),
        gateway.get(f"/events/{said}", headers=bearer),
        gateway.post(f"/registry/subjects/{said}", json={"schema": said}),
    ]
    for kind in ("cloudevents+json", "fhir+json", "fhir+xml"):
        headers = {**bearer, "Content-Type": f"application/{kind}"}
        answers.append(gateway.post("/events?la=330", content=said.encode(), headers=headers))
    assert answers[0].status_code == 202 and all(one.is_error for one in answers[1:])
    lines = log_in(tmp_path).read_text().splitlines()
    assert any("secret was refused" in json.loads(line)["message"] for line in lines)
    hidden = (*OF_A_CHILD, secret["JOINEDUP_GATEWAY_CLIENT_SECRET"], bearer["Authorization"][7:])
    assert [one for one in hidden if one in "".join(lines)] == []


def test_no_question_that_fits_the_document_or_not_is_a_fault_or_answered_otherwise(
    gateway: httpx.Client, secret: dict[str, str]
) -> None:
    bearer = bearer_of(gateway, secret)
    sent = gateway.post("/events", json=REVIEW, headers=bearer).json()["events"][0]["event_id"]
    asked = {}
    for operation in operations(gateway.get("/openapi.json").json()):
        headers = bearer if operation.path.startswith("/events") else {}
        asked[operation.label] = hold(operation, by(gateway, headers), {"event_id": sent})
    assert set(asked) > {"POST /token", "POST /events", "GET /events/{event_id}", "GET /health"}
    assert all(asked.values())


def test_beyond_this_machine_it_listens_over_tls_alone(tmp_path: Path) -> None:
    command = [sys.executable, *RUN, "gateway", "--host", "0.0.0.0"]
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert said.returncode == 1
    assert "give --tls, or listen on 127.0.0.1" in said.stderr
