"""The tables of the looked-after children return (SSDA903): care, placements and reviews."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from producers.event import Event, Identifier
from producers.files.codes import codes
from producers.files.dates import day_first
from producers.files.identities import Candidate, Person, usable
from producers.files.outcomes import (
    BadValue,
    Context,
    Made,
    Noted,
    Outcome,
    Refused,
    Row,
    Skipped,
    Unreadable,
)
from producers.files.ssda903_episodes import STARTED, Episode, Placed, episode, periods
from producers.files.tables import Record, records, require_headings, row_count, within

_TYPES: Mapping[str, frozenset[str]] = {
    "episodes": frozenset(("BecameLookedAfter", "CarePlacementChanged", "CeasedLookedAfter")),
    "reviews": frozenset(("LacReviewHeld",)),
}
_COLUMNS: Mapping[str, frozenset[str]] = {
    "header": frozenset(("CHILD", "DOB")),
    "episodes": frozenset(("CHILD", "DECOM", "RNE", "DEC", "REC")),
    "reviews": frozenset(("CHILD", "REVIEW")),
}
_NOT_USED = "this table says nothing that the platform takes"
_CHILD = "the local authority's id of the child"


@dataclass(frozen=True, slots=True)
class Children:
    """The children by the authority's id, with what their header row gave."""

    people: Mapping[str, Person]

    def person(self, child: str) -> Person:
        """Return the child; one without a header row has only the authority's id."""
        return self.people.get(child) or Person((Identifier("LA_CHILD_ID", child),), None)


def read(files: Sequence[Path], context: Context) -> Iterator[Outcome]:
    """Yield the outcome of every row of the return's tables, told apart by file name.

    The header is read first, since it holds the identifiers; raises Unreadable where no table
    that is used is among the files.
    """
    tables, others = _sort(files)
    people: dict[str, Person] = {}
    for path in tables["header"]:
        yield from _header(path, context, people)
    children = Children(people)
    for path in tables["episodes"]:
        yield from episodes(records(path), context, children)
    for path in tables["reviews"]:
        yield from reviews(records(path), context, children)
    for path in others:
        yield Skipped(Row(path.name), _NOT_USED, row_count(path))


def types_in(files: Sequence[Path]) -> frozenset[str]:
    """Return the event types of the tables that are there: no others can be missed."""
    found = (_TYPES.get(path.stem.lower(), frozenset()) for path in files)
    return frozenset[str]().union(*found)


def recognises(files: Sequence[Path]) -> bool:
    """Return whether these files are a return of this kind, by their names."""
    return any(path.stem.lower() in _TYPES for path in files)


def _sort(files: Sequence[Path]) -> tuple[dict[str, list[Path]], list[Path]]:
    tables: dict[str, list[Path]] = {name: [] for name in _COLUMNS}
    others: list[Path] = []
    for path in files:
        stem = path.stem.lower()
        tables.get(stem, others).append(path)
        if stem in _COLUMNS:
            require_headings(path, _COLUMNS[stem])
    if not tables["episodes"] and not tables["reviews"]:
        raise Unreadable(
            "No episodes.csv or reviews.csv is among the files: give the folder of the return."
        )
    return tables, others


def _header(path: Path, context: Context, people: dict[str, Person]) -> Iterator[Outcome]:
    for record in records(path):
        try:
            child, person, notes = header(record, context)
        except BadValue as bad:
            yield bad.at(record.row)
            continue
        people[child] = person
        yield from notes
        yield Skipped(record.row, "gives who the child is, for the events of the other tables")


def header(record: Record, context: Context) -> tuple[str, Person, list[Noted]]:
    """Return the child's id, who that is, and the doubts about it; raises BadValue."""
    child = record.required("CHILD", _CHILD)
    born = _born(record, context)
    taken, notes = usable(record.row, _candidates(record, child))
    return child, Person(tuple(taken), born), notes


def _born(record: Record, context: Context) -> date | None:
    text = record.text("DOB")
    return within(day_first(text, "DOB"), "DOB", context.extract_day) if text else None


def _candidates(record: Record, child: str) -> list[Candidate]:
    return [
        Candidate("CHILD", Identifier("LA_CHILD_ID", child)),
        Candidate("UPN", Identifier("UPN", record.text("UPN"))),
    ]


