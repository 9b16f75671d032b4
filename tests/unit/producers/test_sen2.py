"""The SEN2 return: requests, plans and reviews of people with EHC plans."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from producers.files import FORMATS, Refused, Skipped, Unreadable, sen2
from producers.simulate.extracts.sen2 import Request, extract
from producers.simulate.population import child

ON = date(2025, 8, 20)
CHILD = child(1, 10, Random(1), {"full_plan"})
ASKED = date(2024, 9, 3)
PLANNED = Request(
    child=CHILD,
    received_on=ASKED,
    to_assess="Y",
    decided_on=date(2024, 10, 1),
    to_plan="Y",
    planned_on=date(2025, 1, 10),
    plan_on=date(2025, 1, 20),
)
REVIEWED = replace(
    PLANNED,
    meeting_on=date(2025, 6, 2),
    review_on=date(2025, 6, 20),
    review="A",
    draft_on=date(2025, 6, 21),
)


@pytest.fixture
def returned(read):
    def reading(*requests, change=None, context=None):
        files = extract(requests, ON)
        if change:
            files = {name: change(text) for name, text in files.items()}
        return read(sen2.read, files, context) if context else read(sen2.read, files)

    return reading


def refusals(outcomes):
    return [(one.field, one.reason) for one in outcomes if isinstance(one, Refused)]


def put(name, value):
    return lambda text: re.sub(f"<{name}>[^<]*</{name}>", f"<{name}>{value}</{name}>", text)


def test_a_request_that_became_a_plan_gives_each_step_with_the_request_it_answers(returned, made):
    events = dict(made(returned(PLANNED)))
    assert list(events) == [
        "EhcNeedsAssessmentRequested",
        "EhcAssessmentDecisionIssued",
        "EhcPlanFinalised",
    ]
    asked, decision, plan = events.values()
    assert (asked["received_on"], asked["requested_by"]) == (ASKED, "SCHOOL")
    assert (decision["request"], decision["will_assess"]) == (asked["source_record_id"], True)
    assert plan["request"] == asked["source_record_id"]
    assert (plan["finalised_on"], plan["plan"]) == (PLANNED.plan_on, plan["source_record_id"])
    assert (plan["section_i_establishment"], plan["need_types"]) == ("URN:100001", ["SEMH"])
    assert [one["value"] for one in plan["identifiers"]] == [CHILD.upn, CHILD.uln]


def test_refusals_to_assess_and_to_plan_are_decisions(returned, made):
    no = replace(PLANNED, to_assess="N", to_plan=None, planned_on=None, plan_on=None)
    no_plan = replace(PLANNED, to_plan="N", plan_on=None, received_on=date(2024, 9, 10))
    events = made(returned(no, no_plan))
    assert [r["will_assess"] for n, r in events if n == "EhcAssessmentDecisionIssued"] == [
        False,
        True,
    ]
    assert [r["decided_on"] for n, r in events if n == "EhcNoPlanDecisionIssued"] == [
        no_plan.planned_on
    ]


@pytest.mark.parametrize(
    "withdrawn",
    [
        Request(child=CHILD, received_on=ASKED, to_assess="W"),
        replace(PLANNED, to_plan="W", plan_on=None),
    ],
)
def test_a_request_that_the_family_withdrew_is_taken_back(returned, made, withdrawn):
    ((name, record),) = made(returned(withdrawn))
    assert (name, record["retracted"]) == ("EhcNeedsAssessmentRequested", True)


def test_a_review_is_a_meeting_a_decision_and_the_notice_of_changes(returned, made):
    events = dict(made(returned(REVIEWED)))
    meeting = events["EhcReviewMeetingHeld"]
    assert meeting["plan"] == events["EhcPlanFinalised"]["plan"]
    assert events["EhcReviewCompleted"]["completed_on"] == REVIEWED.review_on
    decision = events["EhcReviewDecisionNotified"]
    assert (decision["meeting"], decision["decision"]) == (meeting["source_record_id"], "AMEND")
    assert events["EhcAmendmentNoticeServed"]["served_on"] == REVIEWED.draft_on


def test_a_decision_before_the_latest_meeting_is_not_taken_as_its_outcome(returned, made):
    events = dict(made(returned(replace(REVIEWED, review_on=date(2025, 5, 1)))))
    assert "meeting" not in events["EhcReviewDecisionNotified"]


@pytest.mark.parametrize(("due", "post16"), [(date(2025, 3, 31), True), (date(2025, 2, 15), False)])
def test_a_phase_transfer_that_is_final_names_the_next_place(returned, made, due, post16):
    moved = replace(PLANNED, transfer_due_on=due, transfer_on=date(2025, 2, 10))
    plans = [r for name, r in made(returned(moved)) if name == "EhcPlanFinalised"]
    assert (plans[1]["phase_placement_named"], plans[1]["post16_placement_named"]) == (True, post16)


def test_a_transfer_that_is_only_due_is_said_to_be_not_used(returned):
    outcomes = returned(replace(PLANNED, transfer_due_on=date(2025, 3, 31)))
    assert [one.reason for one in outcomes if isinstance(one, Skipped)] == [
        "an exception to the 20 weeks is given without its ground and its day",
        "a transfer that is due is no event; one that is done is",
    ]


def test_a_plan_that_ceased_says_so(returned, made):
    events = dict(made(returned(replace(PLANNED, ceased_on=date(2025, 7, 1)))))
    ceased = events["EhcPlanCeased"]
    assert (ceased["plan"], ceased["reason_code"]) == (events["EhcPlanFinalised"]["plan"], "2")


@pytest.mark.parametrize(
    ("request_", "change", "field", "reason"),
    [
        (PLANNED, put("RequestOutcomeDate", ""), "RequestOutcomeDate", "is empty; expected a day"),
        (PLANNED, put("RequestOutcome", "Q"), "RequestOutcome", "is no known code"),
        (PLANNED, put("ReceivedDate", "03/09/2024"), "ReceivedDate", "expected yyyy-mm-dd"),
        (PLANNED, put("StartDate", ""), "NamedPlan.StartDate", "is empty"),
        (PLANNED, put("StartDate", "2026-01-01"), "NamedPlan.StartDate", "after the extract"),
        (REVIEWED, put("ReviewOutcome", "Z"), "ReviewOutcome", "expected M, A or C"),
        (
            replace(PLANNED, ceased_on=date(2025, 7, 1)),
            put("CeaseDate", "2024-07-01"),
            "CeaseDate",
            "is before StartDate",
        ),
        (
            replace(PLANNED, transfer_on=date(2025, 2, 10)),
            None,
            "PhaseTransferDueDate",
            "although the transfer was finalised",
        ),
    ],
)
def test_a_part_that_cannot_be_read_is_refused_and_the_rest_is_sent(
    returned, made, request_, change, field, reason
):
    outcomes = returned(request_, change=change)
    ((found, said),) = refusals(outcomes)
    assert found == field
    assert reason in said
    assert len(made(outcomes)) >= 1


def test_a_person_without_a_usable_number_is_refused_or_kept_as_the_systems_own(
    returned, made, context
):
    def spoil(text):
        text = put("UPN", "X1234567898765")(text)
        return put("UniqueLearnerNumber", "1234567890")(text)

    assert [field for field, _ in refusals(returned(PLANNED, change=spoil))] == ["UPN"]
    opaque = replace(context, opaque_upn=True)
    events = made(returned(PLANNED, change=spoil, context=opaque))
    assert {one["scheme"] for _, r in events for one in r["identifiers"]} == {"MIS_ID"}


def test_another_authoritys_return_is_not_published_as_this_ones(returned, context):
    with pytest.raises(Unreadable, match="another authority"):
        returned(PLANNED, context=replace(context, local_authority="330"))


def test_of_two_years_returns_the_later_one_stands(read, made):
    files = {**extract([PLANNED], date(2024, 12, 31)), **extract([REVIEWED], ON)}
    revisions = {}
    for name, record in made(read(sen2.read, files)):
        revisions.setdefault((name, record["source_record_id"]), []).append(record["revision"])
    twice = [found for found in revisions.values() if len(found) > 1]
    assert twice
    assert all(found[0] < found[1] for found in twice)


def test_one_person_twice_in_a_return_is_refused(returned):
    outcomes = returned(PLANNED, replace(PLANNED, child=replace(CHILD, number=2)))
    assert refusals(outcomes) == [("UPN", "is that of an earlier person of the return")]


@pytest.mark.parametrize("seed", range(3))
def test_a_generated_return_comes_back_whole(returned, made, seed):
    random = Random(seed)
    requests = []
    for number in range(1, 40):
        received = date(2024, 1, 1) + timedelta(days=random.randint(0, 200))
        asked = Request(child=child(number, 5, Random(number), set()), received_on=received)
        if random.random() < 0.8:
            asked = replace(
                asked, to_assess="Y", decided_on=received + timedelta(days=30), to_plan="A"
            )
        if asked.decided_on and random.random() < 0.6:
            day = received + timedelta(days=140)
            asked = replace(asked, to_plan="Y", planned_on=day, plan_on=day)
        requests.append(asked)
    outcomes = returned(*requests)
    assert refusals(outcomes) == []
    events = made(outcomes)
    assert [r["received_on"] for n, r in events if n == "EhcNeedsAssessmentRequested"] == [
        one.received_on for one in requests
    ]
    assert [r["finalised_on"] for n, r in events if n == "EhcPlanFinalised"] == [
        one.plan_on for one in requests if one.plan_on
    ]


def test_the_return_is_told_by_what_it_holds(tmp_path):
    path = tmp_path / "anything.xml"
    path.write_text(next(iter(extract([PLANNED], ON).values())))
    assert [name for name, one in FORMATS.items() if one.recognises([path])] == ["sen2"]
