"""A plain CSV makes the events that its mapping declares, and none that it does not."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from producers.delivery import Rehearsal
from producers.files import FORMATS, Made, Noted, Refused, Skipped, Unreadable, mapped_csv
from producers.files.dates import FORMS
from producers.results import Rejected, Valid
from producers.simulate.extracts.register import MAPPING, Placed, extract
from producers.simulate.population import child

CHILD = child(1, 9, Random(1), {"ap"})
PLACED = Placed(child=CHILD, start_on=date(2025, 3, 3), end_on=date(2025, 6, 6))


@pytest.fixture
def registered(read):
    def reading(*placed, mapping=MAPPING, change=lambda text: text):
        files = extract(placed)
        return read(
            mapped_csv.read,
            {"placements.csv": change(files["placements.csv"]), "placements.toml": mapping},
        )

    return reading


def refusals(outcomes):
    return [(one.field, one.reason) for one in outcomes if isinstance(one, Refused)]


def test_a_row_makes_the_events_that_the_mapping_declares(registered, made):
    started, ended = made(registered(PLACED))
    assert started[0] == "ApPlacementStarted"
    assert started[1]["source_record_id"] == "placement/P0001"
    assert started[1]["provider"] == "URN:100001"
    assert started[1]["start_on"] == date(2025, 3, 3)
    assert (started[1]["weekly_hours"], started[1]["full_time"]) == (15.0, False)
    assert started[1]["date_of_birth"] == CHILD.birth
    assert [one["value"] for one in started[1]["identifiers"]] == [CHILD.upn]
    assert ended == ("ApPlacementEnded", ended[1])
    assert ended[1]["placement"] == "placement/P0001"
    assert ended[1]["end_on"] == date(2025, 6, 6)


def test_an_event_is_made_only_where_its_condition_holds(registered, made):
    events = made(registered(Placed(child=CHILD, start_on=date(2025, 3, 3))))
    assert [name for name, _ in events] == ["ApPlacementStarted"]


def test_a_row_that_says_it_was_an_error_retracts(registered, made):
    ((_, record),) = made(registered(Placed(child=CHILD, start_on=date(2025, 3, 3), in_error=True)))
    assert record["retracted"] is True
    assert "start_on" not in record


def test_a_row_of_which_nothing_is_made_is_said_to_be_not_used(registered):
    mapping = MAPPING.replace(
        'record_id = "placement/{Placement}"\n',
        'record_id = "placement/{Placement}"\nwhen = { column = "End" }\n',
    )
    outcomes = registered(Placed(child=CHILD, start_on=date(2025, 3, 3)), mapping=mapping)
    assert [type(one) for one in outcomes if not isinstance(one, Noted)] == [Skipped]


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"),
    [
        ("03/03/2025", "2025-03-03", "Start", "expected dd/mm/yyyy"),
        ("03/03/2025", "03/03/2030", "start_on", "is after the extract date"),
        (",15.0,", ",many,", "Hours", "is no number"),
        (",P,", ",X,", "Kind", "none of the values that the mapping knows"),
        ("P0001", "", "Placement", "is empty"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_by_its_column(registered, old, new, field, reason):
    outcomes = registered(
        Placed(child=CHILD, start_on=date(2025, 3, 3)), change=lambda text: text.replace(old, new)
    )
    ((found, said),) = refusals(outcomes)
    assert found == field
    assert reason in said


def test_a_row_without_a_usable_identifier_is_refused(registered):
    outcomes = registered(PLACED, change=lambda text: text.replace(CHILD.upn, "nobody"))
    assert {field for field, _ in refusals(outcomes)} == {"identifiers"}
    assert any(isinstance(one, Noted) for one in outcomes)


def test_what_the_contract_does_not_take_is_rejected_with_its_row(registered):
    mapping = MAPPING.replace('end_on = "End"', 'end_on = "End"\nreason_code = { value = "DONE" }')
    results = [
        Rehearsal().publish(one.event)
        for one in registered(PLACED, mapping=mapping)
        if isinstance(one, Made)
    ]
    assert [type(one) for one in results] == [Valid, Rejected]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('dates = "dd/mm/yyyy"', 'dates = "%d.%m.%Y"', "'dates' must be one of"),
        ('dates = "dd/mm/yyyy"\n', "", "'dates' is absent"),
        ('type = "ApPlacementStarted"', 'type = "Zebedee"', "none of those about a child"),
        ('type = "ApPlacementStarted"', 'type = "SourceJoined"', "none of those about a child"),
        ('UPN = "Pupil UPN"', 'NAME = "Pupil UPN"', "'identifiers' has a scheme"),
        ('UPN = "Pupil UPN"', "", "'identifiers' is empty"),
        ('"placement/{Placement}"\nretr', '"placement"\nretr', "names no column in braces"),
        ('start_on = "Start"', 'begin_on = "Start"', "a name that the type has not"),
        ('{ value = "URN:100001" }', "{ separator = ';' }", "needs one of"),
        ('files = "placements*.csv"', "fields = 7", "part that no mapping has"),
        ('files = "placements*.csv"', "files = 7", "'files' is not as a mapping has it"),
        ('files = "placements*.csv"', 'files = "other.csv"', "No mapping is for placements.csv"),
        ('files = "placements*.csv"', "files = ", "is not TOML"),
        ('files = "placements*.csv"', f"files = {'9' * 5000}", "is not TOML"),
        ('date_of_birth = "Born"', 'date_of_birth = "DOB"', "has no column DOB"),
        ('date_of_birth = "Born"', 'delimiter = "::"', "'delimiter' must be one character"),
    ],
)
def test_a_mapping_that_is_not_in_order_is_refused_in_a_sentence(registered, old, new, sentence):
    assert old in MAPPING
    with pytest.raises(Unreadable) as fault:
        registered(PLACED, mapping=MAPPING.replace(old, new, 1))
    assert sentence in str(fault.value)
    assert "Zebedee" not in str(fault.value)


def test_files_without_a_mapping_or_without_a_table_are_refused(read):
    with pytest.raises(Unreadable, match="No mapping is for"):
        read(mapped_csv.read, {"placements.csv": "A,B\n1,2\n"})


def test_the_revision_is_the_rows_version_or_when_it_was_changed(read, made):
    def with_column(name: str, value: str, declared: str):
        files = extract([PLACED])
        head, row = files["placements.csv"].splitlines()
        mapping = MAPPING.replace('date_of_birth = "Born"', f'{declared} = "{name}"')
        table = f"{head},{name}\n{row},{value}\n"
        return read(mapped_csv.read, {"placements.csv": table, "placements.toml": mapping})

    assert made(with_column("Version", "7", "version"))[0][1]["revision"] == 7
    changed = with_column("Changed", "2025-06-01T10:00:00+01:00", "last_updated")
    assert made(changed)[0][1]["revision"] == 1_748_768_400_000
    late = with_column("Changed", "2026-06-01T10:00:00+01:00", "last_updated")
    assert refusals(late) == [("Changed", "is after the extract date")]


def test_another_delimiter_and_a_list_are_read(read, made):
    mapping = """
