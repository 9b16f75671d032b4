"""Who works with a child now, and by whom each agency is to be reached about it.

A lead practitioner is a role, a team and a contact at work, never a name. An officer is shown the
involvements of their own agency alone, as of all else: what an agency may be told of another's is
for agreements to say.
"""

from __future__ import annotations

import re
from datetime import date

import msgspec

from dashboard.alerts import agency_text, fact_text
from dashboard.people import Person
from dashboard.sight import sees_agency
from journey.child import Journey
from journey.duties.involvement import EXPLICIT_FACTS, Involvement, involvements
from journey.words import code_in_words


class Involved(msgspec.Struct, frozen=True, kw_only=True):
    """An involvement that lasts: what it is, since which day, and how its lead is reached.

    role, team, contact: empty where the source does not say. href: where a link to the contact
    leads.
    """

    agency: str
    agency_words: str
    what: str
    since: date
    role: str
    team: str
    contact: str
    href: str


def involved(journey: Journey, person: Person, day: date) -> list[Involved]:
    """Return the involvements that last on a day and may be shown to the person, by first day."""
    listed = [_involved(one) for one in involvements(journey) if one.episode.is_open(day)]
    return [one for one in listed if sees_agency(person, one.agency)]


def _involved(one: Involvement) -> Involved:
    agency, told = one.agency.lower().replace("_", "-"), one.episode.told
    contact = told("lead_contact") or ""
    return Involved(
        agency=agency,
        agency_words=agency_text(agency),
        what=_what(one),
        since=one.episode.start,
        role=told("lead_role") or "",
        team=told("lead_team") or "",
        contact=contact,
        href=_href(contact),
    )


def _what(one: Involvement) -> str:
    """Return the service of a stated involvement, or the kind of fact that implies one."""
    kind = one.episode.facts[0].type
    if kind not in EXPLICIT_FACTS:
        return fact_text(kind)
    service = one.episode.told("service")
    if not service:
        return "A service that is not named"
    return f"Service {code_in_words(service) if service.isupper() else service}"


def _href(contact: str) -> str:
    if "@" in contact:
        return f"mailto:{contact}"
    number = re.sub(r"[^0-9+]", "", contact.partition(" ext ")[0])
    return f"tel:{number}" if number else ""
