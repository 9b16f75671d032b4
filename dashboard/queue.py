"""My queue: the alerts of my authority, the most urgent first, and how many there are of what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from consumers.store import queue
from consumers.store.queue import AGES, Count, Place
from consumers.store.standings import standings
from dashboard.alerts import AlertLine, duty_of, line_of
from dashboard.freshness import freshness_of
from dashboard.people import Person
from dashboard.session import Signed
from dashboard.store import Store
from dashboard.times import moment_text
from dashboard.wiring import pages_of, store_of
from journey.moments import day_of
from journey.words import counted

PAGE_SIZE = 20
WHOSE = {
    "waiting": "Waiting for somebody",
    "mine": "Mine, or offered to me",
    "unassigned": "Nobody has it",
    "unseen": "Nobody has seen it",
    "escalated": "Escalated",
    "aside": "Set aside",
    "all": "All",
}
MINE = "mine"
"""Which teams: all of those that somebody is in."""
STATES = {
    "open": "Open",
    "due_soon": "Due soon",
    "resolved": "Resolved",
    "withdrawn": "Withdrawn",
    "all": "All",
}

router = APIRouter()


class NotInOrder(Exception):
    """An address that no page of ours leads to."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What part of the queue is asked for; empty means no filter."""

    duty: str = ""
    state: str = "open"
    whose: str = "waiting"
    team: str = ""
    after: str = ""

    def link(self, **other: str) -> str:
        """Return the address of the queue with something else asked; a filter begins anew."""
        asked = {"duty": self.duty, "state": self.state, "whose": self.whose, "team": self.team}
        default = {"state": "open", "whose": "waiting"}
        return "/queue?" + urlencode(
            {
                name: said
                for name, said in {**asked, **other}.items()
                if said != default.get(name, "")
            }
        )

    @property
    def status(self) -> str | None:
        """The status in the store that is asked for, None for all."""
        return None if self.state == "all" else self.state.upper()


class DutyCount(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the counts: open alerts of one duty, in all and by age."""

    duty: str
    words: str
    open: int
    by_age: tuple[int, ...]
    link: str


@router.get("/queue")
def show_queue(
    request: Request,
    person: Signed,
    duty: str = "",
    state: str = "open",
    whose: str = "waiting",
    team: str = "",
    after: str = "",
) -> Response:
    """Show a page of the queue."""
    asked = Asked(duty=duty, state=state, whose=whose, team=team, after=after)
    return pages_of(request).show(
        request, "queue.html", queue_shown(store_of(request), person, asked)
    )


def queue_shown(store_: Store, person: Person, asked: Asked) -> dict[str, Any]:
    """Return a page of the queue; raises NotInOrder where no page of ours asks so."""
    duty = asked.duty
    if asked.state not in STATES or asked.whose not in WHOSE or (duty and duty_of(duty) is None):
        raise NotInOrder
    with store_.reading(person) as store:
        known = store.known()
        found = queue.page(
            store,
            size=PAGE_SIZE,
            status=asked.status,
            duty=asked.duty or None,
            whose=asked.whose,
            me=person.name,
            teams=teams_of(person, asked.team),
            after=place_in(asked.after),
        )
        stands = standings(store, (alert["alert_id"] for alert in found.alerts))
        aside, escalated = queue.set_aside(store)
        open_now = queue.counts(store, day_of(known.kappa))
        due_soon = queue.due_soon(store)
    today = day_of(known.kappa)
    lines = [line_of(one, today, stands.get(one["alert_id"])) for one in found.alerts]
    sources = freshness_of(known.authority.sources.values(), known.kappa)
    return {
        "asked": asked,
        "groups": grouped(lines),
        "total": total(open_now, asked),
        "counts": [_row(count, asked) for count in open_now],
        "ages": ages(),
        "sums": sums(open_now),
        "open": counted(sum(count.open for count in open_now), "open alert"),
        "due_soon": f"{due_soon:,} more" if due_soon else "",
        "states": STATES,
        "whose": WHOSE,
        "teams": team_choices(person),
        "aside": counted(aside, "open alert") if aside else "",
        "escalated": counted(escalated, "open alert") if escalated else "",
        "duties": sorted({count.duty for count in open_now} | ({duty} if duty else set())),
        "next": asked.link(after=text_of_place(found.end)) if found.end else "",
        "sources": sources,
        "late": [source for source in sources if source.is_late],
        "as_of": moment_text(known.kappa) if known.kappa else "",
        "told": known.authority.chain[:16],
    }


def team_choices(person: Person) -> dict[str, str]:
    """Return which teams this person can ask for, in words; none who is in no team."""
    if not person.teams:
        return {}
    each = {team: f"Team {team}" for team in person.teams} if len(person.teams) > 1 else {}
    return {"": "The whole authority", MINE: f"My teams ({', '.join(person.teams)})", **each}


def teams_of(person: Person, team: str) -> tuple[str, ...] | None:
    """Return the teams whose alerts are asked for, None for all; raises NotInOrder.

    A team that somebody is not in is none that they can ask for: it shows whom others work with.
    """
    if not team:
        return None
    if team not in (MINE, *person.teams) or not person.teams:
        raise NotInOrder
    return person.teams if team == MINE else (team,)


def grouped(lines: Iterable[AlertLine]) -> list[tuple[str, list[AlertLine]]]:
    """Return the lines by severity, in the order in which they come."""
    return [(name, list(part)) for name, part in groupby(lines, lambda line: line.severity)]


def total(open_now: Iterable[Count], asked: Asked) -> str:
    """Return how many open alerts the filter leaves, empty where it asks for other states."""
    if asked.state != "open":
        return ""
    wanted = [count.open for count in open_now if asked.duty in ("", count.duty)]
    return counted(sum(wanted), "open alert")


def sums(open_now: Iterable[Count]) -> list[int]:
    """Return how many open alerts there are of each age."""
    return [sum(column) for column in zip(*(count.by_age for count in open_now), strict=True)]


def ages() -> list[str]:
    """Return the ages in words, the youngest first."""
    week, month, quarter = AGES
    return [
        f"up to {week} days",
        f"{week + 1} to {month} days",
        f"{month + 1} to {quarter} days",
        f"more than {quarter} days",
    ]


def place_in(text: str) -> Place | None:
    """Return the place that an address names, None where it names none; raises NotInOrder."""
    if not text:
        return None
    rank, _, rest = text.partition(".")
    due, _, name = rest.partition(".")
    try:
        return Place(rank=int(rank), due=date.fromisoformat(due), alert_id=UUID(name))
    except ValueError:
        raise NotInOrder from None


def text_of_place(place: Place) -> str:
    """Return a place as an address names it."""
    return f"{place.rank}.{place.due.isoformat()}.{place.alert_id}"


def _row(count: Count, asked: Asked) -> DutyCount:
    duty = duty_of(count.duty)
    return DutyCount(
        duty=count.duty,
        words=duty.meaning if duty else "",
        open=count.open,
        by_age=count.by_age,
        link=asked.link(duty=count.duty, state="open"),
    )