dates = "yyyymmdd"
delimiter = ";"
identifiers.NHS = { column = "NHS", status = "UNVERIFIED" }
[[events]]
type = "ApPersonalisedPlanAgreed"
record_id = "plan/{Id}"
fields.agreed_on = "Agreed"
fields.objectives = { column = "Aims", separator = "/" }
"""
    table = "Id;NHS;Agreed;Aims\n1;9990000018;20250304;READ/ATTEND\n"
    ((_, record),) = made(read(mapped_csv.read, {"plans.csv": table, "plans.toml": mapping}))
    assert record["agreed_on"] == date(2025, 3, 4)
    assert record["objectives"] == ["READ", "ATTEND"]
    assert record["identifiers"][0]["status"] == "UNVERIFIED"


@pytest.mark.parametrize("name", sorted(FORMS))
def test_every_form_of_dates_refuses_what_is_not_of_it(name):
    with pytest.raises(ValueError, match="is no date"):
        FORMS[name]("yesterday", "Day")


@pytest.mark.parametrize("seed", range(3))
def test_a_generated_register_comes_back_whole(registered, made, seed):
    random = Random(seed)
    placed = []
    for number in range(1, 60):
        start = date(2024, 9, 2) + timedelta(days=random.randint(0, 200))
        ends = start + timedelta(days=random.randint(10, 90)) if random.random() < 0.5 else None
        who = child(number, 9, Random(number), {"ap"})
        placed.append(Placed(child=who, start_on=start, end_on=ends, hours=random.choice([6, 25])))
    outcomes = registered(*placed)
    assert refusals(outcomes) == []
    events = made(outcomes)
    assert [r["start_on"] for n, r in events if n == "ApPlacementStarted"] == [
        one.start_on for one in placed
    ]
    assert [r["end_on"] for n, r in events if n == "ApPlacementEnded"] == [
        one.end_on for one in placed if one.end_on
    ]


def test_a_mapping_among_the_files_tells_the_format(tmp_path):
    for name, text in extract([PLACED]).items():
        (tmp_path / name).write_text(text)
    files = sorted(tmp_path.iterdir())
    assert [name for name, one in FORMATS.items() if one.recognises(files)] == ["csv"]
    assert FORMATS["csv"].types_in(files) == {"ApPlacementStarted", "ApPlacementEnded"}
