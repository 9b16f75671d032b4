"""Whose involvement gives whom a need to know."""

from __future__ import annotations

import pytest

from dashboard.need import is_theirs
from dashboard.people import Person
from dashboard.roles import Role
from journey.duties.involvement import involvements
from tests.builders import a_fact, a_journey, day

STARTED, ENDED = "2026-03-02", "2026-04-01"
LEAD = Person(name="a", la="999")
NURSE = Person(name="b", la="999", role=Role.OFFICER, agency="health")
WORKER = Person(name="c", la="999", role=Role.OFFICER, agency="social-care")


def needs(person: Person, on: str, service: str | None = None) -> bool:
    """Whether health's involvement from 2 March to 1 April 2026 is this person's on a day."""
    said = {"agency": "HEALTH"}
    begun = a_fact("AgencyInvolvementStarted", STARTED, "begun", service=service, **said)
    ended = a_fact("AgencyInvolvementEnded", ENDED, "ended", **said)
    (found,) = involvements(a_journey(begun, ended))
    return is_theirs(found, person, day(on))


@pytest.mark.parametrize(("on", "expected"), [(STARTED, True), ("2026-04-02", False)])
def test_an_involvement_counts_while_it_lasts(on: str, expected: bool) -> None:
    assert needs(LEAD, on) is needs(NURSE, on) is expected


def test_an_officer_needs_to_know_where_their_own_agency_is_involved() -> None:
    assert needs(NURSE, STARTED) and not needs(WORKER, STARTED)


@pytest.mark.parametrize(
    ("teams", "service", "expected"),
    [
        ((), "CAMHS", True),
        (("CAMHS", "SALT"), "CAMHS", True),
        (("SALT",), "CAMHS", False),
        (("SALT",), None, True),
    ],
)
def test_of_an_involvement_that_names_its_service_only_that_team_counts(
    teams: tuple[str, ...], service: str | None, expected: bool
) -> None:
    person = Person(name="b", la="999", role=Role.OFFICER, agency="health", teams=teams)
    assert needs(person, STARTED, service) is expected
