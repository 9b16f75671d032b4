"""What an event id is kept as where its source may ask what became of it: a keyed hash.

An event id follows from the source's own record id, which can be guessed; its hash cannot be
checked without the receipt key. That key follows from the pseudonym key, and tells nothing of it.
"""

from __future__ import annotations

import hmac

_PURPOSE = b"joinedup receipts"


def receipt_key(pseudonym_key: bytes) -> bytes:
    """Return the receipt key of an installation with this pseudonym key."""
    return hmac.digest(pseudonym_key, _PURPOSE, "sha256")


def receipt_token(key: bytes, event_id: str) -> bytes:
    """Return the 16 bytes that stand for an event id, under the receipt key."""
    return hmac.digest(key, event_id.lower().encode("utf-8", "backslashreplace"), "sha256")[:16]
