"""An alert reaches its recipients by every channel, each step on record; failures are told too."""

from __future__ import annotations

import json
import signal
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from consumers.notifier import recorder
from consumers.notifier.service import now_ms
from tests.integration.join.workbench import WAIT_SECONDS
from tests.integration.notifier.desk import SECRET, Desk, at
from tests.unit.consumers.notifier.servers import WebhookServer

MONDAY = at("2026-11-23T10:00")
NIGHT = at("2026-11-23T23:30")
MINUTE = 60_000

BY_EMAIL_ALONE = """
[authorities.{la}]
fallback = ["manager"]

[authorities.{la}.recipients.manager]
email = "manager.{la}@example.gov.uk"
urgent_by = ["email"]
others_by = ["email"]
"""
RECIPIENTS = (
    BY_EMAIL_ALONE
    + """
[authorities.{la}.recipients.lead]
email = "{lead}.{la}@example.gov.uk"
phone = "+447700900123"
urgent_by = ["notify-text", "email"]
others_by = ["email"]

[authorities.{la}.recipients.system]
webhook = "{hook}"
urgent_by = ["webhook"]
others_by = ["webhook"]
hours = {{opens = 00:00:00, closes = 00:00:00, days = "every"}}

[authorities.{la}.teams.ap]
duties = ["AP_*"]
recipients = {team}
"""
)


def enter(desk: Desk, la: str, *team: str, lead: str = "lead", hook: str = "") -> None:
    hook = hook or desk.hooks.address
    text = RECIPIENTS.format(la=la, hook=hook, lead=lead, team=json.dumps(team))
    desk.recipients(la, text)


def emails(desk: Desk, la: str) -> list[tuple[str, str]]:
    return [
        (str(one["To"]).partition(".")[0], str(one["Subject"]))
        for one in desk.mail.messages
        if f".{la}@" in str(one["To"])
    ]


def test_a_critical_alert_is_told_at_night_by_each_channel_and_names_no_child(desk: Desk) -> None:
    enter(desk, "901", "lead", "system")
    alert = desk.told("901")
    desk.tell(NIGHT)
    link = f"https://joinedup.example.gov.uk/alerts/{alert}"

    email = desk.mail.messages[-1]
    assert emails(desk, "901") == [("lead", "1 critical alert")]
    assert link in email.get_content()  # type: ignore[attr-defined]
    text = desk.notify.sent[-1]
    assert text["phone_number"] == "+447700900123"
    assert text["personalisation"] == {"message": f"1 critical alert. {link}"}
    headers, content = desk.hooks.came[-1]
    moment = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    signature = Webhook(SECRET).sign(headers["webhook-id"], moment, content.decode())
    assert headers["webhook-signature"] == signature
    (told,) = json.loads(content)["data"]["alerts"]
    assert (told["alert_id"], told["address"]) == (alert, link)
    for message in (email.as_string(), json.dumps(text), content.decode()):
        assert "4d53cr3t" not in message

    assert sorted(desk.steps("901")) == sorted(
        (*place, step, None)
        for place, last in {
            ("lead", "EMAIL"): "DELIVERED",
            ("lead", "NOTIFY_TEXT"): "ACCEPTED",
            ("system", "WEBHOOK"): "DELIVERED",
        }.items()
        for step in ("PLANNED", "ATTEMPTED", last)
    )


def test_what_is_in_the_store_is_what_stands_on_the_topic(desk: Desk) -> None:
    enter(desk, "902", "lead", "system")
    desk.told("902")
    desk.tell(NIGHT)
    kept = desk.rows(
        "SELECT topic_offset, body::json FROM deliveries WHERE la = '902' ORDER BY topic_offset"
    )
    found = desk.on_topic("902")
    assert [offset for offset, _ in kept] == [offset for offset, _ in found]
    for (_, body), (_, record) in zip(kept, found, strict=True):
        assert {**body, "at": None} == {**record, "at": None}


