"""From the wire to the core: tokens for identifiers, the valid day, references that meet."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from consumers.decode import subject_of, to_event
from consumers.tokens import Tokens
from journey.events import Event, Identifier
from schemas.catalogue import EventType, event_types
from schemas.sources import Source
from tests.unit.consumers.messages import (
    COUNCIL,
    HOSPITAL,
    LA,
    LEADS,
    SCHOOL,
    TOKENS,
    a_record,
    a_review,
    codec,
    event_type,
    identifier,
)
from tests.unit.schemas.examples import a_record as an_example

UPN = "K330400125001"
UPN_WITH_WRONG_LETTER = "R247962919251"
NHS = "9990000018"
SCHOOL_SAYS, COUNCIL_SAYS = (
    {"organisation": organisation, "system": "mis"} for organisation in ("330-4001", "council")
)
SPEAKER = ("999", "anytown-council", "case-system")


def decoded(record: dict[str, Any], name: str = "ApReviewHeld") -> Event:
    wire = codec().encode(event_type(name).full_name, record)
    return to_event(codec().decode(wire), kappa=7, tokens=TOKENS)


def leaf_of(*identifiers: dict[str, str], source: Source = SCHOOL) -> str:
    record = a_review(source, identifiers=list(identifiers))
    return subject_of(LA, record, event_type("ApReviewHeld"), TOKENS).leaf


def test_the_envelope_becomes_the_event() -> None:
    record = a_review(
        revision=3, retracted=True, batch="b1", scope="s1", date_of_birth=date(2010, 2, 28)
    )
    wire = codec().encode(event_type("ApReviewHeld").full_name, record)
    event = to_event(codec().decode(wire), kappa=7, tokens=TOKENS)
    assert (event.type, event.agency, event.la) == ("ApReviewHeld", "education", LA)
    assert event.source == "330-4001/mis"
    assert event.event_id == record["event_id"]
    assert (event.revision, event.retracted) == (3, True)
    assert (event.batch, event.scope, event.date_of_birth) == ("b1", "s1", date(2010, 2, 28))
    assert event.kappa == 7


def test_the_digest_tells_what_is_said_not_how_it_was_delivered() -> None:
    first = decoded(a_review(batch="b1"))
    again = decoded(a_review(batch="b2", recorded_at=datetime(2026, 1, 1, tzinfo=UTC)))
    other = decoded(a_review(retracted=True))
    assert first.digest == again.digest
    assert first.digest != other.digest


def test_a_leaf_named_by_the_source_s_own_id_says_so() -> None:
    own = decoded(a_review(identifiers=[identifier("MIS_ID", "17")]))
    quoted = decoded(a_review(identifiers=[identifier("NHS", NHS)]))
    assert (own.own_id, quoted.own_id) == (True, False)


def test_no_identifier_and_no_record_id_is_left_in_the_event() -> None:
    record = a_review(
        source_record_id="secret-record",
        placement="secret-placement",
        identifiers=[identifier("NHS", NHS), identifier("MIS_ID", "secret-own-id")],
    )
    text = repr(decoded(record))
    assert "secret" not in text
    assert NHS not in text


def test_the_record_token_is_of_authority_source_and_record_id() -> None:
    assert decoded(a_review()).record == TOKENS.record(LA, "330-4001", "mis", "record-1")


def test_one_record_id_of_two_sources_is_two_records() -> None:
    assert decoded(a_review(SCHOOL)).record != decoded(a_review(COUNCIL)).record


@pytest.mark.parametrize(
    ("name", "field", "target"),
    [
        ("ApReviewHeld", "placement", "ApPlacementStarted"),
        ("CpPlanEnded", "plan", "CpPlanStarted"),
        ("AssessmentAuthorised", "referral", "ReferralReceived"),
        ("EhcPlanFinalised", "request", "EhcNeedsAssessmentRequested"),
        ("TransitionDecisionRecorded", "transition", "TransitionProposed"),
        ("AgencyInvolvementEnded", "involvement", "AgencyInvolvementStarted"),
        ("FamilyViewRecorded", "about", "ExitPlanAgreed"),
        ("CeasedLookedAfter", "period", "BecameLookedAfter"),
    ],
)
def test_a_reference_equals_the_record_it_refers_to(name: str, field: str, target: str) -> None:
    referred = decoded(a_record(target, source_record_id="X-1"), target)
    referring = decoded(a_record(name, source_record_id="X-2", **{field: "X-1"}), name)
    assert referring.data[field] == referred.record


def test_absent_payload_fields_are_left_out() -> None:
    assert decoded(a_review()).data == {"held_on": date(2025, 9, 3)}


def test_moments_become_milliseconds() -> None:
    moment = datetime(2025, 9, 3, 10, 0, 0, 125_000, UTC)
    event = decoded(a_record("SourceHeartbeat", complete_to=moment), "SourceHeartbeat")
    assert event.number("complete_to") == 1_756_893_600_125


def test_a_record_about_no_child_has_no_leaf() -> None:
    event = decoded(
        a_record("SourceHeartbeat", complete_to=datetime(2025, 9, 3, tzinfo=UTC)), "SourceHeartbeat"
    )
    assert (event.agency, event.leaf) == ("source", "")


class TestTheLeaf:
    def test_is_of_the_sources_own_id_before_any_other(self) -> None:
        own = identifier("MIS_ID", "A1")
        assert leaf_of(identifier("NHS", NHS), own) == leaf_of(own)

    def test_is_the_hospitals_own_id_though_a_council_id_is_quoted(self) -> None:
        own, quoted = identifier("HEALTH_LOCAL_ID", "H1"), identifier("LA_CHILD_ID", "C1")
        assert leaf_of(quoted, own, source=HOSPITAL) == leaf_of(own, source=HOSPITAL)

    def test_is_of_the_strongest_identifier_where_there_is_no_own_id(self) -> None:
        nhs, upn = identifier("NHS", NHS), identifier("UPN", UPN)
        assert leaf_of(upn, nhs) == leaf_of(nhs)
        assert leaf_of(upn) != leaf_of(nhs)

    def test_is_of_the_record_where_nothing_names_the_child(self) -> None:
        assert leaf_of() == leaf_of(identifier("NHS", "0000000000"))
        assert leaf_of()

    def test_passes_over_former_identifiers(self) -> None:
        former = identifier("MIS_ID", "A1", "FORMER")
        assert leaf_of(former, identifier("UPN", UPN)) == leaf_of(identifier("UPN", UPN))

    def test_of_one_number_at_two_systems_is_two_leaves(self) -> None:
        number = identifier("NHS", NHS)
        assert leaf_of(number, source=SCHOOL) != leaf_of(number, source=HOSPITAL)

    def test_does_not_depend_on_blanks(self) -> None:
        assert leaf_of(identifier("NHS", "999 000 0018")) == leaf_of(identifier("NHS", NHS))


class TestIdentifiers:
    def of(self, *given: dict[str, str], source: Source = SCHOOL) -> tuple[Identifier, ...]:
        return decoded(a_review(source, identifiers=list(given))).identifiers

    def test_are_equal_tokens_for_equal_values(self) -> None:
        written, spaced = identifier("NHS", NHS), identifier("NHS", "999 000 0018")
        assert self.of(written) == self.of(spaced, source=HOSPITAL)

    def test_leave_out_dummies_and_impossible_numbers(self) -> None:
        dummies = [identifier("NHS", "0000000000"), identifier("ULN", "1234567890")]
        assert self.of(*dummies) == ()

    def test_keep_a_upn_with_a_wrong_check_letter(self) -> None:
        assert [one.scheme for one in self.of(identifier("UPN", UPN_WITH_WRONG_LETTER))] == ["UPN"]

    def test_keep_their_status(self) -> None:
        assert [one.status for one in self.of(identifier("UPN", UPN, "TEMPORARY"))] == ["TEMPORARY"]

    def test_of_one_school_are_not_those_of_another(self) -> None:
        own = identifier("MIS_ID", "1")
        assert self.of(own, source=SCHOOL) != self.of(own, source=COUNCIL)

    def test_of_the_council_are_the_same_whoever_quotes_them(self) -> None:
        quoted = identifier("LA_CHILD_ID", "C1")
        assert self.of(quoted, source=HOSPITAL) == self.of(quoted, source=COUNCIL)


class TestTheValidDay:
    def test_is_the_field_that_the_schema_names(self) -> None:
        assert decoded(a_review(held_on=date(2025, 3, 1))).occurred_on == date(2025, 3, 1)

    def test_is_the_london_day_where_a_retraction_has_no_such_field(self) -> None:
        late = datetime(2025, 7, 1, 23, 30, tzinfo=UTC)
        retraction = a_review(held_on=None, retracted=True, occurred_at=late)
        assert decoded(retraction).occurred_on == date(2025, 7, 2)

    def test_is_found_at_the_end_of_time_too(self) -> None:
        last = datetime(1, 1, 1, 0, 0, tzinfo=UTC)
        assert decoded(a_review(held_on=None, occurred_at=last)).occurred_on == date(1, 1, 1)


class TestAPersonsDecisionOnIdentity:
    def event(self, **given: Any) -> Event:
        record = a_record(
            "IdentityDecisionRecorded",
            LEADS,
            **{
                "first_scheme": "NHS",
                "first_value": "999 000 0018",
                "second_scheme": "UPN",
                "second_value": UPN,
                "verdict": "SAME",
                "decided_on": date(2025, 9, 3),
                **given,
            },
        )
        return decoded(record, "IdentityDecisionRecorded")

    def test_names_the_identifiers_by_the_tokens_that_events_carry(self) -> None:
        carried = decoded(
            a_review(identifiers=[identifier("NHS", NHS), identifier("UPN", UPN)])
        ).identifiers
        event = self.event()
        assert [event.data["first"], event.data["second"]] == [one.token for one in carried]

    def test_keeps_no_identifier_and_belongs_to_no_leaf(self) -> None:
        event = self.event()
        assert {"first_value", "second_value"}.isdisjoint(event.data)
        assert (event.agency, event.leaf) == ("governance", "")


CHILD_EVENTS = [
    one
    for one in event_types().values()
    if one.subject == "child" and one.agency not in ("platform", "governance")
]


@pytest.mark.parametrize("one", CHILD_EVENTS, ids=lambda one: one.name)
def test_every_reference_to_another_record_is_read_as_its_record_key(one: EventType) -> None:
    references = {f["name"] for f in one.schema["fields"] if f["purpose"] == "reference"}
    read = decoded(an_example(one), one.name)

    assert {n for n in references if read.text(n) == TOKENS.record(*SPEAKER, "A1")} == references


@pytest.mark.parametrize("one", CHILD_EVENTS, ids=lambda one: one.name)
def test_all_that_an_event_says_reaches_the_core_on_its_valid_day(one: EventType) -> None:
    read = decoded(an_example(one), one.name)

    assert (read.type, read.agency) == (one.name, one.agency)
    assert set(one.kept_names) == read.data.keys()
    assert read.occurred_on == read.day(str(one.occurs))


def test_a_name_stays_behind_the_seal_and_its_digest_tries_no_name() -> None:
    one = event_types()["ChildDetailsRecorded"]
    record = an_example(one)
    read = decoded(record, one.name)
    assert read.data.keys() == {"held_on"}
    assert not {str(record[name]) for name in ("given_name", "postcode")} & set(
        repr(read).split("'")
    )
    other = decoded(record | {"given_name": "Another"}, one.name)
    assert other.digest != read.digest
    wire = codec().encode(one.full_name, record)
    elsewhere = to_event(codec().decode(wire), kappa=7, tokens=Tokens(b"of another deployment"))
    assert elsewhere.digest != read.digest


def test_a_count_is_about_the_provider_whichever_source_says_it_and_however_it_is_written() -> None:
    kind = event_type("ProviderPupilsCounted")
    leaves = {
        subject_of(LA, an_example(kind) | {"provider": name, "source": who}, kind, TOKENS).leaf
        for name in ("The Kiln", "the  KILN ")
        for who in (SCHOOL_SAYS, COUNCIL_SAYS)
    }
    (leaf,) = leaves
    other = subject_of("331", an_example(kind) | {"provider": "The Kiln"}, kind, TOKENS).leaf
    assert leaf and other and leaf != other


def test_a_count_that_is_taken_back_without_its_provider_still_has_its_record() -> None:
    kind = event_type("ProviderPupilsCounted")
    taken_back = subject_of(LA, an_example(kind) | {"provider": None}, kind, TOKENS)
    assert taken_back.leaf == "" and taken_back.sealed_under == taken_back.record
