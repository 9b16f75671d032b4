"""Sealing: an agency's bytes made unreadable without the key of the leaf they are about.

AES-SIV is deterministic: the same bytes under the same key give the same sealed bytes, so a
replay can be compared byte by byte. What is written beside the bytes (authority, type, key id
and where they came from) is bound to them: changed headers make them unreadable.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

KEY_BYTES = 64
OVERHEAD_BYTES = 16


class Erased:
    """Stands where a leaf key was: the key is shredded and what it sealed is gone."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return a word for logs."""
        return "ERASED"


ERASED = Erased()
LeafKey = bytes | Erased


class Unsealable(ValueError):
    """The sealed bytes do not open under this key with these headers."""

    def __init__(self) -> None:
        """Say it without any of the bytes."""
        super().__init__("A sealed record does not open: its key, headers or bytes were changed.")


@lru_cache(maxsize=2_000)  # a cipher takes 4 KiB, and to make it some microseconds
def _cipher(key: bytes) -> AESSIV:
    return AESSIV(key)


def seal(key: bytes, value: bytes, bound: Sequence[bytes]) -> bytes:
    """Return the sealed bytes (16 longer than the value); ``bound`` must be equal on opening."""
    return _cipher(key).encrypt(value, list(bound))


def unseal(key: bytes, sealed: bytes, bound: Sequence[bytes]) -> bytes:
    """Return the original bytes; raises Unsealable when anything was changed."""
    try:
        return _cipher(key).decrypt(sealed, list(bound))
    except (InvalidTag, ValueError):
        raise Unsealable from None
