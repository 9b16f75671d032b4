"""A lead acts on an alert: from the form to the topic, through the platform, back to the page."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from lxml import html
from prometheus_client import CollectorRegistry
from starlette.testclient import TestClient

from consumers.coarse import up_to_five
from dashboard.forms import last_day
from dashboard.local_login import LocalLogin
from dashboard.metrics import DashboardMetrics
from dashboard.nightly import Nightly
from dashboard.recording import ToRecord
from dashboard.wiring import Parts
from joinedup.commands.dashboard import built
from journey.moments import DAY, day_of
from tests.integration.dashboard.acting import NOW, Platform, recorder_on
from tests.integration.dashboard.browser import Browser, alerts_on, text_of
from tests.integration.dashboard.conftest import OURS, THEIRS, frontend_in, settings_for
from tests.integration.join.workbench import Workbench

SECRET_WORDS = "grandmother said so on Tuesday"
TODAY = day_of(NOW)


class Acting:
    """The application that can act, its people's browsers, and the platform behind it."""

    def __init__(self, app: Any, login: LocalLogin, platform: Platform) -> None:
        self.app = app
        self.parts: Parts = app.state.parts
        self.platform = platform
        self.bench = platform.bench
        self._password = login.password

    @contextmanager
    def dying(self, is_on_the_topic: bool) -> Iterator[None]:
        """Let the dashboard end before it answers, with what was recorded on the topic or not."""
        recorder = self.parts.recorder
        recorded = recorder.record

        def record(said: ToRecord) -> str:
            if is_on_the_topic:
                recorded(said)
            raise RuntimeError("the dashboard ends here")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(recorder, "record", record)
            yield

    def browser(
        self, name: str = "a.lead", la: str = OURS, role: str = "lead", teams: str = ""
    ) -> Browser:
        found = Browser(TestClient(self.app, base_url="http://127.0.0.1"), self._password)
        found.sign_in(la, role, name=name, teams=teams)
        return found


@pytest.fixture(scope="module")
def acting(
    filled: Workbench, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Acting]:
    """A dashboard that records on real Kafka."""
    recorder = recorder_on(filled, tmp_path_factory.mktemp("sources"), [OURS])
    app, login = built(
        settings_for(filled), frontend_in(cache), "127.0.0.1", [OURS, THEIRS], recorder
    )
    with TestClient(app):
        yield Acting(app, login, Platform(filled, OURS))


@pytest.fixture
def alert_of(filled: Workbench) -> Callable[..., dict[str, Any]]:
    """Gives an open alert on a child that nobody did anything about."""
    query = (
        "SELECT a.body::jsonb FROM alerts a LEFT JOIN standings s USING (la, alert_id)"
        " WHERE a.la = %s AND a.status = 'OPEN' AND s.alert_id IS NULL AND a.severity <> 'critical'"
        " AND a.duty <> 'SOURCE_SILENT' ORDER BY a.alert_id LIMIT 1"
    )

    def found(la: str = OURS) -> dict[str, Any]:
        return dict(filled.one(query, la))

    return found


def act(browser: Browser, alert: dict[str, Any], act_: str, **said: str) -> Any:
    """Send an action by its form, as the alert's page has it."""
    path = f"/alerts/{alert['alert_id']}"
    number = browser.page(path).xpath("//input[@name='number']/@value")[0]
    return browser.submit(path, f"{path}/actions", {"act": act_, "number": number, **said})


