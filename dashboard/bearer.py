"""Programs that use the JSON API by a token of the OpenID provider, without a session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from dashboard.people import Person, Refused

AS_HEADER = "X-Joinedup-As"
"""The header by which somebody of several roles says as which they ask: ``lead@330``."""
_SEVERAL = (
    f"This token is of several roles. Say as which you ask in the header {AS_HEADER}, such as"
)
_NOT_ONE = f"This token is not of the role and authority that the header {AS_HEADER} names."


class Bearer(Protocol):
    """Says whose an access token is; nothing else decides that."""

    def people(self, token: str) -> Sequence[Person] | Refused:
        """Return everybody as whom a token lets a program ask, or why it lets in nobody."""


class NoTokens:
    """Where no token is taken: the login is a local one, or no audience is set."""

    def people(self, token: str) -> Sequence[Person] | Refused:
        """Return why."""
        return Refused("No tokens are taken here: set JOINEDUP_OIDC_API_AUDIENCE.")


def token_in(header: str) -> str | None:
    """Return the token of an Authorization header, None where it holds no bearer token."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def one_of(people: Sequence[Person], said: str) -> Person | Refused:
    """Return the one of these as whom is asked; said: ``role@authority``, empty where one is."""
    if not said and len(people) == 1:
        return people[0]
    if not said:
        return Refused(f"{_SEVERAL} {people[0].role}@{people[0].la}.")
    return next((one for one in people if f"{one.role}@{one.la}" == said), Refused(_NOT_ONE))
