"""A year is sent whole or not at all, and the sentence says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from producers.event import Event
from producers.results import Result, Undelivered
from producers.simulate import Record, Year, simulate
from producers.simulate.sending import SendingFailed, send
from tests.unit.producers.simulate.told import Recorder


@pytest.fixture(scope="module")
def short() -> Year:
    """The first few things of a year, files among them."""
    year = simulate(count=25)
    return replace(year, records=year.records[:300], deliveries=year.deliveries[:2], broken=())


@dataclass
class Unreachable(Recorder):
    """An outlet whose broker is away."""

    def results(self, *, leaving: int = 0) -> Iterator[Result]:
        if self.waiting:
            yield Undelivered("The broker is away: see that it runs.")


def test_the_count_is_of_messages_and_files(short: Year, tmp_path: Path) -> None:
    recorder = Recorder()

    sent = send(short, recorder, tmp_path)

    assert sent.messages == len(recorder.events)
    assert sent.files == len([path for path in tmp_path.rglob("*") if path.is_file()])


def test_progress_ends_at_the_number_of_items(short: Year, tmp_path: Path) -> None:
    seen: list[int] = []

    send(short, Recorder(), tmp_path, seen.append)

    assert seen == list(range(1, len(short.items) + 1))


def test_an_outage_stops_it_with_the_reason(short: Year, tmp_path: Path) -> None:
    with pytest.raises(SendingFailed, match="The broker is away"):
        send(short, Unreachable(), tmp_path)


def test_a_refused_event_stops_it_and_names_the_field(short: Year, tmp_path: Path) -> None:
    wrong = _without_its_day(next(one for one in short.records if one.child))

    with pytest.raises(SendingFailed, match="expected"):
        send(replace(short, records=(wrong,), deliveries=()), Recorder(), tmp_path)


def _without_its_day(record: Record) -> Record:
    occurs = record.event.kind.occurs
    assert occurs is not None
    return replace(record, event=Event(record.event.type, {**record.event.record, occurs: None}))


def test_a_file_that_is_refused_stops_it_and_names_the_folder(short: Year, tmp_path: Path) -> None:
    delivery = short.deliveries[0]
    spoilt = replace(delivery, files={name: "NOT,THIS\n1,2\n" for name in delivery.files})

    with pytest.raises(SendingFailed, match=delivery.folder):
        send(replace(short, records=(), deliveries=(spoilt,)), Recorder(), tmp_path)
