"""NEMS messages: new, updated and deleted, in whatever order they come."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from random import Random

import pytest

from producers.files import FORMATS, Noted, Refused, Skipped, nems
from producers.simulate.extracts.nems import Contact, Death, extract
from producers.simulate.population import child

CHILD = child(1, 9, Random(1), {"health"})
SENT = datetime(2025, 3, 3, 12, 30, tzinfo=UTC)
NEW = Contact(child=CHILD, episode="E1", change="new", sent_at=SENT, started_on=date(2025, 3, 1))
ENDED = replace(
    NEW,
    change="update",
    sent_at=SENT + timedelta(days=30),
    status="finished",
    ended_on=date(2025, 4, 1),
)
DELETED = replace(
    NEW, change="delete", sent_at=SENT + timedelta(days=60), status="entered-in-error"
)


@pytest.fixture
def received(read):
    def reading(*messages, change=lambda text: text):
        files = {name: change(text) for name, text in extract(messages).items()}
        return read(nems.read, files)

    return reading


def standing(events):
    """Fold the events as the platform does: the highest revision of each record stands."""
    winners = {}
    for name, record in events:
        key, rank = record["source_record_id"], (record["revision"], record["retracted"])
        if key not in winners or rank > winners[key][0]:
            winners[key] = (rank, name, record)
    return {key: (name, r) for key, (_, name, r) in winners.items() if not r["retracted"]}


def refusals(outcomes):
    return [(one.field, one.reason) for one in outcomes if isinstance(one, Refused)]


def test_a_new_contact_is_an_involvement_of_health(received, made):
    ((name, record),) = made(received(NEW))
    assert name == "AgencyInvolvementStarted"
    assert (record["agency"], record["started_on"]) == ("HEALTH", date(2025, 3, 1))
    assert record["service"] == "1078501000000104"
    assert record["identifiers"] == [{"scheme": "NHS", "value": CHILD.nhs, "status": "VERIFIED"}]
    assert record["date_of_birth"] == CHILD.birth
    assert record["revision"] == int(SENT.timestamp() * 1000)


def test_a_finished_one_has_ended(received, made):
    events = dict(made(received(ENDED)))
    ended = events["AgencyInvolvementEnded"]
    assert ended["ended_on"] == date(2025, 4, 1)
    assert ended["involvement"] == events["AgencyInvolvementStarted"]["source_record_id"]


@pytest.mark.parametrize("order", list(permutations([NEW, ENDED, DELETED])))
def test_in_whatever_order_they_come_the_latest_stands(received, made, order):
    assert standing(made(received(*order))) == {}
    without = [one for one in order if one is not DELETED]
    left = standing(made(received(*without)))
    assert {name for name, _ in left.values()} == {
        "AgencyInvolvementStarted",
        "AgencyInvolvementEnded",
    }


def test_an_end_that_is_taken_back_stands_no_more(received, made):
    reopened = replace(NEW, change="update", sent_at=SENT + timedelta(days=50))
    left = standing(made(received(reopened, ENDED, NEW)))
    assert [name for name, _ in left.values()] == ["AgencyInvolvementStarted"]


def test_a_sequence_number_orders_messages_as_well(received, made):
    first, second = replace(NEW, sequence=1), replace(ENDED, sequence=2)
    assert [r["revision"] for _, r in made(received(second, first))] == [2, 2, 1]


def test_the_change_is_what_the_message_says_not_its_name_or_status(received, made):
    events = made(received(replace(DELETED, status="active")))
    assert all(record["retracted"] for _, record in events)


def test_a_death_is_told_and_taken_back(received, made):
    death = Death(child=CHILD, sent_at=SENT, died_on=date(2025, 3, 2))
    ((name, record),) = made(received(death))
    assert (name, record["died_on"]) == ("ChildDied", date(2025, 3, 2))
    back = replace(death, change="delete", sent_at=SENT + timedelta(days=1))
    assert standing(made(received(back, death))) == {}


def test_other_kinds_of_event_are_said_to_be_not_used(received):
    def other(text):
        return text.replace("professional-contacts-1", "pds-change-of-address-1")

    assert [one.reason for one in received(NEW, change=other) if isinstance(one, Skipped)] == [
        "this kind of event message says nothing that the platform takes"
    ]


def test_a_planned_contact_has_not_taken_place(received, made):
    outcomes = received(replace(NEW, status="planned"))
    assert made(outcomes) == []
    assert any(isinstance(one, Skipped) for one in outcomes)


def changed(**header):
    def change(text):
        bundle = json.loads(text)
        bundle["entry"][0]["resource"].update(header)
        return json.dumps(bundle)

    return change


@pytest.mark.parametrize(
    ("message", "change", "field"),
    [
        (NEW, changed(extension=[]), "MessageEventType"),
        (NEW, changed(meta={}), "meta.lastUpdated"),
        (NEW, changed(meta={"lastUpdated": "2030-01-01T00:00:00Z"}), "meta.lastUpdated"),
        (NEW, changed(focus=[]), "focus"),
        (NEW, changed(resourceType="Other"), "MessageHeader"),
        (replace(NEW, status="sleeping"), None, "EpisodeOfCare.status"),
        (replace(NEW, status="finished"), None, "period.end"),
        (replace(NEW, started_on=date(2030, 1, 1)), None, "period.start"),
        (replace(ENDED, ended_on=date(2024, 1, 1)), None, "period.end"),
        (NEW, lambda text: text.replace(CHILD.nhs, "9990000019"), "Patient.identifier"),
    ],
)
def test_a_message_that_cannot_be_read_is_refused_by_its_field(
    received, made, message, change, field
):
    outcomes = received(message, change=change or (lambda text: text))
    ((found, _),) = refusals(outcomes)
    assert found == field
    assert made(outcomes) == []


def test_a_birth_that_contradicts_the_messages_routing_is_left_out(received, made):
    born = CHILD.birth.isoformat()
    outcomes = received(
        NEW, change=lambda text: text.replace(f'"birthDate": "{born}"', '"birthDate": "2001-01-01"')
    )
    assert made(outcomes)[0][1]["date_of_birth"] is None
    assert [one.field for one in outcomes if isinstance(one, Noted)][-1] == "birthDate"


def test_the_messages_are_told_from_other_fhir(tmp_path):
    for name, text in extract([NEW]).items():
        (tmp_path / name).write_text(text)
    files = list(tmp_path.iterdir())
    assert [name for name, one in FORMATS.items() if one.recognises(files)] == ["nems"]
