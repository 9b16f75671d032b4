"""Who looks is on record before anything is shown, sealed in order, and checked without us."""

from __future__ import annotations

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest

from consumers.audit.checkpoint import Checkpoint
from consumers.audit.evidence import export
from consumers.audit.service import SealerService
from consumers.audit.verifying import verify
from consumers.notifier.delivery import Cause, Heard, Step, body_of, planned
from consumers.notifier.recipients import Channel
from consumers.replay.comparing import next_chain
from consumers.settings import SealerSettings
from consumers.signing import Signer
from consumers.store.exports import exported_on
from consumers.store.glass import Breaking, break_on, review_on
from consumers.store.looking import Look, note
from consumers.store.searches import searched_on
from consumers.store.sign_ins import SignIn, begin
from tests.integration.audit.conftest import LARGE, SMALL, Run, as_json
from tests.integration.join.workbench import Workbench

COLUMNS = "la, child, reader, role, command, purpose"


def fields_of(year: Workbench, process: str) -> dict[str, str]:
    given = year.environment(process)
    return {name.removeprefix("JOINEDUP_").lower(): value for name, value in given.items()}


def seal(year: Workbench) -> None:
    settings = SealerSettings.model_validate(fields_of(year, "sealer"))
    asyncio.run(SealerService(settings, until_end=True).work())


def look(year: Workbench, la: str, child: str) -> None:
    address = year.environment("reader")["JOINEDUP_DATABASE_URL"]
    one = Look(la=la, child=child, reader="r", role="lead", command="child", purpose="review")
    note(address, one)


def no_earlier_look_can_come(year: Workbench) -> None:
    """Return once the last look can be sealed."""
    year.wait_until(
        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        " - (SELECT max(xid)::text::bigint FROM reads)",
        lambda ahead: ahead > 0,
    )


@pytest.fixture
def child(year: Workbench) -> str:
    return str(
        year.one("SELECT min(child) FROM alerts WHERE la = %s AND child LIKE '%%-%%'", SMALL)
    )


def test_each_command_that_shows_a_child_records_who_looked_and_why(
    year: Workbench, run: Run, child: str
) -> None:
    before = year.one("SELECT count(*) FROM reads")
    given = {"process": "reader", "JOINEDUP_LA": SMALL, "JOINEDUP_READER": "a.lead"}
    run("child", child[:12], "--purpose", "review", **given)
    run("why", child, **given)
    run("alerts", "--child", child, "--as", "auditor", "--purpose", "audit", **given)
    run("alerts", **given)
    rows = year.rows(
        "SELECT la, child, reader, role, command, purpose FROM reads ORDER BY id OFFSET %s", before
    )
    assert rows == [
        (SMALL, child, "a.lead", "lead", "child", "review"),
        (SMALL, child, "a.lead", "lead", "why", "safeguarding"),
        (SMALL, child, "a.lead", "auditor", "alerts", "audit"),
    ]


def once_it_is_later() -> str:
    """Return a moment that has come, to the second, after all that was done before."""
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    while datetime.now(UTC) < later:
        time.sleep(0.01)
    return f"{later:%Y-%m-%dT%H:%M:%S}"


def test_a_child_is_shown_as_it_was_known_and_told_then_with_who_had_looked(
    year: Workbench, run: Run, child: str
) -> None:
    given = {"process": "reader", "JOINEDUP_LA": SMALL, "JOINEDUP_READER": "an.auditor"}
    winter = 1_768_435_200_000  # 15 January 2026
    shown = as_json(run("child", child, "--as-of", "2026-01-15", "--json", **given))
    rows = year.rows(
        "SELECT event_id::text FROM timeline JOIN leaves USING (la, leaf)"
        " WHERE la = %s AND child = %s AND kappa <= %s",
        *(SMALL, child, winter),
    )
    assert {one["event_id"] for one in shown["timeline"]} == {row[0] for row in rows}
    assert (
        0
        < len(rows)
        < year.one(
            "SELECT count(*) FROM timeline JOIN leaves USING (la, leaf) WHERE child = %s", child
        )
    )
    told = year.rows(
        "SELECT DISTINCT ON (alert_id) alert_id::text, number FROM alert_transitions"
        " WHERE la = %s AND body::json->>'child' = %s AND (body::json->>'as_of')::bigint <= %s"
        " ORDER BY alert_id, number DESC",
        *(SMALL, child, winter),
    )
    assert sorted((one["alert_id"], one["number"]) for one in shown["alerts"]) == sorted(told)
    assert shown["looked"] is None  # it is for auditors
    later = ("child", child, "--as-of", once_it_is_later(), "--as", "auditor")
    seen = as_json(run(*later, "--json", **given))["looked"]
    assert {(one["reader"], one["command"]) for one in seen} >= {("an.auditor", "child")}
    text = run(*later, **given)
    assert "an.auditor" in text and "Judged by: engine 1, rules" in text
    assert "not known yet" in run("child", child, "--as-of", "2020-01-01", code=1, **given)


