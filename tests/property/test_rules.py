"""The promises of the core hold with rule sets among its inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.calendars import Calendars
from journey.child import journey_of
from journey.duties import DUTIES, RULES_VERSION, cases_of
from journey.duties.duty import Duty
from journey.duties.parameters import ParameterRefused, with_parameters
from journey.evaluate import evaluate, next_due
from journey.events import Event
from journey.facts import Facts
from journey.machine import Machine
from journey.moments import day_of
from journey.rulebook import Rulebook, Supposed
from journey.rulebooks import Rulebooks
from journey.rules import RuleSet
from journey.shelf import MemoryShelf
from journey.telling import is_over
from journey.transition import Transition, audited
from tests.lengths import in_full
from tests.property.test_at_hand import a_year, nothing_at_hand
from tests.property.test_core import Store, bytes_of, end_of, folded, streams
from tests.unit.journey.rule_sets import BOTH, a_set, machine, published
from tests.unit.journey.streams import LA, at, on, run

DAYS = st.one_of(st.none(), st.integers(0, 25))


@st.composite
def rule_sets(draw: st.DrawFn, kappa: int) -> Event:
    """Return a rule set of one of a few versions, or what takes it back."""
    changes = {}
    if (days := draw(DAYS)) is not None:
        severity = draw(st.sampled_from(("", "critical", "low")))
        changes["PACED"] = {"parameters": {"days": days}, "severity": severity}
    if (days := draw(DAYS)) is not None:
        changes["SPARE"] = {"enabled": draw(st.booleans()), "parameters": {"days": days}}
    if draw(st.integers(0, 7)) == 0:
        changes["UNKNOWN"] = {"enabled": True}
    since, tightens = on(draw(st.integers(-12, 30))), draw(st.booleans())
    rules = a_set(draw(st.sampled_from("abc")), since, tightens=tightens, **changes)
    revision, retracted = draw(st.integers(1, 2)), draw(st.integers(0, 5)) == 0
    return published(rules, kappa, revision=revision, retracted=retracted)


@st.composite
def ruled(draw: st.DrawFn) -> list[Event]:
    """Return a stream with rule sets in it, in order of known time."""
    found = list(draw(streams()))
    for _ in range(draw(st.integers(1, 4))):
        where = draw(st.integers(1, len(found)))
        found.insert(where, draw(rule_sets(found[where - 1].kappa)))
    return found


@given(ruled(), st.data())
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_removing_any_tick_but_the_last_changes_no_byte(
    stream: list[Event], data: st.DataObject
) -> None:
    plain = run([*stream, end_of(stream)], machine())
    ticked: list[Event | int] = []
    for one, after in zip(stream, [*stream[1:], None], strict=True):
        ticked.append(one)
        room = (after.kappa if after else end_of(stream)) - one.kappa
        for step in sorted(data.draw(st.lists(st.integers(0, max(room - 1, 0)), max_size=2))):
            if room > 0:
                ticked.append(one.kappa + step)
    assert bytes_of(run([*ticked, end_of(stream)], machine())) == bytes_of(plain)


@given(ruled(), st.integers(0, 30))
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_a_crash_at_any_point_changes_no_byte(stream: list[Event], cut: int) -> None:
    plain = run([*stream, end_of(stream)], machine())
    store = Store()
    first = machine(store.shelf)
    before = run(stream[:cut], first)
    second = machine(store.reopened(), first.sequence)
    after = run([*stream[cut:], end_of(stream)], second)
    assert bytes_of([*before, *after]) == bytes_of(plain)


@given(ruled(), st.data())
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_a_record_delivered_again_changes_no_alert_and_no_rule(
    stream: list[Event], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(stream) - 1))
    again = [*stream[: index + 1], stream[index], *stream[index + 1 :], end_of(stream)]
    once, twice = MemoryShelf(), MemoryShelf()
    plain = run([*stream, end_of(stream)], machine(once))
    assert bytes_of(run(again, machine(twice))) == bytes_of(plain)
    assert twice.authority(LA).rule_sets == once.authority(LA).rule_sets
    assert twice.authority(LA).reviews == once.authority(LA).reviews


@given(ruled())
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_any_stream_tells_the_same_with_nothing_at_hand(stream: list[Event]) -> None:
    kept = run([*stream, end_of(stream)], machine())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Facts, "_at_hand", nothing_at_hand)
        patch.setattr(Facts, "_grown", nothing_at_hand)
        afresh = run([*stream, end_of(stream)], machine())
    assert bytes_of(afresh) == bytes_of(kept)


@given(ruled())
@settings(max_examples=in_full(6_000, otherwise=120), deadline=None)
def test_the_machine_s_cases_are_what_the_final_records_and_rules_say(stream: list[Event]) -> None:
    shelf = MemoryShelf()
    run(stream, machine(shelf))
    asked, last = Rulebooks(shelf, BOTH).of(LA).asked, stream[-1].kappa
    for cluster in shelf._clusters.values():
        for child in cluster.identity.anchors:
            journey = cluster.journey(child)
            owed = {
                (duty.id, case.anchor, case.period): case
                for duty in asked.values()
                for case in cases_of(duty, journey, Calendars.default())
                if case.met is None and not is_over(case, last)
            }
            states = {
                (state.duty, state.case.anchor, state.case.period): state.case
                for state in cluster.cases.values()
                if state.child == child and state.stage != "C" and not is_over(state.case, last)
            }
            assert states == owed


def rulebook_after(stream: Sequence[Event]) -> Rulebook:
    """Return the rules that follow from a stream."""
    shelf = MemoryShelf()
    run([one for one in stream if one.agency == "governance"], machine(shelf))
    return Rulebooks(shelf, BOTH).of(LA)


@given(ruled(), st.integers(1, 80), st.integers(1, 80))
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_nothing_changes_before_next_due(stream: list[Event], day: int, later: int) -> None:
    asked = tuple(rulebook_after(stream).asked.values())
    facts = [e for e in folded(stream)[0].values() if e.agency == "education"]
    journey = journey_of("child", "leaf", None, facts)
    now, calendars, then = at(day), Calendars.default(), at(day + later)
    following = next_due(journey, now, calendars, asked)
    missed = evaluate(journey, now, calendars, asked)
    if following is None or then < following:
        assert evaluate(journey, then, calendars, asked) == missed
    else:
        assert evaluate(journey, following, calendars, asked) != missed


@given(ruled(), st.integers(1, 40))
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_what_is_in_force_on_a_day_that_has_come_never_changes(
    stream: list[Event], cut: int
) -> None:
    until = stream[:cut]
    before, after = rulebook_after(until), rulebook_after(stream)
    has_come = day_of(until[-1].kappa)
    for then, now in zip(before.everything, after.everything, strict=True):
        assert in_force(now, has_come) == in_force(then, has_come)


def in_force(duty: Duty, day: date) -> Duty:
    """Return the duty of a day, without what was before and will be after."""
    found = duty.on_day(day)
    return msgspec.structs.replace(found, eras=()) if found is duty else found


@given(streams(), st.integers(2, 30), DAYS)
@settings(max_examples=in_full(4_000, otherwise=80), deadline=None)
def test_what_would_follow_from_a_set_is_what_follows_once_it_is_published(
    stream: list[Event], since: int, days: int | None
) -> None:
    changes = {"PACED": {"parameters": {"days": days or 0}}, "SPARE": {"enabled": True}}
    rules = a_set("tried", on(since), tightens=since % 2 == 0, **changes)
    supposed = Supposed(rules, on(since))
    first = published(rules, stream[0].kappa)
    tried = run([*stream, end_of(stream)], machine(supposed=supposed))
    assert bytes_of(tried) == bytes_of(run([first, *stream, end_of(stream)], machine()))
    other = published(a_set("other", on(since), SPARE={"enabled": True}), stream[0].kappa)
    assert bytes_of(run([other, *stream, end_of(stream)], machine(supposed=supposed))) == bytes_of(
        tried
    )


@pytest.fixture(scope="module")
def year() -> Sequence[Event]:
    return a_year()


def test_a_rule_set_changes_only_the_duties_that_it_names(year: Sequence[Event]) -> None:
    reviews = "AP_REVIEW_OVERDUE"
    rules = a_set("sooner", day_of(year[0].kappa), **{reviews: {"parameters": {"weeks": 3}}})
    first = published(rules, year[0].kappa, la=year[0].la)
    plain = run([*year, end_of(year)], Machine(MemoryShelf()))
    ruled = run([first, *year, end_of(year)], Machine(MemoryShelf()))

    assert told_of(ruled, lambda duty: duty == reviews) != told_of(plain, lambda d: d == reviews)
    for transitions in (plain, ruled):
        assert all((t.duty == reviews) or (t.rules == RULES_VERSION) for t in transitions)
    others = {t.duty for t in plain} - {reviews}
    assert told_of(ruled, others.__contains__) == told_of(plain, others.__contains__)


def test_an_invented_year_under_many_changes_tells_the_same_with_nothing_at_hand(
    year: Sequence[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    middle = year[len(year) // 2]
    first = published(_all_otherwise("early", year[0].kappa), year[0].kappa, la=year[0].la)
    second = published(_all_otherwise("late", middle.kappa), middle.kappa, la=year[0].la)
    at_middle = year.index(middle)
    stream = [first, *year[:at_middle], second, *year[at_middle:], end_of(year)]
    kept = run(stream, Machine(MemoryShelf()))
    monkeypatch.setattr(Facts, "_at_hand", nothing_at_hand)
    monkeypatch.setattr(Facts, "_grown", nothing_at_hand)
    afresh = run(stream, Machine(MemoryShelf()))
    assert len({told.rules for told in kept}) == 3
    assert bytes_of(afresh) == bytes_of(kept)


def _all_otherwise(version: str, kappa: int) -> RuleSet:
    """Return a set that switches every duty on, with each of its numbers one stricter or other."""
    changes = {duty.id: {"enabled": True, "parameters": _otherwise(duty)} for duty in DUTIES}
    return a_set(version, day_of(kappa), tightens=True, **changes)


def _otherwise(duty: Duty) -> dict[str, int | str]:
    found: dict[str, int | str] = {}
    for name, value in duty.parameters.items():
        for number in (value + 1, value - 1) if isinstance(value, int) else ():
            try:
                found |= with_parameters(duty, found | {name: number}).parameters
                break
            except ParameterRefused:
                continue
    return found


def told_of(
    transitions: Sequence[Transition], asked: Callable[[str], bool]
) -> list[dict[str, object]]:
    """Return what is audited of the transitions of some duties."""
    return [audited(told) for told in transitions if asked(told.duty)]
