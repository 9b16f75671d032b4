"""Every event has its effect once, wherever the join is killed."""

from __future__ import annotations

import signal

import pytest

from tests.integration.groups import assert_comes_back, group_of
from tests.integration.join.stories import DAYS, FIRST_DAY, moment_of, stories
from tests.integration.join.workbench import WAIT_SECONDS, Workbench
from tests.lengths import in_full

EVENTS = 2_400
MANY = in_full(20_000, otherwise=4_000)
SOME = in_full(8_000, otherwise=4_000)
CHILDREN = 200
LAS = ("999", "330")


def write_a_year(bench: Workbench, events: int = EVENTS) -> None:
    """Write a year of two authorities to journeys."""
    for la in LAS:
        bench.write(stories(la, CHILDREN, events // 2))
        bench.tick(la, moment_of(FIRST_DAY) + (DAYS + 60) * 86_400_000)
    bench.publish()


def assert_each_once(bench: Workbench, events: int = EVENTS) -> None:
    """Assert that the store holds each event once and tells what an undisturbed run tells."""
    again = 2 * len(range(0, events // 2, 50))
    assert bench.rows(
        "SELECT sum(events), sum(timeline), sum(duplicates), sum(parked) FROM partition_state"
    ) == [(events + again, events, again, 0)]
    assert bench.one("SELECT count(*) FROM timeline") == events
    assert bench.one("SELECT count(DISTINCT event_id) FROM timeline") == events
    assert bench.transitions() == bench.expected()


@pytest.mark.parametrize("point", ["after-decode:1", "before-commit:1", "after-commit:0"])
def test_a_join_killed_at_any_point_leaves_every_event_once(bench: Workbench, point: str) -> None:
    write_a_year(bench)
    assert bench.join(point) == -signal.SIGKILL
    assert bench.join() == 0
    assert_each_once(bench)


def test_a_join_killed_in_the_midst_of_many_events_leaves_every_event_once(
    bench: Workbench,
) -> None:
    write_a_year(bench, MANY)
    process = bench.start_join()
    read = "SELECT coalesce(sum(read), 0) FROM partition_state"
    bench.wait_until(read, lambda value: value > MANY // 10)
    process.kill()
    process.wait()
    assert bench.one(read) < MANY
    assert bench.join() == 0
    assert_each_once(bench, MANY)


def test_a_join_whose_sessions_postgresql_ends_begins_again_and_loses_nothing(
    bench: Workbench,
) -> None:
    write_a_year(bench, SOME)
    process = bench.start_join()
    read = "SELECT coalesce(sum(read), 0) FROM partition_state"
    bench.wait_until(read, lambda value: value > 0)
    ended = bench.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = 'joinedup_join' AND datname LIKE current_database() || '%%'"
    )
    assert ended
    assert process.wait(timeout=WAIT_SECONDS) == 0
    assert_each_once(bench, SOME)


def test_a_join_waits_for_the_shares_that_the_group_gave_to_dead_processes(
    bench: Workbench,
) -> None:
    write_a_year(bench)
    dead = [bench.start_join("after-decode:0"), bench.start_join("after-decode:0")]
    for process in dead:
        assert process.wait(timeout=WAIT_SECONDS) != 0
    assert bench.join() == 0  # Kafka does not know yet that they are dead
    assert_each_once(bench)


def test_a_join_that_was_killed_is_the_same_member_again_and_leaves_when_it_ends(
    bench: Workbench,
) -> None:
    write_a_year(bench)
    with group_of(bench.environment("admin"), f"{bench.topics.prefix}join") as members:
        assert bench.join("after-decode:0") == -signal.SIGKILL
        (killed,) = members()
        again = []
        assert_comes_back(members, killed, lambda: again.append(bench.start_join()))
        assert again[0].wait(timeout=WAIT_SECONDS) == 0
        assert not members()


def test_two_joins_share_the_partitions_and_do_each_event_once(bench: Workbench) -> None:
    write_a_year(bench, SOME)
    both = [bench.start_join(), bench.start_join()]
    codes = [process.wait(timeout=WAIT_SECONDS) for process in both]
    assert 0 in codes
    assert bench.join() == 0  # whatever one left to the other
    assert_each_once(bench, SOME)
