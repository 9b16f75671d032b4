from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from producers.files import school_census
from producers.files.census_terms import table_of
from producers.files.outcomes import Noted, Refused, Skipped, Unreadable
from producers.simulate.extracts import census
from producers.simulate.life import CensusPlacement
from producers.simulate.population import child
from schemas.validation import problems

ROLL = (
    "pupilonrolltableid,NativeId,dob,upn,formerupn,uniquelearnernumber,entrydate,senprovision,"
    "ncyearactual"
)
LEFT = (
    "pupilnolongeronrolltableid,NativeId,dob,upn,formerupn,uniquelearnernumber,entrydate,"
    "leavingdate"
)
EXCLUDED = "pupilonrolltableid,NativeId,startdate,sessions,reason1,reason2,reason3,category"
PLACED = (
    "pupilonrolltableid,NativeId,urn,ukprn,entrydate,leavingdate,apsessionsperweek,apsettingtype,"
    "placementreason,apattendancepattern"
)
SUMMED = "pupilonrolltableid,NativeId,sessions,attendancereason"
PUPIL = "p1,SCH1,2012-Jan-21 00:00:00,K330400125001,,,2023-Sep-04 00:00:00,E,7"
ON, OFF = "2024_autumn_pupilonroll.csv", "2024_autumn_pupilnolongeronroll.csv"


def table(heading, *rows):
    return "\n".join((heading, *rows)) + "\n"


def refusals(outcomes):
    return [(one.row.number, one.field) for one in outcomes if isinstance(one, Refused)]


def test_a_pupil_on_roll_joined_it_and_has_the_sen_provision_of_census_day(read, made):
    (joined, sen) = made(read(school_census.read, {ON: table(ROLL, PUPIL)}))
    assert joined[0] == "PupilJoinedRoll"
    assert joined[1]["entry_on"] == date(2023, 9, 4)
    assert joined[1]["establishment"] == "SCH1"
    assert joined[1]["year_group"] == 7
    assert sen[0] == "SenProvisionRecorded"
    assert (sen[1]["provision"], sen[1]["from_on"]) == ("E", date(2024, 10, 3))


def test_every_event_keeps_the_contract(read, made):
    files = {
        ON: table(ROLL, PUPIL),
        "2024_autumn_termlyexclusionsonroll.csv": table(
            EXCLUDED,
            "p1,SCH1,2024-Nov-20 00:00:00,10.0,PA,DB,,FIXD",
            "p1,SCH1,2024-Dec-02 00:00:00,10.0,PP,,,PERM",
        ),
        "2024_autumn_schoolarrangedapdetailonroll.csv": table(
            PLACED,
            "p1,SCH1,100001,10000001,2024-Sep-09 00:00:00,2024-Oct-18 00:00:00,6,OOT,MHN,PT",
        ),
    }
    events = made(read(school_census.read, files))
    assert [kind for kind, _ in events] == [
        "PupilJoinedRoll",
        "SenProvisionRecorded",
        "SuspensionStarted",
        "PermanentExclusionRecorded",
        "ApPlacementStarted",
        "ApPlacementEnded",
    ]
    for kind, record in events:
        assert problems(f"joinedup.education.{kind}", record) == []
        assert record["date_of_birth"] == date(2012, 1, 21)


def test_a_suspension_has_its_sessions_and_all_its_reasons(read, made):
    files = {
        ON: table(ROLL, PUPIL),
        "2024_autumn_termlyexclusionsonroll.csv": table(
            EXCLUDED, "p1,SCH1,2024-Nov-20 00:00:00,10.0,PA,DB,,SUSP"
        ),
    }
    record = made(read(school_census.read, files))[-1][1]
    assert (record["sessions"], record["reason"]) == (10, "PA+DB")


def test_two_suspensions_of_one_day_are_two_records(read, made):
    row = "p1,SCH1,2024-Nov-20 00:00:00,10.0,PA,,,SUSP"
    files = {
        ON: table(ROLL, PUPIL),
        "2024_autumn_termlyexclusionsonroll.csv": table(EXCLUDED, row, row),
    }
    ids = {record["source_record_id"] for _, record in made(read(school_census.read, files))}
    assert len(ids) == 4


