"""How much a request may hold: a form of ours is small, and nobody fills the memory by another."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 64 * 1024
"""Of one request's body; our own default. The longest form holds a thousand characters of words."""


class TooLarge(HTTPException):
    """A request holds more than any form or act of ours."""

    def __init__(self) -> None:
        super().__init__(413)


class BoundedBodies:
    """Reads no more of a request than it may hold, whoever sends it and whatever it says of it."""

    def __init__(self, app: ASGIApp, most: int = MOST_BYTES) -> None:
        """Take the application that reads bodies, and how many bytes one may have."""
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; whoever reads more of its body than it may hold meets TooLarge."""
        read = 0

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._most:
                raise TooLarge
            return message

        await self._app(scope, bounded, send)
