"""What people see and do: from an event on Kafka to a page, and from the page to the topic."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

from playwright.sync_api import Locator, Page, expect

from schemas.traces import ATTRIBUTES
from tests.chromium import WAIT_MS
from tests.integration.browser.conftest import PersonOf
from tests.integration.browser.platform import (
    HOSPITAL,
    LA,
    PROCESSES,
    SCHOOL,
    Platform,
    confirmed,
    discharged,
    placed,
    referred,
    seen,
)
from tests.otlp import Received

expect.set_options(timeout=WAIT_MS)

ONE, SHARED, THIRD = "K330400126001", "K330400126002", "K330400126003"
CHILD_OF = "SELECT child FROM leaves JOIN timeline USING (la, leaf) WHERE event_id = %s LIMIT 1"
ALERT_OF = """
SELECT alert_id::text FROM alerts WHERE status = 'OPEN' AND duty = %s AND child = (
  SELECT child FROM leaves JOIN timeline USING (la, leaf) WHERE event_id = %s LIMIT 1)
"""
DUTY = "AP_SAFEGUARDING_CHECK_MISSING"
"""What is owed of each placement that is published here, by the day before it."""
ACTED = "SELECT alert_id FROM actions WHERE alert_id = %s AND act = %s"
WAITS = "SELECT child FROM alerts WHERE duty = 'RECORDS_PARKED' AND status = 'OPEN'"
RECORDS = ("placement/", "confirmed/", "referral/", "contact/", "discharge/")
LOOKED = "SELECT reader FROM reads WHERE child = %s AND command = 'dashboard why'"


def alert_of(platform: Platform, number: int, upn: str) -> str:
    """Publish a placement; return the alert that comes of it."""
    event = placed(number, upn)
    platform.publish(SCHOOL, event)
    return str(platform.wait_for(ALERT_OF, DUTY, event.event_id))


def test_an_event_on_kafka_is_an_alert_in_the_queue_without_another_look(
    platform: Platform, person_of: PersonOf
) -> None:
    lead = person_of()
    expect(lead.get_by_text("No alert of this kind.")).to_be_visible()
    alert = alert_of(platform, 1, ONE)
    lead.clock.fast_forward(21_000)
    link = lead.locator(f"#alerts a[href='/alerts/{alert}']")
    expect(link).to_be_visible()
    expect(lead.get_by_role("status")).to_contain_text("The list has changed")
    link.click()
    expect(lead.get_by_role("heading", level=1)).to_be_visible()
    lead.locator("a[href^='/children/']").first.click()
    expect(lead.get_by_role("heading", name="Timeline across the agencies")).to_be_visible()
    expect(lead.locator("ol.app-timeline")).to_contain_text("AP placement started")
    expect(lead.locator("svg[role=img]:visible")).to_be_visible()
    expect(lead.get_by_role("heading", name="Why is there no alert?")).to_be_visible()


def test_a_page_that_is_left_open_shows_nothing_once_its_session_has_ended(
    platform: Platform, person_of: PersonOf
) -> None:
    lead = person_of()
    lead.clock.fast_forward(61_000)
    expect(lead.get_by_role("heading", level=1)).to_be_visible()
    lead.context.clear_cookies()
    lead.clock.fast_forward(61_000)
    lead.wait_for_url("**/sign-in")
    expect(lead.get_by_role("button", name="Sign out")).to_have_count(0)


def test_what_a_lead_does_without_script_is_on_the_topic_and_then_on_the_page(
    platform: Platform, person_of: PersonOf
) -> None:
    alert = alert_of(platform, 2, SHARED)
    lead = person_of("b.lead", script=False)
    lead.goto(f"/alerts/{alert}")
    form = form_of(lead, "acknowledge")
    fill_day(form, datetime.now(UTC).date() + timedelta(days=3))
    send(platform, lead, alert, form.get_by_role("button", name="Acknowledge"), "ACKNOWLEDGE")
    expect(lead.locator("#main-content")).to_contain_text("Acknowledged by b.lead until")
    lead.goto("/queue")
    expect(lead.locator(f"a[href='/alerts/{alert}']")).to_have_count(0)
    lead.locator("a[href='/queue?whose=aside']").first.click()
    expect(lead.locator(f"a[href='/alerts/{alert}']")).to_be_visible()


def form_of(lead: Page, act: str) -> Locator:
    """Open the form of an act on an alert's page, and return it."""
    form = lead.locator(f"#{act}")
    form.locator("summary").click()
    return form


