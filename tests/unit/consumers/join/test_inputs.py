"""Records of journeys, opened for the machine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from consumers.errors import BrokenPromise
from consumers.join.inputs import Opener, Raw, key_ids, parse_all
from consumers.journeys_record import (
    JourneysRecord,
    Kind,
    SourcePosition,
    Trace,
    headers_of,
    sealed_value,
)
from consumers.sealing import ERASED
from journey.cluster import Gap
from journey.events import Event
from journey.ghost import Ghost
from tests.unit.consumers.messages import LA, TOKENS, codec, event_type

KEY = bytes(range(64))
SOURCE = SourcePosition("education.events", 1, 7)
KEY_ID = "ab" * 16


TRACE = Trace(source="o/s", revision=1)


def raw(
    kind: Kind,
    name: str,
    value: bytes,
    *,
    key_id: str = "",
    kappa: int = 5,
    trace: Trace | None = None,
) -> Raw:
    record = JourneysRecord(
        kind=kind,
        type=event_type(name).full_name,
        la=LA,
        kappa=kappa,
        source=SOURCE,
        key_id=key_id,
        record="cd" * 16,
        trace=trace,
        value=value,
    )
    return Raw(3, headers_of(record), record.value)


def a_sealed_review(trace: Trace | None = TRACE) -> Raw:
    name = event_type("ApReviewHeld").full_name
    wire = codec().encode(name, _review())
    return raw(
        Kind.EVENT,
        "ApReviewHeld",
        sealed_value(KEY, LA, name, KEY_ID, SOURCE, wire),
        key_id=KEY_ID,
        trace=trace,
    )


def _review() -> dict[str, Any]:
    kind = event_type("ApReviewHeld")
    moment = datetime(2025, 9, 3, 10, 0, tzinfo=UTC)
    return {
        **{field.name: None for field in kind.payload},
        "event_id": "5b0a5d5e-0000-4000-8000-000000000000",
        "local_authority": LA,
        "occurred_at": moment,
        "recorded_at": moment,
        "source": {"organisation": "o", "system": "s"},
        "source_record_id": "r",
        "revision": 1,
        "retracted": False,
        "identifiers": [],
        "date_of_birth": None,
        "batch": None,
        "scope": None,
        "held_on": moment.date(),
    }


def opened(one: Raw, keys: dict[str, Any]) -> Any:
    (found,) = Opener(codec(), TOKENS).open(parse_all([one]), keys)
    assert (found.offset, found.kappa) == (3, 5)
    return found.content


def platform(name: str, **fields: Any) -> bytes:
    return codec().encode(event_type(name).full_name, fields)


def test_an_event_opens_under_its_key() -> None:
    sealed = a_sealed_review()
    assert key_ids(parse_all([sealed])) == {KEY_ID}
    content = opened(sealed, {KEY_ID: KEY})
    assert isinstance(content, Event)
    assert (content.type, content.kappa) == ("ApReviewHeld", 5)


def test_an_event_of_a_shredded_key_is_a_ghost() -> None:
    ghost = Ghost(la=LA, source="o/s", record="cd" * 16, kappa=5, revision=1)
    assert opened(a_sealed_review(), {KEY_ID: ERASED}) == ghost


def test_whether_a_record_is_followed_changes_nothing_that_the_machine_is_given() -> None:
    plain = a_sealed_review()
    context = f"00-{'ab' * 16}-{'cd' * 8}-01"
    followed = plain._replace(headers=(*plain.headers, ("traceparent", context.encode())))
    for keys in ({KEY_ID: KEY}, {KEY_ID: ERASED}):
        assert opened(followed, keys) == opened(plain, keys)
    (found,) = Opener(codec(), TOKENS).open(parse_all([followed]), {KEY_ID: KEY})
    assert found.traceparent == context


def test_a_ghost_of_a_row_says_of_what_list() -> None:
    trace = Trace(source="o/s", revision=9, retracted=True, scope="list", batch="b")
    ghost = opened(a_sealed_review(trace), {KEY_ID: ERASED})
    assert (ghost.scope, ghost.batch, ghost.revision, ghost.retracted) == ("list", "b", 9, True)


def test_an_event_of_a_first_release_whose_key_is_shredded_is_a_value() -> None:
    assert opened(a_sealed_review(None), {KEY_ID: ERASED}) is ERASED
    assert isinstance(opened(a_sealed_review(None), {KEY_ID: KEY}), Event)


def test_a_trace_that_is_not_of_its_event_stops_the_join() -> None:
    other = Trace(source="o/s", revision=1, scope="list")
    with pytest.raises(BrokenPromise, match="its key, headers or bytes were changed"):
        opened(a_sealed_review(other), {KEY_ID: KEY})


def test_an_event_under_a_wrong_key_stops_the_join() -> None:
    with pytest.raises(BrokenPromise, match="The record 3 of journeys cannot be read"):
        opened(a_sealed_review(), {KEY_ID: KEY[::-1]})


def test_a_tick_is_its_moment_in_milliseconds() -> None:
    moment = datetime(2025, 9, 3, 0, 0, 0, 1000, tzinfo=UTC)
    value = platform("Tick", partition=1, moment=moment, round=1)
    assert opened(raw(Kind.TICK, "Tick", value), {}) == round(moment.timestamp() * 1000)


def test_a_position_is_nothing_to_the_machine() -> None:
    assert opened(raw(Kind.POSITION, "Position", b"whatever"), {}) is None


@pytest.mark.parametrize("la", [LA, None])
def test_a_gap_is_told_where_the_authority_is_known(la: str | None) -> None:
    fields = {"topic": "t", "partition": 1, "offset": 9, "reason": "corrupt", "leaf": "cd"}
    value = platform(
        "Gap",
        local_authority=la,
        event_type="joinedup.joint.ExitPlanAgreed",
        record=None,
        source="the-school/mis",
        **fields,
    )
    gap = Gap(
        la=LA,
        position="t/1/9",
        kappa=5,
        event_type="ExitPlanAgreed",
        leaf="cd",
        source="the-school/mis",
        reason="corrupt",
    )
    assert opened(raw(Kind.GAP, "Gap", value), {}) == (gap if la else None)


def test_a_record_that_intake_did_not_write_stops_the_join() -> None:
    with pytest.raises(BrokenPromise, match="Nobody but intake may write to journeys"):
        parse_all([Raw(1, [("kind", b"event")], b"")])
