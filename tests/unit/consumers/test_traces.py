"""Each process goes on with the trace of what it takes, and nothing of it is in what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Tracer

from consumers.decode import Subject
from consumers.intake import traces as of_intake
from consumers.intake.examining import Accepted, Refused
from consumers.intake.incoming import Incoming
from consumers.join.inputs import Input
from consumers.join.traces import JoinTraces
from consumers.journeys_record import JourneysRecord, Kind, Trace, headers_of, parse
from consumers.relay import traces as of_relay
from consumers.relay.message import Outgoing
from journey.transition import Kind as Told
from journey.transition import Status, Transition, audited
from schemas.catalogue import event_types
from schemas.traces import ATTRIBUTES, Remembered

GIVEN = f"00-{'ab' * 16}-{'cd' * 8}-01"
RECORD = JourneysRecord(
    kind=Kind.EVENT, type="joinedup.a.B", la="330", kappa=7, source=None, value=b"sealed"
)


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracer(exporter: InMemorySpanExporter) -> Iterator[Tracer]:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield provider.get_tracer("test")
    provider.shutdown()


def a_transition(**given: object) -> Transition:
    fields: dict[str, object] = {
        "alert_id": "0b6e1cf1-0000-4000-8000-000000000001",
        "local_authority": "330",
        "child": "c",
        "duty": "D",
        "kind": Told.OPENED,
        "number": 1,
        "status": Status.OPEN,
        "severity": "high",
        "basis": "",
        "due": date(2026, 1, 1),
        "as_of": 1,
        "known_at": 1,
        "anchor": "a",
        "arithmetic": "",
        "rules": "1",
        "sequence": 5,
    }
    return Transition(**{**fields, **given})  # type: ignore[arg-type]


def test_a_record_of_journeys_has_the_header_only_where_it_is_followed() -> None:
    assert "traceparent" not in dict(headers_of(RECORD))
    followed = msgspec.structs.replace(RECORD, traceparent=GIVEN)
    assert headers_of(followed) == (*headers_of(RECORD), ("traceparent", GIVEN.encode()))
    assert parse(headers_of(followed), b"sealed") == followed


def refused(context: str) -> Refused:
    headers = (("traceparent", context.encode()),)
    incoming = Incoming(
        topic="t", partition=3, offset=9, time=1000, key=b"330", value=b"", headers=headers
    )
    return Refused(incoming=incoming, reason="contract", explanation="")


def test_intake_says_of_a_refused_record_why_and_of_nobody_that_it_is_not_followed(
    tracer: Tracer, exporter: InMemorySpanExporter
) -> None:
    one, other = refused(GIVEN), refused("")
    examined, spans = of_intake.follow(tracer, [one, other])
    assert examined == [one, other]
    assert not exporter.get_finished_spans(), "only what is committed is told"
    of_intake.end(spans)
    (span,) = exporter.get_finished_spans()
    assert span.start_time == 1_000_000_000 and span.attributes["joinedup.outcome"] == "contract"
    assert f"{span.context.trace_id:032x}" == "ab" * 16 and set(span.attributes) <= ATTRIBUTES


def test_what_is_journeyed_goes_on_with_intakes_span(
    tracer: Tracer, exporter: InMemorySpanExporter
) -> None:
    one = Accepted(
        incoming=refused(GIVEN).incoming,
        value=b"",
        la="330",
        event_type=event_types()["ApReviewHeld"],
        subject=Subject(record="", leaf=""),
        fingerprint="",
        trace=Trace(source="a/b", revision=1),
        event_id="e",
    )
    (followed,), spans = of_intake.follow(tracer, [one])
    of_intake.end(spans)
    (span,) = exporter.get_finished_spans()
    assert isinstance(followed, Accepted) and span.attributes is not None
    assert followed.traceparent == f"00-{'ab' * 16}-{span.context.span_id:016x}-01"
    assert span.attributes["joinedup.outcome"] == "journeyed"


def test_an_alert_is_of_the_trace_of_the_last_of_its_records_that_is_remembered(
    tracer: Tracer, exporter: InMemorySpanExporter
) -> None:
    known = Remembered()
    known.keep("an-event", GIVEN)
    traces = JoinTraces(tracer, 3, known)
    rests, alone = a_transition(because=("old", "an-event")), a_transition(sequence=6)
    traces.begin([])
    contexts = traces.told([rests, alone])
    assert list(contexts) == [5] and contexts[5][:36] == GIVEN[:36]
    traces.end()
    (span,) = exporter.get_finished_spans()
    assert span.attributes == {"joinedup.outcome": "opened"}
    assert "traceparent" not in audited(rests)


def test_a_record_that_is_not_followed_makes_no_span(
    tracer: Tracer, exporter: InMemorySpanExporter
) -> None:
    traces = JoinTraces(tracer, 3, Remembered())
    traces.begin([Input(1, 7, None)])
    traces.end()
    assert not exporter.get_finished_spans()


def test_a_batch_that_failed_is_told_once_when_it_is_taken_again(
    tracer: Tracer, exporter: InMemorySpanExporter
) -> None:
    traces = JoinTraces(tracer, 3, Remembered())
    followed = Input(1, 7, None, traceparent=GIVEN)
    traces.begin([followed])
    traces.begin([followed])
    traces.end()
    assert len(exporter.get_finished_spans()) == 1


def test_the_relay_goes_on_with_what_stands_in_the_outbox(
    tracer: Tracer, exporter: InMemorySpanExporter
) -> None:
    followed = Outgoing(partition=1, sequence=1, body="{}", chain="", traceparent=GIVEN)
    other = Outgoing(partition=1, sequence=2, body="{}", chain="")
    page, spans = of_relay.follow(tracer, "alerts", [followed, other])
    assert page[0].traceparent[:36] == GIVEN[:36] and page[0].traceparent != GIVEN
    assert page[1] is other and len(spans) == 1
