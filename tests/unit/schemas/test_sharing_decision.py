"""A decision to share or to withhold says who, to whom, what, why, and whether the family knows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from schemas.catalogue import event_types
from schemas.history import objections
from schemas.validation import problems
from tests.unit.schemas.examples import a_record

KIND = event_types()["SharingDecisionRecorded"]
DETRIMENTAL = {"decision": "WITHHELD", "reason": "MORE_DETRIMENTAL_TO_CHILD"}
APPROVED = {"approved_by_role": "Caldicott Guardian", "expires_on": date(2026, 3, 1)}


def missed(**given: Any) -> list[str]:
    nothing_more = {"approved_by_role": None, "expires_on": None, "lawful_basis": None}
    record = a_record(KIND, **(nothing_more | given))
    return [one.field for one in problems(KIND.full_name, record)]


def test_withheld_as_more_detrimental_needs_a_second_person_and_an_end() -> None:
    assert missed(**DETRIMENTAL) == ["approved_by_role", "expires_on"]
    assert missed(**DETRIMENTAL, **APPROVED) == []


@pytest.mark.parametrize(
    ("decision", "reason"), [("SHARED", "RISK_OF_HARM"), ("WITHHELD", "NOT_RELEVANT")]
)
def test_any_other_decision_needs_neither(decision: str, reason: str) -> None:
    assert missed(decision=decision, reason=reason) == []


def test_a_retraction_needs_nothing() -> None:
    empty = {field.name: None for field in KIND.payload}
    assert missed(**empty, retracted=True) == []


def test_whether_the_family_was_told_has_to_be_said_with_a_reason() -> None:
    assert missed(family_told=None) == ["family_told"]
    assert missed(family_told=False, family_reason=None) == ["family_reason"]


def test_no_field_takes_free_text() -> None:
    texts = [field for field in KIND.payload if "string" in field.kind]
    assert all(field.codes or field.content in {"id", "name"} for field in texts)


def test_what_is_required_in_some_cases_may_not_grow_with_a_later_version() -> None:
    def version(cases: dict[str, list[str]]) -> dict[str, Any]:
        fields = [
            {**field, "required_where": cases} if field["name"] == "expires_on" else field
            for field in KIND.schema["fields"]
        ]
        return {**KIND.schema, "fields": fields}

    none, one = version({}), version({"reason": ["MORE_DETRIMENTAL_TO_CHILD"]})
    more = version({"reason": ["MORE_DETRIMENTAL_TO_CHILD", "NOT_RELEVANT"]})
    assert objections(one, none) == objections(more, one) == []
    for older, newer in ((none, one), (one, more)):
        assert objections(older, newer) == ["expires_on may not come to be required in more cases"]
