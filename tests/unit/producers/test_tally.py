import json
from datetime import UTC, date, datetime

from producers.event import Source, new_event
from producers.files.outcomes import Made, Noted, Refused, Row, Skipped
from producers.results import Accepted, Rejected, Undelivered
from producers.tally import Tally
from schemas.validation import Problem

MOMENT = datetime(2025, 6, 10, tzinfo=UTC)


def made(number):
    event = new_event(
        "LacReviewHeld",
        local_authority="999",
        source=Source("la999", "casework"),
        source_record_id=f"r{number}",
        revision=1,
        recorded_at=MOMENT,
        held_on=date(2025, 6, 9),
    )
    return Made(Row("reviews.csv", number), event)


def accepted(one):
    return Accepted("t", 0, 0, one.event.event_id)


def test_every_row_is_counted_once_whatever_became_of_its_parts():
    tally = Tally()
    for outcome in (
        made(2),
        made(2),
        Refused(Row("reviews.csv", 2), "DEC", "is before DECOM"),
        Refused(Row("reviews.csv", 3), "REVIEW", "is no date"),
        Skipped(Row("reviews.csv", 4), "repeats"),
        Noted(Row("reviews.csv", 2), "UPN", "left out"),
        Skipped(Row("oc3.csv"), "not taken", 50),
        made(9000),
    ):
        tally.outcome(outcome)
    assert tally.rows() == {"read": 54, "with_events": 2, "refused": 2, "not_used": 51}


def test_an_event_that_the_contract_rejects_makes_its_row_refused():
    tally, one = Tally(), made(2)
    tally.outcome(one)
    tally.result(one, Rejected((Problem("source", "a source of the sources file"),)))
    assert tally.events == 0
    assert tally.rows()["refused"] == 1
    assert tally.listed == [("reviews.csv", 2, "source", "expected a source of the sources file")]


def test_all_accepted_means_that_nothing_was_refused_and_the_batch_was_completed():
    tally, one = Tally(), made(2)
    tally.outcome(one)
    tally.result(one, accepted(one))
    assert not tally.all_accepted
    tally.completed = True
    assert tally.all_accepted
    tally.outcome(Refused(Row("reviews.csv", 3), "REVIEW", "is no date"))
    assert not tally.all_accepted


def test_an_outage_keeps_its_first_reason_and_counts_the_events():
    tally = Tally()
    for number, reason in ((2, "first"), (3, "second")):
        tally.result(made(number), Undelivered(reason))
    assert (tally.undelivered, tally.undelivered_events) == ("first", 2)


def test_the_report_is_json_and_lists_refusals_by_row():
    tally = Tally()
    tally.outcome(Refused(Row("reviews.csv", 3), "REVIEW", "is no date"))
    report = json.loads(json.dumps(tally.as_json()))
    assert report["refusals"] == [
        {"file": "reviews.csv", "row": 3, "field": "REVIEW", "reason": "is no date"}
    ]
    assert report["all_accepted"] is False
