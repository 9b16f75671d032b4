"""The master key, under which leaf keys are wrapped; while it is renewed, also the one before."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo

from consumers.errors import BrokenPromise

SEPARATOR = ","
_MARK = b"joinedup master key mark"
_KNOWN_AS = "keys"


class Wrapping:
    """Wraps leaf keys under the master key, each bound to its own id and authority."""

    def __init__(self, master_key: bytes, *before: bytes) -> None:
        """Take the master key (32, 48 or 64 bytes), and those that may still open a leaf key."""
        self._keys = (master_key, *before)
        self._ciphers = [AESSIV(key) for key in self._keys]

    @classmethod
    def of(cls, text: str) -> Wrapping:
        """Return that of a setting: hex, the key that wraps first, and those before after commas.

        Raises ValueError where it is not so.
        """
        return cls(*(bytes.fromhex(part) for part in text.split(SEPARATOR)))

    @property
    def marks(self) -> tuple[str, ...]:
        """What tells each key from others and says nothing of it; of that which wraps first."""
        return tuple(hashlib.sha256(_MARK + key).hexdigest()[:16] for key in self._keys)

    @property
    def mark(self) -> str:
        """The mark of the key that wraps."""
        return self.marks[0]

    def without_those_before(self) -> Wrapping:
        """Return what wraps as this, and opens what it wrapped alone."""
        return Wrapping(self._keys[0])

    def wrap(self, key_id: str, la: str, key: bytes) -> bytes:
        """Return the wrapped key, as stored."""
        return self._ciphers[0].encrypt(key, [key_id.encode(), la.encode()])

    def unwrap(self, key_id: str, la: str, wrapped: bytes) -> bytes:
        """Return the key; raises BrokenPromise under another master key or another id."""
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(wrapped, [key_id.encode(), la.encode()])
            except InvalidTag:
                continue
        raise BrokenPromise(
            "A leaf key does not open: check that JOINEDUP_MASTER_KEY is the key with which this"
            " key store was filled, and that this process was started with the settings that stand"
            " now."
        )


def known_by(address: str, wrapping: Wrapping) -> str:
    """Return the libpq address at which a process says by marks which master keys it knows.

    What is no address is returned as it is: who connects to it is told so.
    """
    try:
        return make_conninfo(address, application_name=" ".join((_KNOWN_AS, *wrapping.marks)))
    except ProgrammingError:
        return address
