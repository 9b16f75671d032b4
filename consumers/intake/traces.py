"""The spans of intake: from when the broker had a record until its transaction is committed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
from opentelemetry.trace import Span, SpanKind, Tracer

from consumers.intake.examining import Examined, Refused
from schemas.traces import OUTCOME, of_kafka, parent_in, traceparent_of

NS_PER_MS = 1_000_000


class Followed(NamedTuple):
    """A batch with the contexts that go on with it, and the spans that end with its commit."""

    examined: list[Examined]
    spans: list[Span]


def follow(tracer: Tracer, examined: Iterable[Examined]) -> Followed:
    """Begin a span for each record of the batch that somebody asked to follow."""
    followed = Followed([], [])
    for one in examined:
        incoming = one.incoming
        parent = parent_in(incoming.headers)
        if parent is not None:
            span = tracer.start_span(
                "intake",
                context=parent,
                kind=SpanKind.CONSUMER,
                attributes=of_kafka(incoming.topic, incoming.partition),
                start_time=incoming.time * NS_PER_MS,
            )
            followed.spans.append(span)
            if isinstance(one, Refused):
                span.set_attribute(OUTCOME, one.reason)
            elif span.is_recording():
                span.set_attribute(OUTCOME, "journeyed")
                one = msgspec.structs.replace(one, traceparent=traceparent_of(span))
        followed.examined.append(one)
    return followed


def end(spans: Sequence[Span]) -> None:
    """End the spans of a batch that is committed."""
    for span in spans:
        span.end()
