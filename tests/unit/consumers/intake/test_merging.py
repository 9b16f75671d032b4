"""The inputs of a partition become one order, whatever the fetches brought."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from consumers.intake.incoming import Incoming
from consumers.intake.merging import Merger

INPUTS = ("decisions", "education.events", "health.events")
TIMES = st.lists(st.integers(0, 50), max_size=15)


def a_record(topic: str, offset: int, time: int) -> Incoming:
    return Incoming(topic=topic, partition=0, offset=offset, time=time, key=b"330", value=b"")


def inputs_of(times: Sequence[Sequence[int]]) -> dict[str, list[Incoming]]:
    return {
        topic: [a_record(topic, offset, time) for offset, time in enumerate(column)]
        for topic, column in zip(INPUTS, times, strict=True)
    }


def a_merger() -> Merger:
    return Merger(dict.fromkeys(INPUTS, 0))


def merged(
    inputs: dict[str, list[Incoming]], until: int | None, fetch: int = 100, take: int = 100
) -> list[Incoming]:
    merger = a_merger()
    merger.begin({topic: len(records) for topic, records in inputs.items()}, until)
    fetched = dict.fromkeys(inputs, 0)
    order: list[Incoming] = []
    while not merger.is_finished:
        for topic in merger.hungry:
            start = fetched[topic]
            records = inputs[topic][start : start + fetch]
            fetched[topic] += len(records)
            merger.offer(topic, records, fetched[topic])
        order += merger.take(take)
    return order


@given(times=st.tuples(TIMES, TIMES, TIMES), fetch=st.integers(1, 5), take=st.integers(1, 7))
def test_the_order_does_not_depend_on_how_much_is_fetched_or_taken(
    times: tuple[list[int], ...], fetch: int, take: int
) -> None:
    inputs = inputs_of(times)
    assert merged(inputs, None, fetch, take) == merged(inputs, None)


@given(times=st.tuples(TIMES, TIMES, TIMES))
def test_without_a_step_back_the_order_is_append_time_then_topic_then_offset(
    times: tuple[list[int], ...],
) -> None:
    inputs = inputs_of([sorted(column) for column in times])
    everything = [record for records in inputs.values() for record in records]
    expected = sorted(everything, key=lambda one: (one.time, one.topic, one.offset))
    assert merged(inputs, None) == expected


@given(times=st.tuples(TIMES, TIMES, TIMES))
def test_a_partition_keeps_its_own_order_though_its_append_time_steps_back(
    times: tuple[list[int], ...],
) -> None:
    order = merged(inputs_of(times), None)
    for topic in INPUTS:
        offsets = [one.offset for one in order if one.topic == topic]
        assert offsets == sorted(offsets)


@given(times=st.tuples(TIMES, TIMES, TIMES), until=st.integers(0, 50))
def test_records_stamped_after_the_moment_wait_with_all_that_follow_them(
    times: tuple[list[int], ...], until: int
) -> None:
    inputs = inputs_of(times)
    order = merged(inputs, until)
    for topic, records in inputs.items():
        expected = []
        for record in records:
            if record.time > until:
                break
            expected.append(record)
        assert [one for one in order if one.topic == topic] == expected


def test_what_waited_comes_in_the_next_round() -> None:
    merger = a_merger()
    early, late = a_record("decisions", 0, 10), a_record("decisions", 1, 20)
    merger.begin({"decisions": 2}, until=15)
    merger.offer("decisions", [early, late], 2)
    assert merger.take(10) == [early]
    assert merger.is_finished
    assert merger.is_holding
    merger.begin({"decisions": 2}, until=25)
    assert merger.take(10) == [late]
    assert not merger.is_holding


def test_records_beyond_the_end_asked_for_wait_for_the_next_round() -> None:
    merger = a_merger()
    merger.begin({"decisions": 1}, until=None)
    merger.offer("decisions", [a_record("decisions", 0, 1), a_record("decisions", 1, 1)], 2)
    assert [one.offset for one in merger.take(10)] == [0]
    assert merger.is_finished


def test_an_input_at_its_end_holds_nobody_back() -> None:
    merger = a_merger()
    merger.begin({"education.events": 1}, until=None)
    assert merger.hungry == ["education.events"]
    merger.offer("education.events", [a_record("education.events", 0, 5)], 1)
    assert len(merger.take(10)) == 1


def test_one_that_has_not_been_fetched_holds_back_those_that_have() -> None:
    merger = a_merger()
    merger.begin({"education.events": 1, "health.events": 1}, until=None)
    merger.offer("education.events", [a_record("education.events", 0, 5)], 1)
    assert merger.take(10) == []
    merger.offer("health.events", [a_record("health.events", 0, 4)], 1)
    assert [one.topic for one in merger.take(10)] == ["health.events", "education.events"]


def test_an_input_whose_last_offsets_hold_no_record_is_finished_by_its_position() -> None:
    merger = a_merger()
    merger.begin({"decisions": 3}, until=None)
    merger.offer("decisions", [a_record("decisions", 0, 1)], 1)
    merger.take(10)
    assert not merger.is_finished
    merger.offer("decisions", [], 3)
    assert merger.is_finished
