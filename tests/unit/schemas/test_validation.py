"""What the contract asks of a record, and how a breach is told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from schemas.catalogue import EventType, event_types
from schemas.codec import Codec
from schemas.registry import MemoryRegistry
from schemas.validation import Problem, problems
from tests.unit.schemas.examples import BY_KIND, MOMENT, a_record

TYPES = list(event_types().values())
EVENTS = [one for one in TYPES if one.has_envelope]
STARTED = "joinedup.education.ApPlacementStarted"
SECRET = "Jo Bloggs"


def of_placement(**changed: Any) -> list[Problem]:
    return problems(STARTED, a_record("ApPlacementStarted", **changed))


@pytest.mark.parametrize("one", TYPES, ids=lambda one: one.name)
def test_a_full_example_of_every_type_keeps_the_contract(one: EventType) -> None:
    assert problems(one.full_name, a_record(one)) == []


@pytest.mark.parametrize("one", EVENTS, ids=lambda one: one.name)
def test_each_required_field_is_missed_and_no_other(one: EventType) -> None:
    empty = a_record(one, **{field.name: None for field in one.payload})
    missed = [problem.field for problem in problems(one.full_name, empty)]
    assert missed == [field.name for field in one.payload if field.required]


@pytest.mark.parametrize("one", EVENTS, ids=lambda one: one.name)
def test_a_retraction_needs_no_payload_and_no_identifiers(one: EventType) -> None:
    record = a_record(one, retracted=True, identifiers=[])
    for field in one.payload:
        del record[field.name]
    assert problems(one.full_name, record) == []


@pytest.mark.parametrize("one", EVENTS, ids=lambda one: one.name)
def test_a_value_of_any_other_kind_is_refused_in_every_field(one: EventType) -> None:
    for field in one.payload:
        others = [value for kind, value in BY_KIND.items() if kind != field.kind]
        if field.kind == "double":
            others = [value for value in others if type(value) is not int]
        if field.kind in {"int", "long"}:
            others = [value for value in others if type(value) is not int]
        for other in others:
            found = problems(one.full_name, a_record(one, **{field.name: other}))
            assert [problem.field for problem in found] == [field.name], other


@pytest.mark.parametrize("one", TYPES, ids=lambda one: one.name)
def test_what_keeps_the_contract_can_be_encoded(one: EventType) -> None:
    record = {k: v for k, v in a_record(one).items() if k not in {"batch", "scope", "identifiers"}}
    assert problems(one.full_name, record) == []
    assert Codec(MemoryRegistry()).encode(one.full_name, record)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("event_id", "7", "a UUID in lower case"),
        ("event_id", None, "a value: it is required"),
        ("local_authority", "33", "a three-digit local authority code"),
        ("local_authority", "E10000007", "a three-digit local authority code"),
        ("local_authority", "३३०", "a three-digit local authority code"),
        ("occurred_at", datetime(2025, 9, 1, 9), "a moment with its time zone"),  # noqa: DTZ001
        ("occurred_at", date(2025, 9, 1), "a moment with its time zone"),
        ("recorded_at", 1756717200000, "a moment with its time zone"),
        ("source", {"organisation": "x"}, "a record of organisation, system"),
        ("source", {"organisation": "x/y", "system": "z"}, "as organisation 1 to 64 letters"),
        ("source_record_id", "", "a reference of 1 to 200 characters"),
        ("source_record_id", "a\x00b", "a reference of 1 to 200 characters"),
        ("source_record_id", "a\nb", "a reference of 1 to 200 characters"),
        ("source_record_id", "\ud800", "a reference of 1 to 200 characters"),
        ("source_record_id", "x" * 201, "a reference of 1 to 200 characters"),
        ("revision", True, "a whole number from"),
        ("revision", 2**63, "a whole number from"),
        ("retracted", "false", "true or false"),
        ("retracted", None, "a value: it is required"),
        ("identifiers", None, "a value: it is required"),
        ("identifiers", [{"scheme": "NI", "value": "1", "status": "FORMER"}], "as scheme one of"),
        ("identifiers", [{"scheme": "NHS", "value": "1", "status": "OLD"}], "as status one of"),
        ("identifiers", [{"scheme": "NHS", "value": 9, "status": "FORMER"}], "as value a refer"),
        ("identifiers", ["9990000018"], "in each item a record of scheme, value, status"),
        ("date_of_birth", MOMENT, "a date"),
        ("date_of_birth", "2010-01-02", "a date"),
        ("provider", "x" * 121, "a name of 1 to 120 characters"),
        ("provider", " ", "a name of 1 to 120 characters"),
        ("setting_type", "moved because he", "a code of 1 to 64 characters without spaces"),
        ("commissioner_type", "Trust", "one of SCHOOL, LA, TRUST"),
        ("weekly_hours", float("nan"), "a number"),
        ("weekly_hours", "12", "a number"),
        ("sessions_per_week", 2**31, "a whole number from"),
    ],
)
def test_a_breach_names_the_field_and_says_what_was_expected(
    field: str, value: Any, expected: str
) -> None:
    (problem,) = of_placement(**{field: value})
    assert problem.field == field
    assert expected in problem.expected


@pytest.mark.parametrize(
    ("contact", "is_one"),
    [
        ("01632 960123", True),
        ("+44 1632 960123", True),
        ("(01632) 960123 ext 4", True),
        ("community.team@wexcombe-nhs.example", True),
        ("ask for Jo, mornings, not about the injury", False),
        ("javascript:alert(1)", False),
        ("team@wexcombe", False),
        ("01632 960123\n", False),
        ("a@b.example?cc=c@d.example", False),
        ("a" * 65 + "@b.example", False),
    ],
)
def test_a_contact_is_an_address_or_a_number_and_never_words(contact: str, is_one: bool) -> None:
    name = "joinedup.joint.AgencyInvolvementStarted"
    found = problems(name, a_record("AgencyInvolvementStarted", lead_contact=contact))
    assert [one.field for one in found] == ([] if is_one else ["lead_contact"])


@pytest.mark.parametrize("field", ["provider", "setting_type", "purpose", "start_on", "source"])
def test_a_breach_never_repeats_the_value(field: str) -> None:
    (problem,) = of_placement(**{field: f"{SECRET}\n"})
    assert SECRET not in problem.expected


def test_a_field_that_the_type_does_not_have_is_told_without_its_name() -> None:
    (problem,) = of_placement(**{SECRET: SECRET})
    assert problem == Problem("record", f"only fields of {STARTED}; 1 others were given")


def test_all_breaches_are_told_in_the_order_of_the_fields() -> None:
    found = of_placement(start_on=None, event_id="7", provider=None)
    assert [problem.field for problem in found] == ["event_id", "provider", "start_on"]


def test_a_type_that_does_not_exist_is_a_breach() -> None:
    (problem,) = problems("joinedup.education.Holiday", {})
    assert problem.field == "type"


def test_whole_hours_are_a_number_too() -> None:
    assert of_placement(weekly_hours=12) == []


def test_a_decoded_record_keeps_the_contract_that_it_kept_before() -> None:
    codec, record = Codec(MemoryRegistry()), a_record("JointPlanAgreed")
    decoded = codec.decode(codec.encode("joinedup.joint.JointPlanAgreed", record))
    assert problems(decoded.full_name, decoded.record) == []
