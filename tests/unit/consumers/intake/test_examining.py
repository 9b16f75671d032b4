"""What intake accepts, and the reason that it gives when it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from consumers.intake.examining import Accepted, Examined, Examiner, Refused
from consumers.intake.incoming import Incoming
from schemas.headers import SIGNATURE
from tests.unit.consumers.messages import (
    COUNCIL,
    HOSPITAL,
    LA,
    LEADS,
    MOMENT,
    PARTITION,
    SCHOOL,
    SOURCES,
    TOKENS,
    TOPICS,
    a_message,
    a_record,
    a_review,
    codec,
    identifier,
)

OTHER_LA = next(
    code
    for code in ("331", "332", "333", "334", "335", "336")
    if TOPICS.partition_of(code) == PARTITION
)
LA_ELSEWHERE = next(
    code for code in ("331", "332", "333", "334") if TOPICS.partition_of(code) != PARTITION
)


def examined(message: Incoming) -> Examined:
    return Examiner(TOPICS, codec(), SOURCES, TOKENS).examine(message)


def changed(message: Incoming, **given: Any) -> Incoming:
    return msgspec.structs.replace(message, **given)


def without_signature() -> Incoming:
    message = a_message()
    return changed(message, headers=tuple(h for h in message.headers if h[0] != SIGNATURE))


def signed_twice() -> Incoming:
    message = a_message()
    return changed(message, headers=(*message.headers, (SIGNATURE, b"00")))


def heartbeat(**given: Any) -> Incoming:
    return a_message(
        a_record("SourceHeartbeat", complete_to=MOMENT), name="SourceHeartbeat", **given
    )


def a_tick() -> Incoming:
    value = codec().encode("joinedup.platform.Tick", {"partition": 0, "moment": MOMENT, "round": 1})
    return changed(a_message(), value=value)


REFUSED: dict[str, Callable[[], Incoming]] = {
    "no-local-authority": lambda: changed(a_message(), key=None),
    "wrong-partition": lambda: a_message(la=LA_ELSEWHERE),
    "empty": lambda: changed(a_message(), value=None),
    "not-framed": lambda: changed(a_message(), value=b'{"json": "not Avro"}'),
    "unknown-schema": lambda: changed(a_message(), value=b"\x00\x7f\xff\xff\xffxxxx"),
    "corrupt": lambda: changed(a_message(), value=(a_message().value or b"")[:30]),
    "trailing-bytes": lambda: changed(a_message(), value=(a_message().value or b"") + b"\x00"),
    "wrong-type": a_tick,
    "unknown-source": lambda: a_message(
        a_review() | {"source": {"organisation": "nobody", "system": "x"}}
    ),
    "no-signature": without_signature,
    "wrong-signature": lambda: a_message(a_review(SCHOOL), source=HOSPITAL),
    "other-local-authority": lambda: a_message(a_review(local_authority=OTHER_LA)),
    "not-entitled": lambda: a_message(a_review(HOSPITAL), source=HOSPITAL),
    "wrong-topic": lambda: a_message(a_review(HOSPITAL), source=HOSPITAL, topic=TOPICS.health),
    "contract": lambda: a_message(a_review(held_on=None)),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_each_fault_is_refused_with_its_own_reason(reason: str) -> None:
    found = examined(REFUSED[reason]())
    assert isinstance(found, Refused)
    assert found.reason == reason
    assert found.explanation.endswith(".")


def test_a_header_given_twice_is_no_signature() -> None:
    found = examined(signed_twice())
    assert isinstance(found, Refused)
    assert found.reason == "no-signature"


def test_a_good_record_is_accepted_with_its_tokens() -> None:
    found = examined(a_message())
    assert isinstance(found, Accepted)
    assert found.la == LA
    assert found.subject.record == TOKENS.record(LA, "330-4001", "mis", "record-1")
    assert found.subject.leaf


def test_a_source_may_not_speak_for_another_authority() -> None:
    message = a_message(a_review(local_authority=OTHER_LA), la=OTHER_LA)
    found = examined(message)
    assert isinstance(found, Refused)
    assert found.reason == "not-entitled"


@pytest.mark.parametrize(
    ("source", "topic"),
    [
        (SCHOOL, TOPICS.education),
        (HOSPITAL, TOPICS.health),
        (COUNCIL, TOPICS.social_care),
        (LEADS, TOPICS.decisions),
    ],
)
def test_heartbeats_are_welcome_from_every_source_on_its_own_topic(source: Any, topic: str) -> None:
    record = a_record("SourceHeartbeat", source, complete_to=MOMENT)
    message = a_message(record, name="SourceHeartbeat", source=source, topic=topic)
    assert isinstance(examined(message), Accepted)


@pytest.mark.parametrize(("park", "welcome"), [("ab" * 16, True), ("not a token", False)])
def test_an_order_to_redrive_names_a_record_by_its_token(park: str, welcome: bool) -> None:
    given = {"reason": "mended", "approved_by": "lead", "decided_on": MOMENT.date()}
    name = "RedriveDecisionRecorded"
    record = a_record(name, LEADS, park=park, **given)
    found = examined(a_message(record, name=name, source=LEADS, topic=TOPICS.decisions))
    assert isinstance(found, Accepted) == welcome


RULES = {
    "version": "summer-2027",
    "takes_effect_on": MOMENT.date(),
    "duties": [{"duty": "AP_REVIEW_OVERDUE", "enabled": None, "severity": None, "parameters": []}],
    "reason": "decided by the board",
    "approved_by": "head of service",
}


@pytest.mark.parametrize(
    ("changed", "welcome"),
    [
        ({}, True),
        ({"duties": []}, True),
        ({"version": "summer 2027"}, False),
        ({"approved_by": None}, False),
        ({"duties": [{**RULES["duties"][0], "severity": "TERRIBLE"}]}, False),
    ],
)
def test_a_rule_set_is_welcome_where_it_says_what_it_must(
    changed: dict[str, Any], welcome: bool
) -> None:
    name = "RuleSetPublished"
    record = a_record(name, LEADS, **(RULES | changed))
    found = examined(a_message(record, name=name, source=LEADS, topic=TOPICS.decisions))
    assert isinstance(found, Accepted) == welcome


def test_joint_events_are_welcome_on_each_agencys_topic() -> None:
    for source, topic in ((SCHOOL, TOPICS.education), (HOSPITAL, TOPICS.health)):
        record = a_record(
            "AgencyInvolvementStarted", source, started_on=MOMENT.date(), agency="HEALTH"
        )
        message = a_message(record, name="AgencyInvolvementStarted", source=source, topic=topic)
        assert isinstance(examined(message), Accepted)


@pytest.mark.parametrize("reason", REFUSED)
def test_an_explanation_holds_nothing_of_the_record(reason: str) -> None:
    message = REFUSED[reason]()
    found = examined(message)
    assert isinstance(found, Refused)
    assert "record-1" not in found.explanation
    assert "A1" not in found.explanation


def test_the_field_that_breaks_the_contract_is_named_and_not_shown() -> None:
    record = a_review(identifiers=[identifier("NHS", "9990000018", "MAYBE")])
    found = examined(a_message(record))
    assert isinstance(found, Refused)
    assert found.field == "identifiers"
    assert "9990000018" not in found.explanation


class TestTheGapOfARefusedRecord:
    def test_names_record_and_leaf_where_it_was_read_and_signed(self) -> None:
        found = examined(a_message(a_review(held_on=None)))
        assert isinstance(found, Refused)
        assert found.la == LA
        assert found.event_type == "joinedup.education.ApReviewHeld"
        assert found.subject is not None
        assert found.source == f"{SCHOOL.organisation}/{SCHOOL.system}"

    @pytest.mark.parametrize(
        "reason", ["unknown-source", "no-signature", "wrong-signature", "not-entitled"]
    )
    def test_names_nobody_where_the_record_may_be_forged(self, reason: str) -> None:
        found = examined(REFUSED[reason]())
        assert isinstance(found, Refused)
        assert found.la == LA
        assert (found.subject, found.source) == (None, None)

    @pytest.mark.parametrize("reason", ["no-local-authority", "wrong-partition"])
    def test_is_not_written_where_no_authority_of_this_partition_is_concerned(
        self, reason: str
    ) -> None:
        found = examined(REFUSED[reason]())
        assert isinstance(found, Refused)
        assert found.la is None
