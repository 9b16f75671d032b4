"""The children in need census: referrals, assessments, enquiries, plans and conferences."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from producers.files import FORMATS, Refused, Skipped, Unreadable, cin_census
from producers.simulate.extracts.cin_census import Need, extract
from producers.simulate.population import child

ON = date(2025, 3, 31)
CHILD = child(1, 8, Random(1), {"need"})
REFERRED = date(2024, 4, 8)
WHOLE = Need(
    child=CHILD,
    referred_on=REFERRED,
    closed_on=date(2025, 2, 28),
    assessment=(date(2024, 4, 9), date(2024, 5, 20)),
    plan=(date(2024, 5, 28), date(2024, 7, 1)),
    enquiry=(date(2024, 6, 10), date(2024, 6, 24)),
    protection=(date(2024, 6, 24), date(2025, 1, 10)),
    reviews=(date(2024, 9, 20), date(2024, 12, 20)),
)


@pytest.fixture
def returned(read):
    def reading(*needs, change=None):
        files = extract(needs, ON)
        if change:
            files = {name: change(text) for name, text in files.items()}
        return read(cin_census.read, files)

    return reading


def refusals(outcomes):
    return [(one.field, one.reason) for one in outcomes if isinstance(one, Refused)]


def put(name, value):
    return lambda text: re.sub(f"<{name}>[^<]*</{name}>", f"<{name}>{value}</{name}>", text)


def test_an_episode_gives_every_step_of_it_with_what_it_belongs_to(returned, made):
    events = made(returned(WHOLE))
    assert [name for name, _ in events] == [
        "ReferralReceived",
        "ReferralClosed",
        "AssessmentStarted",
        "AssessmentAuthorised",
        "CinPlanAgreed",
        "CinPlanEnded",
        "Section47Started",
        "IcpcHeld",
        "CpPlanStarted",
        "CpPlanEnded",
        "ReviewConferenceHeld",
        "ReviewConferenceHeld",
    ]
    first = dict(reversed(events))
    referral, plan = first["ReferralReceived"], first["CpPlanStarted"]
    assert (referral["received_on"], referral["source_code"], referral["need_code"]) == (
        REFERRED,
        "2A",
        "N1",
    )
    assert first["AssessmentAuthorised"]["referral"] == referral["source_record_id"]
    assert first["ReferralClosed"]["reason_code"] == "RC7"
    assert first["IcpcHeld"]["held_on"] == WHOLE.enquiry[1]
    assert plan["category"] == "NEG"
    assert first["ReviewConferenceHeld"]["plan"] == plan["source_record_id"]
    assert {one["scheme"]: one["value"] for one in referral["identifiers"]} == {
        "LA_CHILD_ID": CHILD.la_child_id,
        "UPN": CHILD.upn,
    }


def test_elements_are_found_in_any_order_and_place(returned, made):
    def move(text):
        found = re.search(r"(?s)<CINPlanDates>.*?</CINPlanDates>", text)[0]
        moved = text.replace(found, "").replace("<Section47>", f"stray {found}<Section47>")
        return moved.replace("<ReferralNFA>false", "<ReferralNFA>0")

    plain, moved = returned(WHOLE), returned(WHOLE, change=move)
    assert sorted(name for name, _ in made(moved)) == sorted(name for name, _ in made(plain))


def test_a_death_is_told_once_for_the_child(returned, made):
    died = date(2025, 1, 2)
    events = made(returned(WHOLE, replace(WHOLE, referred_on=date(2023, 1, 9), died_on=died)))
    assert [r["died_on"] for name, r in events if name == "ChildDied"] == [died]


@pytest.mark.parametrize("value", ["true", "1"])
def test_no_further_action_without_its_day_is_said_to_be_not_used(returned, value):
    outcomes = returned(Need(child=CHILD, referred_on=REFERRED), change=put("ReferralNFA", value))
    assert [one.reason for one in outcomes if isinstance(one, Skipped)] == [
        "no further action on a referral is given without its day"
    ]


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        (put("CINreferralDate", "2030-03-31"), "CINreferralDate", "after the extract"),
        (put("CINreferralDate", ""), "CINreferralDate", "is empty"),
        (put("CINclosureDate", "2024-01-01"), "CINclosureDate", "is before CINreferralDate"),
        (put("CINclosureDate", ""), "CINclosureDate", "although a reason"),
        (put("ReasonForClosure", "RC0"), "ReasonForClosure", "expected one of RC1 to RC9"),
        (put("ReferralSource", "Z"), "ReferralSource", "no known code"),
        (put("PrimaryNeedCode", "Z"), "PrimaryNeedCode", "no known code"),
        (put("ReferralNFA", "maybe"), "ReferralNFA", "neither true nor false"),
        (
            put("AssessmentActualStartDate", "2028-04-28"),
            "Assessments.AssessmentActualStartDate",
            "after the extract",
        ),
        (
            put("AssessmentAuthorisationDate", "2020-09-19"),
            "Assessments.AssessmentAuthorisationDate",
            "is before AssessmentActualStartDate",
        ),
        (put("CINPlanEndDate", "2024-01-01"), "CINPlanDates.CINPlanEndDate", "is before"),
        (put("DateOfInitialCPC", "2024-01-01"), "Section47.DateOfInitialCPC", "is before"),
        (put("CPPendDate", "2024-01-01"), "ChildProtectionPlans.CPPendDate", "is before"),
        (put("InitialCategoryOfAbuse", "ZZZ"), "InitialCategoryOfAbuse", "no known code"),
        (put("PersonDeathDate", "1990-01-01"), "PersonDeathDate", "is before PersonBirthDate"),
    ],
)
def test_a_part_that_cannot_be_read_is_refused_and_the_rest_is_sent(
    returned, made, change, field, reason
):
    outcomes = returned(replace(WHOLE, died_on=date(2025, 3, 1)), change=change)
    ((found, said),) = refusals(outcomes)
    assert found == field
    assert reason in said
    assert made(outcomes)


def test_a_child_without_the_authoritys_id_is_refused(returned):
    assert [field for field, _ in refusals(returned(WHOLE, change=put("LAchildID", "")))] == [
        "LAchildID"
    ]


def test_a_child_or_an_episode_twice_is_refused(returned):
    twin = replace(WHOLE, child=replace(CHILD, upn="A999400025001"))
    again = returned(twin, replace(twin, child=replace(twin.child)), change=None)
    assert refusals(again) == [("CINreferralDate", "is that of an earlier one of the child")]
    doubled = returned(WHOLE, change=lambda text: re.sub("(?s)(<Child>.*</Child>)", r"\1\1", text))
    assert refusals(doubled) == [("LAchildID", "is that of an earlier child of the census")]


def test_a_census_of_another_authority_is_not_published_as_this_ones(returned):
    with pytest.raises(Unreadable, match="another authority"):
        returned(WHOLE, change=put("LEA", "330"))


@pytest.mark.parametrize("seed", range(3))
def test_a_generated_census_comes_back_whole(returned, made, seed):
    random = Random(seed)
    needs = []
    for number in range(1, 40):
        referred = date(2024, 4, 1) + timedelta(days=random.randint(0, 200))
        after = [referred + timedelta(days=days) for days in (1, 30, 60, 70, 90)]
        needs.append(
            Need(
                child=child(number, 5, Random(number), {"need"}),
                referred_on=referred,
                assessment=(after[0], after[1]) if random.random() < 0.8 else None,
                plan=(after[2], None) if random.random() < 0.4 else None,
                enquiry=(after[2], after[3]) if random.random() < 0.3 else None,
                protection=(after[3], after[4]) if random.random() < 0.2 else None,
            )
        )
    outcomes = returned(*needs)
    assert refusals(outcomes) == []
    counts = {}
    for name, _ in made(outcomes):
        counts[name] = counts.get(name, 0) + 1
    assert counts["ReferralReceived"] == len(needs)
    for name, part in (
        ("AssessmentAuthorised", "assessment"),
        ("CinPlanAgreed", "plan"),
        ("IcpcHeld", "enquiry"),
        ("CpPlanEnded", "protection"),
    ):
        assert counts.get(name, 0) == sum(getattr(one, part) is not None for one in needs)


def test_the_census_is_told_by_what_it_holds(tmp_path):
    path = tmp_path / "anything.xml"
    path.write_text(next(iter(extract([WHOLE], ON).values())))
    assert [name for name, one in FORMATS.items() if one.recognises([path])] == ["cin-census"]
