"""What holds for every duty on any journey, however odd its facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.calendars import Calendars
from journey.child import Journey, journey_of
from journey.cluster import fold
from journey.duties import DUTIES, RULES_VERSION, all_duties, by_event_type, cases_of
from journey.duties.duty import Basis, Case, Duty
from journey.duties.schooling import ROLL_FACTS
from journey.evaluate import evaluate, next_due
from journey.events import Event
from journey.moments import DAY
from schemas.catalogue import EventType, event_types
from tests.builders import noon
from tests.lengths import IN_FULL, in_full
from tests.unit.journey.duties.journeys import TYPES, births, fact_lists, facts_of

CALENDARS = Calendars.default().with_calendar(
    "a", date(2025, 9, 1), date(2026, 7, 17), [(date(2025, 10, 27), date(2025, 10, 31))]
)
EACH = pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.id)
OFTEN = settings(
    max_examples=in_full(75, otherwise=6),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=not IN_FULL,
)


def _read_by(duty: Duty) -> tuple[EventType, ...]:
    return tuple(about for about in TYPES if about.name in duty.reads)


def _unread_by(duty: Duty) -> tuple[EventType, ...]:
    return tuple(about for about in TYPES if about.name not in duty.reads)


def _by(case: Case) -> tuple[str, ...]:
    return case.met.by if case.met else ()


def fold_all(facts: Iterable[Event]) -> list[Event]:
    """Return what stands of facts told again and again, in any order."""
    records: dict[str, Event] = {}
    for fact in facts:
        records = fold(records, fact)
    return list(records.values())


def _journey(born: date | None, facts: list[Event]) -> Journey:
    return journey_of("child", "leaf", born, facts)


@EACH
@OFTEN
@given(data=st.data(), born=births)
def test_any_journey_gives_its_cases(duty: Duty, data: st.DataObject, born: date | None) -> None:
    facts = data.draw(fact_lists(_read_by(duty)))
    cases = cases_of(duty, _journey(born, facts), CALENDARS)

    names = [(case.anchor, case.period) for case in cases]
    assert len(names) == len(set(names)), "an alert of one journey has one identity"
    assert all(type(case.due) is date and case.arithmetic for case in cases)
    anchors = {"leaf"} if duty.person_anchored else {fact.record for fact in facts}
    assert {case.anchor for case in cases} <= anchors
    known = {fact.event_id for fact in facts}
    assert all(known.issuperset((*case.because, *_by(case))) for case in cases)

    shuffled = data.draw(st.permutations(facts))
    assert cases == cases_of(duty, _journey(born, list(shuffled)), CALENDARS), "any order"

    other = data.draw(st.sampled_from(_unread_by(duty)).flatmap(lambda t: facts_of(t, "other")))
    assert cases == cases_of(duty, _journey(born, [*facts, other]), CALENDARS), other.type


@EACH
@OFTEN
@given(data=st.data(), born=births)
def test_only_a_school_that_is_named_can_change_what_is_counted_by_school_days(
    duty: Duty, data: st.DataObject, born: date | None
) -> None:
    facts = data.draw(fact_lists(_read_by(duty)))
    cases = cases_of(duty, _journey(born, facts), CALENDARS)

    named = {school for fact in facts for school in fact.schools}
    texts = {text for fact in facts for text in fact.data.values() if isinstance(text, str)}
    others = CALENDARS
    for other in texts - named:
        others = others.with_calendar(other, date(2025, 10, 1), date(2026, 3, 1))
    assert cases == cases_of(duty, _journey(born, facts), others)

    if not duty.reads >= ROLL_FACTS:
        shorter = CALENDARS.with_calendar(None, date(2025, 10, 1), date(2026, 3, 1))
        assert cases == cases_of(duty, _journey(born, facts), shorter), "it counts no school days"


@EACH
@OFTEN
@given(data=st.data(), born=births, later=st.integers(0, 900))
def test_nothing_changes_before_next_due(
    duty: Duty, data: st.DataObject, born: date | None, later: int
) -> None:
    facts = data.draw(fact_lists(_read_by(duty)))
    told = fold_all(data.draw(st.permutations([*facts, *facts])))
    journey = _journey(born, told)
    now = noon(date(2025, 1, 1)) + later * DAY

    following = next_due(journey, now, CALENDARS, (duty,))
    missed = evaluate(journey, now, CALENDARS, (duty,))
    until = now + 900 * DAY if following is None else following
    halfway, just_before = now + (until - now) // 2, until - 1

    assert missed == evaluate(journey, halfway, CALENDARS, (duty,))
    assert missed == evaluate(journey, max(now, just_before), CALENDARS, (duty,))
    assert missed == evaluate(_journey(born, facts), now, CALENDARS, (duty,)), "any repetition"


@EACH
def test_a_duty_reads_types_of_the_catalogue(duty: Duty) -> None:
    known = event_types().keys()

    assert duty.reads <= known
    assert duty.satisfied_by <= duty.reads


@EACH
def test_a_number_that_is_ours_is_never_shown_as_law(duty: Duty) -> None:
    if duty.basis is Basis.REVIEW:
        assert duty.our_default, "a practice indicator says that its number is ours"
    if "general knowledge" in duty.source.lower():
        assert duty.basis is not Basis.LAW


def test_every_duty_is_listed_once() -> None:
    assert len(DUTIES) == 108 == len(all_duties())


def test_an_event_type_leads_to_the_duties_that_read_it() -> None:
    found = by_event_type()

    assert all(duty in found[name] for duty in DUTIES for name in duty.reads)
    assert DUTIES == found["ChildDied"]


def test_rules_have_a_version() -> None:
    assert RULES_VERSION == "2026-11"
