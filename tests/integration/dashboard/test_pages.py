"""What a lead is shown of a store that the join filled, and what is on record of that."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from consumers.store import queue
from consumers.store.reading import reading
from dashboard.access import ROUTES
from dashboard.queue import PAGE_SIZE
from journey.words import code_in_words
from tests.integration.dashboard.browser import Browser, alerts_on, text_of
from tests.integration.dashboard.conftest import CHILDREN, OURS, BrowserOf
from tests.integration.join.stories import nhs_number, nhs_numbers
from tests.integration.join.workbench import Workbench

TOLD = "to-delivered"
NOTED = "INSERT (la, child, reader, role, command, purpose)"


def alerts_of(filled: Workbench, la: str, status: str | None = "OPEN") -> list[dict[str, object]]:
    """The authority's alerts as the command line lists them: the most severe, longest due first."""
    with reading(filled.environment("reader")["JOINEDUP_DATABASE_URL"], la) as store:
        return [dict(one.fields) for one in store.alerts(status=status)]


def child_of(filled: Workbench, la: str) -> str:
    """A child of the authority with an open alert."""
    return next(str(one["child"]) for one in alerts_of(filled, la) if "-" in str(one["child"]))


def looks(filled: Workbench) -> list[tuple[object, ...]]:
    return filled.rows("SELECT la, child, reader, role, command, purpose FROM reads ORDER BY id")


def test_the_queue_shows_every_open_alert_once_and_in_order(
    filled: Workbench, lead: Browser
) -> None:
    wanted = [str(one["alert_id"]) for one in alerts_of(filled, OURS)]
    assert len(wanted) > 2 * PAGE_SIZE
    seen, path = [], "/queue"
    while path:
        page = lead.page(path)
        seen += alerts_on(page)
        path = "".join(page.xpath("//a[@rel='next']/@href"))
    assert seen == wanted


def test_a_filter_shows_what_it_says_and_the_counts_agree(filled: Workbench, lead: Browser) -> None:
    every = alerts_of(filled, OURS)
    duty = str(every[0]["duty"])
    wanted = [str(one["alert_id"]) for one in every if one["duty"] == duty]
    assert alerts_on(lead.page(f"/queue?duty={duty}")) == wanted[:PAGE_SIZE]
    page = lead.page("/queue")
    row = page.xpath(f"//tr[th/a[text()='{code_in_words(duty)}']]/td/text()")
    assert int(row[0]) == len(wanted)
    assert sum(int(cell) for cell in row[1:] if cell != "–") == len(wanted)
    assert f"{len(every)} open alerts in local authority {OURS}" in text_of(page)


def test_ended_alerts_are_shown_where_they_are_asked_for(filled: Workbench, lead: Browser) -> None:
    wanted = [str(one["alert_id"]) for one in alerts_of(filled, OURS, "RESOLVED")]
    assert alerts_on(lead.page("/queue?state=resolved")) == wanted[:PAGE_SIZE]


def test_what_is_due_soon_is_no_open_alert_and_is_shown_where_it_is_asked_for(
    filled: Workbench, lead: Browser
) -> None:
    soon = alerts_of(filled, OURS, "DUE_SOON")
    assert soon
    queue = lead.page("/queue")
    assert queue.xpath("//a[@href='/queue?state=due_soon']/text()") == [
        f"{len(soon)} more due soon"
    ]
    page = lead.page("/queue?state=due_soon")
    assert alerts_on(page) == [str(one["alert_id"]) for one in soon][:PAGE_SIZE]
    warned = soon[0]
    assert "nothing is missed yet" in text_of(lead.page(f"/alerts/{warned['alert_id']}"))
    assert "Due soon" in text_of(lead.page(f"/children/{warned['child']}"))
    why = lead.page(f"/children/{warned['child']}/why?duty={warned['duty']}")
    assert why.xpath(f"//a[@href='/alerts/{warned['alert_id']}']")


def test_an_escalated_alert_says_by_which_step(filled: Workbench, lead: Browser) -> None:
    risen = next(one for one in alerts_of(filled, OURS) if one.get("escalation") == 2)
    said = text_of(lead.page(f"/alerts/{risen['alert_id']}"))
    assert "Escalated, step 2" in said
    assert "Made more severe: step 2 past its deadline, now critical" in said


def test_the_queue_says_how_fresh_each_source_is(lead: Browser) -> None:
    sources = lead.page("/queue").xpath("//h2[@id='sources']/following::tbody[1]/tr/th/text()")
    assert len(sources) == 3


@pytest.mark.parametrize("path", ["/queue?duty=NO_SUCH", "/queue?state=x", "/queue?after=x"])
def test_an_address_that_no_page_leads_to_shows_nothing(lead: Browser, path: str) -> None:
    assert "Page not found" in text_of(lead.page(path, 404))


