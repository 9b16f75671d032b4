"""Checklist, threats, hazards and promises name tests that there are, and say what is open."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import typer.main

from joinedup.main import app

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
ROW = re.compile(r"^\| ((?:V\d+\.\d+\.\d+|[A-Z]{2}-[STRIDE]\d|S-\d\d)) \|(.*)\|$", re.M)
HAZARD = re.compile(r"^## (H-\d\d) (.+)\n\n\| \| \|\n\|---\|---\|\n((?:\|.*\|\n?)+)", re.M)
THEIRS = re.compile(
    r"(\d+) of (\d+) \w+ leave something to the deploying organisation,[^\n]*\n\n"
    r"((?:[A-Z][\w.-]+(?:, |\.\n))*)"
)
OPEN = re.compile(r"(\d+) of (\d+) \w+ (?:is|are) open,[^\n]*\n\n((?:[A-Z][\w.-]+(?:, |\.\n))*)")
SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
LIKELIHOODS = ("very low", "low", "medium", "high", "very high")
CHAPTERS: dict[str, str] = {
    "1": "2 9 11 3 2",
    "2": "3 3 4 1",
    "3": "0 2 4 6 5 0 2",
    "4": "3 1 2 4",
    "5": "1 3 2 3",
    "6": "3 12 4 4 5 3 0 4",
    "7": "3 4 2 5 2 2",
    "8": "2 3 1 1",
    "9": "3 4",
    "10": "2 2 4 11 5 2 3",
    "11": "2 3 3 4 1 1 0",
    "12": "3 2 4",
    "13": "1 5 2 5",
    "14": "2 4 3",
    "15": "3 3 7 0",
    "16": "1 5 4 3 3",
    "17": "1 4 2",
}
"""ASVS 5.0.0: how many requirements of levels 1 and 2 each section of a chapter has; they come
before those of level 3 in every section."""


def text(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


PARTS = {
    "asvs/index.md": ("asvs/input-and-web.md", "asvs/people-and-tokens.md", "asvs/operation.md"),
    "threats/index.md": ("threats/in.md", "threats/out.md"),
    "hazards.md": ("hazards.md",),
    "security.md": ("security.md",),
}
"""The page that says what is open, and the pages that have the rows."""


def rows_of(page: str) -> list[tuple[str, str]]:
    """Return id and content of each row, or entry, of the pages that belong to one."""
    found: list[tuple[str, str]] = []
    for part in PARTS[page]:
        found += ROW.findall(text(part))
        found += [(name, rows) for name, _title, rows in HAZARD.findall(text(part))]
    return found


YOURS = re.split(r"^## 10\. [^\n]*\n", text("operations.md"), flags=re.M)[-1]
"""The section of the operations guide about what the deploying organisation decides and does."""
ROWS = [(page, name, content) for page in PARTS for name, content in rows_of(page)]
COUNTS = {"asvs/index.md": 194, "threats/index.md": 98, "hazards.md": 26, "security.md": 25}


def is_open(content: str) -> bool:
    return re.search(r"(?:^|[|;] )open: \w", content) is not None


@cache
def commands() -> frozenset[str]:
    """Return the names of the commands; to make the application takes a second."""
    return frozenset(getattr(typer.main.get_command(app), "commands", {}))


def is_theirs(content: str) -> bool:
    """Return whether a part of a row is for the deploying organisation to decide or to do."""
    return re.search(r"(?:^|[|;] )theirs: \w", content) is not None


def what_is_wrong(reference: str) -> str:
    """Return what is wrong with a test, file or command that is named; empty where it is there."""
    file, _, function = reference.partition("::")
    if reference.startswith("make "):
        goal = reference.removeprefix("make ")
        there = re.search(rf"^{goal}:", (ROOT / "Makefile").read_text(), re.M) is not None
        return "" if there else f"{reference}: nothing can be made by this name"
    if reference.startswith("joinedup "):
        there = reference.split()[1] in commands()
        return "" if there else f"{reference}: there is no such command"
    if not (ROOT / file).is_file():
        return f"{file}: there is no such file"
    if function and not re.search(
        rf"^ *(?:async )?def {function}\(", (ROOT / file).read_text(), re.M
    ):
        return f"{reference}: there is no such test"
    return ""


def evidence_in(content: str) -> list[str]:
    """Return what a row, or an entry, names as showing it: what stands in its cell of evidence."""
    (shown,) = re.findall(r"\| shown by \| (.*) \|", content) or [content.rsplit(" | ", 1)[-1]]
    return re.findall(r"`([^`]+)`", re.split(r"(?:^|; )(?:open|theirs): ", shown.strip())[0])


@pytest.mark.parametrize("page", PARTS)
def test_every_row_names_what_shows_it_or_is_open(page: str) -> None:
    rows = rows_of(page)
    assert len(rows) == COUNTS[page], "say here how many there are, so that none is passed over"
    bare = [name for name, content in rows if not evidence_in(content) and not is_open(content)]
    assert bare == []


@pytest.mark.parametrize("page", PARTS)
def test_every_test_file_and_command_that_is_named_is_there(page: str) -> None:
    named = {one for _name, content in rows_of(page) for one in evidence_in(content)}
    assert [wrong for one in sorted(named) if (wrong := what_is_wrong(one))] == []


def test_what_is_not_there_would_be_found() -> None:
    assert "no such test" in what_is_wrong("tests/unit/docs/test_runbook.py::test_of_nothing")
    assert "no such file" in what_is_wrong("tests/unit/docs/nowhere.py::test_of_nothing")
    assert "no such command" in what_is_wrong("joinedup nothing")
    assert "by this name" in what_is_wrong("make nothing")
    assert evidence_in("| a | `x` | open: `y` is missing |"[2:-2]) == []
    assert is_open("| cause | c |\n| left | open: nobody tried it |")


def test_no_id_is_given_twice() -> None:
    assert [one for one, many in Counter(name for _p, name, _c in ROWS).items() if many > 1] == []


@pytest.mark.parametrize("page", PARTS)
def test_what_is_open_is_counted_and_listed_on_the_first_page(page: str) -> None:
    ((opened, every, listed),) = OPEN.findall(text(page))
    rows = rows_of(page)
    found = [name for name, content in rows if is_open(content)]
    assert re.findall(r"[A-Z][\w.-]*\w", listed) == found
    assert (int(opened), int(every)) == (len(found), len(rows))


@pytest.mark.parametrize("page", [one for one in PARTS if one != "security.md"])
def test_what_is_theirs_is_counted_and_listed_beside_it(page: str) -> None:
    ((theirs, every, listed),) = THEIRS.findall(text(page))
    rows = rows_of(page)
    found = [name for name, content in rows if is_theirs(content)]
    assert re.findall(r"[A-Z][\w.-]*\w", listed) == found
    assert (int(theirs), int(every)) == (len(found), len(rows))


def test_the_operations_guide_says_what_to_do_of_all_that_is_theirs_and_how_to_check_it() -> None:
    said = re.findall(r"^\| ([A-Z][\w.,\- ]+) \| (\S.*) \| (\S.*) \|$", YOURS, re.M)
    named = [name for names, _do, _check in said for name in names.split(", ")]
    assert sorted(named) == sorted(name for _page, name, content in ROWS if is_theirs(content))
    checks = {
        one for _n, _do, check in said for one in re.findall(r"`((?:joinedup|tests/)[^`]+)`", check)
    }
    assert [wrong for one in sorted(checks) if (wrong := what_is_wrong(one))] == []


def test_every_requirement_of_the_standard_has_its_row_or_its_reason() -> None:
    asked = [
        f"V{chapter}.{section}.{number}"
        for chapter, sections in CHAPTERS.items()
        for section, many in enumerate(sections.split(), start=1)
        for number in range(1, int(many) + 1)
    ]
    assert len(asked) == 253
    left_out = []
    for first, last in re.findall(
        r"^\| (V[\d.]+)(?: to (V[\d.]+))? \| \w.* \|$", text("asvs/index.md"), re.M
    ):
        section, _, number = first.rpartition(".")
        end = int((last or first).rpartition(".")[2])
        assert not last or last.startswith(section + "."), last
        left_out += [f"{section}.{one}" for one in range(int(number), end + 1)]
    rowed = [name for name, _content in rows_of("asvs/index.md")]
    assert sorted([*rowed, *left_out]) == sorted(asked)


def test_each_flow_is_asked_for_all_six_kinds_of_threats() -> None:
    for part in PARTS["threats/index.md"]:
        for flow in re.split(r"^## ", text(part), flags=re.M)[1:]:
            rows = ROW.findall(flow)
            assert {name.partition("-")[2][0] for name, _content in rows} == set("STRIDE")
            assert len({name.partition("-")[0] for name, _content in rows}) == 1
            for name, content in rows:
                assert content.strip().startswith(f"{name.partition('-')[2][0]} |"), name


def test_each_risk_is_that_of_the_matrix_and_no_control_makes_it_worse() -> None:
    page = text("hazards.md")
    matrix = {
        severity: dict(zip(LIKELIHOODS, cells.split(" | "), strict=True))
        for severity, cells in re.findall(r"^\| (\w+) \| (\d(?: \| \d){4}) \|$", page, re.M)
    }
    assert set(matrix) == set(SEVERITIES)
    for name, title, rows in HAZARD.findall(page):
        said = re.findall(
            r"\| (?:before|after) controls \| severity (.+), likelihood (.+): risk (\d) \|", rows
        )
        assert [matrix[severity][likelihood] for severity, likelihood, _risk in said] == [
            risk for _severity, _likelihood, risk in said
        ]
        (before, after) = (int(risk) for _severity, _likelihood, risk in said)
        assert after <= before
        assert f"| {name} | {title} | {before} | {after} |" in page


def test_each_hazard_has_all_its_parts() -> None:
    parts = ["cause", "effect", "before controls", "control", "shown by", "after controls", "left"]
    for name, _title, rows in HAZARD.findall(text("hazards.md")):
        assert re.findall(r"^\| ([a-z ]+) \| \S", rows, re.M) == parts, name


def test_the_pages_are_found_from_the_readme_and_from_each_other() -> None:
    for page in ("docs/asvs/index.md", "docs/threats/index.md", "docs/hazards.md"):
        assert f"]({page})" in (ROOT / "README.md").read_text()
        assert f"]({page.removeprefix('docs/')})" in text("architecture.md")
    every = {one for parts in PARTS.values() for one in parts} | set(PARTS)
    for one in every:
        for target in re.findall(r"\]\((?!https:)([^)#]+)(?:#[^)]*)?\)", text(one)):
            assert ((DOCS / one).parent / target).exists(), f"{one}: {target}"
