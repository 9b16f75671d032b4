"""The account of a file set: every row, what became of it, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from producers.files.outcomes import Made, Noted, Outcome, Refused, Row, Skipped
from producers.results import Accepted, Rejected, Result, Undelivered, Valid

MAX_LISTED = 100_000
"""Refusals listed one by one; beyond that they are only counted."""
_READ, _MADE, _REFUSED, _SKIPPED = 1, 2, 4, 8


@dataclass(slots=True)
class Tally:
    """Counts of rows and events, and each refusal; no value of any row is in it.

    accepted: events by type. refused, skipped, noted: how often by field and reason.
    listed: (file, row, field, reason) of each refusal.
    compared: how the accepted events compare with what was sent before of their records.
    undelivered: why the first event that did not arrive did not, or None.
    """

    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    noted: Counter[tuple[str, str]] = field(default_factory=Counter)
    listed: list[tuple[str, int, str, str]] = field(default_factory=list)
    compared: Counter[str] = field(default_factory=Counter)
    undelivered: str | None = None
    undelivered_events: int = 0
    completed: bool = False
    _rows: dict[str, bytearray] = field(default_factory=dict, repr=False)
    _unread: int = 0

    def outcome(self, outcome: Outcome) -> None:
        """Count what was read of a row."""
        if isinstance(outcome, Refused):
            self._refuse(outcome.row, outcome.field, outcome.reason)
        elif isinstance(outcome, Skipped):
            self.skipped[outcome.reason] += outcome.rows
            self._skip(outcome)
        elif isinstance(outcome, Noted):
            self.noted[outcome.field, outcome.reason] += 1
        else:
            self._mark(outcome.row, _MADE)

    def result(self, made: Made, result: Result) -> None:
        """Count what became of an event."""
        if isinstance(result, (Accepted, Valid)):
            self.accepted[made.event.type] += 1
        elif isinstance(result, Rejected):
            for problem in result.problems:
                self._refuse(made.row, problem.field, f"expected {problem.expected}")
        else:
            self.stop(result)

    def stop(self, result: Undelivered) -> None:
        """Note an event that did not arrive; the first reason is kept."""
        self.undelivered = self.undelivered or result.reason
        self.undelivered_events += 1

    @property
    def all_accepted(self) -> bool:
        """Whether nothing was refused and everything arrived."""
        return self.completed and not self.refused and self.undelivered is None

    @property
    def events(self) -> int:
        """How many events were accepted."""
        return self.accepted.total()

    def rows(self) -> dict[str, int]:
        """Return how many rows were read, gave events, were refused (in part), were not used."""
        states: Counter[int] = Counter()
        for flags in self._rows.values():
            states.update(flags)
        del states[0]
        counted = {
            "read": states.total() + self._unread,
            "with_events": sum(n for flags, n in states.items() if flags & _MADE),
            "refused": sum(n for flags, n in states.items() if flags & _REFUSED),
            "not_used": self._unread,
        }
        counted["not_used"] += sum(n for f, n in states.items() if not f & (_MADE | _REFUSED))
        return counted

    def as_json(self) -> dict[str, Any]:
        """Return the account as plain values, for a report file."""
        return {
            "rows": self.rows(),
            "accepted": self.events,
            "accepted_by_type": dict(sorted(self.accepted.items())),
            "compared": dict(self.compared.most_common()),
            "refused": [
                {"field": name, "reason": reason, "count": count}
                for (name, reason), count in self.refused.most_common()
            ],
            "not_used": dict(self.skipped.most_common()),
            "noted": [
                {"field": name, "reason": reason, "count": count}
                for (name, reason), count in self.noted.most_common()
            ],
            "undelivered": self.undelivered_events,
            "undelivered_reason": self.undelivered,
            "batch_completed": self.completed,
            "all_accepted": self.all_accepted,
            "refusals": [
                {"file": file, "row": number, "field": name, "reason": reason}
                for file, number, name, reason in self.listed
            ],
        }

    def _refuse(self, row: Row, name: str, reason: str) -> None:
        self.refused[name, reason] += 1
        self._mark(row, _REFUSED)
        if len(self.listed) < MAX_LISTED:
            self.listed.append((row.file, row.number, name, reason))

    def _skip(self, skipped: Skipped) -> None:
        if skipped.row.number:
            self._mark(skipped.row, _SKIPPED)
        else:
            self._unread += skipped.rows

    def _mark(self, row: Row, flag: int) -> None:
        # One byte a row keeps the account of a file of millions small.
        flags = self._rows.setdefault(row.file, bytearray())
        if row.number >= len(flags):
            # By an eighth, so that one of millions of rows grows seldom and a small one is small.
            flags.extend(bytes(row.number + 1 + len(flags) // 8 - len(flags)))
        flags[row.number] |= _READ | flag
