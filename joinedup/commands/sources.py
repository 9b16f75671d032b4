"""``joinedup source``: which systems may publish, each with a key and a Kafka user of its own."""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, NamedTuple, NoReturn
from urllib.parse import urlsplit

import typer
from kafka import KafkaAdminClient
from kafka.errors import KafkaError
from pydantic import ValidationError

from dashboard.loopback import is_loopback
from gateway.clients import ClientsInvalid
from gateway.clients_file import entrust, renew_gateway_key
from joinedup.commands.env_files import settings_file
from producers.settings import PublisherSettings, read_settings
from producers.sources_file import StillRenewing, add_source, renew_key
from schemas import signature
from schemas.sources import AGENCIES, Source, SourceRegistry, SourcesInvalid
from stack import StackError, deployment
from stack.access import BYTES_PER_SECOND, admit, create_users, principal_of
from stack.environment import PREFIX, read_environment, write_environment
from stack.kafka import client_options

OPERATOR_ENV_FILE = Path(".local/env/admin.env")
"""Where the local stack writes the environment of whoever may make users."""

WRONG = 2

Organisation = Annotated[str, typer.Option(help="Short code of the organisation.")]
System = Annotated[str, typer.Option(help="Short code of its system.")]
OperatorFile = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        help=f"The operator's settings, or the containers' .env; else {OPERATOR_ENV_FILE}.",
    ),
]
PublicKey = Annotated[
    str | None,
    typer.Option(
        help="Of a key that the system keeps to itself (joinedup source own-key), in hex."
    ),
]


class Seen(NamedTuple):
    """By which addresses a system reaches broker and registry; None as it did, else as we do."""

    bootstrap: str | None = None
    registry: str | None = None

    def or_as(self, before: dict[str, str]) -> Seen:
        """Return these, and what is not said as the settings of before say it.

        An address of this machine is not kept: it is ours, and the stack may have taken others.
        """
        kept = [before.get(f"{PREFIX}{name}", "") for name in ("KAFKA_BOOTSTRAP", "REGISTRY_URL")]
        broker, registry = (one if one and not _is_of_this_machine(one) else None for one in kept)
        return Seen(self.bootstrap or broker, self.registry or registry)


def _is_of_this_machine(address: str) -> bool:
    return is_loopback(urlsplit(address if "//" in address else f"//{address}").hostname or "")


def register(app: typer.Typer) -> None:
    """Mount the commands of the sources."""
    sources = typer.Typer(help="Which systems may publish, and for whom.", no_args_is_help=True)
    sources.command("add")(source_add)
    sources.command("renew")(source_renew)
    sources.command("renew-gateway")(gateway_renew)
    sources.command("own-key")(own_key)
    app.add_typer(sources, name="source")


