"""What became of an event that was to be published: a value, never an exception."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from schemas.validation import Problem


@dataclass(frozen=True, slots=True)
class Accepted:
    """The broker has the event, on all its replicas."""

    topic: str
    partition: int
    offset: int
    event_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The event breaks the contract and was not sent: which fields, and what was expected."""

    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        """Return the problems as one sentence."""
        return "; ".join(f"{one.field}: expected {one.expected}" for one in self.problems)


@dataclass(frozen=True, slots=True)
class Undelivered:
    """The broker did not confirm the event within the bound; publishing it again is safe."""

    reason: str

    def __str__(self) -> str:
        """Return the reason."""
        return self.reason


@dataclass(frozen=True, slots=True)
class Valid:
    """The event keeps the contract; it was a rehearsal, and nothing was sent."""

    event_id: str


Result: TypeAlias = Accepted | Valid | Rejected | Undelivered
