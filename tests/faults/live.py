"""Faults of a live topic set: today's placements go on while something breaks.

Every second placement names no commissioner, which is an alert at once; the others are none.
Each alert is told to a system of its authority, and what was told is sealed and verified.
"""

from __future__ import annotations

import secrets
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from stack import LocalStack
from stack.layout import KAFKA, POSTGRESQL, REGISTRY
from tests.faults.account import account_of
from tests.faults.acted import acted, are_carried_out
from tests.faults.breaking import AWAY_SECONDS, away, kill, proxied, stop, wait
from tests.faults.hearing import Transition
from tests.faults.lead import ADDRESS, ANSWERS, PASSWORD
from tests.faults.matrix import replaced
from tests.faults.pipeline import STREAMS, TELLING, Pipeline
from tests.faults.proxy import HOST, Proxy
from tests.faults.publishing import CLIENT_ID, CLIENT_SECRET, GATEWAY
from tests.faults.run import Fault, Outcome, until_each_goes_on
from tests.faults.sealed import findings
from tests.integration.process import CLOCK_FILE
from tests.ports import free_ports

DUTY = "AP_COMMISSIONER_UNCLEAR"
RATE = 25
ACTS, ACTS_A_SECOND = 80, 4
YEAR_MS = 365 * 86_400_000
LAG_SECONDS = 8.0
BETWEEN_SECONDS = 1.0
SLOW_SECONDS = 0.3
LIVING = (*STREAMS, *TELLING)
POINTS = {
    "dashboard": (
        "before-look:10",
        "after-look:11",
        "before-produce:12",
        "after-acknowledgement:13",
    ),
    "gateway": ("before-produce:20", "after-produce:21", "after-acknowledgement:22"),
    "notifier": (
        "before-produce",
        "before-commit",
        "before-note",
        "after-note",
        "before-send",
        "after-send",
    ),
    "sealer": (
        "before-commit",
        "after-commit",
        "before-produce",
        "before-note",
        "after-note",
    ),
}
"""The steps of each process that only a live run has, and how often each is passed unharmed."""


def run_live(stack: LocalStack, folder: Path, fault: Fault, placements: int) -> Outcome:
    """Publish so many placements while everything runs and the fault comes, and take stock."""
    pipeline = Pipeline(stack, f"l{secrets.token_hex(4)}", folder, simulated=False)
    try:
        pipeline.prepare()
        with pipeline.hearing, fault.around(pipeline):
            recovered = _placements_under(fault, pipeline, placements)
            account = account_of(pipeline)
            heard = pipeline.hearing.heard(_transitions(pipeline))
            unsealed = len(findings(pipeline))
            did = acted(pipeline, _answers(pipeline)) if _has_leads(pipeline) else None
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
            heard=heard,
            unsealed=unsealed,
            acted=did,
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
    for process in ("publisher", *LIVING):
        yield _way(process, KAFKA)
    for process in LIVING:
        yield _way(process, POSTGRESQL)
    for process in ("publisher", *LIVING):
        yield _way(process, REGISTRY)
    yield _way_to_who_is_told()
    yield from (_killed(process) for process in TELLING)
    yield _through_gateway(_killed("gateway"))
    yield _at_a_desk(_killed("dashboard"))
    for service in (KAFKA, POSTGRESQL):
        yield _through_gateway(_way("gateway", service))
        yield _at_a_desk(_way("dashboard", service))
    yield _replaced("notifier", "before-commit:2")
    yield _replaced("sealer", "before-note:2")
    for where, offset in (("ahead", YEAR_MS), ("behind", -YEAR_MS)):
        yield Fault(
            name=f"intake's clock a year {where}",
            around=_clock_in_hand,
            during=partial(_jump, offset=offset),
        )
    for process in LIVING:
        yield Fault(name=f"{process} away", during=partial(_stopped, processes=[process]))
    yield Fault(name="all of them away", during=partial(_stopped, processes=LIVING))


