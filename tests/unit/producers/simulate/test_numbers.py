"""Invented identifiers have the check characters of real ones, and belong to nobody."""

from __future__ import annotations

import pytest

from producers.simulate import numbers
from schemas.identifiers import check

MANY = range(1, 2000)


@pytest.mark.parametrize(
    ("scheme", "mint"), [("NHS", numbers.nhs_number), ("ULN", numbers.uln)], ids=["NHS", "ULN"]
)
def test_every_number_is_usable_and_no_two_are_equal(scheme: str, mint: object) -> None:
    assert callable(mint)
    minted = [mint(position) for position in MANY]

    assert all(check(scheme, value).usable for value in minted)
    assert len(set(minted)) == len(minted)


def test_nhs_numbers_are_of_the_range_that_is_never_issued() -> None:
    assert all(numbers.nhs_number(position).startswith("999") for position in MANY)


def test_a_upn_has_the_right_check_letter() -> None:
    flags = {flag for n in range(1000) for flag in check("UPN", numbers.upn("4001", 2013, n)).flags}

    assert "bad-check-digit" not in flags
    assert "bad-format" not in flags


def test_a_upn_is_of_the_invented_authority() -> None:
    assert numbers.upn("4001", 2013, 7)[1:4] == numbers.LA
