"""Which agreement an event was taken under follows from what was on record when it was taken."""

from __future__ import annotations

from typing import Any

from consumers.store.sharing import agreements_of
from journey.agreements import AGREEMENT
from journey.events import Event
from journey.moments import DAY
from journey.shelf import Authority
from schemas.agreements import Agreement
from schemas.catalogue import event_types
from tests.unit.journey.streams import LA, at, event, on

PAYLOAD = {
    "agreement_id": "dsa-1",
    "organisation": "school",
    "parties": ["The council", "The school"],
    "agencies": ["EDUCATION"],
    "purposes": ["SAFEGUARDING_AND_WELFARE"],
    "in_force_from": on(1),
    "in_force_until": on(20),
    "signed_on": on(1),
    "signed_by": ["Head teacher"],
}


def version(number: int, kappa: int, retracted: bool = False, **changed: Any) -> Event:
    return event(
        AGREEMENT,
        kappa,
        "agreement",
        revision=number,
        agency="governance",
        source="la/leads",
        leaf="",
        retracted=retracted,
        data={} if retracted else PAYLOAD | changed,
    )


def under(moment: int, *versions: Event) -> Agreement | None:
    authority = Authority(la=LA, agreement_records={one.event_id: one for one in versions})
    kind = event_types()["ApReviewHeld"]
    return agreements_of(authority).covering(LA, "school", kind, moment)


def test_the_version_is_the_one_that_was_known_when_the_event_was_taken() -> None:
    versions = version(1, at(2)), version(2, at(5), lawful_basis="LEGAL_OBLIGATION")
    for moment, number, basis in (
        (at(5) - 1, 1, "PUBLIC_TASK"),
        (at(5), 2, "LEGAL_OBLIGATION"),
    ):
        found = under(moment, *versions)
        assert found is not None
        assert (found.version, found.lawful_basis) == (number, basis)
    assert under(at(2) - 1, *versions) is None


def test_one_that_was_taken_back_covers_nothing_from_then_on() -> None:
    versions = version(1, at(2)), version(2, at(5), retracted=True)
    assert under(at(5) - 1, *versions) is not None
    assert under(at(5), *versions) is None
    again = version(3, at(7))
    found = under(at(7), *versions, again)
    assert found is not None and found.version == 3


def test_one_that_is_not_in_order_is_none() -> None:
    upside_down = version(1, at(2), in_force_until=on(1), in_force_from=on(9))
    assert under(at(9) + DAY, upside_down) is None
    assert under(at(3), version(1, at(2), retracted=True)) is None