def test_a_child_is_shown_with_who_had_been_told_of_its_alerts_by_then(
    year: Workbench, run: Run, child: str
) -> None:
    given = {"process": "reader", "JOINEDUP_LA": SMALL}
    winter = 1_768_435_200_000  # 15 January 2026
    alert = year.one(
        "SELECT min(alert_id::text) FROM alert_transitions WHERE la = %s"
        " AND body::json->>'child' = %s AND (body::json->>'as_of')::bigint <= %s",
        *(SMALL, child, winter),
    )
    heard = Heard(
        la=SMALL, alert_id=alert, number=1, kind="OPENED", severity="critical", duty="AP_X"
    )
    for offset, (code, at) in enumerate({"before": winter - 1, "after": winter + 1}.items()):
        place = {"cause": Cause.TEAM, "urgent": True, "version": "v", "now": at}
        one = planned(heard, code, Channel.EMAIL, **place).then(Step.DELIVERED, at)
        with year.changing() as store:
            store.execute(
                "INSERT INTO deliveries (partition, topic_offset, la, alert_id, recipient, channel,"
                " step, urgent, at, body) VALUES (0, %s, %s, %s, %s, 'EMAIL', 'DELIVERED', true,"
                " %s, %s)",
                [offset, SMALL, alert, code, at, body_of(one)],
            )
    asked = ("child", child, "--as-of", "2026-01-15")
    shown = as_json(run(*asked, "--json", **given))["told"]
    assert [(one["recipient"], one["alert_id"]) for one in shown] == [("before", alert)]
    assert "before  email" in run(*asked, **given)
    assert "Nobody had been told" in run("child", child, "--as-of", "2025-12-01", **given)
    with year.changing() as store:  # no record says so: a replay would find them
        store.execute("DELETE FROM deliveries")


def test_nothing_is_shown_where_the_look_cannot_be_recorded(
    year: Workbench, run: Run, child: str
) -> None:
    with year.changing() as store:
        store.execute(f"REVOKE INSERT ({COLUMNS}) ON reads FROM joinedup_reader".encode())
    try:
        said = run("child", child, code=1, process="reader", JOINEDUP_LA=SMALL)
    finally:
        with year.changing() as store:
            store.execute(f"GRANT INSERT ({COLUMNS}) ON reads TO joinedup_reader".encode())
    assert "nothing is shown" in said
    assert child not in said


