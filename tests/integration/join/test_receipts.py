"""A source is told what became of its events, and of nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from consumers.store.receipts import KEPT_MS
from gateway.receipts import Receipt, Receipts
from joinedup.main import app
from stack.environment import write_environment
from tests.integration.join.stories import (
    FIRST_DAY,
    Told,
    a_record,
    identifiers,
    moment_of,
    stories,
)
from tests.integration.join.test_erase import END, LA, a_child, join, leaves_of, ordered
from tests.integration.join.workbench import Workbench

SCHOOL, COUNCIL = "the-school/mis", "the-council/case-system"
NOW = moment_of(FIRST_DAY) + 5000


def review(record: str = "review-1", **given: object) -> dict[str, object]:
    own = identifiers("education", 1)
    return a_record(
        LA, "ApReviewHeld", "education", record, identifiers=own, held_on=FIRST_DAY, **given
    )


@pytest.fixture
def receipts(bench: Workbench) -> Iterator[Receipts]:
    environment = bench.environment("gateway")
    key = bytes.fromhex(environment["JOINEDUP_RECEIPT_KEY"])
    found = Receipts(environment["JOINEDUP_DATABASE_URL"], key)
    found.open()
    yield found
    found.close()


def told(receipts: Receipts, record: dict[str, object], source: str = SCHOOL) -> Receipt | None:
    return receipts.find(source, str(record["event_id"]))


def test_an_event_is_on_the_timeline_and_its_repeat_a_duplicate(
    bench: Workbench, receipts: Receipts
) -> None:
    first = review()
    bench.write([Told("ApReviewHeld", first, NOW), Told("ApReviewHeld", first, NOW + 1)])
    join(bench)
    bench.write([Told("ApReviewHeld", first, NOW + 2)])
    join(bench)
    found = told(receipts, first)
    assert found is not None and found.outcome == "timeline"
    assert (found.arrivals, found.local_authority, found.reason) == (3, LA, "")
    assert found.known_at is not None and found.known_at.timestamp() * 1000 == NOW


def test_what_is_about_no_child_was_taken_and_what_was_refused_says_why(
    bench: Workbench, receipts: Receipts
) -> None:
    beat = a_record(LA, "SourceHeartbeat", "education", "beat", complete_to=None)
    bench.write([Told("SourceHeartbeat", beat, NOW)])
    bench.gap(LA, NOW + 1, source=SCHOOL, reason="contract", event_id="E-1")
    bench.gap(LA, NOW + 2, source=None, reason="wrong-signature")
    bench.gap(LA, NOW + 3, source=SCHOOL, reason="erased", event_id="e-2")
    join(bench)
    taken, refused = told(receipts, beat), receipts.find(SCHOOL, "e-1")
    assert taken is not None and taken.outcome == "taken"
    assert refused is not None and (refused.outcome, refused.reason) == ("refused", "contract")
    erased = receipts.find(SCHOOL, "e-2")
    assert erased is not None and (erased.outcome, erased.reason) == ("erased", "")
    assert bench.one("SELECT count(*) FROM receipts") == 3


def test_what_was_refused_and_is_sent_again_in_order_is_on_the_timeline(
    bench: Workbench, receipts: Receipts
) -> None:
    again = review()
    bench.gap(LA, NOW, source=SCHOOL, reason="no-agreement", event_id=str(again["event_id"]))
    bench.write([Told("ApReviewHeld", again, NOW + 1)])
    bench.gap(LA, NOW + 2, source=SCHOOL, reason="no-agreement", event_id=str(again["event_id"]))
    join(bench)
    found = told(receipts, again)
    assert found is not None
    assert (found.outcome, found.reason, found.arrivals) == ("timeline", "", 3)


def test_a_source_is_told_of_its_own_events_alone(bench: Workbench, receipts: Receipts) -> None:
    own = review()
    bench.write([Told("ApReviewHeld", own, NOW)])
    join(bench)
    assert told(receipts, own, COUNCIL) is None
    assert told(receipts, own, "") is None
    address = bench.environment("gateway")["JOINEDUP_DATABASE_URL"]
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*) FROM receipts").fetchone() == (0,)


def test_of_an_erased_child_it_is_told_that_it_was_erased(
    bench: Workbench, receipts: Receipts
) -> None:
    bench.write(stories(LA, 5, 150))
    bench.tick(LA, END)
    join(bench)
    child = a_child(bench)
    leaves = leaves_of(bench, child)
    query = "SELECT event_id FROM timeline WHERE leaf = ANY(%s)"
    events = [str(one) for (one,) in bench.rows(query, leaves)]
    bench.write([ordered(bench, child, END + 1)])
    join(bench)
    sources = (SCHOOL, COUNCIL, "the-hospital/epr")
    outcomes = {
        found.outcome
        for event in events
        for source in sources
        if (found := receipts.find(source, event)) is not None
    }
    assert events and outcomes == {"erased"}
    others = bench.one("SELECT count(*) FROM receipts WHERE outcome = 'timeline'")
    kept = "SELECT count(DISTINCT event_id) FROM timeline WHERE kappa >= %s"
    assert others == bench.one(kept, END + 1 - KEPT_MS) > 0


def test_receipts_go_after_ninety_days_of_known_time(bench: Workbench, receipts: Receipts) -> None:
    old, new = review("old"), review("new")
    bench.write([Told("ApReviewHeld", old, NOW)])
    join(bench)
    bench.write([Told("ApReviewHeld", new, NOW + KEPT_MS)])
    join(bench)
    assert told(receipts, old) is not None, "to the day"
    late = Told("ApReviewHeld", review("later"), NOW + KEPT_MS + 86_400_000)
    bench.write([late])
    join(bench)
    assert told(receipts, old) is None
    assert told(receipts, new) is not None


def test_no_receipt_holds_anything_of_a_child_or_the_id_itself(
    bench: Workbench, receipts: Receipts
) -> None:
    own = review()
    bench.write([Told("ApReviewHeld", own, NOW)])
    join(bench)
    row = bench.one("SELECT receipts::text FROM receipts")
    assert str(own["event_id"]).replace("-", "") not in row
    columns = {
        name
        for (name,) in bench.rows(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = 'receipts'::regclass"
            " AND attnum > 0"
        )
    }
    assert columns == {
        *("source", "event", "la", "partition", "outcome", "reason"),
        *("kappa", "arrivals", "noted_at"),
    }


def test_the_command_says_it_in_a_sentence(
    bench: Workbench, receipts: Receipts, tmp_path: Path
) -> None:
    own = review()
    bench.write([Told("ApReviewHeld", own, NOW)])
    join(bench)
    file = tmp_path / "gateway.env"
    more = {"JOINEDUP_GATEWAY_FILE": str(tmp_path / "gateway.json")}
    write_environment(file, bench.environment("gateway") | more)
    options = ("--organisation", "the-school", "--env-file", str(file), "--system")
    asked = ("receipt", str(own["event_id"]), *options)
    said = CliRunner().invoke(app, [*asked, "mis"])
    assert said.exit_code == 0, said.output
    assert "timeline: It is on the timeline of the child." in said.output
    assert CliRunner().invoke(app, [*asked, "other"]).exit_code == 1
