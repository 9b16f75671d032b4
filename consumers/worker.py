"""Faust hosts our processes: one app, its services, and a clear end for good or ill."""

from __future__ import annotations

import asyncio
import logging
import time
from abc import abstractmethod
from collections.abc import Sequence

import faust
from faust.app.base import BootStrategy

from consumers.allocator import keep_little
from consumers.errors import ConsumerError
from consumers.garbage import collect_rarely
from consumers.stray import broken_off, is_cancelled

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0


class StreamService(faust.Service):
    """One stream of work hosted by a worker process.

    Write ``work``: it runs until ``should_stop``. When it returns, its part of the process is done
    (``--until-end``); when it raises, the process says why and ends with exit code 1. After a
    SIGTERM ``should_stop`` is true; ``work`` has ``patience`` seconds to end, then is cancelled.
    looked_at, beat_at: of a monotonic clock, when the work last went round, and when the process
    last turned; None before.
    """

    abstract = True
    patience: float = 10.0

    def __init__(self) -> None:
        """Start nothing: Faust starts ``work`` with the worker."""
        super().__init__()
        self.failure: BaseException | None = None
        self.done = asyncio.Event()
        self.looked_at: float | None = None
        self.beat_at: float | None = None

    def looks(self) -> None:
        """Note that the work goes round; who is asked whether it is ready says so by it."""
        self.looked_at = time.monotonic()

    @abstractmethod
    async def work(self) -> None:
        """Do the service's whole work."""

    async def on_started(self) -> None:
        """Begin the work, once Faust has started the service."""
        self.add_future(self._watched())
        self.add_future(self._beats())

    async def on_stop(self) -> None:
        """Let the work end by itself, for a while."""
        try:
            await asyncio.wait_for(self.done.wait(), self.patience)
        except TimeoutError:
            log.warning("%s did not end in time and is cut short.", self.label)

    async def _beats(self) -> None:
        """Show once a second that the process still turns, whatever its work waits for."""
        while not self.should_stop:
            self.beat_at = time.monotonic()
            await asyncio.sleep(BEAT_SECONDS)

    async def _watched(self) -> None:
        try:
            await self.work()
        except asyncio.CancelledError:
            if is_cancelled():
                raise
            self.failure = broken_off(self.label)
        except Exception as failure:  # the process ends with it: nothing may fail unseen
            self.failure = failure
        finally:
            self.done.set()


class _OnlyOurServices(BootStrategy):
    """Starts neither Faust's own Kafka clients nor its web server: our services bring theirs."""

    enable_kafka = False
    enable_web = False
    enable_sensors = False


class WorkerApp(faust.App):
    """A Faust app that hosts our services and nothing of its own."""

    BootStrategy = _OnlyOurServices
    producer_only = True


def build_app(name: str, services: Sequence[StreamService], *, data_folder: str) -> WorkerApp:
    """Return the app of one process, hosting these services.

    data_folder: a folder that Faust may create; nothing of ours is kept in it.
    """
    app = WorkerApp(
        f"joinedup-{name}",
        datadir=data_folder,
        autodiscover=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        store="memory://",
        worker_redirect_stdouts=False,
        worker_hijack_root_logger=False,
    )
    for service in services:
        app.service(service)  # type: ignore[arg-type]  # Faust takes instances too
    return app


def run_worker(app: WorkerApp, services: Sequence[StreamService]) -> int:
    """Run until every service is done, one fails or a signal comes; return the exit code."""
    keep_little()
    collect_rarely()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    worker = faust.Worker(app, loop=loop, override_logging=False, redirect_stdouts=False)
    worker.spinner = None
    ending = loop.create_task(_stop_when_ended(worker, services))
    try:
        worker.execute_from_commandline()
    except SystemExit as end:
        code = int(end.code or 0)
    failures = [service.failure for service in services if service.failure is not None]
    for failure in failures:
        _say_why(failure)
    del ending
    return 1 if failures else code


async def _stop_when_ended(worker: faust.Worker, services: Sequence[StreamService]) -> None:
    waiting = {asyncio.ensure_future(service.done.wait()) for service in services}
    while waiting and not any(service.failure for service in services):
        _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await worker.stop()


def _say_why(failure: BaseException) -> None:
    """Log one sentence for what we foresaw, the whole trace for what we did not."""
    if isinstance(failure, ConsumerError):
        log.critical("The process stops: %s", failure)
    else:
        log.critical("The process stops on a fault of its own.", exc_info=failure)
