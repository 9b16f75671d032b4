"""Erasures that came after an archive was made: keys are shredded, and no proof is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from consumers.archive.opened import Archive
from consumers.join.inputs import Opener, Raw, parse_all
from consumers.store.keys import KeysOnRequest
from consumers.tokens import Tokens
from journey.cluster import ERASURE_ORDERED, ERASURE_PROVED
from journey.events import Event

SKEW = timedelta(minutes=5)
"""By how much the clocks of the key store and of whoever made the archive may differ."""
_OF_NOTE = (ERASURE_ORDERED.encode(), ERASURE_PROVED.encode())


class Unproved(NamedTuple):
    """Erasures of which an archive has the records and no proof.

    keys: how many of the keys that its records are sealed under were shredded so. shredded_at:
    when the last of them was, by the key store's clock.
    """

    keys: int
    shredded_at: datetime

    def sentence(self) -> str:
        """Return what is so, for people."""
        moment = f"{self.shredded_at:%Y-%m-%d %H:%M} UTC"
        return (
            f"The archive is older than an erasure: after it was made, keys that its records are"
            f" sealed under were shredded ({self.keys:,}, the last at {moment}), and no proof of"
            " that is in it. What follows from it has other sequences and chain values than what"
            " was told."
        )


def unproved(
    archive: Archive, keys: KeysOnRequest, opener: Opener, tokens: Tokens, la: str | None = None
) -> Unproved | None:
    """Return the erasures that came after the archive was made; None where there is none.

    la: of this local authority alone. Raises ServiceLost where the key store does not answer. The
    archive is read only where some key was shredded since.
    """
    made_at = datetime.fromisoformat(archive.manifest.made_at)
    shredded = keys.shredded_since(made_at - SKEW, la)
    if not shredded:
        return None
    seen = _Seen(shredded, tokens)
    for partition, until in archive.ends().items():
        for raws in archive.batches(partition, until):
            seen.add(raws, opener)
    left = seen.sealed.difference(seen.proved())
    if not left:
        return None
    last = max(shredded[one] for one in left)
    return Unproved(len(left), last.astimezone(UTC))


class _Seen:
    """What the records of an archive say of keys that are shredded by now."""

    def __init__(self, shredded: Mapping[str, datetime], tokens: Tokens) -> None:
        self._shredded = shredded
        self._tokens = tokens
        self._ordered: dict[str, frozenset[str]] = {}
        self._parts: dict[str, set[int]] = {}
        self._whole: dict[str, int] = {}
        self.sealed: set[str] = set()

    def add(self, raws: list[Raw], opener: Opener) -> None:
        self.sealed |= {key for raw in raws if (key := self._shredded_key(raw))}
        noted = parse_all(raw for raw in raws if _type(raw).endswith(_OF_NOTE))
        for one in opener.open(noted, {}):
            if isinstance(one.content, Event):
                self._note(one.content)

    def proved(self) -> Iterator[str]:
        return (
            self._tokens.key_id(leaf)
            for erasure, parts in self._parts.items()
            if len(parts) == self._whole[erasure]
            for leaf in self._ordered.get(erasure, ())
        )

    def _shredded_key(self, raw: Raw) -> str | None:
        headers = dict(raw.headers)
        key = headers.get("key", b"").decode()
        if key not in self._shredded:
            return None
        # A retraction without identifiers is sealed under its record's: what it retracts counts.
        is_its_own = key == self._tokens.key_id(headers.get("record", b"").decode())
        return None if is_its_own else key

    def _note(self, event: Event) -> None:
        if event.type == ERASURE_ORDERED:
            self._ordered[event.event_id] = frozenset(event.data.get("leaves") or ())
            return
        erasure = event.text("erasure") or ""
        self._parts.setdefault(erasure, set()).add(int(event.number("part") or 0))
        self._whole[erasure] = int(event.number("parts") or 0)


def _type(raw: Raw) -> bytes:
    return next((content for name, content in raw.headers if name == "type"), b"")
