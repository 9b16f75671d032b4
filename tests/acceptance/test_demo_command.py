"""What the demo prints, and how it ends where it cannot go on."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text
from typer.testing import CliRunner

from joinedup.commands.demo_alerts import line_of
from joinedup.main import app
from stack import LocalStack, State
from stack.ports import Ports
from stack.starting import Record
from tests.ports import free_ports


def _alert(**differing: Any) -> dict[str, Any]:
    return {
        "as_of": datetime(2025, 3, 30, 23, tzinfo=UTC),
        "kind": "OPENED",
        "status": "OPEN",
        "outcome": None,
        "severity": "critical",
        "duty": "EHC_PHASE_TRANSFER_POST16",
        "child": "a186f662-0000-5000-8000-000000000000",
        "due": date(2025, 3, 30),
        "detail": "the EHC plan does not name a post-16 place",
        "unconfirmed": False,
        "waiting_for": (),
        "unreadable": False,
        "identity_in_review": False,
        **differing,
    }


def _plain(**differing: Any) -> str:
    return Text.from_markup(line_of(_alert(**differing))).plain


def test_a_line_says_on_which_london_day_what_is_missing_for_whom() -> None:
    assert _plain() == (
        "2025-03-31  raised       critical EHC_PHASE_TRANSFER_POST16       a186f662"
        "  the EHC plan does not name a post-16 place; due 2025-03-30"
    )


def test_a_resolved_alert_says_how() -> None:
    told = _plain(kind="RESOLVED", status="RESOLVED", outcome="MET_IN_TIME_REPORTED_LATE")

    assert told.endswith("met in time, reported late")


def test_an_unconfirmed_alert_names_the_source_that_is_waited_for() -> None:
    told = _plain(unconfirmed=True, waiting_for=("council/ssda903",))

    assert told.endswith("unconfirmed, waits for council/ssda903")


def test_a_doubt_about_what_was_read_or_who_it_is_shows() -> None:
    told = _plain(unreadable=True, identity_in_review=True)

    assert told.endswith("a record that could not be read may be it; identity in review")


@pytest.mark.parametrize(("status", "words"), [("OPEN", "is silent"), ("RESOLVED", "heard again")])
def test_a_silent_source_is_named_in_full(status: str, words: str) -> None:
    told = _plain(duty="SOURCE_SILENT", child="nhs/clinic", kind="OPENED", status=status)

    assert "nhs/clinic" in told
    assert told.endswith(words)


@pytest.fixture
def taken(tmp_path: Path) -> Iterator[Ports]:
    """The ports of a stack that was up before; somebody now listens on the one of Kafka."""
    ports = free_ports()
    layout = LocalStack(tmp_path).layout
    layout.record.parent.mkdir(parents=True, exist_ok=True)
    Record(ports=ports, versions={}).write(layout.record)
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", ports.kafka))
        listening.listen()
        yield ports


def test_a_port_in_use_ends_it_with_one_sentence_and_nothing_left_running(
    taken: Ports, tmp_path: Path
) -> None:
    result = CliRunner().invoke(app, ["demo", "--root", str(tmp_path)])

    assert result.exit_code == 1
    assert str(taken.kafka) in result.stderr.splitlines()[-1]
    assert "demo:" not in result.stdout
    services = LocalStack(tmp_path).status()
    assert not any(service.state is State.RUNNING for service in services)
