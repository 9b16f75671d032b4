"""Who is signed in, and the port by which they prove who they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from dashboard.roles import Role

AGENCIES = ("education", "health", "social-care")
"""For which an officer may work."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is signed in.

    name: as which they are recorded wherever they look or act. la: the one authority of which
    they may see anything. agency: for which an officer works, such as ``health``; empty for who
    works for the authority. teams: the services in which they work, as codes; none is all.
    issuer, subject: whose account of which provider it is, which that never gives to another;
    empty where a local password let them in.
    """

    name: str
    la: str
    role: Role = Role.LEAD
    agency: str = ""
    organisation: str = ""
    teams: tuple[str, ...] = ()
    issuer: str = ""
    subject: str = ""


class Refused(msgspec.Struct, frozen=True):
    """Why somebody was not signed in: a sentence for the page."""

    sentence: str


class Login(Protocol):
    """Proves who somebody is and says which authority is theirs; nothing else decides that."""

    def begin(self, request: Request, refused: Refused | None = None) -> Response:
        """Return the page, or the way to the page, on which somebody proves who they are."""

    def finish(self, given: Mapping[str, str]) -> Person | Refused:
        """Return who it is by what the page's form said, or why they are not signed in."""

    def leave(self, request: Request) -> Response:
        """Return what is shown to who has signed out here, or the way out of elsewhere too."""
