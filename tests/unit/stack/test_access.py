"""Permissions are the least that each process needs."""

from __future__ import annotations

import pytest

from schemas.formats import SOURCE_CODE
from schemas.sources import AGENCIES
from schemas.topics import TopicSet
from stack.access import Grant, On, grants, principal_of, source_grants
from stack.credentials import KAFKA_PRINCIPALS, LOCAL_PUBLISHER

TOPICS = TopicSet("x.", 4)


def topics_of(user: str, operation: str) -> set[str]:
    return {
        grant.name
        for grant in grants(TOPICS)
        if (grant.user, grant.operation, grant.on) == (user, operation, On.TOPIC)
    }


@pytest.mark.parametrize("agency", AGENCIES)
def test_an_agencys_system_writes_on_its_agencys_topic_and_does_nothing_else(agency: str) -> None:
    user, topic = principal_of("org", "mis"), TOPICS.topic_for(agency)
    assert set(source_grants(TOPICS, user, agency)) == {
        Grant(user, "WRITE", On.TOPIC, topic),
        Grant(user, "DESCRIBE", On.TOPIC, topic),
    }


def test_a_system_has_the_user_of_no_other_system_and_of_no_process() -> None:
    assert principal_of("a-b", "c") != principal_of("a", "b-c")
    assert not any("/" in name for name in (*KAFKA_PRINCIPALS, LOCAL_PUBLISHER))
    assert not any(SOURCE_CODE.matches(code) for code in ("a/b", "/", ""))


def test_nobody_but_agencies_systems_and_the_gateway_for_them_writes_on_the_live_inputs() -> None:
    live = TopicSet()
    writers = {
        (g.user, g.name) for g in grants(live) if g.operation == "WRITE" and g.name in live.inputs
    }
    agencies = (live.education, live.health, live.social_care)
    assert writers == {("gateway", topic) for topic in agencies}


def test_the_gateway_reads_no_topic() -> None:
    assert topics_of("gateway", "READ") == set()


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


@pytest.mark.parametrize("user", ["reader", "auditor"])
def test_who_reads_writes_nothing(user: str) -> None:
    assert topics_of(user, "WRITE") == set()


def test_who_compares_records_reads_journeys_alone_and_belongs_to_no_group() -> None:
    assert {(g.operation, g.name) for g in grants(TOPICS) if g.user == "matcher"} == {
        ("READ", TOPICS.journeys),
        ("DESCRIBE", TOPICS.journeys),
    }


def test_the_sealer_writes_checkpoints_alone_and_nobody_else_does() -> None:
    assert topics_of("sealer", "WRITE") == {TOPICS.checkpoints}
    writers = {
        g.user for g in grants(TOPICS) if (g.operation, g.name) == ("WRITE", TOPICS.checkpoints)
    }
    assert writers == {"sealer"}


def test_the_notifier_reads_alerts_and_writes_deliveries_alone_and_nobody_else_does() -> None:
    assert topics_of("notifier", "READ") == {TOPICS.alerts, TOPICS.deliveries}
    assert topics_of("notifier", "WRITE") == {TOPICS.deliveries}
    writers = {
        g.user for g in grants(TOPICS) if (g.operation, g.name) == ("WRITE", TOPICS.deliveries)
    }
    assert writers == {"notifier"}


def test_the_auditor_reads_what_can_be_held_against_the_store_and_belongs_to_no_group() -> None:
    assert topics_of("auditor", "READ") == {
        TOPICS.journeys,
        TOPICS.alerts,
        TOPICS.deliveries,
        TOPICS.checkpoints,
    }
    assert not [g for g in grants(TOPICS) if g.user == "auditor" and g.on is not On.TOPIC]


def test_permissions_of_one_topic_set_reach_no_other() -> None:
    other = TopicSet("y.", 4)
    names = {grant.name for grant in grants(TOPICS)}
    assert all(name.startswith("x.") for name in names)
    assert not names & {grant.name for grant in grants(other)}


def test_intake_may_use_the_transactions_of_its_partitions() -> None:
    assert Grant("intake", "WRITE", On.TRANSACTION, "x.intake") in grants(TOPICS)
