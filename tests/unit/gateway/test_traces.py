"""A client's trace goes on with its events, and no address of a request is in any span."""

from __future__ import annotations

import uuid

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from producers.event import Event
from schemas.traces import traceparent_of
from tests.unit.gateway.conftest import Broker, Gateway
from tests.unit.gateway.test_events import REVIEW, post

GIVEN = f"00-{'ab' * 16}-{'cd' * 8}-01"


def test_events_are_published_within_the_trace_of_who_asked(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, exporter = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    sent, within = Broker.send, list[str]()

    def seen(broker: Broker, event: Event) -> None:
        within.append(traceparent_of(trace.get_current_span()))
        sent(broker, event)

    monkeypatch.setattr(Broker, "send", seen)
    assert post(gateway, REVIEW, traceparent=GIVEN).status_code == 202
    gateway.http.get(f"/events/{uuid.uuid4()}", params={"la": "330"})
    (span,) = exporter.get_finished_spans()
    assert (span.name, f"{span.context.trace_id:032x}") == ("POST /events", "ab" * 16)
    assert within == [traceparent_of(span)] and not span.attributes
    provider.shutdown()


def test_without_traces_nothing_is_made(gateway: Gateway) -> None:
    assert post(gateway, REVIEW, traceparent=GIVEN).status_code == 202
