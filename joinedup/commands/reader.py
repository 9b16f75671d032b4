"""Who reads, with which settings, and which child is meant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from getpass import getuser
from pathlib import Path
from typing import NoReturn

import psycopg
import typer
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from consumers.errors import ConsumerError
from consumers.settings import MasterKey
from consumers.store.finding import LINKING, bearers
from consumers.store.keys import KeysOnRequest
from consumers.store.looking import Look, note
from consumers.store.reading import Reading, reading
from consumers.store.sealed import FactSeal
from consumers.store.shielding import SHIELD_OFFICER
from consumers.tokens import Tokens
from consumers.wrapping import Wrapping
from joinedup.commands.env_files import settings_file
from journey.cluster import Cluster
from schemas.identifiers import check

DEFAULT_ENV_FILE = Path(".local/env/reader.env")


class Role(StrEnum):
    """As whom to read."""

    LEAD = "lead"
    AUDITOR = "auditor"
    SHIELD_OFFICER = SHIELD_OFFICER


class Purpose(StrEnum):
    """Why a child's record is looked at; a closed list, since words would tell of a child."""

    SAFEGUARDING = "safeguarding"
    REVIEW = "review"
    AUDIT = "audit"
    SUBJECT_ACCESS = "subject-access"
    SUPPORT = "support"


class ReaderSettings(BaseSettings):
    """The environment of a reader, each name prefixed with ``JOINEDUP_``.

    database_url: the store, in the role of the reader.
    keys_database_url, master_key, pseudonym_key (hex): open what is sealed; without them `alerts`
        works and `child` shows what happened and when.
    reader: who looks, as it is recorded; the login name if it is not set.
    """

    model_config = SettingsConfigDict(env_prefix="JOINEDUP_", extra="ignore", frozen=True)

    database_url: SecretStr
    keys_database_url: SecretStr | None = None
    master_key: MasterKey | None = None
    pseudonym_key: SecretStr | None = None
    reader: str = Field(default_factory=getuser)

    def tokens(self) -> Tokens:
        """Return what makes tokens of identifiers."""
        if self.pseudonym_key is None:
            stop("Identifiers cannot be looked up: set JOINEDUP_PSEUDONYM_KEY.")
        return Tokens(bytes.fromhex(self.pseudonym_key.get_secret_value()))

    def seal(self, la: str) -> FactSeal:
        """Return what opens sealed facts of one authority."""
        if self.keys_database_url is None or self.master_key is None:
            stop(
                "What is sealed cannot be opened: set JOINEDUP_KEYS_DATABASE_URL and"
                " JOINEDUP_MASTER_KEY."
            )
        wrapping = Wrapping.of(self.master_key.get_secret_value())
        keys = KeysOnRequest(self.keys_database_url.get_secret_value(), wrapping, la=la)
        return FactSeal(keys, self.tokens())


@contextmanager
def reader(env_file: Path | None, la: str, role: Role) -> Iterator[tuple[ReaderSettings, Reading]]:
    """Yield the settings and the open store; say in one sentence why it cannot be read."""
    settings = reader_settings(env_file)
    try:
        with reading(settings.database_url.get_secret_value(), la, role) as store:
            yield settings, store
    except psycopg.OperationalError:
        stop("The store does not answer: see `joinedup status`, or JOINEDUP_DATABASE_URL.")
    except psycopg.errors.UndefinedTable:
        stop("The store is empty: run `joinedup up`, which applies the migrations.")
    except psycopg.errors.InsufficientPrivilege:
        stop("The store refuses: JOINEDUP_DATABASE_URL must name the role joinedup_reader.")
    except ConsumerError as fault:
        stop(str(fault))


def reader_settings(env_file: Path | None) -> ReaderSettings:
    """Return the settings of a file and the environment; stop where some lack."""
    file = settings_file(env_file, DEFAULT_ENV_FILE)
    # pydantic-settings takes the file by a name that its type does not show.
    given: dict[str, object] = {"_env_file": file}
    try:
        return ReaderSettings(**given)  # type: ignore[arg-type]
    except ValidationError as wrong:
        names = ", ".join(f"JOINEDUP_{str(e['loc'][0]).upper()}" for e in wrong.errors())
        stop(f"Set {names}, or give --env-file; `joinedup up` writes {DEFAULT_ENV_FILE}.")


def note_look(
    settings: ReaderSettings, la: str, child: str, role: Role, command: str, given: Purpose | None
) -> None:
    """Record that this child's record is looked at; where that fails, nothing is to be shown."""
    purpose = given or (Purpose.AUDIT if role is Role.AUDITOR else Purpose.SAFEGUARDING)
    look = Look(
        la=la, child=child, reader=settings.reader, role=role, command=command, purpose=purpose
    )
    try:
        note(settings.database_url.get_secret_value(), look)
    except psycopg.Error:
        stop("The look could not be recorded, so nothing is shown: see `joinedup status`.")


def child_of(
    settings: ReaderSettings, store: Reading, key: str | None, identifier: str | None, role: Role
) -> str:
    """Return the key of the child that is named by the beginning of its key or an identifier.

    A shielded child is found by an identifier by nobody but a shield officer: to others it is as
    if there were none.
    """
    if (key is None) == (identifier is None):
        stop("Name the child by its key or by --identifier SCHEME:VALUE, one of the two.")
    if identifier is not None:
        return _bearer(settings, store, identifier, shielded_too=role is Role.SHIELD_OFFICER)
    return one_child(store, key or "")


def one_child(store: Reading, key: str) -> str:
    """Return the whole key of the one child whose key begins so."""
    found = store.children(key)
    if not found:
        stop(f"No child of local authority {store.la} has a key that begins so: see --la and KEY.")
    if len(found) > 1:
        stop("The keys of several children begin so: give more of the key.")
    return found[0]


def cluster_of(store: Reading, seal: FactSeal, child: str) -> Cluster:
    """Return the cluster that holds this child, its facts opened; stop where none can be."""
    cluster = store.cluster_of_child(child, seal)
    if cluster is None:
        stop("Nothing that is known of this child can be opened: see --la and the key store.")
    return cluster


def _bearer(
    settings: ReaderSettings, store: Reading, identifier: str, *, shielded_too: bool
) -> str:
    scheme, _, value = identifier.partition(":")
    scheme = scheme.upper()
    if scheme not in LINKING or not value:
        stop(f"Give --identifier as SCHEME:VALUE, the scheme one of {', '.join(LINKING)}.")
    checked = check(scheme, value)
    if not checked.usable:
        stop(f"This is no {scheme} that can name a child: see that it is typed as it was given.")
    token = settings.tokens().identifier(store.la, scheme, checked.value)
    found = bearers(store, token, settings.seal(store.la), shielded_too=shielded_too)
    if not found:
        stop(f"No child of local authority {store.la} is known by this identifier.")
    if len(found) > 1:
        keys = ", ".join(found)
        stop(f"The identifier stands for several children, which a person must review: {keys}.")
    return found[0]


def stop(sentence: str) -> NoReturn:
    """Say what cannot be done and what to do, and end the command with exit code 1."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
