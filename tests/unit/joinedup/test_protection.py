"""The data-protection pack says what the platform goes by, and is current."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.access import ROUTES
from joinedup.main import app
from joinedup.protection.document import PAGE, page
from joinedup.protection.evidence import EVIDENCE, RIGHTS
from schemas.catalogue import event_types
from schemas.topics import TopicSet
from stack.access import On, grants
from stack.rights import OF_THE_KEYS, OF_THE_STORE
from tests.unit.docs.test_security_pages import what_is_wrong

ROOT = PAGE.parents[1]
TEXT = page()


def test_the_page_in_the_repository_is_current() -> None:
    assert PAGE.read_text("utf-8") == TEXT, "run python -m joinedup.protection.document"


def test_every_record_type_is_on_it_with_every_field_about_a_person() -> None:
    for one in event_types().values():
        (row,) = re.findall(rf"^\| `{one.name}` \| (?!`).*$", TEXT, re.M)
        own = one.schema["fields"][12:] if one.has_envelope else one.schema["fields"]
        about = [field["name"] for field in own if field["sensitivity"] != "none"]
        assert [name for name in about if f"`{name}`" not in row] == []


def test_every_topic_is_on_it_with_each_user_that_reads_it() -> None:
    for topic in TopicSet().all:
        (row,) = re.findall(rf"^\| `{re.escape(topic)}` \|.*\| (.*) \|$", TEXT, re.M)
        readers = {
            one.user
            for one in grants(TopicSet())
            if (one.on, one.name, one.operation) == (On.TOPIC, topic, "READ")
        }
        assert set(re.findall(r"`(\w+)`", row)) == readers


def test_every_role_is_on_it_with_each_table_it_may_touch() -> None:
    for place, roles in (("store", OF_THE_STORE), ("keys", OF_THE_KEYS)):
        for role, tables in roles.items():
            (row,) = re.findall(rf"^\| `joinedup_{role}` \| {place} \| (.*) \|$", TEXT, re.M)
            assert set(re.findall(r"`(\w+)`", row)) == set(tables)


def test_every_page_about_children_is_on_it_with_who_may_see_it() -> None:
    shown = [one for one, roles in ROUTES.items() if None not in roles and "/api/" not in one]
    assert [one for one in shown if f"`{one}`" not in TEXT] == []


def test_whatever_shows_a_theme_is_there() -> None:
    shown = [*RIGHTS.values(), *(one for group in EVIDENCE.values() for one in group.values())]
    named = {one for _what, names in shown for one in names}
    assert [wrong for one in sorted(named) if (wrong := what_is_wrong(one))] == []


def test_every_link_and_every_file_that_the_page_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", TEXT):
        assert (PAGE.parent / target).exists(), target
    for name in re.findall(r"`((?:tests|docs|stack|schemas|dashboard)/[\w/.-]+)`", TEXT):
        assert (ROOT / name).exists(), name


def test_an_installation_s_agreements_recipients_and_schedule_are_added(tmp_path: Path) -> None:
    sources, recipients, schedule = (tmp_path / one for one in ("s.json", "r.toml", "t.toml"))
    agreement = {
        "agreement_id": "dsa-7",
        "version": 1,
        "local_authority": "330",
        "organisation": "RQ3",
        "parties": ["The council"],
        "agencies": ["HEALTH"],
        "event_types": None,
        "purposes": ["SAFEGUARDING_AND_WELFARE"],
        "lawful_basis": "LEGAL_OBLIGATION",
        "in_force_from": "2026-01-01",
        "in_force_until": "2035-12-31",
        "signed_on": "2026-01-01",
        "signed_by": ["director"],
        "recorded_at": 0,
    }
    sources.write_text(json.dumps({"sources": [], "agreements": [agreement]}))
    recipients.write_text(
        '[authorities.330]\nfallback = ["duty"]\n[authorities.330.recipients.duty]\n'
        'email = "duty@example.gov.uk"\nurgent_by = ["email"]\nothers_by = ["email"]\n'
        '[authorities.330.teams.ap]\nduties = ["AP_*"]\nrecipients = ["duty"]\n'
    )
    schedule.write_text(
        'version = "2026"\n[classes.education-record]\nyears = 25\nafter = "birth"\n'
        'source = "row 14"\n'
    )
    given = [
        f"--{name}={file}"
        for name, file in (("sources", sources), ("recipients", recipients), ("schedule", schedule))
    ]
    told = CliRunner().invoke(app, ["protection", *given])
    assert told.exit_code == 0, told.output
    assert "| 330 | `RQ3` | `dsa-7`, version 1 | health | SAFEGUARDING_AND_WELFARE |" in told.output
    assert "LEGAL_OBLIGATION | 2026-01-01 to 2035-12-31 |" in told.output
    assert "| 330 | `duty` | email | email | `AP_*`, in the place of others |" in told.output
    assert "| `education-record` | 25 | birth | row 14 |" in told.output
    assert "duty@example.gov.uk" not in told.output


@pytest.mark.parametrize("option", ["sources", "recipients", "schedule"])
def test_a_file_that_cannot_be_used_is_named_in_a_sentence(option: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("[")
    told = CliRunner().invoke(app, ["protection", f"--{option}={wrong}"])
    assert told.exit_code == 1 and told.stdout == "" and told.stderr
