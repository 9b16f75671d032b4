"""A message says that there is an alert, how bad it is, the duty and a link; it tells no story."""

from __future__ import annotations

import pytest

from consumers.notifier.delivery import Cause, Delivery
from consumers.notifier.messages import LINKS, Text, fields_of, text_of
from consumers.notifier.planning import Outgoing
from consumers.notifier.recipients import Channel
from tests.unit.consumers.notifier.book import LA, LEAD, a_delivery, heard

BASE = "https://joinedup.example.gov.uk/"


def an_outgoing(*deliveries: Delivery) -> Outgoing:
    return Outgoing(
        la=LA,
        recipient=LEAD,
        channel=Channel.EMAIL,
        urgent=True,
        deliveries=deliveries,
        message_id="m",
    )


def said(*deliveries: Delivery) -> Text:
    return text_of(an_outgoing(*deliveries), BASE)


def test_one_alert_is_named_by_severity_duty_and_link() -> None:
    text = said(a_delivery())
    assert text.subject == "1 critical alert"
    address = "https://joinedup.example.gov.uk/alerts/1b671a64-40d5-491e-99b0-da01ff1f3341"
    assert text.short == f"1 critical alert. {address}"
    assert "- CRITICAL: AP_EXIT_PLAN_MISSING\n  " + address in text.body


def test_several_are_counted_the_most_severe_first_and_linked_to_the_queue() -> None:
    alerts = [
        a_delivery(heard(severity=severity, alert_id=f"00000000-0000-4000-8000-00000000000{n}"))
        for n, severity in enumerate(("low", "critical", "high", "high"))
    ]
    text = said(*alerts)
    assert text.subject == "1 critical, 2 high, 1 low alerts"
    assert text.short.endswith("/queue")
    assert text.body.index("CRITICAL") < text.body.index("high: ") < text.body.index("low: ")


def test_of_very_many_the_first_are_linked_and_the_rest_counted() -> None:
    alerts = [
        a_delivery(heard(alert_id=f"00000000-0000-4000-8000-{n:012}")) for n in range(LINKS + 5)
    ]
    text = said(*alerts)
    assert text.body.count("/alerts/") == LINKS
    assert "and 5 more: https://joinedup.example.gov.uk/queue" in text.body


def test_a_withdrawal_is_no_alert() -> None:
    text = said(a_delivery(heard("WITHDRAWN", 2)))
    assert text.subject == "1 change to what you were told of"
    assert "(withdrawn: " in text.body


def test_a_warning_is_no_alert() -> None:
    text = said(a_delivery(heard("DUE_SOON")))
    assert text.subject == "1 warning"
    assert "nothing is missed yet" in text.body


def test_alerts_and_changes_are_counted_apart() -> None:
    other = heard("RESOLVED", 2, alert_id="00000000-0000-4000-8000-000000000002")
    text = said(a_delivery(), a_delivery(other))
    assert text.subject == "1 critical alert and 1 change to what you were told of"


@pytest.mark.parametrize(
    ("cause", "why"),
    [
        (Cause.NO_TEAM, "no team is named"),
        (Cause.GIVEN_UP, "could not be delivered"),
        (Cause.NOBODY_TOLD, "nobody else could be reached"),
    ],
)
def test_who_is_told_in_the_place_of_others_is_told_why(cause: Cause, why: str) -> None:
    assert why in said(a_delivery(cause=cause)).body


def test_the_fields_for_a_machine_say_no_more() -> None:
    fields = fields_of(an_outgoing(a_delivery()), BASE)
    assert fields.keys() == {"local_authority", "recipient", "urgent", "alerts"}
    (alert,) = fields["alerts"]  # type: ignore[misc]
    assert alert.keys() == {
        "alert_id", "number", "kind", "severity", "duty", "cause", "address",
    }  # fmt: skip
