"""An archive opened: its journeys to replay, its schemas, and its alerts to compare with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from consumers.archive.alerts import told
from consumers.archive.manifest import ALERTS, JOURNEYS, check_files, read_manifest
from consumers.archive.records import Record, read_records
from consumers.join.inputs import Raw
from consumers.replay.comparing import Difference, Reached, Told
from schemas.codec import Codec
from schemas.registry import UnknownSchema
from schemas.topics import partition_of


class Archive:
    """An archive whose every byte is as it was signed (the port ``replay.journeys.Journeys``)."""

    def __init__(self, folder: Path, public_key: bytes) -> None:
        """Check the archive whole; raises BrokenPromise that names what is not as it was signed."""
        self._folder = folder
        self.manifest = read_manifest(folder, public_key)
        check_files(folder, self.manifest.files)
        self._files = {(one.topic, one.partition): one for one in self.manifest.files}

    def partition_of(self, la: str) -> int:
        """Return the partition of a local authority."""
        return partition_of(la, self.manifest.partitions)

    def ends(self) -> Mapping[int, int]:
        """Return the offset after the last record of each partition of journeys."""
        return {p: one.next_offset for (t, p), one in self._files.items() if t == JOURNEYS}

    def batches(self, partition: int, until: int) -> Iterator[list[Raw]]:
        """Yield the partition's records below this offset, in order."""
        for records in self.records(JOURNEYS, partition):
            yield [Raw(one.offset, one.headers, one.value) for one in records if one.offset < until]

    def records(self, topic: str, partition: int) -> Iterator[list[Record]]:
        """Yield a partition's records, in order; none where the archive has no such partition."""
        one = self._files.get((topic, partition))
        if one is not None:
            yield from read_records(self._folder / one.name)

    # The port schemas.registry.SchemaIds

    def id_of(self, full_name: str) -> int:
        """Raise UnknownSchema: nothing is written with an archive."""
        raise UnknownSchema(f"An archive gives no number to {full_name}: it is only read.")

    def schema_of(self, schema_id: int) -> dict[str, Any]:
        """Return the schema of this number; raises UnknownSchema."""
        schema: dict[str, Any] | None = self.manifest.schemas.get(str(schema_id))
        if schema is None:
            raise UnknownSchema(f"The archive has no schema {schema_id}.")
        return schema


class ArchivedAlerts:
    """The archived alerts, to hold a replay of the archive against (the port ``replay.run.Kept``).

    They were published a moment after they were told: the last ones may not be among them.
    """

    may_lag = True
    keeps_erased = True

    def __init__(self, archive: Archive) -> None:
        """Take the archive."""
        self._archive = archive
        self._codec = Codec(archive)

    def reached(self) -> Mapping[int, Reached]:
        """Return the ends of the archived journeys."""
        return {
            partition: Reached(next_offset=end, sequence=0)
            for partition, end in self._archive.ends().items()
        }

    def transitions(self, partition: int, last: int, la: str | None) -> Iterator[Told]:
        """Yield the partition's archived transitions, of one authority or of all."""
        for records in self._archive.records(ALERTS, partition):
            for one in (told(record, self._codec) for record in records):
                if la in (None, one.la):
                    yield one

    def shown_otherwise(self, la: str | None) -> list[Difference]:
        """Return nothing: an archive shows nobody current alerts."""
        return []
