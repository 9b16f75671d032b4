"""What the JSON API answers about alerts and children, as types, and what all answers are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import msgspec

from dashboard.acting import DoneLine
from dashboard.alerts import AlertLine, Told
from dashboard.child import Known, Line
from dashboard.freshness import Freshness
from dashboard.leading import Involved
from dashboard.queue import DutyCount
from dashboard.reasons import Because
from dashboard.roles import Role


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer; it has these fields and no other."""


class Me(Answer, frozen=True, kw_only=True):
    """Who asks; form_token: what acts of this session carry, empty for who asks by a token."""

    name: str
    la: str
    role: Role
    agency: str
    organisation: str
    teams: tuple[str, ...]
    form_token: str


class News(Answer, frozen=True, kw_only=True):
    """told: another text whenever something was told. known_to: ms since 1970 UTC."""

    told: str
    known_to: int


class QueuePage(Answer, frozen=True, kw_only=True):
    """A page of the queue; next: the address of the one after it, null on the last.

    due_soon, aside, escalated: how many more there are of which only a warning was told, and how
    many open ones are set aside or escalated; in words, empty where none is.
    """

    alerts: tuple[AlertLine, ...]
    next: str | None
    counts: tuple[DutyCount, ...]
    due_soon: str
    aside: str
    escalated: str
    sources: tuple[Freshness, ...]
    told: str
    as_of: str


class Became(Answer, frozen=True, kw_only=True):
    """What became of an action that was recorded, in words."""

    heading: str
    words: str
    id: UUID


class AlertShown(Answer, frozen=True, kw_only=True):
    """An alert; number: of its last transition. why_not: why one cannot act, empty where one can.

    recorded: null unless the request names an action.
    """

    alert: AlertLine
    because: tuple[str, ...]
    met_by: tuple[str, ...]
    told: tuple[Told, ...]
    done: tuple[DoneLine, ...]
    number: int
    why_not: str
    recorded: Became | None
    as_of: str


class Recorded(Answer, frozen=True, kw_only=True):
    """The id of the record of an action."""

    recorded: str


class ChildShown(Answer, frozen=True, kw_only=True):
    """A child: alerts by how they stand, deadlines ahead, who is involved, timeline, records."""

    child: str
    withheld: str
    open: tuple[AlertLine, ...]
    due_soon: tuple[AlertLine, ...]
    closed: tuple[AlertLine, ...]
    ahead: tuple[Because, ...]
    involved: tuple[Involved, ...]
    timeline: tuple[Line, ...]
    records: tuple[Known, ...]
    parked: str
    as_of: str


class WhyShown(Answer, frozen=True, kw_only=True):
    """Of each duty why there is an alert on a day, or why there is none."""

    child: str
    withheld: str
    on: date
    as_of: str
    duties: tuple[Because, ...]


class Problem(Answer, frozen=True, kw_only=True):
    """What is not in order (RFC 9457); fields: of an action, what is wrong with which field.

    reason, since: as a code, and from which day on; empty where there is nothing to say of it.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    fields: Mapping[str, str] = {}
    reason: str = ""
    since: str = ""
