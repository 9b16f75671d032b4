import time
from contextlib import contextmanager

import pytest
from confluent_kafka.serialization import MessageField, SerializationContext

from producers.publisher import Publisher, ResultsNotTaken
from producers.results import Accepted, Rejected, Undelivered
from schemas.signature import verify
from schemas.sources import SourceRegistry
from stack import processes
from stack.access import admit
from stack.layout import KAFKA
from tests.faults.proxy import Proxy
from tests.integration.foreign import foreign_reader
from tests.ports import free_ports

BOUND = 3.0


def test_an_accepted_event_is_on_its_topic_at_the_offset_that_was_said(
    publisher, review, live_topic_set, read_topic
):
    event = review()
    result = publisher.publish(event)
    assert isinstance(result, Accepted)
    assert result.topic == live_topic_set.social_care
    assert result.partition == live_topic_set.partition_of("330")
    (message,) = read_topic(result.topic, result.partition)
    assert message.offset() == result.offset
    assert message.key() == b"330"
    assert dict(message.headers())["ce_id"] == result.event_id.encode()


def test_a_reader_that_nobody_here_wrote_decodes_it(publisher, review, registered, read_topic):
    result = publisher.publish(review())
    (message,) = read_topic(result.topic, result.partition)
    deserialize = foreign_reader(registered)
    record = deserialize(message.value(), SerializationContext(message.topic(), MessageField.VALUE))
    assert record["source_record_id"] == "review/1"
    assert record["held_on"].isoformat() == "2025-06-09"


def test_its_headers_are_cloudevents_and_its_signature_the_sources(
    publisher, review, settings, read_topic
):
    event = review()
    result = publisher.publish(event)
    (message,) = read_topic(result.topic, result.partition)
    headers = dict(message.headers())
    assert headers["ce_type"] == b"joinedup.social_care.LacReviewHeld"
    assert headers["ce_source"] == b"urn:joinedup:source:la330:casework"
    assert headers["schema-fp"] == event.kind.fingerprint.encode()
    assert headers["traceparent"].startswith(b"00-")
    (source,) = SourceRegistry.load(settings.sources_file)
    assert verify(source.key, "330", event.kind.full_name, message.value(), headers["x-sig"])


def test_many_are_accepted_in_their_order(publisher, review, read_topic):
    events = [review(number) for number in range(500)]
    results = list(publisher.publish_many(events))
    assert [result.event_id for result in results] == [event.event_id for event in events]
    assert [result.offset for result in results] == list(range(500))
    found = read_topic(results[0].topic, results[0].partition)
    assert [dict(message.headers())["ce_id"].decode() for message in found] == [
        event.event_id for event in events
    ]


def test_a_rejected_event_among_many_is_a_value_in_its_place_and_is_not_sent(
    publisher, review, read_topic
):
    results = list(publisher.publish_many([review(1), review(2, held_on="soon"), review(3)]))
    assert [type(result) for result in results] == [Accepted, Rejected, Accepted]
    assert results[1].problems[0].field == "held_on"
    assert len(read_topic(results[0].topic, results[0].partition)) == 2


def test_publishing_again_gives_the_same_event_id(settings, review, read_topic):
    results = []
    for _ in range(2):
        with Publisher(settings) as publisher:
            results.append(publisher.publish(review()))
    assert results[0].event_id == results[1].event_id
    first, second = read_topic(results[0].topic, results[0].partition)
    assert first.value() == second.value()


def test_a_simulated_set_keeps_the_time_that_it_is_given(
    stack, settings, topic_set, review, read_topic
):
    simulated = settings.model_copy(update={"topic_prefix": topic_set.prefix, "simulated": True})
    event = review()
    with Publisher(simulated) as publisher:
        result = publisher.publish(event, timestamp=event.record["recorded_at"])
    (message,) = read_topic(result.topic, result.partition)
    assert message.timestamp()[1] == int(event.record["recorded_at"].timestamp() * 1000)


def test_a_wrong_number_of_partitions_is_said_before_anything_is_sent(settings, review):
    wrong = settings.model_copy(update={"partitions": 64})
    with Publisher(wrong) as publisher:
        result = publisher.publish(review())
    assert isinstance(result, Undelivered)
    assert "JOINEDUP_PARTITIONS" in result.reason


def test_where_no_broker_listens_the_event_comes_back_within_the_bound(settings, review):
    absent = settings.model_copy(
        update={
            "kafka_bootstrap": f"127.0.0.1:{free_ports().kafka}",
            "delivery_seconds": BOUND,
        }
    )
    began = time.monotonic()
    with Publisher(absent) as publisher:
        result = publisher.publish(review())
    assert isinstance(result, Undelivered)
    assert absent.kafka_bootstrap in result.reason
    assert time.monotonic() - began < 3 * BOUND


