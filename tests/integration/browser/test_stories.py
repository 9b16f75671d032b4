"""What people see and do: from an event on Kafka to a page, and from the page to the topic."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.chromium import WAIT_MS
from tests.integration.browser.conftest import PersonOf
from tests.integration.browser.platform import HOSPITAL, SCHOOL, Platform, placed, referred, seen

expect.set_options(timeout=WAIT_MS)

ONE, SHARED, THIRD = "K330400126001", "K330400126002", "K330400126003"
CHILD_OF = "SELECT child FROM leaves JOIN timeline USING (la, leaf) WHERE event_id = %s LIMIT 1"
ALERT_OF = """
SELECT max(alert_id::text) FROM alerts WHERE status = 'OPEN' AND child = (
  SELECT child FROM leaves JOIN timeline USING (la, leaf) WHERE event_id = %s LIMIT 1)
"""


def alert_of(platform: Platform, number: int, upn: str) -> str:
    """Publish a placement; return the alert that comes of it."""
    event = placed(number, upn)
    platform.publish(SCHOOL, event)
    return str(platform.wait_for(ALERT_OF, event.event_id))


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
    expect(lead.locator("svg[role=img]")).to_be_visible()
    expect(lead.get_by_role("heading", name="Why is there no alert?")).to_be_visible()


def test_what_a_lead_does_without_script_is_on_the_topic_and_then_on_the_page(
    platform: Platform, person_of: PersonOf
) -> None:
    alert = alert_of(platform, 2, SHARED)
    lead = person_of("b.lead", script=False)
    lead.goto(f"/alerts/{alert}")
    form = lead.locator("#acknowledge")
    form.locator("summary").click()
    day = datetime.now(UTC).date() + timedelta(days=3)
    _fill_day(form.get_by_label("Day"), form.get_by_label("Month"), form.get_by_label("Year"), day)
    form.get_by_role("button", name="Acknowledge").click()
    expect(lead.locator(".govuk-notification-banner")).to_be_visible()
    assert b"ACKNOWLEDGE" in platform.decided()
    platform.wait_for(
        "SELECT alert_id FROM actions WHERE alert_id = %s AND act = 'ACKNOWLEDGE'", alert
    )
    lead.goto(f"/alerts/{alert}")
    expect(lead.locator("#main-content")).to_contain_text("Acknowledged by b.lead until")
    lead.goto("/queue")
    expect(lead.locator(f"a[href='/alerts/{alert}']")).to_have_count(0)
    lead.locator("a[href='/queue?whose=aside']").first.click()
    expect(lead.locator(f"a[href='/alerts/{alert}']")).to_be_visible()


def _fill_day(day: object, month: object, year: object, to: date) -> None:
    for field, number in ((day, to.day), (month, to.month), (year, to.year)):
        field.fill(str(number))  # type: ignore[attr-defined]


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
    expect(manager.locator("main")).to_contain_text("AP_")
    with manager.expect_download() as taken:
        manager.get_by_role("button", name="Export as CSV").click()
    assert taken.value.suggested_filename.endswith(".csv")
