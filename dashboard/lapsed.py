"""Whether an officer's agency may still see anything: not once its agreement has lapsed."""

from __future__ import annotations

import re
from datetime import date

from starlette.requests import Request

from consumers.store.sharing import agreements_of
from dashboard.access import closes, name_of
from dashboard.roles import Role
from dashboard.session import signed_in
from dashboard.wiring import store_of
from journey.words import day_text

REFUSED = "refused agreement-lapsed"
"""The purpose with which a look that was refused is on record."""

HEADING = "Your agency’s agreement has lapsed"
_KEY = re.compile(r"[0-9a-f-]{36}")


class Lapsed(Exception):
    """No agreement lets the officer's agency see anything of the authority's children any more.

    since: the first day on which none did.
    """

    def __init__(self, whose: str, since: date) -> None:
        """Take whose agreement it is, and since when there is none."""
        super().__init__()
        self.since = since
        self._whose = whose

    @property
    def words(self) -> str:
        """Why nothing is shown, since when, and what opens it again."""
        return (
            f"No data-sharing agreement of {self._whose} with this local authority has been in"
            f" force since {day_text(self.since)}, so nothing of its children is shown to you. That"
            " you asked is on record. It opens again once a renewal is recorded: ask who answers"
            " for information governance at the authority."
        )


def within_agreement(request: Request) -> None:
    """Let a request pass unless it is an officer's whose agency has no agreement any more.

    Every route depends on it. Raises Lapsed, once the refusal is on record. The day is that of the
    moment up to which the store knows, as on every page.
    """
    name = name_of(request)
    person = signed_in(request) if closes(name) else None
    if person is None or person.role is not Role.OFFICER:
        return
    store = store_of(request)
    with store.reading(person) as reading:
        known = reading.known()
    since = agreements_of(known.authority).closed_since(
        person.la, person.agency, person.organisation, known.kappa
    )
    if since is None:
        return
    child = str(request.path_params.get("child", ""))
    store.note(person, child if _KEY.fullmatch(child) else "", name, REFUSED)
    raise Lapsed(person.organisation or person.agency.replace("-", " "), since)