def fill_day(form: Locator, day: date) -> None:
    for label, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        form.get_by_label(label).fill(str(number))


def send(platform: Platform, lead: Page, alert: str, button: Locator, act: str) -> None:
    """Press a button; return with the alert's page once the act was on the topic and came back."""
    button.click()
    expect(lead.locator(".govuk-notification-banner")).to_be_visible()
    assert act.encode() in platform.decided()
    platform.wait_for(ACTED, alert, act)
    lead.goto(f"/alerts/{alert}")


def test_an_alert_is_with_whoever_accepts_the_hand_over(
    platform: Platform, person_of: PersonOf
) -> None:
    alert = alert_of(platform, 6, "K330400126006")
    lead, other = person_of("d.lead"), person_of("e.lead")
    lead.goto(f"/alerts/{alert}")
    form = form_of(lead, "assign")
    form.get_by_label("To whom").fill("e.lead")
    send(platform, lead, alert, form.get_by_role("button", name="Hand over"), "ASSIGN")
    expect(lead.locator("#main-content")).to_contain_text("d.lead asked e.lead to take it on")
    other.goto("/queue?whose=mine")
    other.locator(f"a[href='/alerts/{alert}']").click()
    expect(other.get_by_text("d.lead asks you to take it on.")).to_be_visible()
    send(platform, other, alert, other.get_by_role("button", name="Accept"), "ACCEPT")
    expect(other.locator("#main-content")).to_contain_text("e.lead has it.")


def test_what_is_snoozed_comes_back_once_it_is_escalated_and_what_is_written_is_read(
    platform: Platform, person_of: PersonOf
) -> None:
    alert = alert_of(platform, 7, "K330400126007")
    lead, words = person_of("f.lead"), "The provider rang, and calls back on Friday"
    lead.goto(f"/alerts/{alert}")
    page, form = lead.locator("#main-content"), form_of(lead, "snooze")
    fill_day(form, datetime.now(UTC).date() + timedelta(days=2))
    form.get_by_label("A meeting about it is booked").check()
    send(platform, lead, alert, form.get_by_role("button", name="Snooze"), "SNOOZE")
    expect(page).to_contain_text("Snoozed by f.lead until")
    form = form_of(lead, "escalate")
    form.get_by_label("The agencies disagree").check()
    send(platform, lead, alert, form.get_by_role("button", name="Escalate"), "ESCALATE")
    expect(page).to_contain_text("Escalated by f.lead: the agencies disagree.")
    form = form_of(lead, "comment")
    form.get_by_label("An agency was contacted").check()
    form.get_by_label("What else should be known").fill(words)
    send(platform, lead, alert, form.get_by_role("button", name="Comment"), "COMMENT")
    expect(lead.get_by_text(words)).to_be_visible()
    assert words.encode() not in platform.decided(), "what is written travels sealed"
    lead.goto("/queue?whose=escalated")
    expect(lead.locator(f"a[href='/alerts/{alert}']")).to_be_visible()


def test_an_alert_that_a_record_ended_is_closed_with_what_came_of_it(
    platform: Platform, person_of: PersonOf
) -> None:
    upn = "K330400126008"
    alert = alert_of(platform, 8, upn)
    platform.publish(SCHOOL, confirmed(8, upn))
    platform.wait_for("SELECT 1 FROM alerts WHERE alert_id = %s AND status = 'RESOLVED'", alert)
    lead = person_of("g.lead")
    lead.goto(f"/alerts/{alert}")
    form = form_of(lead, "close")
    form.get_by_role("button", name="Close").click()
    expect(lead.get_by_role("alert")).to_contain_text("Choose what came of it")
    form.get_by_label("It was done", exact=True).check()
    send(platform, lead, alert, form.get_by_role("button", name="Close"), "CLOSE")
    expect(lead.locator("#main-content")).to_contain_text("Closed by g.lead: it was done.")


