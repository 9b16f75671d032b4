"""How a server of ours listens: over which TLS, how many at once, and behind whose proxy."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn

from joinedup.watched.tls import CIPHERS

AT_ONCE = 200
"""Requests that are worked on at once; who comes then is told to come again (503)."""


def options(tls: Path | None = None, *, proxy: str = "") -> dict[str, Any]:
    """Return what every server of ours is started with, beside its address.

    tls: PEM file of certificate and key, None for no TLS. proxy: the address, or addresses with
        commas between, whose X-Forwarded-For says who asks; nobody else's does.
    """
    return {
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "limit_concurrency": AT_ONCE,
        "proxy_headers": bool(proxy),
        "forwarded_allow_ips": proxy or None,
        "ssl_certfile": tls,
        "ssl_ciphers": CIPHERS,
        "ssl_context_factory": _held if tls else None,
    }


def _held(config: uvicorn.Config, made: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """Return the context of the certificate, which speaks TLS 1.2 and 1.3 and nothing older."""
    context = made()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
