"""Spellings of one provider are equal, and names of two are not."""

from __future__ import annotations

import pytest

from journey.provider_names import alike


@pytest.mark.parametrize(
    "spelt",
    [
        "St John's Forge & Farm",
        "ST. JOHN\u2019S FORGE AND FARM",
        "The St Johns Forge  and  Farm Ltd.",
        "St John's Forge & Farm (Limited)",
        "St Johns Forge-and-Farm, C.I.C.",
    ],
)
def test_spellings_of_one_name_are_equal(spelt: str) -> None:
    assert alike(spelt) == "st johns forge and farm"


def test_a_code_is_equal_however_it_is_set_apart() -> None:
    assert alike("URN:100001") == alike("urn 100001") == alike("URN: 100001")
    assert alike("URN:100001") != alike("UKPRN:100001")


@pytest.mark.parametrize(
    "other", ["The Kiln 2", "Kiln North", "The Kilns", "The Limited", "The", "", "?", "\u7a92"]
)
def test_names_that_differ_in_a_word_are_of_two(other: str) -> None:
    assert alike(other) != alike("The Kiln")


def test_what_is_nothing_but_such_words_and_signs_is_still_a_name() -> None:
    assert alike("The Ltd") == "ltd" and alike("--") == "--" and alike(None) == ""
