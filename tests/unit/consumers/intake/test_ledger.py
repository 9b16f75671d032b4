"""A ledger is read from the position as it was written there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.intake.ledger import POSITION, Ledger, ledger_of, position_headers, position_of
from consumers.journeys_record import Kind, Unreadable, parse
from tests.unit.consumers.messages import codec

COUNTS = st.integers(0, 2**62)
LEDGERS = st.builds(
    Ledger,
    next_offsets=st.dictionaries(st.sampled_from(["decisions", "health.events"]), COUNTS),
    kappa=COUNTS,
    tick=st.integers(-1, 2**62),
    round=COUNTS,
    read=COUNTS,
    journeyed=COUNTS,
    dead=COUNTS,
)


@given(LEDGERS)
def test_a_ledger_survives_its_position(ledger: Ledger) -> None:
    value = codec().encode(POSITION, position_of(3, ledger))
    read = codec().decode(value).record
    assert ledger_of(read, ledger.kappa, position_headers(ledger)) == ledger


def test_a_position_is_a_journeys_record_like_any_other() -> None:
    ledger = Ledger(next_offsets={}, kappa=5)
    record = parse(position_headers(ledger), b"")
    assert (record.kind, record.la, record.kappa) == (Kind.POSITION, "", 5)


def test_a_position_without_its_clock_is_not_guessed_at() -> None:
    with pytest.raises(Unreadable, match="tick"):
        ledger_of(position_of(0, Ledger(next_offsets={})), 0, [])
