"""Keyed hashes that stand for identifiers and record ids wherever the platform keeps them."""

from __future__ import annotations

import hmac
from functools import lru_cache

from schemas.receipts import receipt_key, receipt_token

SEPARATOR = "\x1f"
REMEMBERED = 20_000
LONGEST = 200
"""Characters of the longest source record id that the contract allows."""


class Tokens:
    """Makes tokens under one pseudonym key; equal parts give equal tokens, for ever."""

    def __init__(self, key: bytes) -> None:
        """Take the pseudonym key: at least 16 bytes, the same in every process of a topic set."""
        if len(key) < 16:
            raise ValueError("The pseudonym key is too short: give at least 16 bytes (32 hex).")
        self._keyed = hmac.new(key, digestmod="sha256")
        self._receipt_key = receipt_key(key)
        # A child's leaf and identifiers come with each of its events, a placement's id with each
        # of its sessions: the last ones need no hashing again.
        self.leaf = lru_cache(REMEMBERED)(self._leaf)
        self._known_record = lru_cache(REMEMBERED)(self._record)
        self.identifier = lru_cache(REMEMBERED)(self._identifier)
        self.school = lru_cache(REMEMBERED)(self._school)
        self.key_id = lru_cache(REMEMBERED)(self._key_id)

    def of(self, *parts: str) -> str:
        """Return 32 hex characters: the first 16 bytes of HMAC-SHA256 over the parts."""
        hashed = self._keyed.copy()
        hashed.update(SEPARATOR.join(parts).encode())
        return hashed.digest()[:16].hex()

    def receipt(self, event_id: str) -> bytes:
        """Return what stands for an event id where its source may ask what became of it."""
        return receipt_token(self._receipt_key, event_id)

    def record(self, la: str, organisation: str, system: str, record_id: str) -> str:
        """Return the record key: which record of which source, without saying its id."""
        # What is refused for its length must not be remembered: it would fill the memory.
        known = len(record_id) <= LONGEST
        make = self._known_record if known else self._record
        return make(la, organisation, system, record_id)

    def _record(self, la: str, organisation: str, system: str, record_id: str) -> str:
        return self.of("record", la, organisation, system, record_id)

    def _identifier(self, la: str, scheme: str, value: str) -> str:
        """Return the token of one normalised identifier value."""
        return self.of("identifier", la, scheme, value)

    def _leaf(self, la: str, *parts: str) -> str:
        """Return the token of a leaf: one source system's view of one child."""
        return self.of("leaf", la, *parts)

    def _school(self, la: str, name: str) -> str:
        """Return the token of a school's or provider's name, as written."""
        return self.of("school", la, name)

    def _key_id(self, subject: str) -> str:
        """Return the id of the key that seals what is known under this leaf (or record) token."""
        return self.of("key", subject)
