"""How soon a deadline that passes without any input is told of, among very many that have not."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from joinedup.bench.fill import Filling, fill
from joinedup.bench.intake import intake_ahead
from joinedup.bench.latency import Watch
from joinedup.bench.result import Told
from joinedup.bench.run import TOPICS, Bench
from joinedup.commands.demo_processes import ProcessFailed
from joinedup.commands.run import Process
from journey.moments import deadline
from producers.simulate import LA

_FIRST = date(2026, 1, 5)
"""On which the assessments are asked for whose decision is the first to fall due."""
_WEEKS_TO_DECIDE = 6
_LATER, _REST, _REST_DAYS, _KNOWN = 2, 6, 25, 33
"""Days after the first: of those of the midnight, of all others from when and over how many days,
and on which all of them became known."""
_FEW = 10
_LEAD_SECONDS, _STARTS_OF_LEAD = 20.0, 3
"""How long before the deadline the clock begins: so long, and as often what the join's start took,
since intake starts meanwhile, and a busy machine starts both slowly."""
_SECONDS_TO_START = 600
_SECONDS_TO_TELL = 3_600


@dataclass(frozen=True, kw_only=True)
class Passed:
    """Deadlines that passed together: how many, and seconds until the first and last was told.

    after_tick: seconds from the moment of the tick that saw them to the last commit.
    """

    alerts: int
    first: float
    last: float
    after_tick: float

    def more(self) -> dict[str, float]:
        """Return it for a machine to read."""
        seconds = {"first_s": self.first, "last_s": self.last, "after_tick_s": self.after_tick}
        return {"alerts": self.alerts, **{name: round(one, 2) for name, one in seconds.items()}}


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """What was measured among so many children with so many open deadlines.

    started: seconds from the start of the join until it owned the partition. few, many: of a
    deadline of a handful, and of a midnight at which many fall due.
    """

    children: int
    due: int
    started: float
    few: Passed
    many: Passed

    def told(self) -> Told:
        """Return what the benchmark says of it."""
        text = (
            f"deadline to alert among {self.children:,} children with {self.due:,} open deadlines, "
            f"no input: {self.few.last:.1f} s, of which {self.few.after_tick:.1f} s after the tick "
            f"that saw it; at a midnight at which {self.many.alerts:,} fall due: the first after "
            f"{self.many.first:.1f} s, the last after {self.many.last:.1f} s, "
            f"{self.many.after_tick:.1f} s after the tick; the join had started in "
            f"{self.started:.1f} s"
        )
        more = {
            "children": self.children,
            "open_deadlines": self.due,
            "start_s": round(self.started, 2),
            "few": self.few.more(),
            "midnight": self.many.more(),
        }
        return Told({"deadline_to_alert_s": round(self.few.last, 1)}, text, {"deadlines": more})


def filling(children: int, midnight: int) -> Filling:
    """Return so many children; so many of them fall due at one midnight, a handful before it."""
    rest = max(0, children - midnight - _FEW)
    days = [(_FIRST, _FEW), (_FIRST + timedelta(days=_LATER), midnight)]
    for n in range(_REST_DAYS):
        many = rest * (n + 1) // _REST_DAYS - rest * n // _REST_DAYS
        days.append((_FIRST + timedelta(days=_REST + n), many))
    known_on = _FIRST + timedelta(days=_KNOWN)
    listed = [(day.isoformat(), many) for day, many in days]
    return Filling(la=LA, days=listed, known_on=known_on.isoformat())


def told_at(days_later: int) -> int:
    """Return the moment (ms UTC) from which the decision of those of that day is told as missed.

    It is the deadline itself: the sources may be silent for long, so their silence is believed.
    """
    return deadline(_FIRST + timedelta(days=days_later, weeks=_WEEKS_TO_DECIDE))


def deadlines(run: Bench, superuser: str, folder: Path, children: int, midnight: int) -> Deadlines:
    """Fill the store, start the join, and let deadlines pass by a clock that is put before them."""
    made = filling(children, midnight)
    environments = {name: run.environment(name) for name in ("join", "intake")}
    for _ in fill(made, environments, TOPICS.partition_of(LA)):
        pass
    due, began, owners = run.open_deadlines(), time.monotonic(), run.owners()
    with run.running(Process.JOIN):
        run.until(lambda: run.owners() > owners, _SECONDS_TO_START, "the join to start", 0.02)
        started = time.monotonic() - began
        clock = _Clock(run, superuser, folder, _LEAD_SECONDS + _STARTS_OF_LEAD * started)
        few = clock.passed(told_at(0), _FEW)
        many = clock.passed(told_at(_LATER), midnight)
    return Deadlines(children=children, due=due, started=started, few=few, many=many)


@dataclass(frozen=True)
class _Clock:
    """Intake by a clock that is put some seconds before a deadline."""

    run: Bench
    superuser: str
    folder: Path
    lead: float

    def passed(self, moment: int, alerts: int) -> Passed:
        """Let this moment (ms UTC) pass and return how soon its alerts were committed.

        Raises ProcessFailed where intake had not started before it.
        """
        run, before = self.run, self.run.known()
        ahead = moment - round((time.time() + self.lead) * 1000)
        passes = time.monotonic() + self.lead
        log = self.folder / "logs" / "intake-ahead.log"
        environment = run.environment("intake")
        with Watch(self.superuser) as watch, intake_ahead(environment, ahead, log):
            run.until(lambda: run.known() > before, _SECONDS_TO_START, "the first tick", 0.02)
            if run.known() >= moment:
                raise ProcessFailed("Intake started too slowly: the deadline had passed by then.")
            run.until(lambda: run.known() >= moment, _SECONDS_TO_TELL, "the tick after it", 0.02)
            tick = passes + (run.known() - moment) / 1000
            run.until(
                lambda: len(watch.told) >= alerts, _SECONDS_TO_TELL, "what is due to be told", 0.05
            )
        told = sorted(watch.told.values())
        return Passed(
            alerts=len(told),
            first=told[0] - passes,
            last=told[-1] - passes,
            after_tick=told[-1] - tick,
        )