def test_where_no_registry_answers_the_event_comes_back(settings, review):
    address = f"http://127.0.0.1:{free_ports().registry}"
    with Publisher(settings.model_copy(update={"registry_url": address})) as publisher:
        result = publisher.publish(review())
    assert isinstance(result, Undelivered)
    assert address in result.reason


@pytest.mark.parametrize(
    ("change", "word"),
    [({"kafka_password": "wrong"}, "password"), ({"topic_prefix": "absent."}, "topic")],
)
def test_a_refused_login_or_an_absent_topic_is_a_sentence(settings, review, change, word):
    secret = {
        name: type(settings.kafka_password)(value) if name == "kafka_password" else value
        for name, value in change.items()
    }
    with Publisher(settings.model_copy(update={**secret, "delivery_seconds": BOUND})) as publisher:
        result = publisher.publish(review())
    assert isinstance(result, Undelivered)
    assert word in result.reason


def test_a_principal_of_another_agency_may_not_write(stack, settings, review, live_topic_set):
    with stack.administrator() as admin:
        admit(admin, live_topic_set, "trust/epr", "of this test", "health")
    other = settings.model_copy(
        update={
            "kafka_username": "trust/epr",
            "kafka_password": type(settings.kafka_password)("of this test"),
            "delivery_seconds": BOUND,
        }
    )
    with Publisher(other) as publisher:
        result = publisher.publish(review())
    assert isinstance(result, Undelivered)


@contextmanager
def frozen(stack):
    """Hold the broker still, as an outage does, and let it go on afterwards."""
    broker = processes.find(stack.layout.watched()[KAFKA].pid_file)
    broker.suspend()
    try:
        yield
    finally:
        broker.resume()


def test_an_outage_that_outlasts_the_bound_is_reported_and_nothing_is_lost(
    stack, settings, review, read_topic
):
    with Publisher(settings.model_copy(update={"delivery_seconds": BOUND})) as publisher:
        first = publisher.publish(review(1))
        assert isinstance(first, Accepted)
        began = time.monotonic()
        with frozen(stack):
            during = publisher.publish(review(2))
        assert isinstance(during, Undelivered)
        assert time.monotonic() - began < 3 * BOUND
        again = publisher.publish(review(2))
    assert isinstance(again, Accepted)
    ids = {dict(m.headers())["ce_id"] for m in read_topic(first.topic, first.partition)}
    assert ids == {first.event_id.encode(), again.event_id.encode()}


def wait_until_sent(publisher):
    """Return once no batch waits to be sent."""
    accumulator = publisher._producer._accumulator
    deadline = time.monotonic() + BOUND
    while any(accumulator._batches.values()):
        assert time.monotonic() < deadline, "a batch still waits to be sent"
        time.sleep(0.01)


def test_a_publisher_goes_on_after_an_outage_in_which_its_broker_refused_every_connection(
    stack, settings, review
):
    through = {
        "kafka_bootstrap": f"127.0.0.1:{stack.ports.proxy}",
        "delivery_seconds": BOUND,
    }
    with (
        Proxy(stack.ports.proxy, stack.ports.proxied) as proxy,
        Publisher(settings.model_copy(update=through)) as publisher,
    ):
        assert isinstance(publisher.publish(review(1)), Accepted)
        proxy.hold()
        publisher.send(review(2))  # is on its way when the connection breaks
        wait_until_sent(publisher)
        proxy.cut()
        assert [type(one) for one in publisher.results()] == [Undelivered]
        assert isinstance(publisher.publish(review(3)), Undelivered)
        proxy.mend()
        assert isinstance(publisher.publish(review(2)), Accepted)


def test_an_outage_that_ends_within_the_bound_is_not_noticed(stack, publisher, review):
    publisher.publish(review(1))
    with frozen(stack):
        publisher.send(review(2))
    (result,) = publisher.results()
    assert isinstance(result, Accepted)


def test_leaving_without_a_look_at_what_failed_is_an_error(settings, review):
    with pytest.raises(ResultsNotTaken, match="1 of the events"), Publisher(settings) as publisher:
        publisher.send(review(1))
        publisher.send(review(2, held_on="soon"))


def test_no_secret_and_no_child_shows_in_a_repr(publisher, settings, review):
    shown = repr(publisher) + repr(settings) + repr(publisher.publish(review()))
    assert settings.kafka_password.get_secret_value() not in shown
    assert "C1" not in shown
