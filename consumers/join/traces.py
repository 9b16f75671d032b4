"""The spans of the join: of records that are followed, and of what they come to.

What is told of a child is told as time passes, moments or weeks after the records it rests on: it
is of the trace of the last of these that this process still knows, else of none. Nothing of it is
in what is kept of the journey.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from opentelemetry.trace import Span, SpanKind, Tracer

from consumers.join.inputs import Input
from journey.events import Event
from journey.transition import Transition
from schemas.traces import (
    OUTCOME,
    PARTITION,
    Remembered,
    parent_of,
    traceparent_of,
)


class JoinTraces:
    """The spans of one partition, where traces are on."""

    def __init__(self, tracer: Tracer, partition: int, remembered: Remembered) -> None:
        """Take the tracer, and what the partitions of a process remember together."""
        self._tracer = tracer
        self._attributes = {PARTITION: str(partition)}
        self._remembered = remembered
        self._open: list[Span] = []

    def begin(self, inputs: Iterable[Input]) -> None:
        """Begin a span for each record that is followed; those of a batch that failed are gone."""
        self._open = []
        for one in inputs:
            parent = parent_of(one.traceparent)
            if parent is None:
                continue
            span = self._tracer.start_span(
                "join", context=parent, kind=SpanKind.CONSUMER, attributes=self._attributes
            )
            self._open.append(span)
            if isinstance(one.content, Event):
                self._remembered.keep(one.content.event_id, traceparent_of(span))

    def told(self, transitions: Sequence[Transition]) -> Mapping[int, str]:
        """Begin a span for each transition that comes of a followed record.

        Return the contexts that go on with them, by sequence.
        """
        contexts = {}
        for one in transitions:
            cause = self._remembered.last_of((*one.because, *one.met_by))
            parent = parent_of(cause)
            if parent is not None:
                span = self._tracer.start_span("alert", context=parent)
                span.set_attribute(OUTCOME, one.kind.lower())
                self._open.append(span)
                contexts[one.sequence] = traceparent_of(span)
        return contexts

    def end(self) -> None:
        """End all of them: their batch is committed."""
        for span in self._open:
            span.end()
        self._open = []
