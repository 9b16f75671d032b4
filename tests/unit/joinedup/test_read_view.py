"""How alerts look on a terminal."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from consumers.store.reading import Alert, Evidence
from consumers.store.standings import Stands
from consumers.store.why import Circumstances, why
from joinedup.commands.read_view import show_alerts, show_why
from journey.calendars import Calendars
from tests.builders import a_fact, a_journey

ENDED_BY = Evidence(
    event_id="e2", type="ApPlacementEnded", agency="education", occurred_on=date(2025, 5, 16)
)


def an_alert(**differing: Any) -> Alert:
    fields: dict[str, Any] = {
        "alert_id": "a1",
        "severity": "high",
        "child": "4dc7dddb-0000-5000-8000-000000000000",
        "due": "2025-02-24",
        "duty": "AP_EXIT_PLAN_MISSING",
        "status": "OPEN",
        "outcome": None,
        "unconfirmed": False,
        "identity_in_review": False,
        "unreadable": False,
        "waiting_for": [],
        "detail": "no exit plan",
        "arithmetic": "7 weeks after 6 January 2025",
        "because": [],
        "met_by": [],
        "rules": "2026-11",
    }
    return Alert(opened_at=0, fields=fields | differing)


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


def shown(
    capsys: pytest.CaptureFixture[str], *alerts: Alert, stands: dict[str, Stands] | None = None
) -> str:
    show_alerts(alerts, {"e2": ENDED_BY}, stands or {}, None)
    return capsys.readouterr().out


def test_an_alert_says_when_the_authority_s_own_rules_judged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "own rules" not in shown(capsys, an_alert())
    assert "By the authority's own rules 2026-11+330/summer." in shown(
        capsys, an_alert(rules="2026-11+330/summer")
    )


def test_an_alert_says_what_is_missing_and_by_which_clock(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = shown(capsys, an_alert())
    assert "AP_EXIT_PLAN_MISSING No exit plan." in told
    assert "Due by 24 February 2025: 7 weeks after 6 January 2025." in told
    assert "1 alert." in told


def test_what_was_withdrawn_says_why_and_a_provider_s_key_is_not_called_a_child_s(
    capsys: pytest.CaptureFixture[str],
) -> None:
    gone = an_alert(status="WITHDRAWN", duty="AP_UNREGISTERED_FIVE_PUPILS")
    told = shown(capsys, gone, an_alert())
    assert told.count("Withdrawn: it does not follow any more from what is known.") == 1
    assert told.count("The key is the provider's: joinedup providers list.") == 1
    show_why("b5bb16cb", date(2025, 12, 1), [])
    assert "Child b5bb16cb on 1 December 2025" in capsys.readouterr().out


def test_of_a_provider_is_asked_only_what_is_asked_of_providers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = {"provider": "The Kiln", "pupils": 5, "from_on": "2025-11-10"}
    kiln = a_journey(a_fact("ProviderPupilsCounted", "2025-11-10", "K", **told))
    around = Circumstances(calendars=Calendars.default(), sources=(), kappa=0, told={})
    reasons = why(kiln, date(2025, 12, 1), around)
    assert [one.duty.id for one in reasons] == ["AP_UNREGISTERED_FIVE_PUPILS"]
    show_why("b5bb16cb", date(2025, 12, 1), reasons)
    said = capsys.readouterr().out
    assert "Provider b5bb16cb on 1 December 2025" in said and "It looked at 1 event." in said


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("ENDED", "Ended by: AP placement ended on 16 May 2025"), ("MET_LATE", "Met by: AP")],
)
def test_what_only_ended_is_not_called_met(
    capsys: pytest.CaptureFixture[str], outcome: str, words: str
) -> None:
    assert words in shown(capsys, an_alert(status="RESOLVED", outcome=outcome, met_by=["e2"]))


def test_a_silent_source_is_named_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    silent = an_alert(duty="SOURCE_SILENT", child="council/childrens-casework", detail="")
    assert "SOURCE_SILENT council/childrens-casework." in shown(capsys, silent)


def test_what_could_not_be_heard_or_read_shows(capsys: pytest.CaptureFixture[str]) -> None:
    doubtful = an_alert(unconfirmed=True, waiting_for=["council/ssda903"], unreadable=True)
    told = shown(capsys, doubtful)
    assert "Unconfirmed: nothing was heard in time from council/ssda903." in told
    assert "Absent or unreadable: a record could not be read." in told


def test_a_warning_and_a_step_past_the_deadline_show(capsys: pytest.CaptureFixture[str]) -> None:
    assert "due soon" in shown(capsys, an_alert(status="DUE_SOON"))
    assert "Escalated: step 2 past its deadline." in shown(capsys, an_alert(escalation=2))


def test_an_alert_says_how_it_stands_with_people(capsys: pytest.CaptureFixture[str]) -> None:
    snoozed = Stands(
        alert_id="a1",
        assignee="a.lead",
        offered_to="b.lead",
        offered_by="a.lead",
        aside="SNOOZE",
        aside_by="a.lead",
        aside_until=1_741_392_000_000,
        aside_reason="MEETING_IS_BOOKED",
        seen_by=("a.lead",),
    )
    said = shown(capsys, an_alert(), stands={"a1": snoozed})
    assert "Snoozed by a.lead until 7 March 2025; it is told again after that" in said
    assert "a.lead asked b.lead to take it on" in said and "a.lead has it." in said
    closed = Stands(alert_id="a1", escalated="UNSEEN", closed_by="a.lead", outcome="DONE")
    said = shown(capsys, an_alert(), stands={"a1": closed})
    assert "Escalated by itself: nobody had seen it in time." in said
    assert "Closed by a.lead: it was done." in said and "Nobody has seen it" in said
    assert "Nobody has it" not in shown(capsys, an_alert())
