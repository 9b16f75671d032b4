"""The web application: its routes, its OpenAPI document, and its faults as problems."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gateway import asking, description, entrance, events, registry
from gateway.headers import SafeHeaders
from gateway.last_resort import LastResort
from gateway.problems import TITLES, Fault
from gateway.wiring import Parts, parts_of

log = logging.getLogger(__name__)
NO_TELEMETRY = TelemetryConfig(
    tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False
)
"""By itself FastAPI would put addresses, which name events, into spans of its own, and the messages
of faults into logs, as soon as the process has a tracer (ADR 0042)."""
_ABOUT = (
    "Publishes events of systems that cannot speak Kafka. 202 means that the broker has them, on "
    "all its replicas; every other answer says in a sentence what to do."
)
_SAID: dict[int, str] = {
    404: "There are /token, /events, /events/{id}, /registry and /health: see /openapi.json.",
    405: "See /openapi.json for what can be asked here.",
}


def build_app(parts: Parts, *, https: bool = False) -> FastAPI:
    """Return the application; it begins to publish when it is started. https: it speaks TLS."""

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        parts.writer.start()
        if parts.receipts is not None:
            parts.receipts.open()
        yield
        parts.writer.close()
        if parts.receipts is not None:
            parts.receipts.close()
        if parts.schemas is not None:
            parts.schemas.close()

    app = FastAPI(
        title="JoinedUp gateway",
        version="1",
        description=_ABOUT,
        telemetry=NO_TELEMETRY,
        lifespan=running,
        # Their pages would load script from elsewhere.
        docs_url=None,
        redoc_url=None,
    )
    app.state.parts = parts
    app.add_middleware(LastResort)
    app.add_middleware(SafeHeaders, https=https)
    app.include_router(entrance.router)
    app.include_router(events.router)
    app.include_router(asking.router)
    app.include_router(registry.router)
    app.add_api_route(
        "/health", health, summary="Whether the gateway publishes", responses=description.HEALTH
    )
    app.add_exception_handler(Fault, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _not_in_order)
    _secure(app)
    return app


def health(request: Request) -> JSONResponse:
    """Return 200 while the thread that publishes lives; the broker is asked by /events alone."""
    alive = parts_of(request).writer.is_alive
    return JSONResponse({"publishing": alive}, 200 if alive else 503)


def _problem(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Fault)
    return fault.answer()


def _http(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    status = fault.status_code if fault.status_code in TITLES else 400
    return Fault(status, _SAID.get(status, "See /openapi.json."), headers=fault.headers).answer()


def _not_in_order(request: Request, fault: Exception) -> Response:
    said = (
        "The address is not in order: la has three digits, an event id is a UUID, a number whole."
    )
    return Fault(422, said).answer()


def _secure(app: FastAPI) -> None:
    """Say in the OpenAPI document that events need a token, and where it is from."""
    made = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = made()
            flow = {"clientCredentials": {"tokenUrl": "/token", "scopes": {}}}
            schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
            schemes["client"] = {"type": "oauth2", "flows": flow}
            for path, methods in document["paths"].items():
                if path.startswith("/events"):
                    for method in methods.values():
                        method["security"] = [{"client": []}]
        return app.openapi_schema or {}

    app.openapi = described  # type: ignore[method-assign]
