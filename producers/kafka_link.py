"""The kafka-python producer as publishing needs it, and its failures as sentences."""

from __future__ import annotations

from typing import Any

from kafka import KafkaProducer
from kafka import errors as kafka_errors

from producers.settings import PublisherSettings

LINGER_MS = 20
BATCH_BYTES = 256 * 1024
_SASL = "SCRAM-SHA-512"


def producer_of(settings: PublisherSettings, client_id: str) -> KafkaProducer:
    """Return an idempotent producer that waits for all replicas; it connects in its own time."""
    bound_ms = round(settings.delivery_seconds * 1000)
    request_ms = max(1, min(bound_ms - LINGER_MS, 10_000))
    return KafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap,
        client_id=client_id,
        enable_idempotence=True,
        acks="all",
        linger_ms=LINGER_MS,
        batch_size=BATCH_BYTES,
        delivery_timeout_ms=bound_ms,
        request_timeout_ms=request_ms,
        max_block_ms=bound_ms,
        bootstrap_timeout_ms=bound_ms,
        reconnect_backoff_max_ms=1000,
        allow_auto_create_topics=False,
        metrics_enabled=False,
        **_security(settings),
    )


def sentence_of(fault: Exception, settings: PublisherSettings) -> str:
    """Return why an event was not delivered, and what to do about it."""
    if isinstance(fault, kafka_errors.AuthorizationError):
        return (
            "The broker has no such topic, or does not let this name write to it: correct "
            "JOINEDUP_TOPIC_PREFIX, or ask the operator for the right to write."
        )
    if isinstance(fault, kafka_errors.SaslAuthenticationFailedError):
        return (
            "The broker refused the name and password: correct JOINEDUP_KAFKA_USERNAME and "
            "JOINEDUP_KAFKA_PASSWORD."
        )
    return (
        f"The broker at {settings.kafka_bootstrap} did not confirm the event within "
        f"{settings.delivery_seconds:g} s ({type(fault).__name__}): see that it runs, has the "
        "topics and knows the name and password, then publish again; what had arrived is "
        "recognised as a duplicate."
    )


def _security(settings: PublisherSettings) -> dict[str, Any]:
    if settings.kafka_security == "PLAINTEXT":
        return {"security_protocol": "PLAINTEXT"}
    password = settings.kafka_password
    return {
        "security_protocol": settings.kafka_security,
        "sasl_mechanism": _SASL,
        "sasl_plain_username": settings.kafka_username,
        "sasl_plain_password": password.get_secret_value() if password else None,
        "ssl_cafile": str(settings.kafka_ca_file) if settings.kafka_ca_file else None,
    }
