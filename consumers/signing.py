"""Signatures of the installation: Ed25519, so that whoever has the public key can check."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from consumers.errors import SettingsError

KEY_BYTES = 32


class Signer:
    """Signs with the installation's private key."""

    def __init__(self, key: bytes) -> None:
        """Take the private key, 32 bytes; raises SettingsError where it is of another length."""
        if len(key) != KEY_BYTES:
            raise SettingsError("JOINEDUP_SIGNING_KEY must be 64 hexadecimal digits.")
        self._key = Ed25519PrivateKey.from_private_bytes(key)

    def sign(self, content: bytes) -> bytes:
        """Return the signature of these bytes, 64 bytes."""
        return self._key.sign(content)

    @property
    def public_key(self) -> bytes:
        """The key with which anybody can check, 32 bytes."""
        return self._key.public_key().public_bytes_raw()


def is_signed(content: bytes, signature: bytes, public_key: bytes) -> bool:
    """Return whether these bytes are as they were signed by the holder of the private key.

    Raises SettingsError where the public key is none.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
    except ValueError:
        raise SettingsError("The public key must be 64 hexadecimal digits.") from None
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True
