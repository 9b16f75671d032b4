"""Faust hosts a process: it ends well, ends badly with a sentence, or is told to stop.

A worker owns its process (signals, event loop, exit code), so each of these is a real one.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from consumers.worker import build_app

PROGRAM = """
import asyncio, logging, sys
from consumers.errors import ServiceLost
from consumers.worker import StreamService, build_app, run_worker

class Told(StreamService):
    async def work(self):
        {work}

class Endless(StreamService):
    async def work(self):
        print("working", flush=True)
        while not self.should_stop:
            await asyncio.sleep(0.01)
        print("stopped gently", flush=True)

logging.basicConfig(level=logging.WARNING)
services = [{services}]
sys.exit(run_worker(build_app("test", services, data_folder=sys.argv[1]), services))
"""


def program(folder: Path, *, services: str, work: str = "pass") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(services=services, work=work), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_process_ends_well_when_its_services_are_done(tmp_path: Path) -> None:
    process = program(tmp_path, services="Told(), Told()", work='print("done", flush=True)')
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "done\ndone\n"), err


def test_one_failed_service_ends_the_process_with_its_sentence(tmp_path: Path) -> None:
    process = program(
        tmp_path, services="Told(), Endless()", work='raise ServiceLost("Kafka does not answer.")'
    )
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "The process stops: Kafka does not answer." in err
    assert "Traceback" not in err
    assert out.endswith("stopped gently\n")


def test_a_fault_of_our_own_ends_the_process_with_its_trace(tmp_path: Path) -> None:
    process = program(tmp_path, services="Told()", work="return 1 / 0")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "The process stops on a fault of its own." in err
    assert "ZeroDivisionError" in err


def test_work_that_a_client_breaks_off_ends_the_process_as_a_failure(tmp_path: Path) -> None:
    work = "lost = asyncio.create_task(asyncio.sleep(60)); lost.cancel(); await lost"
    process = program(tmp_path, services="Told()", work=work)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "broke off the work" in err


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_process_gently(tmp_path: Path, told: signal.Signals) -> None:
    process = program(tmp_path, services="Endless()")
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    process.send_signal(told)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "stopped gently\n"), err


def test_work_that_does_not_end_is_cut_short(tmp_path: Path) -> None:
    work = 'self.patience = 0.1; print("working", flush=True); await asyncio.sleep(1000)'
    process = program(tmp_path, services="Told()", work=work)
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "did not end in time" in err


def test_the_app_starts_no_kafka_client_of_its_own(tmp_path: Path) -> None:
    app = build_app("test", [], data_folder=str(tmp_path))
    assert app.producer_only
    assert list(app.boot_strategy.producer_only()) == []