def until(days: int) -> dict[str, str]:
    day = day_of(NOW + days * DAY)
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def test_what_a_lead_does_is_recorded_first_and_shows_once_it_is_carried_out(
    acting: Acting, alert_of: Callable[..., dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    alert, lead = alert_of(), acting.browser()
    path = f"/alerts/{alert['alert_id']}"
    said = {**until(3), "reason": "MEETING_IS_BOOKED", "note": SECRET_WORDS}
    recorded = act(lead, alert, "SNOOZE", **said)
    assert recorded.status_code == 200
    assert "It shows here as soon as the platform has carried it out" in recorded.text
    assert "Snoozed" not in recorded.text and SECRET_WORDS not in recorded.text
    assert acting.platform.carry_out() == 2, "that it was seen, and that it was snoozed"
    page = text_of(lead.page(str(recorded.url).removeprefix("http://127.0.0.1")))
    assert "Snoozed by a.lead until" in page and SECRET_WORDS in page
    assert alert["alert_id"] not in _every(lead, "/queue")
    assert alerts_on(lead.page("/queue?whose=aside")) == [alert["alert_id"]]
    assert SECRET_WORDS.encode() not in acting.platform.raw()
    assert SECRET_WORDS not in caplog.text
    acting.platform.pass_days(5)
    page = text_of(lead.page(path))
    assert "Told again: the time for which it was set aside is over" in page
    assert alert["alert_id"] in _every(lead, "/queue")


def _every(lead: Browser, path: str) -> list[str]:
    found = []
    while path:
        page = lead.page(path)
        found += alerts_on(page)
        path = "".join(page.xpath("//a[@rel='next']/@href"))
    return found


@pytest.mark.parametrize("is_on_the_topic", [False, True], ids=["before-produce", "after-produce"])
def test_a_lead_whose_dashboard_dies_before_it_answers_acts_again_and_nothing_is_lost_or_done_twice(
    acting: Acting, alert_of: Callable[..., dict[str, Any]], is_on_the_topic: bool
) -> None:
    alert, lead = alert_of(), acting.browser()
    path, said = f"/alerts/{alert['alert_id']}", {**until(12), "reason": "MEETING_IS_BOOKED"}
    lead.page(path)
    with acting.dying(is_on_the_topic):
        assert act(lead, alert, "SNOOZE", **said).status_code == 500
    acting.platform.carry_out()
    shown = text_of(lead.page(path))
    assert ("Snoozed by a.lead until" in shown) is is_on_the_topic
    act(lead, alert, "SNOOZE", **said)
    acting.platform.carry_out()
    assert "Snoozed by a.lead until" in text_of(lead.page(path))
    assert alert["alert_id"] in alerts_on(lead.page("/queue?whose=aside"))


def test_an_alert_is_handed_over_once_the_other_accepts(
    acting: Acting, alert_of: Callable[..., dict[str, Any]]
) -> None:
    alert, one, other = alert_of(), acting.browser(), acting.browser("b.lead")
    path = f"/alerts/{alert['alert_id']}"
    act(one, alert, "ASSIGN", recipient="a.lead")
    act(one, alert, "ASSIGN", recipient="b.lead")
    acting.platform.carry_out()
    assert "a.lead has it" in text_of(one.page(path))
    assert "a.lead asks you to take it on" in text_of(other.page(path))
    assert alert["alert_id"] in alerts_on(other.page("/queue?whose=mine"))
    act(other, alert, "ACCEPT")
    acting.platform.carry_out()
    assert "b.lead has it" in text_of(one.page(path))
    assert alert["alert_id"] not in alerts_on(one.page("/queue?whose=mine"))
    act(other, alert, "ASSIGN", recipient="night-team")
    acting.platform.carry_out()
    of_team = acting.browser("c.lead", teams="night-team").page("/queue?team=mine")
    assert alerts_on(of_team) == [alert["alert_id"]]


def test_the_reconciliation_says_who_has_seen_what_and_what_nobody_has(acting: Acting) -> None:
    lead, rows = acting.browser(), "//tbody/tr[td[4][normalize-space()='Nobody']]"
    unseen = "//tbody/tr[td[3][normalize-space()='Nobody']]/th/a/@href"
    path = str(lead.page("/untouched").xpath(unseen)[0])
    lead.page(path)
    acting.platform.carry_out()
    page = lead.page("/untouched")
    (row,) = [one for one in page.xpath(rows) if path in one.xpath("th/a/@href")]
    assert text_of(row.xpath("td[3]")[0]) == "a.lead"
    assert "a.lead: " in text_of(page)


def test_what_is_said_every_night_is_what_the_page_says(
    acting: Acting, caplog: pytest.LogCaptureFixture
) -> None:
    registry = CollectorRegistry()
    nightly = Nightly([OURS, THEIRS], DashboardMetrics(registry), clock=lambda: 7.0)
    with caplog.at_level("INFO"):
        assert nightly.reconcile(acting.parts.store)
    for la in (OURS, THEIRS):
        counts = acting.browser(la=la).client.get("/api/untouched").json()["counts"]
        unseen = counts["open"] - counts["seen"]
        shown = registry.get_sample_value("joinedup_dashboard_unseen_alerts", {"la": la})
        assert shown == up_to_five(unseen) > 0
        assert registry.get_sample_value("joinedup_dashboard_reconciled_seconds", {"la": la}) == 7.0
        (said,) = [one for one in caplog.messages if f"Authority {la}" in one]
        assert f"nobody has seen {unseen}" in said and "a.lead" not in said


def test_a_closing_of_what_is_still_owed_says_so_and_the_alert_stays_open(
    acting: Acting, alert_of: Callable[..., dict[str, Any]]
) -> None:
    alert, lead = alert_of(), acting.browser()
    answer = act(lead, alert, "CLOSE", outcome="DOES_NOT_APPLY")
    acting.platform.carry_out()
    page = text_of(lead.page(str(answer.url).removeprefix("http://127.0.0.1")))
    assert "Closed by a.lead and still owed" in page
    assert alert["alert_id"] in alerts_on(lead.page("/queue?whose=aside"))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"act": "SNOOZE", **until(9)}, "Choose why"),
        ({"act": "SNOOZE", "reason": "OTHER"}, "Enter until when"),
        ({"act": "SNOOZE", "reason": "OTHER", "day": "31", "month": "2", "year": "1"}, "real day"),
        ({"act": "ACKNOWLEDGE", **until(-2)}, "Enter a day from"),
        ({"act": "ACKNOWLEDGE", **until(200)}, "Enter a day from"),
        ({"act": "ASSIGN", "recipient": " "}, "Enter who is to have it"),
        ({"act": "ESCALATE", "reason": "MEETING_IS_BOOKED"}, "Choose why"),
        ({"act": "COMMENT", "reason": "OTHER", "note": "x" * 1001}, "1,000 characters or fewer"),
        ({"act": "CLOSE", "outcome": "nonsense"}, "Choose what came of it"),
        ({"act": "SILENCE_FOR_EVER"}, "Choose what to do"),
        ({"act": "SEEN", "number": "-1"}, "Look at the alert again"),
    ],
)
def test_what_is_not_in_order_is_said_beside_its_field_and_nothing_is_recorded(
    acting: Acting,
    alert_of: Callable[..., dict[str, Any]],
    said: dict[str, str],
    words: str,
) -> None:
    alert, lead = alert_of(), acting.browser()
    path = f"/alerts/{alert['alert_id']}"
    lead.page(path)
    acting.platform.carry_out()
    answer = lead.submit(path, f"{path}/actions", {"number": str(alert["number"]), **said})
    assert answer.status_code == 422
    page = html.fromstring(answer.text)
    summary = text_of(page.xpath("//div[contains(@class, 'error-summary')]")[0])
    assert "There is a problem" in summary and words in summary
    (link,) = page.xpath("//div[contains(@class, 'error-summary')]//a/@href")
    assert page.xpath(f"//*[@id='{link[1:]}']"), "the summary leads to the field"
    assert page.findtext(".//title").startswith("Error: ")
    ids = [str(one) for one in page.xpath("//@id")]
    assert len(ids) == len(set(ids))
    assert acting.platform.carry_out() == 0


