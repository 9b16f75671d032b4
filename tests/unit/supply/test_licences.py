"""Each part is under a licence that is allowed, and the page says which."""

from __future__ import annotations

from functools import cache

import pytest

from supply.licences import Licences, ids_of, licences
from supply.page import PAGE, page
from supply.parts import parts
from tests.unit.supply.places import a_part

known = cache(licences)


def test_every_part_is_under_a_licence_that_is_allowed() -> None:
    assert [one.wrong for one in known().judge(parts()) if one.wrong] == []


def test_the_page_of_licences_is_current() -> None:
    current = page(known().judge(parts()), dict(known().allowed))
    assert PAGE.read_text("utf-8") == current, "run make licences"


def test_nothing_is_allowed_or_stated_of_which_there_is_no_part() -> None:
    judged = known().judge(parts())
    used = {one for judgement in judged for one in ids_of(judgement.licence)}
    assert set(known().allowed) == used
    names = {(one.part.purl.type, one.part.name) for one in judged}
    names |= {(one.part.purl.type, one.part.purl.namespace) for one in judged}
    stated = {(kind, name) for kind, said in known().stated.items() for name in said}
    assert stated - names == set()


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("Apache-2.0 OR (MIT AND ISC)", ""),
        ("The MIT", ""),
        ("AGPL-3.0-only", "thing 1.0 is under AGPL-3.0-only, which infra/licences.toml does not"),
        ("MIT AND SSPL-1.0", "thing 1.0 is under SSPL-1.0, which infra/licences.toml does not"),
        ("UNKNOWN", "write its SPDX name under [stated.pypi] in infra/licences.toml."),
        ("", "thing 1.0 does not say under which licence it is, or is not installed here"),
    ],
)
def test_a_licence_that_is_new_or_not_said_is_a_sentence_that_says_what_to_do(
    said: str, wrong: str
) -> None:
    allowing = Licences(
        allowed={"MIT": "", "Apache-2.0": "", "ISC": ""},
        names={"The MIT": "MIT"},
        stated={},
        installed={"thing": said} if said else {},
    )
    (judged,) = allowing.judge([a_part("pkg:pypi/thing@1.0")])
    assert wrong in judged.wrong
    assert bool(judged.wrong) == bool(wrong)


def test_what_is_stated_counts_more_than_what_a_package_says() -> None:
    both = Licences(
        allowed={"MIT": "", "ISC": ""},
        names={},
        stated={"pypi": {"thing": "ISC"}, "maven": {"a.b": "MIT"}},
        installed={"thing": "MIT"},
    )
    judged = both.judge([a_part("pkg:pypi/thing@1"), a_part("pkg:maven/a.b/c@2")])
    assert [one.licence for one in judged] == ["ISC", "MIT"]
