"""Two records that share no identifier are put before a person, who links them, or does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from joinedup.commands import identity
from producers.sources_file import add_source
from tests.integration.join.deciding import Run, orders
from tests.integration.join.stories import FIRST_DAY, Told, a_record, joinings
from tests.integration.join.test_identity_command import AT, LA, LATER, WHY, children, join, own
from tests.integration.join.workbench import Workbench

NAMES = {"given_name": "Zebedee", "family_name": "Quillfeather", "postcode": "ZZ99 3WZ"}


def known(number: int, agency: str, scheme: str, **details: str) -> Told:
    given = {"held_on": FIRST_DAY, **NAMES, **details}
    record = a_record(
        LA,
        "ChildDetailsRecorded",
        agency,
        f"details-{number}",
        identifiers=[own(scheme, f"X{number}")],
        date_of_birth=date(2012, 5, 1),
        **given,
    )
    return Told("ChildDetailsRecorded", record, AT + number)


def written(folder: Path, name: str, values: Mapping[str, str]) -> str:
    file = folder / name
    file.write_text("".join(f"{key}={value}\n" for key, value in values.items()))
    return str(file)


@pytest.fixture
def run(bench: Workbench, tmp_path: Path) -> Run:
    """Runs a command that reads with a role of its own, and publishes with another."""
    app = typer.Typer()
    identity.register(app)
    app.command("other")(lambda: None)
    sources = tmp_path / "sources.json"
    given = {"organisation": "la999", "system": "operations", "agency": "governance"}
    add_source(sources, local_authorities=[LA], **given)
    publisher = bench.environment("publisher") | {"JOINEDUP_SOURCES_FILE": str(sources)}
    reads, compares = (
        ["--env-file", written(tmp_path, f"{name}.env", bench.environment(name))]
        for name in ("reader", "matcher")
    )
    speaks = ["--publisher-env-file", written(tmp_path, "publisher.env", publisher)]

    def run(*arguments: str, code: int = 0) -> str:
        decides = arguments[0] in ("candidates", "link", "apart", "shield")
        files = compares if arguments[0] == "candidates" else reads
        given = ["identity", *arguments, *files, *(speaks if decides else [])]
        environment = {"JOINEDUP_LA": LA, "COLUMNS": "160"}
        result = CliRunner().invoke(app, given, env=environment)
        assert result.exit_code == code, result.output
        return result.output

    return run


@pytest.fixture
def alike(bench: Workbench) -> Workbench:
    """A pupil and a patient of one name and birth, who share no identifier, and a stranger."""
    bench.write(joinings(LA))
    bench.write(
        [
            known(1, "education", "MIS_ID"),
            known(2, "health", "HEALTH_LOCAL_ID", given_name="Zebedée"),
            known(3, "social-care", "LA_CHILD_ID", given_name="Bo", family_name="Lowe"),
        ]
    )
    bench.publish()
    join(bench)
    return bench


def decided(bench: Workbench, done: int) -> None:
    bench.write(orders(bench, LA, after=LATER)[done:])
    join(bench)


def test_a_candidate_is_explained_links_nobody_and_is_linked_by_a_person(
    alike: Workbench, run: Run
) -> None:
    assert [len(leaves) for leaves in children(alike)] == [1, 1, 1]
    assert "1 pair, of which 1 are new" in run("candidates", "--dry-run")
    assert orders(alike, LA, after=LATER) == []
    said = run("candidates")
    decided(alike, 0)
    assert [len(leaves) for leaves in children(alike)] == [1, 1, 1]
    (one,) = json.loads(run("queue", "--json"))["candidates"]
    shown = run("show", one["name"])
    assert "given name" in shown and "same" in shown and "+12.18" in shown
    for text in (said, shown, run("queue"), run("show", one["name"], "--json")):
        assert not [name for name in NAMES.values() if name in text]
    run("link", *(child[:8] for child in one["children"]), *WHY)
    decided(alike, 1)
    assert sorted(len(leaves) for leaves in children(alike)) == [1, 2]
    assert run("queue") == "No identity is in doubt.\n"


def test_no_name_is_kept_anywhere_in_the_store(alike: Workbench, run: Run) -> None:
    tables = [
        row[0]
        for row in alike.rows(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
    ]
    for table in tables:
        text = str(alike.rows(f"SELECT t::text FROM {table} t")).casefold()
        assert "quillfeather" not in text and b"quillfeather".hex() not in text, table


def test_a_candidate_whose_child_is_shielded_is_shown_to_nobody(alike: Workbench, run: Run) -> None:
    run("candidates")
    decided(alike, 0)
    (one,) = json.loads(run("queue", "--json"))["candidates"]
    run("shield", one["children"][0], "--reason", "adoption", "--by", "team manager")
    decided(alike, 1)
    assert run("queue") == "No identity is in doubt.\n"
    assert "0 pairs" in run("candidates", "--dry-run")