def test_what_is_not_critical_waits_for_the_morning_and_is_not_told_if_it_is_over(
    desk: Desk,
) -> None:
    enter(desk, "903", "lead")
    first, second = (desk.told("903", severity="high") for _ in range(2))
    desk.tell(NIGHT)
    assert emails(desk, "903") == []
    desk.told("903", alert_id=second, severity="high", kind="WITHDRAWN", number=2)
    desk.tell(at("2026-11-24T08:00"))
    assert emails(desk, "903") == [("lead", "1 high alert")]
    assert first in desk.mail.messages[-1].as_string()
    assert ("lead", "EMAIL", "CANCELLED", "ALERT_OVER") in desk.steps("903")


def test_a_withdrawal_is_told_to_whoever_was_told(desk: Desk) -> None:
    enter(desk, "904", "lead", "system")
    alert = desk.told("904")
    desk.tell(MONDAY)
    desk.told("904", alert_id=alert, kind="WITHDRAWN", number=2)
    desk.tell(MONDAY + MINUTE)
    assert emails(desk, "904")[1:] == [("lead", "1 change to what you were told of")]
    told = [json.loads(content)["data"]["alerts"][0] for _, content in desk.hooks.came]
    assert [one["kind"] for one in told if one["alert_id"] == alert] == ["OPENED", "WITHDRAWN"]


def test_a_mailbox_that_is_gone_is_given_up_and_the_fallback_is_told(desk: Desk) -> None:
    enter(desk, "905", "lead", lead="gone")
    desk.told("905", severity="high")
    desk.tell(MONDAY)
    assert emails(desk, "905") == [("manager", "1 high alert")]
    assert ("lead", "EMAIL", "GIVEN_UP", "ADDRESS_REFUSED") in desk.steps("905")
    assert "could not be delivered" in desk.mail.messages[-1].as_string()


def test_a_channel_that_fails_is_tried_again_and_the_fallback_told_when_nobody_was_in_time(
    desk: Desk,
) -> None:
    enter(desk, "906", "system")
    alert = desk.told("906")
    desk.hooks.statuses += [503, 500, 429]
    desk.tell(NIGHT)
    desk.tell(NIGHT + 14_999)
    assert len([1 for _, content in desk.hooks.came if alert.encode() in content]) == 1
    desk.tell(NIGHT + 15_000)
    desk.tell(NIGHT + 10 * MINUTE)
    assert emails(desk, "906") == [("manager", "1 critical alert")]
    assert "nobody else could be reached" in desk.mail.messages[-1].as_string()
    desk.tell(NIGHT + 20 * MINUTE)
    ids = {h["webhook-id"] for h, content in desk.hooks.came if alert.encode() in content}
    assert len(ids) == 1  # a receiver can tell that it is the same message
    assert [(step, reason) for code, _, step, reason in desk.steps("906") if code == "system"] == [
        ("PLANNED", None),
        ("ATTEMPTED", None),
        ("FAILED", "CHANNEL_FAULT"),
        ("ATTEMPTED", None),
        ("FAILED", "CHANNEL_FAULT"),
        ("ATTEMPTED", None),
        ("FAILED", "TOO_MANY"),
        ("ATTEMPTED", None),
        ("DELIVERED", None),
    ]


def test_what_waits_for_a_channel_that_fails_holds_back_nothing_else(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "AT_HAND", 2)
    enter(desk, "916", "system", "lead", hook="http://127.0.0.1:1")
    enter(desk, "917", "system")
    for _ in range(5):
        desk.told("916")
    desk.tell(NIGHT)
    last = desk.told("917")
    desk.tell(NIGHT + 1_000)
    told = [d for d in desk.steps("916") if d[2] == "ACCEPTED" or d[2] == "DELIVERED"]
    assert sorted((code, channel) for code, channel, *_ in told) == [
        *[("lead", "EMAIL")] * 5,
        *[("lead", "NOTIFY_TEXT")] * 5,
    ]
    assert ("system", "WEBHOOK", "FAILED", "UNREACHABLE") in desk.steps("916")
    assert [1 for _, content in desk.hooks.came if last.encode() in content]


