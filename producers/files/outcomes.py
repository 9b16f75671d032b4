"""What becomes of a row of a file: an event, a refusal, a note, or a reason why it is not used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

from producers.event import LONDON, Event, Identifier, Source, milliseconds, new_event


@dataclass(frozen=True, slots=True)
class Row:
    """Where a row stands: the file's name, and its line or position (0: the file as a whole)."""

    file: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    """The row said something that is an event."""

    row: Row
    event: Event


@dataclass(frozen=True, slots=True)
class Refused:
    """The row, or a part of it, cannot be an event; the reason holds no value of the row."""

    row: Row
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """These rows are in order, and say nothing that this platform takes."""

    row: Row
    reason: str
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Noted:
    """The row's event goes without this value, or with a doubt about it."""

    row: Row
    field: str
    reason: str


Outcome: TypeAlias = Made | Refused | Skipped | Noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a file does not say itself.

    extracted_at: when the source wrote the files; later days in them are refused.
    recorded_at: when they are read, evidence only.
    opaque_upn: keep pupil numbers that are no UPN as the school system's own ids.
    """

    local_authority: str
    source: Source
    extracted_at: datetime
    recorded_at: datetime
    batch: str | None = None
    scope: str | None = None
    opaque_upn: bool = False

    @property
    def extract_day(self) -> date:
        """The day of the extract in England."""
        return self.extracted_at.astimezone(LONDON).date()

    @property
    def revision(self) -> int:
        """The extract moment in ms: the revision of every row that has no version of its own."""
        return milliseconds(self.extracted_at)

    def event(
        self,
        type_name: str,
        record_id: str,
        identifiers: Sequence[Identifier],
        *,
        revision: int | None = None,
        date_of_birth: date | None = None,
        retracted: bool = False,
        **payload: Any,
    ) -> Event:
        """Return an event of this source, authority and batch."""
        return new_event(
            type_name,
            local_authority=self.local_authority,
            source=self.source,
            source_record_id=record_id,
            revision=self.revision if revision is None else revision,
            recorded_at=self.recorded_at,
            identifiers=identifiers,
            date_of_birth=date_of_birth,
            retracted=retracted,
            batch=self.batch,
            scope=self.scope,
            **payload,
        )


Reader: TypeAlias = Callable[[Sequence[Path], Context], Iterator[Outcome]]


class Unreadable(Exception):
    """The files cannot be read as this format at all; the sentence says what to do."""


class BadValue(ValueError):
    """One value of a row is not what its field takes; args are the field and the reason."""

    def __init__(self, field: str, reason: str) -> None:
        """Keep the field's name and the reason, never the value."""
        super().__init__(field, reason)
        self.field = field
        self.reason = reason

    def at(self, row: Row) -> Refused:
        """Return the refusal of this row for this value."""
        return Refused(row, self.field, self.reason)
