"""What was told is shown, chained and signed: a step that is changed or dropped is found."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from consumers.audit.ledger import Ledger as SealersLedger
from consumers.audit.service import SealerService
from consumers.notifier import recorder
from consumers.notifier.ledger import Ledger
from consumers.settings import SealerSettings
from joinedup.main import app
from tests.integration.join.workbench import WAIT_SECONDS
from tests.integration.notifier.desk import Desk, at
from tests.integration.notifier.test_telling import enter

MONDAY, NIGHT = at("2026-11-23T10:00"), at("2026-11-23T23:30")
MORNING = at("2026-11-24T10:00")


def run(desk: Desk, process: str, *arguments: str, code: int = 0) -> str:
    environment = {**desk.environment(process), "COLUMNS": "200"}
    result = CliRunner().invoke(app, list(arguments), env=environment)
    assert result.exit_code == code, result.output
    return result.stdout


def seal(desk: Desk) -> None:
    given = desk.environment("sealer").items()
    values = {name.removeprefix("JOINEDUP_").lower(): value for name, value in given}
    asyncio.run(SealerService(SealerSettings.model_validate(values), until_end=True).work())


def test_each_step_is_chained_and_one_that_is_changed_or_dropped_is_found(
    desk: Desk, tmp_path: Path
) -> None:
    enter(desk, "911", "lead", "system")
    desk.told("911")
    desk.told("911", severity="high")
    desk.tell(MONDAY)
    seal(desk)
    steps = desk.rows("SELECT body::json->>'step' FROM deliveries WHERE la = '911' ORDER BY id")
    sealed = desk.rows(
        "SELECT body::json->>'step' FROM sealed_deliveries WHERE la = '911' ORDER BY number"
    )
    assert sealed == steps
    key = desk.environment("auditor")["JOINEDUP_PUBLIC_KEY"]
    run(desk, "sealer", "audit", "export", str(tmp_path / "sound"))
    assert "Verified" in run(
        desk, "auditor", "audit", "verify", str(tmp_path / "sound"), "--public-key", key
    )
    for name, change in {
        "changed": "UPDATE sealed_deliveries SET body = replace(body, 'lead', 'lord')"
        " WHERE la = '911' AND number = 2",
        "dropped": "DELETE FROM sealed_deliveries WHERE la = '911' AND number = 3",
    }.items():
        folder = tmp_path / name
        desk.change(change)
        run(desk, "sealer", "audit", "export", str(folder))
        said = run(*(desk, "auditor", "audit", "verify", str(folder), "--public-key", key), code=1)
        assert "deliveries.jsonl" in said


def test_a_notifier_can_change_no_step_and_no_seal(desk: Desk) -> None:
    with psycopg.connect(desk.environment("notifier")["JOINEDUP_DATABASE_URL"]) as notifier:
        for statement in ("DELETE FROM deliveries", "UPDATE deliveries SET step = 'DELIVERED'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), notifier.transaction():
                notifier.execute(statement.encode())


def test_deliveries_are_shown_with_what_could_not_be_told(desk: Desk) -> None:
    enter(desk, "912", "lead", lead="gone")
    alert = desk.told("912", severity="high")
    desk.tell(MONDAY)
    desk.change(
        "INSERT INTO alerts (la, alert_id, child, duty, status, severity, due, opened_at, sequence,"
        " body) VALUES ('912', '0b6e1cf1-0000-4000-8000-000000000001', 'c', 'AP_X', 'OPEN',"
        " 'critical', '2026-11-01', 0, 1, '{}')"
    )
    shown = run(desk, "reader", "deliveries", "--la", "912", "--alert", alert[:8])
    assert "given up" in shown and "address refused" in shown
    assert "manager" in shown and "in the place of who could not be told" in shown
    assert "1 critical alert is open and nobody was told of it: 0b6e1cf1" in shown
    given_up = json.loads(
        run(desk, "reader", "deliveries", "--la", "912", "--state", "given-up", "--json")
    )
    assert [one["recipient"] for one in given_up["deliveries"]] == ["lead"]
    assert given_up["untold_critical"] == ["0b6e1cf1-0000-4000-8000-000000000001"]
    assert "example.gov.uk" not in json.dumps(given_up)


def test_what_notify_could_not_deliver_after_all_is_given_up_and_the_fallback_told(
    desk: Desk,
) -> None:
    enter(desk, "913", "lead")
    alert = desk.told("913")
    desk.notify.status = "permanent-failure"
    desk.tell(MONDAY, ask_after=0.0)
    desk.notify.status = "delivered"
    stands = dict(
        desk.rows(
            "SELECT body::json->>'recipient' || ' ' || (body::json->>'channel'), step"
            " FROM delivery_states WHERE alert_id = %s",
            alert,
        )
    )
    assert stands == {
        "lead NOTIFY_TEXT": "GIVEN_UP",
        "lead EMAIL": "DELIVERED",
        "manager EMAIL": "DELIVERED",
    }


def test_a_message_of_which_notify_says_nothing_yet_keeps_no_other_from_being_asked_about(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "AT_HAND", 1)
    enter(desk, "919", "lead")
    alerts = []
    for status in ("sending", "permanent-failure"):
        alerts.append(desk.told("919"))
        desk.tell(MONDAY)
        desk.notify.statuses[desk.notify.last_id] = status
    desk.tell(MONDAY + 60_000)
    by_text = "SELECT step FROM delivery_states WHERE alert_id = %s AND body LIKE '%%NOTIFY_TEXT%%'"
    assert [desk.rows(by_text, one) for one in alerts] == [[("ACCEPTED",)], [("GIVEN_UP",)]]


def test_what_a_clock_that_was_ahead_put_off_is_looked_at_all_the_same(desk: Desk) -> None:
    enter(desk, "920", "lead")
    desk.told("920", severity="high")
    desk.tell(NIGHT)
    found = {}
    for ahead in (-1, 1, 60 * 60_000, 60 * 60_000 + 1, 48 * 60 * 60_000):
        desk.change("UPDATE delivery_states SET look_at = %s WHERE la = '920'", NIGHT + ahead)
        found[ahead] = asyncio.run(_is_looked_at(desk, "920", NIGHT))
    assert list(found.values()) == [True, False, False, True, True]


async def _is_looked_at(desk: Desk, la: str, now: int) -> bool:
    ledger = await Ledger.open(desk.environment("notifier")["JOINEDUP_DATABASE_URL"])
    try:
        return la in {one.la for one in await ledger.waiting(1_000, now)}
    finally:
        await ledger.close()


@pytest.mark.parametrize("process", ["notifier", "sealer"])
def test_one_that_stands_still_is_replaced_and_one_that_works_is_not(
    desk: Desk, process: str
) -> None:
    asyncio.run(_replaced(desk.environment(process)["JOINEDUP_DATABASE_URL"], process))


async def _replaced(dsn: str, process: str) -> None:
    opened, name = {
        "notifier": (Ledger, "become_the_notifier"),
        "sealer": (SealersLedger, "become_the_sealer"),
    }[process]
    working, second = [await opened.open(dsn) for _ in range(2)]
    assert await getattr(working, name)()
    assert not await getattr(second, name)()
    assert not await second.end_a_standstill(60.0)
    assert await getattr(working, name)(), "who works keeps its place"
    assert await second.end_a_standstill(0.0)
    with pytest.raises(psycopg.OperationalError):
        await getattr(working, name)()
    while not await getattr(second, name)():  # once PostgreSQL has let go of the session
        pass
    for one in (working, second):
        await one.close()


def test_a_notifier_whose_sessions_postgresql_ends_begins_again(desk: Desk) -> None:
    enter(desk, "914", "system")
    working = desk.start(until_end=False)
    first = desk.told("914")
    desk.wait_until_told(first)
    assert desk.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'joinedup_notifier'"
        " AND datname = current_database()"
    )
    second = desk.told("914")
    desk.wait_until_told(second)
    working.terminate()
    assert working.wait(timeout=WAIT_SECONDS) == 0


def test_a_store_that_was_lost_has_its_deliveries_again_and_nobody_is_told_twice(
    desk: Desk,
) -> None:
    enter(desk, "915", "lead", "system")
    alert = desk.told("915")
    desk.told("915", severity="high")
    desk.tell(NIGHT)
    desk.tell(MORNING)  # what is not urgent leaves long after it was planned
    columns = "partition, topic_offset, la, alert_id, recipient, channel, step, urgent, at, body"
    kept = f"SELECT {columns} FROM deliveries ORDER BY 1, 2"
    states = "SELECT * FROM delivery_states ORDER BY la, delivery"
    marks = "SELECT * FROM notifier_state ORDER BY partition"
    seals = "SELECT number, body, chain FROM sealed_deliveries WHERE la = '915' ORDER BY 1"
    seal(desk)
    before = [desk.rows(query) for query in (kept, states, marks, seals)]
    desk.change("TRUNCATE deliveries, delivery_states, notifier_state, sealed_deliveries")
    desk.tell(MORNING)
    seal(desk)
    assert [desk.rows(query) for query in (kept, states, marks, seals)] == before
    assert before[-1]
    assert len([1 for _, content in desk.hooks.came if alert.encode() in content]) == 1
    assert desk.rows(
        "SELECT FROM delivery_states WHERE la = '915' AND step = 'DELIVERED'"
        " AND (body::jsonb ->> 'at')::bigint > planned_at"
    )
