"""Permissions are the least that each process needs."""

from __future__ import annotations

import pytest

from schemas.topics import TopicSet
from stack.access import Grant, On, grants
from stack.credentials import AGENCY_PUBLISHERS

TOPICS = TopicSet("x.", 4)


def topics_of(user: str, operation: str) -> set[str]:
    return {
        grant.name
        for grant in grants(TOPICS)
        if (grant.user, grant.operation, grant.on) == (user, operation, On.TOPIC)
    }


@pytest.mark.parametrize("publisher", AGENCY_PUBLISHERS)
def test_an_agency_publisher_writes_one_topic_and_reads_none(publisher: str) -> None:
    assert len(topics_of(publisher, "WRITE")) == 1
    assert topics_of(publisher, "READ") == set()


def test_no_two_agencies_write_the_same_topic() -> None:
    written = [topics_of(publisher, "WRITE") for publisher in AGENCY_PUBLISHERS]
    assert set.union(*written) == set(TOPICS.inputs)


def test_only_intake_writes_the_stream_from_which_all_follows() -> None:
    writers = {
        grant.user
        for grant in grants(TOPICS)
        if grant.operation == "WRITE" and grant.name in (TOPICS.journeys, TOPICS.dead_letters)
    }
    assert writers == {"intake"}


def test_the_join_reads_journeys_and_writes_no_topic() -> None:
    assert topics_of("join", "READ") == {TOPICS.journeys}
    assert topics_of("join", "WRITE") == set()


def test_the_reader_writes_nothing() -> None:
    assert topics_of("reader", "WRITE") == set()


def test_permissions_of_one_topic_set_reach_no_other() -> None:
    other = TopicSet("y.", 4)
    names = {grant.name for grant in grants(TOPICS)}
    assert all(name.startswith("x.") for name in names)
    assert not names & {grant.name for grant in grants(other)}


def test_intake_may_use_the_transactions_of_its_partitions() -> None:
    assert Grant("intake", "WRITE", On.TRANSACTION, "x.intake") in grants(TOPICS)
