"""How much memory each process takes at most, over a growing backlog and ever more children.

Run as ``python -m tests.faults.memory``. Each process reads its whole backlog alone, to its end.
"""

from __future__ import annotations

import argparse
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from stack import LocalStack, Ports
from tests.faults.pipeline import CACHE, STREAMS, TELLING, Pipeline
from tests.faults.run import register

MIB = 1024 * 1024
BACKLOGS = ((2_000, 500), (6_000, 500), (18_000, 500))
CHILDREN = ((6_000, 2_000), (6_000, 6_000))
ONLY_CHILDREN = 3_000
READING = (*STREAMS, *TELLING)


@dataclass(frozen=True, kw_only=True)
class Peak:
    """The most memory (resident, MiB) that each process took while it read such a backlog."""

    events: int
    children: int
    mib: dict[str, int]


def peak_of(stack: LocalStack, folder: Path, events: int, children: int) -> Peak:
    """Publish so many events about so many children, let each process read them, and return."""
    pipeline = Pipeline(stack, f"m{secrets.token_hex(4)}", folder, simulated=True)
    try:
        pipeline.prepare()
        pipeline.publish("year", str(events), str(children))
        with pipeline.hearing:
            mib = {process: _peak(pipeline, process) for process in READING}
        return Peak(events=events, children=children, mib=mib)
    finally:
        pipeline.erase()


def _peak(pipeline: Pipeline, process: str) -> int:
    running = pipeline.start(process, "--until-end")
    _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0, pipeline.last_words()
    return usage.ru_maxrss * 1024 // MIB


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(prog="python -m tests.faults.memory", description=__doc__)
    asked.add_argument(
        "--parts", type=int, default=1, help="a part of each backlog: 10 for a tenth"
    )
    asked.add_argument("--only", type=int, metavar="EVENTS", help="one backlog, of so many events")
    asked.add_argument("--children", type=int, default=ONLY_CHILDREN, help="about so many children")
    given = asked.parse_args()
    backlogs = ((given.only, given.children),) if given.only else BACKLOGS + CHILDREN
    print("| events | children | " + " | ".join(f"{one}, MiB" for one in READING) + " |")
    print("|---" * (2 + len(READING)) + "|")
    with TemporaryDirectory(prefix="joinedup-memory-") as root:
        stack = LocalStack(Path(root) / "stack", Ports.free(with_proxy=True), cache=CACHE)
        stack.up()
        try:
            register(stack)
            for number, (events, children) in enumerate(backlogs):
                peak = peak_of(stack, Path(root) / str(number), events // given.parts, children)
                cells = [f"{peak.events:,}", f"{peak.children:,}", *map(str, peak.mib.values())]
                print("| " + " | ".join(cells) + " |", flush=True)
        finally:
            stack.down(erase=True)


if __name__ == "__main__":
    main()
