"""A duty that was changed: each version judges what began in its time, and nothing is lost."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.calendars import Calendars
from journey.child import journey_of
from journey.duties import DUTIES, all_duties, cases_of
from journey.duties.duty import UNLIMITED, Case, Duty, Era
from journey.duties.parameters import ParameterRefused, with_parameters
from tests.builders import a_fact, a_journey, day
from tests.lengths import in_full
from tests.unit.journey.duties.journeys import births, fact_lists
from tests.unit.journey.duties.test_any_journey import CALENDARS, OFTEN, _read_by

LATER = date(2025, 9, 1)
NUMBERS = [
    (duty, name)
    for duty in DUTIES
    for name, value in duty.parameters.items()
    if isinstance(value, int)
]


def changed(
    duty: Duty, since: date = LATER, /, *, tightens: bool = False, **parameters: int | str
) -> Duty:
    """Return the duty as it is, and with other parameters from a day on."""
    other = msgspec.structs.replace(with_parameters(duty, parameters), rules="other")
    return msgspec.structs.replace(duty, eras=(Era(UNLIMITED, duty), Era(since, other, tightens)))


def judged(duty: Duty, *facts: object, born: str = "") -> list[tuple[str, str, str]]:
    """Return period, due day and version of each case."""
    cases = cases_of(duty, a_journey(*facts, born=born), Calendars.default())
    return [(case.period, case.due.isoformat(), case.rules) for case in cases]


def test_each_time_of_what_is_owed_again_and_again_is_judged_by_what_it_is_counted_from() -> None:
    duty = changed(all_duties()["AP_REVIEW_OVERDUE"], day("2026-03-01"), weeks=3)
    placement = a_fact("ApPlacementStarted", "2026-01-12", "p")
    reviews = [a_fact("ApReviewHeld", on, placement="p") for on in ("2026-02-23", "2026-03-02")]

    assert judged(duty, placement, *reviews) == [
        ("1", "2026-03-02", ""),
        ("2", "2026-04-13", ""),
        ("3", "2026-03-23", "other"),
    ]


def test_what_age_starts_is_judged_by_the_school_year_in_which_it_is_due() -> None:
    roll = a_fact(
        "PupilJoinedRoll", "2021-09-03", "r", establishment="school", entry_on="2021-09-03"
    )
    duty = all_duties()["COLLEGE_VISIT_NOT_OFFERED"]
    placement = a_fact("ApPlacementStarted", "2025-05-01", "p")
    for since, rules in (("2026-09-01", ""), ("2025-09-01", "other")):
        found = judged(changed(duty, day(since), day=30), roll, placement, born="2010-01-01")
        assert [version for _, _, version in found] == [rules]


def test_what_two_versions_find_each_in_the_other_s_time_is_judged_by_the_first() -> None:
    since = day("2025-05-01")
    duty = _that_begins(april=True)

    assert judged(duty(since), *_two_facts()) == [("1", "2025-05-05", "")]


def test_what_the_version_of_its_time_does_not_find_is_owed_by_none() -> None:
    assert judged(_that_begins(april=False)(day("2025-05-01")), *_two_facts()) == []


def _two_facts() -> tuple[object, object]:
    april = a_fact("ApPlacementStarted", "2025-04-25", "april")
    return april, a_fact("ApPlacementStarted", "2025-05-05", "may")


def _that_begins(*, april: bool):
    """Return a duty whose release finds May, and whose other version finds April or nothing."""

    def finding(record: str):
        def cases(journey, parameters, calendars):
            for fact in journey.of("ApPlacementStarted"):
                if fact.record == record:
                    because = (fact.event_id,)
                    due = fact.occurred_on
                    yield Case(anchor="a", period="1", due=due, arithmetic="x", because=because)

        return cases

    base = msgspec.structs.replace(
        all_duties()["AP_REVIEW_OVERDUE"], cases=finding("may"), parameters={}
    )
    other = msgspec.structs.replace(
        base, cases=finding("april" if april else "none"), rules="other"
    )
    return lambda since: msgspec.structs.replace(
        base, eras=(Era(UNLIMITED, base), Era(since, other))
    )


def test_one_occasion_in_two_versions_is_kept_apart() -> None:
    in_may = day("2025-05-01")
    base = _that_begins(april=True)(in_may)
    release, other = base.eras[1].duty, base.eras[0].duty
    swapped = msgspec.structs.replace(
        base,
        eras=(
            Era(UNLIMITED, msgspec.structs.replace(release, rules="")),
            Era(in_may, msgspec.structs.replace(other, rules="other")),
        ),
    )

    assert judged(swapped, *_two_facts()) == [
        ("1", "2025-04-25", ""),
        ("1 under other", "2025-05-05", "other"),
    ]


@pytest.mark.parametrize(("duty", "name"), NUMBERS, ids=[f"{d.id}: {n}" for d, n in NUMBERS])
@settings(OFTEN, max_examples=in_full(20, otherwise=4), suppress_health_check=list(HealthCheck))
@given(data=st.data(), born=births, since=st.dates(LATER, LATER + timedelta(days=300)))
def test_any_number_that_may_be_set_gives_any_journey_its_cases(
    duty: Duty, name: str, data: st.DataObject, born: date | None, since: date
) -> None:
    facts = data.draw(fact_lists(_read_by(duty)))
    for number in (0, 1, 12, 1_000):
        try:
            both = changed(duty, since, tightens=data.draw(st.booleans()), **{name: number})
        except ParameterRefused:
            continue
        cases = cases_of(both, journey_of("child", "leaf", born, facts), CALENDARS)
        names = [(case.anchor, case.period) for case in cases]
        assert len(names) == len(set(names)), "an alert of one journey has one identity"
        shuffled = data.draw(st.permutations(facts))
        assert cases == cases_of(both, journey_of("child", "leaf", born, shuffled), CALENDARS)
