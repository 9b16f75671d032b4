"""The XML twin of the looked-after children return says what the tables say."""

from __future__ import annotations

import re
from datetime import date, timedelta
from random import Random

import pytest

from producers.files import FORMATS, Refused, Skipped, Unreadable, ssda903
from producers.simulate.extracts.ssda903 import extract, extract_xml
from producers.simulate.life import CarePeriod
from producers.simulate.population import child

ON = date(2025, 8, 1)


def period(number: int = 1, seed: int = 1) -> CarePeriod:
    random = Random(f"{number}/{seed}")
    started = date(2024, 1, 8) + timedelta(days=random.randint(0, 300))
    moved = started + timedelta(days=random.randint(20, 90))
    ceased = moved + timedelta(days=60) if random.random() < 0.5 else None
    return CarePeriod(
        child=child(number, 6, Random(number), {"care"}),
        started_on=started,
        ceased_on=ceased,
        placements=((started, "U4", "C2"), (moved, "K2", "C2")),
        reviews=(started + timedelta(days=18), started + timedelta(days=100)),
    )


@pytest.fixture
def returned(read):
    def reading(*periods, change=lambda text: text):
        files = {name: change(text) for name, text in extract_xml(periods, ON).items()}
        return read(ssda903.read, files)

    return reading


def refusals(outcomes):
    return [(one.field, one.reason) for one in outcomes if isinstance(one, Refused)]


@pytest.mark.parametrize("seed", range(3))
def test_it_makes_the_same_events_as_the_tables_of_the_same_children(read, returned, made, seed):
    periods = [period(number, seed) for number in range(1, 40)]
    tables = made(read(ssda903.read, extract(periods, ON)))
    document = made(returned(*periods))
    by_id = {record["event_id"]: (name, record) for name, record in document}
    assert by_id == {record["event_id"]: (name, record) for name, record in tables}
    assert len({name for name, _ in document}) == 4


def test_a_row_is_the_childs_place_in_the_file(returned):
    outcomes = returned(period(1), period(2), change=lambda text: text.replace("PN1", "PN9"))
    assert {one.row.number for one in outcomes if isinstance(one, Refused)} == {1, 2}


def test_parts_that_have_no_event_are_said_to_be_not_used(returned):
    outcomes = returned(
        period(), change=lambda text: text.replace("</HEADER>", "<OC2><A>1</A></OC2></HEADER>")
    )
    assert [one.reason for one in outcomes if isinstance(one, Skipped)] == [
        "this part of a child's record says nothing that the platform takes"
    ]


def test_a_child_without_its_id_or_twice_is_refused(returned):
    without = returned(period(), change=lambda text: re.sub("<CHILDID>.*</CHILDID>", "", text))
    assert [field for field, _ in refusals(without)] == ["CHILD"]
    twice = returned(period(), change=lambda text: re.sub("(?s)(<CHILD>.*</CHILD>)", r"\1\1", text))
    assert [field for field, _ in refusals(twice)] == ["CHILDID"]


def test_tables_and_their_twin_are_not_read_together(read):
    files = {**extract([period()], ON), **extract_xml([period()], ON)}
    with pytest.raises(Unreadable, match="give one of them"):
        read(ssda903.read, files)


def test_it_is_told_by_its_first_element(tmp_path):
    path = tmp_path / "anything.xml"
    path.write_text(next(iter(extract_xml([period()], ON).values())))
    assert [name for name, one in FORMATS.items() if one.recognises([path])] == ["ssda903"]