def source_add(
    organisation: Organisation,
    system: System,
    agency: Annotated[str, typer.Option(help=f"One of {', '.join(AGENCIES)}.")],
    la: Annotated[list[str], typer.Option("--la", help="For which authority; may be repeated.")],
    bootstrap: Annotated[
        str | None,
        typer.Option(help="The broker's address as the system sees it; else as before, or we do."),
    ] = None,
    registry: Annotated[
        str | None,
        typer.Option(
            help="The gateway's /registry as the system sees it; else as before, or the registry's."
        ),
    ] = None,
    byte_rate: Annotated[
        int, typer.Option(min=1000, help="Most bytes a second that it may publish.")
    ] = BYTES_PER_SECOND,
    http: Annotated[
        bool, typer.Option("--http", help="It speaks through the HTTP gateway, not to Kafka.")
    ] = False,
    issued_as: Annotated[
        str | None,
        typer.Option(help="With --http: what another issuer of tokens calls it; '' ends that."),
    ] = None,
    public_key: PublicKey = None,
    env_file: OperatorFile = None,
) -> None:
    """Let a system publish for local authorities, as a Kafka user that can do nothing else.

    With --http it is no Kafka user, but a client of the gateway (joinedup gateway).
    Its settings are written to a private file, which is all that the system's team needs beside
    ca.pem. Done again, it keeps key and password, and adds what is missing.
    """
    # The Kafka client reports each attempt to connect; what matters reaches us as an exception.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        operator = operator_settings(env_file)
        file = sources_file_of(operator)
        is_new = add_source(
            file,
            organisation=organisation,
            system=system,
            agency=agency,
            local_authorities=la,
            public_key=public_key or "",
        )
        source = SourceRegistry.load(file).lookup(organisation, system)
        assert source is not None, "it was written a moment ago"
        if public_key and source.key.hex() != public_key:
            stop("It has another key: give it this one with joinedup source renew --public-key.")
        if http:
            written = entrusted(file, source, issued_as=issued_as)
        else:
            written = _admitted(operator, source, Seen(bootstrap, registry), byte_rate)
    except (SourcesInvalid, StackError, ClientsInvalid) as fault:
        stop(str(fault))
    state = "added, with a key of its own" if is_new else "known already, its key kept"
    typer.echo(f"{organisation}/{system} is {state}; it speaks for {', '.join(la)}.")
    typer.echo(f"Its settings are in {written}." if written else "It has no settings file.")


def source_renew(
    organisation: Organisation,
    system: System,
    overlap_hours: Annotated[
        int, typer.Option(min=0, help="How long messages signed with the old key are accepted.")
    ] = 72,
    password: Annotated[
        bool, typer.Option("--password", help="Renew its Kafka password too, which is at once.")
    ] = False,
    http: Annotated[
        bool, typer.Option("--http", help="Renew its secret at the gateway instead, at once.")
    ] = False,
    public_key: PublicKey = None,
    env_file: OperatorFile = None,
) -> None:
    """Give a system a new key; the old one stays good for what it writes in the next hours.

    Its settings file has the new key. Intake sees the change without being started again.
    """
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    now = datetime.now(UTC).replace(microsecond=0)
    until = now + timedelta(hours=overlap_hours)
    try:
        operator = operator_settings(env_file)
        file = sources_file_of(operator)
        source = SourceRegistry.load(file).lookup(organisation, system)
        if source is None:
            stop(f"There is no source {organisation}/{system}: add it with joinedup source add.")
        if http:
            typer.echo(f"Give its team the new secret: {entrusted(file, source, renew=True)}.")
            return
        renew_key(
            file,
            organisation=organisation,
            system=system,
            until=until,
            now=now,
            public_key=public_key or "",
        )
        source = SourceRegistry.load(file).lookup(organisation, system)
        assert source is not None, "its key was renewed a moment ago"
        written = _renewed(operator, source, password)
    except (SourcesInvalid, StackError, ClientsInvalid, StillRenewing) as fault:
        stop(str(fault))
    typer.echo(f"{organisation}/{system} has a new key; the old one is good until {until:%c} UTC.")
    typer.echo(_what_to_give(written, is_own=bool(public_key), password=password))


def _what_to_give(written: Path | None, *, is_own: bool, password: bool) -> str:
    """Return what its team is to be given, so that nobody puts an older key over its own."""
    if is_own:
        needs = f" It needs JOINEDUP_KAFKA_PASSWORD of {written}." if password and written else ""
        return f"Its team keeps the settings that it has: nobody else has its key.{needs}"
    return f"Give its team the new settings: {written}." if written else "No settings file."


def own_key(
    file: Annotated[Path, typer.Argument(help="The system's own settings, or a file for them.")],
) -> None:
    """Make a key whose private half nobody but the system has, and print its public half.

    Run it where the system is, not where the platform is. Until the operator has given the system
    the public half, what is signed with it is refused: keep the settings of before until then.
    """
    private, public = signature.own_key()
    before = read_environment(file) if file.exists() else {}
    write_environment(file, before | {f"{PREFIX}SOURCE_KEY": private.hex()})
    typer.echo(f"The private half is in {file}: it stays with you, and nobody can make it again.")
    typer.echo(f"Give the operator the public half: {public.hex()}")


