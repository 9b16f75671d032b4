"""The page for agencies' programmers says what the code does."""

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from joinedup.commands import publish, sources
from producers import publisher as publisher_module
from producers.files import FORMATS
from producers.settings import PublisherSettings
from schemas.catalogue import event_types
from schemas.validation import problems

PAGE = (Path(__file__).parents[3] / "docs" / "publishing.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(PublisherSettings.model_fields))
def test_every_setting_is_on_the_page(name):
    assert f"JOINEDUP_{name.upper()}" in PAGE


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_is_on_the_page(name):
    assert f"**`{name}`**" in PAGE


def test_every_exit_code_is_on_the_page():
    for code in (0, publish.REFUSED, publish.WRONG, publish.UNDELIVERED):
        assert f"| {code} |" in PAGE


def test_every_event_type_on_the_page_exists():
    words = re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`", PAGE)
    resources = {"CarePlan", "ServiceRequest", "EpisodeOfCare"}
    known = {*event_types(), *dir(publisher_module), *resources}
    assert [word for word in words if word not in known] == []


def test_the_program_on_the_page_makes_an_event_that_keeps_the_contract():
    program = re.search(r"```python\n(.*?)\nwith Publisher", PAGE, re.DOTALL)
    names = {}
    exec(program[1], names)  # the page's own code, as its reader would run it
    event = names["event"]
    assert problems(event.kind.full_name, event.record) == []


def test_the_lines_on_the_page_give_the_account_on_the_page(tmp_path):
    lines = re.search(r"\$ cat placements\.jsonl\n(.*?)\n\$ joinedup validate", PAGE, re.DOTALL)
    (tmp_path / "placements.jsonl").write_text(lines[1] + "\n")
    app = typer.Typer()
    publish.register(app)
    sources.register(app)
    arguments = ["validate", str(tmp_path / "placements.jsonl"), "--extracted-at", "2026-11-23"]
    output = CliRunner().invoke(app, arguments, env={"COLUMNS": "120"}).output
    shown = re.search(r"\$ joinedup validate placements\.jsonl\n(.*?)\n```", PAGE, re.DOTALL)
    *said, total, hint = (line.strip() for line in output.splitlines() if line.strip())
    *on_page, total_on_page, hint_on_page = shown[1].splitlines()
    assert [*said, hint] == [*on_page, hint_on_page]
    # All but how long it took.
    assert total.rpartition(". ")[0].rpartition(". ")[0] in total_on_page


def test_the_mapping_on_the_page_makes_the_events_that_it_declares(tmp_path):
    mapping = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1]
    (tmp_path / "mapping.toml").write_text(mapping)
    (tmp_path / "placements.csv").write_text(
        "Placement,Pupil UPN,NHS No,Born,Start,End,Kind,State,Changed\n"
        "17,K330400125001,,01/02/2012,07/09/2026,20/11/2026,P,,2026-11-21T09:00:00Z\n"
    )
    app = typer.Typer()
    publish.register(app)
    sources.register(app)
    arguments = ["validate", str(tmp_path), "--extracted-at", "2026-11-23"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "Valid, none sent: 2." in result.output
