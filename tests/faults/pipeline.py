"""Every process, from the publisher to who tells and who seals, on topics and a store of their own.

A process that dies is started again at once, as a supervisor would; how each ended is kept.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from stack import LocalStack
from tests.faults.hearing import Hearing
from tests.faults.place import Place
from tests.integration.process import FAIL_AT, FAIL_BY

WAIT_SECONDS = 300.0
POLL_SECONDS = 0.05
RESTART_SECONDS = 0.2
STREAMS = ("intake", "join", "relay")
TELLING = ("notifier", "sealer")
PROCESSES = ("publisher", "lead", "gateway", "dashboard", *STREAMS, *TELLING)
REPOSITORY = Path(__file__).resolve().parents[2]
CACHE = REPOSITORY / ".local" / "cache"


class Pipeline(Place):
    """The processes on topics and a store.

    year: what the publisher is told to publish, where it is a year.
    told: what the environment of a process holds beyond its usual, by process.
    points: at which fail points a process ends itself, each time that it is started; by: how.
    hearing: who is told by the notifier, where one is started.
    """

    def __init__(self, stack: LocalStack, name: str, folder: Path, *, simulated: bool) -> None:
        super().__init__(stack, name, folder, simulated=simulated)
        self.year: tuple[str, ...] = ()
        self.told: dict[str, dict[str, str]] = {}
        self.points: dict[str, list[str]] = {}
        self.by = "SIGKILL"
        self.hearing = Hearing(folder)
        self.ends: dict[str, list[int]] = {process: [] for process in PROCESSES}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._logs: list[BinaryIO] = []
        self._arguments: dict[str, tuple[str, ...]] = {}
        self._finished: set[str] = set()

    def erase(self) -> None:
        """End every process, and delete topics and store."""
        for process in self._running.values():
            process.kill()
            process.wait()
        for log in self._logs:
            log.close()
        self.remove()

    def environment(self, process: str) -> dict[str, str]:
        """Return the variables of a process."""
        found = super().environment(process)
        return found | self.hearing.variables() if process == "notifier" else found

    # Processes

    def publish(self, *arguments: str) -> None:
        """Publish to the end; a publisher that dies begins again from its first record."""
        self.start("publisher", *arguments)
        self.until(lambda: self.has_finished("publisher"), "all to be published")

    def start(self, process: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a process; its log is in the folder."""
        module = _OWN.get(process, _STREAM)
        command = [sys.executable, "-m", module]
        command += [process] if module == _STREAM else []
        self._arguments[process] = arguments
        self._running[process] = self._started(process, [*command, *arguments])
        self._finished.discard(process)
        return self._running[process]

    def tell_next_point(self, process: str) -> None:
        """Let the process, when it is started next, end itself at the next of its points."""
        told, left = self.told.setdefault(process, {}), self.points.get(process, [])
        told.pop(FAIL_AT, None)
        told.pop(FAIL_BY, None)
        if left:
            told |= {FAIL_AT: left.pop(0), FAIL_BY: self.by}

    def all_points_reached(self, process: str) -> None:
        """Tend until the process has ended itself at each point that it was told."""
        self.until(lambda: FAIL_AT not in self.told.get(process, {}), f"each step of {process}")

    def run_to_end(self) -> None:
        """Let intake, join and relay do what there is to do, one after the other."""
        for process in STREAMS:
            self.start(process, "--until-end")
            self.until(lambda process=process: self.has_finished(process), f"{process} to end")  # type: ignore[misc]
            self._running.pop(process)

    def start_if_needed(self, process: str) -> None:
        """Start a process that does not run."""
        if process not in self._running:
            self.start(process)

    def second(self, process: str) -> subprocess.Popen[bytes]:
        """Start another of the same kind, which nobody starts again; end it with ``end``."""
        other = self._started(process, [sys.executable, "-m", _STREAM, process])
        self._running[f"second {process}"] = other
        return other

    def tend(self) -> None:
        """Start again what has died; what ended well has finished."""
        for process in PROCESSES:
            running = self._running.get(process)
            if running is None or process in self._finished or running.poll() is None:
                continue
            if running.returncode == 0:
                self._finished.add(process)
                continue
            self.ends[process].append(running.returncode)
            self.tell_next_point(process)
            time.sleep(RESTART_SECONDS)
            self.start(process, *self._arguments[process])

    def until(self, done: Callable[[], bool], what: str, seconds: float = WAIT_SECONDS) -> float:
        """Tend until it is done; return how many seconds that took."""
        began = time.monotonic()
        while not done():
            self.tend()
            if time.monotonic() - began > seconds:
                raise AssertionError(f"Waited {seconds:.0f} s for {what}.\n{self.last_words()}")
            time.sleep(POLL_SECONDS)
        return time.monotonic() - began

    def end(self, process: str) -> int:
        """Stop a process gently and return its exit code."""
        running = self._running.pop(process)
        if running.poll() is None:
            running.send_signal(signal.SIGTERM)
        return running.wait(WAIT_SECONDS)

    def end_all(self) -> None:
        """Stop every process that still runs, gently; one that failed is among the ends."""
        for name in list(self._running):
            # A web server ends by the signal that told it to, once it has ended well.
            well = (0, -signal.SIGTERM) if name in ("gateway", "dashboard") else (0,)
            if (code := self.end(name)) not in well:
                self.ends[name.removeprefix("second ")].append(code)

    def signal(self, process: str, by: signal.Signals) -> None:
        """Send a process this signal."""
        self._running[process].send_signal(by)

    def stands_still(self, process: str) -> bool:
        """Return whether the process was stopped by a signal."""
        state = Path(f"/proc/{self._running[process].pid}/stat").read_text().rpartition(")")[2]
        return state.split()[0] == "T"

    def pid(self, process: str) -> int:
        """Return the process's id."""
        return self._running[process].pid

    def joined_all(self) -> bool:
        """Return whether intake has ended, and all that it wrote is joined."""
        return self.has_finished("intake") and self.joined == self.records_of_journeys()

    def has_finished(self, process: str) -> bool:
        """Return whether the process ended well by itself."""
        self.tend()
        return process in self._finished

    def log_of(self, process: str) -> str:
        """Return all that the processes of this kind said."""
        found = sorted(self.folder.glob(f"*{process}-*.log"))
        return "\n".join(one.read_text(errors="replace") for one in found)

    def last_words(self) -> str:
        """Return the last lines of each process's log."""
        return "\n".join(f"-- {process}: {self.log_of(process)[-1500:]}" for process in PROCESSES)

    @property
    def restarts(self) -> str:
        """How the processes ended that were started again, such as ``join -9, 1``."""
        counted = {process: Counter(codes) for process, codes in self.ends.items() if codes}
        return "; ".join(
            f"{process} "
            + ", ".join(f"{code}" + (f" x{n}" if n > 1 else "") for code, n in codes.items())
            for process, codes in counted.items()
        )

    @property
    def unclear(self) -> int:
        """How many traces and forgotten failures stand in the logs."""
        logs = "".join(self.log_of(process) for process in PROCESSES[1:])
        return sum(map(logs.count, ("Traceback", "never retrieved", "never awaited", "Unclosed")))

    @property
    def is_told(self) -> bool:
        """Whether intake has ended, and all that it wrote is joined and published."""
        return self.joined_all() and self.published == self.told_count

    def _started(self, process: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
        self.folder.mkdir(parents=True, exist_ok=True)
        log = (self.folder / f"{process}-{time.monotonic_ns():020d}.log").open("wb")
        self._logs.append(log)
        return subprocess.Popen(
            command,
            env={**os.environ, **self.environment(process), **self.told.get(process, {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=REPOSITORY,
        )


_STREAM = "tests.integration.process"
_OWN = {
    "publisher": "tests.faults.publishing",
    "lead": "tests.faults.lead",
    "gateway": "tests.faults.serving",
    "dashboard": "tests.faults.desk",
}
"""The module of a process that is no stream service."""
