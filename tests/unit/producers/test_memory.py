"""A publisher's memory: what this run has sent, and how a record compares with the last time."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

import pytest

from producers.event import Identifier, Source, new_event
from producers.memory import (
    BEFORE,
    CORRECTED,
    NEW,
    OLDER,
    UNCHANGED,
    Memory,
    MemoryInUse,
    memory_file,
)
from producers.remembering import Remembering
from producers.results import Accepted, Rejected, Undelivered

NOW = datetime(2025, 9, 1, 6, tzinfo=UTC)
LATER = datetime(2025, 9, 2, 6, tzinfo=UTC)
KEY = b"key"


def review(number=1, held_on=date(2025, 8, 1), moment=NOW):
    return new_event(
        "LacReviewHeld",
        local_authority="999",
        source=Source("la999", "casework"),
        source_record_id=f"review/{number}",
        revision=int(moment.timestamp() * 1000),
        recorded_at=moment,
        identifiers=[Identifier("LA_CHILD_ID", "C-Zebedee")],
        held_on=held_on,
    )


class Broker:
    """An outlet that takes everything, or what it is told of the next events."""

    def __init__(self):
        self.took, self.waiting, self.next = [], [], {}
        self.unconfirmed = 0

    @property
    def in_flight(self):
        return len(self.waiting)

    def publish(self, event, *, timestamp=None):
        self.send(event)
        return next(self.results())

    def send(self, event, *, timestamp=None):
        result = self.next.get(event.record["source_record_id"])
        if result is None:
            self.took.append(event)
            result = Accepted("t", 3, len(self.took), event.event_id)
        self.waiting.append(result)

    def results(self, *, leaving=0):
        while len(self.waiting) > leaving:
            yield self.waiting.pop(0)

    def results_so_far(self):
        return self.results(leaving=self.unconfirmed)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "memory" / "m.sqlite"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text("CHILD\n")
    return path


@pytest.fixture
def send(file, table):
    """Send events as one command does, and return the broker and the counts."""

    def sending(*events, finish=True, broker=None, moment=NOW, **begin):
        broker = broker or Broker()
        with Memory(file, KEY) as memory:
            run = memory.begin(
                [table], ["ssda903"], begin.pop("extracted_at", None), moment, **begin
            )
            outlet = Remembering(broker, memory)
            for event in events:
                outlet.send(event)
            results = list(outlet.results())
            if finish:
                memory.finish()
        return broker, dict(outlet.compared), results, run

    return sending


def test_what_was_never_sent_is_new_and_what_says_the_same_is_unchanged(send):
    assert send(review())[1] == {NEW: 1}
    broker, compared, _, _ = send(review(moment=LATER), moment=LATER)
    assert compared == {UNCHANGED: 1}
    assert len(broker.took) == 1, "the platform may have refused it the last time"


def test_what_says_otherwise_is_a_correction_unless_it_is_older(send):
    send(review(moment=LATER), moment=LATER)
    assert send(review(held_on=date(2025, 8, 2), moment=LATER))[1] == {CORRECTED: 1}
    assert send(review(held_on=date(2025, 8, 3), moment=NOW))[1] == {OLDER: 1}


def test_a_run_that_was_interrupted_sends_nothing_twice_and_misses_nothing(send):
    send(review(1), review(2), finish=False)
    broker, compared, results, run = send(review(1), review(2), review(3), moment=LATER)
    assert run.resumed
    assert (run.extracted_at, run.recorded_at) == (NOW, NOW)
    assert [event.record["source_record_id"] for event in broker.took] == ["review/3"]
    assert compared == {BEFORE: 2, NEW: 1}
    assert [one.event_id for one in results] == [review(n).event_id for n in (1, 2, 3)]
    assert results[0] == Accepted("t", 3, 1, review(1).event_id)


def test_a_killed_run_sends_again_only_what_was_not_confirmed_when_it_last_looked(file, table):
    def begun(memory, broker):
        memory.begin([table], ["ssda903"], None, NOW)
        outlet = Remembering(broker, memory)
        for number in range(6):
            outlet.send(review(number))
        return outlet

    killed, broker = Memory(file, KEY), Broker()
    broker.unconfirmed = 2
    seen = [one.event_id for one in begun(killed, broker).results_so_far()]
    assert seen == [review(number).event_id for number in range(4)]
    killed._database.close()  # as the end of the process does
    with Memory(file, KEY) as memory:
        outlet = begun(memory, again := Broker())
        assert len(list(outlet.results_so_far())) == 6
    assert [event.event_id for event in again.took] == [review(n).event_id for n in (4, 5)]
    assert outlet.compared == {BEFORE: 4, NEW: 2}


def test_a_run_that_ended_is_not_gone_on_with(send):
    send(review())
    broker, _, _, run = send(review())
    assert not run.resumed
    assert len(broker.took) == 1


def test_other_files_another_moment_or_a_fresh_start_are_another_run(send, table):
    send(review(), finish=False)
    assert not send(review(), finish=False, extracted_at=LATER)[3].resumed
    assert send(review(), finish=False, extracted_at=LATER)[3].resumed
    assert not send(review(), finish=False, afresh=True)[3].resumed
    table.write_text("CHILD\nC1\n")
    assert not send(review(), finish=False)[3].resumed


def test_what_was_not_accepted_is_sent_again(send):
    broker = Broker()
    broker.next = {"review/1": Undelivered("away"), "review/2": Rejected(())}
    _, compared, results, _ = send(review(1), review(2), review(3), finish=False, broker=broker)
    assert [type(one) for one in results] == [Undelivered, Rejected, Accepted]
    assert compared == {NEW: 1}
    broker, _, _, _ = send(review(1), review(2), review(3))
    assert [one.record["source_record_id"] for one in broker.took] == ["review/1", "review/2"]


def test_two_versions_of_one_record_in_a_run_are_both_remembered(send):
    versions = (review(), review(held_on=date(2025, 8, 9), moment=LATER))
    send(*versions, finish=False)
    broker, compared, _, _ = send(*versions)
    assert (broker.took, compared) == ([], {BEFORE: 2})


def test_control_events_of_a_run_are_not_said_twice(file, table):
    broker = Broker()
    for _ in range(2):
        with Memory(file, KEY) as memory:
            memory.begin([table], [], None, NOW)
            assert isinstance(Remembering(broker, memory).publish(review()), Accepted)
    assert len(broker.took) == 1


def test_a_source_declares_what_earlier_runs_declared_and_a_run_gone_on_with_what_it_did(
    file, table, tmp_path
):
    other = tmp_path / "other.csv"
    other.write_text("X\n")
    with Memory(file, KEY) as memory:
        memory.begin([table], ["events"], None, NOW)
        assert memory.declare({"A", "B"}) == {"A", "B"}
        memory.finish()
    with Memory(file, KEY) as memory:
        memory.begin([table], ["events"], None, LATER)
        assert memory.declare({"B", "C"}) == {"A", "B", "C"}
    with Memory(file, KEY) as memory:
        memory.begin([other], ["sen2"], None, LATER)
        assert memory.declare({"D"}) == {"A", "B", "C", "D"}
        memory.finish()
    with Memory(file, KEY) as memory:
        assert memory.begin([table], ["events"], None, LATER).resumed
        assert memory.declare({"B", "C"}) == {"A", "B", "C"}, "the very event of before"


def test_two_runs_at_once_are_refused_in_a_sentence(file):
    with Memory(file, KEY), pytest.raises(MemoryInUse, match="in progress"):
        Memory(file, KEY)


def test_a_file_of_something_else_is_refused_in_a_sentence(file):
    file.parent.mkdir()
    file.write_bytes(b"no database at all" * 100)
    with pytest.raises(MemoryInUse, match="remove it"):
        Memory(file, KEY)


def test_it_holds_no_value_of_a_record_and_nobody_else_may_read_it(send, file):
    send(review(), finish=False)
    held = b"".join(one.read_bytes() for one in file.parent.iterdir())
    assert b"Zebedee" not in held
    assert b"review/1" not in held
    assert os.stat(file).st_mode & 0o077 == 0


def test_under_another_key_nothing_is_known(file, table):
    for key in (b"one", b"two"):
        with Memory(file, key) as memory:
            memory.begin([table], [], None, NOW)
            assert memory.look_up(review()).state == NEW
            memory.remember(review(), Accepted("t", 0, 0, "x"))


def test_each_source_authority_and_topic_set_has_a_file_of_its_own(tmp_path):
    names = {
        memory_file(tmp_path, la, "o", "s", topics) for la in ("1", "2") for topics in ("a", "b")
    }
    assert len(names) == 4
