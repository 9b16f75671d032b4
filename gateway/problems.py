"""What is wrong with a request, as RFC 9457 has it: a kind, a sentence, and the fields at fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"
_KIND = "urn:joinedup:problem:"

TITLES: Mapping[int, tuple[str, str]] = {
    400: ("not-read", "The request cannot be read"),
    401: ("not-signed-in", "The request has no valid access token"),
    403: ("not-yours", "That is not for this system to ask"),
    404: ("nothing-there", "There is nothing at this address"),
    405: ("not-allowed", "This address does not take this method"),
    409: ("other-content", "This event id was used for something else"),
    413: ("too-large", "The request is too large"),
    415: ("media-type", "The media type is not one that is taken"),
    422: ("not-in-order", "The events are not in order, and none was sent"),
    429: ("too-many", "There were too many requests"),
    500: ("fault", "The gateway failed"),
    503: ("no-broker", "That cannot be done now: try again"),
}
"""The kind and title of each status that is answered with a problem."""


class Fault(Exception):
    """A request that cannot be done: its status, what to do about it, and which fields are wrong.

    fields: each names the event by its place in the request (0 is the first), the field, and what
        was expected, never what it held. headers: of the answer.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        fields: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.fields = tuple(fields)
        self.headers = headers

    def answer(self) -> JSONResponse:
        """Return the answer that says so."""
        kind, title = TITLES[self.status]
        body: dict[str, Any] = {
            "type": _KIND + kind,
            "title": title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.fields:
            body["errors"] = list(self.fields)
        return JSONResponse(body, self.status, self.headers, MEDIA_TYPE)


def field(number: int, name: str, expected: str) -> dict[str, Any]:
    """Return one field that is wrong, in the event at this place of the request."""
    return {"event": number, "field": name, "expected": expected}


def refusal(number: int, name: str, reason: str) -> dict[str, Any]:
    """Return what of a message cannot be taken, by its place in it, and why."""
    return {"event": number, "field": name, "reason": reason}
