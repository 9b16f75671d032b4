import json
from datetime import UTC, date, datetime

import pytest

from producers.files import json_lines
from producers.files.outcomes import Made, Refused, Unreadable

LINE = {
    "type": "ApPlacementStarted",
    "source_record_id": "p1",
    "identifiers": [{"scheme": "UPN", "value": "K330400125001"}],
    "date_of_birth": "2011-03-02",
    "provider": "Invented Centre",
    "start_on": "2025-03-10",
    "full_time": False,
    "weekly_hours": 12.5,
}


def lines(*given):
    texts = [one if isinstance(one, str) else json.dumps(one) for one in given]
    return {"events.jsonl": "\n".join(texts) + "\n"}


def refusals(outcomes):
    return [(one.row.number, one.field) for one in outcomes if isinstance(one, Refused)]


def test_a_line_is_an_event_its_dates_and_envelope_filled_in(read, made):
    ((kind, record),) = made(read(json_lines.read, lines(LINE)))
    assert kind == "ApPlacementStarted"
    assert record["start_on"] == date(2025, 3, 10)
    assert record["date_of_birth"] == date(2011, 3, 2)
    assert record["occurred_at"] == datetime(2025, 3, 10, tzinfo=UTC)
    assert record["local_authority"] == "999"
    assert record["source"] == {"organisation": "la999", "system": "casework"}
    assert record["identifiers"][0]["status"] == "VERIFIED"
    assert record["batch"] == "b1"


def test_what_the_line_says_itself_stands(read, made):
    own = {
        **LINE,
        "revision": 3,
        "event_id": "00000000-0000-4000-8000-000000000001",
        "recorded_at": "2025-03-11T09:00:00+01:00",
        "local_authority": "330",
    }
    ((_, record),) = made(read(json_lines.read, lines(own)))
    assert record["revision"] == 3
    assert record["event_id"] == "00000000-0000-4000-8000-000000000001"
    assert record["recorded_at"] == datetime(2025, 3, 11, 8, tzinfo=UTC)
    assert record["local_authority"] == "330"


def test_the_same_line_read_again_is_the_same_event(read, made):
    first = made(read(json_lines.read, lines(LINE)))
    assert made(read(json_lines.read, lines(LINE))) == first


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "NoSuchEvent"}, "type"),
        ({"type": "Tick"}, "type"),
        ({"type": None}, "type"),
        ({"start_on": "10/03/2025"}, "start_on"),
        ({"start_on": None}, "start_on"),
        ({"start_on": 5}, "start_on"),
        ({"source_record_id": None}, "source_record_id"),
        ({"recorded_at": "2025-03-11T09:00:00"}, "recorded_at"),
        ({"weekly_hours": "twelve"}, "weekly_hours"),
        ({"commissioner_type": "SHOP"}, "commissioner_type"),
        ({"identifiers": "K330400125001"}, "identifiers"),
        ({"identifiers": [{"scheme": "PASSPORT", "value": "1"}]}, "identifiers"),
        ({"colour": "blue"}, "record"),
        ({"source": "casework"}, "source"),
        ({"source": {"organisation": "x"}}, "source"),
        ({"revision": "new"}, "revision"),
    ],
)
def test_a_wrong_field_is_refused_by_name_with_what_was_expected(read, made, change, field):
    outcomes = read(json_lines.read, lines({**LINE, **change}))
    assert made(outcomes) == []
    assert refusals(outcomes) == [(1, field)]
    assert outcomes[0].reason.startswith("expected ")


@pytest.mark.parametrize("text", ["{", "[]", "3", '"x"', "[" * 100_000, "{}x"])
def test_a_line_that_is_no_object_is_refused_and_the_next_one_read(read, made, text):
    outcomes = read(json_lines.read, lines(text, LINE))
    assert refusals(outcomes) == [(1, "line")]
    assert len(made(outcomes)) == 1


def test_blank_lines_are_passed_over_and_numbers_are_of_the_file(read):
    outcomes = read(json_lines.read, {"events.jsonl": "\n\n" + json.dumps(LINE) + "\n\n{}\n"})
    assert [one.row.number for one in outcomes] == [3, 5]


def test_a_retraction_needs_no_payload_and_no_identifiers(read, made):
    line = {"type": "ReferralReceived", "source_record_id": "r1", "retracted": True}
    ((_, record),) = made(read(json_lines.read, lines(line)))
    assert record["retracted"] is True


def test_the_closed_days_of_a_calendar_are_dates(read, made):
    line = {
        "type": "SchoolCalendarPublished",
        "source_record_id": "calendar/2025",
        "academic_year": "2025/26",
        "from_on": "2025-09-02",
        "to_on": "2026-07-21",
        "closed": [{"first": "2025-10-27", "last": "2025-10-31"}],
    }
    ((_, record),) = made(read(json_lines.read, lines(line)))
    assert record["closed"] == [{"first": date(2025, 10, 27), "last": date(2025, 10, 31)}]


def test_the_types_of_a_file_are_those_that_exist(tmp_path):
    path = tmp_path / "e.jsonl"
    path.write_text('{"type": "ReferralReceived"}\n{"type": "NoSuch"}\n{"type": []}\n{\n[]\n')
    assert json_lines.types_in([path]) == {"ReferralReceived"}


def test_text_that_is_not_utf8_says_so(read):
    with pytest.raises(Unreadable, match="UTF-8"):
        read(json_lines.read, {"events.jsonl": b"\xff\xfe{"})


def test_no_refusal_holds_a_value_of_the_line(read):
    outcomes = read(json_lines.read, lines({**LINE, "start_on": "secret-day", "provider": 7}))
    assert not any(isinstance(one, Made) for one in outcomes)
    assert "secret-day" not in repr(outcomes)
    assert "K3304" not in repr(outcomes)


@pytest.mark.parametrize("content", [b"\xef", b"\xef\xbb"])
def test_a_file_that_ends_within_its_byte_order_mark_is_not_taken_for_an_empty_one(read, content):
    with pytest.raises(Unreadable, match="not UTF-8"):
        read(json_lines.read, {"events.jsonl": content})
