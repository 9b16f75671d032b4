"""Every way in which kept transitions can differ from those that follow is found and named."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.replay.comparing import Comparison, Difference, Fault, Told, next_chain
from consumers.store.alerts import body_of
from journey.moments import DAY
from journey.transition import Transition, chained
from tests.unit.journey.streams import SCHOOL, START, event, joined, run

OTHER_LA = "330"


def a_history() -> list[Transition]:
    """Return what is told of twelve placements without a plan, in two authorities."""
    starts = [event("ApPlacementStarted", START + n, f"p{n}", leaf=f"child-{n}") for n in range(12)]
    stream = [joined(SCHOOL, START, hours=24 * 365), *starts]
    ours = [one for n, one in enumerate(stream) if n % 3]
    theirs = [msgspec.structs.replace(one, la=OTHER_LA) for one in (stream[0], *stream[3::3])]
    return run([*sorted([stream[0], *ours, *theirs], key=lambda one: one.kappa), START + 60 * DAY])


HISTORY = a_history()
PLACE = st.integers(0, len(HISTORY) - 1)


def kept(history: Sequence[Transition]) -> list[Told]:
    """Return the rows of a store that was told this."""
    return [
        Told(
            la=one.local_authority,
            sequence=one.sequence,
            alert_id=one.alert_id,
            number=one.number,
            body=body_of(one),
            chain=one.chain,
        )
        for one in history
    ]


def differences(rows: Sequence[Told], *, whole: bool = True) -> list[Difference]:
    comparison = Comparison(iter(rows), whole=whole)
    for transition in HISTORY:
        comparison.add(transition)
    comparison.end()
    return comparison.differences


def rechained(rows: Sequence[Told]) -> list[Told]:
    """Return the rows with every chain value and sequence made anew, as a forger would."""
    chains: dict[str, str] = {}
    found = []
    for number, one in enumerate(rows, start=1):
        chains[one.la] = next_chain(chains.get(one.la, ""), one.body)
        found.append(msgspec.structs.replace(one, chain=chains[one.la], sequence=number))
    return found


def test_the_same_history_has_no_difference() -> None:
    assert len(HISTORY) >= 12
    assert differences(kept(HISTORY)) == []


def test_the_chain_is_that_of_the_core() -> None:
    one = HISTORY[0]
    assert next_chain("before", body_of(one)) == chained("before", one)


@given(PLACE)
def test_a_row_that_was_dropped_is_not_kept(place: int) -> None:
    rows = kept(HISTORY)
    gone = rows.pop(place)
    found = differences(rows)
    assert (Fault.MISSING, gone.key) in named(found)
    if place < len(rows):
        assert Fault.BROKEN_CHAIN in {one.fault for one in found}


@given(PLACE)
def test_a_row_that_was_added_does_not_follow(place: int) -> None:
    rows = kept(HISTORY)
    added = msgspec.structs.replace(rows[place], number=99)
    found = differences(rechained([*rows[:place], added, *rows[place:]]))
    assert (Fault.UNFOUNDED, added.key) in named(found)


@given(PLACE)
def test_a_row_that_stands_twice_does_not_follow_again(place: int) -> None:
    rows = kept(HISTORY)
    found = differences([*rows[: place + 1], *rows[place:]])
    assert (Fault.UNFOUNDED, rows[place].key) in named(found)


@given(PLACE, st.booleans())
def test_a_row_with_other_bytes_is_changed_even_if_the_chain_was_forged(
    place: int, forged: bool
) -> None:
    rows = kept(HISTORY)
    body = rows[place].body.replace('"HIGH"', '"LOW"').replace("10 days", "9 days")
    assert body != rows[place].body
    rows[place] = msgspec.structs.replace(rows[place], body=body)
    found = named(differences(rechained(rows) if forged else rows))
    assert (Fault.CHANGED, rows[place].key) in found
    assert ((Fault.BROKEN_CHAIN, rows[place].key) in found) is not forged


@pytest.mark.parametrize("whole", [True, False])
def test_two_rows_in_the_other_order_are_found_even_if_the_chain_was_forged(whole: bool) -> None:
    rows = kept(HISTORY)
    first, second = [n for n, one in enumerate(rows) if one.la == "999"][:2]
    rows[first], rows[second] = rows[second], rows[first]
    assert {one.fault for one in differences(rechained(rows), whole=whole)} == {Fault.ORDER}


def test_a_skipped_sequence_breaks_the_chain_of_the_partition() -> None:
    rows = kept(HISTORY)
    moved = [msgspec.structs.replace(one, sequence=one.sequence + 1) for one in rows]
    assert Fault.BROKEN_CHAIN in {one.fault for one in differences(moved)}
    assert differences(moved, whole=False) == []


def test_a_row_of_an_older_engine_says_so() -> None:
    rows = kept(HISTORY)
    older = rows[0].body.replace('"engine":"1"', '"engine":"0"')
    rows[0] = msgspec.structs.replace(rows[0], body=older)
    found = differences(rechained(rows))
    assert [(one.fault, one.older_engine) for one in found] == [(Fault.CHANGED, "0")]


def test_what_was_never_told_is_all_missing() -> None:
    assert [one.fault for one in differences([])] == [Fault.MISSING] * len(HISTORY)


def test_a_difference_names_the_events_behind_it() -> None:
    (first, *_) = differences([])
    assert first.events == HISTORY[0].because


def named(found: Sequence[Difference]) -> set[tuple[Fault, tuple[str, str, int]]]:
    return {(one.fault, (one.la, one.alert_id, one.number)) for one in found}