def test_a_reader_can_neither_change_what_it_looked_at_nor_look_for_another_authority(
    year: Workbench,
) -> None:
    with psycopg.connect(year.environment("reader")["JOINEDUP_DATABASE_URL"]) as reader:
        for statement in ("DELETE FROM reads", "UPDATE reads SET reader = 'x'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), reader.transaction():
                reader.execute(statement.encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege), reader.transaction():
            reader.execute("SELECT set_config('joinedup.la', %s, true)", [SMALL])
            reader.execute("SELECT set_config('joinedup.role', 'lead', true)")
            reader.execute(
                "INSERT INTO reads (la, child, reader, role, command, purpose)"
                " VALUES (%s, 'c', 'r', 'lead', 'child', 'review')",
                [LARGE],
            )


def test_actions_are_sealed_and_a_change_or_a_gap_in_them_is_named(
    year: Workbench, run: Run, tmp_path: Path
) -> None:
    alert = year.one("SELECT alert_id::text FROM alerts WHERE la = %s LIMIT 1", SMALL)
    with year.changing() as store:
        for number in range(3):
            store.execute(
                "INSERT INTO actions (la, event_id, alert_id, number, act, author, recipient,"
                " reason, outcome, kappa, effect, partition, position)"
                " VALUES (%s, gen_random_uuid(), %s, 1, 'SEEN', 'a.lead', '', '', '', %s,"
                " 'DONE', 0, 0)",
                [SMALL, alert, number],
            )
    seal(year)
    bodies = [
        json.loads(b) for (b,) in year.rows("SELECT body FROM sealed_actions ORDER BY number")
    ]
    last = [(one["author"], one["kappa"]) for one in bodies[-3:]]
    assert last == [("a.lead", n) for n in range(3)]
    exported = tmp_path / "evidence"
    given = year.environment("sealer")
    export(given["JOINEDUP_DATABASE_URL"], exported, None, Signer(bytes.fromhex(given[KEY])))
    public = bytes.fromhex(year.environment("auditor")["JOINEDUP_PUBLIC_KEY"])
    assert verify(exported, public).findings == []
    lines = (exported / "actions.jsonl").read_text().splitlines(keepends=True)
    (exported / "actions.jsonl").write_text("".join([lines[0], *lines[2:]]))
    assert ("actions.jsonl", f"{SMALL}/3") in {
        (one.file, one.row) for one in verify(exported, public).findings
    }
    with year.changing() as store:  # no record says so: a replay would find them
        store.execute("DELETE FROM actions WHERE kappa < 3")


KEY = "JOINEDUP_SIGNING_KEY"


def test_exports_searches_reviews_and_sign_ins_are_sealed_as_they_were_made_and_a_change_is_named(
    year: Workbench, tmp_path: Path
) -> None:
    """They are added by the dashboard's own role, which can change none of them after."""
    address = year.environment("dashboard")["JOINEDUP_DATABASE_URL"]
    days = {"first": date(2026, 1, 1), "last": date(2026, 1, 31)}
    with psycopg.connect(address) as dashboard:
        say(dashboard, la=SMALL, role="manager", reader="a.manager")
        who = {"la": SMALL, "reader": "a.manager", "role": "manager"}
        exported_on(dashboard, **who, what="csv school", **days)
        searched_on(dashboard, **who, scheme="NHS", outcome="NOT_FOUND")
        came = {"agency": "", "issuer": "https://id.example", "subject": "of-the-account"}
        begin(dashboard, SignIn(**who, **came), b"hash of a session")
        broken, curious = uuid4(), {"reader": "a.lead", "role": "lead", "code": "CONTACT"}
        sealed = {"leaf": b"leaf", "reason": b"sealed"}
        with dashboard.transaction():
            say(dashboard, role="lead", reader="a.lead")
            break_on(dashboard, Breaking(la=SMALL, id=broken, child="c-1", **curious, **sealed))
            say(dashboard, role="manager", reader="a.manager")
            review_on(dashboard, SMALL, broken, "a.manager", "JUSTIFIED")
    year.wait_until(
        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        " - (SELECT max(xid)::text::bigint FROM searches)",
        lambda ahead: ahead > 0,
    )
    seal(year)
    given = year.environment("sealer")
    exported = tmp_path / "evidence"
    export(given["JOINEDUP_DATABASE_URL"], exported, None, Signer(bytes.fromhex(given[KEY])))
    public = bytes.fromhex(year.environment("auditor")["JOINEDUP_PUBLIC_KEY"])
    assert verify(exported, public).findings == []
    for chain, was, other in (
        ("exports", "school", "nobody"),
        ("searches", "NHS", "UPN"),
        ("break_glass_reviews", "JUSTIFIED", "NOT_JUSTIFIED"),
        ("sign_ins", "of-the-account", "of-another"),
    ):
        file = exported / f"{chain}.jsonl"
        kept = file.read_text()
        assert "a.manager" in kept and was in kept
        file.write_text(kept.replace(was, other))
        assert (file.name, f"{SMALL}/1") in {
            (one.file, one.row) for one in verify(exported, public).findings
        }
        file.write_text(kept)


def say(connection: psycopg.Connection[Any], **who: str) -> None:
    """Say who works in this session."""
    for name, said in who.items():
        connection.execute("SELECT set_config(%s, %s, false)", [f"joinedup.{name}", said])


def test_reads_are_sealed_in_commit_order_and_none_is_passed_over(year: Workbench) -> None:
    """A transaction that began first and commits last must not be sealed out of turn."""
    address = year.environment("reader")["JOINEDUP_DATABASE_URL"]
    seal(year)
    sealed = year.one("SELECT count(*) FROM sealed_reads")
    with psycopg.connect(address) as slow:
        slow.execute("SELECT set_config('joinedup.la', %s, true)", [SMALL])
        slow.execute("SELECT set_config('joinedup.role', 'lead', true)")
        slow.execute(
            "INSERT INTO reads (la, child, reader, role, command, purpose)"
            " VALUES (%s, 'slow', 'r', 'lead', 'child', 'review')",
            [SMALL],
        )
        look(year, SMALL, "quick")
        seal(year)
        assert year.one("SELECT count(*) FROM sealed_reads") == sealed
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: look(year, SMALL, f"many-{n}"), range(12)))
    year.wait_until(
        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        " - (SELECT max(xid)::text::bigint FROM reads)",
        lambda ahead: ahead > 0,
    )
    seal(year)
    order = year.rows("SELECT id FROM sealed_reads ORDER BY xid, id")
    assert order == year.rows("SELECT id FROM reads ORDER BY xid, id")
    slow_first = year.rows(
        "SELECT body::json->>'child' FROM sealed_reads WHERE la = %s"
        " ORDER BY number DESC OFFSET 12 LIMIT 2",
        SMALL,
    )
    assert slow_first == [("quick",), ("slow",)]