def test_an_exclusion_at_lunchtime_is_not_taken_and_an_unknown_category_refused(read):
    files = {
        ON: table(ROLL, PUPIL),
        "2024_autumn_termlyexclusionsonroll.csv": table(
            EXCLUDED,
            "p1,SCH1,2024-Nov-20 00:00:00,1.0,PA,,,LNCH",
            "p1,SCH1,2024-Nov-20 00:00:00,1.0,PA,,,WXYZ",
        ),
    }
    outcomes = read(school_census.read, files)
    assert [type(one) for one in outcomes[-2:]] == [Skipped, Refused]
    assert refusals(outcomes) == [(3, "CATEGORY")]


def test_an_ap_placement_is_told_by_its_published_columns(read, made):
    files = {
        ON: table(ROLL, PUPIL),
        "2024_autumn_schoolarrangedapdetailonroll.csv": table(
            PLACED,
            "p1,SCH1,100001,,2024-Sep-09 00:00:00,2024-Oct-18 00:00:00,6,OOT,MHN,PT",
            "p1,SCH1,,10000001,2024-Nov-11 00:00:00,,10,OTH,BHS,FT",
        ),
    }
    first, ended, second = (record for _, record in made(read(school_census.read, files))[2:])
    assert first["provider"] == "URN:100001"
    assert (first["provider_registered"], first["full_time"]) == (True, False)
    assert (first["sessions_per_week"], first["purpose"]) == (6, "HEALTH")
    assert (first["commissioner"], first["commissioner_type"]) == ("SCH1", "SCHOOL")
    assert ended["placement"] == first["source_record_id"]
    assert ended["end_on"] == date(2024, 10, 18)
    assert second["provider"] == "UKPRN:10000001"
    assert "provider_registered" not in second


def test_a_placement_without_a_provider_or_that_ends_before_it_starts_is_refused(read):
    files = {
        ON: table(ROLL, PUPIL),
        "2024_autumn_schoolarrangedapdetailonroll.csv": table(
            PLACED,
            "p1,SCH1,,,2024-Sep-09 00:00:00,,6,OOT,MHN,PT",
            "p1,SCH1,100001,,2024-Sep-09 00:00:00,2024-Sep-01 00:00:00,6,OOT,MHN,PT",
        ),
    }
    assert refusals(read(school_census.read, files)) == [(2, "URN"), (3, "LEAVINGDATE")]


def test_a_leaver_was_removed_from_the_roll(read, made):
    row = "q1,SCH2,2012-Jan-21 00:00:00,K330400125001,,,2023-Sep-04 00:00:00,2024-Oct-25 00:00:00"
    ((kind, record),) = made(read(school_census.read, {OFF: table(LEFT, row)}))
    assert kind == "PupilRemovedFromRoll"
    assert record["left_on"] == date(2024, 10, 25)


def test_a_pupil_who_left_two_schools_is_found_by_school(read, made):
    rows = (
        "q1,SCH1,2012-Jan-21 00:00:00,K330400125001,,,2023-Sep-04 00:00:00,2024-Sep-25 00:00:00",
        "q1,SCH2,2012-Jan-21 00:00:00,K330400125001,,,2024-Sep-26 00:00:00,2024-Oct-25 00:00:00",
    )
    excluded = EXCLUDED.replace("pupilonroll", "pupilnolongeronroll")
    files = {
        OFF: table(LEFT, *rows),
        "2024_autumn_termlyexclusionsoffroll.csv": table(
            excluded, "q1,SCH1,2024-Sep-20 00:00:00,2,PA,,,SUSP"
        ),
    }
    assert made(read(school_census.read, files))[-1][1]["establishment"] == "SCH1"


