"""What people did about alerts, and who was told of them, is held against the records too."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer

from consumers.notifier.delivery import Cause, Delivery, Heard, Step, planned
from consumers.notifier.ledger import Ledger, Marks
from consumers.notifier.recipients import Channel
from consumers.notifier.topics import message_of
from stack.kafka import options_of
from tests.integration.audit.conftest import SMALL, Run, as_json
from tests.integration.join.workbench import Workbench

VERIFY = ("replay", "--verify", "--la", SMALL, "--json")
TABLES = ("actions", "standings", "deliveries")


@pytest.fixture(scope="module")
def told(year: Workbench) -> Iterator[Workbench]:
    """The year, of one of whose alerts somebody was told; it is put back after."""
    alert = year.one("SELECT alert_id::text FROM alerts WHERE la = %s LIMIT 1", SMALL)
    partition = year.topics.partition_of(SMALL)
    heard = Heard(la=SMALL, alert_id=alert, number=1, kind="OPENED", severity="high", duty="A_DUTY")
    first = planned(
        heard, "team", Channel.EMAIL, cause=Cause.TEAM, urgent=True, version="0" * 64, now=1000
    )
    sent = [first, first.then(Step.ATTEMPTED, 2000, message_id=str(uuid.uuid4()))]
    sent.append(sent[-1].then(Step.ACCEPTED, 3000))
    producer = KafkaProducer(**options_of(year.environment("notifier")), acks="all")
    kept = []
    for step in sent:
        message = message_of(step, year.codec)
        placed = producer.send(
            year.topics.deliveries,
            value=message.value,
            headers=list(message.headers),
            partition=partition,
        ).get(10)
        kept.append((placed.offset, step))
    producer.close()
    asyncio.run(_keep(year, partition, kept))
    yield year
    with year.changing() as store:
        for table in ("deliveries", "delivery_states", "notifier_state"):
            store.execute(f"DELETE FROM {table}".encode())


async def _keep(year: Workbench, partition: int, kept: list[tuple[int, Delivery]]) -> None:
    ledger = await Ledger.open(year.environment("notifier")["JOINEDUP_DATABASE_URL"])
    await ledger.keep(partition, kept, Marks(0, kept[-1][0] + 1))
    await ledger.close()


def rows(year: Workbench, table: str) -> list[Any]:
    """Return the rows of a table as JSON, each with how it is put back."""
    return [row[0] for row in year.rows(f"SELECT to_jsonb(t) FROM {table} t ORDER BY to_jsonb(t)")]


def test_what_people_did_and_who_was_told_is_verified(told: Workbench, run: Run) -> None:
    standings = told.one("SELECT count(*) FROM standings")
    shown = run(*VERIFY[:-1])
    assert f"So do 4 actions, {standings} standings and 3 deliveries." in shown


def test_an_archive_is_held_against_the_store_as_far_as_it_goes(
    told: Workbench, run: Run, tmp_path: Path
) -> None:
    run("archive", str(tmp_path / "archive"), process="sealer")
    archived = ("--archive", str(tmp_path / "archive"))
    outcome = as_json(run(*VERIFY, *archived, "--store"))
    assert outcome["row_differences"] == outcome["differences"] == []
    standings = told.one("SELECT count(*) FROM standings")
    assert outcome["rows_compared"] == {"actions": 4, "standings": standings}
    assert outcome["compared"] > 0
    assert as_json(run(*VERIFY, *archived))["rows_compared"] == {}
    assert "give --verify and --archive too" in run("replay", "--store", code=1)


COPIED = (
    "la, alert_id, number, act, author, recipient, until, reason, outcome, kappa, effect, partition"
)
INVENTED = (
    f"INSERT INTO actions ({COPIED}, event_id, position)"
    f" SELECT {COPIED}, gen_random_uuid(), %s FROM actions WHERE act = 'SNOOZE'"
    " LIMIT 1"
)
ESCALATED = "(SELECT min(alert_id::text) FROM standings WHERE escalated <> '')::uuid"
CHANGES = (
    INVENTED % 1,
    INVENTED % 10_000_000,  # as if its record were still to come
    "UPDATE actions SET author = 'b.lead' WHERE act = 'SNOOZE' AND position NOT IN (1, 10000000)",
    "UPDATE actions SET effect = 'DONE' WHERE effect = 'MOVED_ON'",
    "UPDATE actions SET position = position - 1 WHERE act = 'SEEN'",
    "DELETE FROM actions WHERE act = 'ASSIGN'",
    "UPDATE standings SET assignee = 'b.lead' WHERE assignee <> ''",
    f"DELETE FROM standings WHERE alert_id = {ESCALATED}",
    f"UPDATE standings SET alert_id = gen_random_uuid() WHERE alert_id = {ESCALATED}",
    "UPDATE deliveries SET recipient = 'nobody' WHERE step = 'ACCEPTED'",
    "DELETE FROM deliveries WHERE step = 'ATTEMPTED'",
    "UPDATE delivery_states SET step = 'GIVEN_UP'",
)
FOUND = {
    ("actions", "does not follow"): 2,
    ("actions", "other bytes"): 3,
    ("actions", "not kept"): 1,
    ("standings", "does not follow"): 1,
    ("standings", "other bytes"): 1,
    ("standings", "not kept"): 2,
    ("deliveries", "does not follow"): 1,
    ("deliveries", "other bytes"): 1,
    ("deliveries", "not kept"): 1,
}


def test_what_was_changed_is_found_and_named_with_the_record_behind_it(
    told: Workbench, run: Run
) -> None:
    place = told.one("SELECT position FROM actions WHERE act = 'SNOOZE'")
    with _put_back(told):
        with told.changing() as store:
            for change in CHANGES:
                store.execute(change.encode())
        found = as_json(run(*VERIFY, code=1))["row_differences"]
        shown = " ".join(run(*VERIFY[:-1], code=1).split())
    assert Counter((one["table"], one["fault"]) for one in found) == FOUND
    for one in found:
        has_record = one["fault"] != "does not follow"
        assert one["la"] == SMALL
        assert (one["replayed"] is not None) is has_record
        assert not has_record or one["partition"] == told.topics.partition_of(SMALL)
    assert "NOT verified: 13 differences" in shown
    assert "author: kept 'b.lead', follows 'a.lead'" in shown
    assert f"partition {told.topics.partition_of(SMALL)}, offset {place}." in shown


class _put_back:
    """Puts the three tables back as they were, when the block ends."""

    def __init__(self, year: Workbench) -> None:
        self._year = year
        self._before = {one: rows(year, one) for one in (*TABLES, "delivery_states")}

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, *_: object) -> None:
        with self._year.changing() as store:
            for table, before in self._before.items():
                store.execute(f"DELETE FROM {table}".encode())
                columns = ", ".join(self._written(table))
                store.execute(
                    f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns}"
                    f" FROM jsonb_populate_recordset(NULL::{table}, %s)".encode(),
                    [json.dumps(before)],
                )

    def _written(self, table: str) -> list[str]:
        """Return the columns that are written, and not made of others."""
        found = self._year.rows(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
            table,
        )
        return [name for (name,) in found]
