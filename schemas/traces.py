"""W3C trace context on records, and the tracer of a process where somebody turned traces on.

A part of the platform makes spans by ``tracer``, which gives none while traces are off: then
nothing is made, read or sent. What a span says is of this module's words alone, and of no person.
"""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from collections.abc import Iterable

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    TraceFlags,
    Tracer,
)

from schemas.headers import TRACEPARENT, header

NAME = "joinedup"
REMEMBERED = 10_000
"""Spans that a process knows at most, so that what comes of them later is of the same trace."""

SYSTEM, TOPIC, PARTITION = (
    "messaging.system",
    "messaging.destination.name",
    "messaging.destination.partition.id",
)
OUTCOME, CHANNEL = "joinedup.outcome", "joinedup.channel"
ATTRIBUTES = frozenset((SYSTEM, TOPIC, PARTITION, OUTCOME, CHANNEL))
"""All that a span of ours may say beside its name and its times."""

_SHAPE = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


def tracer() -> Tracer | None:
    """Return the tracer of this process; None where traces are off."""
    provider = trace.get_tracer_provider()
    return None if isinstance(provider, trace.ProxyTracerProvider) else provider.get_tracer(NAME)


def new_traceparent() -> str:
    """Return a context that begins a trace: by chance, so that it says nothing of the event."""
    return f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-01"


def traceparent_of(span: Span) -> str:
    """Return the context that what follows from this span is to carry."""
    at = span.get_span_context()
    return f"00-{at.trace_id:032x}-{at.span_id:016x}-{at.trace_flags:02x}"


def parent_in(headers: Iterable[tuple[str, bytes | None]]) -> Context | None:
    """Return the context that a record carries; None where it carries none, or none to record."""
    return parent_of((header(headers, TRACEPARENT) or b"").decode("ascii", "replace"))


def parent_of(traceparent: str) -> Context | None:
    """Return the context of this text; None where it is none, or says not to record."""
    found = _SHAPE.fullmatch(traceparent)
    if found is None:
        return None
    at = SpanContext(
        trace_id=int(found[1], 16),
        span_id=int(found[2], 16),
        is_remote=True,
        trace_flags=TraceFlags(int(found[3], 16)),
    )
    if not at.is_valid or not at.trace_flags.sampled:
        return None
    return trace.set_span_in_context(NonRecordingSpan(at), Context())


def of_kafka(topic: str, partition: int) -> dict[str, str]:
    """Return what a span says of where a record stands."""
    return {SYSTEM: "kafka", TOPIC: topic, PARTITION: str(partition)}


class Remembered:
    """The last contexts by what they are of; the oldest is forgotten first."""

    def __init__(self, most: int = REMEMBERED) -> None:
        """Take how many are kept."""
        self._most = most
        self._kept: OrderedDict[str, str] = OrderedDict()

    def keep(self, name: str, traceparent: str) -> None:
        """Keep a context."""
        self._kept[name] = traceparent
        self._kept.move_to_end(name)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def last_of(self, names: Iterable[str]) -> str:
        """Return the context of the last of these that is known; empty where none is."""
        found = [self._kept[name] for name in names if name in self._kept]
        return found[-1] if found else ""
