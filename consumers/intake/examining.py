"""What intake asks of every record before it may stand on ``journeys``."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import msgspec

from consumers.decode import Subject, subject_of, trace_of
from consumers.intake.incoming import Incoming
from consumers.journeys_record import Trace
from consumers.tokens import Tokens
from journey.cluster import ERASURE_ORDERED
from schemas.agreements import Agreements
from schemas.catalogue import EventType, event_type
from schemas.codec import Codec, Decoded, Undecodable
from schemas.formats import LOCAL_AUTHORITY
from schemas.headers import SIGNATURE, header
from schemas.signature import verify
from schemas.sources import Source
from schemas.topics import TopicSet
from schemas.validation import problems


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A record that keeps the contract.

    subject: whom it is about, in tokens. fingerprint: of the schema it was written with.
    trace: what stays known of it without its key. erases: of an order to erase a child, its leaves.
    event_id: by which its source may ask what became of it.
    traceparent: the context that goes on with it; empty where nobody follows it.
    """

    incoming: Incoming
    value: bytes
    la: str
    event_type: EventType
    subject: Subject
    fingerprint: str
    trace: Trace
    erases: tuple[str, ...] = ()
    event_id: str
    traceparent: str = ""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A record that does not: it goes to the dead letters, with the reason.

    reason: a code. explanation: a sentence without personal data. field: the field at fault.
    la: the authority whose journeys get a gap, or None where none is concerned.
    subject: only where the record was read and its signature was right.
    source, event_id: whose it is and which, only where the signature was right and it may speak for
        the authority.
    """

    incoming: Incoming
    reason: str
    explanation: str
    field: str | None = None
    la: str | None = None
    event_type: str | None = None
    subject: Subject | None = None
    source: str | None = None
    event_id: str | None = None


Examined = Accepted | Refused
_LA_BYTES = 3


class Sources(Protocol):
    """Knows who may speak, and under which agreements."""

    @property
    def agreements(self) -> Agreements:
        """The data-sharing agreements, as of the last look-up."""

    def lookup(self, organisation: str, system: str) -> Source | None:
        """Return the source of these codes, or None where there is none."""


class _Fault(Exception):
    """One thing wrong with a record; caught in this module only."""

    def __init__(
        self, reason: str, explanation: str, *, field: str | None = None, subject: bool = False
    ) -> None:
        super().__init__(explanation)
        self.reason = reason
        self.explanation = explanation
        self.field = field
        self.names_subject = subject


class Examiner:
    """Examines records: frame, type, signature, source, authority, contract, agreement in turn."""

    def __init__(self, topics: TopicSet, codec: Codec, sources: Sources, tokens: Tokens) -> None:
        """Take what the checks are made with."""
        self._topics = topics
        self._agencies = {topic: topics.agency_of(topic) for topic in topics.inputs}
        self._carries = lru_cache(topics.carries)
        self._codec = codec
        self._sources = sources
        self._tokens = tokens

    def examine(self, incoming: Incoming) -> Examined:
        """Return the record as accepted, or as refused with the first thing that is wrong."""
        try:
            la = self._authority(incoming)
        except _Fault as fault:
            return _refused(incoming, fault)
        try:
            decoded = self._codec.decode(incoming.value)
        except Undecodable as fault:
            return Refused(
                incoming=incoming, reason=fault.reason_code, explanation=fault.sentence, la=la
            )
        return self._examine_decoded(incoming, la, decoded)

    def _examine_decoded(self, incoming: Incoming, la: str, decoded: Decoded) -> Examined:
        kind = event_type(decoded.full_name)
        subject, speaker = None, None
        try:
            if kind is None or not kind.has_envelope:
                raise _Fault("wrong-type", "Records of this type are not a source's to send.")
            source = self._signed_by(incoming, la, decoded)
            self._check_authority(incoming, la, decoded, source)
            speaker = f"{source.organisation}/{source.system}"
            subject = subject_of(la, decoded.record, kind, self._tokens)
            self._check_contract(incoming, decoded, kind)
            self._check_agreement(incoming, la, source, kind)
        except _Fault as fault:
            refused = _refused(incoming, fault, la, decoded.full_name, subject, speaker)
            event_id = decoded.record["event_id"] if speaker else None
            return msgspec.structs.replace(refused, event_id=event_id)
        return Accepted(
            incoming=incoming,
            value=incoming.value or b"",
            la=la,
            event_type=kind,
            subject=subject,
            fingerprint=decoded.fingerprint,
            trace=trace_of(decoded.record),
            event_id=decoded.record["event_id"],
            erases=tuple(decoded.record["leaves"] or ()) if kind.name == ERASURE_ORDERED else (),
        )

    def _authority(self, incoming: Incoming) -> str:
        la = _la_of(incoming.key)
        if la is None:
            raise _Fault(
                "no-local-authority",
                "The message key is not a local authority's code; publish with the key set.",
            )
        if self._topics.partition_of(la) != incoming.partition:
            raise _Fault(
                "wrong-partition",
                "The record is not on its local authority's partition; let the murmur2"
                " partitioner choose it from the key.",
            )
        return la

    def _signed_by(self, incoming: Incoming, la: str, decoded: Decoded) -> Source:
        named = decoded.record["source"]
        source = self._sources.lookup(named["organisation"], named["system"])
        if source is None:
            raise _Fault(
                "unknown-source",
                "No source of this organisation and system is registered here.",
                field="source",
            )
        signature = header(incoming.headers, SIGNATURE)
        if signature is None:
            raise _Fault("no-signature", "The header x-sig is missing; sign with the source's key.")
        # When it was written decides which of its keys counts, not when it is read.
        keys = source.keys_at(incoming.time)
        value = incoming.value or b""
        if not any(verify(key, la, decoded.full_name, value, signature) for key in keys):
            raise _Fault(
                "wrong-signature",
                "The header x-sig is not the signature of this record under its source's key.",
            )
        return source

    def _check_authority(
        self, incoming: Incoming, la: str, decoded: Decoded, source: Source
    ) -> None:
        if decoded.record["local_authority"] != la:
            raise _Fault(
                "other-local-authority",
                "The record names another local authority than its message key.",
                field="local_authority",
            )
        agency = self._agencies.get(incoming.topic)
        if agency is None or not source.may_speak(la, agency):
            raise _Fault(
                "not-entitled",
                "This source may not speak for this local authority on this topic.",
                field="source",
            )

    def _check_contract(self, incoming: Incoming, decoded: Decoded, kind: EventType) -> None:
        if not self._carries(incoming.topic, kind.agency):
            raise _Fault("wrong-topic", f"{kind.name} does not belong on this topic.", subject=True)
        found = problems(decoded.full_name, decoded.record)
        if found:
            # Only the first is named: the rest can be seen once it is mended.
            first = found[0]
            raise _Fault(
                "contract",
                f"{kind.name}.{first.field}: expected {first.expected}.",
                field=first.field,
                subject=True,
            )

    def _check_agreement(
        self, incoming: Incoming, la: str, source: Source, kind: EventType
    ) -> None:
        # Decisions are the authority's own. An agreement must not keep out its own renewal.
        if source.agency == "governance":
            return
        # When it arrived decides, not when it is read: a backlog is judged as if there were none.
        found = self._sources.agreements.objection(la, source.organisation, kind, incoming.time)
        if found is not None:
            raise _Fault(found.reason, found.explanation, subject=True)


def _la_of(key: bytes | None) -> str | None:
    text = key.decode("ascii", "replace") if key and len(key) == _LA_BYTES else ""
    return text if LOCAL_AUTHORITY.matches(text) else None


def _refused(
    incoming: Incoming,
    fault: _Fault,
    la: str | None = None,
    full_name: str | None = None,
    subject: Subject | None = None,
    speaker: str | None = None,
) -> Refused:
    return Refused(
        incoming=incoming,
        reason=fault.reason,
        explanation=fault.explanation,
        field=fault.field,
        la=la,
        event_type=full_name,
        subject=subject if fault.names_subject else None,
        source=speaker,
    )
