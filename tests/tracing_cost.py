"""What traces cost in processor time: ``python -m tests.tracing_cost`` prints a figure.

Intake's part of a batch, with traces off and on: examined records into a transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Tracer

from consumers.intake import traces
from consumers.intake.examining import Examined, Refused
from consumers.intake.incoming import Incoming
from schemas.traces import new_traceparent

RECORDS, ROUNDS = 2_000, 20


def batch() -> list[Examined]:
    """Return a batch whose every record carries a context."""
    return [
        Refused(
            incoming=Incoming(
                topic="education.events",
                partition=0,
                offset=number,
                time=1_790_000_000_000,
                key=b"330",
                value=b"",
                headers=(("ce_id", b"x"), ("traceparent", new_traceparent().encode())),
            ),
            reason="contract",
            explanation="",
        )
        for number in range(RECORDS)
    ]


def intake(tracer: Tracer | None, records: list[Examined]) -> None:
    """Do what intake does with a batch on behalf of traces."""
    if tracer is not None:
        _, spans = traces.follow(tracer, records)
        traces.end(spans)


def microseconds(work: Callable[[], None]) -> float:
    """Return the processor time that the work takes for one record."""
    began = time.process_time()
    for _ in range(ROUNDS):
        work()
    return (time.process_time() - began) / (RECORDS * ROUNDS) * 1e6


def main() -> None:
    """Print the figures."""
    records = batch()
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(InMemorySpanExporter()))
    on = provider.get_tracer("cost")
    print(f"off: {microseconds(lambda: intake(None, records)):.4f} µs a record")
    print(f"on: {microseconds(lambda: intake(on, records)):.1f} µs a record")
    began = time.process_time()
    for _ in range(RECORDS):
        new_traceparent()
    spent = (time.process_time() - began) / RECORDS * 1e6
    print(f"a publisher's new context: {spent:.2f} µs an event")
    provider.shutdown()


if __name__ == "__main__":
    main()
