"""What two records that share no identifier weigh, and how right that is."""

from __future__ import annotations

from datetime import date
from math import log2
from pathlib import Path

import pytest

from consumers.matching.details import Details, details_of
from consumers.matching.figures import (
    FAMILY_CONTEXT,
    FEBRL,
    LinkedSet,
    figures,
    figures_of,
    linked_sets,
)
from consumers.matching.model import LEVELS, NOT_GIVEN, PRIOR, THRESHOLD, Weighed, weigh
from tests.unit.schemas.shared_data import FOLDER, shared_file

PAGE = Path(__file__).parents[3] / "docs/identity.md"


def person(key: str, given: str | None, family: str, born: date, postcode: str) -> Details:
    return details_of(key, given_name=given, family_name=family, born=born, postcode=postcode)


AMY = person("a", "Amy", "O'Brien", date(2012, 5, 1), "sw1p3bt")


def weighed(other: Details) -> list[Weighed]:
    return weigh([AMY, other], threshold=-30)


def test_case_accents_and_spaces_tell_nobody_apart() -> None:
    same = person("b", "AMY", "O’Brién", date(2012, 5, 1), "SW1P 3BT")
    (found,) = weighed(same)
    assert {one.level for one in found.because} == {"same"}
    assert (found.first, found.second) == ("a", "b")


def test_each_weight_is_that_of_a_level_and_they_add_up_with_the_prior() -> None:
    (found,) = weighed(person("b", "Amy", "Obrien", date(2012, 5, 2), "M1 1AE"))
    said = {one.field: one for one in found.because}
    assert [said[name].level for name in LEVELS] == ["same", "same", "one-slip", "other"]
    for name, one in said.items():
        level = next(level for level in LEVELS[name] if level.name == one.level)
        assert one.weight == pytest.approx(level.weight, abs=0.01)
    prior = log2(PRIOR / (1 - PRIOR))
    assert found.weight == pytest.approx(prior + sum(one.weight for one in found.because), abs=0.05)


def test_what_is_not_given_says_nothing_for_or_against() -> None:
    (found,) = weighed(person("b", None, "O'Brien", date(2012, 5, 1), ""))
    said = {one.field: (one.level, one.weight) for one in found.because}
    assert said["given_name"] == said["postcode"] == (NOT_GIVEN, 0)


def test_a_twin_is_put_forward_only_with_what_speaks_against_it() -> None:
    (found,) = weighed(person("b", "Zachary", "O'Brien", date(2012, 5, 1), "SW1P 3BT"))
    against = next(one for one in found.because if one.field == "given_name")
    assert against.level == "other" and against.weight < 0


def test_strangers_are_not_put_forward() -> None:
    assert weigh([AMY, person("b", "Zachary", "Lowe", date(2012, 5, 1), "M1 1AE")]) == []
    assert weigh([AMY]) == []


def test_a_birth_and_a_postcode_without_any_name_are_a_neighbour_s() -> None:
    assert weighed(person("b", "Zachary", "Lowe", date(2012, 5, 1), "SW1P 3BT")) == []


def test_nothing_of_a_person_is_in_what_is_printed_of_it() -> None:
    assert repr(AMY) == "Details(a)"


def test_the_levels_of_each_comparison_say_how_often_each_is_so_and_leave_nothing_out() -> None:
    for levels in LEVELS.values():
        assert sum(one.among_same for one in levels) == pytest.approx(1)
        assert sum(one.among_others for one in levels) == pytest.approx(1)
        assert len({round(one.weight, 2) for one in levels}) == len(levels)


def test_the_figures_of_the_documentation_are_those_of_the_shipped_threshold() -> None:
    shared_file(*FAMILY_CONTEXT.parts)
    shared_file(*FEBRL.parts)
    page = PAGE.read_text("utf-8")
    for one in linked_sets(FOLDER):
        found = figures_of(one, THRESHOLD)
        counts = (found.records, found.truth, found.found, found.right)
        cells = [found.name, *(f"{count:,}" for count in counts)]
        cells += [f"{found.precision:.3f}", f"{found.recall:.3f}"]
        assert f"| {' | '.join(cells)} |" in page


def test_precision_and_recall_are_of_the_pairs_that_are_put_forward() -> None:
    truth = frozenset({("a", "b"), ("c", "d")})
    found = [Weighed(first=x, second=y, weight=1, because=()) for x, y in (("a", "b"), ("a", "c"))]
    counted = figures(LinkedSet(name="set", people=[], truth=truth), found)
    assert (counted.precision, counted.recall) == (0.5, 0.5)
