"""Traces are on where the standard environment asks for them, and nowhere else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from consumers.errors import SettingsError
from joinedup.watched.tracing import is_asked_for

TO = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        (TO, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        (TO | {"OTEL_SDK_DISABLED": "true"}, False),
        (TO | {"OTEL_TRACES_EXPORTER": "none"}, False),
        (TO | {"OTEL_TRACES_EXPORTER": "otlp"}, True),
        (TO | {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, True),
    ],
)
def test_an_endpoint_turns_them_on_and_a_word_turns_them_off(
    environment: dict[str, str], asked: bool
) -> None:
    assert is_asked_for(environment) is asked


def test_what_cannot_be_spoken_is_said_in_a_sentence() -> None:
    with pytest.raises(SettingsError, match=r"traces leave by http/protobuf alone"):
        is_asked_for(TO | {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})
    with pytest.raises(SettingsError, match="set it to otlp, or to none"):
        is_asked_for(TO | {"OTEL_TRACES_EXPORTER": "zipkin"})


def test_a_process_without_traces_loads_no_part_of_the_sdk() -> None:
    seen = (
        "import sys, consumers.intake.service, consumers.join.service, consumers.relay.service,"
        " consumers.notifier.service, joinedup.watched.tracing as t; t.begin_traces('join');"
        " print([one for one in sys.modules if one.startswith('opentelemetry.sdk')])"
    )
    said = subprocess.run(
        [sys.executable, "-c", seen], env={}, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"
