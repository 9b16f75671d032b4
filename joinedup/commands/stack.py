"""Commands that start, stop and show the local stack."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from consumers.migrations import STORE, migrate
from joinedup.commands import deployment
from joinedup.commands.sentence import in_a_sentence
from joinedup.commands.status import DEFAULT_ROOT, Root, status
from schemas.topics import TopicSet
from stack import LocalStack
from stack.databases import KEYS_SUFFIX
from stack.local import DEMO_STORE, LIVE_STORE

__all__ = ["DEFAULT_ROOT", "Mirror", "Root", "prepare_store", "register", "start"]

Mirror = Annotated[
    str | None,
    typer.Option(envvar="JOINEDUP_MAVEN_REPOSITORY", help="Base address of a Maven mirror."),
]


def _port(of_what: str) -> typer.models.OptionInfo:
    """Return the option that chooses a port: the one last chosen is kept, as are the data."""
    said = f"Port of {of_what}; if left out, the last one chosen, at first the standard one."
    option: typer.models.OptionInfo = typer.Option(min=1, max=65535, help=said, show_default=False)
    return option


KafkaPort = Annotated[int | None, _port("Kafka's clients")]
ControllerPort = Annotated[int | None, _port("Kafka's controller")]
RegistryPort = Annotated[int | None, _port("the schema registry")]
ManagementPort = Annotated[int | None, _port("the registry's health check")]
PostgreSQLPort = Annotated[int | None, _port("PostgreSQL")]


def register(app: typer.Typer) -> None:
    """Add the commands of the local stack to the command line."""
    app.command()(up)
    app.command()(down)
    app.command()(status)
    app.command("renew-passwords")(renew_passwords)
    app.command()(deployment.secrets)
    app.command()(deployment.certificates)
    app.command("setup")(deployment.set_up)
    app.command("register-schemas")(deployment.register_schemas)


def up(
    root: Root = DEFAULT_ROOT,
    repository: Mirror = None,
    kafka_port: KafkaPort = None,
    controller_port: ControllerPort = None,
    registry_port: RegistryPort = None,
    management_port: ManagementPort = None,
    postgresql_port: PostgreSQLPort = None,
) -> None:
    """Start Kafka, the schema registry and PostgreSQL on this machine, and wait until they serve.

    Fetches what is missing at the first start. The live topics and the stores are made too.
    """
    chosen = {
        "kafka": kafka_port,
        "controller": controller_port,
        "registry": registry_port,
        "management": management_port,
        "postgresql": postgresql_port,
    }
    with in_a_sentence():
        before = LocalStack(root).ports
        ports = replace(before, **{name: port for name, port in chosen.items() if port})
        stack = LocalStack(root, ports, repository=repository)
        started = start(stack)
    said = f"started {', '.join(started)}" if started else "all was running already"
    typer.echo(f"The local stack is up: {said}. Next: joinedup status, or joinedup down.")


def down(
    root: Root = DEFAULT_ROOT,
    erase: Annotated[
        bool, typer.Option("--erase", help="Remove the folder too: data, secrets, programs.")
    ] = False,
) -> None:
    """Stop the local stack and wait until it has stopped; its data stay unless --erase is given."""
    with in_a_sentence():
        stopped = LocalStack(root).down(erase=erase)
    typer.echo(f"Stopped {', '.join(stopped)}." if stopped else "Nothing was running.")


def renew_passwords(root: Root = DEFAULT_ROOT) -> None:
    """Give every process of the platform other passwords for Kafka and PostgreSQL.

    What runs goes on with the connections that it has: start it again soon, with its env file.
    Nothing is lost meanwhile, since each goes on from where it was.
    """
    with in_a_sentence():
        stack = LocalStack(root)
        stack.renew_passwords()
    typer.echo(f"The new passwords are in {stack.layout.environment('intake').parent}.")
    typer.echo(
        "End every process, the dashboard too, and start it again with its env file: what is open"
        " stays open, what is new needs the new passwords."
    )


def start(stack: LocalStack) -> list[str]:
    """Bring the stack up with live topics, migrated stores and schemas; return what was started.

    All but the services is made again even where they ran, in case an earlier start was cut short.
    """
    started = stack.up()
    stack.create_topic_set(TopicSet(), simulated=False)
    for store in (LIVE_STORE, DEMO_STORE):
        prepare_store(stack, store)
    deployment.registered(stack.environment("registry")["JOINEDUP_REGISTRY_URL"])
    return started


def prepare_store(stack: LocalStack, store: str) -> None:
    """Create a store and its leaf keys where they are not there, and migrate both."""
    stack.create_store(store)
    migrate(stack.owner_address(store))
    migrate(stack.owner_address(store + KEYS_SUFFIX), STORE / "keys")
