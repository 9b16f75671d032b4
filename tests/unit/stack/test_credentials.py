"""Secrets are invented once, kept privately, and given out sparingly."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from consumers.signing import Signer
from stack import LocalStack, Ports
from stack.credentials import Credentials
from stack.environment import PROCESSES, write_environment


def mode_of(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_secrets_stay_the_same_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "credentials.json"
    first = Credentials.load_or_invent(file)
    assert Credentials.load_or_invent(file) == first
    assert mode_of(file) == 0o600
    assert mode_of(file.parent) == 0o700


def test_a_secret_that_a_later_release_needs_is_added_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "credentials.json"
    first = Credentials.load_or_invent(file)
    kept = {"kafka": {"admin": first.kafka["admin"]}, "keys": dict(first.keys)}
    file.write_text(json.dumps(kept))
    second = Credentials.load_or_invent(file)
    assert (second.kafka["admin"], second.keys) == (first.kafka["admin"], first.keys)
    assert second.kafka.keys() == first.kafka.keys()
    assert Credentials.load_or_invent(file) == second


def test_secrets_do_not_show_when_printed() -> None:
    invented = Credentials.invent()
    assert invented.keys["master"] not in repr(invented)
    assert invented.kafka["admin"] not in repr(invented)


def test_every_password_is_its_own() -> None:
    invented = Credentials.invent()
    passwords = [*invented.kafka.values(), *invented.postgresql.values(), *invented.keys.values()]
    assert len(set(passwords)) == len(passwords)


def test_only_who_opens_sealed_events_is_told_the_master_key(tmp_path: Path) -> None:
    stack = LocalStack(tmp_path, Ports())
    told = {p for p in PROCESSES if "JOINEDUP_MASTER_KEY" in stack.environment(p)}
    assert told == {"intake", "join", "reader", "dashboard", "auditor", "matcher"}


def test_files_of_the_demo_follow_new_passwords_and_ports_once_they_are_there(
    tmp_path: Path,
) -> None:
    old, new = LocalStack(tmp_path, Ports()), LocalStack(tmp_path, Ports(postgresql=15999))
    old.layout.create()
    old._write_files()
    demo = old.layout.environment("demo-reader")
    assert not demo.exists()
    assert old.write_demo_environments() == demo
    assert "15999" not in demo.read_text()
    new._write_files()
    assert "joinedup_demo?" in demo.read_text() and ":15999/" in demo.read_text()
    assert "JOINEDUP_SIMULATED=true" in demo.with_name("demo-dashboard.env").read_text()


def test_only_who_signs_is_told_the_signing_key_and_who_checks_the_public_one(
    tmp_path: Path,
) -> None:
    stack = LocalStack(tmp_path, Ports())
    told = {p for p in PROCESSES if "JOINEDUP_SIGNING_KEY" in stack.environment(p)}
    assert told == {"sealer"}
    signer = Signer(bytes.fromhex(stack.environment("sealer")["JOINEDUP_SIGNING_KEY"]))
    assert stack.environment("auditor")["JOINEDUP_PUBLIC_KEY"] == signer.public_key.hex()


def test_publishers_are_told_of_no_database(tmp_path: Path) -> None:
    stack = LocalStack(tmp_path, Ports())
    for process in PROCESSES:
        if process.endswith("publisher"):
            assert not any("DATABASE" in name for name in stack.environment(process))


def test_an_environment_is_for_a_live_set_without_prefix_and_a_simulated_one_with(
    tmp_path: Path,
) -> None:
    stack = LocalStack(tmp_path, Ports())
    live = stack.environment("join")
    demo = stack.environment("join", "demo.", "joinedup_demo")
    assert (live["JOINEDUP_PARTITIONS"], live["JOINEDUP_SIMULATED"]) == ("64", "false")
    assert (demo["JOINEDUP_PARTITIONS"], demo["JOINEDUP_SIMULATED"]) == ("4", "true")
    assert "/joinedup_demo_keys?" in demo["JOINEDUP_KEYS_DATABASE_URL"]


def test_an_env_file_is_private(tmp_path: Path) -> None:
    write_environment(tmp_path / "env" / "x.env", {"A": "b", "C": "d"})
    assert (tmp_path / "env" / "x.env").read_text() == "A=b\nC=d\n"
    assert mode_of(tmp_path / "env" / "x.env") == 0o600
