"""The headers of a message."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from schemas.catalogue import event_types
from schemas.headers import event_headers, header
from tests.unit.schemas.examples import a_record

ENDED = event_types()["ApPlacementEnded"]
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_the_headers_are_the_cloudevents_attributes_and_ours() -> None:
    record = a_record(ENDED)
    headers = dict(event_headers(ENDED, record, ENDED.fingerprint, "ab12", TRACE))
    assert headers == {
        "ce_specversion": b"1.0",
        "ce_id": record["event_id"].encode(),
        "ce_type": b"joinedup.education.ApPlacementEnded",
        "ce_source": b"urn:joinedup:source:anytown-council:case-system",
        "ce_time": b"2025-09-03T09:00:00.000Z",
        "content-type": b"application/avro",
        "schema-fp": ENDED.fingerprint.encode(),
        "x-sig": b"ab12",
        "traceparent": TRACE.encode(),
    }


def test_a_moment_of_another_zone_is_written_in_utc() -> None:
    local = datetime(2025, 9, 3, 10, 0, tzinfo=ZoneInfo("Europe/London"))
    headers = event_headers(ENDED, a_record(ENDED, occurred_at=local), "", "")
    assert header(headers, "ce_time") == b"2025-09-03T09:00:00.000Z"


def test_no_header_holds_an_identifier_or_a_record_id() -> None:
    record = a_record(ENDED, source_record_id="PLACEMENT-77")
    values = b" ".join(value for _, value in event_headers(ENDED, record, "fp", "sig"))
    assert b"PLACEMENT-77" not in values
    assert b"9990000018" not in values


def test_without_a_trace_there_is_no_traceparent() -> None:
    assert header(event_headers(ENDED, a_record(ENDED), "fp", "sig"), "traceparent") is None


def test_a_header_given_twice_is_not_trusted() -> None:
    assert header([("x-sig", b"1"), ("x-sig", b"2")], "x-sig") is None
    assert header([("x-sig", b"1"), ("ce_id", b"2")], "x-sig") == b"1"
