import json
from datetime import UTC, date, datetime

import pytest

from producers.files import fhir
from producers.files.fhir_nodes import MAX_DEPTH
from producers.files.outcomes import Noted, Refused, Skipped
from schemas.validation import problems

NHS = "https://fhir.nhs.uk/Id/nhs-number"
URN = "urn:uuid:9589fb37-87a2-48d8-968f-b371429208a8"
UPDATED = "2025-02-03T10:00:00.1234567+00:00"


def patient(number="9990000018", verification="01", **more):
    status = {
        "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
        "valueCodeableConcept": {"coding": [{"code": verification}]},
    }
    return {
        "resourceType": "Patient",
        "identifier": [{"extension": [status], "system": NHS, "value": number}],
        "birthDate": "2012-05-06",
        **more,
    }


def referral(status="active", **more):
    return {
        "resourceType": "ServiceRequest",
        "id": "sr1",
        "meta": {"lastUpdated": UPDATED},
        "status": status,
        "category": [{"coding": [{"code": "409073007", "display": "Education"}]}],
        "code": {"coding": [{"code": "73761001", "display": "Colonoscopy"}]},
        "subject": {"reference": URN},
        "authoredOn": "2025-02-02T23:30:00+00:00",
        **more,
    }


def message(*resources):
    entries = [{"fullUrl": "urn:uuid:00", "resource": one} for one in resources[:-1]]
    entries.append({"fullUrl": URN, "resource": resources[-1]})
    return {"m.json": json.dumps({"resourceType": "Bundle", "type": "message", "entry": entries})}


def test_an_active_referral_of_a_message_was_received(read, made):
    ((kind, record),) = made(read(fhir.read, message(referral(), patient())))
    assert kind == "HealthReferralReceived"
    assert problems("joinedup.health.HealthReferralReceived", record) == []
    assert record["received_on"] == date(2025, 2, 2)
    assert record["category"] == "409073007"
    assert record["date_of_birth"] == date(2012, 5, 6)
    assert record["source_record_id"] == "ServiceRequest/sr1"
    assert record["identifiers"] == [{"scheme": "NHS", "value": "9990000018", "status": "VERIFIED"}]


def test_its_revision_is_when_it_was_last_updated(read, made):
    ((_, record),) = made(read(fhir.read, message(referral(), patient())))
    assert record["revision"] == 1_738_576_800_123


def test_a_referral_late_in_a_summer_evening_is_of_the_english_day(read, made):
    given = referral(authoredOn="2025-07-02T23:30:00+00:00", meta={})
    ((_, record),) = made(read(fhir.read, message(given, patient())))
    assert record["received_on"] == date(2025, 7, 3)


@pytest.mark.parametrize("status", ["revoked", "entered-in-error"])
def test_a_withdrawn_referral_is_a_retraction_of_the_same_record(read, made, status):
    ((_, sent),) = made(read(fhir.read, message(referral(), patient())))
    ((kind, back),) = made(read(fhir.read, message(referral(status), patient())))
    assert (kind, back["retracted"]) == ("HealthReferralReceived", True)
    assert back["source_record_id"] == sent["source_record_id"]
    assert back["event_id"] != sent["event_id"]
    assert problems("joinedup.health.HealthReferralReceived", back) == []


def test_no_clinical_code_and_no_text_is_taken(read, made):
    given = referral(note=[{"text": "worried about x"}], patientInstruction="call back")
    ((_, record),) = made(read(fhir.read, message(given, patient())))
    held = json.dumps(record, default=str)
    assert "73761001" not in held
    assert "Colonoscopy" not in held
    assert "worried" not in held
    assert "call back" not in held


def test_a_number_that_is_not_verified_says_so(read, made):
    ((_, record),) = made(read(fhir.read, message(referral(), patient(verification="03"))))
    assert record["identifiers"][0]["status"] == "UNVERIFIED"


