"""An alert says what is missing, why it is urgent, by what right, and what is in doubt."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.alerts import line_of, told_of
from tests.unit.dashboard.alerts import CHILD, an_alert

TODAY = date(2025, 3, 25)


def test_it_says_what_is_missing_since_when_and_by_which_clock() -> None:
    line = line_of(an_alert(), TODAY)
    assert line.missing == "Health has not contributed"
    assert line.urgency == "Was due by 12 March 2025, 9 working days ago"
    assert line.clock == "20 school days after 5 February 2025."
    assert (line.child, line.short) == (CHILD, "4dc7dddb")


def test_without_a_detail_it_says_what_the_duty_asks() -> None:
    assert line_of(an_alert(detail=""), TODAY).missing
    assert line_of(an_alert(detail="", duty="OF_AN_OLDER_RELEASE"), TODAY).missing.startswith(
        "This"
    )


def test_a_number_of_our_own_is_never_shown_as_law() -> None:
    assert "our own default" in line_of(an_alert(duty="POST16_NOT_STARTED"), TODAY).our_default
    assert line_of(an_alert(duty="EHC_PHASE_TRANSFER_POST16"), TODAY).our_default == ""


@pytest.mark.parametrize(
    ("differing", "doubt"),
    [
        (
            {"unconfirmed": True, "waiting_for": ["nhs/epr"]},
            "nothing was heard in time from nhs/epr",
        ),
        ({"unreadable": True}, "a record that could not be read may be what is missing"),
        ({"identity_in_review": True}, "another record may be of this child too"),
    ],
)
def test_each_doubt_is_a_sentence(differing: dict[str, object], doubt: str) -> None:
    (said,) = line_of(an_alert(**differing), TODAY).doubts
    assert doubt in said
    assert line_of(an_alert(), TODAY).doubts == ()


def test_a_silent_source_is_named_and_is_no_child() -> None:
    line = line_of(an_alert(duty="SOURCE_SILENT", child="nhs/epr", detail=""), TODAY)
    assert (line.missing, line.child) == ("Nothing is heard from nhs/epr", "")
    assert line.urgency == "Since 12 March 2025, 9 working days ago"


def test_what_has_ended_says_how() -> None:
    late = an_alert(status="RESOLVED", outcome="MET_LATE")
    assert line_of(late, TODAY).ended == "Resolved: done, but late"
    assert line_of(an_alert(status="WITHDRAWN"), TODAY).ended == "Withdrawn"
    assert line_of(an_alert(), TODAY).ended == ""


def test_the_authority_s_own_rules_are_named() -> None:
    assert line_of(an_alert(rules="2026-11+330/summer"), TODAY).own_rules == "2026-11+330/summer"
    assert line_of(an_alert(), TODAY).own_rules == ""


def test_what_was_said_of_it_stands_in_order_with_its_moment() -> None:
    opened = an_alert(unconfirmed=True).fields
    resolved = an_alert(kind="RESOLVED", outcome="MET_LATE", as_of=1_742_824_000_000).fields
    assert [(one.at, one.said) for one in told_of([opened, resolved])] == [
        ("13 March 2025, 00:00", "Raised, unconfirmed"),
        ("24 March 2025, 13:46", "Resolved: done, but late"),
    ]


def test_a_warning_says_that_nothing_is_missed_yet() -> None:
    line = line_of(an_alert(status="DUE_SOON", kind="DUE_SOON"), date(2025, 3, 10))
    assert (line.due_soon, line.ended) == (True, "")
    assert line.urgency == "Due by 12 March 2025, in 2 working days"
    (said,) = told_of([an_alert(kind="DUE_SOON").fields])
    assert "nothing is missed yet" in said.said


def test_a_heeded_warning_was_done_in_time() -> None:
    heeded = an_alert(status="RESOLVED", outcome="MET_IN_TIME")
    assert line_of(heeded, TODAY).ended == "Resolved: done in time"


def test_an_escalated_alert_says_by_which_step_and_how_severe_it_is_now() -> None:
    fields = an_alert(kind="ESCALATED", escalation=2, severity="critical")
    assert line_of(fields, TODAY).escalated == "Escalated, step 2"
    (said,) = told_of([fields.fields])
    assert said.said == "Made more severe: step 2 past its deadline, now critical"
