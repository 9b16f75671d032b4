"""A publisher shows what it can do, and is told what lacks."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from consumers.intake.examining import Examiner
from gateway.conformance import AGAIN, ALIVE, CHILD, CORRECTED, JOINS, RETRACTED, WANTED, Checklist
from joinedup.commands.conformance import report, stand_in, watch
from joinedup.commands.conformance_topic import look
from joinedup.main import app
from producers.control import heartbeat, join_source
from producers.event import Event, Source
from tests.unit.consumers.messages import (
    COUNCIL,
    SCHOOL,
    SOURCES,
    TOKENS,
    TOPICS,
    a_message,
    a_review,
    codec,
)
from tests.unit.gateway.test_events import REVIEW

MOMENT = datetime(2026, 10, 16, 9, tzinfo=UTC)
WHO = Source("supplier", "test")


@pytest.fixture
def checklist() -> Checklist:
    return Checklist()


@pytest.fixture
def http(checklist: Checklist, tmp_path: Path) -> Iterator[TestClient]:
    app, secret = stand_in(tmp_path, checklist, "supplier", "test", "education", "999")
    with TestClient(app) as client:
        form = {"grant_type": "client_credentials"}
        token = client.post("/token", data=form, auth=("supplier/test", secret)).json()
        client.headers["Authorization"] = f"Bearer {token['access_token']}"
        yield client


def said(event: Event) -> dict[str, Any]:
    record = {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in event.record.items()
    }
    return {"type": event.type, **record}


def test_a_publisher_that_shows_all_of_it_conforms(http: TestClient, checklist: Checklist) -> None:
    types = ["ApReviewHeld"]
    joined = join_source(
        local_authority="999", source=WHO, agency="education", event_types=types, at=MOMENT
    )
    assert http.post("/events", json=said(joined)).status_code == 202
    assert http.post("/events", json=REVIEW).status_code == 503
    assert http.post("/events", json=REVIEW).status_code == 202
    assert checklist.lacking == (CORRECTED, RETRACTED, ALIVE)
    http.post("/events", json={**REVIEW, "revision": 2, "held_on": "2026-10-17"})
    http.post("/events", json={**REVIEW, "revision": 3, "retracted": True})
    beat = heartbeat(local_authority="999", source=WHO, complete_to=MOMENT)
    http.post("/events", json=said(beat))
    told: list[str] = []
    watch(checklist, told.append, 0.5, lambda: True)
    report(checklist, told.append)
    assert told[-1] == "All of it was shown: the publisher conforms."
    assert len(told) == len(WANTED) + 1


def test_who_does_not_send_again_what_was_not_confirmed_lacks_that(
    http: TestClient, checklist: Checklist
) -> None:
    http.post("/events", json=REVIEW)
    http.post("/events", json={**REVIEW, "source_record_id": "another"})
    assert checklist.seen == {CHILD}
    assert AGAIN in checklist.lacking


@pytest.mark.parametrize(
    "identifier",
    [
        {"scheme": "UPN", "value": "K330400125001", "status": "UNVERIFIED"},
        {"scheme": "MIS_ID", "value": "A1", "status": "VERIFIED"},
    ],
)
def test_what_links_no_agency_to_another_is_not_enough(
    http: TestClient, checklist: Checklist, identifier: dict[str, str]
) -> None:
    for _ in range(2):
        http.post("/events", json={**REVIEW, "identifiers": [identifier]})
    assert checklist.seen == {AGAIN}


def test_what_was_refused_is_counted_and_shows_nothing(
    http: TestClient, checklist: Checklist
) -> None:
    http.post("/events", json={**REVIEW, "held_on": "yesterday"})
    http.post("/events", content=b"{")
    told: list[str] = []
    report(checklist, told.append)
    assert told[0] == f"lacking  {WANTED[JOINS]}"
    assert told[-1] == "Refused: 422 once, 415 once; each time it was said why."


def test_on_a_topic_it_is_looked_at_as_intake_does(capsys: pytest.CaptureFixture[str]) -> None:
    checklist, examiner = Checklist(withholds=False), Examiner(TOPICS, codec(), SOURCES, TOKENS)
    name = f"{SCHOOL.organisation}/{SCHOOL.system}"
    upn = {"scheme": "UPN", "value": "K330400125001", "status": "VERIFIED"}
    first = a_review(identifiers=[upn])
    later = {**first, "event_id": "5b0a4c3e-6f0e-4f5c-9d3e-111111111111", "revision": 2}
    forged = a_message(a_review(COUNCIL), source=COUNCIL, topic=TOPICS.social_care)
    for message in (a_message(first), a_message(first), a_message(later), forged):
        look(checklist, message, examiner, codec(), name)
    assert checklist.seen == {CHILD, AGAIN, CORRECTED}
    assert checklist.refused == {}, "what another source wrote is passed over"
    wrong = a_message({**first, "held_on": None})
    look(checklist, wrong, examiner, codec(), name)
    assert checklist.refused == {"contract": 1}
    assert "refused  contract: ApReviewHeld.held_on" in capsys.readouterr().out


# The server ends its own thread by an exit, which only pytest remarks on.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_port_that_another_program_has_is_told_before_anything_is_promised() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(app, ["conformance", "--agency", "education", "--port", port])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"Port {port} is in use" in result.stderr
