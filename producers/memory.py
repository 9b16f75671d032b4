"""What a source's command line has sent: enough to go on after a kill, and to tell what changed.

It is a help to whoever publishes, never a condition: without it everything is sent again, which
changes nothing. It holds keyed hashes and no value of any record.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from producers.event import Event
from producers.results import Accepted

_HASH_BYTES = 16
_RUNS_KEPT = 20
"""Interrupted runs of other files that may still be gone on with."""
_DELIVERY = frozenset(("event_id", "recorded_at", "revision", "batch", "scope"))
"""What says when and how a record was sent, not what it says."""
_TABLES = """
CREATE TABLE IF NOT EXISTS run (
  number INTEGER PRIMARY KEY,
  delivery BLOB NOT NULL,
  extracted_at TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  finished INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS record (
  record BLOB PRIMARY KEY,
  revision INTEGER NOT NULL,
  content BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event (
  run INTEGER NOT NULL,
  event BLOB NOT NULL,
  content BLOB NOT NULL,
  topic TEXT NOT NULL,
  partition INTEGER NOT NULL,
  place INTEGER NOT NULL,
  PRIMARY KEY (run, event)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS declared (
  type TEXT PRIMARY KEY,
  run INTEGER NOT NULL
) WITHOUT ROWID;
"""


class MemoryInUse(Exception):
    """Another run of the same source is in progress; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Run:
    """One delivery of a set of files, begun and perhaps interrupted.

    extracted_at, recorded_at: the moments that its events carry, the same when it is gone on with.
    resumed: whether an earlier command began it.
    """

    number: int
    extracted_at: datetime
    recorded_at: datetime
    resumed: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """What is remembered of a record: how it compares, and where this very event stands."""

    state: str
    accepted: Accepted | None


NEW, UNCHANGED, CORRECTED = "new", "unchanged", "corrected"
OLDER, BEFORE = "older than what was sent", "sent before"


class Memory:
    """A file that remembers, for one source and local authority, what the broker took."""

    def __init__(self, file: Path, key: bytes) -> None:
        """Open the file, made where it is absent; raises MemoryInUse where another run has it.

        ``key`` is the source's: hashes under another key tell nothing, so nothing is known then.
        """
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        self._key = hashlib.blake2b(key, digest_size=32).digest()
        self._database = sqlite3.connect(file, isolation_level=None, timeout=0)
        self._run = 0
        try:
            # Exclusive from the first write on, so that two runs never mix.
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(_TABLES)
            self._database.execute("BEGIN EXCLUSIVE")
            self._database.execute("COMMIT")
        except sqlite3.OperationalError:
            self._database.close()
            raise MemoryInUse(
                f"Another run of this source is in progress, or {file} cannot be written: "
                "wait for it to end, or give --memory another folder."
            ) from None
        except sqlite3.DatabaseError:
            self._database.close()
            raise MemoryInUse(f"{file} is no memory of this command: remove it.") from None

    def __enter__(self) -> Self:
        """Return the memory."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Keep what was remembered, and close the file."""
        self.keep()
        self._database.close()

    def begin(
        self,
        files: Sequence[Path],
        options: Sequence[str],
        extracted_at: datetime | None,
        now: datetime,
        *,
        afresh: bool = False,
    ) -> Run:
        """Return the run of these files: the one that was interrupted, else a new one.

        With ``extracted_at`` only a run of that very moment is gone on with; else a new one's
        is ``now``.
        """
        delivery = self._hash(*options, *(f"{path.name} {_digest(path)}" for path in files))
        found = self._interrupted(delivery)
        if found and not afresh and extracted_at in (None, found.extracted_at):
            self._run = found.number
            return found
        self._close("delivery = ?", delivery)
        moment = extracted_at or now
        cursor = self._database.execute(
            "INSERT INTO run (delivery, extracted_at, recorded_at) VALUES (?, ?, ?)",
            (delivery, moment.isoformat(), now.isoformat()),
        )
        self._run = int(cursor.lastrowid or 0)
        self._close("number <= ?", self._run - _RUNS_KEPT)
        return Run(self._run, moment, now, resumed=False)

    def declare(self, types: Iterable[str]) -> frozenset[str]:
        """Return these event types and all that earlier runs declared: what the source sends.

        A run that is gone on with declares what it declared when it began.
        """
        self._database.executemany(
            "INSERT OR IGNORE INTO declared VALUES (?, ?)", ((one, self._run) for one in types)
        )
        found = self._database.execute("SELECT type FROM declared WHERE run <= ?", (self._run,))
        return frozenset(one for (one,) in found)

    def look_up(self, event: Event) -> Sent:
        """Return how the event compares with what was sent before of its record."""
        content = self._content(event)
        row = self._database.execute(
            "SELECT content, topic, partition, place FROM event WHERE run = ? AND event = ?",
            (self._run, self._hash(event.event_id)),
        ).fetchone()
        if row is not None and row[0] == content:
            return Sent(BEFORE, Accepted(row[1], row[2], row[3], event.event_id))
        row = self._database.execute(
            "SELECT content, revision FROM record WHERE record = ?", (self._record(event),)
        ).fetchone()
        if row is None:
            return Sent(NEW, None)
        if row[0] == content:
            return Sent(UNCHANGED, None)
        return Sent(CORRECTED if event.record["revision"] >= row[1] else OLDER, None)

    def remember(self, event: Event, accepted: Accepted) -> None:
        """Note that the broker has the event; it is kept for good with the next ``keep``."""
        if not self._database.in_transaction:
            self._database.execute("BEGIN")
        content = self._content(event)
        self._database.execute(
            "INSERT OR REPLACE INTO event VALUES (?, ?, ?, ?, ?, ?)",
            (
                self._run,
                self._hash(event.event_id),
                content,
                accepted.topic,
                accepted.partition,
                accepted.offset,
            ),
        )
        self._database.execute(
            "INSERT INTO record VALUES (?, ?, ?) ON CONFLICT (record) DO UPDATE SET"
            " revision = excluded.revision, content = excluded.content"
            " WHERE excluded.revision >= revision",
            (self._record(event), event.record["revision"], content),
        )

    def keep(self) -> None:
        """Keep what was remembered since the last time."""
        if self._database.in_transaction:
            self._database.execute("COMMIT")

    def finish(self) -> None:
        """Note that the run is whole: the next one of the same files is a new one."""
        self.keep()
        self._close("number = ?", self._run)

    def _close(self, which: str, value: int | bytes) -> None:
        runs = f"SELECT number FROM run WHERE {which}"
        self._database.execute(f"DELETE FROM event WHERE run IN ({runs})", (value,))
        self._database.execute(f"UPDATE run SET finished = 1 WHERE {which}", (value,))

    def _interrupted(self, delivery: bytes) -> Run | None:
        row = self._database.execute(
            "SELECT number, extracted_at, recorded_at FROM run"
            " WHERE delivery = ? AND NOT finished ORDER BY number DESC LIMIT 1",
            (delivery,),
        ).fetchone()
        if row is None:
            return None
        extracted_at, recorded_at = (datetime.fromisoformat(one).astimezone(UTC) for one in row[1:])
        return Run(row[0], extracted_at, recorded_at, resumed=True)

    def _record(self, event: Event) -> bytes:
        return self._hash(event.type, str(event.record["source_record_id"]))

    def _content(self, event: Event) -> bytes:
        said: Mapping[str, Any] = event.record
        return self._hash(
            event.type, *(f"{name} {said[name]!r}" for name in sorted(said.keys() - _DELIVERY))
        )

    def _hash(self, *parts: str) -> bytes:
        text = "\x1f".join(parts).encode("utf-8", "backslashreplace")
        return hashlib.blake2b(text, digest_size=_HASH_BYTES, key=self._key).digest()


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def memory_file(folder: Path, la: str, organisation: str, system: str, topics: str) -> Path:
    """Return the file of one source and authority on one topic set (its broker and prefix)."""
    place = hashlib.sha256(topics.encode()).hexdigest()[:8]
    return folder / f"{la}-{organisation}-{system}-{place}.sqlite"
