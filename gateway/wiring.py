"""What the routes find the parts by, and how they read a body: never more than they may hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import ClientDisconnect, Request

from gateway.clients import CurrentClients
from gateway.issuer import Issuer
from gateway.limits import Limit
from gateway.problems import Fault
from gateway.receipts import Receipts
from gateway.remembered import Remembered
from gateway.schema_numbers import SchemaNumbers
from gateway.settings import GatewaySettings
from gateway.tokens import Tokens
from gateway.writer import Writer


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the application is made of.

    receipts: None where the gateway cannot read them. issuer: whose tokens are taken beside its
        own, None where nobody's are. rates: of a client's events. attempts: to get a token, from
        one address. now: in UTC. schemas: None where the registry cannot be asked here.
    """

    settings: GatewaySettings
    clients: CurrentClients
    tokens: Tokens
    writer: Writer
    rates: Limit
    attempts: Limit
    now: Callable[[], datetime]
    receipts: Receipts | None = None
    issuer: Issuer | None = None
    schemas: SchemaNumbers | None = None
    remembered: Remembered = field(default_factory=Remembered)


def parts_of(request: Request) -> Parts:
    """Return the parts of the application that answers this request."""
    parts: Parts = request.app.state.parts
    return parts


async def body_of(request: Request, at_most: int) -> bytes:
    """Return the body; raises Fault (413) as soon as it is larger than this many bytes."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > at_most:
                raise Fault(413, f"Send at most {at_most} bytes in one request.")
    except ClientDisconnect:
        raise Fault(400, "The request ended before its body did.") from None
    return bytes(body)
