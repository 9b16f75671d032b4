"""The pages that an agency follows word for word name commands and options that there are."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from joinedup.commands.ping import Stage
from joinedup.main import app
from producers.event import Source
from producers.files.json_lines import event_of
from producers.files.outcomes import Context
from schemas.catalogue import event_types
from schemas.validation import problems
from tests.unit.consumers.messages import MOMENT

DOCS = Path(__file__).parents[3] / "docs"
PAGES = ("onboarding.md", "gateway.md", "outbox.md")
TEXTS = {name: (DOCS / name).read_text("utf-8") for name in PAGES}
LINES = [
    (name, line)
    for name, text in TEXTS.items()
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    for line in re.findall(r"^\$ (joinedup .*)$", block, re.MULTILINE)
]


@pytest.mark.parametrize(("page", "line"), LINES)
def test_every_command_on_the_pages_can_be_given(page: str, line: str) -> None:
    words = shlex.split(line.partition(" | ")[0])[1:]
    command: Any = typer.main.get_command(app)
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    given = {word for word in words if word.startswith("--")}
    assert given <= options, page


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_the_pages_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", TEXTS[page]):
        assert (DOCS / target).exists(), target


def test_every_link_within_a_page_leads_to_a_heading() -> None:
    for page, text in TEXTS.items():
        for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", text):
            file = DOCS / (target or page)
            headings = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.MULTILINE)
            known = {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}
            assert anchor in known, f"{page}: {target}#{anchor}"


def test_the_events_on_the_pages_keep_the_contract() -> None:
    context = Context(
        local_authority="330",
        source=Source("trust7", "mis"),
        extracted_at=MOMENT,
        recorded_at=MOMENT,
    )
    shown = [
        *re.findall(r"VALUES \('(\{.*?\})'\)", TEXTS["outbox.md"], re.DOTALL),
        *re.findall(r"-d '\n\s*(\{.*?\})'", TEXTS["gateway.md"], re.DOTALL),
    ]
    (of_itself,) = re.findall(
        r"^```json\n(.*?)^```", TEXTS["onboarding.md"], re.DOTALL | re.MULTILINE
    )
    assert len(shown) == 2
    for one in (*map(json.loads, shown), *json.loads(of_itself)):
        event = event_of(one, context)
        assert problems(event.kind.full_name, event.record) == []


def test_the_types_on_the_pages_exist() -> None:
    known = {*event_types(), "OutboxRelay", "CloudEvents", "JoinedUp", "CloudEvent"}
    for text in TEXTS.values():
        words = re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`", text)
        assert [word for word in words if word not in known] == []


def test_a_stage_is_shown_as_on_the_page() -> None:
    assert Stage("relay", "nothing waits for the alerts topic", 4).meaning in TEXTS["onboarding.md"]