def _placements_under(fault: Fault, pipeline: Pipeline, placements: int) -> float:
    pipeline.told.setdefault("intake", {})["JOINEDUP_IDLE_TICK_SECONDS"] = "1"
    pipeline.told.setdefault("sealer", {})["JOINEDUP_CHECKPOINT_SECONDS"] = "1"
    for process in LIVING:
        pipeline.start(process)
    fault.before(pipeline)
    how = "posts" if GATEWAY in pipeline.told.get("publisher", {}) else "probes"
    pipeline.start("publisher", how, "0", str(placements), str(RATE))
    pipeline.until(lambda: pipeline.published > placements // 10, "the first alerts")
    fault.during(pipeline)

    def is_told() -> bool:
        return (
            pipeline.has_finished("publisher")
            and _leads_are_done(pipeline)
            and _is_settled(pipeline, placements)
        )

    recovered = until_each_goes_on(pipeline, is_told, (*STREAMS, "notifier"))
    pipeline.until(is_told, "all placements to be accepted, and their alerts to be published")
    pipeline.end_all()
    return recovered


def _is_settled(pipeline: Pipeline, placements: int) -> bool:
    told = pipeline.told_count
    return (
        0 < told == pipeline.published == pipeline.delivered
        and _opened(pipeline) >= (placements + 1) // 2
    )


def _transitions(pipeline: Pipeline) -> set[Transition]:
    rows = pipeline.rows("SELECT alert_id::text, number FROM alert_transitions")
    return {(alert, number) for alert, number in rows}


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

    return Fault(
        name=f"{process} to {service} cut, silent, slow",
        around=around,
        during=lambda pipeline: _break_in_each_way(pipeline, held[0]),
    )


def _break_in_each_way(pipeline: Pipeline, proxy: Proxy) -> None:
    for break_it in (Proxy.cut, Proxy.hold, _slow):
        break_it(proxy)
        wait(pipeline, AWAY_SECONDS)
        proxy.mend()
        wait(pipeline, BETWEEN_SECONDS)


def _way_to_who_is_told() -> Fault:
    """Return that the way from the notifier to who is told is cut, then silent, then slow."""
    held: list[Proxy] = []

    @contextmanager
    def around(pipeline: Pipeline) -> Iterator[None]:
        port = free_ports().kafka
        with Proxy(port, pipeline.hearing.port) as proxy:
            pipeline.hearing.reached_at(port)
            held[:] = [proxy]
            yield

    return Fault(
        name="notifier to who is told cut, silent, slow",
        around=around,
        during=lambda pipeline: _break_in_each_way(pipeline, held[0]),
    )


def _killed(process: str) -> Fault:
    """Return that a process kills itself at each of its steps, one after the other."""
    steps = ", ".join(point.partition(":")[0] for point in POINTS[process])
    return Fault(
        name=f"{process} killed {steps}",
        around=partial(_dying, process=process, points=POINTS[process], by="SIGKILL"),
        during=lambda pipeline: pipeline.all_points_reached(process),
    )


def _through_gateway(fault: Fault) -> Fault:
    """Return the fault while a system posts its placements to a gateway and asks what became."""

    @contextmanager
    def around(pipeline: Pipeline) -> Iterator[None]:
        client, secret = pipeline.entrust()
        port = free_ports().kafka
        pipeline.told["publisher"] = {
            GATEWAY: f"http://127.0.0.1:{port}",
            CLIENT_ID: client,
            CLIENT_SECRET: secret,
        }
        with fault.around(pipeline):
            pipeline.start("gateway", str(port))
            yield

    return replace(fault, around=around)


def _at_a_desk(fault: Fault) -> Fault:
    """Return the fault while leads look at alerts in the dashboard and acknowledge them."""

    @contextmanager
    def around(pipeline: Pipeline) -> Iterator[None]:
        pipeline.entitle()
        port, password = free_ports().kafka, secrets.token_urlsafe(12)
        pipeline.told["lead"] = {
            ADDRESS: f"http://{HOST}:{port}",
            PASSWORD: password,
            ANSWERS: str(_answers(pipeline)),
        }
        pipeline.told.setdefault("dashboard", {})[PASSWORD] = password
        with fault.around(pipeline):
            pipeline.start("dashboard", str(port))
            pipeline.start("lead", str(ACTS), str(ACTS_A_SECOND))
            yield

    return replace(fault, around=around)


def _answers(pipeline: Pipeline) -> Path:
    return pipeline.folder / "answers"


def _has_leads(pipeline: Pipeline) -> bool:
    return "lead" in pipeline.told


def _leads_are_done(pipeline: Pipeline) -> bool:
    if not _has_leads(pipeline):
        return True
    return pipeline.has_finished("lead") and are_carried_out(pipeline, _answers(pipeline))


def _replaced(process: str, point: str) -> Fault:
    """Return that a process stands still, one that stands by takes its place, and it wakes."""
    step = point.partition(":")[0].replace("-", " its ", 1)
    return Fault(
        name=f"{process} stopped {step}, replaced, and woken",
        around=partial(_dying, process=process, points=(point,), by="SIGSTOP"),
        during=partial(replaced, process=process),
    )


@contextmanager
def _dying(pipeline: Pipeline, *, process: str, points: Sequence[str], by: str) -> Iterator[None]:
    pipeline.points[process], pipeline.by = list(points), by
    pipeline.tell_next_point(process)
    yield


def _slow(proxy: Proxy) -> None:
    proxy.delay(SLOW_SECONDS)
