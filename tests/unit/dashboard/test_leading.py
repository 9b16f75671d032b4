"""Who works with a child is shown while it lasts, with how their lead is reached, and to whom."""

from __future__ import annotations

from dashboard.leading import Involved, involved
from dashboard.people import Person
from dashboard.roles import Role
from tests.builders import a_fact, a_journey, day

STARTED, ENDED = "2026-03-02", "2026-04-01"
LEAD = Person(name="a", la="999")
TEACHER = Person(name="b", la="999", role=Role.OFFICER, agency="education")
CAMHS = {
    "agency": "HEALTH",
    "service": "CAMHS",
    "lead_role": "Care coordinator",
    "lead_team": "Community team",
    "lead_contact": "01632 960151 ext 2",
}


def found(person: Person = LEAD, on: str = STARTED, **said: str) -> list[Involved]:
    """Return who is shown to be involved on a day, by health's involvement and a school's."""
    begun = a_fact("AgencyInvolvementStarted", STARTED, "begun", **{**CAMHS, **said})
    ended = a_fact("AgencyInvolvementEnded", ENDED, "ended", agency="HEALTH")
    placed = a_fact("ApPlacementStarted", STARTED, "placed")
    return involved(a_journey(begun, ended, placed), person, day(on))


def of_health(**said: str) -> Involved:
    """Return health's involvement as a lead sees it."""
    (one,) = [one for one in found(**said) if one.agency == "health"]
    return one


def test_each_involvement_that_lasts_is_shown_with_its_lead_s_role_team_and_contact() -> None:
    one = of_health()
    assert (one.what, one.since) == ("Service CAMHS", day(STARTED))
    assert (one.role, one.team) == ("Care coordinator", "Community team")
    assert (one.contact, one.href) == ("01632 960151 ext 2", "tel:01632960151")


def test_an_email_address_is_a_link_to_write_to() -> None:
    assert of_health(lead_contact="team@wexcombe.example").href == "mailto:team@wexcombe.example"


def test_an_involvement_that_is_only_implied_names_what_implies_it_and_nobody() -> None:
    (placed,) = [one for one in found() if one.agency == "education"]
    assert (placed.what, placed.role, placed.contact) == ("AP placement started", "", "")


def test_an_involvement_that_has_ended_is_not_shown() -> None:
    assert [one.agency for one in found(on="2026-04-02")] == ["education"]


def test_an_officer_is_shown_their_own_agency_s_alone() -> None:
    assert [one.agency for one in found(TEACHER)] == ["education"]
