"""The spans of the notifier: each attempt to tell somebody of a transition that is followed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from opentelemetry.trace import Span, SpanKind, Tracer

from consumers.notifier.delivery import Delivery, Heard
from schemas.headers import TRACEPARENT, header
from schemas.traces import CHANNEL, OUTCOME, Remembered, parent_of, tracer


class NotifierTraces:
    """What of the transitions that were read is followed; nothing where traces are off."""

    def __init__(self, tracer: Tracer | None) -> None:
        """Take the tracer."""
        self._tracer = tracer
        self._remembered = Remembered()

    @classmethod
    def of_process(cls) -> NotifierTraces:
        """Return those of this process."""
        return cls(tracer())

    def heard(self, page: Sequence[Heard], records: Iterable[Any]) -> None:
        """Remember the contexts of a page of transitions, for whenever they are told."""
        if self._tracer is None:
            return
        for one, record in zip(page, records, strict=True):
            context = (header(record.headers, TRACEPARENT) or b"").decode("ascii", "replace")
            if parent_of(context) is not None:
                self._remembered.keep(_name(one), context)

    def begin(self, deliveries: Iterable[Delivery]) -> list[Span]:
        """Begin a span for each delivery whose transition is followed."""
        if self._tracer is None:
            return []
        spans = []
        for one in deliveries:
            parent = parent_of(self._remembered.last_of([_name(one)]))
            if parent is not None:
                span = self._tracer.start_span("tell", context=parent, kind=SpanKind.PRODUCER)
                span.set_attribute(CHANNEL, one.channel.lower())
                spans.append(span)
        return spans


def end(spans: Iterable[Span], outcome: str) -> None:
    """End these, each with what became of the attempt."""
    for span in spans:
        span.set_attribute(OUTCOME, outcome)
        span.end()


def _name(one: Heard | Delivery) -> str:
    return f"{one.alert_id}/{one.number}"
