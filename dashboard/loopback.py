"""Whether an address is of this machine alone, or can be spoken to without being overheard."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_loopback(address: str | None) -> bool:
    """Return whether only this machine can ask at this address; a name other than localhost: no."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


def require_https(address: str) -> str:
    """Return an address without a slash at its end; raises ValueError where it is not private."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError("must begin with https://, except on this machine")
    return address.rstrip("/")
