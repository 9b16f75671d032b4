"""A store filled as the join fills it, without Kafka: for what would take days to publish.

Each child has an assessment of its needs asked for, and every second one a child protection plan:
three and a half open deadlines. Their events go through the join's own core into the store, in
blocks of the join's size, in a process of its own, which says after each block what it has spent.
"""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import msgspec
import psutil

from consumers.allocator import keep_little
from consumers.decode import to_event
from consumers.garbage import collect_rarely
from consumers.join.database import KeysFromThread, connect
from consumers.join.inputs import Input
from consumers.join.partition import PartitionJoin
from consumers.keystore import LeafKeyMaker, PostgresLeafKeyMaker, PostgresLeafKeys, open_pool
from consumers.settings import IntakeSettings, JoinSettings
from consumers.store.sealed import FactSeal
from consumers.tokens import Tokens
from journey.events import Event
from producers.control import STREAMING, join_source
from producers.event import Event as Wire
from producers.event import Identifier, milliseconds, new_event
from producers.simulate.sources import CASEWORK, SEND, Source
from schemas.codec import Codec
from schemas.registry import MemoryRegistry
from stack import StackError

BLOCK = 2_000
_BEFORE_ALL = -1
"""The offset of all of it: the first record that intake writes comes after."""
_NEEDS, _PLAN = "EhcNeedsAssessmentRequested", "CpPlanStarted"


@dataclass(frozen=True, kw_only=True)
class Filling:
    """Which children: so many of each day (ISO dates and numbers), in order of those days.

    la: of which authority. known_on: the day on which all of it became known; empty where each
    child is known of on the day after its own.
    """

    la: str
    days: list[tuple[str, int]]
    known_on: str = ""


@dataclass(frozen=True, kw_only=True)
class Filled:
    """How far it is: children, events, processor seconds of the process, bytes of its memory."""

    children: int
    events: int
    cpu: float
    memory: int


class Filler:
    """Makes a child's events from two that are made once."""

    def __init__(self, la: str, tokens: Tokens) -> None:
        """Take whose they are, and the tokens of the topic set."""
        self._la = la
        self._tokens = tokens
        self._codec = Codec(MemoryRegistry())
        self._needs = self._made(_NEEDS, SEND, received_on=date(2026, 1, 1))
        self._plan = self._made(_PLAN, CASEWORK, started_on=date(2026, 1, 1))

    def sources(self, kappa: int) -> Iterator[Event]:
        """Yield that the two sources have joined."""
        for source in (SEND, CASEWORK):
            yield self._core(
                join_source(
                    local_authority=self._la,
                    source=source.speaker,
                    agency=source.agency,
                    event_types=source.event_types,
                    at=datetime.fromtimestamp(kappa / 1000, UTC),
                    mode=STREAMING,
                    rhythm_hours=24 * 365 * 200,
                ),
                kappa,
            )

    def child(self, number: int, on: date, kappa: int) -> Iterator[Event]:
        """Yield what is known of a child."""
        yield self._of(self._needs, number, on, kappa, "received_on")
        if number % 2:
            yield self._of(self._plan, number, on, kappa, "started_on")

    def _of(self, event: Event, number: int, on: date, kappa: int, field: str) -> Event:
        token = partial(self._tokens.of, self._la, str(number))
        identifiers = (
            msgspec.structs.replace(one, token=token(one.scheme)) for one in event.identifiers
        )
        return msgspec.structs.replace(
            event,
            record=token(event.type),
            leaf=token("leaf"),
            event_id=str(uuid.UUID(token("event", event.type))),
            occurred_on=on,
            kappa=kappa,
            identifiers=tuple(identifiers),
            data={**event.data, field: on},
        )

    def _made(self, name: str, source: Source, **payload: Any) -> Event:
        moment = datetime(2026, 1, 2, tzinfo=UTC)
        said = new_event(
            name,
            local_authority=self._la,
            source=source.speaker,
            source_record_id=name,
            revision=1,
            recorded_at=moment,
            identifiers=[Identifier("LA_CHILD_ID", "bench")],
            **payload,
        )
        return self._core(said, milliseconds(moment))

    def _core(self, said: Wire, kappa: int) -> Event:
        wire = self._codec.encode(said.kind.full_name, dict(said.record))
        return to_event(self._codec.decode(wire), kappa=kappa, tokens=self._tokens)


