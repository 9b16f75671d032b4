"""What a replay reads: journeys on Kafka, the keys that open it, and the store to compare with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from consumers.archive.opened import Archive, ArchivedAlerts
from consumers.archive.unproved import Unproved, unproved
from consumers.errors import ConsumerError, SettingsError
from consumers.garbage import rarely_collected
from consumers.join.inputs import Opener
from consumers.replay.ahead import ReadingAhead
from consumers.replay.journeys import Journeys, KafkaTopic
from consumers.replay.kept import StoredAlerts
from consumers.replay.replaying import Reader
from consumers.replay.run import Kept, Reading
from consumers.settings import AuditorSettings, KeySettings
from consumers.store.keys import KeysOnRequest
from consumers.tokens import Tokens
from joinedup.commands.reader import stop
from schemas.codec import Codec
from schemas.registry import Registry, RegistryError

AHEAD_FROM = 20_000
"""From how many records of journeys on a second process is worth its start of a second or two."""

_IS_KEY = re.compile(r"[0-9a-fA-F]{64}").fullmatch


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """Journeys, a reader that opens it, and on which partition each local authority is.

    kept: what the journeys came with and can be compared with, where there is any.
    deliveries: the topic on which each step of telling somebody stands, where it can be read.
    unproved: returns which erasures, of one authority or of all, are later than what is read.
    """

    journeys: Journeys
    reader: Reader
    partition_of: Callable[[str], int]
    kept: Kept | None = None
    deliveries: KafkaTopic | None = None
    codec: Codec
    unproved: Callable[[str | None], Unproved | None] = lambda _: None


class Origin(NamedTuple):
    """Where journeys is read: on Kafka, or in an archive, which its signer's public key checks."""

    settings: KeySettings
    archive: Path | None = None
    key: str = ""

    @contextmanager
    def opened(self) -> Iterator[Sources]:
        """Yield what is read; raises ServiceLost, or BrokenPromise where it is not as signed."""
        if self.archive is None:
            opening = from_kafka(self.settings)
        else:
            opening = from_archive(self.settings, self.archive, self.key)
        with opening as sources, rarely_collected():
            yield sources

    @contextmanager
    def reader(self) -> Iterator[Reading]:
        """Yield what reads it, and raise as ``opened`` does."""
        with self.opened() as sources:
            yield sources.reader

    @contextmanager
    def ahead(self, sources: Sources) -> Iterator[Reading]:
        """Yield what reads it in a second process, or the reader of the sources if it is small."""
        if sum(sources.journeys.ends().values()) < AHEAD_FROM:
            yield sources.reader
            return
        with ReadingAhead(self.reader) as reading:
            yield reading


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Say in one sentence why something cannot be done, and end the command with exit code 1."""
    try:
        yield
    except (ConsumerError, RegistryError) as fault:
        stop(str(fault))


@contextmanager
def from_kafka(settings: KeySettings, *, la: str = "") -> Iterator[Sources]:
    """Yield journeys as Kafka holds it; raises ServiceLost.

    la: for a reader, the one authority whose records it may open.
    """
    if not settings.kafka_bootstrap or not settings.registry_url:
        raise SettingsError(
            "Set JOINEDUP_KAFKA_BOOTSTRAP and JOINEDUP_REGISTRY_URL, or give --archive."
        )
    topics, tokens = settings.topics, Tokens(settings.pseudonym_key_bytes())
    with ExitStack() as stack:
        registry = Registry(settings.registry_url, ca_file=settings.registry_ca_file)
        stack.callback(registry.close)
        codec = Codec(registry)
        journeys, deliveries = (
            KafkaTopic(name, topics.partitions, settings.kafka())
            for name in (topics.journeys, topics.deliveries)
        )
        yield Sources(
            journeys=stack.enter_context(journeys),
            deliveries=deliveries,
            codec=codec,
            reader=Reader(journeys, Opener(codec, tokens), keys_of(settings, la)),
            partition_of=topics.partition_of,
        )


@contextmanager
def from_archive(settings: KeySettings, folder: Path, key: str) -> Iterator[Sources]:
    """Yield the journeys of an archive; raises BrokenPromise where a byte is not as signed."""
    archive = Archive(folder, public_key(key))
    codec = Codec(archive)
    tokens = Tokens(settings.pseudonym_key_bytes())
    opener, keys = Opener(codec, tokens), keys_of(settings)
    yield Sources(
        journeys=archive,
        codec=codec,
        reader=Reader(archive, opener, keys),
        unproved=lambda la: unproved(archive, keys, opener, tokens, la),
        partition_of=archive.partition_of,
        kept=ArchivedAlerts(archive),
    )


def public_key(text: str) -> bytes:
    """Return the public key that checks signatures; raises SettingsError where it is none."""
    if not text:
        raise SettingsError(
            "Set JOINEDUP_PUBLIC_KEY to the signer's public key, which `joinedup archive` prints."
        )
    if not _IS_KEY(text):
        raise SettingsError("Give the public key (JOINEDUP_PUBLIC_KEY) as 64 hexadecimal digits.")
    return bytes.fromhex(text)


def keys_of(settings: KeySettings, la: str = "") -> KeysOnRequest:
    """Return the leaf keys of the key store that the settings name; a reader's are of one LA."""
    return KeysOnRequest(settings.keys_address(), settings.wrapping(), la=la)


@contextmanager
def store_of(settings: AuditorSettings) -> Iterator[StoredAlerts]:
    """Yield what the store keeps; raises SettingsError or ServiceLost."""
    if settings.database_url is None:
        raise SettingsError("Set JOINEDUP_DATABASE_URL: with the store the replay is compared.")
    kept = StoredAlerts(settings.database_url.get_secret_value())
    try:
        yield kept
    finally:
        kept.close()
