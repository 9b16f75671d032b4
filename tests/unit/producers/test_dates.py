from datetime import UTC, date, datetime

import pytest

from producers.files.dates import blade, day_first, fhir_day, instant
from producers.files.outcomes import BadValue


def test_each_source_has_its_own_form_of_a_day():
    assert day_first("16/10/2024", "x") == date(2024, 10, 16)
    assert blade("2024-Oct-16 00:00:00", "x") == date(2024, 10, 16)
    assert blade("2024-OCT-16", "x") == date(2024, 10, 16)
    assert fhir_day("2024-10-16", "x") == date(2024, 10, 16)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (day_first, "2024-10-16"),
        (day_first, "16/10/24"),
        (day_first, "31/04/2024"),
        (day_first, "١٦/10/2024"),
        (blade, "16/10/2024"),
        (blade, "2024-Foo-16"),
        (blade, "2024-Feb-30 00:00:00"),
        (fhir_day, "2024-10"),
        (fhir_day, "2024"),
        (fhir_day, "20241016"),
        (fhir_day, "2024-10-16T09:00:00"),
        (fhir_day, "2024-13-16T09:00:00Z"),
    ],
)
def test_no_other_form_is_guessed_at(form, text):
    with pytest.raises(BadValue) as caught:
        form(text, "FIELD")
    assert caught.value.field == "FIELD"
    assert text not in caught.value.reason


def test_a_moment_with_seven_digits_of_a_second_is_cut():
    assert instant("2021-11-26T15:02:00.8185338+00:00", "x") == datetime(
        2021, 11, 26, 15, 2, 0, 818_533, tzinfo=UTC
    )


def test_a_moment_is_of_the_day_that_it_is_in_england():
    assert fhir_day("2021-10-13T03:20:27+07:00", "x") == date(2021, 10, 12)
    assert fhir_day("2021-07-31T23:30:00Z", "x") == date(2021, 8, 1)
