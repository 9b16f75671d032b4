"""The signature of a message: proof of which source wrote it, since Kafka does not tell."""

from __future__ import annotations

import hmac

_SEPARATOR = b"\x1f"


def sign(key: bytes, local_authority: str, full_name: str, value: bytes) -> str:
    """Return the hex HMAC-SHA256 of local authority, record type and value, under a source's key.

    The three are joined by the byte 0x1F, which neither of the first two can hold.
    """
    signed = _SEPARATOR.join((local_authority.encode(), full_name.encode(), value))
    return hmac.digest(key, signed, "sha256").hex()


def verify(
    key: bytes, local_authority: str, full_name: str, value: bytes, signature: str | bytes
) -> bool:
    """Whether this is the signature that the key's holder gives, compared in constant time."""
    given = signature if isinstance(signature, bytes) else signature.encode()
    expected = sign(key, local_authority, full_name, value).encode()
    return hmac.compare_digest(expected, given)