def test_an_authority_that_is_not_in_the_file_is_told_once_it_is(desk: Desk) -> None:
    enter(desk, "900", "lead")  # some other one
    desk.told("907", severity="high")
    desk.tell(MONDAY)
    assert desk.steps("907") == [("-", "NONE", "PLANNED", None)]
    enter(desk, "907", "lead")
    desk.tell(MONDAY)
    assert emails(desk, "907") == [("lead", "1 high alert")]


class SlowWebhookServer(WebhookServer):
    """Answers once it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def answer(self, path: str, headers: Any, content: bytes) -> tuple[int, Any]:
        self.let_go.wait(WAIT_SECONDS)
        return super().answer(path, headers, content)


def test_what_waits_for_a_server_that_does_not_answer_yet_holds_back_nothing_else(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "AT_HAND", 1)
    with SlowWebhookServer() as slow:
        enter(desk, "921", "system", hook=slow.address)
        enter(desk, "922", "system")
        for la in ("921", "921", "921"):
            desk.told(la)
        last = desk.told("922")
        telling = threading.Thread(target=desk.tell, args=(NIGHT,))
        telling.start()
        desk.wait_until_told(last)
        steps = [step for *_, step, _ in desk.steps("921")]
        assert ("ATTEMPTED" in steps, set(steps) - {"PLANNED", "ATTEMPTED"}) == (True, set())
        slow.let_go.set()
        telling.join(WAIT_SECONDS)
    assert [step for *_, step, _ in desk.steps("921")].count("DELIVERED") == 3


def test_what_waits_is_looked_at_again_as_soon_as_there_is_another_file(desk: Desk) -> None:
    enter(desk, "900", "lead")  # some other one
    alert = desk.told("918")
    working = desk.start(until_end=False)
    try:
        later = "SELECT FROM delivery_states WHERE alert_id = %s AND look_at > planned_at"
        desk.wait_for(later, alert)
        desk.recipients("918", BY_EMAIL_ALONE.format(la="918"))
        desk.wait_until_told(alert)
    finally:
        working.terminate()
    assert working.wait(timeout=WAIT_SECONDS) == 0


def test_of_an_erased_child_nobody_is_told_any_more(desk: Desk) -> None:
    enter(desk, "908", "lead")
    alert = desk.told("908", severity="high")
    desk.tell(NIGHT)
    desk.change(
        "INSERT INTO erased_places (partition, sequence, la, erasure, alert_id, number, before,"
        " chain) VALUES (0, 1, '908', 'e', %s, 1, '', 'c')",
        alert,
    )
    desk.tell(at("2026-11-24T09:00"))
    assert emails(desk, "908") == []
    assert desk.steps("908")[-1] == ("lead", "EMAIL", "CANCELLED", "ERASED")


DYING = {
    "before-commit:0": 1,
    "before-note:0": 1,
    "before-note:1": 1,
    "before-send:0": 1,
    "after-send:0": 2,
    "before-note:2": 1,
}
"""How often a message leaves where the process dies at each point of planning (0), of the attempt
(1) and of what became of it (2): twice only where it left and that was not on record."""


@pytest.mark.parametrize(("failpoint", "times"), DYING.items())
def test_a_notifier_that_is_killed_between_two_steps_tells_all_the_same(
    desk: Desk, failpoint: str, times: int
) -> None:
    enter(desk, "909", "system")
    alert = desk.told("909")
    assert desk.run(failpoint) == -signal.SIGKILL
    desk.tell(now_ms())
    came = [h["webhook-id"] for h, content in desk.hooks.came if alert.encode() in content]
    assert len(came) == times
    assert len(set(came)) == 1
    (state,) = desk.rows("SELECT step FROM delivery_states WHERE alert_id = %s", alert)
    assert state == ("DELIVERED",)
