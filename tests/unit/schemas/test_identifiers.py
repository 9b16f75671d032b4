"""The identifiers of a child: formats, check digits and dummies."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.gb import nhs as stdnum_nhs
from stdnum.gb import upn as stdnum_upn

from schemas.identifiers import SCHEMES, Checked, check, upn_areas
from tests.unit.schemas.shared_data import shared_file

IMPOSSIBLE_NHS = [f"999000000{digit}" for digit in range(10)] + [
    f"999000014{digit}" for digit in range(10)
]


def flags(scheme: str, value: str) -> tuple[str, ...]:
    return check(scheme, value).flags


@pytest.mark.parametrize(
    "value", ["9990000018", "9990000026", "9990000034", "9990000107", "9990000050"]
)
def test_an_nhs_number_of_the_test_range_is_usable_and_flagged(value: str) -> None:
    assert check("NHS", value) == Checked(value, True, ("test-range",))


@pytest.mark.parametrize("value", ["9434765919", "943 476 5919", "943-476-5919", " 9434765919 "])
def test_an_nhs_number_is_brought_into_its_normal_form(value: str) -> None:
    checked = check("NHS", value)
    assert (checked.value, checked.usable) == ("9434765919", True)


@pytest.mark.parametrize(
    "value", [*IMPOSSIBLE_NHS, "9434765918", "1234567890", "9876543211", "9991234560"]
)
def test_an_nhs_number_that_fails_its_sum_is_not_usable(value: str) -> None:
    assert check("NHS", value) == Checked(value, False, ("bad-check-digit",))


@pytest.mark.parametrize("value", ["0000000000", "1111111111", "9999999999"])
def test_an_nhs_number_of_one_digit_is_a_dummy_though_its_sum_is_right(value: str) -> None:
    assert check("NHS", value) == Checked(value, False, ("dummy",))


@pytest.mark.parametrize(
    "value", ["", "943476591", "94347659190", "943476591X", "９４３４７６５９１９"]
)
def test_an_nhs_number_of_another_shape_is_not_usable(value: str) -> None:
    assert check("NHS", value).flags == ("bad-format",)
    assert not check("NHS", value).usable


@pytest.mark.parametrize("stem", ["350000000", "450000000", "650000000", "750000000"])
def test_an_nhs_number_of_an_issued_range_has_no_flag(stem: str) -> None:
    (value,) = (f"{stem}{d}" for d in range(10) if check("NHS", f"{stem}{d}").usable)
    assert flags("NHS", value) == ()


def test_an_nhs_number_of_no_english_range_is_a_warning_only() -> None:
    assert check("NHS", "9434765919") == Checked("9434765919", True, ("unissued-range",))


@pytest.mark.parametrize("value", ["B801200005001", "K330400125001", "k330400125001"])
def test_a_upn_with_its_check_letter_is_usable_without_a_flag(value: str) -> None:
    assert check("UPN", value) == Checked(value.upper(), True)


@pytest.mark.parametrize("value", ["H83041092500A", "Y33040012501B", "G33040012599Z"])
def test_a_temporary_upn_is_usable_and_flagged(value: str) -> None:
    assert check("UPN", value) == Checked(value, True, ("temporary",))


@pytest.mark.parametrize(
    "value", ["A801200005001", "R247962919251", "X428558133462", "K330400125002"]
)
def test_a_upn_with_a_wrong_check_letter_is_usable_and_flagged(value: str) -> None:
    checked = check("UPN", value)
    assert checked.usable
    assert "bad-check-digit" in checked.flags


@pytest.mark.parametrize("value", ["R247962919251", "X428558133462"])
def test_the_letter_that_a_wrong_upn_should_have_makes_it_right(value: str) -> None:
    right = {"R": "Q", "X": "W"}[value[0]] + value[1:]
    assert "bad-check-digit" not in flags("UPN", right)


@pytest.mark.parametrize("value", ["A950000178301", "H243278544154"])
def test_a_upn_of_an_area_that_is_no_authority_is_flagged(value: str) -> None:
    assert flags("UPN", value) == ("unknown-area",)


def test_a_upn_listed_among_failures_that_is_right_is_right() -> None:
    assert "bad-check-digit" not in flags("UPN", "X845212818005")


@pytest.mark.parametrize("value", ["K33040012500I", "330400125001K", "", "K3304001250011"])
def test_a_upn_of_another_shape_is_not_usable(value: str) -> None:
    assert check("UPN", value).flags == ("bad-format",)
    assert not check("UPN", value).usable


@pytest.mark.parametrize("value", ["UN1", "UN5", "UN7", "un7"])
def test_a_reason_for_a_missing_upn_is_no_upn(value: str) -> None:
    assert check("UPN", value, opaque_ok=True) == Checked(value.upper(), False, ("missing-reason",))


def test_a_upn_of_one_digit_is_a_dummy() -> None:
    assert check("UPN", "A000000000000") == Checked("A000000000000", False, ("dummy",))


def test_a_test_files_own_key_is_taken_only_when_it_may_be() -> None:
    assert not check("UPN", "PUPIL00017").usable
    assert check("UPN", "PUPIL00017", opaque_ok=True) == Checked("PUPIL00017", True, ("opaque",))
    assert not check("UPN", "", opaque_ok=True).usable
    assert not check("UPN", "UNKNOWN", opaque_ok=True).usable


@pytest.mark.parametrize(
    "value",
    ["9276308686", "1000000000", "1000000019", "1000000027", "1234567899", "5555555554"],
)
def test_a_uln_with_its_check_digit_is_usable(value: str) -> None:
    assert check("ULN", value) == Checked(value, True)


@pytest.mark.parametrize(
    "value", ["9276308685", "1234567890", *(f"100000006{digit}" for digit in range(10))]
)
def test_a_uln_that_fails_its_sum_is_not_usable(value: str) -> None:
    assert check("ULN", value) == Checked(value, False, ("bad-check-digit",))


def test_a_uln_does_not_begin_with_nought() -> None:
    assert check("ULN", "0276308686") == Checked("0276308686", False, ("bad-format",))


def test_the_temporary_uln_is_everybodys_and_tells_nobody_apart() -> None:
    assert check("ULN", "9999999999") == Checked("9999999999", False, ("temporary",))


@pytest.mark.parametrize("scheme", ["MIS_ID", "LA_CHILD_ID", "HEALTH_LOCAL_ID", "SUI"])
def test_an_id_without_a_rule_is_taken_as_it_is(scheme: str) -> None:
    assert check(scheme, " c-0012 ") == Checked("c-0012", True)
    assert check(scheme, "0000") == Checked("0000", False, ("dummy",))
    assert check(scheme, "Unknown") == Checked("Unknown", False, ("dummy",))
    assert check(scheme, " ") == Checked("", False, ("bad-format",))
    assert check(scheme, "a\x00b").flags == ("bad-format",)


def test_a_scheme_that_does_not_exist_is_the_programmers_error() -> None:
    with pytest.raises(ValueError, match="No identifier scheme 'NI'; use one of NHS, UPN"):
        check("NI", "AB123456C")


def test_the_areas_hold_the_newest_authorities_and_no_others() -> None:
    assert {"330", "838", "839", "940", "941", "942", "943"} <= upn_areas()
    assert upn_areas().isdisjoint({"000", "243", "950", "999"})


@given(st.sampled_from(SCHEMES), st.text(max_size=40), st.booleans())
def test_any_text_is_judged_and_a_normal_form_stays_one(
    scheme: str, text: str, opaque_ok: bool
) -> None:
    checked = check(scheme, text, opaque_ok=opaque_ok)
    if checked.usable:
        assert check(scheme, checked.value, opaque_ok=opaque_ok) == checked


@given(st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_the_nhs_sum_is_that_of_another_library(value: str) -> None:
    if len(set(value)) > 1:
        assert check("NHS", value).usable == stdnum_nhs.is_valid(value)


@given(st.from_regex(r"(801|330)[0-9]{8}[0-9A-HJ-NP-RT-Z]", fullmatch=True))
def test_the_upn_letter_is_that_of_another_library(rest: str) -> None:
    letter = stdnum_upn.calc_check_digit(" " + rest)
    assert "bad-check-digit" not in flags("UPN", letter + rest)


@given(st.from_regex(r"[1-9][0-9]{9}", fullmatch=True))
def test_no_number_is_both_an_nhs_number_and_a_uln(value: str) -> None:
    assert not (check("NHS", value).usable and check("ULN", value).usable)


def test_every_gathered_vector_is_judged_as_its_source_says() -> None:
    text = shared_file("identifiers", "identifier_vectors.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 68
    for row in rows:
        assert stands(row) == (row["valid"] == "1"), row


def stands(row: dict[str, str]) -> bool:
    """Return whether a vector passes, judged as strictly as its level asks."""
    checked = check(row["scheme"], row["value"])
    if row["level"] == "format-only":
        return "bad-format" not in checked.flags
    if row["level"] == "full":
        return checked.flags == ()
    # One source calls a dummy right because its sum is; its note asks us to refuse it.
    return checked.usable or "dummy" in checked.flags
