"""What intake says of a fault of Kafka."""

from __future__ import annotations

from aiokafka.errors import OffsetOutOfRangeError

from consumers.errors import BrokenPromise
from consumers.intake.kafka_sentences import error_of


def test_a_record_that_expired_before_it_was_read_is_never_passed_over() -> None:
    fault = error_of(OffsetOutOfRangeError({}), "partition 3")
    assert isinstance(fault, BrokenPromise)
    assert "no longer holds the record that intake must read next" in str(fault)
