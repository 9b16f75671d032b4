"""What a slow store slows: the join, and nothing else. Memory and speed of each, side by side.

Run as ``python -m tests.faults.slow_store``. The same backlog is read twice by processes that run
together: once as it is, and once with every block between join and PostgreSQL held up on its way.
"""

from __future__ import annotations

import argparse
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from stack import LocalStack, Ports
from stack.layout import POSTGRESQL
from tests.faults.breaking import proxied
from tests.faults.pipeline import CACHE, Pipeline
from tests.faults.run import register

WATCHED = ("intake", "join")
CHILDREN = 500
LONG_SECONDS = 1_200.0


@dataclass(frozen=True, kw_only=True)
class Slowed:
    """How a backlog was read over a store of this slowness.

    delay: seconds that each block on the way to and from the store waits. intake_rate: records of
    journeys a second that intake wrote. left: how many of them the join had still before it when
    intake was done. join_seconds: from the start until all was joined. mib: the most memory
    (resident) that each process took.
    """

    delay: float
    intake_rate: float
    left: int
    join_seconds: float
    mib: dict[str, int]


def slowed_by(stack: LocalStack, folder: Path, events: int, delay: float) -> Slowed:
    """Publish so many events, read and join them over a store so slow, and return how it went."""
    pipeline = Pipeline(stack, f"s{secrets.token_hex(4)}", folder, simulated=True)
    try:
        pipeline.prepare()
        pipeline.publish("year", str(events), str(CHILDREN))
        with proxied(pipeline, "join", POSTGRESQL) as proxy:
            proxy.delay(delay)
            return _watched(pipeline, delay)
    finally:
        pipeline.erase()


def _watched(pipeline: Pipeline, delay: float) -> Slowed:
    peaks = dict.fromkeys(WATCHED, 0)

    def is_done(process: str) -> bool:
        for one in WATCHED:
            peaks[one] = max(peaks[one], _resident_mib(pipeline.pid(one)))
        return pipeline.has_finished(process)

    began = time.monotonic()
    pipeline.start("join")
    pipeline.start("intake", "--until-end")
    intake = pipeline.until(lambda: is_done("intake"), "intake to end", LONG_SECONDS)
    wrote = pipeline.records_of_journeys()
    left = wrote - pipeline.joined
    pipeline.until(
        lambda: is_done("intake") and pipeline.joined_all(), "all to be joined", LONG_SECONDS
    )
    seconds = time.monotonic() - began
    pipeline.end_all()
    return Slowed(
        delay=delay, intake_rate=wrote / intake, left=left, join_seconds=seconds, mib=peaks
    )


def _resident_mib(pid: int) -> int:
    """Return the most memory that a process took so far, in MiB; 0 once it has gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    return 0


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(prog="python -m tests.faults.slow_store", description=__doc__)
    asked.add_argument("--events", type=int, default=12_000, help="length of the backlog")
    given = asked.parse_args()
    print("| delay of each block | intake, records/s | left to join | all joined after | ", end="")
    print(" | ".join(f"{one}, MiB" for one in WATCHED) + " |")
    print("|---|---|---|---|---|---|")
    with TemporaryDirectory(prefix="joinedup-slow-") as root:
        stack = LocalStack(Path(root) / "stack", Ports.free(with_proxy=True), cache=CACHE)
        stack.up()
        try:
            register(stack)
            for number, delay in enumerate((0.0, 0.05, 0.2)):
                one = slowed_by(stack, Path(root) / str(number), given.events, delay)
                cells = [f"{one.delay * 1000:.0f} ms", f"{one.intake_rate:.0f}", f"{one.left:,}"]
                cells += [f"{one.join_seconds:.0f} s", *map(str, one.mib.values())]
                print("| " + " | ".join(cells) + " |", flush=True)
        finally:
            stack.down(erase=True)


if __name__ == "__main__":
    main()
