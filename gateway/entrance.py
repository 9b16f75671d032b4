"""Who asks: the token endpoint of OAuth 2.0 client credentials, and the bearer of each request."""

from __future__ import annotations

import base64
import binascii
import logging
from urllib.parse import unquote_plus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway import description
from gateway.clients import Client
from gateway.issuer import IssuerAway
from gateway.problems import Fault
from gateway.wiring import Parts, body_of, parts_of

router = APIRouter()
log = logging.getLogger(__name__)
_NEVER_KEPT = {"Cache-Control": "no-store"}
_FORM_BYTES = 4096
_BEARER = {"WWW-Authenticate": 'Bearer realm="joinedup"'}


@router.post(
    "/token",
    summary="Get an access token (OAuth 2.0, client credentials)",
    responses=description.TOKEN,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {
                        "type": "object",
                        "required": ["grant_type"],
                        "properties": {
                            "grant_type": {"const": "client_credentials"},
                            "client_id": {"type": "string", "examples": ["trust7/mis"]},
                            "client_secret": {"type": "string"},
                        },
                    }
                }
            },
        }
    },
)
async def token(request: Request) -> JSONResponse:
    """Give client id and secret by HTTP Basic or in the form; the token is good for ten minutes."""
    parts = parts_of(request)
    host = request.client.host if request.client else ""
    wait = parts.attempts.wait(host)
    if wait:
        raise Fault(429, f"Try again in {wait} s.", headers={"Retry-After": str(wait)})
    form = _form(await body_of(request, _FORM_BYTES))
    if form.get("grant_type") != "client_credentials":
        return JSONResponse({"error": "unsupported_grant_type"}, 400, _NEVER_KEPT)
    name, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
    issued = parts.tokens.issue(name, secret)
    if issued is None:
        # By whom is not said: what was sent as an id may be a secret, or name somebody.
        log.warning("A client's secret was refused.")
        headers = {**_NEVER_KEPT, "WWW-Authenticate": 'Basic realm="joinedup"'}
        return JSONResponse({"error": "invalid_client"}, 401, headers)
    body = {
        "access_token": issued,
        "token_type": "Bearer",
        "expires_in": parts.tokens.seconds,
    }
    return JSONResponse(body, headers=_NEVER_KEPT)


def bearer_of(request: Request) -> Client:
    """Return whose token the request has; raises Fault (401) where it has none that is good.

    It may wait for the issuer of tokens that are not our own, so call it from a thread.
    """
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given:
        raise Fault(401, "Get an access token from /token and send it as Bearer.", headers=_BEARER)
    parts = parts_of(request)
    client = parts.tokens.client(given.strip()) or _issued(parts, given.strip())
    if client is None:
        headers = {"WWW-Authenticate": _BEARER["WWW-Authenticate"] + ', error="invalid_token"'}
        raise Fault(401, "The access token is not good any more: get a new one.", headers=headers)
    return client


def _issued(parts: Parts, token: str) -> Client | None:
    """Return whose token of the other issuer this is, or None where there is none of it."""
    if parts.issuer is None:
        return None
    try:
        name = parts.issuer.client_of(token)
    except IssuerAway:
        raise Fault(503, "The issuer of the token does not answer: try again.") from None
    return parts.clients.issued(name) if name else None


def _form(body: bytes) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in body.decode("utf-8", "replace").split("&"))
    return {unquote_plus(name): unquote_plus(value) for name, _, value in pairs}


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(given, validate=True).decode()
    except (binascii.Error, ValueError):
        return "", ""
    name, _, secret = text.partition(":")
    return unquote_plus(name), unquote_plus(secret)
