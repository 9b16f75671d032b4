"""How fast a replay is, beside only reading and decoding the same records in the same run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from consumers.replay.replaying import Scope
from consumers.replay.run import Replay
from consumers.settings import AuditorSettings
from joinedup.commands.bench_result import Values
from joinedup.commands.replay_sources import Sources, from_kafka
from journey.transition import Transition

EVERYTHING = Scope()
SEVEN_YEARS = 2_500_000
"""Events of an average authority."""


@dataclass(frozen=True, kw_only=True)
class ReplayRate:
    """Records of journeys, and the seconds to read and decode them, and to replay them.

    cpu: processor seconds of the replay, of this process and its children.
    """

    records: int
    decoded: float
    replayed: float
    cpu: float

    @property
    def ratio(self) -> float:
        """How many times as long a replay takes as reading and decoding alone."""
        return self.replayed / self.decoded

    def values(self) -> Values:
        """Return what belongs into the one object of the benchmark.

        The seconds of 2.5 million events, an average authority's seven years, by this rate.
        """
        found = {
            "events_per_s_per_core": round(self.records / self.cpu),
            "ratio_to_decode": round(self.decoded / self.replayed, 3),
            "seconds_2_5m": round(SEVEN_YEARS * self.replayed / self.records),
        }
        return {"replay": found}

    def more(self) -> Values:
        """Return what else was measured, for a machine to read."""
        return {
            "records": self.records,
            "replay_per_second": round(self.records / self.replayed),
            "decode_per_second": round(self.records / self.decoded),
        }

    def text(self) -> str:
        """Return it in a line."""
        return (
            f"replay: {self.records / self.replayed:.0f} records/s of {self.records}, "
            f"{self.ratio:.2f} times as long as only reading and decoding them "
            f"({self.records / self.decoded:.0f} records/s)"
        )


def replay_rate(environment: Mapping[str, str]) -> ReplayRate:
    """Measure on the topic set of this environment, an auditor's; both begin with nothing known."""
    values = {name.removeprefix("JOINEDUP_").lower(): one for name, one in environment.items()}
    settings = AuditorSettings.model_validate(values)
    records, decoded = _timed(settings, _decode)
    spent = _spent()
    _, replayed = _timed(settings, _replay)
    cpu = _spent() - spent
    return ReplayRate(records=records, decoded=decoded, replayed=replayed, cpu=cpu)


def _spent() -> float:
    return sum(os.times()[:4])


def _timed(settings: AuditorSettings, work: Callable[[Sources], int]) -> tuple[int, float]:
    with from_kafka(settings) as sources:
        began = time.monotonic()
        records = work(sources)
        return records, time.monotonic() - began


def _decode(sources: Sources) -> int:
    return sum(
        len(inputs)
        for partition, until in sources.journeys.ends().items()
        for inputs in sources.reader.inputs(partition, until, EVERYTHING)
    )


def _replay(sources: Sources) -> int:
    work = Replay(sources.journeys, sources.reader, EVERYTHING, _Nobody())
    return work.run(work.extents(None)).counts.read


class _Nobody:
    """Watches nothing."""

    def told(self, partition: int, transition: Transition) -> None:
        """Let it pass."""

    def moved(self, records: int) -> None:
        """Let it pass."""

    def is_shown(self, transition: Transition) -> bool:
        """Ask for no facts."""
        return False
