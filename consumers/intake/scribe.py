"""What one Kafka transaction of intake holds, made from what was read: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from consumers.intake.examining import Accepted, Examined, Refused
from consumers.intake.incoming import Incoming
from consumers.intake.ledger import POSITION, Ledger, position_headers, position_of
from consumers.intake.ticking import Pace
from consumers.journeys_record import (
    Headers,
    JourneysRecord,
    Kind,
    Trace,
    headers_of,
    sealed_value,
)
from consumers.sealing import Erased, LeafKey
from consumers.tokens import Tokens
from schemas.codec import Codec
from schemas.headers import SIGNATURE, header
from schemas.signature import OWN_LENGTH

DEAD_LETTER = "joinedup.platform.DeadLetter"
GAP = "joinedup.platform.Gap"
TICK = "joinedup.platform.Tick"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ERASED = "The child's record has been erased; nothing more is kept of it."


class Outgoing(msgspec.Struct, frozen=True):
    """One message to write, its timestamp in ms since 1970 UTC."""

    key: bytes | None
    value: bytes
    headers: Headers
    timestamp: int


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """What is written at once: the last journeys message is the position.

    ledger: where the partition stands once this is committed.
    refusals: the reason codes of the dead letters, for the metrics.
    """

    journeys: Sequence[Outgoing]
    dead_letters: Sequence[Outgoing]
    ledger: Ledger
    refusals: Sequence[str] = ()
    ticks: int = 0


def keys_wanted(examined: Iterable[Examined], tokens: Tokens) -> dict[str, str]:
    """Return the ids of the leaf keys that sealing these needs, each with its authority."""
    return {
        tokens.key_id(one.subject.sealed_under): one.la
        for one in examined
        if isinstance(one, Accepted) and one.event_type.is_sealed
    }


class RoundEnd(msgspec.Struct, frozen=True):
    """That a round ends; asked: the moment (ms) before it began, None while clocks disagree."""

    asked: int | None


class Scribe:
    """Writes the transactions of one partition."""

    def __init__(self, partition: int, codec: Codec, tokens: Tokens, pace: Pace) -> None:
        """Take the partition and what records are written with."""
        self._partition = partition
        self._codec = codec
        self._tokens = tokens
        self._pace = pace

    def write(
        self,
        ledger: Ledger,
        examined: Iterable[Examined],
        keys: Mapping[str, LeafKey],
        ends: RoundEnd | None = None,
    ) -> Transaction:
        """Return the transaction that follows from the ledger and these records, in this order.

        ends: given where the round ends with this transaction.
        """
        draft = _Draft(self._partition, self._codec, self._tokens, ledger)
        for one in examined:
            kappa = draft.known_at(one.incoming.time)
            for midnight in self._pace.before(draft.floor, kappa):
                draft.tick(midnight)
            draft.add(one, keys)
        if ends is not None:
            last = self._pace.after(*draft.written, ends.asked)
            if last is not None:
                draft.tick(last)
        return draft.finished()


class _Draft:
    """A transaction being written."""

    def __init__(self, partition: int, codec: Codec, tokens: Tokens, ledger: Ledger) -> None:
        self._partition = partition
        self._codec = codec
        self._tokens = tokens
        self._before = ledger
        self._next_offsets = dict(ledger.next_offsets)
        self._kappa, self._tick, self._round = ledger.kappa, ledger.tick, ledger.round
        self._journeys: list[Outgoing] = []
        self._dead: list[Outgoing] = []
        self._refusals: list[str] = []
        self._read = 0

    @property
    def floor(self) -> int | None:
        """The earliest known time of what comes next, or None before the first record."""
        begun = self._before.read or self._read
        return max(self._kappa, self._tick + 1) if begun else None

    @property
    def written(self) -> tuple[int, int]:
        """Known time of the last record, and moment of the last tick."""
        return self._kappa, self._tick

    def known_at(self, time: int) -> int:
        """Return the known time of the next record, which was appended at ``time``."""
        return max(time, self._kappa, self._tick + 1)

    def tick(self, moment: int) -> None:
        """Write a tick: everything acknowledged before the moment stands above it."""
        self._tick = self._kappa = moment
        self._round += 1
        content = {
            "partition": self._partition,
            "moment": _moment(moment),
            "round": self._round,
        }
        value = self._codec.encode(TICK, content)
        self._write(Kind.TICK, TICK, None, "", value)

    def add(self, one: Examined, keys: Mapping[str, LeafKey]) -> None:
        """Write one record to journeys, or to the dead letters with its gap."""
        incoming = one.incoming
        self._read += 1
        self._kappa = self.known_at(incoming.time)
        self._next_offsets[incoming.topic] = incoming.offset + 1
        if isinstance(one, Refused):
            self._refuse(one)
        elif one.event_type.is_sealed:
            self._seal(one, keys)
        else:
            self._write(
                Kind.CONTROL,
                one.event_type.full_name,
                incoming,
                one.la,
                one.value,
                record=one.subject.record,
                fingerprint=one.fingerprint,
                signature=own_signature(incoming),
            )

    def finished(self) -> Transaction:
        """Return the transaction, its position written last."""
        before = self._before
        ledger = Ledger(
            next_offsets=self._next_offsets,
            kappa=self._kappa,
            tick=self._tick,
            round=self._round,
            read=before.read + self._read,
            journeyed=before.journeyed + self._read - len(self._dead),
            dead=before.dead + len(self._dead),
        )
        position = self._codec.encode(POSITION, position_of(self._partition, ledger))
        self._journeys.append(Outgoing(b"", position, position_headers(ledger), ledger.kappa))
        return Transaction(
            journeys=self._journeys,
            dead_letters=self._dead,
            ledger=ledger,
            refusals=self._refusals,
            ticks=ledger.round - before.round,
        )

    def _seal(self, one: Accepted, keys: Mapping[str, LeafKey]) -> None:
        incoming, name = one.incoming, one.event_type.full_name
        key_id = self._tokens.key_id(one.subject.sealed_under)
        key = keys[key_id]
        if isinstance(key, Erased):
            self._refuse(_erased(one))
            return
        value = sealed_value(key, one.la, name, key_id, incoming.position, one.value)
        self._write(
            Kind.EVENT,
            name,
            incoming,
            one.la,
            value,
            key_id=key_id,
            record=one.subject.record,
            fingerprint=one.fingerprint,
            trace=one.trace,
            traceparent=one.traceparent,
            signature=own_signature(incoming),
        )

    def _refuse(self, one: Refused) -> None:
        self._refusals.append(one.reason)
        letter = self._codec.encode(DEAD_LETTER, dead_letter_of(one))
        self._dead.append(Outgoing(one.incoming.key, letter, (), self._kappa))
        if one.la is not None:
            gap = self._codec.encode(GAP, gap_of(one, self._tokens))
            record = one.subject.record if one.subject else ""
            self._write(Kind.GAP, GAP, one.incoming, one.la, gap, record=record)

    def _write(
        self,
        kind: Kind,
        type_name: str,
        incoming: Incoming | None,
        la: str,
        value: bytes,
        key_id: str = "",
        record: str = "",
        fingerprint: str = "",
        trace: Trace | None = None,
        traceparent: str = "",
        signature: str = "",
    ) -> None:
        headers = headers_of(
            JourneysRecord(
                kind=kind,
                type=type_name,
                la=la,
                kappa=self._kappa,
                source=incoming.position if incoming else None,
                key_id=key_id,
                record=record,
                fingerprint=fingerprint,
                trace=trace,
                traceparent=traceparent,
                signature=signature,
                value=value,
            )
        )
        self._journeys.append(Outgoing(la.encode(), value, headers, self._kappa))


def own_signature(incoming: Incoming) -> str:
    """Return the signature of a record by its source's own key; empty where the key is shared."""
    given = (header(incoming.headers, SIGNATURE) or b"").decode("ascii", "replace")
    return given if len(given) == OWN_LENGTH else ""


