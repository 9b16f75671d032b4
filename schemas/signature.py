"""The signature of a message: proof of which source wrote it, since Kafka does not tell.

A key is one of two kinds. By default source and platform share it (HMAC-SHA256): it proves to the
platform who wrote a record. A source that keeps a key of its own signs with its private half
(Ed25519) and the platform has the public one: it then proves to anybody, as nobody else can sign.
"""

from __future__ import annotations

import hmac
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

_SEPARATOR = b"\x1f"
PRIVATE, PUBLIC = b"ed25519-private:", b"ed25519-public:"
"""How the halves of an own key begin; the 32 bytes of the half follow. Any other key is shared."""

OWN_LENGTH = 128
"""Characters of a signature by an own key, in hexadecimal; one by a shared key has 64."""


class NotItsOwner(ValueError):
    """Who has only the public half of a key cannot sign with it."""


def own_key() -> tuple[bytes, bytes]:
    """Return a new own key: its private and its public half, as settings and sources hold them."""
    private = Ed25519PrivateKey.generate()
    return PRIVATE + private.private_bytes_raw(), PUBLIC + private.public_key().public_bytes_raw()


@lru_cache(maxsize=64)
def _private(key: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(key.removeprefix(PRIVATE))


@lru_cache(maxsize=1024)
def _public(key: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(key.removeprefix(PUBLIC))


@lru_cache(maxsize=1024)
def keyed(key: bytes) -> hmac.HMAC:
    """Return HMAC-SHA256 under a key, nothing hashed yet: copied, it spares setting the key up."""
    return hmac.new(key, digestmod="sha256")


def sign(key: bytes, local_authority: str, full_name: str, value: bytes) -> str:
    """Return, in hex, the signature of local authority, record type and value by a source's key.

    The three are joined by the byte 0x1F, which neither of the first two can hold. HMAC-SHA256, or
    Ed25519 of a private half. Raises NotItsOwner for a public half.
    """
    content = _content(local_authority, full_name, value)
    if key.startswith(PUBLIC):
        raise NotItsOwner("Only the source that has the private half can sign with this key.")
    if key.startswith(PRIVATE):
        return _private(key).sign(content).hex()
    signed = keyed(key).copy()
    signed.update(content)
    return signed.hexdigest()


def verify(
    key: bytes, local_authority: str, full_name: str, value: bytes, signature: str | bytes
) -> bool:
    """Whether this is the signature that the key's holder gives, compared in constant time."""
    given = signature if isinstance(signature, bytes) else signature.encode()
    if key.startswith(PUBLIC):
        return _is_signed(key, _content(local_authority, full_name, value), given)
    expected = sign(key, local_authority, full_name, value).encode()
    return hmac.compare_digest(expected, given)


def _content(local_authority: str, full_name: str, value: bytes) -> bytes:
    return _SEPARATOR.join((local_authority.encode(), full_name.encode(), value))


def _is_signed(key: bytes, content: bytes, given: bytes) -> bool:
    try:
        _public(key).verify(bytes.fromhex(given.decode("ascii")), content)
    except (InvalidSignature, ValueError):
        return False
    return True
