"""Faults of a live topic set: today's placements go on while something breaks.

Every second placement names no commissioner, which is an alert at once; the others are none.
"""

from __future__ import annotations

import secrets
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from stack import LocalStack
from stack.layout import KAFKA, POSTGRESQL
from tests.faults.account import account_of
from tests.faults.breaking import AWAY_SECONDS, away, kill, proxied, stop, wait
from tests.faults.pipeline import STREAMS, Pipeline
from tests.faults.proxy import Proxy
from tests.faults.run import Fault, Outcome, until_each_goes_on
from tests.integration.process import CLOCK_FILE

DUTY = "AP_COMMISSIONER_UNCLEAR"
RATE = 25
YEAR_MS = 365 * 86_400_000
LAG_SECONDS = 8.0
BETWEEN_SECONDS = 1.0
SLOW_SECONDS = 0.3


def run_live(stack: LocalStack, folder: Path, fault: Fault, placements: int) -> Outcome:
    """Publish so many placements while everything runs and the fault comes, and take stock."""
    pipeline = Pipeline(stack, f"l{secrets.token_hex(4)}", folder, simulated=False)
    try:
        pipeline.prepare()
        with fault.around(pipeline):
            recovered = _placements_under(fault, pipeline, placements)
            account = account_of(pipeline)
        opened = _opened(pipeline)
        wanted = {f"probe-{number}" for number in range(0, placements, 2)}
        return Outcome(
            name=f"live: {fault.name}",
            account=account,
            recovered=recovered,
            missed=max(0, len(wanted) - opened),
            false=pipeline.told_count - min(opened, len(wanted)),
            restarts=pipeline.restarts,
            unclear=pipeline.unclear,
        )
    finally:
        pipeline.erase()


def live_faults() -> Iterator[Fault]:
    """Yield what befalls a platform in use."""
    for name, service in (("Kafka", KAFKA), ("PostgreSQL", POSTGRESQL)):
        yield Fault(name=f"{name} restarted", during=partial(away, end=stop, service=service))
        yield Fault(name=f"{name} killed", during=partial(away, end=kill, service=service))
    yield Fault(
        name="Kafka away for a minute",
        during=partial(away, end=kill, service=KAFKA, seconds=60.0),
    )
    yield Fault(name="publisher killed", during=_publisher_killed)
    for process in ("publisher", *STREAMS):
        yield _way(process, KAFKA)
    for process in STREAMS:
        yield _way(process, POSTGRESQL)
    for where, offset in (("ahead", YEAR_MS), ("behind", -YEAR_MS)):
        yield Fault(
            name=f"intake's clock a year {where}",
            around=_clock_in_hand,
            during=partial(_jump, offset=offset),
        )
    for process in STREAMS:
        yield Fault(name=f"{process} away", during=partial(_stopped, processes=[process]))
    yield Fault(name="intake, join and relay away", during=partial(_stopped, processes=STREAMS))


def _placements_under(fault: Fault, pipeline: Pipeline, placements: int) -> float:
    for process in STREAMS:
        pipeline.told.setdefault(process, {})["JOINEDUP_IDLE_TICK_SECONDS"] = "1"
        pipeline.start(process)
    fault.before(pipeline)
    pipeline.start("publisher", "probes", "0", str(placements), str(RATE))
    pipeline.until(lambda: pipeline.published > placements // 10, "the first alerts")
    fault.during(pipeline)

    def is_told() -> bool:
        return pipeline.has_finished("publisher") and _is_settled(pipeline, placements)

    recovered = until_each_goes_on(pipeline, is_told)
    pipeline.until(is_told, "all placements to be accepted, and their alerts to be published")
    pipeline.end_all()
    return recovered


def _is_settled(pipeline: Pipeline, placements: int) -> bool:
    return 0 < pipeline.told_count == pipeline.published and (
        _opened(pipeline) >= (placements + 1) // 2
    )


def _opened(pipeline: Pipeline) -> int:
    return pipeline.number(f"SELECT count(*) FROM alerts WHERE duty = '{DUTY}' AND status = 'OPEN'")


def _publisher_killed(pipeline: Pipeline) -> None:
    pipeline.signal("publisher", signal.SIGKILL)


@contextmanager
def _clock_in_hand(pipeline: Pipeline) -> Iterator[None]:
    file = pipeline.folder / "clock"
    file.write_text("0")
    pipeline.told.setdefault("intake", {})[CLOCK_FILE] = str(file)
    yield


def _jump(pipeline: Pipeline, *, offset: int) -> None:
    file = pipeline.folder / "clock"
    _replace(file, str(offset))
    wait(pipeline, AWAY_SECONDS)
    _replace(file, "0")


def _replace(file: Path, text: str) -> None:
    partial_file = file.with_suffix(".part")
    partial_file.write_text(text)
    partial_file.replace(file)


def _stopped(pipeline: Pipeline, *, processes: Sequence[str]) -> None:
    for process in processes:
        pipeline.end(process)
    wait(pipeline, LAG_SECONDS)
    for process in processes:
        pipeline.start(process)


def _way(process: str, service: str) -> Fault:
    """Return that the way from a process to a service is cut, then silent, then slow."""
    held: list[Proxy] = []

    @contextmanager
    def around(pipeline: Pipeline) -> Iterator[None]:
        with proxied(pipeline, process, service) as proxy:
            held[:] = [proxy]
            yield

    def during(pipeline: Pipeline) -> None:
        for break_it in (Proxy.cut, Proxy.hold, _slow):
            break_it(held[0])
            wait(pipeline, AWAY_SECONDS)
            held[0].mend()
            wait(pipeline, BETWEEN_SECONDS)

    return Fault(name=f"{process} to {service} cut, silent, slow", around=around, during=during)


def _slow(proxy: Proxy) -> None:
    proxy.delay(SLOW_SECONDS)
