"""The tables of the looked-after children return (SSDA903): care, placements and reviews."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from producers.event import Event, Identifier
from producers.files.codes import codes
from producers.files.dates import day_first
from producers.files.identities import Candidate, Person, usable
from producers.files.kept import Kept
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
from producers.files.ssda903_return import Return
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


def read(files: Sequence[Path], context: Context) -> Iterator[Outcome]:
    """Yield the outcome of every row of the return's tables, told apart by file name.

    The header is read first, since it holds the identifiers; raises Unreadable where no table
    that is used is among the files.
    """
    tables, others = _sort(files)
    with Kept() as kept:
        known = Return(kept)
        for path in tables["header"]:
            yield from _header(path, context, known)
        for path in tables["episodes"]:
            yield from episodes(records(path), context, known.lived)
        yield from _periods(context, known)
        for path in tables["reviews"]:
            yield from reviews(records(path), context, known)
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


def _header(path: Path, context: Context, known: Return) -> Iterator[Outcome]:
    for record in records(path):
        try:
            child, person, notes = header(record, context)
        except BadValue as bad:
            yield bad.at(record.row)
            continue
        known.know(child, person)
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


def episodes(
    rows: Iterable[Record], context: Context, keep: Callable[[Episode], bool]
) -> Iterator[Outcome]:
    """Keep the episodes of these rows, and yield what of them cannot be taken.

    keep: returns False where the child has an episode that began that day.
    """
    for record in rows:
        try:
            found, refusals = episode(record, context.extract_day)
        except BadValue as bad:
            yield bad.at(record.row)
            continue
        if keep(found):
            yield from refusals
        else:
            yield Refused(
                record.row, "DECOM", "another row begins an episode of the child that day"
            )


def _periods(context: Context, known: Return) -> Iterator[Outcome]:
    for own in known.lives():
        yield from care(own, context, known.person(own[0].child))


def care(episodes: Iterable[Episode], context: Context, person: Person) -> Iterator[Outcome]:
    """Yield the periods of care and changes of placement of one child's episodes."""
    placed = list(periods(episodes))
    for one in placed:
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


def reviews(rows: Iterable[Record], context: Context, known: Return) -> Iterator[Outcome]:
    """Yield the reviews of these rows."""
    for record in rows:
        try:
            child, held_on, code = _review(record, context.extract_day)
        except BadValue as bad:
            yield bad.at(record.row)
            continue
        earlier = known.reviewed(child, held_on, code)
        if earlier is not None:
            yield _repeated(record.row, same=earlier == code)
            continue
        person = known.person(child)
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