def test_an_action_by_the_api_is_as_good_as_one_by_a_form(
    acting: Acting, alert_of: Callable[..., dict[str, Any]]
) -> None:
    alert, lead = alert_of(), acting.browser()
    path = f"/api/alerts/{alert['alert_id']}"
    me = lead.client.get("/api/me").json()
    said = {"act": "ASSIGN", "number": alert["number"], "recipient": me["name"]}
    headers = {"X-Form-Token": me["form_token"]}
    answer = lead.client.post(f"{path}/actions", json=said, headers=headers)
    assert answer.status_code == 202
    asked = f"{path}?recorded={answer.json()['recorded']}"
    assert lead.client.get(asked).json()["recorded"]["heading"] == "Recorded"
    acting.platform.carry_out()
    shown = lead.client.get(asked).json()
    assert shown["recorded"]["heading"] == "Done"
    assert "a.lead has it." in shown["alert"]["people"]
    wrong = lead.client.post(f"{path}/actions", json={**said, "recipient": ""}, headers=headers)
    assert wrong.status_code == 422 and "recipient" in wrong.json()["fields"]


def test_a_form_of_another_site_or_session_records_nothing(
    acting: Acting, alert_of: Callable[..., dict[str, Any]]
) -> None:
    alert, lead = alert_of(), acting.browser()
    path = f"/alerts/{alert['alert_id']}/actions"
    for token in ({}, {"form_token": secrets.token_urlsafe(24)}):
        said = {"act": "ESCALATE", "reason": "OTHER", "number": "1", **token}
        assert lead.client.post(path, data=said).status_code == 403
    assert acting.platform.carry_out() == 0


