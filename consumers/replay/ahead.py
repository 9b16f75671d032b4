"""Reading ahead: one process reads and opens the next records while another folds these.

Reading is about a third of a replay and needs nothing of what follows from the records, so two
processors can share the work. The pipe between the two holds less than a batch: whoever reads is
at most one batch ahead, and waits.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, Self

from consumers.errors import ConsumerError, ServiceLost
from consumers.join.inputs import Input
from consumers.replay.replaying import Beforehand, Scope
from consumers.replay.run import Reading
from schemas.registry import RegistryError

# A fork would take half of a running event loop, and of the clients' threads, with it.
_PROCESSES = get_context("spawn")
_SECONDS_TO_END = 5.0


Opens = Callable[[], AbstractContextManager[Reading]]
"""Opens what reads; it is called in the other process, so it must be something that pickles."""


class _Asked(NamedTuple):
    """What is asked of the process that reads; until: None to ask what to know beforehand."""

    partition: int
    until: int | None
    scope: Scope


class _End(NamedTuple):
    """That was all of what was asked; fault: why it is not all of it."""

    fault: Exception | None = None


class ReadingAhead:
    """Reads journeys in a process of its own; a context manager, which ends that process."""

    def __init__(self, opens: Opens) -> None:
        """Take what opens the reader over there."""
        self._opens = opens

    def __enter__(self) -> Self:
        """Start the process; what it cannot reach is raised by the first thing asked of it."""
        self._pipe, there = _PROCESSES.Pipe()
        self._process = _PROCESSES.Process(
            target=_serve, args=(self._opens, there), name="reading ahead", daemon=True
        )
        self._process.start()
        there.close()
        return self

    def __exit__(self, *_: object) -> None:
        """End the process: it waits for a question, or that somebody takes its answer."""
        self._pipe.close()
        self._process.join(_SECONDS_TO_END)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()

    def beforehand(self, partition: int, la: str | None = None) -> Beforehand:
        """Return what a replay of this partition has to know from its start.

        Raises what the reader raises, and ServiceLost where its process has ended.
        """
        found = list(self._answers(_Asked(partition, None, Scope(la=la))))
        return Beforehand(*found[0])

    def inputs(self, partition: int, until: int, scope: Scope) -> Iterator[list[Input]]:
        """Yield the inputs below this offset, batch by batch; to be taken to their end.

        Raises what the reader raises, and ServiceLost where its process has ended.
        """
        return self._answers(_Asked(partition, until, scope))

    def _answers(self, asked: _Asked) -> Iterator[Any]:
        try:
            self._pipe.send(asked)
            while not isinstance(answer := self._pipe.recv(), _End):
                yield answer
        except (EOFError, OSError):
            raise ServiceLost(
                "The process that reads journeys has ended before its time: see that there is"
                " memory for two processes, then replay again."
            ) from None
        if answer.fault is not None:
            raise answer.fault


def _serve(opens: Opens, pipe: Connection) -> None:
    """Answer what is asked until nobody asks any more."""
    # Ctrl-C reaches both processes: the other one ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):  # whoever asked is gone
        try:
            with opens() as reader:
                while True:
                    _answer(reader, pipe.recv(), pipe)
        except (ConsumerError, RegistryError) as fault:
            pipe.recv()
            pipe.send(_End(fault))


def _answer(reader: Reading, asked: _Asked, pipe: Connection) -> None:
    fault: Exception | None = None
    try:
        for answer in _found(reader, asked):
            pipe.send(answer)
    except (ConsumerError, RegistryError) as refused:
        fault = refused
    pipe.send(_End(fault))


def _found(reader: Reading, asked: _Asked) -> Iterator[Any]:
    if asked.until is None:
        yield tuple(reader.beforehand(asked.partition, asked.scope.la))
    else:
        yield from reader.inputs(asked.partition, asked.until, asked.scope)
