"""The looked-after children return (SSDA903) as a case system extracts it each month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from producers.simulate.extracts.documents import Content, Element, each, xml_text
from producers.simulate.extracts.tables import csv_text
from producers.simulate.life import CarePeriod

_HEADER = "CHILD SEX DOB ETHNIC UPN MOTHER MC_DOB".split()
_EPISODES = (
    "CHILD DECOM RNE LS CIN PLACE PLACE_PROVIDER DEC REC REASON_PLACE_CHANGE HOME_POST PL_POST URN"
).split()
_REVIEWS = "CHILD DOB REVIEW REVIEW_CODE".split()
_ENTERED_AFTER = timedelta(days=1)
"""How long after a thing happened it stands in the case system."""


def extract(periods: Iterable[CarePeriod], on: date) -> dict[str, str]:
    """Return the three tables, by file name, as they stand on the morning of this day."""
    known = [period for period in periods if period.started_on + _ENTERED_AFTER < on]
    return {
        "header.csv": csv_text(_HEADER, map(_header, known)),
        "episodes.csv": csv_text(_EPISODES, (row for one in known for row in _episodes(one, on))),
        "reviews.csv": csv_text(_REVIEWS, (row for one in known for row in _reviews(one, on))),
    }


def extract_xml(periods: Iterable[CarePeriod], on: date) -> dict[str, str]:
    """Return the same return as one XML document, by file name."""
    known: dict[str, list[CarePeriod]] = {}
    for period in periods:
        if period.started_on + _ENTERED_AFTER < on:
            known.setdefault(period.child.la_child_id, []).append(period)
    children = each("CHILD", (_child(own, on) for own in known.values()))
    return {f"ssda903-{on}.xml": xml_text("EXPSSDA903", children)}


def _child(periods: list[CarePeriod], on: date) -> Content:
    head = _header(periods[0])
    header: list[Element] = [("CHILDID", head.pop("CHILD")), *head.items()]
    held = (row for one in periods for row in _reviews(one, on))
    header += each("AREVIEW", ([(name, row[name]) for name in _REVIEWS[2:]] for row in held))
    lived = (row for one in periods for row in _episodes(one, on))
    return [("HEADER", header), *each("EPISODE", map(_episode_element, lived))]


def _episode_element(row: dict[str, str]) -> Content:
    names = {"PLACE": "PL"}  # as the XML calls it
    return [(names.get(name, name), value) for name, value in row.items() if name != "CHILD"]


def _header(period: CarePeriod) -> dict[str, str]:
    child = period.child
    return {
        "CHILD": child.la_child_id,
        "SEX": "1" if child.sex == "M" else "2",
        "DOB": _day(child.birth),
        "ETHNIC": "REFU",
        "UPN": child.upn,
    }


def _episodes(period: CarePeriod, on: date) -> Iterator[dict[str, str]]:
    begun = [one for one in period.placements if one[0] + _ENTERED_AFTER < on]
    ceased = period.ceased_on
    for position, (first, place, status) in enumerate(begun):
        following = begun[position + 1][0] if position + 1 < len(begun) else None
        row = {
            "CHILD": period.child.la_child_id,
            "DECOM": _day(first),
            "RNE": "P" if position else "S",
            "LS": status,
            "CIN": "N1",
            "PLACE": place,
            "PLACE_PROVIDER": "PR1",
        }
        if following is not None:
            row |= {"DEC": _day(following), "REC": "X1", "REASON_PLACE_CHANGE": "CARPL"}
        elif ceased is not None and ceased + _ENTERED_AFTER < on:
            row |= {"DEC": _day(ceased), "REC": "E4A"}
        yield row


def _reviews(period: CarePeriod, on: date) -> Iterator[dict[str, str]]:
    for position, held_on in enumerate(period.reviews):
        if held_on + _ENTERED_AFTER < on:
            yield {
                "CHILD": period.child.la_child_id,
                "DOB": _day(period.child.birth),
                "REVIEW": _day(held_on),
                "REVIEW_CODE": f"PN{1 + position % 3}",
            }


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
