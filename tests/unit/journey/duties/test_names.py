"""A duty's id is read by people as words."""

from __future__ import annotations

import re

import pytest

from journey.duties import all_duties
from journey.words import code_in_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("EHC_PLAN_20_WEEKS", "EHC plan 20 weeks"),
        ("AP_Y11_NO_POST16_PLAN", "AP year 11 no post-16 plan"),
        ("EHC_AP_SECTION_I_MISMATCH", "EHC AP section I mismatch"),
        ("PATHWAY_NEEDS_16Y3M", "Pathway needs 16 years 3 months"),
        ("DATA_TWO_CP_PLANS", "Data: two CP plans"),
        ("SOURCE_SILENT", "Source silent"),
    ],
)
def test_a_duty_is_named_in_words(name: str, words: str) -> None:
    assert code_in_words(name) == words


def test_no_two_duties_are_named_alike_and_no_name_is_a_code() -> None:
    named = [code_in_words(name) for name in all_duties()]
    assert len(set(named)) == len(named)
    assert not [words for words in named if "_" in words or re.search(r"\d[a-z]|[a-z]\d", words)]
