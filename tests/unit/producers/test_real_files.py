"""The real files that others wrote: every row accounted for, with the counts seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from producers.delivery import Delivery, Rehearsal, deliver
from producers.files import FORMATS, files_of
from producers.tally import Tally
from tests.real_files import DATA, PAGE, REAL_FILES, RealFiles, page
from tests.real_files import account as read_account

Account = Callable[..., Tally]


@pytest.fixture
def account() -> Account:
    """Return the account of every row of a folder of real files, each read once."""

    def accounting(name: str, *folder: str, **changes: bool) -> Tally:
        path = DATA.joinpath(*folder)
        if not path.exists():
            pytest.skip(f"the shared data is absent: no ../shared/data/{'/'.join(folder)}")
        known = {(one.format, one.folder, one.opaque_upn): one for one in REAL_FILES}
        key = (name, "/".join(folder), changes.get("opaque_upn", False))
        return read_account(known.get(key) or RealFiles(*key[:2], opaque_upn=key[2])).tally

    return accounting


def test_the_page_of_what_they_give_is_current():
    if not DATA.exists():
        pytest.skip("the shared data is absent: no ../shared/data")
    assert page() == PAGE.read_text("utf-8"), "run: python -m tests.real_files"


def lines(*folder: str) -> int:
    """Count the data lines of a folder's CSV tables, by another way than our reader's."""
    return sum(
        len(path.read_text("utf-8-sig").splitlines()) - 1
        for path in DATA.joinpath(*folder).glob("*.csv")
    )


def test_the_looked_after_return(account):
    tally = account("ssda903", "ssda903", "dev", "csv")
    assert tally.accepted == {
        "BecameLookedAfter": 2244,
        "CarePlacementChanged": 2806,
        "CeasedLookedAfter": 1163,
        "LacReviewHeld": 12500,
    }
    assert tally.refused == {
        ("DEC", "is empty, although REC says that care ended"): 353,
        ("REVIEW", "is after the extract date"): 68,
        ("REVIEW_CODE", "contradicts an earlier row about the same review"): 12,
    }
    assert tally.rows() == {
        "read": lines("ssda903", "dev", "csv"),
        "with_events": 5050 + 12500,
        "refused": 353 + 68 + 12,
        "not_used": 2675 + 5636 + 2,
    }


def test_its_periods_of_care_agree_with_its_placement_changes(account):
    tally = account("ssda903", "ssda903", "dev", "csv")
    assert tally.accepted["BecameLookedAfter"] + tally.accepted["CarePlacementChanged"] == 5050


def test_the_tables_of_2026_say_nothing_that_is_taken(account):
    with pytest.raises(Exception, match=r"No episodes\.csv"):
        account("ssda903", "ssda903", "dev", "csv_2026_tables")


def test_the_school_census_with_its_keys_taken_as_the_schools_own(account):
    tally = account("school-census", "school_census", "dev", opaque_upn=True)
    assert tally.accepted == {
        "AttendanceTotalsRecorded": 28633,
        "PupilJoinedRoll": 18586,
        "SenProvisionRecorded": 5577,
        "PupilRemovedFromRoll": 683,
        "SuspensionStarted": 8477,
        "PermanentExclusionRecorded": 8486,
    }
    assert tally.refused == {
        ("SENPROVISION", "is a code that is no longer in use; expected N, K or E"): 3693,
        ("SESSIONS", "is empty; expected how many there were"): 1222,
    }
    assert tally.rows()["read"] == lines("school_census", "dev")


def test_the_school_census_as_it_is_has_no_pupil_number_that_can_be_used(account):
    tally = account("school-census", "school_census", "dev")
    assert tally.events == 0
    refused_of = Counter[str]()
    for (field, _), count in tally.refused.items():
        refused_of[field] += count
    assert refused_of == {
        "UPN": 18586 + 683,
        "PUPILONROLLTABLEID": 4137 + 4114 + 4062 + 4004 + 39575 + 39953 + 41251,
        "PUPILNOLONGERONROLLTABLEID": 127 + 115 + 221 + 183 + 1343 + 1328 + 1684,
    }
    assert tally.rows()["read"] == lines("school_census", "dev")


def test_the_bars_messages_name_a_patient_whose_number_fails_its_check(account):
    tally = account("fhir", "fhir_bars", "dev")
    assert tally.events == 0
    fields = {field: count for (field, _), count in tally.refused.items()}
    assert fields == {"ServiceRequest.subject": 6, "CarePlan.subject": 5, "Encounter.subject": 4}
    assert tally.noted == {
        ("identifier", "the NHS number has a wrong check character: left out"): 15
    }
    assert tally.rows()["read"] == 127


def test_the_same_messages_are_taken_once_the_patient_has_a_number_of_the_test_range(
    tmp_path, context
):
    folder = DATA / "fhir_bars" / "dev"
    if not folder.exists():
        pytest.skip("the shared data is absent: no ../shared/data/fhir_bars/dev")
    for path in folder.glob("*.xml"):
        text = path.read_text("utf-8-sig").replace("3478526985", "9990000018")
        (tmp_path / path.name).write_text(text)
    form = FORMATS["fhir"]
    own = replace(context, extracted_at=datetime(2026, 11, 23, 12, tzinfo=UTC))
    tally = deliver(
        Delivery(form=form, files=files_of([tmp_path], form), context=own, agency="health"),
        Rehearsal(),
    )
    assert tally.accepted == {
        "HealthReferralReceived": 6,
        "HealthContactHeld": 4,
        "HealthCarePlanAgreed": 5,
    }
    assert not tally.refused


def test_the_uk_core_resources(account):
    tally = account("fhir", "fhir_ukcore", "dev")
    assert tally.accepted == {
        "HealthReferralReceived": 3,
        "HealthDischarged": 3,
        "HealthCarePlanAgreed": 1,
    }
    assert tally.refused == {
        ("CarePlan.period.end", "is before the plan was agreed"): 1,
        ("EpisodeOfCare.period.start", "is empty: the day is not known"): 1,
    }


def test_no_account_of_a_real_file_holds_a_value_of_it(account):
    shown = str(account("ssda903", "ssda903", "dev", "csv").as_json())
    assert "566910" not in shown
    assert "D051910639385" not in shown
