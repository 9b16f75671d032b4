"""How cookies are signed: HMAC-SHA-256, under a key of its own for each use."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from starlette.middleware.sessions import SessionMiddleware
from starlette.types import ASGIApp

_SIGNED: dict[str, Any] = {"digest_method": sha256, "key_derivation": "hmac"}
_SESSION = "joinedup session"


def session_signer(key: str) -> TimestampSigner:
    """Return what signs the cookie of a session under this key."""
    return TimestampSigner(key, salt=_SESSION, **_SIGNED)


def timed_serializer(key: str, use: str) -> URLSafeTimedSerializer:
    """Return what signs another cookie for one use: what was signed for another does not pass."""
    return URLSafeTimedSerializer(key, salt=use, signer_kwargs=_SIGNED)


class SignedSessions(SessionMiddleware):
    """Starlette's sessions, whose own signature would be HMAC-SHA-1."""

    def __init__(
        self, app: ASGIApp, *, secret_key: str, session_cookie: str, max_age: int, https_only: bool
    ) -> None:
        """Take the application, the key, and name and seconds of a cookie that no site shares."""
        super().__init__(
            app,
            secret_key,
            session_cookie=session_cookie,
            max_age=max_age,
            same_site="strict",
            https_only=https_only,
        )
        self.signer = session_signer(secret_key)
