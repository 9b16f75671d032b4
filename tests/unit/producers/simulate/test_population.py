"""The invented children are many enough, old enough and in trouble as often as real ones."""

from __future__ import annotations

from datetime import date

import pytest

from producers.simulate import Year
from producers.simulate.population import PROFILES, Child, children


def _share(year: Year, trait: str) -> float:
    return sum(bool(getattr(child, trait)) for child in year.children) / len(year.children)


def test_the_shares_of_the_profiles_make_a_whole() -> None:
    assert sum(profile.share for profile in PROFILES) == pytest.approx(1)


@pytest.mark.parametrize(
    ("trait", "least", "most"),
    [
        ("ap", 0.25, 0.40),
        ("full_plan", 0.30, 0.55),
        ("need", 0.15, 0.35),
        ("care", 0.06, 0.18),
        ("health", 0.10, 0.30),
        ("protection", 0.02, 0.10),
        ("excluded", 0.03, 0.08),
        ("request", 0.05, 0.12),
    ],
)
def test_each_trait_is_about_as_common_as_it_should_be(
    year: Year, trait: str, least: float, most: float
) -> None:
    assert least <= _share(year, trait) <= most


def test_a_child_turns_the_age_of_its_year_group_in_the_school_year(year: Year) -> None:
    for child in year.children:
        born_from = date(2024 - (child.year_group + 5), 9, 1)
        assert born_from <= child.birth < date(born_from.year + 1, 9, 1)


def test_each_agency_knows_a_child_by_a_number_of_its_own(year: Year) -> None:
    for scheme in ("upn", "nhs", "uln", "la_child_id", "clinic_id"):
        assert len({getattr(child, scheme) for child in year.children}) == len(year.children)


def test_the_same_seed_gives_the_same_children_and_another_gives_others() -> None:
    assert children(7, 50) == children(7, 50)
    assert children(7, 50) != children(8, 50)


def test_children_are_numbered_from_where_one_says() -> None:
    assert [child.number for child in children(7, 5, first=22)] == [22, 23, 24, 25, 26]


def test_agencies_are_those_that_work_with_the_child() -> None:
    def with_traits(**traits: bool) -> Child:
        return Child(
            number=1,
            birth=date(2010, 5, 1),
            sex="F",
            year_group=9,
            establishment="9994001",
            upn="",
            nhs="",
            uln="",
            **traits,
        )

    assert with_traits().agencies == ()
    assert with_traits(ap=True, health=True).agencies == ("EDUCATION", "HEALTH")
    assert with_traits(full_plan=True, care=True).agencies == ("EDUCATION", "SOCIAL_CARE")
