"""The join's state as bytes: what an earlier release wrote is still read."""

from __future__ import annotations

import msgspec

from consumers.store.states import authority_of, authority_state
from journey.agreements import AGREEMENT
from journey.shelf import Authority
from tests.unit.journey.streams import at, event, on


def test_an_authority_of_before_there_were_agreements_has_none() -> None:
    known, calendars, agreements = msgspec.msgpack.decode(
        authority_state(Authority(la="999", chain="ab"))
    )
    del known["agreement_records"]
    found = authority_of(msgspec.msgpack.encode([known, calendars]))
    assert (found.chain, found.agreement_records, agreements) == ("ab", {}, [])


def test_an_agreement_comes_back_with_its_days() -> None:
    agreed = event(AGREEMENT, at(1), "agreement", leaf="", data={"in_force_from": on(3)})
    authority = Authority(la="999", agreement_records={agreed.event_id: agreed})
    found = authority_of(authority_state(authority))
    assert found.agreement_records == authority.agreement_records
    assert authority_state(found) == authority_state(authority)
