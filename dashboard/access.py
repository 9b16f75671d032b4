"""Who may ask for which page or act: one table, and what is not in it is not served."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from fastapi.routing import APIRoute, iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import BaseRoute

from dashboard.roles import Role
from dashboard.session import person_of

log = logging.getLogger(__name__)

Audience = frozenset[Role | None]
"""Roles that may ask; None among them stands for who is not signed in."""


def _of(*roles: Role) -> Audience:
    return frozenset(roles)


ANYBODY: Audience = frozenset({None, *Role})
SIGNED_IN: Audience = frozenset(Role)
OF_THE_AUTHORITY = _of(Role.LEAD, Role.MANAGER)
OF_A_CHILD = _of(Role.LEAD, Role.MANAGER, Role.OFFICER, Role.SHIELD_OFFICER)
SEARCHING = OF_A_CHILD | {Role.AUDITOR}
OF_THE_PLATFORM = _of(Role.LEAD, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)

ROUTES: Mapping[str, Audience] = {
    "GET /static/{version}/{name}": ANYBODY,
    "GET /": ANYBODY,
    "GET /sign-in": ANYBODY,
    "POST /sign-in": ANYBODY,
    "GET /sign-in/start": ANYBODY,
    "GET /sign-in/answer": ANYBODY,
    "GET /sign-in/as": ANYBODY,
    "POST /sign-in/as": ANYBODY,
    "POST /sign-out": ANYBODY,
    "GET /sessions": SIGNED_IN,
    "POST /sessions": SIGNED_IN,
    "GET /queue": OF_THE_AUTHORITY,
    "GET /alerts/{alert_id}": OF_A_CHILD,
    "POST /alerts/{alert_id}/actions": OF_THE_AUTHORITY,
    "GET /children/{child}": OF_A_CHILD,
    "GET /children/{child}/why": OF_A_CHILD,
    "GET /children/{child}/break-glass": OF_A_CHILD,
    "POST /children/{child}/break-glass": OF_A_CHILD,
    "GET /break-glass": _of(Role.MANAGER, Role.AUDITOR),
    "GET /break-glass/{broken_id}": _of(Role.MANAGER, Role.AUDITOR),
    "POST /break-glass/{broken_id}": _of(Role.MANAGER),
    "GET /children/{child}/sharing": _of(Role.LEAD, Role.MANAGER, Role.AUDITOR),
    "GET /untouched": OF_THE_AUTHORITY,
    "GET /figures": _of(Role.MANAGER),
    "POST /figures/export": _of(Role.MANAGER),
    "GET /find": SEARCHING,
    "POST /find": SEARCHING,
    "GET /reads": _of(Role.AUDITOR),
    "GET /api/openapi.json": SIGNED_IN,
    "GET /api/me": SIGNED_IN,
    "GET /api/news": OF_THE_AUTHORITY,
    "GET /api/alerts": OF_THE_AUTHORITY,
    "GET /api/alerts/{alert_id}": OF_A_CHILD,
    "POST /api/alerts/{alert_id}/actions": OF_THE_AUTHORITY,
    "GET /api/children/{child}": OF_A_CHILD,
    "GET /api/children/{child}/why": OF_A_CHILD,
    "GET /api/identity": OF_THE_AUTHORITY,
    "GET /api/parked": OF_THE_AUTHORITY,
    "GET /api/dead-letters": OF_THE_PLATFORM,
    "GET /api/deliveries": OF_THE_PLATFORM,
    "GET /api/sources": OF_THE_PLATFORM,
    "POST /api/children/{child}/break-glass": OF_A_CHILD,
    "GET /api/break-glass": _of(Role.MANAGER, Role.AUDITOR),
    "GET /api/break-glass/{broken_id}": _of(Role.MANAGER, Role.AUDITOR),
    "POST /api/break-glass/{broken_id}": _of(Role.MANAGER),
    "GET /api/children/{child}/sharing": _of(Role.LEAD, Role.MANAGER, Role.AUDITOR),
    "GET /api/untouched": OF_THE_AUTHORITY,
    "GET /api/figures": _of(Role.MANAGER),
    "POST /api/find": SEARCHING,
    "GET /api/reads": _of(Role.AUDITOR),
    "GET /api/identity/{name}": OF_THE_AUTHORITY,
    "POST /api/identity/{name}": OF_THE_AUTHORITY,
    "GET /api/children/{child}/identity": OF_THE_AUTHORITY,
    "POST /api/children/{child}/identity": OF_THE_AUTHORITY,
    "GET /api/parked/{park}": OF_THE_AUTHORITY,
    "POST /api/parked": OF_THE_AUTHORITY,
    "GET /identity": OF_THE_AUTHORITY,
    "GET /identity/{name}": OF_THE_AUTHORITY,
    "POST /identity/{name}": OF_THE_AUTHORITY,
    "GET /children/{child}/identity": OF_THE_AUTHORITY,
    "POST /children/{child}/identity": OF_THE_AUTHORITY,
    "GET /parked": OF_THE_AUTHORITY,
    "GET /parked/{park}": OF_THE_AUTHORITY,
    "POST /parked": OF_THE_AUTHORITY,
    "GET /dead-letters": OF_THE_PLATFORM,
    "GET /deliveries": OF_THE_PLATFORM,
    "GET /sources": OF_THE_PLATFORM,
}
"""Every route by method and path. docs/dashboard.md shows it, and a test holds the two together."""

ACTING = "POST /alerts/{alert_id}/actions"
"""The route by which people act on an alert: who may not ask for it is shown no form."""

HOMES = {
    Role.LEAD: ("My queue", "/queue"),
    Role.MANAGER: ("My queue", "/queue"),
    Role.OFFICER: ("Find a child", "/find"),
    Role.AUDITOR: ("Who looked", "/reads"),
    Role.ADMINISTRATOR: ("Sources", "/sources"),
    Role.SHIELD_OFFICER: ("Find a child", "/find"),
}
"""The first page of each role: what a link to it says, and its address."""


class Undeclared(Exception):
    """The table and the routes do not agree; the text says what to do."""


class NotYours(Exception):
    """Who is signed in has a role that may not ask for this."""


def require_declared(routes: Sequence[BaseRoute]) -> None:
    """Raise Undeclared where a route has no line in the table, or a line has no route."""
    asked = set(names_of(routes))
    missing, left = sorted(asked - ROUTES.keys()), sorted(ROUTES.keys() - asked)
    if missing:
        raise Undeclared(
            f"Say in dashboard/access.py who may ask {', '.join(missing)}: what has no line there"
            " is not served."
        )
    if left:
        raise Undeclared(f"Take {', '.join(left)} out of dashboard/access.py: there is no such.")


def names_of(routes: Sequence[BaseRoute]) -> list[str]:
    """Return routes as the table names them; raises Undeclared for one that would not be checked.

    ``allow`` sees a route as its router has it: one that is included under a prefix is another.
    """
    found = []
    for one in iter_route_contexts(routes):
        route = one.route
        if not isinstance(route, APIRoute) or one.path != route.path:
            raise Undeclared(f"{one.path} goes round dashboard/access.py: give the router its path")
        found += [f"{method} {route.path}" for method in sorted(route.methods or ())]
    return found


def may(role: Role | None, name: str) -> bool:
    """Return whether this role, None for who is not signed in, may ask for a route by its name."""
    return role in ROUTES.get(name, frozenset())


def closes(name: str) -> bool:
    """Return whether a route, by its name, shows an agency's officer anything of a child."""
    audience = ROUTES.get(name, frozenset())
    return Role.OFFICER in audience and audience not in (ANYBODY, SIGNED_IN)


def name_of(request: Request) -> str:
    """Return the route of a request as the table names it."""
    route: APIRoute = request.scope["route"]
    return f"{request.method} {route.path}"


async def allow(request: Request) -> None:
    """Let a request pass that its asker may make; raises NotSignedIn or NotYours.

    Every route depends on it, so that none can forget to ask.
    """
    name = name_of(request)
    # In a thread: the provider may have to be asked for the keys that sign its tokens.
    if may(None, name):
        return
    person = await run_in_threadpool(person_of, request)
    if not may(person.role, name):
        log.warning("Somebody asked for %s as %s of authority %s.", name, person.role, person.la)
        raise NotYours
