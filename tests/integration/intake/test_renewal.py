"""Passwords are renewed while events flow: who works works on, and nothing is lost or doubled."""

from __future__ import annotations

import psycopg
import pytest
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from stack import LocalStack
from stack.kafka import options_of
from tests.integration.intake.test_intake import Inputs, assert_each_once, mixed
from tests.integration.intake.workbench import Workbench, end


def is_let_in(environment: dict[str, str]) -> bool:
    """Whether Kafka knows the name and password of this environment."""
    try:
        with KafkaAdminClient(**options_of(environment), bootstrap_timeout_ms=3_000):
            return True
    except KafkaError:
        return False


def test_intake_works_through_a_renewal_and_its_successor_goes_on(
    live: Workbench, stack: LocalStack
) -> None:
    messages = mixed(Inputs(live), 900)
    before = live.start(JOINEDUP_TRANSACTION_RECORDS="50")
    live.publish(messages[:300])
    live.wait_for(lambda sums: sums.read >= 100)
    old = {name: stack.environment(name) for name in ("admin", "intake", "join", "reader")}

    stack.renew_passwords()

    live.publish(messages[300:600])
    live.wait_for(lambda sums: sums.read >= 600)
    after = live.start(JOINEDUP_TRANSACTION_RECORDS="50")
    assert end(before) == 0
    live.publish(messages[600:])
    live.wait_for(lambda sums: sums.read >= 900)
    assert end(after) == 0
    assert_each_once(live, messages)
    assert [is_let_in(old[name]) for name in ("admin", "intake")] == [True, False]
    assert is_let_in(stack.environment("intake"))
    for name in ("intake", "join", "reader"):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(old[name]["JOINEDUP_KEYS_DATABASE_URL"])