def test_the_heads_of_both_chains_are_signed_once_on_a_topic_that_only_the_sealer_writes(
    year: Workbench, run: Run, tmp_path: Path
) -> None:
    look(year, LARGE, "somebody")
    no_earlier_look_can_come(year)
    seal(year)
    first, again = tmp_path / "first.jsonl", tmp_path / "again.jsonl"
    run("audit", "checkpoints", str(first), process="auditor")
    seal(year)
    run("audit", "checkpoints", str(again), process="auditor")
    assert again.read_bytes() == first.read_bytes()
    assert "not there yet" in run("audit", "checkpoints", str(first), process="auditor", code=1)
    published = [
        msgspec.json.decode(line, type=Checkpoint) for line in first.read_bytes().splitlines()
    ]
    key = bytes.fromhex(year.environment("auditor")["JOINEDUP_PUBLIC_KEY"])
    assert published and all(one.is_genuine(key) for one in published)
    for la in (LARGE, SMALL):
        head = year.rows(
            "SELECT sequence, chain FROM alert_transitions WHERE la = %s"
            " ORDER BY sequence DESC LIMIT 1",
            la,
        )
        last = [one for one in published if (one.chain, one.local_authority) == ("transitions", la)]
        assert [(one.number, one.head) for one in last] == head


def test_an_export_is_verified_with_a_public_key_alone_and_a_changed_row_is_named(
    year: Workbench, run: Run, tmp_path: Path
) -> None:
    seal(year)
    folder = tmp_path / "evidence"
    told = year.one("SELECT count(*) FROM alert_transitions")
    assert "rows, signed" in run("audit", "export", str(folder), process="sealer")
    topic = tmp_path / "topic.jsonl"
    run("audit", "checkpoints", str(topic), process="auditor")
    verifying = ("audit", "verify", str(folder), "--checkpoints", str(topic))
    said = run(*verifying, process="registry", JOINEDUP_PUBLIC_KEY=_key(year))
    assert said.startswith("Verified: ")
    file = folder / "transitions.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(rows) == told
    gone = rows.pop(7)
    file.write_text("".join(json.dumps(one) + "\n" for one in rows))
    found = as_json(
        run("audit", "verify", str(folder), "--json", "--public-key", _key(year), code=1)
    )
    assert f"{rows[7]['la']}/{gone['sequence'] + 1}" in {one["row"] for one in found["findings"]}