def episodes(rows: Iterable[Record], context: Context, children: Children) -> Iterator[Outcome]:
    """Yield the periods of care and changes of placement of these rows, child by child."""
    by_child: dict[str, dict[date, Episode]] = {}
    for record in rows:
        try:
            found, refusals = episode(record, context.extract_day)
        except BadValue as bad:
            yield bad.at(record.row)
            continue
        known = by_child.setdefault(found.child, {})
        if found.started_on in known:
            yield Refused(
                record.row, "DECOM", "another row begins an episode of the child that day"
            )
            continue
        known[found.started_on] = found
        yield from refusals
    for own in by_child.values():
        placed = list(periods(own.values()))
        for one in placed:
            person = children.person(one.episode.child)
            yield from _of_episode(one, context, person, is_last=one is placed[-1])


def _of_episode(
    placed: Placed, context: Context, person: Person, *, is_last: bool
) -> Iterator[Outcome]:
    found = placed.episode
    period = f"ssda903/period/{found.child}/{placed.period_from}"
    if placed.before is None:
        yield from _began(found, period, context, person)
    else:
        yield Made(found.row, _changed(found, placed.before, period, context, person))
    # An end whose day is refused is still an end: by the extract at the latest, or by the next
    # period of care, which ends this one without being told.
    ceased_on = found.ended_on or (context.extract_day if is_last else None)
    if found.ends_care and ceased_on:
        event = context.event(
            "CeasedLookedAfter",
            f"{period}/ceased",
            person.identifiers,
            date_of_birth=person.date_of_birth,
            period=period,
            ceased_on=ceased_on,
            reason_code=found.end,
        )
        yield Made(found.row, event)


def _began(found: Episode, period: str, context: Context, person: Person) -> Iterator[Outcome]:
    if found.new != STARTED:
        yield Noted(found.row, "RNE", "care began before its first known day, and is sent as such")
    event = context.event(
        "BecameLookedAfter",
        period,
        person.identifiers,
        date_of_birth=person.date_of_birth,
        started_on=found.started_on,
        began_before=True if found.new != STARTED else None,
        legal_status=found.legal_status or None,
        placement_type=found.placement_type or None,
    )
    yield Made(found.row, event)


def _changed(
    found: Episode, before: Episode, period: str, context: Context, person: Person
) -> Event:
    return context.event(
        "CarePlacementChanged",
        f"ssda903/episode/{found.child}/{found.started_on}",
        person.identifiers,
        date_of_birth=person.date_of_birth,
        period=period,
        changed_on=found.started_on,
        placement_type=found.placement_type or None,
        legal_status=found.legal_status or None,
        reason_code=before.change_reason or None,
    )


def reviews(rows: Iterable[Record], context: Context, children: Children) -> Iterator[Outcome]:
    """Yield the reviews of these rows."""
    seen: dict[tuple[str, date], str] = {}
    for record in rows:
        try:
            child, held_on, code = _review(record, context.extract_day)
        except BadValue as bad:
            yield bad.at(record.row)
            continue
        if (child, held_on) in seen:
            yield _repeated(record.row, same=seen[child, held_on] == code)
            continue
        seen[child, held_on] = code
        person = children.person(child)
        event = context.event(
            "LacReviewHeld",
            f"ssda903/review/{child}/{held_on}",
            person.identifiers,
            date_of_birth=person.date_of_birth,
            held_on=held_on,
            participation=code,
        )
        yield Made(record.row, event)


def _review(record: Record, last: date) -> tuple[str, date, str]:
    child = record.required("CHILD", _CHILD)
    text = record.required("REVIEW", "the day of the review")
    held_on = within(day_first(text, "REVIEW"), "REVIEW", last)
    code = record.required("REVIEW_CODE", "one of PN0 to PN7")
    if code not in codes("ssda903", "participation"):
        raise BadValue("REVIEW_CODE", "is no known code; expected one of PN0 to PN7")
    return child, held_on, code


def _repeated(row: Row, *, same: bool) -> Outcome:
    if same:
        return Skipped(row, "repeats an earlier row word for word")
    return Refused(row, "REVIEW_CODE", "contradicts an earlier row about the same review")
