"""What the claims of a provider make of somebody: which role, in which authority or agency."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from dashboard.oidc.settings import OidcSettings
from dashboard.people import AGENCIES, Person, Refused
from dashboard.roles import Role

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.@_+\-]{0,79}")
_NO_NAME = "Your account gives no name under which you could be recorded: tell who runs it."
_NO_ROLE = (
    "You are known, but nobody has given you a role in a local authority that is served here."
    " Ask who gives out access at your organisation."
)


def people_in(
    claims: Mapping[str, Any], settings: OidcSettings, served: Iterable[str]
) -> tuple[Person, ...] | Refused:
    """Return everybody as whom these claims let somebody sign in, or why they may not at all.

    served: the authorities whose people may sign in here.
    """
    name = "".join(texts_in(claims, settings.name_claim)[:1])
    if not NAME.fullmatch(name):
        return Refused(_NO_NAME)
    given = texts_in(claims, settings.authority_claim)
    roles = [_role(one, settings) for one in texts_in(claims, settings.roles_claim)]
    agency = "".join(texts_in(claims, settings.agency_claim)[:1]).lower().replace("_", "-")
    organisation = "".join(texts_in(claims, settings.organisation_claim)[:1])
    teams = texts_in(claims, settings.teams_claim)
    issuer, subject = ("".join(texts_in(claims, one)[:1]) for one in ("iss", "sub"))
    found = [
        Person(
            name=name,
            la=la,
            role=role,
            agency=agency if role is Role.OFFICER else "",
            organisation=organisation if role is Role.OFFICER else "",
            teams=tuple(teams),
            issuer=issuer,
            subject=subject,
        )
        for la, role in product(served, Role)
        if la in given and role in roles and (role is not Role.OFFICER or agency in AGENCIES)
    ]
    return tuple(found) or Refused(_NO_ROLE)


def texts_in(claims: Mapping[str, Any], name: str) -> list[str]:
    """Return a claim as texts: of a text that one, of a list those in it, else none.

    A name with dots that is no claim itself leads into objects: ``realm_access.roles``.
    """
    found: Any = claims.get(name)
    if found is None and "." in name:
        first, _, rest = name.partition(".")
        inner = claims.get(first)
        return texts_in(inner, rest) if isinstance(inner, Mapping) else []
    listed = found if isinstance(found, list) else [found]
    return [one for one in listed if isinstance(one, str) and one]


def _role(name: str, settings: OidcSettings) -> Role | None:
    if settings.role_names:
        return settings.role_names.get(name)
    return Role(name) if name in tuple(Role) else None
