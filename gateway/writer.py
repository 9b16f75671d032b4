"""The one thread that publishes: requests that come together are written together."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from threading import Thread
from typing import Protocol

from opentelemetry.context import Context, attach, detach, get_current

from producers.event import Event
from producers.results import Result

_TOGETHER = 1000
"""Requests that are written at once; their events are on their way to the broker together."""

Results = list[Result]
_Asked = tuple[list[Event], "Future[Results]", Context]


FailPoint = Callable[[str], None]
"""Called at each step by its name, so that a test may end the process there."""


def nothing_fails(point: str) -> None:
    """Pass the point."""


class Outlet(Protocol):
    """What publishes: producers.Publisher."""

    def send(self, event: Event) -> None:
        """Send the event without waiting."""

    def results(self) -> Iterator[Result]:
        """Wait for the events sent so far, and yield the result of each in order."""

    def close(self) -> None:
        """Close the connections."""


class Writer:
    """Publishes for many requests at once, in the one thread that a publisher is for."""

    def __init__(self, outlet: Outlet, fail: FailPoint = nothing_fails) -> None:
        """Take what publishes; it is closed with the writer."""
        self._outlet = outlet
        self._fails_at = fail
        self._asked: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._thread = Thread(target=self._run, name="gateway-writer", daemon=True)

    def start(self) -> None:
        """Begin to publish."""
        self._thread.start()

    def close(self) -> None:
        """Publish what was asked for, then end."""
        self._asked.put(None)
        self._thread.join()
        self._outlet.close()

    @property
    def is_alive(self) -> bool:
        """Whether it publishes."""
        return self._thread.is_alive()

    def write(self, events: list[Event]) -> Future[Results]:
        """Return what will give the result of each event, in order."""
        future: Future[Results] = Future()
        self._asked.put((events, future, get_current()))
        return future

    def _run(self) -> None:
        while (first := self._asked.get()) is not None:
            together, ends = self._with(first)
            try:
                self._write(together)
            except Exception as fault:  # whoever waits is told, and the next requests are tried
                self._fail(together, fault)
            if ends:
                return

    def _with(self, first: _Asked) -> tuple[list[_Asked], bool]:
        """Return the first with what else was asked for by now, and whether the end was."""
        together = [first]
        while len(together) < _TOGETHER:
            try:
                found = self._asked.get_nowait()
            except queue.Empty:
                break
            if found is None:
                return together, True
            together.append(found)
        return together, False

    def _write(self, together: list[_Asked]) -> None:
        self._fails_at("before-produce")
        for events, _, context in together:
            token = attach(context)  # of whoever asked: its trace goes on with its events
            for event in events:
                self._outlet.send(event)
            detach(token)
        self._fails_at("after-produce")
        results = list(self._outlet.results())
        self._fails_at("after-acknowledgement")
        for events, future, _ in together:
            own, results = results[: len(events)], results[len(events) :]
            future.set_result(own)

    def _fail(self, together: list[_Asked], fault: Exception) -> None:
        for _ in self._outlet.results():
            pass  # what was sent before the fault is nobody's result any more
        for _, future, _ in together:
            if not future.done():
                future.set_exception(fault)
