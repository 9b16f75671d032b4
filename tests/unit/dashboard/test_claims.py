"""What the claims of a provider make of somebody."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dashboard.oidc.claims import people_in, texts_in
from dashboard.oidc.settings import OidcSettings
from dashboard.people import Person, Refused
from dashboard.roles import Role

GIVEN = {"issuer": "https://id.example", "client_id": "us", "client_secret": "s"}
CLAIMS: dict[str, Any] = {
    "preferred_username": "a.lead",
    "joinedup_la": ["999"],
    "joinedup_roles": ["lead"],
    "joinedup_teams": ["early-help"],
}


def settings(**changed: Any) -> OidcSettings:
    return OidcSettings.model_validate(GIVEN | changed)


def people(changed: dict[str, Any], **settled: Any) -> Any:
    return people_in(CLAIMS | changed, settings(**settled), ["999", "330"])


def test_a_lead_is_one_person_of_one_authority() -> None:
    lead = Person(name="a.lead", la="999", role=Role.LEAD, teams=("early-help",))
    assert people({}) == (lead,)


def test_whose_account_it_is_is_kept_with_who_it_is() -> None:
    (found,) = people({"iss": "https://id.example", "sub": "248289761001"})
    assert (found.issuer, found.subject) == ("https://id.example", "248289761001")


@pytest.mark.parametrize(
    "changed",
    [
        {"joinedup_roles": []},
        {"joinedup_roles": ["LEAD"]},
        {"joinedup_roles": None},
        {"joinedup_roles": {"lead": True}},
        {"joinedup_la": ["888"]},
        {"joinedup_la": []},
        {"joinedup_la": 999},
        {"joinedup_roles": ["officer"]},
        {"joinedup_roles": ["officer"], "joinedup_agency": "police"},
        {"preferred_username": ""},
        {"preferred_username": None},
        {"preferred_username": "a lead, or two"},
    ],
)
def test_who_is_not_given_all_that_it_takes_is_nobody(changed: dict[str, Any]) -> None:
    assert isinstance(people(changed), Refused)


def test_an_officer_is_one_of_their_agency_however_it_is_written() -> None:
    (found,) = people({"joinedup_roles": ["officer"], "joinedup_agency": "SOCIAL_CARE"})
    assert (found.role, found.agency) == (Role.OFFICER, "social-care")


def test_an_officer_is_held_to_the_agreement_of_their_organisation_where_that_is_told() -> None:
    told = {"joinedup_agency": "health", "joinedup_organisation": "RQ3"}
    assert [one.organisation for one in people({"joinedup_roles": ["officer"], **told})] == ["RQ3"]
    assert [one.organisation for one in people({"joinedup_roles": ["lead"], **told})] == [""]


def test_the_provider_s_own_names_of_roles_count_alone_where_they_are_given() -> None:
    names = {"JU-Managers": "manager"}
    given = {"joinedup_roles": ["JU-Managers", "lead"]}
    assert [one.role for one in people(given, role_names=names)] == [Role.MANAGER]


def test_a_claim_is_found_by_its_name_or_inside_another() -> None:
    claims = {"a.b": "whole", "realm_access": {"roles": ["lead", 1, ""]}}
    assert texts_in(claims, "a.b") == ["whole"]
    assert texts_in(claims, "realm_access.roles") == ["lead"]
    assert texts_in(claims, "realm_access.roles.more") == texts_in(claims, "none") == []


@pytest.mark.parametrize("issuer", ["http://id.example", "id.example", "ftp://127.0.0.1", ""])
def test_a_provider_is_not_asked_where_others_could_listen(issuer: str) -> None:
    with pytest.raises(ValidationError):
        settings(issuer=issuer)


def test_a_provider_on_this_machine_may_be_asked_in_the_clear_and_a_secret_is_never_shown() -> None:
    found = settings(issuer="http://127.0.0.1:8080/realms/x/", client_secret="hidden")
    assert found.issuer == "http://127.0.0.1:8080/realms/x" and "hidden" not in repr(found)