def test_nobody_acts_on_an_alert_of_another_authority_or_of_none(
    acting: Acting, alert_of: Callable[..., dict[str, Any]]
) -> None:
    theirs, lead = alert_of(THEIRS), acting.browser()
    for name in (theirs["alert_id"], "00000000-0000-4000-8000-000000000000"):
        said = {"act": "ESCALATE", "reason": "OTHER", "number": "1"}
        answer = lead.submit("/find", f"/alerts/{name}/actions", said)
        assert answer.status_code == 404
    assert acting.platform.carry_out() == 0


def test_where_nothing_can_be_recorded_the_page_says_why_and_has_no_form(
    acting: Acting, alert_of: Callable[..., dict[str, Any]]
) -> None:
    theirs = alert_of(THEIRS)
    page = acting.browser(la=THEIRS).page(f"/alerts/{theirs['alert_id']}")
    assert f"Nobody can act for local authority {THEIRS} here yet" in text_of(page)
    assert not page.xpath("//form[contains(@action, '/actions')]")


def test_what_was_written_goes_dark_with_the_child(
    acting: Acting, filled: Workbench, alert_of: Callable[..., dict[str, Any]]
) -> None:
    alert, lead = alert_of(), acting.browser()
    act(lead, alert, "COMMENT", reason="FAMILY_CONTACTED", note=SECRET_WORDS)
    acting.platform.carry_out()
    path = f"/alerts/{alert['alert_id']}"
    assert SECRET_WORDS in text_of(lead.page(path))
    assert SECRET_WORDS.encode() not in bytes(
        filled.one("SELECT note FROM actions WHERE note IS NOT NULL ORDER BY id DESC LIMIT 1")
    )
    with filled.changing_keys() as keys:
        keys.execute("UPDATE leaf_keys SET wrapped = NULL, shredded_at = now()")
    page = text_of(lead.page(path))
    assert SECRET_WORDS not in page and "What was written can no longer be opened" in page


def test_the_dashboard_reads_actions_and_cannot_write_one(filled: Workbench) -> None:
    with psycopg.connect(filled.environment("dashboard")["JOINEDUP_DATABASE_URL"]) as connection:
        connection.execute("SELECT 1 FROM actions, standings LIMIT 0")
        for table in ("actions", "standings"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                with connection.transaction():
                    connection.execute(f"DELETE FROM {table}".encode())


def test_the_longest_time_set_aside_is_shorter_where_it_is_critical() -> None:
    assert last_day("critical", TODAY) < last_day("high", TODAY)
