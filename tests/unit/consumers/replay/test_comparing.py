"""Every way in which kept transitions can differ from those that follow is found and named."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.replay.comparing import Comparison, Difference, Fault, Told, next_chain
from consumers.replay.erasures import Erasures
from consumers.store.alerts import body_of
from journey.moments import DAY
from journey.places import Place
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


ERASED = (3, 4, 9)
"""Which of the history were told of children who were erased since."""


def places() -> list[Place]:
    """Return what the proofs of their erasure say."""
    heads: dict[str, str] = {}
    found = []
    for number, one in enumerate(HISTORY):
        la = one.local_authority
        if number in ERASED:
            place = Place(
                sequence=one.sequence,
                la=la,
                alert_id=one.alert_id,
                number=one.number,
                before=heads.get(la, ""),
                chain=one.chain,
            )
            found.append(place)
        heads[la] = one.chain
    return found


def emptied(rows: Sequence[Told], which: Sequence[int] = ERASED) -> list[Told]:
    """Return the rows with nothing left of these but their places."""
    return [
        msgspec.structs.replace(one, body="", erasure="e") if number in which else one
        for number, one in enumerate(rows)
    ]


def compared(
    rows: Sequence[Told], proofs: Sequence[Place], *, keeps: bool = False, la: str | None = None
) -> Comparison:
    """Return what comes of holding these rows to what follows without the erased."""
    mine = [one for one in rows if la in (None, one.la)]
    erasures = Erasures([one for one in proofs if la in (None, one.la)], keeps=keeps)
    comparison = Comparison(iter(mine), whole=la is None, erasures=erasures)
    for number, transition in enumerate(HISTORY):
        if number not in ERASED and la in (None, transition.local_authority):
            comparison.add(transition)
    comparison.end(may_lag=keeps)
    return comparison


def faults(comparison: Comparison) -> list[tuple[Fault, int]]:
    return [(one.fault, one.sequence) for one in comparison.differences]


def test_an_emptied_row_that_stands_in_a_proof_is_no_difference() -> None:
    comparison = compared(emptied(kept(HISTORY)), places())
    assert faults(comparison) == []
    assert (comparison.erased, comparison.compared) == (3, len(HISTORY) - 3)


@pytest.mark.parametrize("la", ["999", OTHER_LA])
def test_so_it_is_where_one_authority_is_replayed_alone(la: str) -> None:
    comparison = compared(emptied(kept(HISTORY)), places(), la=la)
    assert faults(comparison) == []
    assert comparison.compared + comparison.erased == sum(
        one.local_authority == la for one in HISTORY
    )


def test_an_emptied_row_that_no_proof_names_is_a_difference() -> None:
    assert faults(compared(emptied(kept(HISTORY)), places()[1:])) == [(Fault.UNPROVED, 4)]
    comparison = compared(emptied(kept(HISTORY), (*ERASED, 6)), places())
    assert faults(comparison) == [(Fault.UNPROVED, 7)]
    assert comparison.differences[0].replayed


def test_a_proof_of_a_row_that_is_not_emptied_is_a_difference() -> None:
    rows = emptied(kept(HISTORY), ERASED[1:])
    assert faults(compared(rows, places())) == [(Fault.NOT_ERASED, 4)]


def test_a_proof_of_a_row_that_is_not_there_is_a_difference() -> None:
    rows = emptied(kept(HISTORY))
    del rows[ERASED[2]]
    found = faults(compared(rows, places()))
    assert (Fault.NOT_ERASED, ERASED[2] + 1) in found
    assert (Fault.BROKEN_CHAIN, ERASED[2] + 2) in found


@pytest.mark.parametrize("field", ["before", "chain"])
def test_an_emptied_row_whose_chain_is_not_the_proved_one_is_a_difference(field: str) -> None:
    first, *others = places()
    forged = msgspec.structs.replace(first, **{field: "7" * 64})
    comparison = compared(emptied(kept(HISTORY)), [forged, *others])
    assert faults(comparison) == [(Fault.BROKEN_CHAIN, 4)]


def test_what_was_published_of_the_erased_may_still_be_kept_or_not() -> None:
    rows = kept(HISTORY)
    assert faults(compared(rows, places(), keeps=True)) == []
    without = [one for number, one in enumerate(rows) if number not in ERASED]
    for la in (None, "999", OTHER_LA):
        assert faults(compared(without, places(), keeps=True, la=la)) == []


def test_what_was_published_of_others_may_not_be_missing() -> None:
    rows = kept(HISTORY)
    del rows[6]
    assert (Fault.MISSING, 7) in faults(compared(rows, places(), keeps=True))


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
