"""What is taken over HTTP, what is refused, and that the answer says what to do."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from producers.simulate.extracts import cpis, nems
from producers.simulate.population import child
from schemas.catalogue import event_types
from tests.unit.gateway.conftest import COUNCIL, LA, SCHOOL, TRUST, Gateway, a_gateway
from tests.unit.schemas.shared_data import shared_file

REVIEW: dict[str, Any] = {
    "type": "ApReviewHeld",
    "source_record_id": "placement/17/review/1",
    "revision": 1,
    "identifiers": [{"scheme": "UPN", "value": "K330400125001"}],
    "held_on": "2026-10-16",
}
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


def cloud_event(**changed: Any) -> dict[str, Any]:
    data = {name: value for name, value in REVIEW.items() if name != "type"}
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "type": "joinedup.education.ApReviewHeld",
        "source": "/our/system",
        "data": data,
        **changed,
    }


def post(gateway: Gateway, body: Any, media: str = "application/json", **more: str) -> Any:
    headers = {**gateway.bearer(), "Content-Type": media, **more}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return gateway.http.post("/events", content=content, headers=headers)


def test_an_event_is_answered_202_when_the_broker_has_it(gateway: Gateway) -> None:
    answer = post(gateway, REVIEW)
    assert answer.status_code == 202, answer.text
    (event,) = gateway.broker.kept
    assert answer.json()["events"] == [
        {"event_id": event.event_id, "type": "ApReviewHeld", "repeated": False}
    ]
    assert event.record["source"] == {"organisation": "trust7", "system": "mis"}
    assert event.record["local_authority"] == LA, "it speaks for one authority alone"
    assert event.record["identifiers"][0]["status"] == "VERIFIED"


def test_while_the_broker_is_away_nothing_is_said_to_be_taken(gateway: Gateway) -> None:
    gateway.broker.is_away = True
    answer = post(gateway, REVIEW)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.headers["content-type"] == "application/problem+json"
    gateway.broker.is_away = False
    assert post(gateway, REVIEW).status_code == 202
    assert len(gateway.broker.kept) == 1


def test_an_event_sent_again_is_recognised_and_written_once(gateway: Gateway) -> None:
    first, second = post(gateway, REVIEW), post(gateway, REVIEW)
    assert first.json()["events"][0]["event_id"] == second.json()["events"][0]["event_id"]
    assert second.json()["events"][0]["repeated"] is True
    assert len(gateway.broker.kept) == 1


def test_an_id_that_was_used_for_something_else_is_a_conflict(gateway: Gateway) -> None:
    post(gateway, REVIEW)
    answer = post(gateway, {**REVIEW, "held_on": "2026-10-17"})
    assert answer.status_code == 409
    assert "higher revision" in answer.json()["detail"]
    assert post(gateway, {**REVIEW, "held_on": "2026-10-17", "revision": 2}).status_code == 202


def test_a_field_that_is_wrong_is_named_and_what_it_held_is_not(gateway: Gateway) -> None:
    wrong = {**REVIEW, "held_on": "16/10/2026"}
    answer = post(gateway, [REVIEW, wrong])
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"event": 1, "field": "held_on", "expected": "a date, such as 2025-09-01"}
    ]
    assert "16/10" not in answer.text
    assert gateway.broker.kept == [], "all of them or none"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"type": "NoSuchThing"}, "type"),
        ({"type": "LacReviewHeld"}, "type"),
        ({"revision": None}, "revision"),
        ({"event_id": "seven"}, "event_id"),
        ({"held_on": None}, "held_on"),
        ({"colour": "blue"}, "record"),
    ],
)
def test_what_breaks_the_contract_is_refused(
    gateway: Gateway, changed: dict[str, Any], field: str
) -> None:
    answer = post(gateway, {**REVIEW, **changed})
    assert answer.status_code == 422
    assert field in [one["field"] for one in answer.json()["errors"]]


@pytest.mark.parametrize(
    "changed",
    [
        {"local_authority": "331"},
        {"source": {"organisation": "rq3", "system": "epr"}},
    ],
)
def test_a_system_speaks_for_itself_and_its_authorities_alone(
    gateway: Gateway, changed: dict[str, Any]
) -> None:
    answer = post(gateway, {**REVIEW, **changed})
    assert answer.status_code == 403
    assert gateway.broker.kept == []


def test_a_cloud_event_is_taken_in_binary_structured_and_batched_mode(gateway: Gateway) -> None:
    event = cloud_event()
    binary = {f"ce-{name}": value for name, value in event.items() if name != "data"}
    assert post(gateway, event["data"], **binary).status_code == 202
    again = post(gateway, event, STRUCTURED)
    assert again.json()["events"] == [
        {"event_id": event["id"], "type": "ApReviewHeld", "repeated": True}
    ]
    assert post(gateway, [event, cloud_event()], BATCH).status_code == 202
    assert len(gateway.broker.kept) == 2
    assert post(gateway, [], BATCH).status_code == 202


def test_a_cloud_event_of_another_source_of_ours_is_refused(gateway: Gateway) -> None:
    own, other = "urn:joinedup:source:trust7:mis", "urn:joinedup:source:rq3:epr"
    assert post(gateway, cloud_event(source=own), STRUCTURED).status_code == 202
    assert post(gateway, cloud_event(source=other), STRUCTURED).status_code == 403


def test_the_conformance_files_are_answered_by_what_is_wrong(gateway: Gateway) -> None:
    folder = ("cloudevents", "format", "json")
    for name, media, key, statuses in (
        ("valid-events", STRUCTURED, "event", {422}),  # a CloudEvent, and no event of ours
        ("invalid-events", STRUCTURED, "event", {400}),
        ("valid-batches", BATCH, "batch", {202, 422}),
        ("invalid-batches", BATCH, "batch", {400}),
    ):
        cases = json.loads(shared_file(*folder, f"{name}.json").read_text("utf-8-sig"))["tests"]
        for case in cases:
            gateway.clock.seconds += 10
            answer = post(gateway, case[key], media)
            assert answer.status_code in statuses, case["id"]
            assert answer.status_code != 202 or case[key] == []


def test_a_fhir_message_is_taken_with_what_it_goes_without(gateway: Gateway) -> None:
    care = {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/p1"},
        "period": {"start": "2026-10-16T09:00:00Z", "end": "2026-10-16T10:00:00Z"},
        "meta": {"lastUpdated": "2026-10-17T09:00:00Z"},
    }
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [
            {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"},
        ],
    }
    entries = [{"resource": patient}, {"resource": care}, {"resource": {**care, "status": "?"}}]
    bundle = {"resourceType": "Bundle", "type": "message", "entry": entries}
    headers = {**gateway.bearer(TRUST), "Content-Type": "application/fhir+json"}
    answer = gateway.http.post(f"/events?la={LA}", json=bundle, headers=headers)
    assert answer.status_code == 202, answer.text
    assert [one["type"] for one in answer.json()["events"]] == ["HealthContactHeld"]
    assert [one["field"] for one in answer.json()["refused"]] == ["Encounter.status"]
    assert answer.json()["not_used"] == 1
    school = {**gateway.bearer(), "Content-Type": "application/fhir+json"}
    assert gateway.http.post("/events", json=bundle, headers=school).status_code == 422


CHILD = child(1, 9, Random(1), {"health"})
SINCE, SENT = date(2025, 3, 1), datetime(2025, 3, 3, 12, 30, tzinfo=UTC)
ENDED = {"ended_on": date(2025, 4, 1), "updated_at": SENT + timedelta(days=40)}


def sent(gateway: Gateway, client: str, files: dict[str, str]) -> Any:
    headers = {**gateway.bearer(client), "Content-Type": "application/fhir+json; charset=utf-8"}
    (body,) = files.values()
    return gateway.http.post("/events", content=body, headers=headers)


def test_a_message_of_nems_is_known_by_what_it_is(gateway: Gateway) -> None:
    new = nems.Contact(child=CHILD, episode="E1", change="new", sent_at=SENT, started_on=SINCE)
    gone = replace(new, change="delete", sent_at=SENT + timedelta(days=9))
    answers = [sent(gateway, TRUST, nems.extract([one])) for one in (gone, new, new)]
    assert [one.status_code for one in answers] == [202, 202, 202]
    started = [one for one in gateway.broker.kept if one.type == "AgencyInvolvementStarted"]
    assert [one.record["retracted"] for one in started] == [True, False]
    assert started[0].record["source_record_id"] == started[1].record["source_record_id"]
    assert started[0].record["revision"] > started[1].record["revision"]
    assert answers[2].json()["events"][0]["repeated"], "the same message is recognised"


def test_records_of_cpis_are_known_by_what_they_are(gateway: Gateway) -> None:
    plan = cpis.Plan(child=CHILD, id="p1", started_on=SINCE, updated_at=SENT)
    begun = sent(gateway, COUNCIL, cpis.extract([plan]))
    ended = sent(gateway, COUNCIL, cpis.extract([replace(plan, **ENDED)]))
    assert (begun.status_code, ended.status_code) == (202, 202), ended.text
    assert [one["type"] for one in ended.json()["events"]] == ["CpPlanStarted", "CpPlanEnded"]
    assert begun.json()["not_used"] == 2, "the patient and the flag"
    refused = sent(gateway, COUNCIL, cpis.extract([replace(plan, code="1")]))
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == ["CarePlan.category"]


def test_a_message_of_another_agency_is_not_this_systems_to_send(gateway: Gateway) -> None:
    plan = cpis.Plan(child=CHILD, id="p1", started_on=SINCE, updated_at=SENT)
    assert sent(gateway, TRUST, cpis.extract([plan])).status_code == 422
    assert gateway.broker.kept == []


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"5", "application/json", 422),
        (b"{}", BATCH, 400),
        (b"{}", "text/plain", 415),
        (b"<x/>", "application/fhir+xml", 202),  # a resource that says nothing we take
        (b"<x", "application/fhir+xml", 422),
        (b" " * 200_001, "application/json", 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_a_sentence(
    gateway: Gateway, body: bytes, media: str, status: int
) -> None:
    answer = post(gateway, body, media)
    assert answer.status_code == status, answer.text
    if status != 202:
        assert answer.json()["status"] == status and answer.json()["detail"].endswith(".")
    assert gateway.broker.kept == []


def test_more_events_than_one_request_may_hold_are_refused(gateway: Gateway) -> None:
    assert post(gateway, [REVIEW] * 21).status_code == 413


def test_who_sends_more_than_its_rate_is_told_when_to_send_again(gateway: Gateway) -> None:
    bearer = gateway.bearer()
    batch = [{**REVIEW, "source_record_id": f"r{number}"} for number in range(20)]
    assert gateway.http.post("/events", json=batch, headers=bearer).status_code == 202
    held = gateway.http.post("/events", json=REVIEW, headers=bearer)
    assert (held.status_code, held.headers["retry-after"]) == (429, "1")
    assert "10 events a second" in held.json()["detail"]
    gateway.clock.seconds += 1
    assert gateway.http.post("/events", json=REVIEW, headers=bearer).status_code == 202


def test_the_openapi_document_describes_every_way_to_send_and_every_type(gateway: Gateway) -> None:
    document = gateway.http.get("/openapi.json").json()
    events = document["paths"]["/events"]["post"]
    content = events["requestBody"]["content"]
    assert set(content) == {
        *("application/json", STRUCTURED, BATCH),
        *("application/fhir+json", "application/fhir+xml"),
    }
    named = content["application/json"]["schema"]["oneOf"][0]["properties"]["type"]["enum"]
    assert set(named) == {name for name, kind in event_types().items() if kind.has_envelope}
    assert set(events["responses"]) >= {"202", "400", "401", "403", "409", "413", "415", "422"}
    assert events["security"] == [{"client": []}]
    assert "/token" in document["paths"]


def test_what_is_not_there_is_a_problem_too(gateway: Gateway) -> None:
    for answer, status in (
        (gateway.http.get("/nowhere"), 404),
        (gateway.http.delete("/events"), 405),
        (gateway.http.post("/events?la=x", headers=gateway.bearer()), 422),
    ):
        assert (answer.status_code, answer.json()["status"]) == (status, status)


def test_every_answer_tells_a_browser_that_it_is_no_page_and_not_to_be_kept(
    gateway: Gateway, tmp_path: Path
) -> None:
    for path in ("/health", "/openapi.json", "/events", "/nowhere"):
        headers = gateway.http.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in headers, "it speaks no TLS here"
    (tmp_path / "over-tls").mkdir()
    with a_gateway(tmp_path / "over-tls", https=True) as other:
        said = other.http.get("/health").headers["strict-transport-security"]
    assert said == "max-age=31536000; includeSubDomains"


def test_a_fault_nobody_foresaw_shows_nothing_of_what_it_says(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("K330400125001")

    monkeypatch.setattr("gateway.reading.read", fail)
    answer = post(gateway, REVIEW)
    assert answer.status_code == 500
    assert "K330400125001" not in answer.text + caplog.text
    assert gateway.http.get("/health").status_code == 200


def test_a_writer_that_meets_a_fault_goes_on_with_the_next_request(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = gateway.broker.send
    monkeypatch.setattr(gateway.broker, "send", lambda event: 1 / 0)
    assert post(gateway, REVIEW).status_code == 500
    monkeypatch.setattr(gateway.broker, "send", whole)
    assert post(gateway, REVIEW).status_code == 202


def test_a_client_that_was_removed_sends_nothing_more(gateway: Gateway) -> None:
    bearer = gateway.bearer()
    held = json.loads(gateway.file.read_text())
    held["clients"] = [one for one in held["clients"] if one["system"] != "mis"]
    gateway.file.write_text(json.dumps(held))
    assert gateway.http.post("/events", json=REVIEW, headers=bearer).status_code == 401
    assert SCHOOL not in gateway.file.read_text()
