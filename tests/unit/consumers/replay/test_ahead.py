"""What a second process reads ahead is what the reader itself would have given."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from consumers.errors import BrokenPromise, ServiceLost
from consumers.join.inputs import Input
from consumers.replay.ahead import ReadingAhead
from consumers.replay.replaying import Beforehand, Scope
from consumers.replay.run import Reading
from consumers.sealing import ERASED, Erased
from journey.cluster import Gap
from journey.ghost import Ghost
from tests.unit.consumers.replay.test_run import INPUTS, PARTITION, Records
from tests.unit.journey.streams import shield

GAP = Gap(la="999", position="t/0/1", kappa=4, event_type=None, record="r", leaf="l", source="s")
GHOST = Ghost(la="999", source="s", record="r", kappa=5, revision=1, retracted=False)
OTHERS = [Input(offset=n, kappa=n, content=one) for n, one in enumerate([GAP, GHOST, ERASED, None])]
BROKEN, LOST, OTHER = 7, 8, 9


class Various(Records):
    """One partition as it is, one of everything else, one that is broken, one that is the end."""

    def inputs(self, partition: int, until: int, scope: Scope) -> Iterator[list[Input]]:
        if partition == PARTITION:
            yield from super().inputs(partition, until, scope)
        elif partition == BROKEN:
            yield OTHERS[:1]
            raise BrokenPromise("The first records are gone.")
        elif partition == LOST:
            os._exit(9)
        else:
            yield OTHERS


@contextmanager
def various() -> Iterator[Reading]:
    yield Various(shield(3, "c"))


@contextmanager
def nothing_there() -> Iterator[Reading]:
    raise ServiceLost("Kafka refuses to be read.")
    yield Various()


@pytest.fixture(scope="module")
def ahead() -> Iterator[Reading]:
    with ReadingAhead(various) as reading:
        yield reading


def test_batches_and_what_is_known_beforehand_are_the_readers_own(ahead: Reading) -> None:
    own = Various(shield(3, "c"))
    for until in (3, len(INPUTS)):
        given = ahead.inputs(PARTITION, until, Scope(la="999"))
        assert list(given) == list(own.inputs(PARTITION, until, Scope(la="999")))
    known = ahead.beforehand(PARTITION, "999")
    assert isinstance(known, Beforehand)
    assert pickle.dumps(known) == pickle.dumps(own.beforehand(PARTITION, "999"))


def test_what_is_no_event_comes_as_it_is(ahead: Reading) -> None:
    (given,) = ahead.inputs(OTHER, 4, Scope())
    assert [one.content for one in given[:2]] == [GAP, GHOST]
    assert isinstance(given[2].content, Erased)
    assert given[3].content is None


def test_a_fault_comes_in_its_turn_and_the_next_question_is_answered(ahead: Reading) -> None:
    batches = ahead.inputs(BROKEN, 4, Scope())
    assert next(batches) == OTHERS[:1]
    with pytest.raises(BrokenPromise, match="The first records are gone"):
        next(batches)
    assert len(list(ahead.inputs(PARTITION, len(INPUTS), Scope()))) == 2


def test_what_cannot_be_opened_over_there_is_said_to_whoever_asks_first() -> None:
    with ReadingAhead(nothing_there) as reading:
        with pytest.raises(ServiceLost, match="Kafka refuses to be read"):
            reading.beforehand(PARTITION)


def test_a_process_that_is_gone_is_no_end_of_the_records() -> None:
    with ReadingAhead(various) as reading:
        with pytest.raises(ServiceLost, match="has ended before its time"):
            list(reading.inputs(LOST, 4, Scope()))


def test_whoever_leaves_in_the_midst_waits_for_nothing() -> None:
    with ReadingAhead(various) as reading:
        next(reading.inputs(OTHER, 4, Scope()))
    assert reading._process.exitcode is not None
