"""What falls due together is stored in steps, and each of them stands whatever comes next."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from joinedup.main import app
from journey.moments import DAY
from tests.integration.join.acting import LATE, acted
from tests.integration.join.stories import moment_of, stories
from tests.integration.join.workbench import Workbench

LA = "999"
NOON = moment_of(LATE)
MIDNIGHT = NOON + 60 * DAY
STANDS = "SELECT next_offset, kappa, told_ahead FROM partition_state"
MOST = 3


def verify(bench: Workbench, code: int = 0) -> str:
    """Return what the auditor's command says of the store."""
    environment = {**bench.environment("auditor"), "COLUMNS": "300"}
    result = CliRunner().invoke(app, ["replay", "--verify"], env=environment)
    assert result.exit_code == code, result.output
    return result.stdout


class Cut(Exception):
    """The owner ends here."""


@pytest.fixture
def due(bench: Workbench) -> int:
    """The offset of a tick with which much falls due, of alerts too that somebody attends to."""
    bench.write(stories(LA, 20, 300))
    bench.tick(LA, NOON)
    bench.partition_join(LA).apply(bench.inputs(LA))
    (body,) = bench.rows("SELECT body FROM alerts WHERE status = 'OPEN' ORDER BY alert_id")[0]
    bench.write([acted(json.loads(body), "ASSIGN", NOON + 1, recipient="a.lead")])
    owner = bench.partition_join(LA)
    owner.apply(bench.inputs(LA)[owner.next_offset :])
    bench.tick(LA, MIDNIGHT)
    return owner.next_offset


def steps(bench: Workbench, after: int) -> int:
    """Return in how many transactions the transitions after this sequence were committed."""
    query = "SELECT count(DISTINCT xmin::text) FROM alert_transitions WHERE sequence > %s"
    return int(bench.one(query, after))


def last(bench: Workbench) -> int:
    return int(bench.one("SELECT max(sequence) FROM alert_transitions"))


def test_what_falls_due_together_is_told_in_steps_as_it_would_be_at_once(
    bench: Workbench, due: int
) -> None:
    before = last(bench)
    bench.partition_join(LA, most_told=MOST).apply(bench.inputs(LA)[due:])
    assert bench.transitions() == bench.expected()
    assert bench.rows(STANDS) == [(due + 1, MIDNIGHT, 0)]
    told = last(bench) - before
    assert told > 4 * MOST
    # A step ends with the turn that reaches it, and a turn may tell more than one.
    assert told / (2 * MOST) < steps(bench, before) <= told / MOST + 1


def test_what_is_less_than_a_step_is_one_transaction(bench: Workbench, due: int) -> None:
    before = last(bench)
    bench.partition_join(LA).apply(bench.inputs(LA)[due:])
    assert last(bench) > before
    assert steps(bench, before) == 1


def cut_off(bench: Workbench, due: int, count: int) -> None:
    """Let an owner be cut off after so many steps of the tick."""
    left = count

    def cut(point: str) -> None:
        nonlocal left
        left -= point == "after-commit"
        if not left:
            raise Cut

    owner = bench.partition_join(LA, "the first", fail=cut, most_told=MOST)
    with pytest.raises(Cut):
        owner.apply(bench.inputs(LA)[due:])


def test_who_is_cut_off_between_two_steps_leaves_the_rest_to_the_next_owner(
    bench: Workbench, due: int
) -> None:
    before, ((_, known, _),) = last(bench), bench.rows(STANDS)
    cut_off(bench, due, 2)
    ahead = last(bench) - before
    assert ahead >= 2 * MOST
    assert bench.rows(STANDS) == [(due, known, ahead)], "nobody says that midnight has passed"
    second = bench.partition_join(LA, "the second", most_told=MOST)
    assert second.next_offset == due
    second.apply(bench.inputs(LA)[due:])
    assert bench.transitions() == bench.expected()
    assert bench.rows(STANDS) == [(due + 1, MIDNIGHT, 0)]


def test_who_goes_on_counts_what_the_one_before_told_ahead(bench: Workbench, due: int) -> None:
    before = last(bench)
    cut_off(bench, due, 1)
    cut_off(bench, due, 1)
    ((_, _, ahead),) = bench.rows(STANDS)
    assert ahead == last(bench) - before >= 2 * MOST


def test_in_the_midst_of_it_an_auditor_finds_no_difference_and_is_told_what_is_left_out(
    bench: Workbench, due: int
) -> None:
    bench.publish()
    cut_off(bench, due, 3)
    ((_, _, ahead),) = bench.rows(STANDS)
    moved = bench.one("SELECT count(*) FROM standings WHERE kappa > %s", NOON + 1)
    assert moved, "how alerts stand with people moved with it too"
    said = verify(bench)
    assert f"Verified: all {last(bench) - ahead:,} transitions follow, byte for byte." in said
    assert f"{ahead} later ones are of what falls due with a record" in said
    bench.partition_join(LA, "the next").apply(bench.inputs(LA)[due:])
    said = verify(bench)
    assert f"Verified: all {last(bench):,} transitions follow, byte for byte." in said
    assert "later" not in said


def test_what_was_told_ahead_in_truth_is_missed_where_the_store_says_it_was_of_a_later_record(
    bench: Workbench, due: int
) -> None:
    bench.publish()
    bench.partition_join(LA).apply(bench.inputs(LA)[due:])
    with bench.changing() as store:
        store.execute("UPDATE partition_state SET told_ahead = 5")
    assert "5 differences" in verify(bench, code=1)
