"""CP-IS records: protection plans and looked-after children, with the flags that health sees."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

import pytest

from producers.files import FORMATS, Refused, Skipped, cpis
from producers.simulate.extracts.cpis import LOOKED_AFTER, UNBORN, Plan, extract
from producers.simulate.population import child

CHILD = child(1, 9, Random(1), {"protection"})
PLAN = Plan(child=CHILD, id="p1", started_on=date(2025, 3, 3))


@pytest.fixture
def sent(read):
    def reading(*plans, change=lambda text: text):
        return read(cpis.read, {name: change(text) for name, text in extract(plans).items()})

    return reading


def refusals(outcomes):
    return [(one.field, one.reason) for one in outcomes if isinstance(one, Refused)]


def test_a_protection_plan_began(sent, made):
    ((name, record),) = made(sent(PLAN))
    assert (name, record["started_on"]) == ("CpPlanStarted", date(2025, 3, 3))
    assert record["source_record_id"] == "cpis/p1"
    assert ("NHS", CHILD.nhs) in [(one["scheme"], one["value"]) for one in record["identifiers"]]


@pytest.mark.parametrize(
    "ending", [{"ended_on": date(2025, 6, 2)}, {"flag_ends_on": date(2025, 6, 2)}]
)
def test_it_ends_with_its_own_last_day_or_that_of_its_flag(sent, made, ending):
    ended = dict(made(sent(replace(PLAN, **ending))))["CpPlanEnded"]
    assert (ended["plan"], ended["ended_on"]) == ("cpis/p1", date(2025, 6, 2))


def test_a_looked_after_child_became_and_ceased_to_be_so(sent, made):
    events = dict(made(sent(replace(PLAN, code=LOOKED_AFTER, ended_on=date(2025, 6, 2)))))
    assert events["BecameLookedAfter"]["started_on"] == date(2025, 3, 3)
    assert events["CeasedLookedAfter"]["period"] == "cpis/p1"


def test_an_unborn_childs_plan_is_not_put_on_its_mother(sent, made):
    outcomes = sent(replace(PLAN, code=UNBORN))
    assert made(outcomes) == []
    assert any("mother" in one.reason for one in outcomes if isinstance(one, Skipped))


@pytest.mark.parametrize("status", ["entered-in-error", "revoked"])
def test_a_record_made_in_error_is_taken_back(sent, made, status):
    events = made(sent(replace(PLAN, status=status)))
    assert [(name, record["retracted"]) for name, record in events] == [
        ("CpPlanStarted", True),
        ("CpPlanEnded", True),
    ]


def test_the_revision_is_when_plan_or_flag_was_last_updated(sent, made):
    updated = datetime(2025, 7, 1, tzinfo=UTC)
    ((_, record),) = made(sent(replace(PLAN, updated_at=updated)))
    assert record["revision"] == int(updated.timestamp() * 1000)


def test_a_plan_without_an_id_hides_no_flag_that_comes_after_it(sent, made):
    """The next plan's flag was made in error; its plan must not be told as standing."""

    def change(text):
        bundle = json.loads(text)
        plans = [e["resource"] for e in bundle["entry"] if e["resource"]["id"] == "nameless"]
        flags = [e["resource"] for e in bundle["entry"] if e["resource"]["id"] == "flag-p1"]
        del plans[0]["id"]
        bundle["entry"][1]["fullUrl"] = ""
        flags[0]["status"] = "entered-in-error"
        return json.dumps(bundle)

    outcomes = sent(replace(PLAN, id="nameless"), PLAN, change=change)
    assert [record["retracted"] for _, record in made(outcomes)] == [True, True]
    assert [field for field, _ in refusals(outcomes)] == ["CarePlan.id", "Flag.extension"]


def test_half_a_character_in_a_file_stops_no_other_record(sent, made):
    def change(text):
        return text.replace("Id/nhs-number", "Id\\ud800/nhs-number", 1)

    outcomes = sent(replace(PLAN, id="first"), PLAN, change=change)
    assert [r["source_record_id"] for _, r in made(outcomes)] == ["cpis/first", "cpis/p1"]


def without(kind):
    def change(text):
        bundle = json.loads(text)
        bundle["entry"] = [e for e in bundle["entry"] if e["resource"]["resourceType"] != kind]
        return json.dumps(bundle)

    return change


@pytest.mark.parametrize(
    ("plan", "change", "field"),
    [
        (PLAN, without("CarePlan"), "Flag.extension"),
        (replace(PLAN, code="1"), None, "CarePlan.category"),
        (replace(PLAN, status="unknown"), None, "CarePlan.status"),
        (replace(PLAN, status="completed"), None, "CarePlan.period.end"),
        (replace(PLAN, started_on=date(2030, 1, 1)), None, "CarePlan.period.start"),
        (replace(PLAN, ended_on=date(2024, 1, 1)), None, "CarePlan.period.end"),
    ],
)
def test_a_part_that_cannot_be_read_is_refused_by_its_field(sent, plan, change, field):
    assert [found for found, _ in refusals(sent(plan, change=change or (lambda text: text)))] == [
        field
    ]


def test_a_generated_set_comes_back_whole(sent, made):
    random = Random(7)
    plans = []
    for number in range(1, 40):
        ended = date(2025, 6, 2) if random.random() < 0.5 else None
        code = LOOKED_AFTER if random.random() < 0.5 else PLAN.code
        who = child(number, 5, Random(number), {"protection"})
        plans.append(replace(PLAN, child=who, id=f"p{number}", code=code, ended_on=ended))
    outcomes = sent(*plans)
    assert refusals(outcomes) == []
    names = [name for name, _ in made(outcomes)]
    assert len(names) == len(plans) + sum(one.ended_on is not None for one in plans)


def test_the_records_are_told_from_other_fhir(tmp_path):
    for name, text in extract([PLAN]).items():
        (tmp_path / name).write_text(text)
    files = list(tmp_path.iterdir())
    assert [name for name, one in FORMATS.items() if one.recognises(files)] == ["cpis"]