def dead_letter_of(one: Refused) -> dict[str, Any]:
    """Return the DeadLetter record: the original message whole, and what is wrong with it."""
    incoming = one.incoming
    return {
        "topic": incoming.topic,
        "partition": incoming.partition,
        "offset": incoming.offset,
        "append_time": _moment(incoming.time),
        "reason": one.reason,
        "explanation": one.explanation,
        "field": one.field,
        "original": incoming.value or b"",
        "key": incoming.key,
        "headers": {name: value or b"" for name, value in incoming.headers},
    }


def gap_of(one: Refused, tokens: Tokens) -> dict[str, Any]:
    """Return the Gap record: that something of this authority could not be read."""
    return {
        "local_authority": one.la,
        "topic": one.incoming.topic,
        "partition": one.incoming.partition,
        "offset": one.incoming.offset,
        "reason": one.reason,
        "event_type": one.event_type,
        "leaf": one.subject.leaf or None if one.subject else None,
        "record": one.subject.record if one.subject else None,
        "source": one.source,
        "event": tokens.receipt(one.event_id).hex() if one.event_id else None,
    }


def _erased(one: Accepted) -> Refused:
    return Refused(
        incoming=one.incoming,
        reason="erased",
        explanation=_ERASED,
        la=one.la,
        event_type=one.event_type.full_name,
        subject=one.subject,
        source=one.trace.source,
        event_id=one.event_id,
    )


def _moment(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
