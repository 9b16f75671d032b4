"""Whether what an event costs, what is held in memory and how soon a join is back stay as they are.

Stores of several sizes are filled with children of 75 years, one after another in time; at
each size a join is killed and another one started. Then the same events are joined of one
authority and of eight, by one worker and by two.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from joinedup.bench.fill import Filled, Filling, fill
from joinedup.bench.plot import Line, Panel, svg
from joinedup.bench.result import Told
from joinedup.bench.run import TOPICS, Bench, require, unclear, year_of
from joinedup.commands.demo_processes import ProcessFailed
from joinedup.commands.run import Process
from producers.event import Event
from producers.simulate import LA

AUTHORITIES = tuple(str(number) for number in range(301, 309))
_MONTHS, _FIRST_YEAR = 900, 1951
"""The whole years until now of which there is a calendar.

What falls due in years without one is told of at the beginning of the first, all of it at once."""
_MB = 1_000_000
_SECONDS_TO_START = 900
_PAUSE_SECONDS = 0.1
_WARM = 2
"""Blocks of a filling that are not counted: everything is met for the first time in them."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """A store of so many children: how it was filled, and seconds until a killed join was back.

    memory: bytes of the join that came after it, once it had joined something.
    """

    children: int
    blocks: Sequence[Filled]
    recovery: float
    memory: int

    @property
    def cost(self) -> float:
        """Processor µs of the join's process for each event, once it was warm."""
        first, last = self.blocks[min(_WARM, len(self.blocks) - 2)], self.blocks[-1]
        return (last.cpu - first.cpu) / (last.events - first.events) * 1e6

    def more(self) -> dict[str, float]:
        """Return it for a machine to read."""
        return {
            "children": self.children,
            "cpu_us_per_event": round(self.cost),
            "filling_mb": round(self.blocks[-1].memory / _MB),
            "join_mb": round(self.memory / _MB),
            "recovery_s": round(self.recovery, 2),
        }

    def text(self) -> str:
        """Return it in a line."""
        return (
            f"{self.children:,} children of 75 years: {self.cost:.0f} µs of processor time for "
            f"each event, {self.blocks[-1].memory / _MB:.0f} MB at the end of filling and "
            f"{self.memory / _MB:.0f} MB of a join that came after; back {self.recovery:.1f} s "
            "after one was killed"
        )


@dataclass(frozen=True, kw_only=True)
class Shared:
    """How many events a second were joined, of so many authorities by so many workers."""

    authorities: int
    workers: int
    rate: float

    def more(self) -> dict[str, float]:
        """Return it for a machine to read."""
        said = {"authorities": self.authorities, "workers": self.workers}
        return {**said, "joined_per_s": round(self.rate)}

    def text(self) -> str:
        """Return it in a line."""
        return (
            f"{self.authorities} authorities, {self.workers} workers: {self.rate:,.0f} events "
            "joined each second"
        )


def growth_told(sizes: Sequence[Size], shared: Sequence[Shared]) -> Told:
    """Return what the benchmark says of it."""
    least, most = sizes[0], sizes[-1]
    values = {
        "cost_ratio": round(most.cost / least.cost, 2),
        "memory_ratio": round(most.memory / least.memory, 2),
        "recovery_s": round(most.recovery, 1),
    }
    text = "\n".join([*(one.text() for one in sizes), *(one.text() for one in shared)])
    more = {"sizes": [one.more() for one in sizes], "shared": [one.more() for one in shared]}
    return Told({"growth": values}, text, {"growth": more})


def picture(sizes: Sequence[Size]) -> str:
    """Return what grew and what did not, as SVG."""
    costs = [Line(f"{one.children:,}", _costs(one)) for one in sizes]
    memory = [
        Line(f"{one.children:,}", [(b.children, b.memory / _MB) for b in one.blocks])
        for one in sizes
    ]
    back = [Line("seconds", [(one.children, one.recovery) for one in sizes])]
    return svg(
        [
            Panel("Processor time for each event, µs, as a store fills", "children", costs),
            Panel("Memory of the process, MB, as a store fills", "children", memory),
            Panel("Seconds until a killed join is back", "children", back),
        ]
    )


