"""The spans of the relay: from when it read a transition until the topic has it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from opentelemetry.trace import Span, SpanKind, Tracer

from consumers.relay.message import Outgoing
from schemas.traces import of_kafka, parent_of, traceparent_of


def follow(
    tracer: Tracer, topic: str, page: Iterable[Outgoing]
) -> tuple[list[Outgoing], list[Span]]:
    """Begin a span for each transition that is followed; return how the page goes on."""
    outgoing, spans = [], []
    for one in page:
        parent = parent_of(one.traceparent)
        if parent is not None:
            span = tracer.start_span(
                "relay",
                context=parent,
                kind=SpanKind.PRODUCER,
                attributes=of_kafka(topic, one.partition),
            )
            spans.append(span)
            one = msgspec.structs.replace(one, traceparent=traceparent_of(span))
        outgoing.append(one)
    return outgoing, spans
