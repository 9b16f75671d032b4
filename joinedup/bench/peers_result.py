"""What a comparison came to: ours beside each other program, in the same run on the same events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

OURS = "ours"


class Seen(NamedTuple):
    """How many rows the timeline had at a moment; seconds of a clock that only goes on."""

    at: float
    rows: int


class Alert(NamedTuple):
    """An alert that is open, by what every program calls it."""

    child: str
    duty: str
    due: date


@dataclass(frozen=True, kw_only=True)
class Drained:
    """How one contestant worked off the events that stood on the topics when it was started.

    first, last: the first rows that were seen to be committed, and the last. began: when it was
    started. cpu: processor seconds between first and last, by process. alerts: those that are
    open at the end; None where they cannot be held against the others' (ours).
    """

    name: str
    began: float
    first: Seen
    last: Seen
    cpu: Mapping[str, float] = field(default_factory=dict)
    alerts: frozenset[Alert] | None = None

    @property
    def events_per_s(self) -> float:
        """Events each second, from the first committed rows to the last.

        From its start, where so few events were published that all were seen at once.
        """
        if self.last.rows == self.first.rows:
            return self.last.rows / (self.last.at - self.began)
        return self._counted / (self.last.at - self.first.at)

    @property
    def _counted(self) -> int:
        return self.last.rows - self.first.rows or self.last.rows

    @property
    def cpu_per_event(self) -> float:
        """Processor seconds of all processes together for each event."""
        return sum(self.cpu.values()) / self._counted

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "name": self.name,
            "rows": self.last.rows,
            "events_per_s": round(self.events_per_s),
            "seconds_from_start": round(self.last.at - self.began, 1),
            "cpu_us_per_event": round(self.cpu_per_event * 1e6),
            "cpu_seconds": {name: round(spent, 2) for name, spent in self.cpu.items()},
            "open_alerts": None if self.alerts is None else len(self.alerts),
        }

    def text(self) -> str:
        """Return it in a line."""
        spent = ", ".join(
            f"{name} {one / self._counted * 1e6:.0f}" for name, one in self.cpu.items()
        )
        return (
            f"{self.name}: {self.events_per_s:.0f} events/s, {self.last.rows} rows, "
            f"{self.last.at - self.began:.1f} s from its start; "
            f"processor time for each event, in µs: {self.cpu_per_event * 1e6:.0f} ({spent})"
        )


@dataclass(frozen=True, kw_only=True)
class Read:
    """Events read from the beginning, and the seconds and processor seconds that it took."""

    events: int
    seconds: float
    cpu: float | None = None

    @property
    def events_per_s(self) -> float:
        """Events each second."""
        return self.events / self.seconds


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All contestants of one run.

    copied: rows each second by plain COPY. replayed, reprocessed: our replay, and what Kafka
    Streams takes for the same; None where it was not measured.
    """

    ours: Drained
    peers: Sequence[Drained]
    copied: float
    replayed: Read | None = None
    reprocessed: Read | None = None

    @property
    def ratios(self) -> dict[str, float]:
        """Ours divided by the other's, above 1 is ahead."""
        others = {"copy": self.copied} | {one.name: one.events_per_s for one in self.peers}
        return {name: self.ours.events_per_s / rate for name, rate in others.items()}

    @property
    def ratio_to_kafka_streams(self) -> float | None:
        """Our replay's events each second, divided by those that Kafka Streams reprocesses."""
        if self.replayed is None or self.reprocessed is None:
            return None
        return self.replayed.events_per_s / self.reprocessed.events_per_s

    def unfair(self) -> list[str]:
        """Return in sentences what was not the same for all; empty where all was."""
        found = [
            f"{one.name} wrote {one.last.rows} rows, ours {self.ours.last.rows}"
            for one in self.peers
            if one.last.rows != self.ours.last.rows
        ]
        for one in self.peers[1:]:
            first = self.peers[0]
            differing = (first.alerts or frozenset()) ^ (one.alerts or frozenset())
            if differing:
                found.append(f"{len(differing)} alerts differ between {first.name} and {one.name}")
        return found

    def values(self) -> dict[str, Any]:
        """Return what belongs into the one object of the benchmark."""
        rounded = {name: round(one, 3) for name, one in self.ratios.items()}
        found: dict[str, Any] = {
            "publish_to_store": {
                "events_per_s": round(self.ours.events_per_s),
                "ratios": rounded,
            }
        }
        if self.ratio_to_kafka_streams is not None:
            found["replay"] = {"ratio_to_kafka_streams": round(self.ratio_to_kafka_streams, 3)}
        return found

    def more(self) -> dict[str, Any]:
        """Return what else was measured, for a machine to read."""
        return {
            "contestants": [one.as_dict() for one in (self.ours, *self.peers)],
            "copy_per_second": round(self.copied),
            "differences": self.unfair(),
        }

    def text(self) -> str:
        """Return all of it for a person to read."""
        ratios = ", ".join(f"{name} {one:.2f}" for name, one in self.ratios.items())
        lines = [one.text() for one in (self.ours, *self.peers)]
        lines.append(f"plain COPY of the same rows: {self.copied:.0f} rows/s")
        lines.append(f"ours divided by the other's: {ratios}")
        if self.replayed is not None and self.reprocessed is not None:
            lines.append(
                f"replay: ours {self.replayed.events_per_s:.0f} events/s, Kafka Streams "
                f"{self.reprocessed.events_per_s:.0f}: {self.ratio_to_kafka_streams:.2f}"
            )
        lines.append(self._fairness())
        return "\n".join(lines)

    def _fairness(self) -> str:
        unfair = self.unfair()
        if unfair:
            return f"NOT THE SAME WORK: {'; '.join(unfair)}"
        known = next((one.alerts for one in self.peers if one.alerts is not None), frozenset())
        return (
            f"the same work: {self.ours.last.rows} timeline rows of each, and the other programs' "
            f"{len(known)} open alerts are the same"
        )
