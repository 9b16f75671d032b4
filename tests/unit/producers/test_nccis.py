"""The NCCIS return: its own error rules decide what of it is taken."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from random import Random

import pytest

from producers.files import FORMATS, Made, Noted, Refused, Skipped, Unreadable, nccis
from producers.files.codes import code_lists
from producers.files.outcomes import Outcome
from producers.simulate.extracts.nccis import Tracked, extract, young_persons_id
from producers.simulate.population import child

PERIOD_END = date(2025, 8, 31)
RULES = Path(__file__).parents[4] / "shared" / "data" / "nccis" / "spec" / "error_rules.tsv"


def tracked(number: int = 1, code: str = "210", **changes: object) -> Tracked:
    fields = {
        "child": child(number, 11, Random(number), set()),
        "code": code,
        "started_on": date(2025, 7, 1),
        "verified_on": date(2025, 7, 15),
    }
    return Tracked(**{**fields, **changes})


def older(number: int = 1, code: str = "210", **changes: object) -> Tracked:
    """A young person who left year 11 the summer before the period."""
    return tracked(number, code, child=child(number, 12, Random(number), set()), **changes)


@pytest.fixture
def returned(read):
    def reading(*people: Tracked, change=None) -> list[Outcome]:
        files = extract(people, PERIOD_END)
        if change:
            files = {name: change(text) for name, text in files.items()}
        return read(nccis.read, files)

    return reading


def refusals(outcomes):
    return [(one.field, one.reason) for one in outcomes if isinstance(one, Refused)]


def test_what_the_tracking_system_holds_comes_back_as_events(returned, made):
    person = older(3)
    events = made(returned(person))
    assert [name for name, _ in events] == [
        "ActivityStatusChanged",
        "ActivityConfirmed",
        "SenProvisionRecorded",
    ]
    changed, confirmed, provision = (record for _, record in events)
    assert (changed["changed_on"], changed["status"]) == (date(2025, 7, 1), "PARTICIPATING")
    assert (confirmed["confirmed_on"], confirmed["status"]) == (date(2025, 7, 15), "PARTICIPATING")
    assert (provision["from_on"], provision["provision"]) == (PERIOD_END, "N")
    assert {one["scheme"]: one["value"] for one in changed["identifiers"]} == {
        "MIS_ID": young_persons_id(person.child),
        "UPN": person.child.upn,
        "ULN": person.child.uln,
    }
    assert changed["date_of_birth"] == person.child.birth


@pytest.mark.parametrize("seed", range(5))
def test_a_generated_return_is_read_whole_and_without_a_refusal(returned, made, seed):
    random = Random(seed)
    people = []
    for number in range(1, 60):
        code = random.choice(["210", "310", "410", "610", "619", "710", "810"])
        since = date(2025, random.randint(1, 6), random.randint(1, 28))
        neet = since if code.startswith("6") else None
        lapsed = date(2025, 8, 1) if random.random() < 0.2 else None
        people.append(older(number, code, started_on=since, neet_since=neet, lapsed_on=lapsed))
    outcomes = returned(*people)
    assert refusals(outcomes) == []
    changed = [r for name, r in made(outcomes) if name == "ActivityStatusChanged"]
    known = [one for one in people if one.code != "810"]
    lapsed = [one for one in known if one.lapsed_on]
    assert len(changed) == len(people) + len(lapsed)
    said = sorted(r["changed_on"] for r in changed if r["status"] == "UNKNOWN")
    expected = [one.started_on for one in people if one.code == "810"]
    assert said == sorted(expected + [one.lapsed_on for one in lapsed])


def test_neet_counts_from_its_first_day_whatever_it_is_called_today(returned, made):
    person = older(code="619", neet_since=date(2025, 5, 1))
    (_, record), *_ = made(returned(person))
    assert (record["changed_on"], record["status"]) == (date(2025, 5, 1), "NOT_PARTICIPATING")


def test_what_was_known_and_lapsed_is_unknown_from_that_day(returned, made):
    events = made(returned(older(lapsed_on=date(2025, 8, 2))))
    lapsed = [r for name, r in events if name == "ActivityStatusChanged"][-1]
    assert (lapsed["changed_on"], lapsed["status"]) == (date(2025, 8, 2), "UNKNOWN")


def test_the_next_month_says_the_same_of_the_same_activity(returned, made):
    months = [older(verified_on=date(2025, month, 15)) for month in (7, 8)]
    first, second = (
        [record["source_record_id"] for _, record in made(returned(one))] for one in months
    )
    assert first[0] == second[0]
    assert first[1] != second[1]


def test_compulsory_school_age_is_left_to_the_schools_census(returned):
    outcomes = returned(tracked(code="110"))
    assert any(isinstance(one, Skipped) and "census" in one.reason for one in outcomes)
    assert not any(
        isinstance(one, Made) and one.event.type.startswith("Activity") for one in outcomes
    )


def test_another_authoritys_young_people_are_passed_over(returned):
    def move(text: str) -> str:
        return text.replace(">999<", ">330<")

    assert [type(one) for one in returned(older(), change=move)] == [Skipped]


def test_an_identifier_in_doubt_is_left_out_and_noted(returned, made):
    def spoil(text: str) -> str:
        return re.sub("(<UniquePupilNumber>).", r"\1I", text)

    outcomes = returned(older(), change=spoil)
    assert [one.field for one in outcomes if isinstance(one, Noted)] == ["UniquePupilNumber"]
    assert "UPN" not in {one["scheme"] for one in made(outcomes)[0][1]["identifiers"]}


def sub(pattern: str, to: str):
    return lambda text: re.sub(pattern, to, text)


def empty(name: str):
    return sub(f"<{name}>[^<]*</{name}>", f"<{name}></{name}>")


def put(name: str, value: str):
    return sub(f"<{name}>[^<]*</{name}>", f"<{name}>{value}</{name}>")


NEET = older(code="610", neet_since=date(2025, 7, 1))
BREAKING = {
    1: (older(), put("YoungPersonsID", "123")),
    8: (older(), empty("DOB")),
    9: (older(), put("DOB", "1990-01-01")),
    10: (older(), put("DOB", "2015-01-01")),
    14: (older(), empty("LeadLEA")),
    26: (older(), sub("(<SourceLEAs>\\s*<LEACode>)999", r"\g<1>998")),
    40: (older(), put("DOB", "2004-01-01")),
    102: (older(), put("SENDFlag", "X")),
    103: (older(), empty("SENDFlag")),
    200: (older(), empty("ActivityCode")),
    201: (older(), put("ActivityCode", "999")),
    202: (older(), empty("StartDate")),
    203: (older(), empty("DateAscertained")),
    220: (older(), empty("CurrencyLapsed")),
    221: (older(), put("CurrencyLapsed", "?")),
    224: (NEET, empty("NEETStartDate")),
    225: (NEET, put("NEETStartDate", "2025-07-02")),
    226: (older(neet_since=date(2025, 7, 1)), None),
    229: (older(), put("DOB", "2009-01-01")),
    231: (older(lapsed_on=date(2025, 8, 2)), put("DueToLapseDate", "2025-09-01")),
    232: (older(), put("DueToLapseDate", "2025-08-01")),
    237: (older(), put("DateVerified", "2025-07-10")),
    240: (older(), sub("(?s)<Activities>.*</Activities>", "")),
    242: (older(), put("StartDate", "2025-07-20")),
    243: (older(), empty("DueToLapseDate")),
    244: (older(), put("DueToLapseDate", "soon")),
    251: (NEET, put("NEETStartDate", "2020-07-01")),
    254: (older(code="280"), None),
    255: (older(code="460"), None),
    303: (older(), empty("SENSupportFlag")),
    304: (older(), put("SENSupportFlag", "X")),
    305: (older(), put("DateVerified", "2025-09-01")),
    903: (older(), put("YoungPersonsID", "9990000000001")),
}


@pytest.mark.parametrize("rule", sorted(BREAKING))
def test_a_record_that_breaks_a_rule_of_the_return_is_refused_by_its_number(returned, rule):
    person, change = BREAKING[rule]
    found = refusals(returned(person, change=change))
    assert [reason for _, reason in found if f"(rule {rule})" in reason], found
    assert len(found) == 1


def test_dates_that_contradict_each_other_are_refused_by_rule_256_or_the_one_before_it(returned):
    # What is verified before the start was ascertained before it, or after it was verified.
    found = refusals(returned(older(), change=put("DateVerified", "2025-06-01")))
    assert [reason for _, reason in found] == ["is before DateAscertained (rule 237)"]


def test_a_second_record_of_one_young_person_is_refused(returned):
    assert refusals(returned(older(1), older(1))) == [
        ("YoungPersonsID", "is that of an earlier record (rule 902)")
    ]


def test_a_learner_number_of_two_people_stays_with_the_first(returned, made):
    uln = older(1).child.uln
    outcomes = returned(older(1), older(2), change=put("UniqueLearnerNo", uln))
    assert [reason for _, reason in refusals(outcomes)] == [
        "is that of an earlier young person: left out (rule 907)"
    ]
    assert "ULN" not in {one["scheme"] for one in made(outcomes)[-1][1]["identifiers"]}


def test_what_becomes_of_a_rule_is_said_for_each_that_is_published():
    if not RULES.exists():
        pytest.skip("the shared data is absent: no ../shared/data/nccis/spec")
    numbers = {line.split("\t")[0] for line in RULES.read_text("utf-8").splitlines() if line}
    assert set(code_lists("nccis")["rules"]) == numbers


def test_every_rule_that_refuses_is_broken_by_a_test_here():
    refusing = {
        int(rule)
        for rule, what in code_lists("nccis")["rules"].items()
        if what in ("record", "part")
    }
    assert refusing == set(BREAKING) | {256, 902, 907}


def test_a_return_that_was_cut_short_gives_nothing_at_all(returned):
    with pytest.raises(Unreadable, match="not well-formed"):
        returned(older(1), older(2), change=lambda text: text[: len(text) - 40])


def test_a_return_without_its_period_is_refused_in_a_sentence(returned):
    with pytest.raises(Unreadable, match="PeriodEnd is no date"):
        returned(older(), change=empty("PeriodEnd"))


def test_a_plain_doctype_is_read_and_one_that_declares_entities_is_not(returned, made):
    def declare(what: str):
        return lambda text: text.replace("<NCCIS>", f"<!DOCTYPE NCCIS2019{what}>\n<NCCIS>")

    assert made(returned(older(), change=declare("")))
    with pytest.raises(Unreadable, match="DOCTYPE"):
        returned(older(), change=declare(' [<!ENTITY a "b">]'))


def test_the_return_is_told_by_its_first_element(tmp_path):
    path = tmp_path / "anything.xml"
    path.write_text(extract([older()], PERIOD_END)["nccis-2025-08-31.xml"])
    assert [name for name, one in FORMATS.items() if one.recognises([path])] == ["nccis"]