def test_a_patient_without_a_usable_number_is_refused_and_the_doubt_noted(read, made):
    outcomes = read(fhir.read, message(referral(), patient(number="9990000019")))
    assert made(outcomes) == []
    assert [one.field for one in outcomes if isinstance(one, Refused)] == ["ServiceRequest.subject"]
    assert [one.reason for one in outcomes if isinstance(one, Noted)] == [
        "the NHS number has a wrong check character: left out"
    ]


def test_a_patient_in_another_file_is_found_by_reference(read, made):
    given = referral(subject={"reference": "Patient/p7"})
    files = {"a.json": json.dumps(given), "b.json": json.dumps(patient(id="p7"))}
    ((_, record),) = made(read(fhir.read, files))
    assert [(one["scheme"], one["value"]) for one in record["identifiers"]] == [
        ("HEALTH_LOCAL_ID", "p7"),
        ("NHS", "9990000018"),
    ]


def test_a_patient_of_another_message_is_not(read, made):
    files = {
        "a.json": message(referral(), patient())["m.json"],
        "b.json": json.dumps(referral(id="sr2")),
    }
    outcomes = read(fhir.read, files)
    assert [record["source_record_id"] for _, record in made(outcomes)] == ["ServiceRequest/sr1"]


def plan(**more):
    return {
        "resourceType": "CarePlan",
        "id": "cp1",
        "meta": {"lastUpdated": UPDATED},
        "status": "active",
        "subject": {"reference": URN},
        **more,
    }


def encounter(**more):
    return {
        "resourceType": "Encounter",
        "id": "e1",
        "meta": {"lastUpdated": UPDATED},
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": URN},
        "period": {"start": "2025-01-10T09:00:00+00:00", "end": "2025-01-11T09:00:00+00:00"},
        **more,
    }


def test_a_care_plan_was_agreed_on_the_day_it_was_created(read, made):
    given = plan(created="2025-01-20", period={"start": "2025-01-27", "end": "2025-12-31"})
    ((kind, record),) = made(read(fhir.read, message(given, patient())))
    assert kind == "HealthCarePlanAgreed"
    assert (record["agreed_on"], record["end_on"]) == (date(2025, 1, 20), date(2025, 12, 31))


def test_a_care_plan_without_a_day_has_that_of_the_encounter_it_was_made_in(read, made):
    given = plan(encounter={"reference": "Encounter/e1"})
    (made_plan, _) = made(read(fhir.read, message(given, encounter(), patient())))
    assert made_plan[1]["agreed_on"] == date(2025, 1, 11)


def test_a_care_plan_that_ended_before_it_was_agreed_goes_without_its_end(read, made):
    given = plan(created="2025-02-01", period={"end": "2025-01-01"})
    outcomes = read(fhir.read, message(given, patient()))
    ((_, record),) = made(outcomes)
    assert "end_on" not in record
    assert [one.field for one in outcomes if isinstance(one, Refused)] == ["CarePlan.period.end"]


def test_a_finished_encounter_is_a_contact(read, made):
    ((kind, record),) = made(read(fhir.read, message(encounter(), patient())))
    assert kind == "HealthContactHeld"
    assert (record["held_on"], record["category"]) == (date(2025, 1, 10), "AMB")


def test_one_with_a_discharge_is_a_discharge(read, made):
    given = encounter(
        hospitalization={"dischargeDisposition": {"coding": [{"code": "19"}]}},
        basedOn=[{"reference": "https://x.example/fhir/ServiceRequest/sr1"}],
    )
    ((kind, record),) = made(read(fhir.read, message(given, patient())))
    assert kind == "HealthDischarged"
    assert record["discharged_on"] == date(2025, 1, 11)
    assert record["referral"] == "ServiceRequest/sr1"


def test_what_has_not_taken_place_or_is_not_taken_is_skipped(read, made):
    outcomes = read(fhir.read, message(encounter(status="planned"), patient()))
    assert made(outcomes) == []
    assert [type(one) for one in outcomes] == [Skipped, Skipped]


