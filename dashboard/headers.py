"""What every answer says to the browser: run only ours, show it nowhere else, keep nothing."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
NEVER_KEPT = "no-store"
ASKED_BY_ITSELF = "/api/news"
"""What a page asks again and again without anybody asking it to."""
BY_A_PAGE = (b"x-asked-by", b"page")
"""The header by which a page says that of anything else that it asks."""
ONLY_HTTPS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


class SafeHeaders:
    """Adds the headers to every answer; one that says nothing of it is never kept by a cache."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        """Take the application whose answers get them; https: browsers reach it by nothing else."""
        self._app = app
        self._headers = {**HEADERS, **(ONLY_HTTPS if https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("Cache-Control", NEVER_KEPT)
                if is_asked_by_itself(scope):
                    del headers["set-cookie"]  # a page left open does not prolong its session
            await send(message)

        await self._app(scope, receive, with_headers)


def is_asked_by_itself(scope: Scope) -> bool:
    """Return whether a page asks this without anybody asking it to."""
    return scope.get("path") == ASKED_BY_ITSELF or BY_A_PAGE in scope.get("headers", ())
