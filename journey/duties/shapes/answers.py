"""Which facts answer what is owed: of a type, about the episode, and complete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from journey.clocks import calendar_days
from journey.duties.episodes import Dated, Episode, dated, owner
from journey.duties.shapes.asked import Asked
from journey.duties.shapes.subject import OWN_DAY
from journey.events import Event

NO_VALUE: tuple[object, ...] = (None, "", (), [], False)


class Answer(msgspec.Struct, frozen=True):
    """Facts of one type that answer what is owed.

    about: the field by which a fact names its episode. One that names none belongs to the
        latest begun on or before its day.
    before: the name of a parameter, in days: how long before an episode a fact may come that
        names none.
    fits: for which episodes a fact can be an answer at all.
    complete: the name of a parameter that lists the fields that have to be filled in.
    """

    kind: str
    about: str = ""
    before: str = ""
    fits: Callable[[Episode, Event], bool] | None = None
    complete: str = ""


def answers(
    asked: Asked, among: Sequence[Episode], wanted: Iterable[Answer]
) -> dict[str, list[Dated]]:
    """Return by anchor the facts that answer for each episode, in order of days."""
    found: dict[str, list[Dated]] = {}
    for answer in wanted:
        for fact in dated(asked.journey, answer.kind, OWN_DAY):
            for one in _answered(asked, among, answer, fact):
                found.setdefault(one.anchor, []).append(fact)
    return found


def lacking(asked: Asked, answer: Answer, fact: Dated) -> list[str]:
    """Return which fields have to be filled in and are not."""
    if not answer.complete:
        return []
    return [name for name in asked.words(answer.complete) if _is_empty(fact.event, name)]


def _is_empty(event: Event, name: str) -> bool:
    return event.data.get(name) in NO_VALUE


def _answered(asked: Asked, among: Sequence[Episode], answer: Answer, fact: Dated) -> list[Episode]:
    fits = answer.fits
    fitting = among if fits is None else [one for one in among if fits(one, fact.event)]
    named = owner(fitting, fact.event, answer.about, fact.day) if fitting else None
    found = [] if named is None else [named]
    if answer.before and (named is None or fact.event.text(answer.about) not in named.records):
        found += [one for one in fitting if one is not named and _follows(asked, answer, fact, one)]
    return found


def _follows(asked: Asked, answer: Answer, fact: Dated, one: Episode) -> bool:
    if one.start <= fact.day:
        return False
    return calendar_days(fact.day, asked.number(answer.before)).due >= one.start
