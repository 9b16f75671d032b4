"""Other events, published at a steady rate by a process of its own while something is measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import RawIOBase
from itertools import islice
from select import select

from joinedup.bench.run import year_of
from producers.event import Event
from producers.publisher import Publisher
from producers.results import Accepted
from producers.settings import PublisherSettings
from producers.simulate.sending import SendingFailed

_TURN_SECONDS = 0.01
_MOST_A_TURN = 1_000
_MOST_ON_THEIR_WAY = 5_000


@dataclass(frozen=True, kw_only=True)
class Paced:
    """How many events were accepted, from the first to the last, in how many seconds."""

    accepted: int
    seconds: float


class Background:
    """A process that has its events ready and publishes some of them when told to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Take the process; returns once it is ready."""
        self._process = process
        self._answer()

    def begin(self, rate: int) -> None:
        """Let it publish so many events a second until ``end``, or until it has no more."""
        self._tell(str(rate))

    def end(self) -> Paced:
        """Let it publish no more and return what it published, once all of that is accepted."""
        self._tell("end")
        return Paced(**json.loads(self._answer()))

    def _tell(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SendingFailed("The benchmark's other publisher ended before it was told to.")
        return line


@contextmanager
def background(environment: Mapping[str, str], events: int) -> Iterator[Background]:
    """Run it while the block runs, with so many events of an invented year ready."""
    command = [sys.executable, "-m", "joinedup.bench.background", str(events)]
    with subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Background(process)
        finally:
            process.terminate()


def main(events: int) -> None:
    """Make the events, then publish as many a second as each line says, until a line ends it."""
    values = {
        name.removeprefix("JOINEDUP_").lower(): value
        for name, value in os.environ.items()
        if name.startswith("JOINEDUP_")
    }
    ready, told = iter(year_of(events)), words_of(sys.stdin.fileno())
    with Publisher(PublisherSettings.model_validate(values)) as publisher:
        print("ready", flush=True)
        while line := told.readline():
            paced = paced_by(publisher, ready, int(line), lambda: is_told(told))
            told.readline()
            print(json.dumps({"accepted": paced.accepted, "seconds": paced.seconds}), flush=True)


def words_of(descriptor: int) -> RawIOBase:
    """Return the lines that come here, of which none is read before it is asked for.

    What lay in a buffer of ours already would be waited for in vain.
    """
    return open(descriptor, "rb", buffering=0, closefd=False)


def is_told(words: RawIOBase) -> bool:
    """Return whether another line has come."""
    return bool(select([words], [], [], 0)[0])


def paced_by(
    publisher: Publisher, ready: Iterator[Event], rate: int, is_over: Callable[[], bool]
) -> Paced:
    """Publish so many of the events a second until it is over, and wait until all are accepted."""
    began, sent, accepted = time.monotonic(), 0, 0
    while not is_over():
        passed = time.monotonic() - began
        for event in islice(ready, min(_MOST_A_TURN, max(0, int(passed * rate) - sent))):
            publisher.send(event)
            sent += 1
        leaving = publisher.in_flight if publisher.in_flight < _MOST_ON_THEIR_WAY else 0
        accepted += sum(isinstance(one, Accepted) for one in publisher.results(leaving=leaving))
        accepted += sum(isinstance(one, Accepted) for one in publisher.results_so_far())
        time.sleep(_TURN_SECONDS)
    accepted += sum(isinstance(one, Accepted) for one in publisher.results())
    return Paced(accepted=accepted, seconds=time.monotonic() - began)


if __name__ == "__main__":
    main(int(sys.argv[1]))
