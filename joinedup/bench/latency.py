"""How soon an alert stands in PostgreSQL after its event was published, while others come in."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Thread

import psycopg

from consumers.store.alerts import CHANNEL
from consumers.tokens import Tokens
from joinedup.bench.background import Background, background
from joinedup.bench.result import Told, percentiles
from joinedup.bench.run import Bench, require, unclear
from journey.telling import alert_id
from producers.event import Event
from producers.publisher import Publisher
from producers.simulate import LA

RATES = (100, 1_000, 5_000)
"""Events a second of background load."""
_WARMING_EVENTS = 2_000
"""Published and joined before all else, so that every process has met most types once."""
_WARMING_RATE = 500
_SECONDS_TO_KEEP_UP = 10.0
_LOOK_SECONDS = 0.1
_BEHIND_SECONDS = 0.5
"""Who is no further behind than what comes in so long takes as much as is published."""
_LEAST_SECONDS = 1.0
_PROBES_A_SECOND = 10
_DUTY = "AP_COMMISSIONER_UNCLEAR"
_SECONDS_TO_TELL = 300
_HAD = 0.95
"""From this share of a rate on it counts as had."""

_TOLD = "SELECT sequence, alert_id::text FROM alert_transitions WHERE sequence > %s AND la = %s"


@dataclass(frozen=True, kw_only=True)
class LatencyAt:
    """Seconds from publish to committed alert under a load.

    rate: events a second that were asked for; published, joined: those that were had meanwhile.
    """

    rate: int
    published: float
    joined: float
    seconds: Sequence[float]

    def values(self) -> dict[str, float]:
        """Return the percentiles in ms."""
        return percentiles([one * 1000 for one in self.seconds], p50=50, p99=99, p999=99.9)

    def more(self) -> dict[str, float]:
        """Return what else was measured, for a machine to read."""
        rates = {"published_per_s": round(self.published), "joined_per_s": round(self.joined)}
        return {"rate": self.rate, **rates, "alerts": len(self.seconds), **self.values()}

    def text(self) -> str:
        """Return it in a line."""
        found = self.values()
        had = min(self.published, self.joined)
        lack = "" if had >= _HAD * self.rate else "; the rate could not be had, and events queued"
        return (
            f"publish to alert at {self.rate:,} events/s: p50 {found['p50']:.0f} ms, p99 "
            f"{found['p99']:.0f} ms, p99.9 {found['p999']:.0f} ms over {len(self.seconds)} alerts "
            f"({self.published:,.0f} published and {self.joined:,.0f} joined each second{lack})"
        )


def told_of(found: Sequence[LatencyAt]) -> Told:
    """Return what the benchmark says of these."""
    values = {"latency_ms": {str(one.rate): one.values() for one in found}}
    return Told(
        values, "\n".join(one.text() for one in found), {"latency": [one.more() for one in found]}
    )


def latencies(run: Bench, superuser: str, seconds: float) -> Iterator[LatencyAt]:
    """Yield how soon alerts are told at each rate, measured for so many seconds.

    superuser: libpq address of the run's store. An alert counts when PostgreSQL says that the
    transaction with it is committed, as the relay hears of it.
    """
    events = round(sum(RATES) * (seconds + _SECONDS_TO_KEEP_UP + _LEAST_SECONDS))
    environment = run.environment("publisher")
    with (
        background(environment, 2 * _WARMING_EVENTS + events) as others,
        run.publisher() as publisher,
    ):
        probes = _Probes(run, publisher)
        _warm(run, others, probes)
        for rate in RATES:
            with Watch(superuser) as watch:
                yield _at(run, others, probes, watch, rate, seconds)


def _at(
    run: Bench, others: Background, probes: _Probes, watch: Watch, rate: int, seconds: float
) -> LatencyAt:
    before = run.joined()
    others.begin(rate)
    _until_kept_up(run, rate)
    joined, began = run.joined(), time.monotonic()
    sent = probes.publish(seconds)
    joined, passed = run.joined() - joined, time.monotonic() - began
    paced = others.end()
    run.until(lambda: watch.told.keys() >= sent.keys(), _SECONDS_TO_TELL, "the last alerts", 0.05)
    took = [watch.told[name] - at for name, at in sent.items()]
    run.until_joined(before + paced.accepted + len(sent))
    return LatencyAt(
        rate=rate,
        published=paced.accepted / paced.seconds,
        joined=joined / passed,
        seconds=took,
    )


def _warm(run: Bench, others: Background, probes: _Probes) -> None:
    """Let every process meet most types once, and the publisher of the probes connect."""
    before = run.joined()
    others.begin(_WARMING_RATE)
    sent = probes.publish(1 / _PROBES_A_SECOND)
    run.until_joined(before + _WARMING_EVENTS)
    paced = others.end()
    run.until_joined(before + paced.accepted + len(sent))


def _until_kept_up(run: Bench, rate: int) -> None:
    """Wait until the join takes as much as is published, or for a while where it never does."""
    before, began = run.joined(), time.monotonic()
    while (passed := time.monotonic() - began) < _SECONDS_TO_KEEP_UP:
        if keeps_up(run.joined() - before, rate, passed):
            return
        time.sleep(_LOOK_SECONDS)


def keeps_up(joined: int, rate: int, passed: float) -> bool:
    """Return whether so many joined are nearly all of what was published in so many seconds."""
    return passed >= _LEAST_SECONDS and joined >= rate * (passed - _BEHIND_SECONDS)


class _Probes:
    """Placements that each lead to one alert, whose id is known beforehand."""

    def __init__(self, run: Bench, publisher: Publisher) -> None:
        self._publisher = publisher
        self._tokens = Tokens(bytes.fromhex(run.environment("join")["JOINEDUP_PSEUDONYM_KEY"]))
        self._yesterday = datetime.now(UTC) - timedelta(days=1)
        self._chance = Random(1)
        self._number = 1_000_000

    def publish(self, seconds: float) -> dict[str, float]:
        """Publish some each second, at odd moments; return when each was, by its alert's id."""
        sent: dict[str, float] = {}
        began = time.monotonic()
        for n in range(round(seconds * _PROBES_A_SECOND)):
            at = (n + self._chance.random()) / _PROBES_A_SECOND
            time.sleep(max(0.0, began + at - time.monotonic()))
            self._number += 1
            event = unclear(self._number, self._yesterday)
            sent[self._alert(event)] = time.monotonic()
            self._publisher.send(event)
            require(self._publisher.results_so_far())
        require(self._publisher.results())
        return sent

    def _alert(self, event: Event) -> str:
        source, name = event.record["source"], event.record["source_record_id"]
        record = self._tokens.record(LA, source["organisation"], source["system"], name)
        return alert_id(_DUTY, record, "")


class Watch:
    """Notes when each alert's first transition was committed, while the block runs."""

    def __init__(self, superuser: str) -> None:
        """Take the libpq address of the store; ``told`` has moments of a monotonic clock."""
        self.told: dict[str, float] = {}
        self._connection = psycopg.connect(superuser, autocommit=True)
        self._thread = Thread(target=self._listen, daemon=True)
        self._ends = False

    def __enter__(self) -> Watch:
        """Begin to listen."""
        row = self._connection.execute("SELECT max(sequence) FROM alert_transitions").fetchone()
        self._sequence = (row and row[0]) or 0
        self._connection.execute(f"LISTEN {CHANNEL}".encode())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self._ends = True
        self._thread.join()
        self._connection.close()

    def _listen(self) -> None:
        while not self._ends:
            # A list, as the connection is taken until the last of them is asked for.
            if list(self._connection.notifies(timeout=0.2, stop_after=1)):
                self._look(time.monotonic())

    def _look(self, now: float) -> None:
        for sequence, name in self._connection.execute(_TOLD, [self._sequence, LA]):
            self._sequence = max(self._sequence, sequence)
            self.told.setdefault(name, now)
