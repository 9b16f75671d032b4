"""The configuration that Kafka's container is given starts Kafka, with passwords from outside."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from rich.console import Console

from stack import Ports, processes
from stack.artefacts import Cache
from stack.credentials import Credentials
from stack.deployment import certify, variables
from stack.java import find_java
from stack.kafka import administrator, answers
from stack.layout import INFRA, KAFKA
from stack.ports import LOOPBACK
from tests.ports import free_ports


def configuration(folder: Path, ports: Ports) -> Path:
    """The container's file, with this machine's addresses in the place of the container's."""
    text = (INFRA / "docker" / "kafka.properties").read_text()
    for there, here in {
        "CLIENT://:9092,HOST://:19092": f"CLIENT://127.0.0.1:{ports.kafka},"
        f"HOST://127.0.0.1:{ports.registry}",
        "CLIENT://kafka:9092,HOST://localhost:19092": f"CLIENT://127.0.0.1:{ports.kafka},"
        f"HOST://127.0.0.1:{ports.registry}",
        "localhost:9093": f"localhost:{ports.controller}",
        "/var/lib/kafka/data": str(folder / "data"),
        "/etc/joinedup/tls": str(folder / "tls"),
    }.items():
        assert there in text
        text = text.replace(there, here)
    file = folder / "kafka.properties"
    file.write_text(text)
    return file


def format_arguments(properties: Path, credentials: Credentials) -> list[str]:
    users = [f"SCRAM-SHA-512=[name={u},password={credentials.kafka[u]}]" for u in USERS]
    words = ["kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c"]
    return [*words, str(properties), *(word for user in users for word in ("--add-scram", user))]


USERS = ("admin", "broker")


def test_the_containers_configuration_starts_kafka(tmp_path: Path, cache: Path) -> None:
    ports, credentials = free_ports(), Credentials.invent()
    java = find_java(INFRA / "fallback.lock", Console(stderr=True))
    jars = Cache(folder=cache, lock=INFRA / "jars.lock").kafka_class_path()
    properties = configuration(tmp_path, ports)
    certify(tmp_path / "tls", [LOOPBACK])
    authority = tmp_path / "tls" / "ca.pem"
    environment = dict(variables(credentials))
    words = (str(java.program), "-Xmx384m", "-cp", jars)
    subprocess.run(
        [*words, *format_arguments(properties, credentials)],
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
    )
    watched = processes.Watched(
        service="Kafka", pid_file=tmp_path / f"{KAFKA}.pid", log=tmp_path / f"{KAFKA}.log"
    )
    program = processes.Program(
        watched=watched,
        arguments=(*words, "kafka.Kafka", str(properties)),
        directory=tmp_path,
        environment=environment,
    )
    processes.start(program)
    try:
        password = credentials.kafka["admin"]
        processes.wait_until(
            lambda: answers(ports.kafka, password, authority), watched, seconds=120
        )
        with administrator(ports.registry, password, authority) as admin:
            assert admin.list_topics() == []
    finally:
        processes.stop(watched)