def test_a_child_s_page_tells_one_story_across_the_agencies(
    filled: Workbench, lead: Browser
) -> None:
    child = child_of(filled, OURS)
    page = lead.page(f"/children/{child}")
    agencies = {tag.strip() for tag in page.xpath("//ol//strong[contains(@class,'tag')]/text()")}
    assert agencies >= {"Education", "Health", "Social care"}
    drawn = page.xpath(
        "//svg[contains(@class, 'wide')]//*[self::rect or self::circle or self::path]"
    )
    # What is due more than a year ahead is told and not drawn.
    assert 0 < len(drawn) <= len(page.xpath("//table[caption[contains(., 'by kind')]]//td"))
    beside = page.xpath("//ol[@class='app-timeline']//p[contains(@class,'beside')]//a/@href")
    assert beside and set(beside) <= {
        f"/alerts/{one['alert_id']}" for one in alerts_of(filled, OURS, None)
    }
    assert page.xpath("//h2[@id='involved']/following-sibling::ul[1]/li[contains(., 'Since')]")
    health = lead.page(f"/children/{child}?agency=health")
    assert {t.strip() for t in health.xpath("//ol//strong[contains(@class,'tag')]/text()")} == {
        "Health"
    }


def test_an_alert_s_page_says_why_it_is_there_and_what_was_said_of_it(
    filled: Workbench, lead: Browser
) -> None:
    alert = next(one for one in alerts_of(filled, OURS) if one["because"])
    said = text_of(lead.page(f"/alerts/{alert['alert_id']}"))
    for part in ("What is owed", "The clock", "Because", "By what right", "Raised"):
        assert part in said


def test_why_answers_for_one_duty_and_a_day_and_for_all(filled: Workbench, lead: Browser) -> None:
    child = child_of(filled, OURS)
    alert = next(one for one in alerts_of(filled, OURS) if one["child"] == child)
    one = lead.page(f"/children/{child}/why?duty={alert['duty']}")
    assert "Due, and not done" in text_of(one)
    assert one.xpath(f"//a[@href='/alerts/{alert['alert_id']}']")
    early = lead.page(f"/children/{child}/why?duty={alert['duty']}&day=1&month=1&year=2000")
    assert "Not triggered" in text_of(early)
    assert "Enter a real day" in text_of(
        lead.page(f"/children/{child}/why?day=31&month=2&year=2025")
    )
    assert "Duties that nothing has started" in text_of(lead.page(f"/children/{child}/why"))


def test_a_child_is_found_by_key_and_by_an_identifier_that_stands_in_no_address(
    filled: Workbench, lead: Browser
) -> None:
    child = child_of(filled, OURS)
    by_key = lead.submit("/find", "/find", {"scheme": "KEY", "value": child[:8]})
    assert by_key.url.path == f"/children/{child}"
    found = lead.submit("/find", "/find", {"scheme": "NHS", "value": nhs_number(3)})
    assert found.url.path.startswith("/children/") and nhs_number(3) not in str(found.url)
    for said in (
        {"scheme": "KEY", "value": child[:3]},
        {"scheme": "NHS", "value": "9990000999"},
        {"scheme": "NHS", "value": "1"},
        {"scheme": "MIS_ID", "value": "1"},
        {},
    ):
        answer = lead.submit("/find", "/find", said)
        assert answer.status_code == 422 and "There is a problem" in answer.text


def test_every_look_at_a_child_is_on_record_by_name(filled: Workbench, lead: Browser) -> None:
    child = child_of(filled, OURS)
    alert = next(one for one in alerts_of(filled, OURS) if one["child"] == child)
    before = len(looks(filled))
    for path in (f"/children/{child}", f"/children/{child}/why", f"/alerts/{alert['alert_id']}"):
        lead.page(path)
    assert looks(filled)[before:] == [
        (OURS, child, "a.lead", "lead", f"dashboard {page}", "safeguarding")
        for page in ("child", "why", "alert")
    ]


def test_what_cannot_be_put_on_record_is_not_shown(filled: Workbench, lead: Browser) -> None:
    child = child_of(filled, OURS)
    alert = next(one["alert_id"] for one in alerts_of(filled, OURS) if one["child"] == child)
    with psycopg.connect(filled.owner, autocommit=True) as owner:
        owner.execute(f"REVOKE {NOTED} ON reads FROM joinedup_dashboard".encode())
        try:
            about = [f"/children/{child}", f"/children/{child}/why", f"/alerts/{alert}"]
            answers = [
                lead.client.get(path) for path in (*about, *(f"/api{path}" for path in about))
            ]
        finally:
            owner.execute(f"GRANT {NOTED} ON reads TO joinedup_dashboard".encode())
    assert {answer.status_code for answer in answers} == {503}
    assert not any(child[:8] in answer.text for answer in answers)


