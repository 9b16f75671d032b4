"""A person says in the browser which records are one child, and that is an event first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dashboard.roles import Role
from joinedup.commands.dashboard import built
from journey.moments import DAY
from journey.shield import SHIELD_DECIDED
from tests.integration.dashboard.acting import NOW, Platform, recorder_on
from tests.integration.dashboard.browser import text_of
from tests.integration.dashboard.conftest import (
    OURS,
    THEIRS,
    frontend_in,
    joined,
    settings_for,
)
from tests.integration.dashboard.test_acting import Acting
from tests.integration.dashboard.test_pages import looks
from tests.integration.dashboard.troubles import AT, UPN, candidate
from tests.integration.join.stories import FIRST_DAY, Told, a_record, nhs_number
from tests.integration.join.workbench import Workbench

WHY = {"reason": "DOCUMENTS_SEEN"}


@pytest.fixture(scope="module")
def acting(
    filled: Workbench, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Acting]:
    """A dashboard that records on real Kafka, where two children were put forward as one."""
    # Not the two in doubt: a decision about them would end that too.
    leaves = filled.rows(
        "SELECT DISTINCT ON (child) encode(leaf, 'hex') FROM leaves"
        " WHERE la = %s AND child <> ALL(%s) ORDER BY child",
        OURS,
        children(filled),
    )
    filled.write([candidate(OURS, NOW, str(leaves[0][0]), str(leaves[1][0]))])
    joined(filled, OURS)
    recorder = recorder_on(filled, tmp_path_factory.mktemp("sources"), [OURS])
    app, login = built(
        settings_for(filled), frontend_in(cache), "127.0.0.1", [OURS, THEIRS], recorder
    )
    with TestClient(app):
        yield Acting(app, login, Platform(filled, OURS))


def doubts_on(page: Any) -> list[str]:
    return [str(one) for one in page.xpath("//*[@aria-labelledby='doubts']//a/@href")]


def children(filled: Workbench) -> list[str]:
    """The children of the two records in doubt."""
    query = (
        "SELECT DISTINCT child FROM leaves JOIN timeline USING (la, leaf) WHERE la = %s AND"
        " event_id IN (SELECT event_id FROM timeline WHERE occurred_on = '2025-09-01'"
        " AND type IN ('ApPlacementStarted', 'HealthReferralReceived')"
        " AND kappa >= %s) ORDER BY child"
    )
    return [str(child) for (child,) in filled.rows(query, OURS, AT)]


def test_records_in_doubt_stand_side_by_side_and_each_look_is_on_record(
    filled: Workbench, acting: Acting
) -> None:
    lead = acting.browser()
    page = lead.page("/identity")
    (place,) = doubts_on(page)
    assert "They share an identifier, but have two dates of birth" in text_of(page)
    before = len(looks(filled))
    said = text_of(lead.page(place))
    assert (
        "5 January 2011" in said
        and "1 May 2011" in said
        and said.count("unique pupil number (") == 2
    )
    assert UPN not in said
    noted = looks(filled)[before:]
    assert sorted(str(one[1]) for one in noted) == children(filled)
    assert {one[2:] for one in noted} == {
        ("a.lead", "lead", "dashboard identity", "identity-review")
    }


def test_a_candidate_is_explained_weight_by_weight_and_decided_on(acting: Acting) -> None:
    lead = acting.browser()
    (place,) = lead.page("/identity").xpath("//*[@aria-labelledby='candidates']//a/@href")
    rows = [text_of(one) for one in lead.page(place).xpath("//*[@aria-labelledby='weights']//tr")]
    assert [one[-5:] for one in rows] == ["eight", "+8.20", "+3.32", "+9.22"]
    assert "Born" in rows[2] and "One slip" in rows[2]
    decided = lead.send(f"/api{place}", WHY | {"same_as": "NOT_SAME"})
    assert decided.status_code == 202
    assert acting.platform.carry_out() == decided.json()["recorded"] >= 1
    assert not lead.page("/identity").xpath("//*[@aria-labelledby='candidates']")


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (WHY, "Choose whether they are one child"),
        (WHY | {"same_as": "somebody"}, "Choose whether they are one child"),
        ({"same_as": "NOT_SAME"}, "Choose on what it rests"),
    ],
)
def test_a_decision_needs_a_verdict_and_a_reason(
    acting: Acting, said: dict[str, str], fault: str
) -> None:
    lead = acting.browser()
    (place,) = doubts_on(lead.page("/identity"))
    answer = lead.submit(place, place, said)
    assert answer.status_code == 422 and fault in answer.text


def test_children_are_linked_and_parted_again_by_decisions_on_the_topic(
    filled: Workbench, acting: Acting
) -> None:
    lead = acting.browser()
    (place,) = doubts_on(lead.page("/identity"))
    other = lead.page(place).xpath("//input[@name='same_as']/@value")[0]
    shown = lead.submit(place, place, WHY | {"same_as": str(other)})
    assert "Your decision is on record." in shown.text
    assert len(children(filled)) == 2, "nothing happened yet"
    assert acting.platform.carry_out() == 1
    (child,) = children(filled)
    assert not doubts_on(lead.page("/identity"))
    page = f"/children/{child}/identity"
    linked = lead.page(page).xpath("//input[@name='leaf']/@value")
    assert len(linked) == 2
    assert "somebody else’s" in lead.submit(page, page, WHY).text
    wrong = lead.submit(page, page, {**WHY, "leaf": [str(one) for one in linked]})
    assert wrong.status_code == 422 and "all the records of the child" in wrong.text
    shown = lead.client.get(f"/api{page}").json()["records"]
    assert {one["token"] for one in shown} == {str(one) for one in linked}
    assert lead.send(f"/api{page}", WHY | {"records": []}).status_code == 422
    parted = lead.send(f"/api{page}", WHY | {"records": [str(linked[1])]})
    assert (parted.status_code, parted.json()) == (202, {"recorded": 1})
    assert acting.platform.carry_out() == 1
    assert len(children(filled)) == 2 and not doubts_on(lead.page("/identity"))


def test_a_doubt_of_another_authority_is_none_here(acting: Acting) -> None:
    lead = acting.browser("b.lead", THEIRS)
    (place,) = doubts_on(lead.page("/identity"))
    assert "let the dashboard record" in text_of(lead.page(place)).lower()
    acting.browser().page(place, 404)


def test_a_shielded_child_is_found_by_its_number_by_a_shield_officer_alone(
    filled: Workbench, acting: Acting
) -> None:
    lead, officer = acting.browser(), acting.browser("s.officer", OURS, Role.SHIELD_OFFICER)
    asked = {"scheme": "NHS", "value": nhs_number(3)}
    child = lead.submit("/find", "/find", asked).url.path.rpartition("/")[2]
    query = "SELECT encode(leaf, 'hex') FROM leaves WHERE la = %s AND child = %s"
    leaves = [str(leaf) for (leaf,) in filled.rows(query, OURS, child)]
    filled.write([shielded(leaves)])
    acting.platform.pass_days(1)
    assert "No child of your local authority is known" in lead.submit("/find", "/find", asked).text
    found = officer.submit("/find", "/find", asked)
    assert found.status_code == 422 and child[:8] in found.text, "a shield parts what was linked"
    before = len(looks(filled))
    shown = officer.submit("/find", "/find", {"scheme": "KEY", "value": child[:8]})
    assert shown.url.path == f"/children/{child}" and "shielded" in shown.text
    assert not [word for word in ("ap-1", "100001") if word in shown.text]
    (look,) = looks(filled)[before:]
    assert look[1:4] == (child, "s.officer", "shield-officer")
    (made,) = set(filled.rows("SELECT role FROM searches WHERE reader = 's.officer'"))
    assert made == ("shield-officer",)


def shielded(leaves: list[str]) -> Told:
    given = {"shielded": True, "reason": "REFUGE", "approved_by": "manager"}
    record = a_record(
        OURS, SHIELD_DECIDED, "education", "shield-1", leaves=leaves, decided_on=FIRST_DAY, **given
    )
    return Told(SHIELD_DECIDED, record, NOW + DAY // 2)
