"""Facts as the store holds them: MessagePack sealed under the key of the leaf they are about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, Protocol

import msgspec

from consumers.errors import BrokenPromise
from consumers.sealing import ERASED, Erased, LeafKey, Unsealable, seal, unseal
from consumers.tokens import Tokens
from journey.events import Event

_HELD = 20_000
_DATE = 1  # MessagePack extension type: a date as its proleptic ordinal, 4 bytes


class Keys(Protocol):
    """Reads leaf keys from a thread: the store's side of ``consumers.keystore``."""

    def get(self, key_ids: Iterable[str]) -> Mapping[str, LeafKey]:
        """Return the keys that exist, by id; a shredded one is ``ERASED``."""


def packed(event: Event) -> bytes:
    """Return the event as MessagePack; the payload's dates stay dates."""
    return _encode(msgspec.structs.replace(event, data=_outward(event.data)))


def unpacked(content: bytes) -> Event:
    """Return the event that ``packed`` wrote."""
    return _decoder.decode(content)


def subject_of(event: Event) -> str:
    """Return the token whose key seals the fact: its leaf, else its record."""
    return event.leaf or event.record


_PLAIN = frozenset((str, int, float, bool))


def _outward(value: Any) -> Any:
    if type(value) in _PLAIN:  # most are
        return value
    if isinstance(value, Mapping):
        return {key: _outward(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_outward(one) for one in value]
    if type(value) is date:
        return msgspec.msgpack.Ext(_DATE, value.toordinal().to_bytes(4, "big"))
    return value


def _inward(code: int, content: memoryview) -> date:
    if code != _DATE:
        raise BrokenPromise("The store holds a fact in a newer format: run the newer release.")
    return date.fromordinal(int.from_bytes(content, "big"))


_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(Event, ext_hook=_inward)


def _of_note(la: str, subject: str, event_id: str, alert_id: str) -> list[bytes]:
    """Return what is bound to a note: it is no fact, and of one action on one alert."""
    return [b"note", la.encode(), subject.encode(), event_id.encode(), alert_id.encode()]


class FactSeal:
    """Seals facts for the store and opens them, with each leaf's own key."""

    def __init__(
        self,
        keys: Keys,
        tokens: Tokens,
        let_go: Callable[[Collection[str]], None] = lambda key_ids: None,
    ) -> None:
        """Take the key store and the tokens by which it names its keys.

        let_go: told of the keys that are to be held nowhere any more, by their ids.
        """
        self._let_go = let_go
        self._keys = keys
        self._tokens = tokens
        self._held: dict[str, LeafKey] = {}
        # One fact goes to two tables; the event is held so that its id() stays its own.
        self._closed: dict[tuple[int, str], tuple[Event, bytes | None]] = {}

    def shred(self, subjects: Iterable[str]) -> list[str]:
        """Take the keys of these leaf (or record) tokens for shredded; return their ids."""
        listed = sorted(subjects)
        self._held |= dict.fromkeys(listed, ERASED)
        key_ids = [self._tokens.key_id(subject) for subject in listed]
        self._let_go(key_ids)
        return key_ids

    def school(self, la: str, name: str) -> bytes:
        """Return what stands for a school's name in the store: who goes where is personal."""
        return bytes.fromhex(self._tokens.school(la, name))

    def receipt(self, event_id: str) -> bytes:
        """Return what stands for an event id where its source may ask what became of it."""
        return self._tokens.receipt(event_id)

    def ready(self, subjects: Iterable[str]) -> None:
        """Make the keys of these leaf (or record) tokens ready for what follows."""
        wanted = set(subjects)
        if len(self._held) + len(wanted) > _HELD:
            self._held = {s: key for s, key in self._held.items() if isinstance(key, Erased)}
        missing = {subject for subject in wanted if subject not in self._held}
        if missing:
            ids = {self._tokens.key_id(subject): subject for subject in missing}
            found = self._keys.get(ids)
            self._held |= {ids[key_id]: key for key_id, key in found.items()}

    def forget(self) -> None:
        """Begin a new batch: let go what was sealed."""
        self._closed = {}

    def close(self, event: Event, subject: str) -> bytes | None:
        """Return the fact sealed under this token's key; None where that key is shredded."""
        done = self._closed.get((id(event), subject))
        if done is None:
            done = self._closed[id(event), subject] = (event, self._close(event, subject))
        return done[1]

    def _close(self, event: Event, subject: str) -> bytes | None:
        key = self._held.get(subject)
        if key is None:
            raise BrokenPromise(
                "A leaf has no key: check that JOINEDUP_PSEUDONYM_KEY and the key store are those"
                " that intake uses."
            )
        if isinstance(key, Erased):
            return None
        return seal(key, packed(event), [event.la.encode(), subject.encode()])

    def close_note(
        self, la: str, subject: str, event_id: str, alert_id: str, text: str
    ) -> bytes | None:
        """Return what a person wrote, sealed under this token's key; None where that is shredded.

        It opens only as the note of just this action on just this alert.
        """
        key = self._held.get(subject)
        if key is None or isinstance(key, Erased):
            return None
        return seal(key, text.encode(), _of_note(la, subject, event_id, alert_id))

    def open_note(
        self, la: str, subject: str, event_id: str, alert_id: str, content: bytes
    ) -> str | None:
        """Return what a person wrote; None where the key is shredded, or it is not theirs."""
        key = self._held.get(subject)
        if key is None or isinstance(key, Erased):
            return None
        try:
            return unseal(key, content, _of_note(la, subject, event_id, alert_id)).decode()
        except (Unsealable, UnicodeDecodeError):
            return None

    def open(self, la: str, subject: str, content: bytes) -> Event | None:
        """Return the fact; None where the key of its leaf is shredded."""
        key = self._held.get(subject)
        if key is None or isinstance(key, Erased):
            return None
        try:
            return unpacked(unseal(key, content, [la.encode(), subject.encode()]))
        except Unsealable:
            raise BrokenPromise(
                "A fact in the store does not open under its leaf's key: restore the store and the"
                " key store from the same backup."
            ) from None
