"""Which TLS a server of ours speaks."""

from __future__ import annotations

import ssl
from pathlib import Path

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2: a new key for each connection, authenticated. TLS 1.3 has no other kind."""


def spoken(tls: Path) -> ssl.SSLContext:
    """Return how a server speaks with this PEM file of key and certificate: TLS 1.2 and 1.3.

    Raises OSError where it cannot be read, or is none.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.load_cert_chain(tls)
    return context
