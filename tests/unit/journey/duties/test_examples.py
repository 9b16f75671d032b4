"""The worked examples of the documentation hold."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from journey.calendars import Calendars
from journey.duties import DUTIES, all_duties, cases_of
from journey.duties.duty import Duty
from journey.duties.examples import EXAMPLES, Example, Given, sentence
from journey.events import Event
from tests.builders import a_calendar, a_fact, a_journey

CALENDAR = "SchoolCalendarPublished"


def _fact(given: Given, revision: int) -> Event:
    return a_fact(
        given.type,
        given.on,
        given.record,
        revision=revision,
        retracted=given.retracted,
        known=given.known,
        **given.data,
    )


def _calendars(given: Iterable[Given]) -> Calendars:
    calendars = Calendars.default()
    for one in given:
        if one.type == CALENDAR:
            told = one.data
            payload = a_calendar(
                told["from_on"], told["to_on"], *told["closed"], establishment=told["establishment"]
            )
            calendars = calendars.with_published(payload)
    return calendars


def _sentences(example: Example, *stages: tuple[Given, ...]) -> tuple[str, ...]:
    facts = [
        _fact(one, revision)
        for revision, stage in enumerate(stages, start=1)
        for one in stage
        if one.type != CALENDAR
    ]
    journey = a_journey(*facts, born=example.born)
    calendars = _calendars(one for stage in stages for one in stage)
    cases = cases_of(all_duties()[example.duty], journey, calendars)
    return tuple(sentence(case) for case in cases)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.duty}: {e.title}")
def test_an_example_gives_the_cases_it_says(example: Example) -> None:
    assert example.expected == _sentences(example, example.given)
    if example.then:
        assert example.expected_then == _sentences(example, example.given, example.then)


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.id)
def test_every_duty_shows_when_it_is_missed_and_when_it_is_not(duty: Duty) -> None:
    shown = [
        told
        for example in EXAMPLES
        if example.duty == duty.id
        for told in (example.expected, example.expected_then if example.then else None)
        if told is not None
    ]
    said = [sentence for told in shown for sentence in told]

    assert any("not met" in one or "late" in one for one in said)
    assert () in shown or any("not met" not in one and "late" not in one for one in said)


def test_every_duty_has_an_example() -> None:
    assert {duty.id for duty in DUTIES} == {example.duty for example in EXAMPLES}
