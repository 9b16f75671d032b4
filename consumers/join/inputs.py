"""Records of journeys, opened: what the machine takes, each with its place in the partition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from consumers.decode import to_event, trace_of
from consumers.errors import BrokenPromise
from consumers.journeys_record import JourneysRecord, Kind, Unreadable, open_value, parse
from consumers.sealing import Erased, LeafKey, Unsealable
from consumers.tokens import Tokens
from journey.cluster import Gap
from journey.events import Event
from journey.ghost import Ghost
from schemas.codec import Codec, Undecodable


class Raw(NamedTuple):
    """A record as it comes from Kafka."""

    offset: int
    headers: Iterable[tuple[str, bytes]]
    value: bytes


class Parsed(NamedTuple):
    """A record with its headers read, still sealed."""

    offset: int
    record: JourneysRecord


class Refusal(NamedTuple):
    """Whose event was refused, and which: the token of its id."""

    source: str
    event: bytes


class Input(NamedTuple):
    """One record of journeys.

    offset: its place in the partition. kappa: its known time, ms since 1970 UTC.
    content: an event, a gap, the moment of a tick (ms since 1970 UTC), or None where the record is
        intake's own book-keeping. Where the key is shredded a ghost; ``ERASED`` where the record
        is of a first release, which left no trace beside the seal.
    refused: of a gap, whose event it was, where that is known.
    traceparent: the context that came with it; mostly empty.
    """

    offset: int
    kappa: int
    content: Event | Gap | Ghost | int | Erased | None
    refused: Refusal | None = None
    traceparent: str = ""


def parse_all(raws: Iterable[Raw]) -> list[Parsed]:
    """Return the records with their headers read; raises BrokenPromise on a foreign one."""
    try:
        return [Parsed(raw.offset, parse(raw.headers, raw.value)) for raw in raws]
    except Unreadable as fault:
        raise BrokenPromise(
            f"{fault} Nobody but intake may write to journeys: check its ACLs and the release."
        ) from None


def key_ids(parsed: Iterable[Parsed]) -> set[str]:
    """Return the ids of the keys that these records are sealed under."""
    return {one.record.key_id for one in parsed if one.record.key_id}


class Opener:
    """Opens records of journeys with their keys."""

    def __init__(self, codec: Codec, tokens: Tokens) -> None:
        """Take the codec of the registry and the tokens of the topic set."""
        self._codec = codec
        self._tokens = tokens
        self._content: Mapping[Kind, Callable[[JourneysRecord, bytes], Any]] = {
            Kind.EVENT: self._event,
            Kind.CONTROL: self._event,
            Kind.TICK: self._tick,
            Kind.POSITION: lambda record, wire: None,
            Kind.GAP: self._gap,
        }

    def open(self, parsed: Iterable[Parsed], keys: Mapping[str, LeafKey]) -> list[Input]:
        """Return the inputs, in the same order; raises BrokenPromise where one does not open."""
        return [self._opened(one, keys) for one in parsed]

    def _opened(self, one: Parsed, keys: Mapping[str, LeafKey]) -> Input:
        record = one.record
        key = keys.get(record.key_id, b"")
        if isinstance(key, Erased):
            return Input(one.offset, record.kappa, _ghost(record) or key)
        try:
            content = self._content[record.kind](record, open_value(record, key))
        except (Unsealable, Undecodable) as fault:
            raise BrokenPromise(
                f"The record {one.offset} of journeys cannot be read. {fault} Check that the key"
                " store and the schema registry are those that intake uses."
            ) from None
        refused = self._refusal(record) if record.kind is Kind.GAP else None
        return Input(one.offset, record.kappa, content, refused, record.traceparent)

    def _refusal(self, record: JourneysRecord) -> Refusal | None:
        gap = self._codec.decode(record.value).record
        if not gap["source"] or not gap["event"]:
            return None
        return Refusal(gap["source"], bytes.fromhex(gap["event"]))

    def _event(self, record: JourneysRecord, wire: bytes) -> Event:
        decoded = self._codec.decode(wire)
        if record.trace is not None and record.trace != trace_of(decoded.record):
            raise Unsealable  # what a ghost of it would say must be what it says itself
        return to_event(decoded, kappa=record.kappa, tokens=self._tokens)

    def _tick(self, record: JourneysRecord, wire: bytes) -> int:
        moment: datetime = self._codec.decode(wire).record["moment"]
        return round(moment.timestamp() * 1000)

    def _gap(self, record: JourneysRecord, wire: bytes) -> Gap | None:
        """Return the gap; one of which not even the authority can be told concerns no child."""
        gap = self._codec.decode(wire).record
        if not gap["local_authority"]:
            return None
        event_type = gap["event_type"]
        return Gap(
            la=gap["local_authority"],
            position=f"{gap['topic']}/{gap['partition']}/{gap['offset']}",
            kappa=record.kappa,
            event_type=event_type.rpartition(".")[2] if event_type else None,
            record=gap["record"] or "",
            leaf=gap["leaf"] or "",
            source=gap["source"] or "",
            reason=gap["reason"],
        )


def _ghost(record: JourneysRecord) -> Ghost | None:
    trace = record.trace
    if trace is None:
        return None
    return Ghost(
        la=record.la,
        source=trace.source,
        record=record.record,
        kappa=record.kappa,
        revision=trace.revision,
        retracted=trace.retracted,
        scope=trace.scope,
        batch=trace.batch,
    )
