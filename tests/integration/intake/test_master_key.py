"""The master key is renewed while events flow: cut short it goes on, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from consumers.errors import BrokenPromise
from consumers.intake.incoming import Incoming
from consumers.journeys_record import Kind, open_value
from consumers.store.keys import KeysOnRequest
from consumers.wrapping import Wrapping
from joinedup.commands.master_key_place import OnThisMachine
from joinedup.main import app
from stack import LocalStack
from tests.integration.intake.test_intake import Inputs, assert_each_once, mixed
from tests.integration.intake.workbench import Workbench, end
from tests.integration.process import FAIL_AT
from tests.unit.consumers.messages import SCHOOL, a_review, identifier

REPOSITORY = Path(__file__).resolve().parents[3]
NEW = "22" * 32

REWRAP = """
import os, psycopg
from consumers.rewrapping import Rewrapping
from consumers.wrapping import Wrapping
from tests.integration.process import fail_point
with psycopg.connect(os.environ["KEYS"], autocommit=True) as connection:
    Rewrapping(connection, Wrapping.of(os.environ["BOTH"]), fail_point()).rewrap(batch=10)
"""


class Renewed:
    """The key store of one bench, with its master key and the next."""

    def __init__(self, bench: Workbench, stack: LocalStack) -> None:
        self.old = bench.intake_environment()["JOINEDUP_MASTER_KEY"]
        self.both = f"{NEW},{self.old}"
        self.address = bench.intake_environment()["JOINEDUP_KEYS_DATABASE_URL"]
        self.name = str(psycopg.conninfo.conninfo_to_dict(self.address)["dbname"])
        self.owner = stack.owner_address(self.name)

    def rows(self, query: str) -> Any:
        with psycopg.connect(self.owner) as connection:
            return connection.execute(query.encode()).fetchall()

    def marked(self) -> Mapping[str | None, int]:
        return dict(self.rows("SELECT mark, count(*) FROM leaf_keys GROUP BY 1"))

    def killed_half_way(self) -> None:
        done = subprocess.run(
            [sys.executable, "-c", REWRAP],
            env=os.environ | {"KEYS": self.owner, "BOTH": self.both, FAIL_AT: "before-batch:3"},
            cwd=REPOSITORY,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL

    def opened(self, bench: Workbench, text: str) -> list[bytes]:
        """Return what every event on journeys says, opened under this master key."""
        events = [one for one in bench.journeys() if one.kind is Kind.EVENT]
        keys = KeysOnRequest(self.address, Wrapping.of(text)).get({e.key_id for e in events})
        held = {key_id: key for key_id, key in keys.items() if isinstance(key, bytes)}
        return [open_value(one, held[one.key_id]) for one in events]


@pytest.fixture
def renewed(live: Workbench, stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> Renewed:
    """The command, on this key store alone: others of the session have their own master key."""
    found = Renewed(live, stack)
    monkeypatch.setattr(OnThisMachine, "key_stores", lambda _: [found.name])
    return found


@pytest.fixture
def keys_of_the_stack(stack: LocalStack) -> Iterator[None]:
    """Put the session's master key back afterwards."""
    before = stack.credentials.keys["master"]
    yield
    stack.set_master_key(before)


def late(bench: Workbench, count: int) -> list[Incoming]:
    """Return messages about children of whom nothing was heard before."""
    inputs = Inputs(bench)
    records = (
        a_review(source_record_id=f"late-{n}", identifiers=[identifier("MIS_ID", f"late-{n}")])
        for n in range(count)
    )
    return [
        inputs.message(record, "ApReviewHeld", SCHOOL, bench.topics.education) for record in records
    ]


def said(stack: LocalStack, step: str, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(
        app, ["master-key", step, "--root", str(stack.layout.root), *arguments]
    )
    return result.exit_code, result.output


def test_it_is_renewed_while_events_flow_and_a_kill_half_way_loses_nothing(
    live: Workbench, stack: LocalStack, renewed: Renewed, keys_of_the_stack: None
) -> None:
    messages = [*mixed(Inputs(live), 200), *late(live, 50)]
    old = live.start(JOINEDUP_TRANSACTION_RECORDS="50")
    live.publish(messages[:100])
    live.wait_for(lambda sums: sums.read >= 100)
    before = renewed.opened(live, renewed.old)
    assert len(before) == 90
    stack.set_master_key(renewed.both)
    code, output = said(stack, "rewrap")
    assert code == 1 and "know only the master key of before: intake." in output
    assert end(old) == 0

    new = live.start(JOINEDUP_MASTER_KEY=renewed.both, JOINEDUP_TRANSACTION_RECORDS="50")
    live.publish(messages[100:200])
    renewed.killed_half_way()
    old_mark, new_mark = Wrapping.of(renewed.old).mark, Wrapping.of(NEW).mark
    assert renewed.marked()[new_mark] >= 30 and renewed.marked()[old_mark] > 0
    code, output = said(stack, "forget")
    assert code == 1 and "still wrapped under the master key of before" in output
    live.wait_for(lambda sums: sums.read >= 200)

    assert said(stack, "rewrap")[0] == 0
    live.publish(messages[200:])
    live.wait_for(lambda sums: sums.read >= 250)
    assert renewed.marked()[new_mark] >= 95, "children who came since have their key under it"
    code, output = said(stack, "forget")
    assert code == 0, output
    assert renewed.marked().keys() == {new_mark}
    assert LocalStack(stack.layout.root).credentials.keys["master"] == NEW
    assert end(new) == 0
    assert_each_once(live, messages)
    assert renewed.opened(live, NEW)[: len(before)] == before, "one authority, so one partition"
    with pytest.raises(BrokenPromise):
        renewed.opened(live, renewed.old)