def test_an_unknown_status_and_a_missing_day_are_refused(read):
    files = message(referral(status="maybe"), referral(authoredOn=""), patient())
    refused = [one.field for one in read(fhir.read, files) if isinstance(one, Refused)]
    assert refused == ["ServiceRequest.status", "ServiceRequest.authoredOn"]


def test_an_update_from_the_future_is_refused(read):
    files = message(referral(meta={"lastUpdated": "2031-01-01T00:00:00Z"}), patient())
    (refused,) = [one for one in read(fhir.read, files) if isinstance(one, Refused)]
    assert refused.field == "ServiceRequest.meta.lastUpdated"


XML = """<?xml version="1.0"?>
<Bundle xmlns="http://hl7.org/fhir"><type value="message"/>
 <entry><fullUrl value="urn:uuid:1"/><resource><ServiceRequest>
  <meta><lastUpdated value="2025-02-03T10:00:00Z"/></meta>
  <text><status value="additional"/><div xmlns="http://www.w3.org/1999/xhtml">text</div></text>
  <status value="active"/><subject><reference value="urn:uuid:2"/></subject>
  <authoredOn value="2025-02-02"/>
 </ServiceRequest></resource></entry>
 <entry><fullUrl value="urn:uuid:2"/><resource><Patient>
  <identifier>
   <extension url="https://x/Extension-UKCore-NHSNumberVerificationStatus">
    <valueCodeableConcept><coding><code value="number-present-and-verified"/></coding>
    </valueCodeableConcept></extension>
   <system value="https://fhir.nhs.uk/Id/nhs-number"/><value value="999 000 0018"/>
  </identifier></Patient></resource></entry>
</Bundle>"""


def test_xml_says_the_same_as_json(read, made):
    ((kind, record),) = made(read(fhir.read, {"m.xml": XML}))
    assert kind == "HealthReferralReceived"
    assert record["source_record_id"] == "ServiceRequest/1"
    assert record["occurred_at"] == datetime(2025, 2, 2, tzinfo=UTC)
    assert record["identifiers"] == [{"scheme": "NHS", "value": "9990000018", "status": "VERIFIED"}]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (XML.replace("<Bundle", '<!DOCTYPE b [<!ENTITY x "y">]><Bundle', 1), "DOCTYPE"),
        ('<!DOCTYPE b SYSTEM "http://x.example/b.dtd"><b/>', "DOCTYPE"),
        ('<?xml version="1.0" encoding="utf-888"?><b/>', "encoding"),
        ('<?xml version="1.0" encoding="utf-7"?><b/>', "encoding"),
        ("<a>" * (MAX_DEPTH + 2) + "</a>" * (MAX_DEPTH + 2), "deeper"),
        ("<Bundle><entry></Bundle>", "well-formed"),
        ('{"resourceType": "Bundle"', "not JSON"),
        ("[1, 2]", "no FHIR resource"),
        ("7", "no FHIR resource"),
        ("-1.5", "no FHIR resource"),
        ('"Patient"', "no FHIR resource"),
        ("true", "no FHIR resource"),
        ("nothing", "well-formed"),
        ('{"resourceType":"A","a":' * 80 + "1" + "}" * 80, "deeper"),
        ("", "well-formed"),
    ],
)
def test_a_hostile_or_broken_file_is_refused_whole(read, content, expected):
    (refused,) = read(fhir.read, {"x.xml": content})
    assert (refused.row.number, refused.field) == (0, "file")
    assert expected in refused.reason


def test_half_a_character_spoils_only_what_it_stands_in(read, made):
    spoilt = patient(id="p\ud800")
    spoilt["identifier"][0]["system"] += "\ud800"
    outcomes = read(fhir.read, message(referral(), spoilt))
    assert made(outcomes) == []
    assert [one.field for one in outcomes if isinstance(one, Refused)] == ["ServiceRequest.subject"]


def test_a_type_that_no_standard_knows_is_not_repeated(read):
    (skipped,) = read(fhir.read, {"x.json": '{"resourceType": "Zebedee"}'})
    assert skipped.reason == "a resource of another type says nothing that the platform takes"


