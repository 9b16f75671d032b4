"""What Prometheus is told of the gateway: counts alone."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

RECEIVED = Counter("joinedup_gateway_events_received", "Events that were in order and not refused.")
ACCEPTED = Counter("joinedup_gateway_events_accepted", "Events that the broker has.")
REPEATED = Counter(
    "joinedup_gateway_events_repeated", "Events that the broker had already: sent again, and known."
)
UNDELIVERED = Counter(
    "joinedup_gateway_events_undelivered", "Events that the broker did not confirm in time."
)
WRITING = Gauge(
    "joinedup_gateway_writing_events", "Events that wait for the broker's word at this moment."
)
ANSWERED = Counter("joinedup_gateway_answers", "Requests answered, by status.", ["status"])

FAILURES = (500, 503)
for _status in FAILURES:  # so that the first one is a rise
    ANSWERED.labels(_status)

ALL = (RECEIVED, ACCEPTED, REPEATED, UNDELIVERED, WRITING, ANSWERED)
