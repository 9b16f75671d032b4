"""The demo shows its pages until Enter is pressed at a terminal, and never waits elsewhere."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.unit.dashboard.frontend import archive

REPOSITORY = Path(__file__).resolve().parents[3]
SECONDS = 60
SETTINGS = {
    "DATABASE_URL": "postgresql://127.0.0.1:1/none",
    "KEYS_DATABASE_URL": "postgresql://127.0.0.1:1/none",
    "MASTER_KEY": "00" * 32,
    "PSEUDONYM_KEY": "00" * 32,
    "SIMULATED": "true",
}
PROGRAM = """
import sys
from pathlib import Path
from joinedup.commands import demo_pages
demo_pages.fetched = lambda cache, repository: Path(sys.argv[2])
demo_pages.show_until_enter(Path(sys.argv[1]), Path(sys.argv[1]).parent, None)
print("the demo is over")
"""


def command(folder: Path) -> list[str]:
    env_file = folder / "demo-dashboard.env"
    env_file.write_text("".join(f"JOINEDUP_{name}={said}\n" for name, said in SETTINGS.items()))
    return [sys.executable, "-c", PROGRAM, str(env_file), str(archive(folder))]


def read_until(terminal: int, words: str) -> str:
    said, deadline = "", time.monotonic() + SECONDS
    while words not in said:
        assert time.monotonic() < deadline, said
        if select.select([terminal], [], [], 1)[0]:
            said += os.read(terminal, 4096).decode()
    return said


def test_at_a_terminal_the_pages_are_there_until_enter_is_pressed(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    given = {"stdin": theirs, "stdout": theirs, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command(tmp_path), cwd=REPOSITORY, **given) as demo:
        said = read_until(ours, "Press Enter")
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert address and re.search(r"Sign in as a\.lead with the password \S+", said)
        assert "Sign in" in httpx.get(f"{address[0]}sign-in", timeout=SECONDS).text
        assert demo.poll() is None
        os.write(ours, b"\n")
        read_until(ours, "the demo is over")
        assert demo.wait(SECONDS) == 0
    os.close(ours)
    os.close(theirs)


def test_elsewhere_nothing_is_shown_and_nothing_is_waited_for(tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path),
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        capture_output=True,
        timeout=SECONDS,
        check=True,
    )
    assert done.stdout.decode() == "the demo is over\n"
