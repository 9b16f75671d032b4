"""Why there is an alert, or none: what each duty asks of a child on a day, with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import date
from enum import StrEnum

import msgspec

from journey.calendars import Calendars
from journey.child import Journey
from journey.duties import DUTIES, cases_of
from journey.duties.duty import About, Case, Duty
from journey.events import Event
from journey.moments import deadline
from journey.sources import Source, incomplete, watching
from journey.telling import alert_id
from journey.transition import Status
from schemas.catalogue import event_types

_OF_PROVIDERS = frozenset(one.name for one in event_types().values() if one.subject == "provider")


def about_whom(types: Iterable[str]) -> About:
    """Return whose key it is under which events of these types are: a child's or a provider's."""
    return About.CHILD if _OF_PROVIDERS.isdisjoint(types) else About.PROVIDER


class Answer(StrEnum):
    """What a duty says of a child on a day."""

    NOT_TRIGGERED = "not triggered"
    NOT_WATCHED = "not watched"
    OFF = "off"
    MET = "met"
    ENDED = "ended"
    NOT_YET_DUE = "not yet due"
    DUE_SOON = "due soon"
    DUE = "due"
    WAITING = "held"
    BEHIND = "behind another"


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beside the child's own facts.

    kappa: known time reached, ms since 1970 UTC. told: by alert id, the status of the alert.
    """

    calendars: Calendars
    sources: tuple[Source, ...]
    kappa: int
    told: Mapping[str, str]


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of one duty for one occasion, or for none where it was not triggered.

    sentence: the answer in words. waiting_for: sources that have not said they are complete.
    because, by: the facts that started the clock, and that met or ended it.
    looked_at: every fact that the duty read. alert: the status of its alert, where one was told.
    """

    duty: Duty
    answer: Answer
    sentence: str
    case: Case | None = None
    alert_id: str | None = None
    alert: str | None = None
    waiting_for: tuple[str, ...] = ()
    because: tuple[Event, ...] = ()
    by: tuple[Event, ...] = ()
    looked_at: tuple[Event, ...] = ()


def why(
    journey: Journey, on: date, around: Circumstances, duties: Iterable[Duty] = DUTIES
) -> list[Reason]:
    """Return the answers of every duty for this child on this day, by what is known now.

    Where the key is a provider's, of the duties that are asked of providers.
    """
    if about_whom(journey.facts) is About.PROVIDER:
        duties = (duty for duty in duties if duty.about is About.PROVIDER)
    found = [reason for duty in duties for reason in _of_duty(duty, journey, on, around)]
    opened = {(r.case.anchor, r.duty.id) for r in found if r.case and r.alert == Status.OPEN}
    return [_behind(reason, opened) for reason in found]


def _behind(reason: Reason, opened: Set[tuple[str, str]]) -> Reason:
    """Return the answer of what is due, and held by an alert that is open on the same episode."""
    case = reason.case
    if case is None or reason.answer is not Answer.DUE or reason.alert == Status.OPEN:
        return reason
    higher = [name for name in case.held_by if (case.anchor, name) in opened]
    if not higher:
        return reason
    sentence = f"was due by {_day(case.due)}; told only once {higher[0]} is no longer open"
    return msgspec.structs.replace(reason, answer=Answer.BEHIND, sentence=sentence)


def _of_duty(duty: Duty, journey: Journey, on: date, around: Circumstances) -> list[Reason]:
    if not duty.on:
        return [_off(duty)]
    looked_at = tuple(journey.of(*sorted(duty.reads)))
    facts = {event.event_id: event for event in looked_at}
    found = [
        _of_case(duty, case, facts, on, around)
        for case in cases_of(duty, journey, around.calendars)
        if _began(case, facts, on)
    ]
    if found:
        return [msgspec.structs.replace(reason, looked_at=looked_at) for reason in found]
    if not duty.on_day(on).on:
        return [_off(duty)]
    sentence = f"nothing known by then started its clock ({_lower(duty.trigger)})"
    return [Reason(duty=duty, answer=Answer.NOT_TRIGGERED, sentence=sentence, looked_at=looked_at)]


def _off(duty: Duty) -> Reason:
    sentence = "the local authority has not switched it on"
    if any(era.duty.on for era in duty.eras):
        sentence = "by the local authority's own rules it is off for what begins on this day"
    return Reason(duty=duty, answer=Answer.OFF, sentence=sentence)


def _began(case: Case, facts: Mapping[str, Event], on: date) -> bool:
    """Return True where all that started the clock had happened by the day."""
    return all(facts[name].occurred_on <= on for name in case.because if name in facts)


def _of_case(
    duty: Duty, case: Case, facts: Mapping[str, Event], on: date, around: Circumstances
) -> Reason:
    name = alert_id(duty.id, case.anchor, case.period)
    answer, sentence, waiting_for = _answer(duty, case, on, around)
    if case.rules:
        sentence = f"{sentence} (by rules {case.rules})"
    by = case.met.by if case.met and answer in (Answer.MET, Answer.ENDED) else ()
    return Reason(
        duty=duty,
        answer=answer,
        sentence=sentence,
        case=case,
        alert_id=name,
        alert=around.told.get(name),
        waiting_for=waiting_for,
        because=tuple(facts[event] for event in case.because if event in facts),
        by=tuple(facts[event] for event in by if event in facts),
    )


def _answer(
    duty: Duty, case: Case, on: date, around: Circumstances
) -> tuple[Answer, str, tuple[str, ...]]:
    met, due = case.met, case.due
    if met is not None and met.on <= on:
        if met.ended:
            return Answer.ENDED, f"it ceased to apply on {_day(met.on)}", ()
        late = " — late" if met.on > due else ""
        return Answer.MET, f"done on {_day(met.on)}{late}; due by {_day(due)}", ()
    if case.ends_on is not None and on > case.ends_on:
        return Answer.ENDED, f"it ceased to be owed with {_day(case.ends_on)}", ()
    watch = watching(around.sources, duty.satisfied_by, duty.needs)
    if not watch:
        kinds = ", ".join(sorted(duty.needs or duty.satisfied_by))
        return Answer.NOT_WATCHED, f"no source that sends {kinds} has joined", ()
    if case.warns_on is not None and case.warns_on < on <= due:
        return Answer.DUE_SOON, f"due by {_day(due)}, which is near", ()
    if on <= due:
        return Answer.NOT_YET_DUE, f"due by {_day(due)}", ()
    missing = incomplete(watch, around.kappa, deadline(due))
    if missing:
        waits = f"was due by {_day(due)}; still to hear from {', '.join(missing)}"
        return Answer.WAITING, waits, missing
    return Answer.DUE, f"was due by {_day(due)} and is not done", ()


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")
