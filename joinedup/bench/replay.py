"""How fast a replay is, beside only reading and decoding the same records in the same run."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from consumers.join.inputs import Input
from consumers.replay.replaying import Beforehand, Scope
from consumers.replay.run import Reading, Replay
from consumers.settings import AuditorSettings
from joinedup.bench.result import Values
from joinedup.commands.replay_sources import Origin, Sources
from journey.transition import Transition

EVERYTHING = Scope()
SEVEN_YEARS = 2_500_000
"""Events of an average authority."""


class Spent(NamedTuple):
    """What something took: seconds by the clock, and processor seconds of this process."""

    seconds: float
    cpu: float


@dataclass(frozen=True, kw_only=True)
class ReplayRate:
    """Records of journeys, and what it took to read and decode them, and to replay them.

    together: seconds of a replay by two processes, as ``joinedup replay`` does it, from the first
    records that the second one gave. started: seconds until it gave them.
    """

    records: int
    decoded: Spent
    replayed: Spent
    together: float
    started: float

    @property
    def ratio(self) -> float:
        """What a core replays in a second, of what it reads and decodes in one."""
        return self.decoded.cpu / self.replayed.cpu

    def values(self) -> Values:
        """Return what belongs into the one object of the benchmark.

        The seconds of 2.5 million events, an average authority's seven years, by this rate.
        """
        found = {
            "events_per_s_per_core": round(self.records / self.replayed.cpu),
            "ratio_to_decode": round(self.ratio, 3),
            "seconds_2_5m": round(SEVEN_YEARS * self.together / self.records),
        }
        return {"replay": found}

    def more(self) -> Values:
        """Return what else was measured, for a machine to read."""
        return {
            "records": self.records,
            "replay_per_second": round(self.records / self.together),
            "decode_per_second": round(self.records / self.decoded.seconds),
            "replay_cpu_us": round(self.replayed.cpu / self.records * 1e6, 1),
            "decode_cpu_us": round(self.decoded.cpu / self.records * 1e6, 1),
            "replay_started_s": round(self.started, 2),
        }

    def text(self) -> str:
        """Return it in a line."""
        return (
            f"replay: {self.records / self.together:.0f} records/s of {self.records} by two"
            f" processes, which take {self.started:.1f} s to start; one replays"
            f" {self.records / self.replayed.cpu:.0f} a processor second,"
            f" {self.ratio:.2f} of what it only reads and decodes"
            f" ({self.records / self.decoded.cpu:.0f})"
        )


def replay_rate(environment: Mapping[str, str]) -> ReplayRate:
    """Measure on the topic set of this environment, an auditor's; both begin with nothing known."""
    values = {name.removeprefix("JOINEDUP_").lower(): one for name, one in environment.items()}
    settings = AuditorSettings.model_validate(values)
    origin = Origin(settings)
    records, decoded = _timed(origin, _decode)
    _, replayed = _timed(origin, _replay)
    started, together = _ahead(origin)
    return ReplayRate(
        records=records, decoded=decoded, replayed=replayed, together=together, started=started
    )


def _timed(origin: Origin, work: Callable[[Origin, Sources], int]) -> tuple[int, Spent]:
    with origin.opened() as sources:
        began, cpu = time.monotonic(), _cpu()
        records = work(origin, sources)
        return records, Spent(time.monotonic() - began, _cpu() - cpu)


def _cpu() -> float:
    return time.process_time()


def _decode(origin: Origin, sources: Sources) -> int:
    return sum(
        len(inputs)
        for partition, until in sources.journeys.ends().items()
        for inputs in sources.reader.inputs(partition, until, EVERYTHING)
    )


def _replay(origin: Origin, sources: Sources) -> int:
    return _replayed(sources, sources.reader)


def _ahead(origin: Origin) -> tuple[float, float]:
    """Return how long a replay by two processes took to start, and from then on."""
    with origin.opened() as sources:
        began = time.monotonic()
        with origin.ahead(sources) as reading:
            noted = _FirstNoted(reading)
            _replayed(sources, noted)
            ended = time.monotonic()
        return noted.first - began, ended - noted.first


def _replayed(sources: Sources, reading: Reading) -> int:
    work = Replay(sources.journeys, reading, EVERYTHING, _Nobody())
    return work.run(work.extents(None)).counts.read


class _FirstNoted:
    """Reads, and notes when the first records came."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.first = math.inf

    def beforehand(self, partition: int, la: str | None = None) -> Beforehand:
        return self._reading.beforehand(partition, la)

    def inputs(self, partition: int, until: int, scope: Scope) -> Iterator[list[Input]]:
        for inputs in self._reading.inputs(partition, until, scope):
            self.first = min(self.first, time.monotonic())
            yield inputs


class _Nobody:
    """Watches nothing."""

    def told(self, partition: int, transition: Transition) -> None:
        """Let it pass."""

    def moved(self, records: int) -> None:
        """Let it pass."""

    def is_shown(self, transition: Transition) -> bool:
        """Ask for no facts."""
        return False
