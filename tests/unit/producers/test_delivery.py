from collections import deque
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from producers import delivery as delivery_module
from producers.delivery import Delivery, Rehearsal, deliver
from producers.files.formats import FORMATS
from producers.results import Accepted, Rejected, Undelivered
from schemas.validation import Problem

HEADING = "CHILD,DOB,REVIEW,REVIEW_CODE\n"


class Memory:
    """An outlet that keeps what it is given, and answers as it is told to."""

    def __init__(self, answer=None):
        self.events = []
        self.timestamps = set()
        self._answer = answer or (lambda event: None)
        self._waiting = deque()
        self.unconfirmed = 0

    @property
    def in_flight(self):
        return len(self._waiting)

    def publish(self, event, *, timestamp=None):
        self.events.append(event)
        self.timestamps.add(timestamp)
        return self._answer(event) or Accepted("t", 0, len(self.events), event.event_id)

    def send(self, event, *, timestamp=None):
        self._waiting.append(self.publish(event, timestamp=timestamp))

    def results(self, *, leaving=0):
        while len(self._waiting) > leaving:
            yield self._waiting.popleft()

    def results_so_far(self):
        return self.results(leaving=self.unconfirmed)

    @property
    def types(self):
        return [event.type for event in self.events]


@pytest.fixture
def delivery(tmp_path, context):
    path = tmp_path / "reviews.csv"
    path.write_text(HEADING + "".join(f"C{n},,01/05/2025,PN1\n" for n in range(20)))
    return Delivery(form=FORMATS["ssda903"], files=[path], context=context, agency="social-care")


def test_a_file_set_is_one_batch_between_its_opening_and_its_completion(delivery):
    outlet = Memory()
    tally = deliver(delivery, outlet)
    assert outlet.types == [
        "SourceJoined",
        "BatchOpened",
        *["LacReviewHeld"] * 20,
        "BatchCompleted",
    ]
    batch = {event.record["batch"] for event in outlet.events[1:]}
    assert batch == {delivery.batch.id}
    assert outlet.events[-1].record["records"] == 20
    assert tally.all_accepted


def test_the_batch_of_the_same_files_and_moment_is_the_same(delivery):
    first, second = Memory(), Memory()
    deliver(delivery, first)
    deliver(delivery, second)
    assert [e.event_id for e in first.events] == [e.event_id for e in second.events]


def test_a_later_extract_is_another_batch(delivery, context):
    later = replace(context, extracted_at=datetime(2025, 9, 2, tzinfo=UTC))
    assert replace(delivery, context=later).batch.id != delivery.batch.id


def test_a_source_that_has_joined_need_not_join_again(delivery):
    outlet = Memory()
    deliver(replace(delivery, joins=False), outlet)
    assert outlet.types[0] == "BatchOpened"


def test_an_older_extract_declares_its_types_too(delivery, context):
    first, second = Memory(), Memory()
    deliver(delivery, first)
    older = replace(
        context,
        extracted_at=context.extracted_at - timedelta(days=30),
        recorded_at=context.recorded_at + timedelta(minutes=1),
    )
    deliver(replace(delivery, context=older, also=frozenset(["CinPlanAgreed"])), second)
    joined, again = first.events[0].record, second.events[0].record
    assert again["revision"] > joined["revision"], "the highest revision counts"
    assert set(again["event_types"]) > set(joined["event_types"])


def test_a_refused_row_does_not_stop_the_batch(delivery):
    with delivery.files[0].open("a") as file:
        file.write("C99,,01/05/2026,PN1\n")
    outlet = Memory()
    tally = deliver(delivery, outlet)
    assert outlet.types[-1] == "BatchCompleted"
    assert outlet.events[-1].record["unreadable_rows"] == tally.rows()["refused"] == 1
    assert (tally.events, tally.refused.total(), tally.all_accepted) == (20, 1, False)


def test_an_outage_leaves_the_batch_open_and_says_why(delivery):
    outlet = Memory(lambda e: Undelivered("no broker") if e.type == "LacReviewHeld" else None)
    tally = deliver(delivery, outlet)
    assert "BatchCompleted" not in outlet.types
    assert (tally.undelivered, tally.undelivered_events) == ("no broker", 20)


def test_nothing_more_is_read_after_an_outage_shows(delivery, monkeypatch):
    monkeypatch.setattr(delivery_module, "WINDOW", 4)
    outlet = Memory(lambda e: Undelivered("no broker") if e.type == "LacReviewHeld" else None)
    deliver(delivery, outlet)
    assert outlet.types.count("LacReviewHeld") == 4


def test_an_outage_shows_as_soon_as_it_is_known(delivery, monkeypatch):
    monkeypatch.setattr(delivery_module, "LOOK_EVERY", 3)
    outlet = Memory(lambda e: Undelivered("no broker") if e.type == "LacReviewHeld" else None)
    tally = deliver(delivery, outlet)
    assert outlet.types.count("LacReviewHeld") == tally.undelivered_events == 3


def test_what_is_confirmed_is_taken_note_of_long_before_the_window_is_full(delivery, monkeypatch):
    monkeypatch.setattr(delivery_module, "LOOK_EVERY", 3)
    outlet, at_most = Memory(), []
    outlet.unconfirmed = 2
    watch = lambda *_: at_most.append(outlet.in_flight)  # noqa: E731
    assert deliver(delivery, outlet, watch=watch).all_accepted
    assert max(at_most) == 4, "what is not confirmed, and what came since the last look"


def test_a_source_that_may_not_speak_sends_no_event(delivery):
    problem = Problem("source", "a source of the sources file")
    outlet = Memory(lambda e: Rejected((problem,)) if e.type == "SourceJoined" else None)
    tally = deliver(delivery, outlet)
    assert outlet.types == ["SourceJoined"]
    assert "source: expected a source of the sources file" in tally.undelivered


def test_a_simulated_set_is_given_its_time(delivery):
    moment = datetime(2025, 3, 1, tzinfo=UTC)
    outlet = Memory()
    deliver(replace(delivery, timestamp=moment), outlet)
    assert outlet.timestamps == {moment}


def test_a_rehearsal_checks_every_event_and_says_that_none_was_sent(delivery):
    tally = deliver(delivery, Rehearsal())
    assert (tally.events, tally.all_accepted) == (20, True)


def test_whoever_watches_sees_every_outcome(delivery):
    seen = []
    deliver(delivery, Rehearsal(), watch=lambda tally, outcome: seen.append(outcome.row.number))
    assert seen == list(range(2, 22))
