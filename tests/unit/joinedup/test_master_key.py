"""Where a master key is kept: renewed beside the one before, in its line of the file alone."""

from __future__ import annotations

import fcntl
import stat
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import UndefinedColumn, UndefinedTable
from typer.testing import CliRunner

from joinedup.commands.master_key_place import OfContainers, OnThisMachine
from joinedup.main import app
from stack import LocalStack, Ports, StackError
from stack.credentials import Credentials
from stack.deployment import variables

OLD, NEW = "11" * 32, "22" * 32


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    """The containers' file, with a line of the operator's own."""
    kept = Credentials.invent().with_master_key(OLD)
    lines = [f"{name}={value}" for name, value in variables(kept)]
    file = tmp_path / ".env"
    file.write_text("\n".join([*lines, "# ours", "JOINEDUP_USER=1000:1000", ""]))
    return file


def said(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["master-key", *arguments])
    return result.exit_code, result.output


def test_a_new_one_stands_before_the_old_one_and_nothing_else_of_the_file_changes(
    env_file: Path,
) -> None:
    before = env_file.read_text().splitlines()
    code, output = said("renew", "--env-file", str(env_file))
    assert code == 0 and "joinedup master-key rewrap" in output
    changed = set(env_file.read_text().splitlines()) ^ set(before)
    new, old = OfContainers(env_file).keys()
    assert changed == {f"JOINEDUP_MASTER_KEY={OLD}", f"JOINEDUP_MASTER_KEY={new},{OLD}"}
    assert old == OLD and len(bytes.fromhex(new)) == 32
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    assert new not in output and OLD not in output


def test_done_again_it_makes_no_third_one(env_file: Path) -> None:
    said("renew", "--env-file", str(env_file))
    once = env_file.read_text()
    assert said("renew", "--env-file", str(env_file))[0] == 0
    assert env_file.read_text() == once


def test_while_one_is_made_nobody_else_makes_another(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []

    def a_key(_: int) -> str:
        with (env_file.parent / ".master-key.lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                held.append(True)
        return NEW

    monkeypatch.setattr("joinedup.commands.master_key.secrets.token_hex", a_key)
    assert said("renew", "--env-file", str(env_file))[0] == 0
    assert held == [True]


@pytest.mark.parametrize("step", ["renew", "rewrap", "forget"])
def test_where_there_is_no_local_stack_none_is_made_and_the_containers_file_is_asked_for(
    tmp_path: Path, step: str
) -> None:
    code, output = said(step, "--root", str(tmp_path / "none"))
    assert code == 1 and "--env-file .env" in " ".join(output.split())
    assert not list(tmp_path.iterdir())


def test_a_line_that_is_indented_or_spaced_is_changed_too(env_file: Path) -> None:
    line = f"JOINEDUP_MASTER_KEY={OLD}"
    env_file.write_text(env_file.read_text().replace(line, f"  JOINEDUP_MASTER_KEY ={OLD}"))
    assert said("renew", "--env-file", str(env_file))[0] == 0
    new, old = OfContainers(env_file).keys()
    assert old == OLD != new


@pytest.mark.parametrize("written", [f'"{OLD}"', f"{OLD} # ours", f"{OLD},", OLD[2:]])
@pytest.mark.parametrize("step", ["renew", "rewrap", "forget"])
def test_what_is_no_key_is_said_and_left_as_it_is(env_file: Path, written: str, step: str) -> None:
    line = f"JOINEDUP_MASTER_KEY={OLD}"
    env_file.write_text(env_file.read_text().replace(line, f"JOINEDUP_MASTER_KEY={written}"))
    before = env_file.read_text()
    code, output = said(step, "--env-file", str(env_file))
    assert code == 1 and "is no key: write 64 hexadecimal digits" in output
    assert OLD[2:] not in output
    assert env_file.read_text() == before


@pytest.mark.parametrize("step", ["rewrap", "forget"])
@pytest.mark.parametrize("lacks", [UndefinedColumn, UndefinedTable])
def test_a_key_store_of_an_earlier_release_is_to_be_migrated_first(
    env_file: Path, monkeypatch: pytest.MonkeyPatch, step: str, lacks: type[Exception]
) -> None:
    def asked(*_: object, **__: object) -> None:
        raise lacks

    said("renew", "--env-file", str(env_file))
    monkeypatch.setattr(psycopg, "connect", asked)
    code, output = said(step, "--env-file", str(env_file))
    assert code == 1 and "The key store is of an earlier release" in output


@pytest.mark.parametrize("step", ["rewrap", "forget"])
def test_without_a_new_one_there_is_nothing_to_do_and_it_is_said(env_file: Path, step: str) -> None:
    code, output = said(step, "--env-file", str(env_file))
    assert code == 1 and "joinedup master-key renew makes another" in output


def test_postgresql_is_entered_over_tls_by_the_authority_beside_the_file(env_file: Path) -> None:
    place = OfContainers(env_file, "db.example:5432")
    for address in (place.owner_address("joinedup_keys"), place.superuser_address()):
        held = conninfo_to_dict(address)
        assert (held["host"], held["sslmode"]) == ("db.example", "verify-full")
        assert held["sslrootcert"] == str(env_file.parent / "tls" / "ca.pem")


def test_a_secret_that_is_not_in_the_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("")
    with pytest.raises(StackError, match="JOINEDUP_MASTER_KEY"):
        OfContainers(file).keys()


def test_on_this_machine_every_process_that_opens_what_is_sealed_is_told_both(
    tmp_path: Path,
) -> None:
    stack = LocalStack(tmp_path, Ports())
    place = OnThisMachine(stack)
    (old,) = place.keys()
    place.keep([NEW, old])
    assert OnThisMachine(LocalStack(tmp_path, Ports())).keys() == [NEW, old]
    for process in ("intake", "join", "reader", "dashboard", "auditor", "matcher"):
        file = stack.layout.environment(process)
        assert f"JOINEDUP_MASTER_KEY={NEW},{old}\n" in file.read_text()


def test_on_this_machine_a_password_that_was_renewed_meanwhile_is_kept(tmp_path: Path) -> None:
    stack = LocalStack(tmp_path, Ports())
    place = OnThisMachine(stack)
    (old,) = place.keys()
    renewed = stack.credentials.with_new_passwords()
    renewed.write(stack.layout.secrets)
    place.keep([NEW, old])
    found = LocalStack(tmp_path, Ports()).credentials
    assert (found.kafka, found.postgresql) == (renewed.kafka, renewed.postgresql)