def test_records_that_could_not_be_taken_in_are_taken_again_by_an_order_from_the_browser(
    platform: Platform, person_of: PersonOf
) -> None:
    upn = "K330400126009"
    alert_of(platform, 9, upn)
    platform.publish(HOSPITAL, discharged(9, upn))
    child = platform.wait_for(WAITS)
    lead = person_of("h.lead")
    lead.goto(f"/children/{child}")
    expect(lead.get_by_text("1 record of the newest could not be taken in")).to_be_visible()
    lead.get_by_role("link", name="Records and sources").click()
    lead.get_by_role("link", name="Records that wait").click()
    lead.get_by_role("link", name=child[:8]).click()
    expect(lead.get_by_text("Could not be taken (LookupError)")).to_be_visible()
    platform.mend()
    lead.get_by_label("A release that mends the cause runs now").check()
    lead.get_by_role("button", name="Take these records again").click()
    expect(lead.get_by_text("Ordered for 1 child.")).to_be_visible()
    assert b"h.lead" in platform.decided()
    platform.wait_for("SELECT 1 WHERE NOT EXISTS (SELECT FROM parked)")
    lead.goto("/parked")
    expect(lead.get_by_text("No record waits.")).to_be_visible()
    lead.goto(f"/children/{child}")
    expect(lead.locator("ol.app-timeline")).to_contain_text("Health discharged")


def test_why_there_is_an_alert_on_one_day_and_none_on_another_is_asked_of_any_day(
    platform: Platform, person_of: PersonOf
) -> None:
    alert, today = alert_of(platform, 10, "K330400126010"), datetime.now(UTC).date()
    answers = {today: "Due, and not done", today - timedelta(days=1): "Not triggered"}
    lead = person_of("i.lead")
    lead.goto(f"/alerts/{alert}")
    lead.locator("a[href^='/children/']").first.click()
    child = lead.url.rpartition("/")[2]
    asking = lead.locator("form[action$='/why']")
    for day, heading in answers.items():
        asking.get_by_label("Duty").select_option(DUTY)
        fill_day(asking, day)
        asking.get_by_role("button", name="Ask").click()
        expect(lead.locator(".govuk-summary-card")).to_contain_text(heading)
    assert platform.wait_for(LOOKED, child) == "i.lead"
    fill_day(asking, today)
    asking.get_by_label("Month").fill("13")
    asking.get_by_role("button", name="Ask").click()
    expect(lead.get_by_text("Enter a real day")).to_be_visible()


def test_a_lead_is_told_by_email_and_the_delivery_is_on_the_page(
    platform: Platform, person_of: PersonOf
) -> None:
    alert = alert_of(platform, 3, THIRD)
    platform.wait_for(
        "SELECT alert_id FROM delivery_states WHERE alert_id = %s AND step = 'DELIVERED'", alert
    )
    told = [one for one in platform.mail.messages if alert in one.as_string()]
    assert told and "P3" not in told[0].as_string() and THIRD not in told[0].as_string()
    lead = person_of()
    lead.goto("/deliveries")
    row = lead.locator("tr", has=lead.locator(f"a[href='/alerts/{alert}']"))
    expect(row.first).to_contain_text("delivered")


def test_a_doubt_of_identity_is_decided_in_the_browser(
    platform: Platform, person_of: PersonOf
) -> None:
    upn = "K330400126004"
    platform.publish(HOSPITAL, referred(4, upn, born=date(2011, 5, 1)))
    platform.publish(SCHOOL, placed(4, upn, born=date(2011, 1, 5)))
    platform.wait_for("SELECT subject FROM reviews WHERE kind = 'identity' AND standing")
    lead = person_of()
    lead.get_by_role("link", name="Records and sources").click()
    lead.get_by_role("link", name="Look at the records").click()
    expect(lead.get_by_text("two dates of birth")).to_be_visible()
    _decide(lead)
    expect(lead.get_by_text("Choose on what it rests").first).to_be_visible()
    lead.get_by_label("Documents were seen").check()
    _decide(lead)
    expect(lead.get_by_text("Your decision is on record.")).to_be_visible()
    assert b"DOCUMENTS_SEEN" in platform.decided()
    platform.wait_for(
        "SELECT 1 WHERE NOT EXISTS (SELECT FROM reviews WHERE kind = 'identity' AND standing"
        " AND reason <> 'decided-not-the-same')"
    )
    lead.goto("/identity")
    expect(lead.get_by_text("No identity is in doubt.")).to_be_visible()


