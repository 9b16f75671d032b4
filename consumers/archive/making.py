"""Makes an archive of journeys and alerts: whole and signed, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec

from consumers.archive.alerts import told_by
from consumers.archive.manifest import (
    ALERTS,
    JOURNEYS,
    ArchivedFile,
    Manifest,
    sha256_of,
)
from consumers.archive.records import Record, write_records
from consumers.errors import BrokenPromise
from consumers.signed_folder import new_folder, write_manifest
from consumers.signing import Signer
from journey.duties import RULES_VERSION
from journey.transition import ENGINE_VERSION
from schemas.canonical import fingerprint_of
from schemas.codec import Codec
from schemas.topics import TopicSet

Watch = Callable[[int], None]


class Topic(Protocol):
    """A topic as it is read from Kafka."""

    def ends(self) -> Mapping[int, int]:
        """Return the offset after the last record of each partition that has any."""

    def records(self, partition: int, until: int) -> Iterator[list[Record]]:
        """Yield the partition's committed records below this offset, in order."""


class Making:
    """Archives one topic set."""

    def __init__(self, topics: TopicSet, schemas: Mapping[int, dict[str, Any]], codec: Codec):
        """Take every schema that the registry has, by its id, and the codec that reads them."""
        self._topics = topics
        self._schemas = schemas
        self._codec = codec
        self._known = {fingerprint_of(schema) for schema in schemas.values()}
        self._told_by: set[tuple[str, str]] = set()
        self._passed = 0

    def make(
        self, folder: Path, read: Mapping[str, Topic], signer: Signer, watch: Watch
    ) -> Manifest:
        """Write the archive into a folder that does not exist yet, and return its manifest.

        read: the topics, by their names in an archive. watch: takes how many records were written.
        Raises ConsumerError where the folder is there or cannot be made.
        """
        # Before a topic is looked at: what is erased while it is read has its proof behind the end.
        made_at = datetime.now(UTC)
        with new_folder(folder) as partial:
            files = [
                one
                for name in (JOURNEYS, ALERTS)
                for one in self._files(partial, name, read[name], watch)
            ]
            manifest = self._manifest(files, made_at)
            write_manifest(partial, manifest, signer)
        return manifest

    def _files(self, folder: Path, name: str, topic: Topic, watch: Watch) -> Iterator[ArchivedFile]:
        (folder / name).mkdir()
        for partition, until in sorted(topic.ends().items()):
            path = folder / name / f"{partition:05}.avro"
            counted = _Counted()
            write_records(path, self._seen(name, topic.records(partition, until), counted, watch))
            yield ArchivedFile(
                name=f"{name}/{path.name}",
                topic=name,
                partition=partition,
                records=counted.records,
                next_offset=until,
                kappa=counted.kappa or (0, 0),
                size=path.stat().st_size,
                sha256=sha256_of(path),
            )

    def _seen(
        self, name: str, batches: Iterator[list[Record]], counted: _Counted, watch: Watch
    ) -> Iterator[Record]:
        for batch in batches:
            for record in batch:
                self._look_at(name, record)
                counted.add(record)
                yield record
            self._passed += len(batch)
            watch(self._passed)

    def _look_at(self, name: str, record: Record) -> None:
        if name == ALERTS:
            self._told_by.add(told_by(record, self._codec))
            return
        fingerprint = dict(record.headers).get("schema-fp", b"").decode()
        if fingerprint and fingerprint not in self._known:
            raise BrokenPromise(
                f"The record {record.offset} of journeys was written with a schema that the"
                " registry does not have: an archive without it could not be read."
            )

    def _manifest(self, files: list[ArchivedFile], made_at: datetime) -> Manifest:
        return Manifest(
            made_at=made_at.isoformat(timespec="seconds"),
            prefix=self._topics.prefix,
            partitions=self._topics.partitions,
            engine=ENGINE_VERSION,
            rules=RULES_VERSION,
            told_by=tuple(sorted(self._told_by)),
            files=tuple(files),
            schemas={str(number): schema for number, schema in self._schemas.items()},
        )


class _Counted(msgspec.Struct):
    """What has gone into a file: how many records, and their first and last known time."""

    records: int = 0
    kappa: tuple[int, int] | None = None

    def add(self, record: Record) -> None:
        self.records += 1
        first = self.kappa[0] if self.kappa else record.timestamp
        self.kappa = (first, record.timestamp)