def noon_after(day: date) -> int:
    """Return the noon (UTC) of the day after, in ms since 1970."""
    return milliseconds(datetime.combine(day + timedelta(days=1), time(12), UTC))


def events_of(filling: Filling, tokens: Tokens) -> Iterator[tuple[int, Event]]:
    """Yield all events in order of known time, each with the number of its child (0 for none)."""
    filler, number = Filler(filling.la, tokens), 0
    days = [(date.fromisoformat(day), many) for day, many in filling.days]
    known_on = date.fromisoformat(filling.known_on) if filling.known_on else None
    yield from ((0, one) for one in filler.sources(noon_after(known_on or days[0][0])))
    for day, many in days:
        kappa = noon_after(known_on or day)
        for _ in range(many):
            number += 1
            yield from ((number, event) for event in filler.child(number, day, kappa))


def fill(
    filling: Filling, environments: Mapping[str, Mapping[str, str]], partition: int
) -> Iterator[Filled]:
    """Yield how far it is, now and then, until all of it is committed.

    environments: of join and intake, by name.
    """
    given = {"filling": asdict(filling), "environments": environments, "partition": partition}
    with psutil.Popen(
        [sys.executable, "-m", "joinedup.bench.fill"],
        stdin=-1,
        stdout=-1,
        text=True,
    ) as process:
        try:
            process.stdin.write(json.dumps(given))
            process.stdin.close()
            for line in process.stdout:
                yield Filled(**json.loads(line))
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise StackError("The benchmark's store could not be filled: see what it said above.")


def _settings(values: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix("JOINEDUP_").lower(): one for name, one in values.items()}


async def _main() -> None:
    given = json.loads(sys.stdin.read())
    join = JoinSettings.model_validate(_settings(given["environments"]["join"]))
    intake = IntakeSettings.model_validate(_settings(given["environments"]["intake"]))
    async with (
        open_pool(join.keys_address()) as read,
        open_pool(intake.keys_address()) as made,
    ):
        keys = PostgresLeafKeys(read, join.wrapping())
        maker = PostgresLeafKeyMaker(made, join.wrapping())
        loop = asyncio.get_running_loop()
        tokens = Tokens(join.pseudonym_key_bytes())
        seal = FactSeal(KeysFromThread(keys, loop), tokens)
        connection = connect(join.database_url.get_secret_value())
        owner = PartitionJoin(connection, given["partition"], "bench", seal)
        filling = Filling(**given["filling"])
        await asyncio.to_thread(_fill, filling, owner, tokens, maker, loop)
        connection.close()


def _fill(
    filling: Filling,
    owner: PartitionJoin,
    tokens: Tokens,
    maker: LeafKeyMaker,
    loop: asyncio.AbstractEventLoop,
) -> None:
    own, events, block = psutil.Process(), 0, list[Event]()
    number = 0

    def commit() -> None:
        wanted = {tokens.key_id(one.leaf or one.record): filling.la for one in block}
        asyncio.run_coroutine_threadsafe(maker.get_or_create(wanted), loop).result()
        owner.apply([Input(_BEFORE_ALL, one.kappa, one) for one in block])
        spent = sum(own.cpu_times()[:2])
        memory = own.memory_info().rss
        said = Filled(children=number, events=events, cpu=spent, memory=memory)
        print(json.dumps(asdict(said)), flush=True)

    for child, event in events_of(filling, tokens):
        number = child
        block.append(event)
        events += 1
        if len(block) == BLOCK:
            commit()
            block.clear()
    if block:
        commit()


if __name__ == "__main__":
    # As the join does: else Python looks at all that is at hand again and again.
    keep_little()
    collect_rarely()
    asyncio.run(_main())