def test_a_utf16_document_with_a_doctype_is_refused_too(read):
    hostile = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE b [<!ENTITY x "y">]><b>&x;</b>'
    (refused,) = read(fhir.read, {"x.xml": hostile.encode("utf-16")})
    assert "DOCTYPE" in refused.reason


def episode(status="active", **more):
    return {
        "resourceType": "EpisodeOfCare",
        "id": "ep1",
        "meta": {"lastUpdated": UPDATED},
        "status": status,
        "type": [{"coding": [{"code": "camhs"}]}],
        "patient": {"reference": URN},
        "period": {"start": "2025-01-06"},
        **more,
    }


def appointment(status="fulfilled", **more):
    return {
        "resourceType": "Appointment",
        "id": "ap1",
        "status": status,
        "start": "2025-01-20T10:00:00Z",
        "basedOn": [{"reference": "ServiceRequest/sr1"}],
        "participant": [{"actor": {"reference": "Location/l1"}}, {"actor": {"reference": URN}}],
        **more,
    }


def test_an_episode_of_care_is_the_involvement_of_health_and_its_end(read, made):
    ((kind, begun),) = made(read(fhir.read, message(episode(), patient())))
    assert (kind, begun["agency"], begun["started_on"], begun["service"]) == (
        "AgencyInvolvementStarted",
        "HEALTH",
        date(2025, 1, 6),
        "camhs",
    )
    period = {"start": "2025-01-06", "end": "2025-01-30"}
    ended = dict(made(read(fhir.read, message(episode("finished", period=period), patient()))))
    assert ended["AgencyInvolvementEnded"]["ended_on"] == date(2025, 1, 30)
    assert ended["AgencyInvolvementEnded"]["involvement"] == begun["source_record_id"]


def test_an_episode_entered_in_error_takes_back_its_beginning_and_its_end(read, made):
    events = made(read(fhir.read, message(episode("entered-in-error"), patient())))
    assert [(kind, record["retracted"]) for kind, record in events] == [
        ("AgencyInvolvementStarted", True),
        ("AgencyInvolvementEnded", True),
    ]


@pytest.mark.parametrize(
    ("period", "field"),
    [
        ({}, "EpisodeOfCare.period.start"),
        ({"start": "2025-01-06"}, "EpisodeOfCare.period.end"),
        ({"start": "2025-01-06", "end": "2024-01-06"}, "EpisodeOfCare.period.end"),
    ],
)
def test_an_episode_without_its_days_is_refused_by_the_field(read, period, field):
    outcomes = read(fhir.read, message(episode("finished", period=period), patient()))
    assert [one.field for one in outcomes if isinstance(one, Refused)] == [field]


def test_an_appointment_that_was_kept_is_a_contact_of_its_patient(read, made):
    ((kind, record),) = made(read(fhir.read, message(appointment(), patient())))
    assert (kind, record["held_on"], record["referral"]) == (
        "HealthContactHeld",
        date(2025, 1, 20),
        "ServiceRequest/sr1",
    )
    assert record["identifiers"][0]["value"] == "9990000018"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("booked", "this Appointment has not taken place yet"),
        ("noshow", "this Appointment did not take place"),
        ("cancelled", "this Appointment did not take place"),
    ],
)
def test_an_appointment_that_was_not_kept_is_none(read, made, status, reason):
    outcomes = read(fhir.read, message(appointment(status), patient()))
    assert made(outcomes) == []
    assert reason in [one.reason for one in outcomes if isinstance(one, Skipped)]


def test_an_appointment_entered_in_error_is_taken_back(read, made):
    ((_, record),) = made(read(fhir.read, message(appointment("entered-in-error"), patient())))
    assert record["retracted"] is True


@pytest.mark.parametrize(
    ("priority", "urgency"), [("routine", "ROUTINE"), ("asap", "URGENT"), ("other", None)]
)
def test_a_referrals_priority_is_its_urgency(read, made, priority, urgency):
    ((_, record),) = made(read(fhir.read, message(referral(priority=priority), patient())))
    assert record.get("urgency") == urgency
