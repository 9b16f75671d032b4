"""Breaks everything in turn and prints what came of it: ``python -m tests.faults``."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from subprocess import SubprocessError
from tempfile import TemporaryDirectory

import psycopg

from stack import LocalStack, Ports
from tests.faults.account import Told
from tests.faults.live import live_faults, run_live
from tests.faults.matrix import UNDISTURBED, every_fault
from tests.faults.pipeline import CACHE
from tests.faults.run import Fault, Outcome, register, run_year

PLACEMENTS = 500
LIVE = "live: "
LOGS = Path(".local/faults")
Run = Callable[[LocalStack, Path, Told | None], Outcome]
HEAD = (
    "fault",
    "recovery",
    "missed",
    "doubled",
    "false",
    "untold / told once more",
    "in = timeline + duplicates + controls + dead",
    "started again after",
    "kept",
)


def main() -> int:
    """Run the faults whose names hold the word given, or all; return how many broke a promise."""
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument(
        "--only", nargs="+", default=[""], help="only faults whose names hold one of"
    )
    asked.add_argument("--without", nargs="+", default=[], help="no fault whose name holds one of")
    asked.add_argument("--events", type=int, default=1600, help="events of the simulated year")
    asked.add_argument(
        "--logs", type=Path, default=LOGS, help="where the processes' logs are kept (%(default)s)"
    )
    given = asked.parse_args()
    with TemporaryDirectory(prefix="joinedup-faults-") as folder:
        root = Path(folder)
        stack = LocalStack(root / "stack", Ports.free(with_proxy=True), cache=CACHE)
        stack.up()
        try:
            register(stack)
            chosen = [one for one in _runs(given.events) if _is_asked(one[0], given)]
            return _print_all(
                stack, given.logs / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}", given.events, chosen
            )
        finally:
            stack.down(erase=True)


def _is_asked(name: str, given: argparse.Namespace) -> bool:
    is_left_out = any(word in name for word in given.without)
    return any(word in name for word in given.only) and not is_left_out


def _print_all(stack: LocalStack, logs: Path, events: int, chosen: list[tuple[str, Run]]) -> int:
    _row(*HEAD)
    _row(*("---" for _ in HEAD))
    broken = 0
    undisturbed: Told | None = None
    for number, (name, run) in enumerate(chosen):
        if undisturbed is None and not name.startswith(LIVE):
            base = run_year(stack, logs / "nothing", UNDISTURBED, events, None)
            undisturbed = base.account.told
            _outcome(base)
        try:
            outcome = run(stack, logs / str(number), undisturbed)
        except (AssertionError, OSError, SubprocessError, psycopg.Error) as failure:
            _row(name, *[""] * (len(HEAD) - 2), f"no: {str(failure).splitlines()[0]}")
            print(failure, file=sys.stderr)
            stack.up()
            broken += 1
            continue
        broken += bool(outcome.faults)
        _outcome(outcome)
    now = datetime.now(UTC)
    print(f"\n{events} events a run, {now:%d %B %Y %H:%M} UTC; {broken} faults broke a promise.")
    if broken:
        print(f"What the processes said is in {logs}, a folder for each row.")
    return broken


def _runs(events: int) -> Iterator[tuple[str, Run]]:
    for fault in every_fault():
        yield fault.name, partial(_year, fault, events)
    for fault in live_faults():
        yield f"{LIVE}{fault.name}", partial(_live, fault)


def _year(
    fault: Fault, events: int, stack: LocalStack, logs: Path, undisturbed: Told | None
) -> Outcome:
    return run_year(stack, logs, fault, events, undisturbed)


def _live(fault: Fault, stack: LocalStack, logs: Path, undisturbed: Told | None) -> Outcome:
    return run_live(stack, logs, fault, PLACEMENTS)


def _outcome(outcome: Outcome) -> None:
    account = outcome.account
    kept = f"{account.timeline} + {account.duplicates} + {account.controls} + {account.dead}"
    _row(
        outcome.name,
        f"{outcome.recovered:.1f} s",
        f"{outcome.missed + account.unpublished}",
        f"{account.doubled}",
        f"{outcome.false}",
        f"{outcome.heard.untold} / {outcome.heard.repeated}" if outcome.heard else "",
        f"{account.published} = {kept}",
        outcome.restarts,
        "no: " + ", ".join(outcome.faults) if outcome.faults else "yes",
    )


def _row(*cells: str) -> None:
    print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing is left running
    began = time.monotonic()
    code = main()
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    sys.exit(min(code, 1))
