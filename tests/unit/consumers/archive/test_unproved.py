"""An archive is held against the keys that were shredded after it was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from consumers.archive.opened import Archive
from consumers.archive.unproved import SKEW, Unproved, unproved
from consumers.join.inputs import Opener, Raw
from consumers.journeys_record import JourneysRecord, Kind, SourcePosition, Trace, headers_of
from consumers.store.keys import KeysOnRequest
from tests.unit.consumers.messages import LA, TOKENS, codec, event_type

MADE_AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
LATER = MADE_AT + timedelta(hours=2)
FIRST, SECOND = "11" * 16, "22" * 16
SOURCE = SourcePosition("decisions", 1, 7)


def raw(kind: Kind, name: str, value: bytes, *, key_id: str = "", record: str = "cd" * 16) -> Raw:
    trace = Trace(source="o/s", revision=1) if kind is Kind.EVENT else None
    written = JourneysRecord(
        kind=kind,
        type=event_type(name).full_name,
        la=LA,
        kappa=5,
        source=SOURCE,
        key_id=key_id,
        record=record,
        trace=trace,
        value=value,
    )
    return Raw(3, headers_of(written), value)


def sealed(leaf: str, record: str = "cd" * 16) -> Raw:
    return raw(Kind.EVENT, "ApReviewHeld", b"sealed", key_id=TOKENS.key_id(leaf), record=record)


def control(name: str, event_id: str, **given: Any) -> Raw:
    kind = event_type(name)
    record = {
        **{field.name: None for field in kind.payload},
        "event_id": event_id,
        "local_authority": LA,
        "occurred_at": MADE_AT,
        "recorded_at": MADE_AT,
        "source": {"organisation": "o", "system": "s"},
        "source_record_id": event_id,
        "revision": 1,
        "retracted": False,
        "identifiers": [],
        "date_of_birth": None,
        "batch": None,
        "scope": None,
        **given,
    }
    return raw(Kind.CONTROL, name, codec().encode(kind.full_name, record))


def ordered(*leaves: str) -> Raw:
    return control(
        "ErasureOrdered",
        "an-order",
        child="a-child",
        leaves=list(leaves),
        reason="COURT_ORDER",
        approved_by="somebody",
        ordered_on=date(2026, 11, 28),
    )


def proof(part: int, parts: int) -> Raw:
    given = {"erasure": "an-order", "part": part, "parts": parts, "places": [], "acts": []}
    return control("ErasureProved", f"proof-{part}", **given, proved_on=date(2026, 11, 28))


class Shredded:
    """A key store in which these leaves' keys are shredded."""

    def __init__(self, *leaves: str) -> None:
        self._leaves = leaves
        self.since: datetime | None = None

    def shredded_since(self, moment: datetime, la: str | None) -> Mapping[str, datetime]:
        self.since = moment
        return {TOKENS.key_id(leaf): LATER for leaf in self._leaves}


class Archived:
    """An archive of one partition."""

    manifest = SimpleNamespace(made_at=MADE_AT.isoformat(timespec="seconds"))

    def __init__(self, *raws: Raw) -> None:
        self._raws = list(raws)

    def ends(self) -> Mapping[int, int]:
        return {1: 9}

    def batches(self, partition: int, until: int) -> Iterator[list[Raw]]:
        yield self._raws


def found(shredded: Shredded, *raws: Raw) -> Unproved | None:
    archive, keys = cast(Archive, Archived(*raws)), cast(KeysOnRequest, shredded)
    return unproved(archive, keys, Opener(codec(), TOKENS), TOKENS)


def test_a_key_that_is_shredded_without_a_proof_in_the_archive_is_counted_once() -> None:
    shredded = Shredded(FIRST)
    assert found(shredded, sealed(FIRST), sealed(FIRST), sealed(SECOND)) == Unproved(1, LATER)
    assert shredded.since == MADE_AT - SKEW


def test_a_child_whose_records_are_not_in_the_archive_is_no_matter() -> None:
    assert found(Shredded(FIRST), sealed(SECOND)) is None
    assert found(Shredded(), sealed(SECOND)) is None


@pytest.mark.parametrize(
    ("notes", "keys"),
    [
        ([ordered(FIRST, SECOND), proof(1, 2), proof(2, 2)], 0),
        ([ordered(FIRST), proof(1, 1)], 1),
        ([ordered(FIRST, SECOND), proof(1, 2)], 2),
        ([ordered(FIRST, SECOND)], 2),
        ([proof(1, 1)], 2),
    ],
)
def test_an_erasure_counts_as_proved_where_its_order_and_its_whole_proof_are_there(
    notes: list[Raw], keys: int
) -> None:
    missing = found(Shredded(FIRST, SECOND), sealed(FIRST), sealed(SECOND), *notes)
    assert (missing.keys if missing else 0) == keys


def test_a_retraction_under_the_key_of_its_own_record_goes_by_the_record_that_it_retracts() -> None:
    of_its_own = sealed(SECOND, record=SECOND)
    erased = (ordered(FIRST), proof(1, 1), sealed(FIRST))
    assert found(Shredded(FIRST, SECOND), *erased, of_its_own) is None
