"""The schema registry as an agency's own Kafka client asks it: to be read, and nothing passed on.

Schemas are public (docs/schemas.md), so nobody has to say who they are. It speaks as much of the
Confluent API as a client needs that writes our events; the registry itself, which knows no users,
stays on the platform's machine. What somebody sends is compared with the versions that we keep,
and never handed over.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway import description
from gateway.problems import Fault
from gateway.schema_numbers import SchemaNumbers, fingerprints, version_like
from gateway.wiring import body_of, parts_of
from schemas.history import kept_versions
from schemas.registry import RegistryError, UnknownSchema

router = APIRouter(prefix="/registry", tags=["schema registry"])
log = logging.getLogger(__name__)
_SCHEMA_BYTES = 64 * 1024
_NO_SUBJECT, _NO_SCHEMA, _NOT_HERE = 40401, 40403, 40301
"""Error codes, by which a client of the Confluent API knows what is lacking."""
_NO_SUCH_TYPE = "There is no such record type; see docs/schemas.md."
_TAKE_OURS = "That is no version of this type: take the schema from /versions/latest."
_ONLY_READ = "Schemas are only read here: let the client register none (auto.register.schemas)."


@router.get(
    "/schemas/ids/{number}",
    summary="The schema of a number on the wire",
    responses=description.BY_NUMBER,
)
def by_number(request: Request, number: int) -> JSONResponse:
    """Return the schema, as text; 404 where nothing has the number."""
    numbers = _asked(request)
    try:
        return JSONResponse({"schema": json.dumps(numbers.schema(number))})
    except UnknownSchema:
        return _fault(404, _NO_SCHEMA, "No schema has this number.")
    except RegistryError as fault:
        raise _away(fault) from None


@router.post(
    "/subjects/{subject}",
    summary="The number of a schema",
    responses=description.BY_SUBJECT,
    openapi_extra=description.LOOK_UP,
)
async def look_up(request: Request, subject: str) -> JSONResponse:
    """Return number and version of a schema of the type that is the subject, as its full name.

    Any schema that lays bytes out as one of our versions does is that version.
    """
    numbers, body = _asked(request), await body_of(request, _SCHEMA_BYTES)
    if not fingerprints(subject):
        return _fault(404, _NO_SUBJECT, _NO_SUCH_TYPE)
    version = await run_in_threadpool(version_like, subject, _schema_in(body))
    if version is None:
        return _fault(404, _NO_SCHEMA, _TAKE_OURS)
    return await run_in_threadpool(_version, numbers, subject, version)


@router.get(
    "/subjects/{subject}/versions/latest",
    summary="The newest schema of a type",
    responses=description.BY_SUBJECT,
)
def newest(request: Request, subject: str) -> JSONResponse:
    """Return the schema with which events of this type are written now, and its number."""
    numbers, known = _asked(request), fingerprints(subject)
    if not known:
        return _fault(404, _NO_SUBJECT, _NO_SUCH_TYPE)
    return _version(numbers, subject, len(known))


@router.post("/subjects/{subject}/versions", include_in_schema=False)
def register(request: Request, subject: str) -> JSONResponse:
    """Refuse: a client that would register what it writes with is told not to."""
    return _fault(403, _NOT_HERE, _ONLY_READ)


def _asked(request: Request) -> SchemaNumbers:
    """Return what answers; raises Fault where there is none, or who asks is to wait."""
    numbers = parts_of(request).schemas
    if numbers is None:
        raise Fault(503, "This gateway has no access to the schema registry: ask its operator.")
    wait = numbers.wait(request.client.host if request.client else "")
    if wait:
        raise Fault(429, f"Ask again in {wait} s.", headers={"Retry-After": str(wait)})
    return numbers


def _version(numbers: SchemaNumbers, subject: str, version: int) -> JSONResponse:
    try:
        number = numbers.number(subject, version)
    except UnknownSchema:
        return _fault(404, _NO_SCHEMA, "The registry does not have this version.")
    except RegistryError as fault:
        raise _away(fault) from None
    text = json.dumps(kept_versions(subject)[version - 1])
    return JSONResponse({"subject": subject, "id": number, "version": version, "schema": text})


def _schema_in(body: bytes) -> Any:
    """Return the schema that a client asks about, whatever it is; None where it cannot be read."""
    try:
        return json.loads(json.loads(body)["schema"])
    except (KeyError, TypeError, ValueError, RecursionError):
        return None


def _fault(status: int, code: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error_code": code, "message": sentence}, status)


def _away(fault: RegistryError) -> Fault:
    log.error("The schema registry cannot be asked: %s", fault)
    return Fault(503, "The schema registry does not answer: ask again in a minute.")