def test_no_page_leads_to_a_shielded_child_and_its_alerts_are_told_all_the_same(
    filled: Workbench, lead: Browser
) -> None:
    child = child_of(filled, OURS)
    mine = [one for one in alerts_of(filled, OURS, None) if one["child"] == child]
    turn = "UPDATE leaves SET shielded = %s WHERE la = %s AND child = %s"
    pages = [f"/children/{child}{page}" for page in ("", "/why", "/sharing")]
    pages += [f"/alerts/{one['alert_id']}" for one in mine]
    with psycopg.connect(filled.owner, autocommit=True) as owner:
        owner.execute(turn, [True, OURS, child])
        try:
            shown = [text_of(lead.page(path)) for path in pages]
            queue = [alerts_on(lead.page(f"/queue?state=all&duty={one['duty']}")) for one in mine]
        finally:
            owner.execute(turn, [False, OURS, child])
    for page in shown:
        assert "Details withheld: shielded." in page
        assert not [word for word in ("the-school", "the-hospital", "ap-1") if word in page]
        assert "Because" not in page and "Who knows this child" not in page
    assert all(one["alert_id"] in listed for one, listed in zip(mine, queue, strict=True))


def test_nobody_who_is_not_signed_in_reaches_any_page(lead: Browser) -> None:
    lead.client.cookies.clear()
    for method, _, shape in (name.partition(" ") for name in ROUTES):
        path = shape.replace("{child}", "0" * 36).replace("{alert_id}", "0" * 32)
        if not path.startswith(("/sign-in", "/static")):
            answer = lead.client.request(method, path, follow_redirects=False)
            assert answer.status_code in (303, 401, 403), (method, path)


def test_no_page_names_an_identifier_or_a_birth(filled: Workbench, lead: Browser) -> None:
    child = child_of(filled, OURS)
    secret = (*nhs_numbers(CHILDREN), "2010-01-", "January 2010")
    for path in ("/queue", f"/children/{child}", f"/children/{child}/why"):
        shown = lead.client.get(path).text
        assert not [one for one in secret if one in shown]


def test_every_page_can_be_read_by_a_machine_that_reads_aloud(
    filled: Workbench, lead: Browser
) -> None:
    child = child_of(filled, OURS)
    alert = alerts_of(filled, OURS)[0]["alert_id"]
    for path in (
        "/queue",
        "/find",
        f"/children/{child}",
        f"/children/{child}/why",
        f"/alerts/{alert}",
    ):
        assert_readable(lead.page(path), path)


def assert_readable(page: Any, path: str) -> None:
    """Hold a page to what a screen reader needs: a title, one heading, labels, ids of their own."""
    assert page.get("lang") == "en-GB"
    assert page.findtext(".//title") and len(page.findall(".//h1")) == 1, path
    ids = [str(one) for one in page.xpath("//@id")]
    assert len(ids) == len(set(ids)), path
    fields = page.xpath("//input[not(@type='hidden')] | //select | //textarea")
    labelled = set(page.xpath("//label/@for"))
    assert {field.get("id") for field in fields} <= labelled, path


@pytest.mark.parametrize("few", [0, queue.MOST_LOOKED_UP])
def test_a_lead_asks_for_what_their_teams_were_told_of(
    filled: Workbench, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """few: up to how many a team's alerts are looked up; of more the queue is read in order."""
    monkeypatch.setattr(queue, "MOST_LOOKED_UP", few)
    told = filled.one(
        "SELECT min(alert_id::text) FROM delivery_states WHERE la = %s AND recipient = %s",
        OURS,
        TOLD,
    )
    lead, every = browser_of(OURS, teams=f"{TOLD} elsewhere"), "state=all&whose=all"
    page = lead.page(f"/queue?{every}&team=mine")
    assert alerts_on(page) == [told] == alerts_on(lead.page(f"/queue?{every}&team={TOLD}"))
    assert page.xpath("//select[@name='team']/option/@value") == ["", "mine", TOLD, "elsewhere"]
    assert not alerts_on(lead.page(f"/queue?{every}&team=elsewhere"))
    assert len(alerts_on(lead.page(f"/queue?{every}"))) > 1
    (line,) = lead.client.get(f"/api/alerts?{every}&team=mine").json()["alerts"]
    assert line["alert_id"] == told
    lead.page("/queue?team=others", 404)
    assert not browser_of(OURS).page("/queue").xpath("//select[@name='team']")
