"""The web application: its parts and its routes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.trustedhost import TrustedHostMiddleware

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
    sessions,
    shared,
    sources,
    untouched,
)
from dashboard.access import allow, require_declared
from dashboard.bounded import BoundedBodies
from dashboard.faults import add_faults
from dashboard.headers import SafeHeaders
from dashboard.lapsed import within_agreement
from dashboard.last_resort import LastResort
from dashboard.oidc import routes as oidc
from dashboard.settings import DashboardSettings
from dashboard.signing import SignedSessions
from dashboard.wiring import Parts
from journey.calendars import load_bank_holidays

NO_TELEMETRY = TelemetryConfig(
    tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False
)
"""By itself FastAPI would put addresses of pages, which name alerts and children, into spans of its
own, and the messages of faults into logs, as soon as the process has a tracer (ADR 0042)."""
COOKIE = "joinedup"
HOST_ALONE = "__Host-"
"""Before the name of a cookie: browsers take and send it over HTTPS alone, for this one host."""
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
            sessions,
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


def build_app(settings: DashboardSettings, parts: Parts) -> FastAPI:
    """Return the application; it opens its connections when it is started.

    Raises Undeclared where nobody has said who may ask for one of its routes.
    """

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(load_bank_holidays)  # else the first to see a child waits for it
        parts.store.open()
        nights = asyncio.create_task(parts.nightly.run(parts.store)) if parts.nightly else None
        yield
        if nights is not None:
            nights.cancel()
        parts.recorder.close()
        parts.store.close()

    app = FastAPI(
        title="JoinedUp",
        lifespan=running,
        openapi_url=None,
        telemetry=NO_TELEMETRY,
        dependencies=[Depends(allow), Depends(within_agreement)],
    )
    app.state.parts = parts
    app.add_middleware(LastResort)
    app.add_middleware(BoundedBodies)
    app.add_middleware(
        SignedSessions,
        secret_key=settings.session_key.get_secret_value(),
        session_cookie=HOST_ALONE + COOKIE if settings.is_https else COOKIE,
        max_age=settings.session_minutes * 60,
        https_only=settings.is_https,
    )
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*HOSTS, *settings.public_hosts])
    app.add_middleware(SafeHeaders, https=settings.is_https)
    for router in ROUTERS:
        app.include_router(router, include_in_schema=router in API_ROUTERS)
    app.add_api_route("/static/{version}/{name}", parts.assets.answer, include_in_schema=False)
    require_declared(app.routes)
    add_faults(app)
    return app
