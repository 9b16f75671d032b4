"""What nobody foresaw: a page or a problem for who asked; in the log the fault's class alone."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import api
from dashboard.faults import Said, is_api, page

SAID = Said(
    500,
    "Sorry, there is a fault in the dashboard",
    "Nothing was lost. Try again; if it stays so, tell those who run the dashboard.",
)

log = logging.getLogger(__name__)


class LastResort:
    """Answers in the place of a part that failed; what an exception says may name a child."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the application that may fail."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        begun = False

        async def noticed(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noticed)
        except Exception as fault:
            log.error("A page failed: %s", type(fault).__name__)
            if scope["type"] != "http" or begun:
                return
            request = Request(scope)
            answer = api.problem(*SAID) if is_api(request) else page(request, SAID)
            await answer(scope, receive, send)