def gateway_renew(
    overlap_hours: Annotated[
        int, typer.Option(min=0, help="How long messages signed with the old key are accepted.")
    ] = 72,
    env_file: OperatorFile = None,
) -> None:
    """Give the HTTP gateway a new key; intake and the gateway see it without a restart."""
    now = datetime.now(UTC).replace(microsecond=0)
    until = now + timedelta(hours=overlap_hours)
    file = sources_file_of(operator_settings(env_file))
    try:
        renew_gateway_key(gateway_file_of(file), file, until=until, now=now)
    except (SourcesInvalid, ClientsInvalid, StillRenewing) as fault:
        stop(str(fault))
    typer.echo(f"The gateway has a new key; the old one is good until {until:%c} UTC.")


def entrusted(
    file: Path, source: Source, *, issued_as: str | None = None, renew: bool = False
) -> Path | None:
    """Let a source speak through the gateway; return where its client secret is.

    None where the secret was given before and is kept. Raises SourcesInvalid, ClientsInvalid.
    """
    secret = entrust(
        gateway_file_of(file),
        file,
        organisation=source.organisation,
        system=source.system,
        agency=source.agency,
        local_authorities=sorted(source.local_authorities),
        issued_as=issued_as,
        renew=renew,
    )
    own = settings_file_of(file, source.organisation, f"{source.system}.http")
    if secret is not None:
        values = {
            "GATEWAY_CLIENT_ID": f"{source.organisation}/{source.system}",
            "GATEWAY_CLIENT_SECRET": secret,
        }
        write_environment(own, {PREFIX + name: value for name, value in values.items()})
    return own if own.exists() else None


def gateway_file_of(sources_file: Path) -> Path:
    """Return where the gateway's file is kept: beside the sources file."""
    return sources_file.parent / "gateway.json"


def _renewed(operator: PublisherSettings, source: Source, password: bool) -> Path | None:
    """Write the new key, and a new password if wanted, to the source's own settings file."""
    assert operator.sources_file is not None, "it was read a moment ago"
    file = settings_file_of(operator.sources_file, source.organisation, source.system)
    if not file.exists():
        return None
    before, changed = read_environment(file), own_settings_key(source)
    if password:
        changed[f"{PREFIX}KAFKA_PASSWORD"] = secrets.token_hex(24)
    write_environment(file, without_shared_key(before) | changed)
    if password:
        user = principal_of(source.organisation, source.system)
        with as_operator(operator) as admin:
            create_users(admin, {user: changed[f"{PREFIX}KAFKA_PASSWORD"]})
    return file


def _admitted(
    operator: PublisherSettings, source: Source, seen: Seen, byte_rate: int
) -> Path | None:
    """Make the source's Kafka user and settings file; None where Kafka asks nobody who they are."""
    if operator.kafka_security == "PLAINTEXT" or operator.sources_file is None:
        return None
    file = settings_file_of(operator.sources_file, source.organisation, source.system)
    before = read_environment(file) if file.exists() else {}
    password = before.get(f"{PREFIX}KAFKA_PASSWORD") or secrets.token_hex(24)
    user = principal_of(source.organisation, source.system)
    with as_operator(operator) as admin:
        admit(admin, operator.topics, user, password, source.agency, bytes_per_second=byte_rate)
    own = without_shared_key(before)
    kept = {name: value for name, value in own.items() if name == f"{PREFIX}SOURCE_KEY"}
    told = settings_of(operator, source, password, seen.or_as(before))
    write_environment(file, kept | told)
    return file


