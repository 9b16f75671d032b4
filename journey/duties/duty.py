"""What a duty is: who owes what by when, asked of one child's journey."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Protocol

import msgspec

from journey.calendars import Calendars
from journey.child import Journey

UNLIMITED = date.min
"""Since when the release's own rules hold."""


class Basis(StrEnum):
    """Where a duty comes from; shown wherever a person sees the duty."""

    LAW = "law"
    STATUTORY_GUIDANCE = "statutory guidance"
    GUIDANCE = "guidance"
    LOCAL = "local"
    PROPOSED = "proposed"
    REVIEW = "practice indicator"


class Severity(StrEnum):
    """How bad a missed deadline is."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class About(StrEnum):
    """What a duty is asked of; the key in its alerts is that one's."""

    CHILD = "child"
    PROVIDER = "provider"
    SOURCE = "source"


class Met(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How a case came to be no longer owed.

    on: the valid day on which it was met, or on which the duty ceased to apply.
    by: the event ids that show it.
    ended: True where nothing was done but the duty ceased (the placement ended, the child died).
    """

    on: date
    by: tuple[str, ...] = ()
    ended: bool = False


class Case(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One duty on one child on one occasion.

    anchor: record key of the episode watched (or the child's earliest leaf).
    period: which occurrence (a school day, a review number, an academic year), or empty.
    due: the last day on which it can be done in time (inclusive); the deadline is the
        midnight (Europe/London) after it.
    arithmetic: the clock in words, e.g. "20 school days after 3 September 2025".
    because: event ids of the facts that started the clock.
    met: how it was met or ended; None while it is owed.
    escalates_on: the day from whose midnight (its end) the case is CRITICAL, or None.
    detail: what is missing, in words (never a name), e.g. "health has not contributed".
    ends_on: a day after `due` with which it will cease to be owed whatever is done, known
        beforehand (an announced end, coming of age); None where none is known.
    rules: the local authority's own version that judged it; empty where the release's did.
    warns_on: the day from whose midnight (its end) it is told as due soon, or None.
    steps: the days from whose midnights (their ends) it is escalated, in order.
    held_by: the duties whose alert on the same episode holds this one while it is open.
    """

    anchor: str
    period: str = ""
    due: date
    arithmetic: str
    because: tuple[str, ...]
    met: Met | None = None
    escalates_on: date | None = None
    detail: str = ""
    ends_on: date | None = None
    rules: str = ""
    warns_on: date | None = None
    steps: tuple[date, ...] = ()
    held_by: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """The event ids of the facts that started its clock and of those that met it."""
        return self.because + (self.met.by if self.met else ())


class Cases(Protocol):
    """The function of a duty: every case that follows from the journey, met or not."""

    def __call__(
        self, journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
    ) -> Iterable[Case]:
        """Return the cases; the same journey always gives the same cases."""


class Limit(msgspec.Struct, frozen=True):
    """A number in law: a parameter may be made stricter and never looser than it.

    names: the parameter, or the two of a date ("month", "day").
    at_most, at_least: the bound, a number for each name; a date comes no later in the school
        year than at_most.
    """

    names: tuple[str, ...]
    at_most: tuple[int, ...] | None = None
    at_least: tuple[int, ...] | None = None


def at_most(name: str, number: int) -> Limit:
    """Return the limit of a parameter that may be smaller and not larger."""
    return Limit((name,), at_most=(number,))


def at_least(name: str, number: int) -> Limit:
    """Return the limit of a parameter that may be larger and not smaller."""
    return Limit((name,), at_least=(number,))


def no_later(month: int, day: int) -> Limit:
    """Return the limit of a date in the school year that may be earlier and not later."""
    return Limit(("month", "day"), at_most=(month, day))


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of the catalogue.

    reads: every event type that can change its cases (triggers, satisfying and ending ones).
    satisfied_by: the event types that could hold the fact that is missing.
    our_default: what in the numbers is our own, in words, or empty where it is the source's.
    person_anchored: True where the anchor is the child's earliest leaf, not an episode.
    limits: the numbers of its parameters that are law, which no authority may loosen.
    needs: event types of which each must be sent by somebody, or the duty is not watched at all:
        without them its silence would accuse those who did what they should.
    on: False where it is asked only once a local authority has switched it on.
    about: what it is asked of.
    checks_data: True where it checks that records agree, and is no duty to a child.
    rules: the local authority's version of which this is the duty; empty for the release's.
    inhibited_by: the duties whose alert on the same episode may hold this one's, as it says all
        that this one would; it does only where a local authority says so (held_by).
    warn_days: how many days before its deadline it is told as due soon; 0 for not at all.
    escalate_days: after how many days past its deadline it is escalated, each a step; ascending.
    held_by: those of inhibited_by that do hold it.
    eras: what it was from which day on, where a local authority changed it; each judges what
        began in its own time.
    """

    id: str
    meaning: str
    trigger: str
    satisfying: str
    clock: str
    severity: Severity
    basis: Basis
    source: str
    parameters: Mapping[str, int | str]
    reads: frozenset[str]
    satisfied_by: frozenset[str]
    cases: Cases
    our_default: str = ""
    person_anchored: bool = False
    limits: tuple[Limit, ...] = ()
    needs: frozenset[str] = frozenset()
    on: bool = True
    checks_data: bool = False
    about: About = About.CHILD
    rules: str = ""
    inhibited_by: frozenset[str] = frozenset()
    warn_days: int = 0
    escalate_days: tuple[int, ...] = ()
    held_by: frozenset[str] = frozenset()
    eras: tuple[Era, ...] = ()

    @property
    def is_staged(self) -> bool:
        """Whether it warns, escalates or is held: whether its cases have more days than one."""
        return bool(self.warn_days or self.escalate_days or self.held_by)

    def on_day(self, day: date) -> Duty:
        """Return the duty as it is in force on a day."""
        return next((era.duty for era in reversed(self.eras) if era.since <= day), self)


class Era(msgspec.Struct, frozen=True):
    """A duty as it is in force from a day on, until the next begins.

    tightens: what began before and is not yet due on that day has to be done as soon as it says.
    """

    since: date
    duty: Duty
    tightens: bool = False