def _decide(lead: Page) -> None:
    lead.get_by_label("Not one child: keep them apart").check()
    lead.get_by_role("button", name="Put the decision on record").click()


def test_who_is_not_involved_says_why_they_look_and_a_manager_reviews_it(
    platform: Platform, person_of: PersonOf
) -> None:
    event = seen(5, "K330400126005")
    platform.publish(HOSPITAL, event)
    child = platform.wait_for(CHILD_OF, event.event_id)
    lead = person_of("c.lead")
    lead.goto(f"/children/{child}")
    expect(lead.get_by_text("Health contact")).to_have_count(0)
    lead.get_by_label("The child may be at risk of harm").check()
    lead.get_by_label("In your own words").fill("The school rang about an injury")
    lead.get_by_role("button", name="Put it on record and look").click()
    expect(lead.locator("ol.app-timeline")).to_contain_text("Health contact")
    manager = person_of("a.manager", "manager")
    manager.goto("/break-glass")
    manager.get_by_role("link", name="the look of c.lead").click()
    expect(manager.get_by_text("The school rang about an injury")).to_be_visible()
    manager.get_by_label("It was justified").check()
    manager.get_by_role("button", name="Put it on record").click()
    expect(manager.get_by_role("link", name="It was justified, says a.manager")).to_be_visible()


def test_a_manager_sees_in_figures_what_was_done_and_takes_them_away(
    platform: Platform, person_of: PersonOf
) -> None:
    alert = alert_of(platform, 5, "K330400126005")
    platform.wait_for("SELECT alert_id FROM alerts WHERE alert_id = %s", alert)
    manager = person_of("a.manager", "manager")
    manager.goto("/figures")
    expect(manager.get_by_role("heading", level=1)).to_be_visible()
    expect(manager.locator("main")).to_contain_text("AP safeguarding check missing")
    with manager.expect_download() as taken:
        manager.get_by_role("button", name="Export as CSV").click()
    assert taken.value.suggested_filename.endswith(".csv")


TO_THE_PAGE = ["publish", "intake", "join", "alert", "page"]
TO_THE_LEAD = ["publish", "intake", "join", "alert", "relay", "tell"]


def test_one_trace_goes_from_a_schools_publish_to_a_leads_page(
    platform: Platform, person_of: PersonOf
) -> None:
    event, watching = placed(40, "K330400126040"), platform.watching
    before = len(watching.spans)
    platform.publish(SCHOOL, event)
    alert = str(platform.wait_for(ALERT_OF, DUTY, event.event_id))
    person_of().goto(f"/alerts/{alert}")
    # That the page was seen is published too: the first is the school's.
    published = next(one for one in watching.spans[before:] if one.name == "publish")

    def named(name: str) -> list[Received]:
        return [one for one in watching.of_trace(published.trace) if one.name == name]

    watching.wait_for(lambda: len(named("tell")) == len(named("alert")) > 0 < len(named("page")))
    by_id = {one.span: one for one in watching.of_trace(published.trace)}

    def way(to: Received) -> list[Received]:
        return [*(way(by_id[to.parent]) if to.parent in by_id else ()), to]

    assert published.parent == ""
    assert [one.name for one in way(named("page")[0])] == TO_THE_PAGE
    for told in named("tell"):
        assert [one.name for one in way(told)] == TO_THE_LEAD
        services = [one.service.removeprefix("joinedup-") for one in way(told)[1:]]
        assert services == ["intake", "join", "join", "relay", "notifier"]


def test_no_span_and_no_log_of_the_whole_run_says_anything_of_a_child(platform: Platform) -> None:
    logs = {file.stem: file.read_bytes().splitlines() for file in platform.logs()}
    assert set(logs) == {*PROCESSES, "dashboard"} and all(logs.values())
    said = [line for lines in logs.values() for line in lines]
    for line in said:
        assert json.loads(line)["message"], "each line is structured"
    assert {name for one in platform.watching.spans for name in one.attributes} <= ATTRIBUTES
    everything = b"\n".join(said) + platform.watching.bytes
    of_children = ("K33040012", "2011-05-01", "2011-01-05", "rang, and", *RECORDS)
    keys = platform.every("SELECT child FROM leaves WHERE la = %s", LA)
    assert keys
    for word in (*of_children, "lead@example.org", ".lead", *keys):
        assert word.encode() not in everything, word
