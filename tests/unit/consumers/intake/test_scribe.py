"""What one transaction holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from consumers.intake.examining import Accepted, Examiner, Refused
from consumers.intake.incoming import Incoming
from consumers.intake.ledger import Ledger
from consumers.intake.scribe import RoundEnd, Scribe, Transaction, keys_wanted
from consumers.intake.ticking import LivePace, MidnightPace, Pace
from consumers.journeys_record import JourneysRecord, Kind, SourcePosition, Trace, open_value, parse
from consumers.sealing import ERASED, LeafKey
from schemas.signature import own_key, verify
from schemas.sources import SourceRegistry
from tests.unit.consumers.messages import (
    LA,
    MOMENT,
    NOW,
    PARTITION,
    SCHOOL,
    SOURCES,
    TOKENS,
    TOPICS,
    a_message,
    a_record,
    a_review,
    codec,
    messages,
)

KEY = bytes(range(64))
START = Ledger(next_offsets=dict.fromkeys(TOPICS.inputs, 0))
EXAMINER = Examiner(TOPICS, codec(), SOURCES, TOKENS)


def written(
    *incoming: Incoming,
    ledger: Ledger = START,
    pace: Pace | None = None,
    key: LeafKey = KEY,
    ends: RoundEnd | None = None,
) -> Transaction:
    examined = [EXAMINER.examine(one) for one in incoming]
    keys = dict.fromkeys(keys_wanted(examined, TOKENS), key)
    scribe = Scribe(PARTITION, codec(), TOKENS, pace or LivePace())
    return scribe.write(ledger, examined, keys, ends)


def parsed(transaction: Transaction) -> list[JourneysRecord]:
    return [parse(one.headers, one.value) for one in transaction.journeys]


def content(record: JourneysRecord) -> dict[str, Any]:
    return codec().decode(open_value(record, KEY)).record


def a_refused_message(**given: Any) -> Incoming:
    return a_message(a_review(held_on=None), **given)


def test_an_event_about_a_child_is_sealed_and_says_where_it_came_from() -> None:
    message = a_message(offset=7)
    event, _ = parsed(written(message))
    assert (event.kind, event.la) == (Kind.EVENT, LA)
    assert event.type == "joinedup.education.ApReviewHeld"
    assert event.source == SourcePosition(TOPICS.education, PARTITION, 7)
    assert event.value != message.value
    assert open_value(event, KEY) == message.value


def test_who_keeps_a_key_of_its_own_signed_what_is_on_journeys_and_nobody_else_can_have() -> None:
    """Whoever runs the platform has the public half alone, and can sign nothing with it."""
    private, public = own_key()
    known = SourceRegistry([replace(SCHOOL, key=public)])
    examiner = Examiner(TOPICS, codec(), known, TOKENS)
    examined = examiner.examine(a_message(source=replace(SCHOOL, key=private)))
    assert isinstance(examined, Accepted)
    scribe = Scribe(PARTITION, codec(), TOKENS, LivePace())
    keys = dict.fromkeys(keys_wanted([examined], TOKENS), KEY)
    event, _ = parsed(scribe.write(START, [examined], keys))
    opened = open_value(event, KEY)
    assert verify(public, event.la, event.type, opened, event.signature)
    assert not verify(public, event.la, event.type, opened + b"x", event.signature)
    of_another = examiner.examine(a_message(source=replace(SCHOOL, key=own_key()[0])))
    assert isinstance(of_another, Refused) and of_another.reason == "wrong-signature"


def test_a_signature_by_a_shared_key_is_not_kept_as_it_proves_nothing_to_others() -> None:
    event, _ = parsed(written(a_message()))
    assert event.signature == ""


def test_no_identifier_stands_in_a_header() -> None:
    outgoing = written(a_message()).journeys[0]
    headers = b" ".join(value for _, value in outgoing.headers)
    assert b"A1" not in headers
    assert b"record-1" not in headers


def test_what_an_event_counts_for_without_its_key_stands_beside_the_seal() -> None:
    event, _ = parsed(written(a_message(a_review(batch="b", scope="list", revision=7))))
    source = f"{SCHOOL.organisation}/{SCHOOL.system}"
    assert event.trace == Trace(source=source, revision=7, scope="list", batch="b")


def test_a_record_about_no_child_is_plain() -> None:
    record = a_record("SourceHeartbeat", complete_to=MOMENT)
    control, _ = parsed(written(a_message(record, name="SourceHeartbeat")))
    assert (control.kind, control.key_id, control.trace) == (Kind.CONTROL, "", None)
    assert content(control)["complete_to"] == MOMENT


def test_a_dead_letter_holds_the_original_and_the_gap_says_what_is_missing() -> None:
    message = a_refused_message(offset=3)
    transaction = written(message)
    letter = codec().decode(transaction.dead_letters[0].value).record
    assert letter["original"] == message.value
    assert letter["key"] == message.key
    assert letter["headers"] == dict(message.headers)
    assert (letter["topic"], letter["offset"], letter["reason"]) == (message.topic, 3, "contract")
    gap, _ = parsed(transaction)
    assert (gap.kind, gap.la, gap.record) == (Kind.GAP, LA, content(gap)["record"])
    assert content(gap)["leaf"]
    assert content(gap)["source"] == f"{SCHOOL.organisation}/{SCHOOL.system}"


def test_a_record_of_an_erased_child_goes_to_the_dead_letters() -> None:
    transaction = written(a_message(), key=ERASED)
    assert transaction.refusals == ["erased"]
    assert [one.kind for one in parsed(transaction)] == [Kind.GAP, Kind.POSITION]


def test_the_position_is_the_last_record_and_counts_everything() -> None:
    transaction = written(a_message(offset=4), a_refused_message(offset=5))
    last = parsed(transaction)[-1]
    assert last.kind is Kind.POSITION
    position = content(last)
    assert (position["read"], position["journeyed"], position["dead"]) == (2, 1, 1)
    assert {"topic": TOPICS.education, "offset": 6} in position["next_offsets"]


def test_totals_run_on_from_the_last_position() -> None:
    first = written(a_message(offset=0), a_refused_message(offset=1)).ledger
    second = written(a_message(offset=2), ledger=first).ledger
    assert (second.read, second.journeyed, second.dead) == (3, 2, 1)


def test_known_time_is_the_append_time_and_never_steps_back() -> None:
    stamps = [NOW, NOW + 5, NOW + 3, NOW + 9]
    kappas = [one.kappa for one in parsed(written(*messages(stamps)))]
    assert kappas == [NOW, NOW + 5, NOW + 5, NOW + 9, NOW + 9]


def test_what_follows_a_tick_is_at_least_a_millisecond_later() -> None:
    ticked = written(ends=RoundEnd(NOW)).ledger
    event, _ = parsed(written(a_message(time=NOW - 400), ledger=ticked))
    assert event.kappa == NOW + 1


def test_a_message_is_stamped_with_its_known_time_and_keyed_by_authority() -> None:
    for outgoing, record in zip(
        (transaction := written(a_message())).journeys, parsed(transaction), strict=True
    ):
        assert outgoing.timestamp == record.kappa
        assert outgoing.key == record.key


def test_a_round_ends_with_a_tick_and_then_the_position() -> None:
    transaction = written(a_message(time=NOW), ends=RoundEnd(NOW + 50))
    event, tick, position = parsed(transaction)
    assert [one.kind for one in (event, tick, position)] == [Kind.EVENT, Kind.TICK, Kind.POSITION]
    assert tick.kappa == position.kappa == NOW + 50
    assert content(tick)["round"] == transaction.ledger.round == 1
    assert transaction.ticks == 1


def test_no_tick_is_written_while_clocks_disagree() -> None:
    transaction = written(a_message(), ends=RoundEnd(None))
    assert transaction.ticks == 0


def test_simulated_days_end_at_midnight_between_the_records() -> None:
    day = 24 * 3600 * 1000
    records = parsed(
        written(*messages([NOW, NOW + 2 * day]), pace=MidnightPace(), ends=RoundEnd(None))
    )
    kinds = [one.kind for one in records]
    assert kinds == [Kind.EVENT, Kind.TICK, Kind.TICK, Kind.EVENT, Kind.TICK, Kind.POSITION]
    assert records[4].kappa == NOW + 2 * day