def _costs(size: Size) -> list[tuple[float, float]]:
    step = max(1, len(size.blocks) // 40)
    kept = list(size.blocks[::step])
    if len(kept) > 2 and 2 * (kept[-1].events - kept[-2].events) < kept[1].events - kept[0].events:
        del kept[-2]  # the few events of a rest bear the days that passed with them
    return [(b.children, (b.cpu - a.cpu) / (b.events - a.events) * 1e6) for a, b in pairwise(kept)]


def generations(children: int) -> Filling:
    """Return so many children, some of each month of 75 years."""
    days = [
        (
            date(_FIRST_YEAR + month // 12, month % 12 + 1, 1).isoformat(),
            children * (month + 1) // _MONTHS - children * month // _MONTHS,
        )
        for month in range(_MONTHS)
    ]
    return Filling(la=LA, days=[(day, many) for day, many in days if many])


def size_of(run: Bench, children: int) -> Size:
    """Fill a fresh store with so many, kill a join that works on it, and wait for the next one."""
    run.prepare()
    environments = {name: run.environment(name) for name in ("join", "intake")}
    blocks = list(fill(generations(children), environments, TOPICS.partition_of(LA)))
    recovery, memory = _recovery(run)
    return Size(children=children, blocks=blocks, recovery=recovery, memory=memory)


def _recovery(run: Bench) -> tuple[float, int]:
    """Return the seconds from a join's start to its first commit, and the bytes that it then has.

    The one before it was killed while events came in.
    """
    before = run.known()
    with run.running(Process.INTAKE):
        with suppress(ProcessFailed), run.running(Process.JOIN) as killed:
            run.until(lambda: run.known() > before, _SECONDS_TO_START, "the first tick")
            _published_until_joined(run, 2_000_000)
            killed.kill()
        began = time.monotonic()
        with run.running(Process.JOIN) as join:
            _published_until_joined(run, 3_000_000)
            return time.monotonic() - began, join.memory_info().rss


def _published_until_joined(run: Bench, number: int) -> None:
    """Publish placements, one after another, until one of them is joined."""
    yesterday, joined = datetime.now(UTC) - timedelta(days=1), run.joined()
    began = time.monotonic()
    with run.publisher() as publisher:
        while run.joined() == joined:
            if time.monotonic() - began > _SECONDS_TO_START:
                raise ProcessFailed("The join that was started again has joined nothing.")
            number += 1
            require([publisher.publish(unclear(number, yesterday))])
            time.sleep(_PAUSE_SECONDS)


def shared_of(made: Callable[[Sequence[str]], Bench], events: int) -> list[Shared]:
    """Return how fast the same events are joined, by authorities and workers.

    made: returns a fresh bench whose sources speak for these authorities.
    """
    return [
        _joined(made(authorities), authorities, workers, events)
        for authorities, workers in (((LA,), 1), (AUTHORITIES, 1), (AUTHORITIES, 2))
    ]


def _joined(run: Bench, authorities: Sequence[str], workers: int, events: int) -> Shared:
    """Let intake write all of it down first, then join it."""
    with run.publisher() as publisher:
        require(publisher.publish_many(_spread(year_of(events), authorities)))
    run.take_in()
    owners = run.owners()
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(run.running(Process.JOIN))
        run.until(lambda: run.owners() > owners, _SECONDS_TO_START, "the joins to start")
        began = time.monotonic()
        run.until_joined(events)
        seconds = time.monotonic() - began
    return Shared(authorities=len(authorities), workers=workers, rate=events / seconds)


def _spread(events: Sequence[Event], authorities: Sequence[str]) -> list[Event]:
    """Return the events, each child's in the one of the authorities that its turn gives."""
    found, turns = [], dict[str, str]()
    for event in events:
        child = str(event.record.get("identifiers"))
        la = turns.setdefault(child, authorities[len(turns) % len(authorities)])
        found.append(replace(event, record={**event.record, "local_authority": la}))
    return found
