"""The web application: its parts, its routes, and what it says when something is not in order."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import RedirectResponse, Response

from consumers.errors import ConsumerError
from dashboard import (
    alert,
    api,
    api_oversight,
    api_queues,
    api_records,
    child,
    dead_letters,
    deliveries,
    entrance,
    figures,
    finding,
    glass,
    identity,
    looks,
    parked,
    queue,
    shared,
    sources,
    untouched,
)
from dashboard.access import NotYours, allow, require_declared
from dashboard.headers import SafeHeaders
from dashboard.lapsed import HEADING, Lapsed, within_agreement
from dashboard.last_resort import LastResort
from dashboard.missing import NothingThere
from dashboard.need import NotInvolved
from dashboard.oidc import routes as oidc
from dashboard.queue import NotInOrder
from dashboard.session import API, Forged, NotSignedIn
from dashboard.settings import DashboardSettings
from dashboard.wiring import Parts, pages_of
from schemas.agreements import LAPSED

COOKIE = "joinedup"
HOSTS = ("127.0.0.1", "localhost", "[::1]")
"""By which names the server may be asked: another site cannot lead a browser here by its own."""

API_ROUTERS = tuple(part.router for part in (api, api_queues, api_records, api_oversight))
"""Every route of the JSON API; its document has these and no others."""

ROUTERS = (
    *(
        part.router
        for part in (
            entrance,
            oidc,
            queue,
            alert,
            child,
            finding,
            shared,
            looks,
            sources,
            glass,
            untouched,
            identity,
            parked,
            dead_letters,
            deliveries,
            figures,
        )
    ),
    *API_ROUTERS,
)
"""Every page and form."""

log = logging.getLogger(__name__)


def build_app(settings: DashboardSettings, parts: Parts) -> FastAPI:
    """Return the application; it opens its connections when it is started.

    Raises Undeclared where nobody has said who may ask for one of its routes.
    """

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        parts.store.open()
        yield
        parts.recorder.close()
        parts.store.close()

    app = FastAPI(
        title="JoinedUp",
        lifespan=running,
        openapi_url=None,
        dependencies=[Depends(allow), Depends(within_agreement)],
    )
    app.state.parts = parts
    app.add_middleware(LastResort)
    app.add_middleware(
        SessionMiddleware,
        secret_key=settings.session_key.get_secret_value(),
        session_cookie=COOKIE,
        max_age=settings.session_minutes * 60,
        same_site="strict",
        https_only=settings.is_https,
    )
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*HOSTS, *settings.public_hosts])
    app.add_middleware(SafeHeaders, https=settings.is_https)
    for router in ROUTERS:
        app.include_router(router, include_in_schema=router in API_ROUTERS)
    app.add_api_route("/static/{version}/{name}", parts.assets.answer, include_in_schema=False)
    require_declared(app.routes)
    _add_faults(app)
    return app


def _add_faults(app: FastAPI) -> None:
    """Answer each fault with a page that says in a sentence what it means and what to do."""
    app.add_exception_handler(NotSignedIn, _to_sign_in)
    app.add_exception_handler(NotInvolved, _to_a_reason)
    app.add_exception_handler(Lapsed, _closed)
    for fault, status, heading, words in (
        (NothingThere, 404, "Page not found", _NOT_FOUND),
        (NotInOrder, 404, "Page not found", _NOT_FOUND),
        (RequestValidationError, 404, "Page not found", _NOT_FOUND),
        (HTTPException, 404, "Page not found", _NOT_FOUND),
        (Forged, 403, "This form has expired", _FORGED),
        (NotYours, 403, "This page is not for your role", _NOT_YOURS),
        (psycopg.Error, 503, "The store does not answer", _NO_STORE),
        (ConsumerError, 503, "What is sealed cannot be opened now", _NO_KEYS),
    ):
        app.add_exception_handler(fault, _page(status, heading, words))


_NOT_FOUND = (
    "There is nothing at this address for you. If you followed a link, begin at your queue."
)
_NOT_YOURS = (
    "You are signed in in a role that may not see or do this. If you should, ask who gives out"
    " roles at your organisation."
)
_FORGED = "You signed out, or your session ended, since the page was shown. Go back and try again."
_NO_STORE = "Nothing was shown and nothing was lost. Try again in a minute; see `joinedup status`."
_NO_KEYS = "The key store does not answer. Try again in a minute; see `joinedup status`."


def _page(status: int, heading: str, words: str) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, fault: Exception) -> Response:
        if status >= 500:
            # Its class and no more: what an exception says may name a child.
            log.error("%s: %s", heading, type(fault).__name__)
        shown = {"heading": heading, "words": words}
        if request.url.path.startswith(API):
            # What was sent is not repeated: it may name a child.
            wrong = isinstance(fault, RequestValidationError)
            return api.problem(422 if wrong else status, heading, words)
        return pages_of(request).show(request, "fault.html", shown, status=status)

    return answer


def _to_sign_in(request: Request, fault: Exception) -> Response:
    if request.url.path.startswith(API):
        why = str(fault) or "Sign in first, or send a token of your organisation's provider."
        return api.problem(401, "Sign in first", why)
    return RedirectResponse("/sign-in", 303)


def _to_a_reason(request: Request, fault: Exception) -> Response:
    if not isinstance(fault, NotInvolved):
        raise fault
    if request.url.path.startswith(API):
        words = (
            f"Give a reason first: POST {API}children/{{child}}/break-glass, or the child's page."
        )
        return api.problem(403, "A reason is needed", words)
    return RedirectResponse(f"/children/{fault.child}/break-glass", 303)


def _closed(request: Request, fault: Exception) -> Response:
    if not isinstance(fault, Lapsed):
        raise fault
    if request.url.path.startswith(API):
        since = fault.since.isoformat()
        return api.problem(403, HEADING, fault.words, reason=LAPSED, since=since)
    shown = {"heading": HEADING, "words": fault.words}
    return pages_of(request).show(request, "fault.html", shown, status=403)
