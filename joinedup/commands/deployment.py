"""Commands that prepare the containers of docker-compose.yml."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import httpx
import typer

from consumers.migrations import STORE, migrate
from joinedup.commands.sentence import in_a_sentence
from schemas.catalogue import event_types
from schemas.registry import Registry, trusting
from stack import deployment
from stack.credentials import Credentials
from stack.databases import KEYS_SUFFIX
from stack.local import LIVE_STORE


def secrets() -> None:
    """Print invented passwords and keys, one NAME=value a line, for a file named .env.

    Keep that file: what is sealed under its keys cannot be opened without them.
    """
    for name, value in deployment.variables(Credentials.invent()):
        typer.echo(f"{name}={value}")


def certificates(
    folder: Annotated[
        Path, typer.Option(help="Private folder that docker-compose.yml reads.")
    ] = Path("tls"),
    name: Annotated[
        list[str] | None,
        typer.Option(
            help="Another name of this machine; may be repeated. Give each again at a renewal."
        ),
    ] = None,
) -> None:
    """Make the certificates of the containers' servers, or renew those that end soon.

    Give ca.pem to each agency: by it their systems know this Kafka and this gateway. Keep ca.key to
    yourself.
    """
    deployment.certify(folder, name or ())
    typer.echo(f"The certificates are in {folder}; start anew whatever ran with those of before.")


def set_up(
    kafka: Annotated[
        str, typer.Option(envvar="KAFKA_ADDRESS", help="Where Kafka takes clients, over TLS.")
    ] = deployment.KAFKA_ADDRESS,
    postgresql: Annotated[
        str, typer.Option(envvar="POSTGRESQL_ADDRESS", help="Where PostgreSQL does.")
    ] = deployment.POSTGRESQL_ADDRESS,
) -> None:
    """Create the containers' users, topics and databases, from the secrets in the environment."""
    with in_a_sentence():
        credentials = deployment.credentials_from(os.environ)
        deployment.set_up(credentials, kafka, postgresql)
        for database, steps in ((LIVE_STORE, STORE), (LIVE_STORE + KEYS_SUFFIX, STORE / "keys")):
            migrate(deployment.owner_address(credentials, database, postgresql), steps)
    typer.echo("Users, topics and databases are there.")


def register_schemas(
    url: Annotated[
        str, typer.Option(envvar="JOINEDUP_REGISTRY_URL", help="The registry's Confluent address.")
    ],
    ca_file: Annotated[
        Path | None,
        typer.Option(envvar="JOINEDUP_KAFKA_CA_FILE", help="Over HTTPS: who certifies it."),
    ] = None,
) -> None:
    """Register every schema, and hold later ones to full compatibility with all before them."""
    with in_a_sentence():
        typer.echo(f"{registered(url, ca_file)} schemas are registered.")


def registered(url: str, ca_file: Path | None = None) -> int:
    """Register every schema at this address, and return how many there are.

    ca_file: over HTTPS, who certifies it. Raises RegistryError.
    """
    verify = trusting(ca_file) if ca_file and url.startswith("https:") else True
    with httpx.Client(timeout=30.0, verify=verify) as client:
        return len(Registry(url, client=client).register_all(event_types().values()))
