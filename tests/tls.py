"""What a server and a client of one version of TLS, and of these ciphers, agree upon."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

NOT_AGREED = (ssl.SSLError, ConnectionError, EOFError)
WEAK = ("AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "NULL")
"""Of TLS 1.2: without a new key each time, without authenticated encryption, with none."""
_ASK_POSTGRESQL_FOR_TLS = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"


def spoken(
    port: int,
    authority: Path,
    version: ssl.TLSVersion,
    ciphers: str = "ALL",
    *,
    postgresql: bool = False,
) -> tuple[str, str]:
    """Return the version and the cipher; raises one of NOT_AGREED where there is none in common."""
    context = ssl.create_default_context(cafile=authority)
    context.minimum_version = context.maximum_version = version
    # Else this side would refuse first what is tried.
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
        if postgresql:
            plain.sendall(_ASK_POSTGRESQL_FOR_TLS)
            assert plain.recv(1) == b"S"
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as wrapped:
            cipher = wrapped.cipher()
            if cipher is None:
                raise EOFError
            return str(wrapped.version()), cipher[0]