def as_operator(operator: PublisherSettings) -> KafkaAdminClient:
    """Return a client that is logged in as the operator; raises StackError where it cannot be."""
    if operator.kafka_password is None or operator.kafka_ca_file is None:
        raise StackError(
            "Set JOINEDUP_KAFKA_USERNAME, JOINEDUP_KAFKA_PASSWORD and JOINEDUP_KAFKA_CA_FILE of "
            f"whoever may make users: the local stack writes them to {OPERATOR_ENV_FILE}."
        )
    try:
        return KafkaAdminClient(
            **client_options(
                operator.kafka_bootstrap,
                operator.kafka_username or "",
                operator.kafka_password.get_secret_value(),
                operator.kafka_ca_file,
            )
        )
    except KafkaError as fault:
        raise StackError(
            f"The broker at {operator.kafka_bootstrap} does not let us in "
            f"({type(fault).__name__}): see that it runs (joinedup status) and that the settings "
            "are the operator's, then run the command again."
        ) from fault


def settings_file_of(sources_file: Path, organisation: str, system: str) -> Path:
    """Return where a source's own settings are kept: beside the sources file."""
    return sources_file.parent / "sources" / organisation / f"{system}.env"


def settings_of(
    operator: PublisherSettings, source: Source, password: str, seen: Seen
) -> dict[str, str]:
    """Return the variables of a source's own process: its user and key, and nobody else's."""
    values = {
        "KAFKA_BOOTSTRAP": seen.bootstrap or operator.kafka_bootstrap,
        "KAFKA_SECURITY": operator.kafka_security,
        "KAFKA_CA_FILE": str(operator.kafka_ca_file),
        "KAFKA_USERNAME": principal_of(source.organisation, source.system),
        "KAFKA_PASSWORD": password,
        "REGISTRY_URL": seen.registry or operator.registry_url,
        "TOPIC_PREFIX": operator.topic_prefix,
        "PARTITIONS": str(operator.partitions),
        "SIMULATED": str(operator.simulated).lower(),
        "ORGANISATION": source.organisation,
        "SYSTEM": source.system,
        "AGENCY": source.agency,
    }
    return {PREFIX + name: value for name, value in values.items()} | own_settings_key(source)


def own_settings_key(source: Source) -> dict[str, str]:
    """Return the variable of the key with which a source signs; none where only it has that."""
    is_own = source.key.startswith(signature.PUBLIC)
    return {} if is_own else {f"{PREFIX}SOURCE_KEY": source.key.hex()}


def without_shared_key(before: dict[str, str]) -> dict[str, str]:
    """Return these settings without a shared key: which is good, the file of sources says.

    The private half of a key of the system's own stays, where the system is on this machine.
    """
    name = f"{PREFIX}SOURCE_KEY"
    is_own = before.get(name, "").startswith(signature.PRIVATE.hex())
    return {key: value for key, value in before.items() if key != name or is_own}


def operator_settings(env_file: Path | None) -> PublisherSettings:
    """Return the operator's settings, which are of the same form as a publisher's."""
    file = settings_file(env_file, OPERATOR_ENV_FILE)
    try:
        held = read_environment(file) if file else {}
        if deployment.ADMIN_PASSWORD in held:
            return _of_the_containers(held, file.parent if file else Path())
        return read_settings(file)
    except ValidationError as fault:
        names = ", ".join(f"{PREFIX}{one['loc'][0]}".upper() for one in fault.errors())
        stop(f"The setting {names} is not in order: see docs/publishing.md.")


def _of_the_containers(held: dict[str, str], folder: Path) -> PublisherSettings:
    """Return the operator's settings by the containers' own secrets."""
    told = deployment.operator_variables(held, folder.absolute())
    values = {name.removeprefix(PREFIX).lower(): value for name, value in told.items()}
    return PublisherSettings.model_validate(values)


def sources_file_of(operator: PublisherSettings) -> Path:
    """Return the file of the sources, which the operator's settings must name."""
    if operator.sources_file is None:
        stop("There is no sources file: set JOINEDUP_SOURCES_FILE.")
    return operator.sources_file


def stop(sentence: str) -> NoReturn:
    """Say what cannot be done and what to do, and end the command with exit code 2."""
    typer.echo(sentence, err=True)
    raise typer.Exit(WRONG)
