"""An archive is read only if every byte of it is as it was signed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.archive.alerts import told
from consumers.archive.making import Making
from consumers.archive.manifest import ALERTS, JOURNEYS
from consumers.archive.opened import Archive, ArchivedAlerts
from consumers.archive.records import Record
from consumers.errors import BrokenPromise, ConsumerError
from consumers.relay.message import ALERT_TRANSITION, Outgoing, message_of
from consumers.signing import Signer
from consumers.store.alerts import body_of
from schemas.catalogue import event_type
from schemas.codec import Codec
from schemas.registry import MemoryRegistry
from schemas.topics import TopicSet
from tests.unit.consumers.replay.test_comparing import HISTORY, kept

TOPICS = TopicSet("t.", 4)
SIGNER = Signer(b"\x07" * 32)
FINGERPRINT = "schema-fp"


class Listed:
    """A topic whose one partition holds these records."""

    def __init__(self, records: list[Record]) -> None:
        self._records = records

    def ends(self) -> Mapping[int, int]:
        return {2: self._records[-1].offset + 2} if self._records else {}

    def records(self, partition: int, until: int) -> Iterator[list[Record]]:
        yield self._records[:3]
        yield self._records[3:]


def a_record(offset: int, **headers: str) -> Record:
    return Record(
        offset=offset,
        timestamp=1_000 + offset,
        key=b"999",
        value=bytes(range(offset % 50)),
        headers=tuple((name, value.encode()) for name, value in headers.items()),
    )


def made(folder: Path, journeys: list[Record], topic: type[Listed] = Listed) -> Path:
    """Make an archive of these journeys and of the alerts of an invented history."""
    registry = MemoryRegistry()
    codec = Codec(registry)
    found = event_type(ALERT_TRANSITION)
    assert found is not None
    alerts = []
    for one in HISTORY:
        outgoing = Outgoing(partition=2, sequence=one.sequence, body=body_of(one), chain=one.chain)
        message = message_of(outgoing, found, codec)
        alerts.append(
            Record(
                offset=one.sequence,
                timestamp=message.timestamp,
                key=message.key,
                value=message.value,
                headers=tuple(message.headers),
            )
        )
    schemas: dict[int, dict[str, Any]] = {1: registry.schema_of(1)}
    read = {JOURNEYS: topic(journeys), ALERTS: Listed(alerts)}
    Making(TOPICS, schemas, codec).make(folder, read, SIGNER, lambda _: None)
    return folder


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of ten records and a dozen alerts."""
    return made(tmp_path_factory.mktemp("made") / "archive", [a_record(n) for n in range(10)])


def test_what_was_archived_is_read_back(archive: Path) -> None:
    opened = Archive(archive, SIGNER.public_key)
    assert opened.ends() == {2: 11}
    read = [raw for batch in opened.batches(2, 11) for raw in batch]
    assert [raw.offset for raw in read] == list(range(10))
    assert [raw.value for raw in read] == [a_record(n).value for n in range(10)]
    assert opened.partition_of("999") == TOPICS.partition_of("999")
    (file,) = [one for one in opened.manifest.files if one.topic == JOURNEYS]
    assert (file.records, file.next_offset, file.kappa) == (10, 11, (1_000, 1_009))


def test_archived_alerts_are_the_bytes_of_the_store(archive: Path) -> None:
    alerts = ArchivedAlerts(Archive(archive, SIGNER.public_key))
    assert list(alerts.transitions(2, 0, None)) == kept(HISTORY)
    ours = [one for one in kept(HISTORY) if one.la == "999"]
    assert list(alerts.transitions(2, 0, "999")) == ours
    assert list(alerts.transitions(0, 0, None)) == []


@pytest.mark.parametrize("steps", [0, 2])
def test_an_escalated_alert_is_the_same_bytes_after_its_way_over_the_topic(steps: int) -> None:
    one = msgspec.structs.replace(HISTORY[0], escalation=steps)
    codec, found = Codec(MemoryRegistry()), event_type(ALERT_TRANSITION)
    assert found is not None
    outgoing = Outgoing(partition=2, sequence=one.sequence, body=body_of(one), chain=one.chain)
    message = message_of(outgoing, found, codec)
    record = Record(offset=0, timestamp=0, key=message.key, value=message.value, headers=())
    assert codec.decode(message.value).record["escalation"] == steps
    assert told(record, codec).body == body_of(one)


@given(st.data())
def test_one_flipped_bit_anywhere_is_caught_and_the_file_named(
    archive: Path, data: st.DataObject
) -> None:
    file = data.draw(st.sampled_from(sorted(one for one in archive.rglob("*") if one.is_file())))
    sound = file.read_bytes()
    place = data.draw(st.integers(0, len(sound.rstrip()) - 1))
    flipped = bytearray(sound)
    flipped[place] ^= 1 << data.draw(st.integers(0, 7))
    # The case of a hexadecimal digit says nothing.
    if bytes(flipped).lower() == sound and file.suffix == ".sig":
        return
    try:
        file.write_bytes(flipped)
        with pytest.raises(BrokenPromise) as found:
            Archive(archive, SIGNER.public_key)
    finally:
        file.write_bytes(sound)
    assert file.stem in str(found.value) or file.suffix == ".sig"


def test_a_file_that_is_missing_is_named(archive: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(archive, copy)
    (copy / "alerts" / "00002.avro").unlink()
    with pytest.raises(BrokenPromise, match=r"alerts/00002\.avro is missing"):
        Archive(copy, SIGNER.public_key)


def test_an_archive_of_somebody_else_is_refused(archive: Path) -> None:
    with pytest.raises(BrokenPromise, match="the public key is not that of the signer"):
        Archive(archive, Signer(b"\x08" * 32).public_key)


def test_it_is_as_of_before_anything_was_read_however_long_that_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = datetime(2026, 11, 28, 12, tzinfo=UTC)
    clock = SimpleNamespace(moment=begun)

    class Slow(Listed):
        def ends(self) -> Mapping[int, int]:
            clock.moment += timedelta(hours=1)
            return super().ends()

    now = SimpleNamespace(now=lambda _: clock.moment)
    monkeypatch.setattr("consumers.archive.making.datetime", now)
    opened = Archive(made(tmp_path / "archive", [a_record(1)], Slow), SIGNER.public_key)
    assert clock.moment > begun
    assert datetime.fromisoformat(opened.manifest.made_at) == begun


def test_a_folder_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenPromise, match=r"no archive: manifest\.json cannot be read"):
        Archive(tmp_path, SIGNER.public_key)


def test_a_record_whose_schema_the_registry_lacks_stops_the_archive(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    with pytest.raises(BrokenPromise, match="an archive without it could not be read"):
        made(folder, [a_record(1, **{FINGERPRINT: "00"})])
    assert list(tmp_path.iterdir()) == []


def test_an_archive_is_not_written_over(archive: Path) -> None:
    with pytest.raises(ConsumerError, match="is there already"):
        made(archive, [a_record(1)])


def test_an_empty_topic_set_gives_an_archive_of_alerts_alone(tmp_path: Path) -> None:
    assert Archive(made(tmp_path / "archive", []), SIGNER.public_key).ends() == {}