def test_an_export_of_one_authority_holds_no_row_of_another(
    year: Workbench, run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "evidence"
    run("audit", "export", str(folder), "--la", SMALL, process="sealer")
    for file in folder.glob("*.jsonl"):
        assert f'"{LARGE}"' not in file.read_text()
    assert "Verified" in run("audit", "verify", str(folder), "--public-key", _key(year))


def test_an_end_that_was_cut_from_the_store_with_its_checkpoints_contradicts_the_topic(
    year: Workbench, run: Run, tmp_path: Path
) -> None:
    look(year, LARGE, "somebody")
    no_earlier_look_can_come(year)
    seal(year)
    assert "the last signed row of each in the store as it was" in run("audit", "heads")
    tables = ("sealed_reads", "checkpoints")
    end = f"(SELECT max(number) FROM sealed_reads WHERE la = '{LARGE}')"
    last = f"WHERE la = '{LARGE}' AND number = {end}"
    reads = f"{last} AND chain = 'reads'"
    with year.changing() as store:
        for table in tables:
            where = reads if table == "checkpoints" else last
            store.execute(f"CREATE TABLE cut_{table} AS SELECT * FROM {table} {where}".encode())
        store.execute(f"DELETE FROM checkpoints {reads}".encode())
        store.execute(f"DELETE FROM sealed_reads {last}".encode())
    try:
        said = run("audit", "heads", code=1)
        assert f"reads of {LARGE}" in said and "there is no such row" in said
        folder = tmp_path / "evidence"
        told = run("audit", "export", str(folder), process="sealer")
        assert "before it was shielded stands in it in full" in told
        assert folder.stat().st_mode & 0o077 == 0, "its owner alone can enter it"
        assert "Verified" in run("audit", "verify", str(folder), "--public-key", _key(year))
    finally:
        with year.changing() as store:
            for table in tables:
                store.execute(f"INSERT INTO {table} SELECT * FROM cut_{table}".encode())
                store.execute(f"DROP TABLE cut_{table}".encode())


def test_a_store_whose_history_was_rewritten_contradicts_what_was_signed(
    year: Workbench, run: Run, tmp_path: Path
) -> None:
    """Whoever may write the store, and forges every chain value, cannot forge a signature."""
    seal(year)
    folder = tmp_path / "evidence"
    body = "replace(body, 'severity\":\"high', 'severity\":\"low ')"
    with year.changing() as store:
        store.execute(f"UPDATE alert_transitions SET body = {body} WHERE la = '{SMALL}'".encode())
        rows = store.execute(
            "SELECT sequence, body, chain FROM alert_transitions WHERE la = %s ORDER BY 1", [SMALL]
        ).fetchall()

        chain = ""
        for sequence, text, _ in rows:
            chain = next_chain(chain, text)
            store.execute(
                "UPDATE alert_transitions SET chain = %s WHERE la = %s AND sequence = %s",
                [chain, SMALL, sequence],
            )
    try:
        run("audit", "export", str(folder), "--la", SMALL, process="sealer")
    finally:
        back = "replace(body, 'severity\":\"low ', 'severity\":\"high')"
        with year.changing() as store:
            store.execute(
                f"UPDATE alert_transitions SET body = {back} WHERE la = '{SMALL}'".encode()
            )
            for sequence, _, old in rows:
                store.execute(
                    "UPDATE alert_transitions SET chain = %s WHERE la = %s AND sequence = %s",
                    [old, SMALL, sequence],
                )
    said = run("audit", "verify", str(folder), "--public-key", _key(year), code=1)
    assert "transitions.jsonl: the row is another than was signed" in said


def _key(year: Workbench) -> str:
    return year.environment("auditor")["JOINEDUP_PUBLIC_KEY"]
