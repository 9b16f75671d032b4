"""What nobody foresaw: a problem for who asked, and in the log the class of the fault alone."""

from __future__ import annotations

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway import metrics
from gateway.problems import Fault

log = logging.getLogger(__name__)


class LastResort:
    """Answers in the place of a part that failed; what an exception says may name a child."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the application that may fail."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and count it."""
        begun = False

        async def noticed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                metrics.ANSWERED.labels(message["status"]).inc()
            await send(message)

        try:
            await self._app(scope, receive, noticed)
        except Exception as fault:
            log.error("A request failed: %s", type(fault).__name__)
            if scope["type"] != "http" or begun:
                return
            said = "Nothing is known to be taken. Send it again; if it stays so, tell the operator."
            await Fault(500, said).answer()(scope, receive, noticed)
