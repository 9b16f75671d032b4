"""The login of local development: one password for everybody, on this machine alone."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.loopback import is_loopback
from dashboard.pages import Pages
from dashboard.people import AGENCIES, Person, Refused
from dashboard.roles import WORDS, Role

NAME = re.compile(r"[a-z][a-z0-9.\-]{0,39}")
TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,63}")


class NotLoopback(Exception):
    """The address can be reached from elsewhere, where this login proves nothing."""


class LocalLogin:
    """Lets in whoever has the password that was printed when the server started."""

    def __init__(self, pages: Pages, address: str, authorities: Sequence[str]) -> None:
        """Invent the password; raises NotLoopback where others than this machine could ask.

        address: on which the server will listen. authorities: of which people may be signed in.
        """
        require_loopback(address)
        self._pages = pages
        self._authorities = tuple(authorities)
        self.password = secrets.token_urlsafe(16)

    def begin(self, request: Request, refused: Refused | None = None) -> Response:
        """Return the page that asks for name, authority and password."""
        shown = {
            "authorities": self._authorities,
            "roles": {str(role): words.capitalize() for role, words in WORDS.items()},
            "agencies": AGENCIES,
            "refused": refused,
        }
        return self._pages.show(request, "sign-in.html", shown, status=401 if refused else 200)

    def finish(self, given: Mapping[str, str]) -> Person | Refused:
        """Return the person by the name that they gave; nobody checks that it is theirs."""
        name, la = given.get("name", "").strip().lower(), given.get("la", "")
        if not secrets.compare_digest(given.get("password", "").encode(), self.password.encode()):
            return Refused("This is not the password that was printed when the server started")
        if not NAME.fullmatch(name):
            return Refused("Give a name of small letters, digits, dots and dashes, such as a.lead")
        if la not in self._authorities:
            return Refused("Choose one of the local authorities")
        role, agency = given.get("role", Role.LEAD), given.get("agency", "")
        if role not in tuple(Role):
            return Refused("Choose one of the roles")
        if (role == Role.OFFICER) != (agency in AGENCIES):
            return Refused("Choose an agency for an agency officer, and none for another role")
        teams = tuple(dict.fromkeys(given.get("teams", "").split()))
        if not all(map(TEAM.fullmatch, teams)):
            return Refused("Give teams as codes with spaces between, such as ap-lead CAMHS")
        return Person(name=name, la=la, role=Role(role), agency=agency, teams=teams)

    def leave(self, request: Request) -> Response:
        """Return the way to the page of signing in: there is nothing else to sign out of."""
        return RedirectResponse("/sign-in", 303)


def require_loopback(address: str) -> None:
    """Raise NotLoopback, with a sentence, where others than this machine could ask."""
    if not is_loopback(address):
        raise NotLoopback(
            f"The local login works on this machine alone, and {address or 'an empty address'} can"
            " be reached from elsewhere: listen on 127.0.0.1."
        )
