"""Intake on real Kafka: everything that is read is on journeys or in the dead letters, once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from typing import Any

import pytest
from kafka import KafkaProducer
from kafka.errors import MessageSizeTooLargeError
from msgspec.structs import replace

from consumers.errors import Fenced
from consumers.intake.incoming import Incoming
from consumers.intake.service import now_ms
from consumers.journeys_record import Kind, open_value
from consumers.keystore import PostgresLeafKeys, open_pool
from schemas.sources import Source
from stack.kafka import options_of
from tests.integration.groups import assert_comes_back, once
from tests.integration.intake.workbench import Workbench, end, sources_of
from tests.unit.consumers.intake.test_header_names import Raw
from tests.unit.consumers.messages import (
    COUNCIL,
    HOSPITAL,
    LA,
    SCHOOL,
    a_message,
    a_record,
    a_review,
    identifier,
)

DAY = 24 * 3600 * 1000


class Inputs:
    """Builds messages for the topics of a workbench."""

    def __init__(self, bench: Workbench) -> None:
        self._codec = bench.codec
        self._topics = bench.topics
        self._partition = bench.topics.partition_of(LA)

    def review(self, number: int = 0, **given: Any) -> Incoming:
        record = a_review(
            source_record_id=f"review-{number}",
            identifiers=[identifier("MIS_ID", f"child-{number % 50}")],
            **given,
        )
        return self.message(record, "ApReviewHeld", SCHOOL, self._topics.education)

    def contact(self, number: int = 0) -> Incoming:
        record = a_record(
            "HealthContactHeld",
            HOSPITAL,
            source_record_id=f"contact-{number}",
            held_on=a_review()["held_on"],
            identifiers=[identifier("HEALTH_LOCAL_ID", f"patient-{number % 50}")],
        )
        return self.message(record, "HealthContactHeld", HOSPITAL, self._topics.health)

    def message(
        self, record: dict[str, Any], name: str, source: Source, topic: str, **given: Any
    ) -> Incoming:
        return a_message(
            record,
            name=name,
            source=source,
            topic=topic,
            partition=self._partition,
            by=self._codec,
            **given,
        )


def at_time(message: Incoming, time: int) -> Incoming:
    return replace(message, time=time)


def mixed(inputs: Inputs, count: int) -> list[Incoming]:
    """Return good messages of two agencies, and one in ten that breaks the contract."""
    made: list[Incoming] = []
    for number in range(count):
        if number % 10 == 9:
            made.append(inputs.review(number, held_on=None))
        else:
            made.append(inputs.contact(number) if number % 2 else inputs.review(number))
    return made


def every_input(bench: Workbench, messages: Sequence[Incoming]) -> set[tuple[str, int, int]]:
    counts: dict[tuple[str, int], int] = {}
    for one in messages:
        counts[one.topic, one.partition] = counts.get((one.topic, one.partition), 0) + 1
    return {(topic, at, n) for (topic, at), count in counts.items() for n in range(count)}


def assert_each_once(bench: Workbench, messages: Sequence[Incoming]) -> None:
    """Everything published stands on journeys once: as itself, or as the gap that it left."""
    found = sources_of(bench.journeys(), Kind.EVENT, Kind.CONTROL, Kind.GAP)
    assert len(found) == len(set(found))
    assert set(found) == every_input(bench, messages)
    sums = bench.totals()
    assert (sums.read, sums.waiting) == (len(messages), 0)
    assert sums.balances


def test_events_become_sealed_journeys_that_the_leaf_key_opens(live: Workbench) -> None:
    message = Inputs(live).review(1)
    live.publish([message])
    live.run_to_end()
    (event,) = [one for one in live.journeys() if one.kind is Kind.EVENT]
    assert event.la == LA
    assert message.value is not None
    assert message.value not in event.value

    async def key() -> Any:
        settings = live.settings()
        url = settings.keys_database_url.get_secret_value()
        async with open_pool(url) as pool:
            return await PostgresLeafKeys(pool, settings.wrapping()).get([event.key_id])

    assert open_value(event, asyncio.run(key())[event.key_id]) == message.value


def test_known_time_is_the_brokers_and_no_producers(live: Workbench) -> None:
    before = now_ms()
    live.publish([at_time(Inputs(live).review(), before + 365 * DAY)])
    live.run_to_end()
    (event,) = [one for one in live.journeys() if one.kind is Kind.EVENT]
    assert before <= event.kappa <= now_ms()


def test_every_partition_ends_its_round_with_a_tick_and_the_position(live: Workbench) -> None:
    live.run_to_end()
    for partition in range(live.topics.partitions):
        found = [one for one in live.read(live.topics.journeys) if one.partition == partition]
        kinds = [dict(one.headers)["kind"] for one in found]
        assert kinds == [b"tick", b"position"]


def test_what_cannot_be_taken_goes_to_the_dead_letters_with_its_reason(live: Workbench) -> None:
    inputs = Inputs(live)
    broken = inputs.review(held_on=None)
    forged = inputs.message(a_review(SCHOOL), "ApReviewHeld", COUNCIL, live.topics.education)
    live.publish([inputs.review(), broken, forged])
    live.run_to_end()
    letters = [live.codec.decode(one.value).record for one in live.read(live.topics.dead_letters)]
    assert [one["reason"] for one in letters] == ["contract", "wrong-signature"]
    assert letters[0]["field"] == "held_on"
    assert letters[0]["original"] == broken.value
    gaps = [one for one in live.journeys() if one.kind is Kind.GAP]
    assert [bool(one.record) for one in gaps] == [True, False]


def test_a_header_name_that_is_no_text_holds_nobody_up(live: Workbench) -> None:
    inputs = Inputs(live)
    strange = replace(inputs.review(1), headers=((Raw("x"), b"1"),))
    named = inputs.review(2)
    named = replace(named, headers=(*named.headers, (Raw("x"), b"1")))
    live.publish([inputs.review(0), strange, named, inputs.review(3)])
    live.run_to_end()
    (letter,) = [live.codec.decode(one.value).record for one in live.read(live.topics.dead_letters)]
    assert (letter["reason"], letter["original"]) == ("no-signature", strange.value)
    assert letter["headers"] == {"\\xff-name": b"1"}
    assert sum(one.kind is Kind.EVENT for one in live.journeys()) == 3


def test_what_unfolds_to_more_than_a_topic_takes_is_refused_to_its_sender(live: Workbench) -> None:
    producer = KafkaProducer(
        **options_of(live._environment("publisher")),
        compression_type="gzip",
        max_request_size=200_000_000,
    )
    sent = producer.send(
        live.topics.education, bytes(100_000_000), partition=live.topics.partition_of(LA)
    )
    with pytest.raises(MessageSizeTooLargeError):
        sent.get(timeout=60)
    producer.close()
    live.publish([Inputs(live).review()])
    live.run_to_end()
    assert sum(one.kind is Kind.EVENT for one in live.journeys()) == 1


def test_read_is_journeyed_and_dead_in_the_metrics_too(live: Workbench) -> None:
    messages = mixed(Inputs(live), 40)
    live.publish(messages)
    metrics, _ = live.run_to_end()
    partition = str(live.topics.partition_of(LA))

    def shown(outcome: str) -> float | None:
        labels = {"partition": partition, "outcome": outcome}
        return metrics.get_sample_value("joinedup_intake_records", labels)

    assert (shown("read"), shown("journeyed"), shown("dead")) == (40, 36, 4)
    assert metrics.get_sample_value("joinedup_intake_refused_total", {"reason": "contract"}) == 4
    assert_each_once(live, messages)


def test_a_second_run_reads_on_from_the_position(live: Workbench) -> None:
    first, second = mixed(Inputs(live), 30), mixed(Inputs(live), 30)
    live.publish(first)
    live.run_to_end()
    live.publish(second)
    live.run_to_end()
    assert_each_once(live, [*first, *second])


def test_a_clock_that_is_behind_writes_no_tick_and_loses_no_record(
    live: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    messages = mixed(Inputs(live), 10)
    live.publish(messages)
    metrics, _ = live.run_to_end(clock=lambda: now_ms() - 60_000)
    skew = metrics.get_sample_value("joinedup_intake_clock_skew_seconds")
    assert skew == pytest.approx(-60, abs=10)
    assert "no tick is written until they agree" in caplog.text
    partition = live.topics.partition_of(LA)
    ticked = [
        one.partition
        for one in live.read(live.topics.journeys)
        if dict(one.headers)["kind"] == b"tick"
    ]
    assert partition not in ticked
    assert_each_once(live, messages)


def test_an_intake_killed_between_transactions_goes_on_where_it_stopped(live: Workbench) -> None:
    messages = mixed(Inputs(live), 3000)
    live.publish(messages)
    for enough in (200, 1000):
        process = live.start(JOINEDUP_TRANSACTION_RECORDS="20")
        live.wait_for(lambda sums, enough=enough: sums.read >= enough)  # type: ignore[misc]
        end(process, signal.SIGKILL)
    live.run_to_end()
    assert_each_once(live, messages)


def test_a_second_owner_fences_the_first_and_nothing_is_lost_or_doubled(live: Workbench) -> None:
    messages = mixed(Inputs(live), 600)
    live.publish(messages)

    async def both() -> list[BaseException | None]:
        return await asyncio.gather(
            live.own_alone(transaction_records=7),
            live.own_alone(transaction_records=11),
            return_exceptions=True,
        )

    ends = asyncio.run(both())
    assert sum(isinstance(one, Fenced) for one in ends) == 1
    assert ends.count(None) == 1
    assert_each_once(live, messages)


def test_two_processes_share_the_partitions_and_lose_nothing_when_one_leaves(
    live: Workbench,
) -> None:
    messages = mixed(Inputs(live), 1500)
    first = live.start(JOINEDUP_TRANSACTION_RECORDS="50")
    live.publish(messages[:500])
    live.wait_for(lambda sums: sums.read >= 100)
    second = live.start(JOINEDUP_TRANSACTION_RECORDS="50")
    live.publish(messages[500:1000])
    live.wait_for(lambda sums: sums.read >= 900)
    assert end(first) == 0
    live.publish(messages[1000:])
    live.wait_for(lambda sums: sums.read >= 1500)
    assert end(second) == 0
    assert_each_once(live, messages)


def test_a_simulated_year_is_one_round_with_a_tick_at_each_midnight(simulated: Workbench) -> None:
    inputs = Inputs(simulated)
    start = now_ms() - 400 * DAY
    days = [0, 0, 3, 200]
    messages = [at_time(inputs.review(day), start + day * DAY) for day in days]
    simulated.publish(messages)
    simulated.run_to_end()
    records = [one for one in simulated.journeys()]
    assert [one.kind for one in records].count(Kind.TICK) == 200 + 1
    assert [one.kappa for one in records if one.kind is Kind.EVENT] == [
        start + day * DAY for day in days
    ]
    count = len(records)
    simulated.run_to_end()
    assert len(simulated.journeys()) == count


def test_a_simulated_intake_refuses_topics_that_keep_the_brokers_time(live: Workbench) -> None:
    live.publish([Inputs(live).review()])
    process = live.start("--simulated")
    assert process.wait(timeout=60) == 1
    assert "LogAppendTime" in live.logs()


def test_the_process_ends_by_itself_at_the_end(live: Workbench) -> None:
    messages = mixed(Inputs(live), 20)
    live.publish(messages)
    assert live.start("--until-end").wait(timeout=60) == 0
    assert_each_once(live, messages)


def test_the_end_is_not_reached_while_dead_processes_still_have_partitions(live: Workbench) -> None:
    both = [live.start(), live.start()]
    with live.group() as members:
        once(members, lambda found: len(found) == 2)
    for process in both:
        end(process, signal.SIGKILL)
    live.run_to_end()  # Kafka does not know yet that they are dead
    ticked = {one.partition for one in live.read(live.topics.journeys)}
    assert ticked == set(range(live.topics.partitions))


def test_who_was_killed_is_the_same_member_again_and_who_ends_leaves_at_once(
    live: Workbench,
) -> None:
    with live.group() as members:
        process = live.start()
        (killed,) = once(members, lambda found: len(found) == 1)
        end(process, signal.SIGKILL)
        successor = []
        assert_comes_back(members, killed, lambda: successor.append(live.start()))
        assert end(successor[0]) == 0
        assert not members()


def test_a_service_that_cannot_be_reached_ends_the_process_with_a_sentence(
    live: Workbench,
) -> None:
    process = live.start(JOINEDUP_KAFKA_BOOTSTRAP="127.0.0.1:1")
    assert process.wait(timeout=60) == 1
    assert "The process stops: Kafka does not answer" in live.logs()


@pytest.mark.parametrize("partitions", ["8"])
def test_a_wrong_number_of_partitions_is_noticed_before_anything_is_read(
    live: Workbench, partitions: str
) -> None:
    process = live.start(JOINEDUP_PARTITIONS=partitions)
    assert process.wait(timeout=60) == 1
    assert "JOINEDUP_PARTITIONS" in live.logs()
