"""The event types: complete, tagged, and with one envelope."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from avro.schema import parse

from schemas.catalogue import ENVELOPE, EventType, by_full_name, event_type, event_types
from schemas.formats import BY_CONTENT
from schemas.identifiers import SCHEMES, STATUSES
from schemas.tags import CONTENTS, PURPOSES, RETENTIONS, SENSITIVITIES
from tests.unit.schemas.examples import a_record

TYPES = list(event_types().values())
EVENTS = [one for one in TYPES if one.has_envelope]
AVSC = Path(__file__).parents[3] / "schemas" / "avsc"


def every_field(avro_type: Any) -> Iterator[dict[str, Any]]:
    """Go through all fields of a schema, those of nested records included."""
    if isinstance(avro_type, list):
        for one in avro_type:
            yield from every_field(one)
    elif isinstance(avro_type, dict):
        yield from every_field(avro_type.get("items"))
        for field in avro_type.get("fields", ()):
            yield field
            yield from every_field(field["type"])


def unwrapped(canonical: Any) -> Any:
    """Return the form with primitives in their simple form.

    The specification and the Java library write ``"int"`` for a date; the Python library
    forgets to, and leaves ``{"type":"int"}``.
    """
    if isinstance(canonical, list):
        return [unwrapped(one) for one in canonical]
    if not isinstance(canonical, dict):
        return canonical
    if canonical.keys() == {"type"}:
        return canonical["type"]
    return {name: unwrapped(one) for name, one in canonical.items()}


def each(types: list[EventType]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("one", types, ids=lambda one: one.name)


def test_the_three_agencies_and_the_joint_work_have_more_than_thirty_event_types() -> None:
    assert len([one for one in EVENTS if one.subject == "child"]) >= 30
    assert {one.agency for one in EVENTS} == {
        "education",
        "health",
        "social-care",
        "joint",
        "governance",
        "source",
    }


def test_the_alert_and_the_dead_letter_are_record_types_too() -> None:
    assert {
        "AlertTransition",
        "Checkpoint",
        "DeadLetter",
        "DeliveryStep",
        "Tick",
        "Position",
        "Gap",
    } == {one.name for one in TYPES if not one.has_envelope}


@each(EVENTS)
def test_every_event_begins_with_the_same_envelope(one: EventType) -> None:
    expected = event_types()["ApPlacementStarted"].schema["fields"][: len(ENVELOPE)]
    assert one.schema["fields"][: len(ENVELOPE)] == expected
    assert tuple(field["name"] for field in expected) == ENVELOPE


@each(TYPES)
def test_every_field_says_what_it_means_and_is_tagged(one: EventType) -> None:
    for field in every_field(one.schema):
        assert field["doc"].endswith("."), field["name"]
        assert field["purpose"] in PURPOSES, field["name"]
        assert field["sensitivity"] in SENSITIVITIES, field["name"]
        assert field["retention"] in RETENTIONS, field["name"]


@each(TYPES)
def test_every_text_is_a_code_of_a_closed_list_or_says_what_it_holds(one: EventType) -> None:
    for field in every_field(one.schema):
        if "string" in json.dumps(field["type"]) and not list(every_field(field["type"])):
            assert field.get("codes") or field.get("content") in CONTENTS, field["name"]


@each(TYPES)
def test_every_record_type_says_what_it_is_and_how_long_it_is_kept(one: EventType) -> None:
    assert one.doc.endswith(".")
    assert one.retention in RETENTIONS
    assert one.subject in {"child", "provider", "none"}
    assert one.full_name == f"{one.schema['namespace']}.{one.name}"


@each([one for one in TYPES if one.agency == "health"])
def test_a_health_event_has_no_place_for_words(one: EventType) -> None:
    assert {field.kind for field in one.payload} <= {"date", "string"}
    texts = [field for field in one.payload if field.kind == "string"]
    assert all(field.codes or field.content in {"code", "reference"} for field in texts)


@each([one for one in EVENTS if one.subject == "child"])
def test_an_event_about_a_child_has_a_required_day_on_which_it_is_valid(one: EventType) -> None:
    (day,) = (field for field in one.payload if field.name == one.occurs)
    assert day.kind == "date"
    assert day.required


@each(EVENTS)
def test_a_payload_may_be_empty_in_a_retraction(one: EventType) -> None:
    for field in one.schema["fields"][len(ENVELOPE) :]:
        assert field["type"][0] == "null"
        assert field["default"] is None


@each(TYPES)
def test_the_fingerprint_is_that_of_the_reference_librarys_canonical_form(one: EventType) -> None:
    reference = unwrapped(json.loads(parse(json.dumps(one.schema)).canonical_form))
    text = json.dumps(reference, separators=(",", ":"))
    assert one.fingerprint == sha256(text.encode()).hexdigest()


def test_each_file_is_named_after_its_record() -> None:
    for path in AVSC.glob("*.avsc"):
        name = json.loads(path.read_text("utf-8"))["name"]
        assert path.stem == re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    assert len(list(AVSC.glob("*.avsc"))) == len(TYPES)


def test_a_type_is_found_by_either_name() -> None:
    found = event_types()["ApPlacementStarted"]
    assert event_type("joinedup.education.ApPlacementStarted") is found
    assert by_full_name()[found.full_name] is found
    assert event_type("joinedup.education.NoSuchThing") is None


def test_the_schemes_and_statuses_are_those_of_the_identifier_rules() -> None:
    nested = {
        field["name"]: field for field in every_field(event_types()["HealthDischarged"].schema)
    }
    assert tuple(nested["scheme"]["codes"]) == SCHEMES
    assert tuple(nested["status"]["codes"]) == STATUSES


def test_every_kind_of_content_has_a_format() -> None:
    assert BY_CONTENT.keys() == CONTENTS.keys()


def test_a_payload_field_says_its_kind_its_codes_and_whether_it_is_required() -> None:
    fields = {field.name: field for field in event_types()["JointPlanAgreed"].payload}
    assert fields["agreed_on"].kind == "date"
    assert fields["contributors"].kind == "array<string>"
    assert fields["contributors"].codes == ("EDUCATION", "HEALTH", "SOCIAL_CARE")
    assert fields["contributors"].required


@each(TYPES)
def test_the_tests_have_an_example_with_every_field(one: EventType) -> None:
    assert a_record(one).keys() == one.field_names
