"""What waits, what was refused and who was told: seen in a browser, and ordered on record."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from dashboard import dead_letters, deliveries, parked
from joinedup.commands.dashboard import built
from tests.integration.dashboard.acting import Platform, recorder_on
from tests.integration.dashboard.browser import Browser, text_of
from tests.integration.dashboard.conftest import (
    OURS,
    THEIRS,
    BrowserOf,
    frontend_in,
    settings_for,
)
from tests.integration.dashboard.test_acting import Acting
from tests.integration.dashboard.test_pages import looks
from tests.integration.dashboard.test_roles import park_of
from tests.integration.dashboard.troubles import REFUSED_EVENT, WAITING
from tests.integration.join.workbench import Workbench


@pytest.fixture(scope="module")
def acting(
    filled: Workbench, cache: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Acting]:
    """A dashboard that records on real Kafka."""
    recorder = recorder_on(filled, tmp_path_factory.mktemp("sources"), [OURS])
    frontend = frontend_in(cache)  # type: ignore[arg-type]
    app, login = built(settings_for(filled), frontend, "127.0.0.1", [OURS, THEIRS], recorder)
    with TestClient(app):
        yield Acting(app, login, Platform(filled, OURS))


def rows(page: object, place: str) -> list[str]:
    """The rows of the table below this heading, each as one line."""
    found = page.xpath(f"//*[@aria-labelledby='{place}']//tbody/tr")  # type: ignore[attr-defined]
    return [text_of(one) for one in found]


def test_whose_records_wait_is_listed_and_a_look_at_them_is_on_record(
    filled: Workbench, lead: Browser
) -> None:
    listed = rows(lead.page("/parked"), "parked")
    assert len(listed) == WAITING
    assert all("Health discharged" in one and "LookupError" in one for one in listed)
    before, park = len(looks(filled)), park_of(filled, OURS)
    (row,) = rows(lead.page(f"/parked/{park}"), "waiting")
    assert "Could not be taken (LookupError)" in row
    (look,) = looks(filled)[before:]
    assert look[2:] == ("a.lead", "lead", "dashboard parked", "safeguarding")
    assert str(look[1])[:8] in listed[0]
    alerts = lead.page(f"/children/{look[1]}").xpath("//h3/a/@href")
    assert "Records of this child could not be taken in" in text_of(lead.page(str(alerts[0])))


def test_nobody_orders_anything_where_nothing_can_be_recorded(lead: Browser) -> None:
    said = {"reason": "release", "most": "1"}
    answer = lead.submit("/sign-in", "/parked", said)
    assert answer.status_code == 422 and "Nobody can act here." in answer.text


def test_an_order_for_all_goes_on_in_steps_and_stops_where_a_person_says_so(
    acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parked, "STEP", 1)
    lead = acting.browser()
    said = {"reason": "release", "most": "2"}
    shown = lead.submit("/parked", "/parked", said)
    assert "Ordered for 1 child." in shown.text and "Go on with the next 1" in shown.text
    page = lead.page(str(shown.url).removeprefix("http://127.0.0.1"))
    going = {
        str(one.get("name")): str(one.get("value"))
        for one in page.xpath("//form[.//button[contains(., 'Go on')]]//input")
    }
    ended = lead.client.post("/parked", data=going)
    assert "Ordered for 2 children." in ended.text and "Go on" not in ended.text
    assert acting.platform.carry_out() == 2
    assert len(rows(lead.page("/parked"), "parked")) == WAITING - 2
    raw = acting.platform.raw()
    assert raw.count(b"a.lead") == 2 and raw.count(b"release") == 2


def test_an_order_for_one_child_takes_its_records_again_once(acting: Acting) -> None:
    lead, left = acting.browser(), park_of(acting.bench, OURS)
    assert len(lead.client.get(f"/api/parked/{left}").json()["waiting"]) == 1
    shown = lead.send("/api/parked", {"reason": "release", "park": left})
    assert (shown.status_code, shown.json()["done"]) == (202, 1)
    assert lead.send("/api/parked", {"reason": "", "park": left}).status_code == 422
    acting.platform.carry_out()
    assert "No record waits." in text_of(lead.page("/parked"))
    assert lead.client.get(f"/parked/{left}").status_code == 404


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"most": "5"}, "Choose why now"),
        ({"most": "5", "reason": "I feel like it"}, "Choose why now"),
        ({"most": "101", "reason": "release"}, "from 1 to 100"),
        ({"most": "all", "reason": "release"}, "from 1 to 100"),
    ],
)
def test_an_order_needs_a_reason_and_a_bound(
    acting: Acting, said: dict[str, str], fault: str
) -> None:
    answer = acting.browser().submit("/parked", "/parked", said)
    assert answer.status_code == 422 and fault in answer.text


def test_what_was_refused_is_told_by_source_and_reason_and_what_to_do(
    filled: Workbench, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "PAGE_SIZE", 2)
    administrator, before = browser_of(OURS, "administrator"), len(looks(filled))
    page = administrator.page("/dead-letters")
    hospital, school = rows(page, "who")
    assert "the-hospital/epr" in hospital and "A field breaks the contract" in hospital
    assert "sends it again" in hospital and "another agency’s topic" in school
    assert "It is not signed with its source’s key: 1" in text_of(page), "of no source"
    each = rows(page, "each")
    later = administrator.page("".join(page.xpath("//a[@rel='next']/@href")))
    assert len({*each, *rows(later, "each")}) == 3
    of_school = administrator.page("/dead-letters?source=the-school/mis&reason=wrong-topic")
    assert len(rows(of_school, "each")) == 1
    assert len(looks(filled)) == before, "no child is on the page"


def test_an_event_s_receipt_says_what_became_of_it_in_its_own_authority(lead: Browser) -> None:
    said = text_of(lead.page(f"/dead-letters?event={REFUSED_EVENT.upper()}"))
    assert "It was refused, and nothing of it came through since.the-hospital/epr" in said
    nothing = text_of(lead.page("/dead-letters?event=00000000-0000-4000-8000-000000000000"))
    assert "No event of this id came" in nothing
    assert "Enter the id of an event" in text_of(lead.page("/dead-letters?event=x"))


def test_a_delivery_that_failed_comes_first(
    browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "PAGE_SIZE", 2)
    lead = browser_of(OURS)
    page = lead.page("/deliveries")
    first, second = rows(page, "deliveries")
    assert "given up" in first and "address refused" in first and "to-given_up" in first
    later = lead.page("".join(page.xpath("//a[@rel='next']/@href")))
    (third,) = rows(later, "deliveries")
    assert "waits" in second and "delivered" in third
    assert "nobody was told of" in text_of(page) and page.xpath(
        "//a[starts-with(@href,'/alerts/')]"
    )
    told = rows(lead.page("/deliveries?state=told"), "deliveries")
    assert told == [third]


def test_an_administrator_sees_deliveries_and_no_way_to_an_alert(browser_of: BrowserOf) -> None:
    page = browser_of(OURS, "administrator").page("/deliveries")
    assert len(rows(page, "deliveries")) == 3
    assert not page.xpath("//a[starts-with(@href,'/alerts/')]")
