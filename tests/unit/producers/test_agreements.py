"""An agreement is recorded once, renewed as a version, and kept beside the sources it binds."""

from datetime import UTC, date, datetime

import pytest

from producers.agreements import (
    keep,
    next_version,
    payload_in,
    read_payload,
    recorded,
    versions_of,
)
from producers.event import Source
from producers.sources_file import add_source, renew_key
from schemas.agreements import AgreementInvalid, payload_of
from schemas.sources import SourceRegistry
from schemas.validation import problems
from tests.unit.schemas.test_agreements import WRITTEN

NOON = datetime(2026, 1, 6, 12, tzinfo=UTC)
LEADS = Source("la-330", "dashboard")


@pytest.fixture
def file(tmp_path):
    found = tmp_path / "sources.json"
    add_source(found, organisation="RQ3", system="epr", agency="health", local_authorities=["330"])
    return found


def kept(file, payload, moment=NOON):
    agreement = next_version(file, "330", payload)
    keep(file, agreement, payload, moment)
    return agreement


def test_the_first_is_version_1_and_the_same_again_is_nothing_new(file):
    payload = payload_of(WRITTEN)
    assert kept(file, payload).version == 1
    assert next_version(file, "330", payload) is None


def test_a_change_is_the_next_version_and_the_earlier_one_stays(file):
    kept(file, payload_of(WRITTEN))
    kept(file, payload_of(WRITTEN | {"in_force_until": "2027-06-30"}))
    found = versions_of(file, "330", "dsa-7")
    assert [(one.version, one.last_day.year) for one in found] == [(1, 2026), (2, 2027)]
    assert payload_in(file, "330", "dsa-7", 1) == payload_of(WRITTEN)


def test_an_id_belongs_to_one_organisation(file):
    kept(file, payload_of(WRITTEN))
    with pytest.raises(AgreementInvalid, match="this is an agreement with RQ3"):
        next_version(file, "330", payload_of(WRITTEN | {"organisation": "RQ4"}))


def test_sources_that_are_added_or_renewed_leave_the_agreements_alone(file):
    kept(file, payload_of(WRITTEN))
    add_source(file, organisation="s", system="m", agency="education", local_authorities=["330"])
    renew_key(file, organisation="RQ3", system="epr", until=NOON, now=NOON)
    assert len(list(SourceRegistry.load(file).agreements)) == 1
    assert file.stat().st_mode & 0o777 == 0o600


def test_its_event_keeps_the_contract_and_repeats_itself_when_told_again(file):
    payload = payload_of(WRITTEN)
    agreement = next_version(file, "330", payload)
    first = recorded(agreement, payload, LEADS, NOON)
    again = recorded(agreement, payload, LEADS, datetime.now(UTC))
    assert first.event_id == again.event_id
    assert first.record["occurred_at"] == again.record["occurred_at"]
    assert first.record["revision"] == 1
    assert problems(first.kind.full_name, first.record) == []


def test_an_agreement_is_read_from_a_json_object_and_from_nothing_else(tmp_path):
    written = tmp_path / "agreement.json"
    written.write_text('{"agreement_id": "x", "signed_on": "2026-01-05"}')
    assert read_payload(written) == {"agreement_id": "x", "signed_on": date(2026, 1, 5)}
    for text in ("[]", "half a fi"):
        written.write_text(text)
        with pytest.raises(AgreementInvalid, match="must be one JSON object"):
            read_payload(written)