def test_keys_that_are_no_upn_are_refused_with_the_way_out(read):
    row = PUPIL.replace("K330400125001", "21db2df8-fa0")
    (refused,) = read(school_census.read, {ON: table(ROLL, row)})[-1:]
    assert refused.field == "UPN"
    assert "--opaque-upn" in refused.reason


def test_on_request_they_are_the_school_systems_own_ids(read, made, context):
    row = PUPIL.replace("K330400125001", "21db2df8-fa0")
    outcomes = read(school_census.read, {ON: table(ROLL, row)}, replace(context, opaque_upn=True))
    (identifier,) = made(outcomes)[0][1]["identifiers"]
    assert (identifier["scheme"], identifier["value"]) == ("MIS_ID", "21db2df8-fa0")


def test_a_former_upn_travels_as_one(read, made):
    row = PUPIL.replace("K330400125001,", "K330400125001,H83041092500A")
    record = made(read(school_census.read, {ON: table(ROLL, row)}))[0][1]
    assert [one["status"] for one in record["identifiers"]] == ["VERIFIED", "TEMPORARY"]


def test_an_old_sen_code_is_refused_and_the_roll_still_told(read, made):
    outcomes = read(school_census.read, {ON: table(ROLL, PUPIL.replace(",E,7", ",S,7"))})
    assert [kind for kind, _ in made(outcomes)] == ["PupilJoinedRoll"]
    assert refusals(outcomes) == [(2, "SENPROVISION")]


def test_a_file_without_a_term_has_no_day_for_its_sen_provision(read):
    assert refusals(read(school_census.read, {"pupilonroll.csv": table(ROLL, PUPIL)})) == [
        (2, "SENPROVISION")
    ]


def test_a_row_of_a_refused_pupil_is_refused_too(read):
    row = PUPIL.replace("K330400125001", "")
    files = {
        ON: table(ROLL, row),
        "2024_autumn_termlyexclusionsonroll.csv": table(
            EXCLUDED, "p1,SCH1,2024-Nov-20 00:00:00,10.0,PA,,,SUSP"
        ),
    }
    assert refusals(read(school_census.read, files)) == [(2, "UPN"), (2, "PUPILONROLLTABLEID")]


def test_a_later_term_of_the_same_set_has_the_higher_revision(read, made):
    files = {ON: table(ROLL, PUPIL), ON.replace("2024_autumn", "2025_spring"): table(ROLL, PUPIL)}
    revisions = [
        record["revision"]
        for kind, record in made(read(school_census.read, files))
        if kind == "PupilJoinedRoll"
    ]
    assert revisions[1] == revisions[0] + 1


def test_an_unused_table_is_accounted_for_whole(read):
    files = {ON: table(ROLL), "2024_autumn_senneeds.csv": "a\n1\n2\n"}
    (skipped,) = read(school_census.read, files)
    assert skipped.rows == 2


def test_a_folder_without_a_roll_says_what_to_give(read):
    with pytest.raises(Unreadable, match="pupilonroll"):
        read(school_census.read, {"2024_autumn_senneeds.csv": "a\n"})


def test_a_missing_column_is_named(read):
    with pytest.raises(Unreadable, match="ENTRYDATE"):
        read(school_census.read, {ON: "pupilonrolltableid,NativeId,upn\n"})


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2024_autumn_pupilonroll", date(2024, 10, 3)),
        ("2025_spring_pupilonroll", date(2025, 1, 16)),
        ("2025_summer_pupilonroll", date(2025, 5, 15)),
    ],
)
def test_census_day_follows_from_the_term(name, day, tmp_path):
    table = table_of(tmp_path / f"{name}.csv")
    assert table.term is not None
    assert table.term.census_day == day


def test_a_doubt_about_an_identifier_is_noted(read):
    row = PUPIL.replace("K330400125001,,", "K330400125001,,12345")
    notes = [
        one for one in read(school_census.read, {ON: table(ROLL, row)}) if isinstance(one, Noted)
    ]
    assert [one.field for one in notes] == ["UNIQUELEARNERNUMBER"]


