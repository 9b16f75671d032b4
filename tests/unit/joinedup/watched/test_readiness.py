"""When a process says that it is ready, and what it says where it is not."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import BadStatusLine, HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

import pytest
import typer
from prometheus_client import CollectorRegistry

from consumers.audit.metrics import SealerMetrics
from consumers.intake.metrics import IntakeMetrics
from consumers.join.metrics import JoinMetrics
from consumers.relay.metrics import RelayMetrics
from consumers.settings import RelaySettings
from joinedup.watched import ask, conditions
from joinedup.watched.conditions import Shown
from joinedup.watched.port import ProcessPort, open_port
from joinedup.watched.processes import kafka, watch_worker
from joinedup.watched.tls import spoken
from stack.certificates import Certificates
from stack.deployment import certify

STALE = 300.0
START = 1_790_000_000.0


@dataclass
class Clock:
    now: float = START

    def __call__(self) -> float:
        return self.now


@dataclass
class Service:
    looked_at: float | None = None
    beat_at: float | None = None


@dataclass
class Client:
    kafka_bootstrap: str
    kafka_security: str = "SASL_PLAINTEXT"
    kafka_ca_file: Path | None = None


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_work_that_has_not_begun_or_stands_still_is_not_ready(clock: Clock) -> None:
    service = Service()
    ready = conditions.goes_round(service, STALE, clock)
    assert list(ready()) == ["It has not begun to work: it waits for Kafka or PostgreSQL."]
    service.looked_at = clock.now
    assert not ready()
    clock.now += STALE + 1
    assert list(ready()) == ["Its work stands still since 301 s."]


def test_a_process_is_live_until_it_hangs(clock: Clock) -> None:
    service = Service()
    live = conditions.turns(service, clock)
    assert not live()
    service.beat_at = clock.now
    clock.now += conditions.DEAD_SECONDS
    assert not live()
    clock.now += 1
    assert list(live()) == ["The process hangs since 61 s."]


def test_a_join_is_behind_by_its_known_time_and_says_by_how_many_records(
    registry: CollectorRegistry, clock: Clock
) -> None:
    metrics, shown = JoinMetrics(registry), Shown(registry, clock)
    ready = conditions.is_fresh(shown, "join", STALE)
    metrics.applied(0, round(START * 1000))
    metrics.applied(1, round((START - 400) * 1000))
    metrics.unread({0: 0, 1: 7})
    assert list(ready()) == ["1 partition is behind, the furthest by 400 s; 7 records are unread."]
    metrics.applied(1, round(START * 1000))
    assert not ready()


def test_a_join_to_which_nothing_comes_says_that_intake_is_to_be_looked_at(
    registry: CollectorRegistry, clock: Clock
) -> None:
    metrics = JoinMetrics(registry)
    metrics.applied(0, round(START * 1000))
    metrics.unread({0: 0})
    clock.now += STALE + 1
    (said,) = conditions.is_fresh(Shown(registry, clock), "join", STALE)()
    assert said.endswith("No time passes there: see that intake runs.")


def test_a_join_without_any_known_time_is_given_a_while(
    registry: CollectorRegistry, clock: Clock
) -> None:
    metrics, shown = JoinMetrics(registry), Shown(registry, clock)
    ready = conditions.has_shown_time(shown, STALE)
    clock.now += STALE + 1
    assert not ready(), "it stands by"
    metrics.owns([0])
    assert list(ready()) == ["No partition has a known time yet: see that intake runs."]


def test_an_intake_that_let_a_partition_go_is_not_behind_in_it(
    registry: CollectorRegistry, clock: Clock
) -> None:
    metrics = IntakeMetrics(registry)
    metrics._known_time.labels("3").set(START - 1000)
    ready = conditions.is_fresh(Shown(registry, clock), "intake", STALE)
    assert ready()
    metrics.let_go(3)
    metrics.let_go(4)
    assert not ready()


def test_an_intake_whose_clock_differs_is_not_ready(registry: CollectorRegistry) -> None:
    metrics, ready = IntakeMetrics(registry), conditions.clocks_agree(Shown(registry))
    assert not ready()
    metrics.skewed(60_000)
    assert list(ready()) == ["Its clock and Kafka's differ by 60 s: no time passes."]


@pytest.mark.parametrize(("process", "make"), [("relay", RelayMetrics), ("sealer", SealerMetrics)])
def test_one_that_works_has_to_catch_up_and_one_that_stands_by_has_not(
    registry: CollectorRegistry,
    clock: Clock,
    process: str,
    make: Callable[[CollectorRegistry], RelayMetrics | SealerMetrics],
) -> None:
    metrics, ready = (
        make(registry),
        conditions.has_caught_up(Shown(registry, clock), process, STALE),
    )
    clock.now += STALE + 1
    assert not ready()
    metrics.works(True)
    assert list(ready()) == ["It has not caught up for 301 s."]
    metrics.caught_up()
    clock.now = START  # what was caught up with is the real clock's: later than this one
    assert not ready()


def test_a_service_that_nobody_listens_for_is_named_by_its_address() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        address = f"127.0.0.1:{port}"
        assert list(kafka(Client(address))()) == [f"Kafka does not answer at {address}."]
        taken.listen()
        assert not kafka(Client(address))()
        assert not kafka(Client(f"127.0.0.1:1,{address}"))(), "one broker of several is enough"


def test_a_broker_that_hangs_accepts_connections_and_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conditions, "_LOOK_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as hangs:
        address = f"127.0.0.1:{hangs.getsockname()[1]}"
        assert not kafka(Client(address))()
        encrypted = kafka(Client(address, "SASL_SSL"))
        assert list(encrypted()) == [f"Kafka does not answer at {address}."]


def test_a_broker_answers_over_tls_whom_its_authority_is_known_to(
    private: int, certificates: Certificates
) -> None:
    address = f"127.0.0.1:{private}"
    assert not kafka(Client(address, "SASL_SSL", certificates.authority))()
    for other in (None, certificates.folder / "none.pem"):
        does_not = kafka(Client(address, "SASL_SSL", other))
        assert list(does_not()) == [f"Kafka does not answer at {address}."]


def test_what_was_found_is_kept_for_a_while(clock: Clock) -> None:
    said = iter([["away"], []])
    kept = conditions.kept_for(5, lambda: next(said), clock)
    assert [list(kept()), list(kept())] == [["away"], ["away"]]
    clock.now += 5
    assert not kept()


@pytest.fixture
def served(registry: CollectorRegistry) -> Iterator[tuple[int, list[str]]]:
    reasons: list[str] = []
    server = open_port(ProcessPort(lambda: reasons, registry=registry), "127.0.0.1", 0)
    yield server.server_port, reasons
    server.shutdown()
    server.server_close()


def get(port: int, path: str) -> tuple[int, str]:
    asked = HTTPConnection("127.0.0.1", port, timeout=10)
    asked.request("GET", path)
    answer = asked.getresponse()
    text = answer.read().decode()
    asked.close()
    return answer.status, text


def test_the_port_answers_503_with_the_reasons_and_stays_live(
    served: tuple[int, list[str]],
) -> None:
    port, reasons = served
    assert get(port, "/ready") == (200, '{"ready": true, "reasons": []}\n')
    assert "joinedup_process_ready 1.0" in get(port, "/metrics")[1]
    reasons.append("Kafka does not answer.")
    status, said = get(port, "/ready")
    assert status == 503 and json.loads(said) == {"ready": False, "reasons": reasons}
    assert get(port, "/live") == (200, '{"live": true, "reasons": []}\n')
    assert "joinedup_process_ready 0.0" in get(port, "/metrics")[1]
    assert get(port, "/elsewhere")[0] == 404


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    """Those that `joinedup certificates` makes."""
    certify(tmp_path)
    return Certificates(folder=tmp_path)


@pytest.fixture
def private(registry: CollectorRegistry, certificates: Certificates) -> Iterator[int]:
    """The port of a process that answers over TLS."""
    app = ProcessPort(lambda: [], registry=registry)
    server = open_port(app, "127.0.0.1", 0, spoken(certificates.folder / "metrics.pem"))
    yield server.server_port
    server.shutdown()
    server.server_close()


def privately(port: int, context: ssl.SSLContext) -> int:
    asked = HTTPSConnection("127.0.0.1", port, timeout=10, context=context)
    asked.request("GET", "/metrics")
    status = asked.getresponse().status
    asked.close()
    return status


def test_over_tls_it_answers_who_knows_the_authority_and_nobody_in_clear(
    private: int, certificates: Certificates, capfd: pytest.CaptureFixture[str]
) -> None:
    knowing = ssl.create_default_context(cafile=certificates.authority)
    assert privately(private, knowing) == 200
    with pytest.raises(ssl.SSLCertVerificationError):
        privately(private, ssl.create_default_context())
    with pytest.raises((BadStatusLine, ConnectionError)):
        get(private, "/metrics")
    older = ssl.create_default_context(cafile=certificates.authority)
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    older.set_ciphers("AES128-SHA")
    with pytest.raises(ssl.SSLError):
        privately(private, older)
    assert capfd.readouterr().err == ""


def test_who_connects_and_says_nothing_keeps_nobody_waiting(
    private: int, certificates: Certificates
) -> None:
    with socket.create_connection(("127.0.0.1", private)):
        assert privately(private, ssl.create_default_context(cafile=certificates.authority)) == 200


def relay(**given: Any) -> RelaySettings:
    return RelaySettings(
        kafka_bootstrap="127.0.0.1:1",
        registry_url="",
        database_url="postgresql://127.0.0.1/x",  # type: ignore[arg-type]
        **given,
    )


def test_a_port_that_is_taken_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(typer.Exit):
            watch_worker("relay", relay(metrics_port=port), Service())
    assert f"127.0.0.1:{port} cannot be listened on" in capsys.readouterr().err


def test_beyond_this_machine_it_is_opened_over_tls_or_not_at_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit):
        watch_worker("relay", relay(metrics_host="0.0.0.0", metrics_port=1), Service())
    assert "Numbers leave this machine over TLS alone" in capsys.readouterr().err
    for file in (tmp_path / "none.pem", tmp_path):
        with pytest.raises(typer.Exit):
            watch_worker("relay", relay(metrics_port=1, metrics_tls=file), Service())
        assert f"{file} gives no key and certificate" in capsys.readouterr().err


def test_a_container_asks_its_process_over_tls_too(
    private: int,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JOINEDUP_METRICS_PORT", str(private))
    monkeypatch.delenv("JOINEDUP_KAFKA_CA_FILE", raising=False)
    assert ask.main() == 1
    monkeypatch.setenv("JOINEDUP_METRICS_TLS", str(certificates.folder / "metrics.pem"))
    assert ask.main() == 1
    assert "certificate verify failed" in capsys.readouterr().out
    monkeypatch.setenv("JOINEDUP_KAFKA_CA_FILE", str(certificates.authority))
    assert ask.main() == 0


def test_a_container_asks_its_process_and_shows_why(
    served: tuple[int, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    port, reasons = served
    monkeypatch.setenv("JOINEDUP_METRICS_PORT", str(port))
    assert ask.main() == 0
    reasons.append("It has not caught up for 301 s.")
    assert ask.main() == 1
    assert "It has not caught up for 301 s." in capsys.readouterr().out


def test_a_container_whose_process_is_gone_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("JOINEDUP_METRICS_PORT", str(taken.getsockname()[1]))
        assert ask.main() == 1
    assert "Nothing answers" in capsys.readouterr().out
