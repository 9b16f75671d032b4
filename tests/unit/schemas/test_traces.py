"""W3C trace contexts on records: what is followed, and what is not."""

from __future__ import annotations

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from schemas.traces import (
    Remembered,
    new_traceparent,
    parent_in,
    parent_of,
    traceparent_of,
    tracer,
)

GIVEN = f"00-{'ab' * 16}-{'cd' * 8}-01"


def test_there_is_no_tracer_until_somebody_turns_traces_on() -> None:
    assert tracer() is None


def test_a_span_goes_on_with_the_context_that_a_record_carries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provider = TracerProvider()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    made_by = tracer()
    assert made_by is not None
    parent = parent_in([("other", b"x"), ("traceparent", GIVEN.encode())])
    span = made_by.start_span("join", context=parent)
    assert traceparent_of(span)[:36] == GIVEN[:36]
    assert traceparent_of(span) != GIVEN
    provider.shutdown()


def test_a_new_context_is_one_that_is_followed() -> None:
    assert parent_of(new_traceparent()) is not None


@pytest.mark.parametrize(
    "context",
    [
        "",
        "no context",
        f"00-{'0' * 32}-{'cd' * 8}-01",
        f"00-{'ab' * 16}-{'0' * 16}-01",
        f"00-{'ab' * 16}-{'cd' * 8}-00",
        f"00-{'AB' * 16}-{'cd' * 8}-01",
        f"00-{'ab' * 16}-{'cd' * 8}-01-more",
        f"ff-{'ab' * 16}-{'cd' * 8}-01",
    ],
)
def test_what_is_no_context_or_says_not_to_record_is_not_followed(context: str) -> None:
    assert parent_of(context) is None
    assert parent_in([("traceparent", context.encode())]) is None


def test_a_header_that_is_absent_given_twice_or_no_text_is_not_followed() -> None:
    assert parent_in([]) is None
    assert parent_in([("traceparent", GIVEN.encode())] * 2) is None
    assert parent_in([("traceparent", None)]) is None
    assert parent_in([("traceparent", b"\xff")]) is None


def test_the_last_known_context_counts_and_the_oldest_is_forgotten() -> None:
    known = Remembered(most=2)
    for name in ("a", "b", "c"):
        known.keep(name, f"of {name}")
    assert known.last_of(["a"]) == ""
    assert known.last_of(["c", "b", "unknown"]) == "of b"
    known.keep("b", "of b again")
    known.keep("d", "of d")
    assert known.last_of(["c"]) == "" and known.last_of(["b"]) == "of b again"