PROVISION = "pupilonrolltableid,NativeId,prevurn,apreason,senprovisionentry"


def test_a_providers_own_census_places_its_pupils_as_long_as_they_are_on_its_roll(read, made):
    files = {
        ON: table(ROLL, PUPIL),
        "2024_autumn_approvisiondetailonroll.csv": table(PROVISION, "p1,SCH1,100009,MHN,K"),
    }
    (placed,) = [r for name, r in made(read(school_census.read, files)) if "Ap" in name]
    joined = made(read(school_census.read, files))[0][1]
    assert placed["start_on"] == joined["entry_on"]
    assert (placed["provider"], placed["purpose"]) == ("SCH1", "HEALTH")
    assert placed["provider_registered"] is True
    row = "q1,SCH2,2012-Jan-21 00:00:00,K330400125001,,,2023-Sep-04 00:00:00,2024-Oct-25 00:00:00"
    left = {
        OFF: table(LEFT, row),
        "2024_autumn_approvisiondetailoffroll.csv": table(
            PROVISION.replace("pupilonroll", "pupilnolongeronroll"), "q1,SCH2,100009,PEX,K"
        ),
    }
    ended = dict(made(read(school_census.read, left)))["ApPlacementEnded"]
    assert ended["end_on"] == date(2024, 10, 25)


def test_a_code_of_no_list_is_refused_and_the_placement_is_sent(read, made):
    files = {
        ON: table(ROLL, PUPIL),
        "2024_autumn_schoolarrangedapdetailonroll.csv": table(
            PLACED, "p1,SCH1,100001,,2024-Sep-09 00:00:00,,6,XXX,YYY,ZZ"
        ),
    }
    outcomes = read(school_census.read, files)
    assert [field for _, field in refusals(outcomes)] == [
        "APSETTINGTYPE",
        "APATTENDANCEPATTERN",
        "PLACEMENTREASON",
    ]
    placed = made(outcomes)[-1][1]
    assert {"setting_type", "full_time", "purpose"}.isdisjoint(placed)


def test_a_provider_that_is_no_school_is_named_by_its_company_number(read, made):
    files = {
        ON: table(ROLL, PUPIL),
        "2024_autumn_schoolarrangedapdetailonroll.csv": table(
            PLACED + ",companynumber", "p1,SCH1,,,2024-Sep-09 00:00:00,,6,OTH,BHS,PT,01234567"
        ),
    }
    placed = made(read(school_census.read, files))[-1][1]
    assert placed["provider"] == "COMPANY:01234567"
    assert "provider_registered" not in placed


def test_what_school_and_provider_export_of_generated_placements_comes_back_from_both(read, made):
    term = census.CENSUSES[1]
    placed = [
        CensusPlacement(
            child=child(number, 9, Random(number), {"ap"}),
            urn="100001",
            start_on=date(2024, 9, 2) + timedelta(days=number),
            end_on=date(2025, 1, 10) + timedelta(days=number),
        )
        for number in range(1, 40)
    ]
    children = [one.child for one in placed]
    by_school = read(school_census.read, census.export(term, children, [], placed))
    by_provider = read(school_census.read, census.provider_export(term, "9991100", placed))
    assert refusals(by_school) == refusals(by_provider) == []
    here = [one for one in placed if one.end_on >= term.exported_on]
    for outcomes, expected in ((by_school, placed), (by_provider, here)):
        starts = [r for name, r in made(outcomes) if name == "ApPlacementStarted"]
        assert [r["start_on"] for r in starts] == [one.start_on for one in expected]
    ended = [r["end_on"] for name, r in made(by_school) if name == "ApPlacementEnded"]
    assert ended == [one.end_on for one in placed if one.end_on < term.exported_on]


def attended(*rows, name="2024_autumn_termlysessiondetailsonroll.csv", roll=ROLL, pupil=PUPIL):
    return {ON: table(roll, pupil), name: table(SUMMED, *rows)}


