"""Each story leads to its alert, and to no other; ordinary children to no surprise."""

from __future__ import annotations

from collections import Counter

import pytest

from journey.counting import Spell
from journey.duties import DUTIES
from journey.duties.duty import About
from journey.duties.episodes import same
from journey.silence import SOURCE_SILENT
from journey.transition import Kind, Outcome, Transition
from producers.simulate import STORIES, Story, workshop
from producers.simulate.school_year import HORIZON
from producers.simulate.workshop import WORKSHOP
from tests.unit.producers.simulate.told import Told, spells_of

OF_CHILDREN = {duty.id for duty in DUTIES if duty.about is About.CHILD}
NUMBERS = {story.name: number for number, story in enumerate(STORIES, start=1)}


def _of(told: Told, name: str) -> list[Transition]:
    return told.of(NUMBERS[name])


def _ends(told: Told, name: str) -> list[tuple[Kind, Outcome | None]]:
    return [(one.kind, one.outcome) for one in _of(told, name)]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_story_raises_its_alert_and_no_other(told: Told, story: Story) -> None:
    opened = [one.duty for one in _of(told, story.name) if one.kind is Kind.OPENED]

    assert sorted(opened) == sorted(story.duties)


def test_every_alert_of_an_ordinary_child_is_one_that_was_missed_on_purpose(told: Told) -> None:
    expected = Counter((one.child, one.duty) for one in told.year.expected)
    opened = Counter(
        (told.child_of[one.alert_id], one.duty)
        for one in told.transitions
        if one.kind is Kind.OPENED and one.duty in OF_CHILDREN
    )

    assert opened == expected


def test_every_duty_that_is_on_is_missed_in_some_story() -> None:
    in_stories = {duty for story in STORIES for duty in story.duties}

    assert in_stories == {duty.id for duty in DUTIES if duty.on} & OF_CHILDREN


def test_the_year_tells_of_every_duty_that_is_on_and_of_no_other(told: Told) -> None:
    opened = {one.duty for one in told.transitions if one.kind is Kind.OPENED}

    assert opened - {SOURCE_SILENT.id} == {duty.id for duty in DUTIES if duty.on}


def test_most_children_have_no_alert(told: Told) -> None:
    ordinary = len(told.year.children) - len(STORIES)
    with_alert = {child for child in told.child_of.values() if child > len(STORIES)}

    assert len(with_alert) < ordinary / 3


def test_a_plan_that_cannot_be_read_leaves_the_joint_plan_missing(told: Told) -> None:
    (alert,) = _of(told, "missing joint plan")

    assert "education, health and social care" in alert.detail


def test_a_late_report_resolves_as_met_in_time(told: Told) -> None:
    assert _ends(told, "late report") == [
        (Kind.OPENED, None),
        (Kind.RESOLVED, Outcome.MET_IN_TIME_REPORTED_LATE),
    ]


@pytest.mark.parametrize("name", ["correction", "retraction", "withdrawn referral"])
def test_what_turns_out_to_be_wrong_withdraws_its_alert(told: Told, name: str) -> None:
    assert _ends(told, name) == [(Kind.OPENED, None), (Kind.WITHDRAWN, None)]


@pytest.mark.parametrize(
    "name", ["delayed post-16 move", "delayed decision", "sixth day", "conference late"]
)
def test_what_is_done_too_late_resolves_as_met_late(told: Told, name: str) -> None:
    assert _ends(told, name)[-1] == (Kind.RESOLVED, Outcome.MET_LATE)


def test_a_review_that_comes_with_next_months_file_is_unconfirmed_at_first(told: Told) -> None:
    opened, resolved = _of(told, "review in next month's file")

    assert opened.unconfirmed
    assert opened.waiting_for == ("wexcombe-council/ssda903",)
    assert resolved.outcome is Outcome.MET_IN_TIME_REPORTED_LATE


def test_three_numbers_become_one_child_when_social_care_learns_the_others(told: Told) -> None:
    (alert,) = _of(told, "three numbers, one child")

    assert "education, health and social care" in alert.detail
    assert alert.as_of > alert.known_at


def test_another_childs_number_joins_nobody_and_puts_the_identity_in_review(told: Told) -> None:
    mistyped, whose = _of(told, "another child's number"), _of(told, "missing joint plan")

    assert all(one.identity_in_review for one in mistyped)
    assert {one.child for one in mistyped}.isdisjoint({one.child for one in whose})


def test_the_silent_clinic_is_itself_an_alert(told: Told) -> None:
    silent = [one for one in told.transitions if one.duty == SOURCE_SILENT.id]

    assert [one.kind for one in silent] == [Kind.OPENED, Kind.RESOLVED]
    assert {one.child for one in silent} == {"wexcombe-nhs/camhs-record"}


def test_story_names_are_unique_and_each_has_a_sentence() -> None:
    assert len(NUMBERS) == len(STORIES)
    assert all(story.sentence.endswith(".") for story in STORIES)


def test_the_five_at_a_workshop_are_what_a_count_over_the_year_finds(told: Told) -> None:
    (alert,) = [one for one in told.transitions if one.duty == "AP_UNREGISTERED_FIVE_PUPILS"]
    found = spells_of(told.events, HORIZON)

    assert found == {
        same(WORKSHOP): [
            Spell(provider=WORKSHOP, from_on=alert.due, ended_on=None, pupils=workshop.PUPILS)
        ]
    }
