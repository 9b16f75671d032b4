"""A broken message has its one fault, and is all right in every other way."""

from __future__ import annotations

import pytest

from producers.message import Message
from producers.simulate import BrokenMessage, Fault, Year
from producers.simulate.broken import broken_message
from producers.speakers import Speaker
from schemas.codec import Codec, Undecodable
from schemas.headers import SIGNATURE, header
from schemas.registry import MemoryRegistry
from schemas.signature import verify
from schemas.topics import TopicSet
from schemas.validation import problems

KEY = bytes(32)
CODEC = Codec(MemoryRegistry())


def _broken(year: Year, fault: Fault) -> tuple[BrokenMessage, Message]:
    found = next(one for one in year.broken if one.fault is fault)
    speaker = Speaker(found.record.source.agency, None, KEY)
    return found, broken_message(found, TopicSet("demo.", 4), CODEC, speaker)


def _is_signed(what: BrokenMessage, message: Message) -> bool:
    signature = header(message.headers, SIGNATURE)
    assert signature is not None
    event = what.record.event
    authority = event.record["local_authority"]
    return verify(KEY, authority, event.kind.full_name, message.value, signature.decode())


def test_there_is_one_message_of_each_fault(year: Year) -> None:
    assert sorted(one.fault for one in year.broken) == sorted(Fault)


def test_noise_cannot_be_decoded(year: Year) -> None:
    _, message = _broken(year, Fault.NOISE)

    with pytest.raises(Undecodable):
        CODEC.decode(message.value)


def test_a_forged_message_is_readable_and_its_signature_is_wrong(year: Year) -> None:
    what, message = _broken(year, Fault.FORGED)

    assert CODEC.decode(message.value).record["event_id"] == what.record.event.event_id
    assert not _is_signed(what, message)


def test_an_incomplete_message_is_signed_and_lacks_a_required_field(year: Year) -> None:
    what, message = _broken(year, Fault.INCOMPLETE)
    decoded = CODEC.decode(message.value)

    assert _is_signed(what, message)
    assert [one.field for one in problems(decoded.full_name, decoded.record)] == ["agreed_on"]


def test_the_incomplete_plan_is_of_the_child_whose_plan_is_missing(year: Year) -> None:
    what, _ = _broken(year, Fault.INCOMPLETE)

    assert what.record.event.type == "JointPlanAgreed"
    assert what.record.child == 1
