from pathlib import Path

import pytest

from producers.files import FORMATS, Unreadable, detect, files_of
from schemas.catalogue import event_types


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["header.csv", "episodes.csv"], "ssda903"),
        (["2024_autumn_pupilonroll.csv"], "school-census"),
        (["referral.json"], "fhir"),
        (["events.jsonl"], "events"),
    ],
)
def test_a_format_is_told_by_the_names_of_its_files(tmp_path, names, expected):
    for name in names:
        (tmp_path / name).touch()
    assert detect([tmp_path]).name == expected


def test_xml_is_told_by_its_first_element(tmp_path):
    (tmp_path / "a.xml").write_text('<Bundle xmlns="http://hl7.org/fhir"/>')
    assert detect([tmp_path]).name == "fhir"
    (tmp_path / "a.xml").write_text("<NCCIS/>")
    assert detect([tmp_path]).name == "nccis"


def test_names_that_tell_nothing_ask_for_the_format(tmp_path):
    (tmp_path / "export.csv").touch()
    with pytest.raises(Unreadable, match="--format"):
        detect([tmp_path])


def test_a_folder_stands_for_its_files_of_the_format_in_name_order(tmp_path):
    (tmp_path / "inner").mkdir()
    for name in ("b.csv", "a.csv", "notes.txt", "inner/c.csv"):
        (tmp_path / name).touch()
    names = [path.name for path in files_of([tmp_path], FORMATS["ssda903"])]
    assert names == ["a.csv", "b.csv", "c.csv"]


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("ssda903", ["episodes.csv", "reviews.csv"]),
        ("school-census", ["2024_autumn_pupilonroll.csv", "pupilnolongeronroll.csv"]),
        ("fhir", []),
        ("nccis", []),
        ("sen2", []),
        ("cin-census", []),
        ("cpis", []),
    ],
)
def test_every_type_that_a_format_declares_is_of_its_agency(name, files):
    form = FORMATS[name]
    declared = form.types_in([Path(one) for one in files])
    assert {event_types()[one].agency for one in declared} - {"joint"} == {form.agency}


def test_a_source_says_that_it_sends_only_what_its_tables_hold():
    assert FORMATS["ssda903"].types_in([Path("episodes.csv")]) == {
        "BecameLookedAfter",
        "CarePlacementChanged",
        "CeasedLookedAfter",
    }
    assert FORMATS["school-census"].types_in([Path("2024_autumn_pupilonroll.csv")]) == {
        "PupilJoinedRoll",
        "SenProvisionRecorded",
    }
