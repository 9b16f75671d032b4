"""The files hold what their systems knew on the day of the extract, and no more."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from io import StringIO
from random import Random

from producers.simulate import Year
from producers.simulate.extracts import census, ssda903
from producers.simulate.life import CarePeriod
from producers.simulate.population import Child, child

STARTED, MOVED, CEASED = date(2024, 9, 16), date(2024, 12, 2), date(2025, 3, 31)
REVIEWS = (date(2024, 10, 7), date(2024, 12, 16))


def _child() -> Child:
    return child(40, 6, Random(1), {"care"})


def _period() -> CarePeriod:
    return CarePeriod(
        child=_child(),
        started_on=STARTED,
        ceased_on=CEASED,
        placements=((STARTED, "U4", "C2"), (MOVED, "K2", "C2")),
        reviews=REVIEWS,
    )


def _rows(on: date, table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(ssda903.extract([_period()], on)[table])))


def test_an_extract_before_care_began_has_headings_only() -> None:
    for table in ("header.csv", "episodes.csv", "reviews.csv"):
        assert _rows(STARTED, table) == []


def test_an_episode_is_open_until_the_child_moves_and_then_ends_with_x1() -> None:
    (first,) = _rows(date(2024, 11, 1), "episodes.csv")
    assert (first["RNE"], first["DEC"], first["REC"]) == ("S", "", "")

    first, second = _rows(date(2025, 1, 1), "episodes.csv")
    assert (first["DEC"], first["REC"]) == ("02/12/2024", "X1")
    assert (second["RNE"], second["DECOM"], second["REC"]) == ("P", "02/12/2024", "")


def test_the_last_episode_ends_when_care_does() -> None:
    last = _rows(date(2025, 5, 1), "episodes.csv")[-1]

    assert (last["DEC"], last["REC"]) == ("31/03/2025", "E4A")


def test_reviews_appear_once_they_were_held() -> None:
    assert [row["REVIEW"] for row in _rows(date(2024, 11, 1), "reviews.csv")] == ["07/10/2024"]
    assert len(_rows(date(2025, 1, 1), "reviews.csv")) == len(REVIEWS)


def test_the_census_writes_days_as_the_collection_system_does() -> None:
    files = census.export(census.CENSUSES[0], [_child()], [], [])
    (pupil,) = csv.DictReader(StringIO(files["2024_autumn_pupilonroll.csv"]))

    assert pupil["entrydate"] == "2019-Sep-03 00:00:00"
    assert datetime.strptime(pupil["dob"][:11], "%Y-%b-%d").date() == _child().birth  # noqa: DTZ007


def test_a_year_11_child_is_on_its_schools_roll_until_the_autumn() -> None:
    leaver = child(41, 11, Random(1), set())
    spring, autumn = census.CENSUSES[1], census.CENSUSES[3]

    assert leaver.upn in census.export(spring, [leaver], [], [])["2025_spring_pupilonroll.csv"]
    assert leaver.upn not in census.export(autumn, [leaver], [], [])["2025_autumn_pupilonroll.csv"]


def test_a_referral_that_is_withdrawn_is_sent_again_as_revoked(year: Year) -> None:
    requests = [
        entry["resource"]
        for one in year.deliveries
        if one.format == "fhir"
        for text in one.files.values()
        for entry in json.loads(text)["entry"]
        if entry["resource"]["resourceType"] == "ServiceRequest"
    ]
    (revoked,) = [one for one in requests if one["status"] == "revoked"]

    assert [one["status"] for one in requests if one["id"] == revoked["id"]] == [
        "active",
        "revoked",
    ]


def test_fhir_messages_hold_no_name_and_no_clinical_code(year: Year) -> None:
    texts = [text for one in year.deliveries if one.format == "fhir" for text in one.files.values()]

    assert texts
    assert not any('"name"' in text or "snomed" in text for text in texts)
