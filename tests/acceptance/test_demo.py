"""The demo's pipeline on real services: three agencies' year in, each story's alert out."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from joinedup.commands.demo_alerts import line_of
from joinedup.commands.demo_run import Counted, Demonstration
from journey.duties import DUTIES
from journey.duties.duty import About
from journey.silence import SOURCE_SILENT
from journey.transition import Transition
from producers.event import milliseconds
from producers.simulate import STORIES, Year, simulate
from producers.simulate.sending import Sent, send
from schemas.topics import TopicSet
from stack import LocalStack
from tests.unit.producers.simulate.told import Recorder, Timed, children_of, transitions_of

FEW = len(STORIES) + 4
PARTITIONS = 4
NAMED = ("given_name", "family_name", "postcode")

OF_CHILDREN = {duty.id for duty in DUTIES if duty.about is About.CHILD}


@dataclass(frozen=True)
class Shown:
    """A run of the demo: what was sent and told, and what the pure core says of the same."""

    year: Year
    sent: Sent
    told: list[Mapping[str, Any]]
    counted: Counted
    events: list[Timed]
    expected: list[Transition]
    logs: str


@pytest.fixture(scope="module")
def shown(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """A run of the demo after another that left something in its topics and its store."""
    folder = tmp_path_factory.mktemp("demo")
    topics = TopicSet(f"t{secrets.token_hex(4)}.", PARTITIONS)
    store = f"t{secrets.token_hex(4)}"
    demonstration = Demonstration(stack, topics, store, folder)
    year = simulate(count=FEW)
    recorder = Recorder()
    send(year, recorder, folder / "copies")
    key = bytes.fromhex(stack.environment("intake")["JOINEDUP_PSEUDONYM_KEY"])
    try:
        _run(demonstration, _beginning_of(simulate(1, FEW)))
        sent, told = _run(demonstration, year)
        counted = demonstration.count()
        logs = _all_of(folder / "logs") + _all_of(stack.layout.root / "logs")
    finally:
        stack.delete_topic_set(topics)
        stack.drop_store(store)
    expected = transitions_of(recorder.events, key)
    yield Shown(year, sent, told, counted, recorder.events, expected, logs)


def _all_of(logs: Path) -> str:
    return "\n".join(one.read_text(errors="replace") for one in logs.glob("*.log"))


def _beginning_of(year: Year) -> Year:
    return replace(year, records=year.records[:500], deliveries=(), broken=())


def _run(demonstration: Demonstration, year: Year) -> tuple[Sent, list[Mapping[str, Any]]]:
    demonstration.prepare()
    sent = demonstration.publish(year, lambda _: None)
    demonstration.take_in()
    return sent, list(demonstration.join())


def test_each_story_raises_its_alert_and_no_other(shown: Shown) -> None:
    child_of = children_of(shown.year, shown.events, shown.expected)
    opened = Counter(
        (child_of[one["alert_id"]], one["duty"])
        for one in shown.told
        if one["kind"] == "OPENED" and one["duty"] in OF_CHILDREN
    )

    assert opened == Counter((one.child, one.duty) for one in shown.year.expected)
    for number, story in enumerate(STORIES, start=1):
        assert [duty for child, duty in sorted(opened) if child == number] == list(story.duties)


def test_every_duty_that_is_on_is_told(shown: Shown) -> None:
    told = {one["duty"] for one in shown.told}

    assert told == {duty.id for duty in DUTIES if duty.on} | {SOURCE_SILENT.id}


def test_the_services_tell_what_the_pure_core_tells_whatever_ran_before(shown: Shown) -> None:
    expected = [
        (one.alert_id, one.number, one.kind, one.outcome, one.as_of, one.unconfirmed)
        for one in shown.expected
    ]
    told = [
        (
            one["alert_id"],
            one["number"],
            one["kind"],
            one["outcome"],
            milliseconds(one["as_of"]),
            one["unconfirmed"],
        )
        for one in shown.told
    ]

    assert told == expected


def test_transitions_are_numbered_without_a_gap(shown: Shown) -> None:
    assert [one["sequence"] for one in shown.told] == list(range(1, len(shown.told) + 1))


def test_the_alert_says_that_the_missing_plan_may_be_one_that_could_not_be_read(
    shown: Shown,
) -> None:
    doubtful = [one for one in shown.told if one["unreadable"]]

    assert [one["duty"] for one in doubtful] == ["JOINT_PLAN_MISSING"]
    assert "could not be read" in line_of(doubtful[0])


def test_only_what_was_broken_on_purpose_is_a_dead_letter(shown: Shown) -> None:
    assert shown.counted.dead_letters == len(shown.year.broken)


def test_every_event_about_a_child_is_a_row_of_the_timeline_once(shown: Shown) -> None:
    about_children = {
        (event.event_id, str(event.record)) for _, event in shown.events if event.kind.is_sealed
    }

    assert shown.counted.timeline_rows == len(about_children)


def test_what_is_sent_is_counted(shown: Shown) -> None:
    assert shown.sent.messages == len(shown.events) + len(shown.year.broken)


def test_no_log_names_a_child(shown: Shown) -> None:
    numbers = {number for one in shown.year.children for number in (one.upn, one.nhs, one.uln)}
    numbers |= {one["value"] for _, event in shown.events for one in event.record["identifiers"]}
    # Ids of records and days of birth; a short one, such as "7", would be found in any moment.
    told = [event.record for _, event in shown.events if event.kind.is_sealed]
    numbers |= {one for record in told if len(one := record["source_record_id"]) > 5}
    numbers |= {str(one["date_of_birth"]) for one in told if one["date_of_birth"]}
    numbers |= {str(one[name]) for one in told for name in NAMED if one.get(name)}

    assert "Joining partitions" in shown.logs
    assert len(numbers) > len(shown.year.children)
    assert [number for number in numbers if number in shown.logs] == []
