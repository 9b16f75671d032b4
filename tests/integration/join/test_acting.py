"""What people do about alerts, from a record on journeys to the store, and the same in a replay."""

from __future__ import annotations

import json
import uuid
from datetime import date, timedelta
from pathlib import Path

from joinedup.commands import read, untouched
from journey.moments import DAY, day_of
from tests.integration.join.acting import LATE, acted
from tests.integration.join.deciding import runner
from tests.integration.join.stories import moment_of, stories
from tests.integration.join.workbench import Workbench

LA = "999"
NOON = moment_of(LATE)


def join(bench: Workbench, size: int = 1000) -> None:
    """Join what is not joined yet, each batch by another owner."""
    while True:
        owner = bench.partition_join(LA)
        inputs = bench.inputs(LA)[owner.next_offset :]
        if not inputs:
            return
        owner.apply(inputs[:size])


def until(kappa: int, days: int) -> date:
    return day_of(kappa) + timedelta(days=days)


def test_actions_and_what_follows_are_kept_with_the_records_and_follow_in_a_replay(
    bench: Workbench, tmp_path: Path
) -> None:
    bench.write(stories(LA, 6, 90))
    bench.tick(LA, NOON)
    join(bench)
    rows = bench.rows("SELECT body FROM alerts WHERE status = 'OPEN' ORDER BY alert_id")
    first, second, third = [json.loads(body) for (body,) in rows][:3]
    gone = {**first, "alert_id": str(uuid.uuid4())}
    bench.write(
        [
            acted(first, "SNOOZE", NOON + 1, until=until(NOON, 3), reason="MEETING_IS_BOOKED"),
            acted(second, "ASSIGN", NOON + 2, recipient="a.lead"),
            acted(gone, "SEEN", NOON + 3),
            acted({**second, "number": 99}, "ACKNOWLEDGE", NOON + 4, until=until(NOON, 1)),
            acted(third, "CLOSE", NOON + 5, outcome="DOES_NOT_APPLY"),
        ]
    )
    join(bench, 2)
    assert bench.rows("SELECT act, effect FROM actions ORDER BY kappa") == [
        ("SNOOZE", "DONE"),
        ("ASSIGN", "DONE"),
        ("SEEN", "NOT_THERE"),
        ("ACKNOWLEDGE", "MOVED_ON"),
        ("CLOSE", "STILL_OWED"),
    ]
    standing = "SELECT alert_id::text, aside, assignee, outcome FROM standings ORDER BY 2, 3"
    assert set(bench.rows(standing)) == {
        (first["alert_id"], "SNOOZE", "", ""),
        (second["alert_id"], "", "a.lead", ""),
        (third["alert_id"], "CLOSE", "", "DOES_NOT_APPLY"),
    }
    shown = json.loads(runner(bench, tmp_path, read.register)("alerts", "--json"))["alerts"]
    assert {one["standing"]["aside"] for one in shown if one["standing"]} == {"SNOOZE", "", "CLOSE"}
    run = runner(bench, tmp_path, read.register, untouched.register)
    counts = json.loads(run("untouched", "--json", code=1))
    assert (counts["seen"], counts["assigned"], counts["seen_by"]) == (3, 1, {"a.lead": 3})
    assert counts["unseen"] == counts["open"] - 3
    listed = {one["alert_id"] for one in counts["alerts"]}
    assert second["alert_id"] not in listed and first["alert_id"] in listed
    assert "a.lead has seen 3" in run("untouched", code=1)
    bench.tick(LA, NOON + 60 * DAY)
    join(bench)
    told = [bench.one(KINDS, one["alert_id"]) for one in (first, second, third)]
    assert [kinds[-3:] for kinds in told[::2]] == [["RETURNED", "UNSEEN", "UNASSIGNED"]] * 2
    assert not {"UNSEEN", "UNASSIGNED", "RETURNED"} & set(told[1])
    assert bench.transitions() == bench.expected()
    mine = "SELECT * FROM standings WHERE alert_id = %s::uuid"
    before = bench.rows(mine, first["alert_id"])
    again = acted(first, "SNOOZE", NOON + 1, until=until(NOON, 3), reason="MEETING_IS_BOOKED")
    bench.write([again._replace(kappa=NOON + 61 * DAY)])
    join(bench, 2)
    assert bench.rows(mine, first["alert_id"]) == before
    assert bench.one("SELECT count(*) FROM actions") == 5


KINDS = (
    "SELECT array_agg(body::jsonb ->> 'kind' ORDER BY number)"
    " FROM alert_transitions WHERE alert_id = %s::uuid"
)
