"""Under which agreement a record is taken: by type, by day in England, by what was on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from schemas.agreements import (
    Agreement,
    AgreementInvalid,
    Agreements,
    agreement_of,
    london_day,
    payload_of,
)
from schemas.catalogue import event_types

LA, TRUST = "330", "RQ3"
WRITTEN: dict[str, Any] = {
    "agreement_id": "dsa-7",
    "organisation": TRUST,
    "parties": ["The council", "The trust"],
    "agencies": ["HEALTH"],
    "purposes": ["SAFEGUARDING_AND_WELFARE"],
    "in_force_from": "2026-01-10",
    "in_force_until": "2026-06-30",
    "signed_on": "2026-01-05",
    "signed_by": ["Caldicott Guardian, the trust", "Director of children's services"],
}


def an_agreement(version: int = 1, recorded_at: int = 0, **changed: Any) -> Agreement:
    payload = payload_of(WRITTEN | changed)
    return agreement_of(payload, local_authority=LA, version=version, recorded_at=recorded_at)


def at(*moment: int) -> int:
    """Return a moment of UTC in ms."""
    return int(datetime(*moment, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc,arg-type]


def told(moment: int, *versions: Agreement, type_: str = "HealthContactHeld") -> str | None:
    """Return the reason for which a record is not covered, or None where it is."""
    found = Agreements(versions).objection(LA, TRUST, event_types()[type_], moment)
    return found.reason if found else None


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        # In winter England's midnight is that of UTC, in summer it comes an hour earlier.
        (at(2026, 1, 9, 23, 59, 59), None),
        (at(2026, 1, 10), None),
        (at(2026, 6, 30, 22, 59, 59), None),
        (at(2026, 6, 30, 23), "agreement-lapsed"),
    ],
)
def test_the_last_day_is_in_force_to_midnight_in_england(moment: int, reason: str | None) -> None:
    assert told(moment, an_agreement()) == reason


def test_before_its_first_agreement_begins_an_organisation_is_bound_by_none() -> None:
    early = at(2026, 1, 9, 23, 59, 59)
    assert told(early, an_agreement(), type_="ApReviewHeld") is None
    assert told(early + 1000, an_agreement(), type_="ApReviewHeld") == "outside-agreement"
    assert (
        Agreements([an_agreement()]).covering(LA, TRUST, _type("HealthContactHeld"), early) is None
    )


def test_another_organisation_and_another_authority_are_not_bound() -> None:
    known, late = Agreements([an_agreement()]), at(2027, 1, 1)
    assert known.objection(LA, "RQ4", _type("HealthContactHeld"), late) is None
    assert known.objection("331", TRUST, _type("HealthContactHeld"), late) is None


def test_a_renewal_that_overlaps_leaves_no_gap_and_is_the_one_named() -> None:
    old = an_agreement()
    new = an_agreement(
        agreement_id="dsa-8", in_force_from="2026-06-01", in_force_until="2027-05-31"
    )
    for moment in (at(2026, 6, 15), at(2026, 6, 30, 23), at(2027, 5, 31, 12)):
        assert told(moment, new, old) is None
    known = Agreements([new, old])
    for moment, named in ((at(2026, 5, 31), "dsa-7"), (at(2026, 6, 1), "dsa-8")):
        found = known.covering(LA, TRUST, _type("HealthContactHeld"), moment)
        assert found is not None and found.agreement_id == named


def test_in_the_gap_between_two_agreements_nothing_is_taken() -> None:
    later = an_agreement(
        agreement_id="dsa-8", in_force_from="2026-07-03", in_force_until="2027-01-01"
    )
    days = [(30, None), (1, "agreement-lapsed"), (2, "agreement-lapsed"), (3, None)]
    for day, reason in days:
        moment = at(2026, 6 if day == 30 else 7, day, 12)
        assert told(moment, an_agreement(), later) == reason, day


def test_one_of_two_agreements_in_force_is_enough() -> None:
    plans = an_agreement(agreement_id="dsa-9", agencies=None, event_types=["JointPlanAgreed"])
    both, moment = (an_agreement(), plans), at(2026, 3, 1)
    assert told(moment, *both) is None
    assert told(moment, *both, type_="JointPlanAgreed") is None
    assert told(moment, *both, type_="JointReviewHeld") == "outside-agreement"


@pytest.mark.parametrize("type_", ["SourceJoined", "SourceHeartbeat", "BatchCompleted"])
def test_what_a_source_says_of_itself_is_covered_while_any_agreement_is_in_force(
    type_: str,
) -> None:
    assert told(at(2026, 3, 1), an_agreement(), type_=type_) is None
    assert told(at(2026, 7, 1), an_agreement(), type_=type_) == "agreement-lapsed"


def test_a_version_counts_from_when_it_was_recorded() -> None:
    ended = an_agreement(version=2, recorded_at=at(2026, 3, 1, 12), in_force_until="2026-02-28")
    both = (ended, an_agreement())
    assert told(at(2026, 3, 1, 11, 59), *both) is None
    assert told(at(2026, 3, 1, 12), *both) == "agreement-lapsed"


def test_an_earlier_start_that_is_recorded_late_binds_nothing_that_came_before() -> None:
    late = an_agreement(recorded_at=at(2026, 3, 1, 12))
    assert told(at(2026, 3, 1, 11), late, type_="ApReviewHeld") is None
    assert told(at(2026, 3, 1, 12), late, type_="ApReviewHeld") == "outside-agreement"


def test_the_sentences_say_what_to_do_and_name_nothing_of_the_record() -> None:
    known = Agreements([an_agreement()])
    lapsed = known.objection(LA, TRUST, _type("HealthContactHeld"), at(2026, 7, 1))
    outside = known.objection(LA, TRUST, _type("ApReviewHeld"), at(2026, 6, 1))
    assert lapsed is not None and "renewal recorded (joinedup agreements record)" in lapsed[1]
    assert outside is not None and "does not cover ApReviewHeld" in outside[1]


def test_the_usual_basis_is_a_public_task_and_never_consent() -> None:
    assert an_agreement().lawful_basis == "PUBLIC_TASK"
    assert an_agreement(lawful_basis="LEGAL_OBLIGATION").lawful_basis == "LEGAL_OBLIGATION"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"agencies": None}, "agencies: expected at least one, or event_types"),
        ({"agencies": ["POLICE"]}, "agencies: expected in each item one of EDUCATION"),
        ({"event_types": ["Tick"]}, "event_types: expected names of types about a child"),
        ({"in_force_until": "2026-01-09"}, "not before in_force_from"),
        ({"in_force_until": "31/12/2026"}, "in_force_until: expected a date"),
        ({"signed_by": None}, "signed_by: expected a value: it is required"),
        ({"lawful_basis": "WISH"}, "lawful_basis: expected one of PUBLIC_TASK"),
        ({"child": "C1"}, "child: expected no fields but agreement_id"),
    ],
)
def test_what_is_not_in_order_is_said(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AgreementInvalid, match=sentence):
        an_agreement(**changed)


def test_the_longest_lasting_of_several_is_named_whatever_their_order() -> None:
    short, long = (
        an_agreement(),
        replace(an_agreement(), agreement_id="x", last_day=date(2028, 1, 1)),
    )
    for versions in ((short, long), (long, short)):
        found = Agreements(versions).covering(LA, TRUST, _type("HealthContactHeld"), at(2026, 3, 1))
        assert found == long


def test_a_day_is_one_in_england() -> None:
    assert london_day(at(2026, 6, 30, 23)) == date(2026, 7, 1)


@pytest.mark.parametrize(("moment", "day"), [(2**63 - 1, date.max), (-(2**62), date.min)])
def test_a_time_that_no_calendar_has_stops_nothing(moment: int, day: date) -> None:
    assert london_day(moment) == day
    assert told(moment, an_agreement()) == ("agreement-lapsed" if moment > 0 else None)


def _type(name: str) -> Any:
    return event_types()[name]


def closed(
    moment: int, *versions: Agreement, agency: str = "health", organisation: str = ""
) -> Any:
    """Return since which day an agency's views are closed, None where they are open."""
    return Agreements(versions).closed_since(LA, agency, organisation, moment)


