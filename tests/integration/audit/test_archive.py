"""An archive replays as Kafka does, shows every changed byte, and makes a lost store again."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastavro
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from consumers.migrations import STORE, migrate
from consumers.relay.service import RelayService
from consumers.settings import RelaySettings
from stack import LocalStack
from tests.integration.audit.conftest import CHILDREN, Run, as_json
from tests.integration.join.stories import nhs_numbers
from tests.integration.join.workbench import Workbench

BESIDE = {
    "partition_state": ("epoch", "owner"),
    "receipts": ("noted_at",),
    "actions": ("id", "xid"),
}
"""Columns that say who wrote, or when by the store's clock, not what."""


@pytest.fixture(scope="module")
def published(year: Workbench) -> Workbench:
    """The year, its alerts published."""
    fields = {n.removeprefix("JOINEDUP_").lower(): v for n, v in year.environment("relay").items()}
    settings = RelaySettings.model_validate(fields)
    asyncio.run(RelayService(settings, until_end=True).work())
    return year


@pytest.fixture(scope="module")
def folder(published: Workbench, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the archive is made, once."""
    return tmp_path_factory.mktemp("archives") / "first"


@pytest.fixture
def archive(published: Workbench, folder: Path, run: Run) -> Path:
    """The archive of the year."""
    if not folder.exists():
        said = run("archive", str(folder), process="sealer")
        key = published.environment("auditor")["JOINEDUP_PUBLIC_KEY"]
        assert f"Public key: {key}" in said
    return folder


LAPTOP = {
    "JOINEDUP_KAFKA_BOOTSTRAP": "",
    "JOINEDUP_REGISTRY_URL": "",
    "JOINEDUP_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
}
"""Hides Kafka, the registry and the store from a command."""


def test_an_archive_replays_the_same_bytes_without_kafka_registry_and_store(
    year: Workbench, archive: Path, run: Run, tmp_path: Path
) -> None:
    here = tmp_path / "archive.json"
    arguments = ("replay", "--archive", str(archive), "--output", str(here), "--verify", "--json")
    outcome = as_json(run(*arguments, **LAPTOP))
    told = [
        (one["sequence"], one["body"], one["chain"]) for one in json.loads(here.read_text("utf-8"))
    ]
    kept = year.rows("SELECT sequence, body, chain FROM alert_transitions ORDER BY 1")
    assert told == kept
    assert (outcome["compared"], outcome["differences"], outcome["untold"]) == (len(kept), [], 0)


def test_any_avro_reader_opens_an_archive_and_finds_what_the_manifest_says(
    year: Workbench, archive: Path
) -> None:
    manifest = json.loads((archive / "manifest.json").read_text())
    assert {one["topic"] for one in manifest["files"]} == {"journeys", "alerts"}
    for one in manifest["files"]:
        with (archive / one["name"]).open("rb") as opened:
            records = list(fastavro.reader(opened))
        assert len(records) == one["records"]
        assert records[-1]["offset"] < one["next_offset"]
    assert len(manifest["schemas"]) > 60
    assert manifest["told_by"] == [[manifest["engine"], manifest["rules"]]]


def test_the_same_topics_give_the_same_files(archive: Path, run: Run, tmp_path: Path) -> None:
    run("archive", str(tmp_path / "again"), process="sealer")
    for file in archive.rglob("*.avro"):
        assert (tmp_path / "again" / file.relative_to(archive)).read_bytes() == file.read_bytes()


def test_a_byte_flipped_anywhere_in_an_archive_is_caught_and_its_file_named(
    archive: Path, run: Run, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(archive, copy)
    chance = random.Random(7)
    for file in sorted(one for one in copy.rglob("*") if one.is_file()):
        sound = file.read_bytes()
        for place in (0, chance.randrange(len(sound)), len(sound.rstrip()) - 1):
            flipped = bytearray(sound)
            flipped[place] ^= 1 << chance.randrange(8)
            file.write_bytes(flipped)
            said = run("replay", "--archive", str(copy), "--verify", code=1)
            assert file.name in said or file.name == "manifest.sig"
        file.write_bytes(sound)
    (copy / "journeys").joinpath(sorted(p.name for p in (copy / "journeys").iterdir())[0]).unlink()
    assert "is missing" in run("replay", "--archive", str(copy), code=1)


def test_an_archive_of_another_signer_is_refused(archive: Path, run: Run) -> None:
    other = "11" * 32
    said = run("replay", "--archive", str(archive), code=1, JOINEDUP_PUBLIC_KEY=other)
    assert "public key" in said
    said = run("replay", "--archive", str(archive), code=1, JOINEDUP_PUBLIC_KEY="")
    assert "Set JOINEDUP_PUBLIC_KEY" in said


def test_an_archive_is_never_written_over(archive: Path, run: Run) -> None:
    assert "is there already" in run("archive", str(archive), code=1, process="sealer")


def test_no_key_and_no_identifier_is_in_an_archive(year: Workbench, archive: Path) -> None:
    environment = year.environment("join")
    keys = (environment["JOINEDUP_MASTER_KEY"], environment["JOINEDUP_PSEUDONYM_KEY"])
    secret = (*keys, *nhs_numbers(max(CHILDREN.values())))
    for file in (one for one in archive.rglob("*") if one.is_file()):
        records = list(fastavro.reader(file.open("rb"))) if file.suffix == ".avro" else []
        content = file.read_bytes() + b"".join(one["value"] for one in records)
        assert not any(one.encode() in content for one in secret)


@pytest.fixture
def lost(stack: LocalStack, year: Workbench) -> Iterator[dict[str, str]]:
    """The environment of a join whose store was lost: an empty one stands in its place."""
    store = f"t{secrets.token_hex(4)}"
    stack.create_store(store)
    migrate(stack.owner_address(store))
    migrate(stack.owner_address(f"{store}_keys"), STORE / "keys")
    address = stack.environment("join", year.topics.prefix, store)["JOINEDUP_DATABASE_URL"]
    yield {"JOINEDUP_DATABASE_URL": address, "STORE": store}
    stack.drop_store(store)


@pytest.mark.parametrize("from_archive", [True, False])
def test_a_restored_store_is_the_one_that_was_lost_table_by_table(
    stack: LocalStack,
    year: Workbench,
    archive: Path,
    run: Run,
    lost: dict[str, str],
    from_archive: bool,
) -> None:
    given = ("--archive", str(archive)) if from_archive else ()
    changed = {**lost, "JOINEDUP_PUBLIC_KEY": year.environment("auditor")["JOINEDUP_PUBLIC_KEY"]}
    assert "Restored from" in run("restore", *given, process="join", **changed)
    with (
        psycopg.connect(make_conninfo(stack._superuser(), dbname=lost["STORE"])) as new,
        psycopg.connect(year.owner) as old,
    ):
        tables = [
            row[0]
            for row in old.execute(
                "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p')"
                " AND relnamespace = 'public'::regnamespace"
                " AND has_table_privilege('joinedup_join', oid, 'INSERT')"
            )
        ]
        assert {"timeline", "alerts", "clusters", "due", "actions", "standings"} <= set(tables)
        for table in tables:
            assert content(new, table) == content(old, table), table
    assert "Restored from 0 records" in run("restore", *given, process="join", **changed)


def content(connection: psycopg.Connection[Any], table: str) -> list[dict[str, Any]]:
    """Return the rows of a table, in any one order, without the columns that say who wrote."""
    # An owner that found nothing to do leaves its name on a partition, and nothing else.
    where = "WHERE next_offset > 0" if table == "partition_state" else ""
    query = f"SELECT to_jsonb(t) FROM {table} t {where} ORDER BY to_jsonb(t)::text"
    rows = [row[0] for row in connection.execute(query.encode())]
    beside = BESIDE.get(table, ())
    return [{name: row[name] for name in row if name not in beside} for row in rows]
