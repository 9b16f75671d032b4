"""A worker that comes back is the member that it was; two that live are never one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from consumers.membership import member_name


def test_a_worker_that_ended_has_its_name_again(tmp_path: Path) -> None:
    with member_name("join", tmp_path / "names") as before:
        assert before is not None
    with member_name("join", tmp_path / "names") as after:
        assert after == before


def test_two_that_live_have_two_names_and_each_that_comes_back_has_one_of_them(
    tmp_path: Path,
) -> None:
    with member_name("join", tmp_path) as one, member_name("join", tmp_path) as other:
        assert None not in {one, other}
        assert one != other
    with member_name("join", tmp_path) as again, member_name("join", tmp_path) as too:
        assert {again, too} == {one, other}


_HOLD = """
import sys
from pathlib import Path
from consumers.membership import member_name
with member_name("join", Path(sys.argv[1])) as name:
    print(name, flush=True)
    sys.stdin.read()
"""


def test_the_name_of_a_process_that_was_killed_is_its_successors(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLD, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as killed:
        assert killed.stdout is not None
        name = killed.stdout.readline().strip()
        with member_name("join", tmp_path) as beside:
            assert beside != name
        killed.send_signal(signal.SIGKILL)
    with member_name("join", tmp_path) as after:
        assert after == name


def test_each_kind_of_worker_has_names_of_its_own(tmp_path: Path) -> None:
    with member_name("join", tmp_path) as join, member_name("intake", tmp_path) as intake:
        assert str(join).startswith("join-")
        assert str(intake).startswith("intake-")


def test_a_copy_of_the_folder_on_another_machine_gives_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with member_name("join", tmp_path) as here:
        pass
    monkeypatch.setattr("socket.gethostname", lambda: "another")
    with member_name("join", tmp_path) as there:
        assert there != here


def test_a_file_that_holds_no_name_is_given_one_that_lasts(tmp_path: Path) -> None:
    (tmp_path / "join-0").write_text("not a name, and longer than a name would ever be " * 9)
    with member_name("join", tmp_path) as before:
        assert before is not None
    with member_name("join", tmp_path) as after:
        assert after == before


def test_where_no_file_can_be_kept_kafka_names_the_member(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with member_name("join", tmp_path / "file") as name:
        assert name is None


def test_a_folder_that_another_account_put_there_is_not_believed(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (tmp_path / "link").symlink_to(theirs)
    with member_name("join", tmp_path / "link") as name:
        assert name is None
    assert not list(theirs.iterdir())


def test_nobody_else_can_read_or_change_the_names(tmp_path: Path) -> None:
    with member_name("join", tmp_path / "names"):
        assert (tmp_path / "names").stat().st_mode & 0o077 == 0
        assert all(one.stat().st_mode & 0o077 == 0 for one in (tmp_path / "names").iterdir())
        assert (tmp_path / "names").stat().st_uid == os.getuid()