def test_the_rows_of_attendance_are_summed_up_by_what_each_mark_counts_as(read, made):
    rows = ("p1,SCH1,40.0,/", "p1,SCH1,38.0,\\", "p1,SCH1,5.0,I", "p1,SCH1,2,M", "p1,SCH1,3,o")
    files = attended(
        *rows,
        "p1,SCH1,4,#",
        roll=ROLL + ",termlysessionspossible",
        pupil=PUPIL + ",90.0",
    )
    outcomes = read(school_census.read, files)
    kind, record = made(outcomes)[-1]
    assert kind == "AttendanceTotalsRecorded"
    assert problems(f"joinedup.education.{kind}", record) == []
    assert {name: record[name] for name in record if name.startswith("sessions_")} == {
        "sessions_possible": 90,
        "sessions_attended": 78,
        "sessions_authorised": 7,
        "sessions_unauthorised": 3,
        "sessions_not_counted": 4,
    }
    assert (record["from_on"], record["to_on"]) == (date(2024, 4, 1), date(2024, 5, 26))
    assert record["source_record_id"] == "census/attendance/K330400125001/SCH1/2024-04-01/1"
    assert not any(isinstance(one, (Refused, Noted)) for one in outcomes)
    # Each row is accounted for: one with the event, the others as summed up in it.
    assert sum(one.rows for one in outcomes if isinstance(one, Skipped)) == len(rows)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2024_autumn_summerhalfterm2sessiondetailsonroll", (2024, 5, 27), (2024, 7, 31)),
        ("2025_spring_termlysessiondetailsonroll", (2024, 8, 1), (2024, 12, 31)),
        ("2025_summer_termlysessiondetailsonroll", (2025, 1, 1), (2025, 4, 20)),
    ],
)
def test_each_census_sums_up_the_term_before(read, made, name, first, last):
    term = name.rpartition("_")[0]
    files = {
        f"{term}_pupilonroll.csv": table(ROLL, PUPIL),
        f"{name}.csv": table(SUMMED, "p1,SCH1,5,I"),
    }
    record = made(read(school_census.read, files))[-1][1]
    assert (record["from_on"], record["to_on"]) == (date(*first), date(*last))
    assert "sessions_attended" not in record


def test_a_row_of_attendance_that_cannot_be_counted_is_refused_and_the_others_summed(read, made):
    files = attended(
        "p1,SCH1,5,I", "p1,SCH1,5,I", "p1,SCH1,5,QQ", "p1,SCH1,many,M", "p1,SCH1,,E", "p9,SCH1,5,I"
    )
    outcomes = read(school_census.read, files)
    assert refusals(outcomes) == [
        (3, "ATTENDANCEREASON"),
        (4, "ATTENDANCEREASON"),
        (5, "SESSIONS"),
        (6, "SESSIONS"),
        (7, "PUPILONROLLTABLEID"),
    ]
    assert made(outcomes)[-1][1]["sessions_authorised"] == 5


def test_attendance_of_no_term_or_of_one_that_goes_on_has_no_totals(read, made):
    nameless = {
        "pupilonroll.csv": table(ROLL, PUPIL),
        "termlysessiondetailsonroll.csv": table(SUMMED, "p1,SCH1,5,I"),
    }
    early = attended("p1,SCH1,5,I", name="2035_spring_termlysessiondetailsonroll.csv") | {
        "2035_spring_pupilonroll.csv": table(ROLL, PUPIL)
    }
    for files in (nameless, early):
        outcomes = read(school_census.read, files)
        assert (2, "SESSIONS") in refusals(outcomes)
        assert "AttendanceTotalsRecorded" not in dict(made(outcomes))


def test_more_sessions_than_were_possible_are_sent_with_that_doubt(read):
    files = attended("p1,SCH1,91,I", roll=ROLL + ",termlysessionspossible", pupil=PUPIL + ",90.0")
    (noted,) = (one for one in read(school_census.read, files) if isinstance(one, Noted))
    assert (noted.row.number, noted.field) == (2, "SESSIONS")
