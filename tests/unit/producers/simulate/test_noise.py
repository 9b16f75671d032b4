"""Noise is there, and changes nothing that follows about a child."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from producers.simulate import Record, Year
from producers.simulate.noise import disturbed, revised
from tests.unit.producers.simulate.told import Told, transitions_of


def _a_review(year: Year) -> Record:
    return next(one for one in year.records if one.event.type == "ApReviewHeld")


def test_noise_adds_to_the_records_and_takes_none_away(year: Year) -> None:
    noisy = list(disturbed(year.records, Random(1)))

    assert set(map(id, year.records)) < set(map(id, noisy))


def test_a_year_holds_duplicates_corrections_and_retractions(year: Year) -> None:
    ids = [one.event.event_id for one in year.records]
    records = [one.event.record for one in year.records if one.child]
    keys = [(one["source"]["system"], one["source_record_id"]) for one in records]

    assert len(set(ids)) < len(ids)
    assert len(set(keys)) < len(set(ids))
    assert any(one["retracted"] for one in records)


def test_a_revision_is_higher_and_keeps_what_it_does_not_change(year: Year) -> None:
    review = _a_review(year)
    later = revised(review, timedelta(days=1), placement="another")

    assert later.event.record["revision"] > review.event.record["revision"]
    assert later.event.record["source_record_id"] == review.event.record["source_record_id"]
    assert later.event.record["held_on"] == review.event.record["held_on"]
    assert later.event.record["placement"] == "another"
    assert later.event.event_id != review.event.event_id


def test_sending_everything_twice_tells_the_same(told: Told) -> None:
    twice = [timed for timed in told.events for _ in range(2)]

    assert transitions_of(twice) == told.transitions
