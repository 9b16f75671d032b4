"""Looking without a known need: never without a reason, and never without somebody who asks."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from dashboard import often
from dashboard.searching import MOST_MISSED
from tests.integration.dashboard.browser import Browser, text_of
from tests.integration.dashboard.conftest import OURS, SEEN_ONCE, BrowserOf
from tests.integration.dashboard.test_pages import alerts_of, child_of, looks
from tests.integration.join.stories import nhs_number
from tests.integration.join.workbench import Workbench

WORDS = "The head teacher rang about the child"
REASON = {"code": "CONTACT", "words": WORDS}


def seen_once_of(filled: Workbench, la: str) -> str:
    """The child of whom nothing shows that anybody needs to know."""
    (found,) = filled.rows(
        "SELECT child FROM leaves JOIN timeline USING (la, leaf) WHERE la = %s GROUP BY child"
        " HAVING count(*) = 1 AND min(type) = 'HealthContactHeld'",
        la,
    )
    return str(found[0])


def break_glass(browser: Browser, child: str, **changed: str) -> Any:
    place = f"/children/{child}/break-glass"
    return browser.submit(place, place, REASON | changed)


@pytest.fixture
def closed(filled: Workbench) -> str:
    """A child of our authority with whom nobody is known to be involved."""
    return seen_once_of(filled, OURS)


def test_a_child_with_whom_one_is_not_involved_is_not_shown_without_a_reason(
    filled: Workbench, browser_of: BrowserOf, closed: str
) -> None:
    lead, before = browser_of(OURS, name="not.involved"), len(looks(filled))
    for page in ("", "/why", "/sharing"):
        answer = lead.client.get(f"/children/{closed}{page}")
        assert answer.url.path == f"/children/{closed}/break-glass"
        assert "Health contact" not in answer.text
    found = lead.submit("/find", "/find", {"scheme": "NHS", "value": nhs_number(SEEN_ONCE)})
    assert found.url.path == f"/children/{closed}/break-glass"
    assert len(looks(filled)) == before, "nothing was looked at"


@pytest.mark.parametrize(
    "changed", [{"code": ""}, {"code": "CURIOUS"}, {"words": "x"}, {"words": "x" * 1001}]
)
def test_a_reason_is_a_code_and_words(
    filled: Workbench, browser_of: BrowserOf, closed: str, changed: dict[str, str]
) -> None:
    lead, before = browser_of(OURS, name="no.reason"), len(looks(filled))
    answer = break_glass(lead, closed, **changed)
    assert answer.status_code == 422 and "There is a problem" in answer.text
    assert len(looks(filled)) == before


def test_a_reason_opens_this_child_for_this_person_for_an_hour_and_is_on_record_first(
    filled: Workbench, browser_of: BrowserOf, closed: str
) -> None:
    lead, before = browser_of(OURS, name="with.reason"), len(looks(filled))
    page = break_glass(lead, closed)
    assert page.url.path == f"/children/{closed}" and "Health contact" in page.text
    assert [row[1:] for row in looks(filled)[before:]] == [
        (closed, "with.reason", "lead", f"dashboard {command}", "break-glass CONTACT")
        for command in ("break-glass", "child")
    ]
    other = browser_of(OURS, name="another").client.get(f"/children/{closed}")
    assert other.url.path.endswith("/break-glass")
    age(filled, "with.reason", 61)
    assert lead.client.get(f"/children/{closed}").url.path.endswith("/break-glass")


def test_what_somebody_wrote_stands_nowhere_in_the_open(
    filled: Workbench, browser_of: BrowserOf, closed: str
) -> None:
    break_glass(browser_of(OURS, name="in.words"), closed)
    kept = filled.rows("SELECT b::text, encode(reason, 'escape') FROM break_glass b")
    assert kept and WORDS not in str(kept)


def test_a_reason_that_cannot_be_put_on_record_opens_nothing(
    filled: Workbench, browser_of: BrowserOf, closed: str
) -> None:
    lead, before = browser_of(OURS, name="unlucky"), len(looks(filled))
    columns = "INSERT (la, id, child, reader, role, code, leaf, reason)"
    with psycopg.connect(filled.owner, autocommit=True) as owner:
        owner.execute(f"REVOKE {columns} ON break_glass FROM joinedup_dashboard".encode())
        try:
            assert break_glass(lead, closed).status_code == 503
        finally:
            owner.execute(f"GRANT {columns} ON break_glass TO joinedup_dashboard".encode())
    assert lead.client.get(f"/children/{closed}").url.path.endswith("/break-glass")
    assert len(looks(filled)) == before


def test_a_manager_reviews_each_once_and_never_their_own(
    filled: Workbench, browser_of: BrowserOf, closed: str
) -> None:
    break_glass(browser_of(OURS, name="to.review"), closed)
    place = one_of(filled, "to.review")
    manager = browser_of(OURS, "manager")
    listed = manager.page("/break-glass")
    assert place in listed.xpath("//tbody//a/@href") and WORDS not in text_of(listed)
    before = len(looks(filled))
    assert WORDS in text_of(manager.page(place))
    assert looks(filled)[before:] == [
        (OURS, closed, "a.manager", "manager", "dashboard break-glass review", "review")
    ]
    assert manager.submit(place, place, {"verdict": "FINE"}).status_code == 422
    other = browser_of(OURS, "manager", name="b.manager")
    token = other.page(place).xpath("//form//input[@name='form_token']/@value")[0]
    assert manager.submit(place, place, {"verdict": "JUSTIFIED"}).url.path == "/break-glass"
    late = other.client.post(place, data={"form_token": str(token), "verdict": "FOLLOW_UP"})
    assert late.status_code == 422 and "in the meantime" in late.text
    assert "It was justified, says a.manager." in text_of(manager.page(place))

    break_glass(manager, closed)
    own = one_of(filled, "a.manager")
    assert "Somebody else has to review" in text_of(manager.page(own))
    token = manager.page("/find").xpath("//form//input[@name='form_token']/@value")[0]
    said = {"form_token": str(token), "verdict": "JUSTIFIED"}
    assert manager.client.post(own, data=said).status_code == 422


def test_a_program_says_why_it_looks_and_is_reviewed_as_people_are(
    filled: Workbench, browser_of: BrowserOf, closed: str
) -> None:
    lead, manager = browser_of(OURS, name="by.program"), browser_of(OURS, "manager")
    place = f"/api/children/{closed}"
    assert lead.client.get(place).status_code == 403
    refused = lead.send(f"{place}/break-glass", REASON | {"code": "CURIOUS"})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["code"])
    id_ = lead.send(f"{place}/break-glass", REASON).json()["id"]
    assert lead.client.get(place).json()["timeline"]
    listed = manager.client.get("/api/break-glass").json()["broken"]
    assert id_ in {one["id"] for one in listed if not one["verdict"]}
    review = f"/api/break-glass/{id_}"
    assert manager.client.get(review).json()["words"] == WORDS
    assert lead.send(review, {"verdict": "JUSTIFIED"}).status_code == 403
    assert [manager.send(review, {"verdict": "JUSTIFIED"}).status_code for _ in "ab"] == [201, 422]
    assert manager.client.get(review).json()["one"]["reviewer"] == "a.manager"
    found = lead.send("/api/find", {"scheme": "NHS", "value": nhs_number(SEEN_ONCE)})
    assert found.json() == {"child": closed}


def test_the_store_lets_nobody_review_their_own(filled: Workbench, browser_of: BrowserOf) -> None:
    break_glass(browser_of(OURS, "manager", name="self.made"), seen_once_of(filled, OURS))
    id_ = one_of(filled, "self.made").rpartition("/")[2]
    dsn = filled.environment("dashboard")["JOINEDUP_DATABASE_URL"]
    with psycopg.connect(dsn) as connection:
        for name, value in (("role", "manager"), ("la", OURS), ("reader", "self.made")):
            connection.execute("SELECT set_config(%s, %s, true)", [f"joinedup.{name}", value])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "INSERT INTO break_glass_reviews (la, id, reviewer, verdict)"
                " VALUES (%s, %s, 'self.made', 'JUSTIFIED')",
                [OURS, id_],
            )


def test_what_was_written_of_a_child_that_is_shielded_since_stays_sealed(
    filled: Workbench, browser_of: BrowserOf, closed: str
) -> None:
    break_glass(browser_of(OURS, name="before.the.shield"), closed)
    with filled.changing() as owner:
        owner.execute("UPDATE leaves SET shielded = true WHERE child = %s", [closed])
    try:
        page = browser_of(OURS, "manager").page(one_of(filled, "before.the.shield"))
        assert WORDS not in text_of(page) and "stays sealed" in text_of(page)
    finally:
        with filled.changing() as owner:
            owner.execute("UPDATE leaves SET shielded = false WHERE child = %s", [closed])


def test_an_auditor_reads_a_reason_and_reviews_nothing(
    filled: Workbench, browser_of: BrowserOf, closed: str
) -> None:
    break_glass(browser_of(OURS, name="to.audit"), closed)
    place = one_of(filled, "to.audit")
    page = browser_of(OURS, "auditor").page(place)
    assert WORDS in text_of(page) and not page.xpath("//input[@name='verdict']")


def test_an_officer_is_involved_where_their_agency_is(
    filled: Workbench, browser_of: BrowserOf, closed: str
) -> None:
    child = child_of(filled, OURS)
    shown = {
        agency: browser_of(OURS, "officer", agency).client.get(f"/children/{child}").url.path
        for agency in involved_agencies(filled, child)
    }
    assert shown and set(shown.values()) == {f"/children/{child}"}
    officer = browser_of(OURS, "officer", "education")
    assert officer.client.get(f"/children/{closed}").url.path.endswith("/break-glass")
    assert "Health contact" not in break_glass(officer, closed).text, "not even then"


def test_who_searches_too_often_is_stopped_and_on_record_but_never_for_whom(
    filled: Workbench, browser_of: BrowserOf
) -> None:
    curious = browser_of(OURS, name="curious")
    sought = [nhs_number(600 + number) for number in range(MOST_MISSED + 1)]
    answers = [
        curious.submit("/find", "/find", {"scheme": "NHS", "value": number}) for number in sought
    ]
    assert [one.status_code for one in answers] == [422] * MOST_MISSED + [429]
    told = filled.rows("SELECT s::text FROM searches s WHERE reader = 'curious'")
    assert len(told) == MOST_MISSED + 1 and "NHS,REFUSED" in str(told[-1])
    assert not [number for number in sought if number in str(told)]
    known = {"scheme": "NHS", "value": nhs_number(3)}
    assert curious.submit("/find", "/find", known).status_code == 429
    assert browser_of(OURS, name="calm").submit("/find", "/find", known).status_code == 200


def age(filled: Workbench, reader: str, minutes: int) -> None:
    with psycopg.connect(filled.owner, autocommit=True) as owner:
        owner.execute(
            "UPDATE break_glass SET at = at - make_interval(mins => %s) WHERE reader = %s",
            [minutes, reader],
        )


def one_of(filled: Workbench, reader: str) -> str:
    rows = filled.rows("SELECT id::text FROM break_glass WHERE reader = %s", reader)
    return f"/break-glass/{rows[-1][0]}"


def involved_agencies(filled: Workbench, child: str) -> set[str]:
    """Agencies whose placement, care or referral of this child began and never ended."""
    begun = {
        "ApPlacementStarted": "education",
        "EhcNeedsAssessmentRequested": "education",
        "BecameLookedAfter": "social-care",
        "HealthReferralReceived": "health",
    }
    rows = filled.rows(
        "SELECT DISTINCT t.type FROM timeline t JOIN leaves l USING (la, leaf) WHERE l.child = %s",
        child,
    )
    return {begun[str(type_)] for (type_,) in rows if str(type_) in begun}


def children_of(filled: Workbench, la: str) -> list[str]:
    """Those of whom an alert is open; no provider, and nobody whose every record is parked."""
    known = filled.rows("SELECT DISTINCT child::text FROM leaves WHERE la = %s", la)
    return sorted(
        {str(one["child"]) for one in alerts_of(filled, la)} & {name for (name,) in known}
    )


def test_who_looks_at_too_many_children_is_stopped_and_on_record_and_an_alert_opens_always(
    filled: Workbench, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(often, "MOST_CHILDREN", 2)
    first, second, third, *_ = children_of(filled, OURS)
    lead = browser_of(OURS, name="looks.often")
    for child in (first, second, first):
        assert lead.client.get(f"/children/{child}").status_code == 200
    before = len(looks(filled))
    page = lead.page(f"/children/{third}", 429)
    assert "Say why you have to see this record" in text_of(page)
    assert lead.client.get(f"/api/children/{third}").status_code == 429
    assert lead.client.get(f"/children/{third}/why").status_code == 429
    assert [row[1:] for row in looks(filled)[before:]] == [
        (third, "looks.often", "lead", f"dashboard {name}", "refused too-often")
        for name in ("child", "child", "why")
    ]
    assert browser_of(OURS, name="another").client.get(f"/children/{third}").status_code == 200
    assert break_glass(lead, third).url.path == f"/children/{third}", "with a reason"
    assert lead.client.get(f"/children/{third}/why").status_code == 200


def test_an_alert_opens_and_so_does_its_child_however_many_were_looked_at(
    filled: Workbench, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(often, "MOST_CHILDREN", 0)
    lead = browser_of(OURS, name="many.alerts")
    alerts = {str(one["child"]): str(one["alert_id"]) for one in alerts_of(filled, OURS)}
    for child, alert in list(alerts.items())[:3]:
        assert lead.client.get(f"/children/{child}").status_code == 429
        assert lead.client.get(f"/alerts/{alert}").status_code == 200
        assert lead.client.get(f"/children/{child}").status_code == 200
