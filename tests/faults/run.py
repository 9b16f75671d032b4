"""One fault in one run: a year published, joined and told while something breaks."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from schemas.catalogue import event_types
from schemas.registry import Registry
from stack import LocalStack
from tests.faults.account import Account, Told, account_of, differing
from tests.faults.acted import Acted
from tests.faults.hearing import Heard
from tests.faults.pipeline import STREAMS, Pipeline
from tests.faults.publishing import send_broken

CHILDREN = 120
Disturb = Callable[[Pipeline], None]
"""Breaks something while the processes run, and mends it again."""


Around = Callable[[Pipeline], AbstractContextManager[None]]


def _nowhere(pipeline: Pipeline) -> AbstractContextManager[None]:
    return nullcontext()


def nothing(pipeline: Pipeline) -> None:
    """Break nothing."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault, by what it does and when.

    around: from before the publisher starts until all is told. publisher: before it starts.
    before: when all is published and the other processes are to start. during: while they run,
    once this part of the year is joined; it ends when everything is mended again.
    """

    name: str
    around: Around = _nowhere
    publisher: Disturb = nothing
    before: Disturb = nothing
    during: Disturb = nothing
    part: float = 0.15


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a run.

    recovered: seconds from the end of the fault until intake, join and relay had each gone on.
    missed, false: transitions lacking or in excess of the undisturbed run's, byte for byte.
    restarts: how the processes ended that were started again.
    unclear: traces in the logs, where a sentence should stand.
    heard: what came to the recipients. unsealed: what an offline check of the evidence found.
    acted: what became of what leads did, where there were any.
    """

    name: str
    account: Account
    recovered: float
    missed: int
    false: int
    restarts: str
    unclear: int
    heard: Heard | None = None
    unsealed: int = 0
    acted: Acted | None = None

    @property
    def faults(self) -> list[str]:
        """What is wrong, in words; nothing if all promises were kept."""
        account = self.account
        wrong = {
            "records are unaccounted for": not account.balances,
            "alerts are missing": self.missed or account.unpublished,
            "alerts were told twice": account.doubled,
            "false alerts were told": self.false,
            "a replay differs": not account.is_replayed,
            "a process ended without a sentence": self.unclear,
            "nobody heard of an alert": self.heard and self.heard.untold,
            "recipients heard of alerts that there are not": self.heard and self.heard.invented,
            "an alert was told by two messages": self.heard and self.heard.again,
            "the evidence is not as it was": self.unsealed,
            "what a lead did is lost": self.acted and self.acted.lost,
            "an act was invented": self.acted and self.acted.invented,
            "a record was shown without a look on record": self.acted and self.acted.unlooked,
        }
        return [sentence for sentence, found in wrong.items() if found]


def run_year(
    stack: LocalStack, folder: Path, fault: Fault, events: int, undisturbed: Told | None
) -> Outcome:
    """Publish a simulated year of so many events, let the fault come over it, and take stock."""
    pipeline = Pipeline(stack, f"f{secrets.token_hex(4)}", folder, simulated=True)
    try:
        pipeline.prepare()
        with fault.around(pipeline):
            recovered = _year_under(fault, pipeline, events)
            account = account_of(pipeline)
        missed, false = differing(account.told, undisturbed or account.told)
        return Outcome(
            name=fault.name,
            account=account,
            recovered=recovered,
            missed=missed,
            false=false,
            restarts=pipeline.restarts,
            unclear=pipeline.unclear,
        )
    finally:
        pipeline.erase()


def _year_under(fault: Fault, pipeline: Pipeline, events: int) -> float:
    # Small transactions, so that there are enough of them to be in the midst of one.
    pipeline.told.setdefault("intake", {})["JOINEDUP_TRANSACTION_RECORDS"] = "10"
    send_broken(pipeline.environment("publisher"), pipeline.topics)
    pipeline.year = ("year", str(events), str(CHILDREN))
    fault.publisher(pipeline)
    pipeline.publish(*pipeline.year)
    fault.before(pipeline)
    for process in STREAMS:
        pipeline.start_if_needed(process)
    pipeline.until(lambda: pipeline.joined >= events * fault.part, "the join to get so far")
    fault.during(pipeline)
    recovered = until_each_goes_on(pipeline, lambda: pipeline.is_told)
    pipeline.until(lambda: pipeline.is_told, "all to be told")
    pipeline.end_all()
    return recovered


def register(stack: LocalStack) -> None:
    """Register the schemas, as an operator does once."""
    registry = Registry(stack.environment("registry")["JOINEDUP_REGISTRY_URL"])
    registry.register_all(event_types().values())
    registry.close()


def until_each_goes_on(
    pipeline: Pipeline, is_done: Callable[[], bool], processes: Sequence[str] = STREAMS
) -> float:
    """Wait until each of these processes has done something more, or all is done.

    Return how many seconds that took.
    """
    began = time.monotonic()
    at = {process: pipeline.counted(process) for process in processes}
    for process in processes:
        pipeline.until(
            lambda process=process: pipeline.counted(process) > at[process] or is_done(),  # type: ignore[misc]
            f"{process} to go on",
        )
    return time.monotonic() - began
