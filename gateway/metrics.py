"""What Prometheus is told of the gateway: counts alone."""

from __future__ import annotations

from prometheus_client import Counter

ACCEPTED = Counter("joinedup_gateway_events_accepted", "Events that the broker has.")
ANSWERED = Counter("joinedup_gateway_answers", "Requests answered, by status.", ["status"])
