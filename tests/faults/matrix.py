"""Every fault that the platform must come through, by name."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from stack.layout import KAFKA, POSTGRESQL, REGISTRY
from tests.faults.breaking import (
    AWAY_SECONDS,
    away,
    fill,
    kill,
    on_a_small_disk,
    sessions_ended,
    stop,
    wait,
)
from tests.faults.pipeline import STREAMS, Pipeline
from tests.faults.run import Fault

UNDISTURBED = Fault(name="nothing")

POINTS = {
    "publisher": ("before-produce:300", "after-produce:301", "after-acknowledgement:1"),
    "intake": ("before-keys:4", "before-produce:5", "before-commit:6", "after-commit:7"),
    "join": ("after-decode", "before-commit", "after-commit", "after-offsets"),
    "relay": ("before-produce", "before-commit", "before-note", "after-note"),
}
"""The steps of each process, and how often each is passed unharmed."""


def every_fault() -> Iterator[Fault]:
    """Yield all that may befall a year."""
    yield from (killed(process) for process in POINTS)
    yield killed_each()
    yield from services()
    yield from owners()
    yield Fault(name="a third joined as it came, the rest after a lag of months", publisher=_lag)


def services() -> Iterator[Fault]:
    """Yield what befalls Kafka, PostgreSQL and the registry."""
    for name, service in (("Kafka", KAFKA), ("PostgreSQL", POSTGRESQL), ("registry", REGISTRY)):
        yield Fault(name=f"{name} restarted", during=partial(away, end=stop, service=service))
        yield Fault(name=f"{name} killed", during=partial(away, end=kill, service=service))
    yield Fault(name="registry down at the start", before=_without_registry, part=0)
    yield Fault(name="PostgreSQL ends all sessions", during=sessions_ended)
    yield _disk_of_the_store_full()


def owners() -> Iterator[Fault]:
    """Yield what comes of two workers that both hold a partition."""
    for process in ("intake", "join", "relay"):
        yield Fault(
            name=f"{process} stopped before its commit, replaced, and woken",
            before=partial(_standing, process=process),
            part=0,
            during=partial(replaced, process=process),
        )
    yield Fault(name="joins come and go", during=partial(_come_and_go, process="join"))
    yield Fault(name="intakes come and go", during=partial(_come_and_go, process="intake"), part=0)


def killed(process: str) -> Fault:
    """Return that a process kills itself at each of its steps, one after the other."""
    steps = ", ".join(point.partition(":")[0] for point in POINTS[process])
    name = f"{process} killed {steps}"
    points = partial(_points, process=process, points=POINTS[process])
    if process == "publisher":
        return Fault(name=name, publisher=points, part=0)
    return Fault(
        name=name,
        before=points,
        part=0,
        during=lambda pipeline: pipeline.all_points_reached(process),
    )


def killed_each() -> Fault:
    """Return that intake, join and relay each kill themselves once in one run."""

    def tell(pipeline: Pipeline) -> None:
        for process, at in (("intake", 2), ("join", 1), ("relay", 2)):
            pipeline.points[process] = [POINTS[process][at]]
            pipeline.tell_next_point(process)

    def during(pipeline: Pipeline) -> None:
        for process in STREAMS:
            pipeline.all_points_reached(process)

    return Fault(name="every process killed once", before=tell, part=0, during=during)


def _points(pipeline: Pipeline, *, process: str, points: Sequence[str]) -> None:
    """Tell the process where to end, and give it a backlog, so that it comes to each step."""
    pipeline.points[process] = list(points)
    pipeline.tell_next_point(process)
    if process in ("join", "relay"):
        pipeline.start("intake")
        pipeline.until(lambda: pipeline.has_finished("intake"), "intake to end")
    if process == "relay":
        pipeline.start("join")
        pipeline.until(pipeline.joined_all, "the join to come to the end")


def _standing(pipeline: Pipeline, *, process: str) -> None:
    pipeline.points[process], pipeline.by = ["before-commit:1"], "SIGSTOP"
    pipeline.tell_next_point(process)


def _lag(pipeline: Pipeline) -> None:
    events = int(pipeline.year[1])
    pipeline.publish(*pipeline.year, str(events // 3))
    pipeline.run_to_end()


def _without_registry(pipeline: Pipeline) -> None:
    stop(pipeline.stack, REGISTRY)
    for process in STREAMS:
        pipeline.start(process)
    wait(pipeline, AWAY_SECONDS)
    pipeline.stack.up()


def _disk_of_the_store_full() -> Fault:
    disk: list[Path] = []

    @contextmanager
    def around(pipeline: Pipeline) -> Iterator[None]:
        with on_a_small_disk(pipeline, 64) as folder:
            disk[:] = [folder]
            yield

    def during(pipeline: Pipeline) -> None:
        ballast = fill(disk[0])
        wait(pipeline, AWAY_SECONDS)
        ballast.unlink()

    return Fault(name="disk of the store full", around=around, during=during)


def replaced(pipeline: Pipeline, *, process: str) -> None:
    """Let another process take the place of one that stands still, and wake that one."""
    pipeline.until(lambda: pipeline.stands_still(process), f"{process} to stand still")
    pipeline.tell_next_point(process)  # there is none: the second goes on
    pipeline.second(process)
    before = pipeline.counted(process)
    pipeline.until(lambda: pipeline.counted(process) > before, f"the second {process} to go on")
    pipeline.signal(process, signal.SIGCONT)


def _come_and_go(pipeline: Pipeline, *, process: str) -> None:
    for _ in range(3):
        pipeline.second(process)
        wait(pipeline, 1.5)
        pipeline.end(f"second {process}")