@pytest.mark.parametrize(
    ("moment", "since"),
    [
        (at(2026, 1, 9, 23, 59, 59), None),
        (at(2026, 6, 30, 22, 59, 59), None),
        (at(2026, 6, 30, 23), date(2026, 7, 1)),
        (at(2026, 9, 1), date(2026, 7, 1)),
    ],
)
def test_an_agency_s_views_close_at_the_midnight_after_the_last_day(
    moment: int, since: date | None
) -> None:
    assert closed(moment, an_agreement()) == since
    assert closed(moment, an_agreement(), organisation=TRUST) == since


def test_another_agency_and_another_organisation_are_bound_by_agreements_of_their_own() -> None:
    late = at(2026, 9, 1)
    assert closed(late, an_agreement(), agency="education") is None
    assert closed(late, an_agreement(), organisation="RXX") is None
    of_another = an_agreement(organisation="RXX", in_force_until="2027-01-01", agreement_id="dsa-8")
    assert closed(late, an_agreement(), of_another) is None
    assert closed(late, an_agreement(), of_another, organisation=TRUST) == date(2026, 7, 1)


def test_a_renewal_opens_the_views_again_and_one_taken_back_closes_them_that_day() -> None:
    late = at(2026, 9, 1, 12)
    renewed = an_agreement(2, at(2026, 8, 1), in_force_until="2027-01-01")
    assert closed(at(2026, 7, 15), an_agreement(), renewed) == date(2026, 7, 1)
    assert closed(late, an_agreement(), renewed) is None
    taken_back = replace(renewed, version=3, last_day=date.min, recorded_at=at(2026, 8, 20))
    assert closed(late, an_agreement(), renewed, taken_back) == date(2026, 8, 20)


def test_an_agreement_on_single_types_is_one_of_their_agency() -> None:
    narrow = an_agreement(agencies=[], event_types=["ApReviewHeld"])
    assert closed(at(2026, 9, 1), narrow) is None
    assert closed(at(2026, 9, 1), narrow, agency="education") == date(2026, 7, 1)
