"""The versions of the services, the same in the local stack and in docker-compose.yml."""

from __future__ import annotations

KAFKA = "4.4.0"
REGISTRY = "3.3.3"
POSTGRESQL = "18"
"""What the containers and the fallback wheel run; the local stack takes any from the oldest up."""

OLDEST_POSTGRESQL = 15
OLDEST_JAVA = 21
"""Kafka would run on 17; the registry, whose classes are compiled for 21, would not."""
