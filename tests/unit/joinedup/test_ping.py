"""A test event says which stage did not pass it on, and is no sign of life of anybody."""

from __future__ import annotations

import re
from itertools import chain, count, repeat

import pytest
from kafka.errors import KafkaTimeoutError
from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from gateway.receipts import Receipt
from joinedup.commands.ping import NotPassed, has_passed, services_asked, wait
from journey.shelf import MemoryShelf
from tests.unit.journey.streams import LA, SCHOOL, at, control, joined, machine, run


def test_a_stage_takes_until_it_was_passed() -> None:
    clock = count(0.0, 0.5)
    passed = chain([False, False], repeat(True))
    assert wait("join", lambda: next(passed), 60, "look there", lambda: next(clock)) == 1500


def test_a_stage_that_is_not_passed_in_time_says_where_to_look() -> None:
    clock = count(0.0, 5.0)
    with pytest.raises(NotPassed, match=r"^intake: it did not come through in 7 s: look there\.$"):
        wait("intake", lambda: False, 7, "look there", lambda: next(clock))


@pytest.mark.parametrize(
    ("outcome", "reason", "said"),
    [
        (
            "refused",
            "agreement-lapsed",
            r"lapsed \(agreement-lapsed\)\. Sign a new agreement",
        ),
        ("refused", "not-entitled", r"may not speak .* See for whom it may speak: joinedup source"),
        (
            "refused",
            "of-a-later-release",
            r"Reason: of-a-later-release \(see docs/",
        ),
        ("parked", "", r"was parked\. See joinedup status\."),
    ],
)
def test_a_test_event_that_was_not_taken_says_why_and_what_to_do_next(
    outcome: str, reason: str, said: str
) -> None:
    with pytest.raises(NotPassed, match=rf"^join: the test event was {outcome}\. .*") as caught:
        has_passed(Receipt(event_id="e", outcome=outcome, reason=reason))
    assert re.search(said, str(caught.value))


def test_a_test_event_has_passed_the_join_once_it_was_taken() -> None:
    assert not has_passed(None)
    assert has_passed(Receipt(event_id="e", outcome="taken"))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            KafkaTimeoutError(),
            r"^Kafka does not answer \(KafkaTimeoutError\): see `joinedup status`",
        ),
        (OperationalError(), r"^The store does not answer \(OperationalError\): see `joinedup"),
        (PoolTimeout(), r"^The store does not answer \(PoolTimeout\): see `joinedup"),
    ],
)
def test_a_service_that_does_not_answer_is_said_in_a_sentence(fault: Exception, said: str) -> None:
    with pytest.raises(NotPassed, match=said), services_asked():
        raise fault


def test_a_ping_ends_no_silence_and_completes_nothing() -> None:
    quiet = [joined(SCHOOL, at(1), hours=48), at(6)]
    pinged = [*quiet[:1], control("SourcePinged", SCHOOL, at(2), {}), at(6)]
    assert run(pinged) == run(quiet)
    assert [(one.duty, one.as_of) for one in run(pinged)] == [("SOURCE_SILENT", at(3))]


def test_a_ping_of_a_source_that_nobody_heard_of_makes_it_known_to_nobody() -> None:
    shelf = MemoryShelf()
    run([control("SourcePinged", SCHOOL, at(2), {})], machine(shelf))
    assert shelf.authority(LA).sources == {}
