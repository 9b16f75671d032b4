"""Episodes of the looked-after children return, put together into periods of care."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from producers.files.codes import codes
from producers.files.dates import day_first
from producers.files.outcomes import BadValue, Refused, Row
from producers.files.tables import Record, within

STARTED = "S"


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One row of the episodes table.

    started_on: DECOM. ended_on: DEC, None while it is open or where it cannot be read.
    new: RNE, why it is a new episode. end: REC, X1 where care goes on, E… where it ends.
    """

    row: Row
    child: str
    started_on: date
    new: str
    legal_status: str
    placement_type: str
    ended_on: date | None
    end: str
    change_reason: str

    @property
    def ends_care(self) -> bool:
        """Whether the period of care ended with it."""
        return self.end.startswith("E")


@dataclass(frozen=True, slots=True)
class Placed:
    """An episode within its period of care, and the episode before it in that period."""

    episode: Episode
    period_from: date
    before: Episode | None


def episode(record: Record, last: date) -> tuple[Episode, list[Refused]]:
    """Return the row's episode, and a refusal for each part of it that cannot be used.

    Raises BadValue where child, first day or reason cannot be read: then nothing can be said.
    ``last`` is the latest day that the file can know.
    """
    child = record.required("CHILD", "the local authority's id of the child")
    first = day_first(record.required("DECOM", "the episode's first day"), "DECOM")
    started_on = within(first, "DECOM", last)
    new = record.required("RNE", "one of S L P T U B")
    if new not in codes("ssda903", "new_episode"):
        raise BadValue("RNE", "is no known code; expected one of S L P T U B")
    ended_on, refusals = _end(record, started_on, last)
    found = Episode(
        row=record.row,
        child=child,
        started_on=started_on,
        new=new,
        legal_status=record.text("LS"),
        placement_type=record.text("PLACE") or record.text("PL"),
        ended_on=ended_on,
        end=record.text("REC"),
        change_reason=record.text("REASON_PLACE_CHANGE"),
    )
    return found, refusals


def periods(episodes: Iterable[Episode]) -> Iterator[Placed]:
    """Yield one child's episodes in order, each with the first day of its period of care.

    A period begins with the first episode known, with RNE S, and after an episode that ended care.
    """
    before: Episode | None = None
    period_from = date.min
    for found in sorted(episodes, key=lambda one: one.started_on):
        if before is None or found.new == STARTED or before.ends_care:
            before, period_from = None, found.started_on
        yield Placed(found, period_from, before)
        before = found


def _end(record: Record, started_on: date, last: date) -> tuple[date | None, list[Refused]]:
    try:
        return _ended_on(record, started_on, last), []
    except BadValue as bad:
        return None, [bad.at(record.row)]


def _ended_on(record: Record, started_on: date, last: date) -> date | None:
    text, reason = record.text("DEC"), record.text("REC")
    if not text:
        if reason.startswith("E"):
            raise BadValue("DEC", "is empty, although REC says that care ended")
        return None
    if not reason:
        raise BadValue("REC", "is empty, although DEC says that the episode ended")
    ended_on = within(day_first(text, "DEC"), "DEC", last)
    if ended_on < started_on:
        raise BadValue("DEC", "is before DECOM")
    return ended_on
