"""Turns traces on where the standard OTEL_* environment asks for them; else does nothing.

OpenTelemetry's SDK and its exporter are loaded only then.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from opentelemetry import trace

from consumers.errors import SettingsError

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_SPOKEN = "http/protobuf"


def is_asked_for(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether the environment names where traces are to go, and does not turn them off.

    Raises SettingsError where it asks for another way of sending them than OTLP over HTTP.
    """
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    exporter = environment.get("OTEL_TRACES_EXPORTER") or "otlp"
    if exporter == "none" or not any(environment.get(name) for name in ENDPOINTS):
        return False
    if exporter != "otlp":
        raise SettingsError(f"OTEL_TRACES_EXPORTER is {exporter}: set it to otlp, or to none.")
    for name in _PROTOCOLS:
        if (asked := environment.get(name) or _SPOKEN) != _SPOKEN:
            raise SettingsError(f"{name} is {asked}: traces leave by {_SPOKEN} alone.")
    return True


def begin_traces(process: str) -> None:
    """Let this process make and send traces where that is asked for; raises SettingsError.

    What was made and not sent leaves when the process ends.
    """
    if not is_asked_for():
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    named = os.environ.get("OTEL_SERVICE_NAME")
    resource = Resource.create({SERVICE_NAME: named or f"joinedup-{process}"})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
